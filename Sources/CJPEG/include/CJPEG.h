/// JPEG through libjpeg(-turbo) that cannot end the process.
///
/// libjpeg's own error handler calls exit(). Here every error, and every warning that means damaged
/// data, ends the call instead and leaves a message.
#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

/// Room that a message needs, with its final zero.
#define CJPEG_MESSAGE_SIZE 256

/// What a JPEG file's header promises.
typedef struct {
  int width;
  int height;
  /// 1 for grey, 3 for everything else: CMYK and YCCK are decoded to RGB too.
  int channels;
} CJPEGSize;

/// Reads the header of a JPEG file in memory. Returns 0 and fills `size`, or -1 and fills `message`.
int cjpeg_read_size(const uint8_t *data, size_t count, CJPEGSize *size, char *message);

/// Decodes a JPEG file in memory to interleaved 8-bit samples, rows from the top.
///
/// `pixels` has room for exactly width * height * channels bytes of the size that
/// `cjpeg_read_size` gave. Returns 0, or -1 and fills `message`; `pixels` is then undefined.
int cjpeg_decode(const uint8_t *data, size_t count, uint8_t *pixels, size_t room, char *message);

/// The number of bytes that a grey picture has as a JPEG file of a quality from 1 to 100.
///
/// `pixels` are width * height samples, rows from the top. Returns 0 and fills `count`, or -1 and fills
/// `message`.
int cjpeg_grey_size(
    const uint8_t *pixels, int width, int height, int quality, size_t *count, char *message);

#endif
