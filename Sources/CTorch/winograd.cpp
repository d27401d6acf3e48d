// Convolutions with kernels of 3 x 3 pixels and stride one by Winograd's minimal filtering
// (Lavin and Gray, CVPR 2016, F(2x2, 3x3)): 16 multiplications for four outputs in place of 36.
//
// Images are cut into tiles of 4 x 4 pixels that overlap by two. Sums and differences of pixels (`V`) are
// multiplied by those of the kernel (`U`), matrix by matrix for each of 16 places, and sums of the products
// are 2 x 2 outputs. oneDNN computes such convolutions directly, at nearly the speed that the processor has for
// multiplications; fewer of them is all that makes it faster. Tiles are worked on in blocks that stay in the
// second cache. What comes out for an image depends neither on other images nor on the number of threads.
#include "winograd.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <array>

#include "onednn.hpp"
#include "support.hpp"
#include "vectors.hpp"

namespace {

using ct::lanes;
using ct::load;
using ct::store;
using ct::Values;

/// The places of a tile.
constexpr int64_t places = 16;

/// Images with channels last, and the tiles of a convolution that maps them to others.
struct Tiles {
  int64_t images, height, width, channels;
  int64_t rows, columns, outputs;
  int64_t padding_height, padding_width;

  int64_t down() const { return (rows + 1) / 2; }
  int64_t across() const { return (columns + 1) / 2; }
  int64_t count() const { return images * down() * across(); }
  /// Tiles that are worked on at a time; V and M of so many stay in the second cache.
  int64_t block() const {
    int64_t fitting = (96 << 10) / (places * (channels + outputs)) / 8 * 8;
    return std::clamp<int64_t>(fitting, 8, 128);
  }
  int64_t blocks() const { return (count() + block() - 1) / block(); }
};

/// Where the pixels of a square begin, row by row; those outside of the image are elsewhere.
template <int Side, typename Pixel>
[[gnu::always_inline]] inline void locate(
    Pixel *image, int64_t height, int64_t width, int64_t channels, int64_t top, int64_t left,
    Pixel *outside, Pixel **pixels) {
  for (int y = 0; y < Side; ++y)
    for (int x = 0; x < Side; ++x) {
      int64_t row = top + y, column = left + x;
      bool inside = row >= 0 && row < height && column >= 0 && column < width;
      pixels[y * Side + x] = inside ? image + (row * width + column) * channels : outside;
    }
}

/// Calls `body` with the place in the block, the image, the row and the column of some tiles.
template <typename Body>
[[gnu::always_inline]] inline void for_tiles(const Tiles &t, int64_t begin, int64_t end, Body body) {
  for (int64_t tile = begin; tile < end; ++tile) {
    int64_t image = tile / (t.down() * t.across()), place = tile % (t.down() * t.across());
    body(tile - begin, image, place / t.across() * 2, place % t.across() * 2);
  }
}

/// V of some tiles: `[16, block, channels]`.
[[gnu::always_inline]] inline void take_input(
    const Tiles &t, const float *input, const float *zeros, int64_t begin, int64_t end, float *v) {
  int64_t stride = t.block() * t.channels;
  for_tiles(t, begin, end, [&](int64_t index, int64_t image, int64_t row, int64_t column) ct_inlined {
    const float *pixels[16];
    locate<4>(
        input + image * t.height * t.width * t.channels, t.height, t.width, t.channels,
        row - t.padding_height, column - t.padding_width, zeros, pixels);
    float *to = v + index * t.channels;
    for (int64_t c = 0; c < t.channels; c += lanes) {
      Values d[4][4], w[4][4];
      for (int i = 0; i < 16; ++i) load(d[i / 4][i % 4], pixels[i] + c);
      for (int x = 0; x < 4; ++x) {
        w[0][x] = d[0][x] - d[2][x];
        w[1][x] = d[1][x] + d[2][x];
        w[2][x] = d[2][x] - d[1][x];
        w[3][x] = d[1][x] - d[3][x];
      }
      for (int y = 0; y < 4; ++y) {
        float *line = to + 4 * y * stride + c;
        store(w[y][0] - w[y][2], line);
        store(w[y][1] + w[y][2], line + stride);
        store(w[y][2] - w[y][1], line + 2 * stride);
        store(w[y][1] - w[y][3], line + 3 * stride);
      }
    }
  });
}

/// The outputs of some tiles from their M, `[16, block, outputs]`.
[[gnu::always_inline]] inline void give_output(
    const Tiles &t, const float *m, const float *bias, int64_t begin, int64_t end, float *output) {
  int64_t stride = t.block() * t.outputs;
  for_tiles(t, begin, end, [&](int64_t index, int64_t image, int64_t row, int64_t column) ct_inlined {
    float *pixels[4];
    locate<2>(
        output + image * t.rows * t.columns * t.outputs, t.rows, t.columns, t.outputs, row, column,
        static_cast<float *>(nullptr), pixels);
    const float *from = m + index * t.outputs;
    for (int64_t c = 0; c < t.outputs; c += lanes) {
      Values s[2][4], offset;
      load(offset, bias + c);
      for (int x = 0; x < 4; ++x) {
        Values a, b, d, e;
        load(a, from + x * stride + c);
        load(b, from + (4 + x) * stride + c);
        load(d, from + (8 + x) * stride + c);
        load(e, from + (12 + x) * stride + c);
        s[0][x] = a + b + d;
        s[1][x] = b - d - e;
      }
      for (int y = 0; y < 2; ++y) {
        if (pixels[2 * y]) store(s[y][0] + s[y][1] + s[y][2] + offset, pixels[2 * y] + c);
        if (pixels[2 * y + 1])
          store(s[y][1] - s[y][2] - s[y][3] + offset, pixels[2 * y + 1] + c);
      }
    }
  });
}

/// The gradient with respect to M of some tiles.
[[gnu::always_inline]] inline void take_gradient(
    const Tiles &t, const float *gradient, const float *zeros, int64_t begin, int64_t end,
    float *m) {
  int64_t stride = t.block() * t.outputs;
  for_tiles(t, begin, end, [&](int64_t index, int64_t image, int64_t row, int64_t column) ct_inlined {
    const float *pixels[4];
    locate<2>(
        gradient + image * t.rows * t.columns * t.outputs, t.rows, t.columns, t.outputs, row,
        column, zeros, pixels);
    float *to = m + index * t.outputs;
    for (int64_t c = 0; c < t.outputs; c += lanes) {
      Values d[4], w[4][2];
      for (int i = 0; i < 4; ++i) load(d[i], pixels[i] + c);
      for (int x = 0; x < 2; ++x) {
        w[0][x] = d[x];
        w[1][x] = d[x] + d[2 + x];
        w[2][x] = d[x] - d[2 + x];
        w[3][x] = -d[2 + x];
      }
      for (int y = 0; y < 4; ++y) {
        float *line = to + 4 * y * stride + c;
        store(w[y][0], line);
        store(w[y][0] + w[y][1], line + stride);
        store(w[y][0] - w[y][1], line + 2 * stride);
        store(-w[y][1], line + 3 * stride);
      }
    }
  });
}

/// A matrix by its first element, and how far rows and columns are apart.
struct Factor {
  const float *values;
  int64_t row, column;
};

/// Eight rows and `16 Width` columns of `a b`, or of what is there and `a b`; columns of `b` are next to each
/// other.
template <int Width, bool Adds>
[[gnu::always_inline]] inline void multiply_block(
    Factor a, const float *b, int64_t b_row, int64_t depth, float *c, int64_t c_row) {
  constexpr int height = 8;
  Values sums[height][Width];
  for (int i = 0; i < height; ++i)
    for (int j = 0; j < Width; ++j) {
      if (Adds)
        load(sums[i][j], c + i * c_row + j * lanes);
      else
        sums[i][j] = Values{};
    }
  for (int64_t k = 0; k < depth; ++k) {
    Values right[Width];
    for (int j = 0; j < Width; ++j) load(right[j], b + k * b_row + j * lanes);
    for (int i = 0; i < height; ++i) {
      Values left = a.values[i * a.row + k * a.column] - Values{};
      for (int j = 0; j < Width; ++j) sums[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < height; ++i)
    for (int j = 0; j < Width; ++j) store(sums[i][j], c + i * c_row + j * lanes);
}

/// `c = a b`, or `c += a b`, where rows are a multiple of 8 and columns one of 16.
template <bool Adds>
[[gnu::always_inline]] inline void multiply(
    Factor a, const float *b, float *c, int64_t rows, int64_t depth, int64_t columns) {
  for (int64_t j = 0; j < columns;) {
    bool wide = columns - j >= 2 * lanes;
    for (int64_t i = 0; i < rows; i += 8) {
      Factor part{a.values + i * a.row, a.row, a.column};
      if (wide)
        multiply_block<2, Adds>(part, b + j, columns, depth, c + i * columns + j, columns);
      else
        multiply_block<1, Adds>(part, b + j, columns, depth, c + i * columns + j, columns);
    }
    j += wide ? 2 * lanes : lanes;
  }
}

/// The outputs of the tiles of one block.
ct_for_wide_vectors void convolve(
    const Tiles &t, const float *input, const float *u, const float *bias, const float *zeros,
    int64_t block, float *memory, float *output) {
  int64_t begin = block * t.block(), end = std::min(begin + t.block(), t.count());
  int64_t rows = (end - begin + 7) / 8 * 8;
  float *v = memory, *m = v + places * t.block() * t.channels;
  take_input(t, input, zeros, begin, end, v);
  for (int64_t place = 0; place < places; ++place)
    multiply<false>(
        {v + place * t.block() * t.channels, t.channels, 1},
        u + place * t.channels * t.outputs, m + place * t.block() * t.outputs, rows, t.channels,
        t.outputs);
  give_output(t, m, bias, begin, end, output);
}

/// Adds the gradient of U of the tiles of one block, and that of the bias.
ct_for_wide_vectors void correlate(
    const Tiles &t, const float *input, const float *gradient, const float *zeros, int64_t block,
    float *memory, float *u, float *bias) {
  int64_t begin = block * t.block(), end = std::min(begin + t.block(), t.count());
  float *v = memory, *m = v + places * t.block() * t.channels;
  take_input(t, input, zeros, begin, end, v);
  take_gradient(t, gradient, zeros, begin, end, m);
  for (int64_t place = 0; place < places; ++place)
    multiply<true>(
        {v + place * t.block() * t.channels, 1, t.channels}, m + place * t.block() * t.outputs,
        u + place * t.channels * t.outputs, t.channels, end - begin, t.outputs);
  // The place in the middle holds the sum of the four gradients.
  const float *sums = m + 5 * t.block() * t.outputs;
  for (int64_t row = 0; row < end - begin; ++row)
    for (int64_t c = 0; c < t.outputs; ++c) bias[c] += sums[row * t.outputs + c];
}

/// U, `[16, count]`, of kernels `[3, 3, count]`.
ct_for_wide_vectors void transform_kernels(const float *kernels, int64_t count, float *u) {
  for (int64_t c = 0; c < count; c += lanes) {
    Values w[4][3];
    for (int x = 0; x < 3; ++x) {
      Values a, b, d;
      load(a, kernels + x * count + c);
      load(b, kernels + (3 + x) * count + c);
      load(d, kernels + (6 + x) * count + c);
      w[0][x] = a;
      w[1][x] = (a + b + d) * 0.5f;
      w[2][x] = (a - b + d) * 0.5f;
      w[3][x] = d;
    }
    for (int y = 0; y < 4; ++y) {
      float *line = u + 4 * y * count + c;
      store(w[y][0], line);
      store((w[y][0] + w[y][1] + w[y][2]) * 0.5f, line + count);
      store((w[y][0] - w[y][1] + w[y][2]) * 0.5f, line + 2 * count);
      store(w[y][2], line + 3 * count);
    }
  }
}

/// The gradient of kernels from that of U.
ct_for_wide_vectors void transform_back(const float *u, int64_t count, float *kernels) {
  for (int64_t c = 0; c < count; c += lanes) {
    Values w[3][4];
    for (int x = 0; x < 4; ++x) {
      Values a, b, d, e;
      load(a, u + x * count + c);
      load(b, u + (4 + x) * count + c);
      load(d, u + (8 + x) * count + c);
      load(e, u + (12 + x) * count + c);
      w[0][x] = a + (b + d) * 0.5f;
      w[1][x] = (b - d) * 0.5f;
      w[2][x] = (b + d) * 0.5f + e;
    }
    for (int y = 0; y < 3; ++y) {
      float *line = kernels + 3 * y * count + c;
      store(w[y][0] + (w[y][1] + w[y][2]) * 0.5f, line);
      store((w[y][1] - w[y][2]) * 0.5f, line + count);
      store((w[y][1] + w[y][2]) * 0.5f + w[y][3], line + 2 * count);
    }
  }
}

/// The convolution with kernels `[3, 3, in, out]`.
at::Tensor convolution(
    const at::Tensor &input, const at::Tensor &kernels, const std::optional<at::Tensor> &bias,
    std::array<int64_t, 2> padding) {
  auto last = at::MemoryFormat::ChannelsLast;
  Tiles t{input.size(0), input.size(2), input.size(3), input.size(1)};
  std::tie(t.rows, t.columns) =
      std::pair(t.height + 2 * padding[0] - 2, t.width + 2 * padding[1] - 2);
  std::tie(t.outputs, t.padding_height, t.padding_width) =
      std::tuple(kernels.size(3), padding[0], padding[1]);
  auto images = input.contiguous(last);
  auto result = at::empty({t.images, t.outputs, t.rows, t.columns}, input.options(), last);
  auto u = at::empty({places, t.channels, t.outputs}, input.options());
  transform_kernels(
      kernels.const_data_ptr<float>(), t.channels * t.outputs, u.data_ptr<float>());
  auto zeros = at::zeros({std::max(t.channels, t.outputs)}, input.options());
  auto offsets = bias ? bias->contiguous() : zeros;
  const float *from = images.const_data_ptr<float>(), *factors = u.const_data_ptr<float>();
  const float *added = offsets.const_data_ptr<float>(), *none = zeros.const_data_ptr<float>();
  float *to = result.data_ptr<float>();
  at::parallel_for(0, t.blocks(), 1, [&](int64_t begin, int64_t end) {
    auto memory = c10::GetCPUAllocator()->allocate(
        places * t.block() * (t.channels + t.outputs) * sizeof(float));
    for (int64_t block = begin; block < end; ++block)
      convolve(t, from, factors, added, none, block, static_cast<float *>(memory.get()), to);
  });
  return result;
}

/// Gradients of weights are summed in so many parts, whatever the number of threads.
constexpr int64_t part_count = 4;

}  // namespace

namespace ct {

bool suits_winograd(
    const at::Tensor &input, const at::Tensor &weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, int64_t groups) {
  if (transposed || groups != 1 || input.dim() != 4 || weight.dim() != 4) return false;
  if (weight.size(2) != 3 || weight.size(3) != 3 || input.size(1) != weight.size(1)) return false;
  auto all = [](at::IntArrayRef values, int64_t low, int64_t high) {
    return values.size() == 2 && values[0] >= low && values[0] <= high && values[1] >= low &&
           values[1] <= high;
  };
  if (!all(stride, 1, 1) || !all(dilation, 1, 1) || !all(padding, 0, 2)) return false;
  if (input.size(2) + 2 * padding[0] < 3 || input.size(3) + 2 * padding[1] < 3) return false;
  // With fewer channels most of the time would go into sums, with more the kernels leave the cache.
  auto fits = [](int64_t channels) { return channels % 16 == 0 && channels <= 256; };
  if (!fits(weight.size(0)) || !fits(weight.size(1)) || weight.size(0) * weight.size(1) < 512)
    return false;
  return suits_onednn({&input, &weight}) &&
         input.is_contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor winograd(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef padding) {
  auto kernels = weight.permute({2, 3, 1, 0}).contiguous();
  return convolution(input, kernels, bias, {padding[0], padding[1]});
}

at::Tensor winograd_input_gradient(
    const at::Tensor &gradient, const at::Tensor &weight, at::IntArrayRef padding) {
  auto kernels = weight.flip({2, 3}).permute({2, 3, 0, 1}).contiguous();
  return convolution(gradient, kernels, std::nullopt, {2 - padding[0], 2 - padding[1]});
}

std::pair<at::Tensor, at::Tensor> winograd_weight_gradient(
    const at::Tensor &gradient, const at::Tensor &input, at::IntArrayRef padding) {
  auto last = at::MemoryFormat::ChannelsLast;
  auto images = input.contiguous(last), slopes = gradient.contiguous(last);
  Tiles t{input.size(0),    input.size(2),    input.size(3), input.size(1), gradient.size(2),
          gradient.size(3), gradient.size(1), padding[0],    padding[1]};
  auto parts = std::min(part_count, t.blocks());
  auto size = t.channels * t.outputs;
  auto u = at::zeros({parts, places, size}, input.options());
  auto bias = at::zeros({parts, t.outputs}, input.options());
  auto zeros = at::zeros({std::max(t.channels, t.outputs)}, input.options());
  const float *from = images.const_data_ptr<float>(), *with = slopes.const_data_ptr<float>();
  const float *none = zeros.const_data_ptr<float>();
  float *sums = u.data_ptr<float>(), *offsets = bias.data_ptr<float>();
  at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
    auto memory = c10::GetCPUAllocator()->allocate(
        places * t.block() * (t.channels + t.outputs) * sizeof(float));
    for (int64_t part = begin; part < end; ++part)
      for (int64_t block = part * t.blocks() / parts; block < (part + 1) * t.blocks() / parts;
           ++block)
        correlate(
            t, from, with, none, block, static_cast<float *>(memory.get()),
            sums + part * places * size, offsets + part * t.outputs);
  });
  auto whole = u.sum(0);
  auto kernels = at::empty({3, 3, t.channels, t.outputs}, input.options());
  transform_back(whole.const_data_ptr<float>(), size, kernels.data_ptr<float>());
  return {kernels.permute({3, 2, 0, 1}).contiguous(), bias.sum(0)};
}

}  // namespace ct
