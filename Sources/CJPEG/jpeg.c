#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  char *message;
} ErrorHandler;

static void write_message(j_common_ptr info) {
  ErrorHandler *handler = (ErrorHandler *)info->err;
  char buffer[JMSG_LENGTH_MAX];
  (*info->err->format_message)(info, buffer);
  snprintf(handler->message, CJPEG_MESSAGE_SIZE, "%s", buffer);
}

static void fail(j_common_ptr info) {
  write_message(info);
  longjmp(((ErrorHandler *)info->err)->escape, 1);
}

// libjpeg warns, and fills with grey, where data is damaged: an image that is partly made up is no
// image. Only oddities that leave the samples whole are passed over.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
      return;
    default:
      fail(info);
  }
}

static void silent(j_common_ptr info) { (void)info; }

static void install(struct jpeg_error_mgr **errors, ErrorHandler *handler, char *message) {
  *errors = jpeg_std_error(&handler->base);
  handler->base.error_exit = fail;
  handler->base.emit_message = warn;
  handler->base.output_message = silent;
  handler->message = message;
  message[0] = 0;
}

int cjpeg_read_size(const uint8_t *data, size_t count, CJPEGSize *size, char *message) {
  struct jpeg_decompress_struct info;
  ErrorHandler handler;
  memset(&info, 0, sizeof info);
  install(&info.err, &handler, message);
  if (setjmp(handler.escape)) {
    jpeg_destroy_decompress(&info);
    return -1;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, data, count);
  jpeg_read_header(&info, TRUE);
  size->width = (int)info.image_width;
  size->height = (int)info.image_height;
  size->channels = info.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
  jpeg_destroy_decompress(&info);
  return 0;
}

// In place: a row of CMYK becomes a row of RGB. Adobe stores the inks inverted.
static void rgb_from_cmyk(uint8_t *target, const uint8_t *row, JDIMENSION width, int inverted) {
  for (JDIMENSION x = 0; x < width; x++) {
    int black = inverted ? row[4 * x + 3] : 255 - row[4 * x + 3];
    for (int c = 0; c < 3; c++) {
      int ink = inverted ? row[4 * x + c] : 255 - row[4 * x + c];
      target[3 * x + c] = (uint8_t)((ink * black + 127) / 255);
    }
  }
}

int cjpeg_decode(const uint8_t *data, size_t count, uint8_t *pixels, size_t room, char *message) {
  struct jpeg_decompress_struct info;
  ErrorHandler handler;
  memset(&info, 0, sizeof info);
  install(&info.err, &handler, message);
  if (setjmp(handler.escape)) {
    jpeg_destroy_decompress(&info);
    return -1;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, data, count);
  jpeg_read_header(&info, TRUE);
  int grey = info.jpeg_color_space == JCS_GRAYSCALE;
  int inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = grey ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&info);

  size_t stride = (size_t)info.output_width * (grey ? 1 : 3);
  if (info.output_height == 0 || stride == 0 || room / info.output_height != stride ||
      room % info.output_height != 0) {
    snprintf(message, CJPEG_MESSAGE_SIZE, "the size changed between two readings");
    jpeg_destroy_decompress(&info);
    return -1;
  }
  // libjpeg's own pool: freed with the decompressor, also when an error jumps away.
  JSAMPARRAY line = NULL;
  if (inks) {
    line = (*info.mem->alloc_sarray)((j_common_ptr)&info, JPOOL_IMAGE, info.output_width * 4, 1);
  }
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels + stride * info.output_scanline;
    if (inks) {
      jpeg_read_scanlines(&info, line, 1);
      rgb_from_cmyk(row, line[0], info.output_width, info.saw_Adobe_marker);
    } else {
      jpeg_read_scanlines(&info, &row, 1);
    }
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return 0;
}

// A destination that keeps nothing, so that an error leaves nothing to be freed.
typedef struct {
  struct jpeg_destination_mgr base;
  size_t count;
  JOCTET buffer[4096];
} Counter;

static void empty(Counter *counter) {
  counter->base.next_output_byte = counter->buffer;
  counter->base.free_in_buffer = sizeof counter->buffer;
}

static void begin_counting(j_compress_ptr info) { empty((Counter *)info->dest); }

static boolean count_buffer(j_compress_ptr info) {
  Counter *counter = (Counter *)info->dest;
  counter->count += sizeof counter->buffer;
  empty(counter);
  return TRUE;
}

static void end_counting(j_compress_ptr info) {
  Counter *counter = (Counter *)info->dest;
  counter->count += sizeof counter->buffer - counter->base.free_in_buffer;
}

int cjpeg_grey_size(
    const uint8_t *pixels, int width, int height, int quality, size_t *count, char *message) {
  struct jpeg_compress_struct info;
  ErrorHandler handler;
  Counter counter;
  memset(&info, 0, sizeof info);
  memset(&counter, 0, sizeof counter);
  install(&info.err, &handler, message);
  if (setjmp(handler.escape)) {
    jpeg_destroy_compress(&info);
    return -1;
  }
  jpeg_create_compress(&info);
  counter.base.init_destination = begin_counting;
  counter.base.empty_output_buffer = count_buffer;
  counter.base.term_destination = end_counting;
  info.dest = &counter.base;
  info.image_width = width > 0 ? (JDIMENSION)width : 0;
  info.image_height = height > 0 ? (JDIMENSION)height : 0;
  info.input_components = 1;
  info.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    // libjpeg only reads the row.
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)width * info.next_scanline);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  *count = counter.count;
  return 0;
}
