// Which convolutions are computed by kernels of our own: those of 3 x 3 pixels by fewer multiplications
// (winograd.hpp), and gradients with respect to inputs, of which there are few channels or which are strided
// over, as a matrix product whose overlapping parts are then added up.
//
// oneDNN's own backward pass is made for many input channels and stride one. Where an image comes in
// (one to three channels), or where a network strides instead of pooling, it reaches 3 to 40 % of the
// speed of a matrix product of the same size; every step of an attack and every counterfactual waits
// for it. Gradients with respect to the weight of a convolution that only picks pixels are computed from
// the picked ones, since oneDNN writes beside its memory there. The kernel is registered for libtorch's
// operator, so that TorchScript models have it too.
#include <ATen/Parallel.h>
#include <ATen/ops/convolution_backward_native.h>
#include <ATen/ops/convolution_native.h>
#include <ATen/ops/empty.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "onednn.hpp"
#include "support.hpp"
#include "winograd.hpp"

namespace {

/// A convolution of images with channels last, seen from its output.
struct Geometry {
  int64_t images, channels, height, width;
  int64_t rows, columns;
  int64_t kernel_height, kernel_width;
  int64_t stride_height, stride_width;
  int64_t padding_height, padding_width;

  int64_t patch() const { return kernel_height * kernel_width * channels; }
  int64_t line() const {
    auto covered = (columns - 1) * stride_width + std::max(kernel_width, stride_width);
    return channels * std::max(covered, width + 2 * padding_width);
  }
};

/// Adds `count` runs of values that lie `distance` apart to places that are `step` apart.
/// `Run` is their length where it is known, or 0.
template <int64_t Run>
void add_runs(
    int64_t count, int64_t run, const float *__restrict from, int64_t distance,
    float *__restrict to, int64_t step) {
  for (int64_t i = 0; i < count; ++i, from += distance, to += step)
    for (int64_t k = 0; k < (Run > 0 ? Run : run); ++k) to[k] += from[k];
}

void add_runs(
    int64_t count, int64_t run, const float *from, int64_t distance, float *to, int64_t step) {
  switch (run) {
    case 1: return add_runs<1>(count, run, from, distance, to, step);
    case 2: return add_runs<2>(count, run, from, distance, to, step);
    case 3: return add_runs<3>(count, run, from, distance, to, step);
    case 6: return add_runs<6>(count, run, from, distance, to, step);
    case 32: return add_runs<32>(count, run, from, distance, to, step);
    default: return add_runs<0>(count, run, from, distance, to, step);
  }
}

/// Adds up the patches of one image, `[rows, columns, kernel height, kernel width, channels]`, where
/// they were cut from. A row of the image is summed in `line` and written once.
void assemble(const Geometry &g, const float *patches, std::vector<float> &line, float *image) {
  int64_t step = g.stride_width * g.channels;
  for (int64_t y = 0; y < g.height; ++y) {
    std::fill(line.begin(), line.end(), 0.0f);
    int64_t below = y + g.padding_height;
    for (int64_t row = below / g.stride_height; row >= 0; --row) {
      int64_t tap = below - row * g.stride_height;
      if (tap >= g.kernel_height) break;
      if (row >= g.rows) continue;
      const float *cut = patches + row * g.columns * g.patch() + tap * g.kernel_width * g.channels;
      for (int64_t across = 0; across < g.kernel_width; across += g.stride_width) {
        int64_t run = std::min(g.stride_width, g.kernel_width - across) * g.channels;
        int64_t offset = across * g.channels;
        add_runs(g.columns, run, cut + offset, g.patch(), line.data() + offset, step);
      }
    }
    std::copy_n(
        line.data() + g.padding_width * g.channels, g.width * g.channels,
        image + y * g.width * g.channels);
  }
}

/// Patches of so many images at a time stay in the processor's second cache.
constexpr int64_t cached_values = 1 << 17;

at::Tensor input_gradient(
    const at::Tensor &gradient, const at::Tensor &input, const at::Tensor &weight,
    at::IntArrayRef stride, at::IntArrayRef padding) {
  Geometry g{input.size(0),  input.size(1),    input.size(2),    input.size(3),
             gradient.size(2), gradient.size(3), weight.size(2),   weight.size(3),
             stride[0],      stride[1],        padding[0],       padding[1]};
  auto last = at::MemoryFormat::ChannelsLast;
  auto positions = g.rows * g.columns;
  auto outputs = gradient.contiguous(last).permute({0, 2, 3, 1}).reshape({-1, weight.size(0)});
  auto kernel = weight.contiguous(last).permute({0, 2, 3, 1}).reshape({weight.size(0), -1}).t();
  auto result = at::empty(input.sizes(), input.options(), last);
  float *images = result.data_ptr<float>();
  auto group = std::max<int64_t>(1, cached_values / (positions * g.patch()));
  at::parallel_for(0, (g.images + group - 1) / group, 1, [&](int64_t begin, int64_t end) {
    at::AutoDispatchBelowADInplaceOrView below;
    std::vector<float> line(g.line());
    for (int64_t i = begin; i < end; ++i) {
      auto first = i * group, count = std::min(group, g.images - first);
      auto patches = ct::product(outputs.narrow(0, first * positions, count * positions), kernel);
      const float *values = patches.const_data_ptr<float>();
      for (int64_t j = 0; j < count; ++j)
        assemble(
            g, values + j * positions * g.patch(), line,
            images + (first + j) * g.height * g.width * g.channels);
    }
  });
  return result;
}

bool pays(
    const at::Tensor &gradient, const at::Tensor &input, const at::Tensor &weight,
    at::IntArrayRef stride, at::IntArrayRef dilation, bool transposed, int64_t groups) {
  if (transposed || groups != 1 || weight.dim() != 4 || input.dim() != 4) return false;
  if (stride.size() != 2 || dilation.size() != 2 || dilation[0] != 1 || dilation[1] != 1)
    return false;
  if (!ct::suits_onednn({&gradient, &input, &weight})) return false;
  bool overlaps = weight.size(2) > stride[0] || weight.size(3) > stride[1];
  return weight.size(1) < 8 || (stride[0] > 1 && overlaps);
}

/// Whether a convolution sees one pixel of several and no others.
bool picks(
    const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding, bool transposed) {
  if (transposed || weight.dim() != 4 || weight.size(2) != 1 || weight.size(3) != 1) return false;
  return stride.size() == 2 && padding.size() == 2 && padding[0] == 0 && padding[1] == 0 &&
         (stride[0] > 1 || stride[1] > 1);
}

/// The pixels that such a convolution sees.
at::Tensor picked(const at::Tensor &input, at::IntArrayRef stride) {
  return input.slice(2, 0, std::nullopt, stride[0])
      .slice(3, 0, std::nullopt, stride[1])
      .contiguous(input.suggest_memory_format());
}

at::Tensor convolution(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
    at::IntArrayRef output_padding, int64_t groups) {
  bool has_bias = bias && bias->defined();
  bool fits = !has_bias || (bias->sizes() == weight.sizes().slice(0, 1) && ct::suits_onednn({&*bias}));
  if (fits && ct::suits_winograd(input, weight, stride, padding, dilation, transposed, groups))
    return ct::winograd(input, weight, has_bias ? bias : std::nullopt, padding);
  return at::native::convolution(
      input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}

using Gradients = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

Gradients convolution_backward(
    const at::Tensor &gradient, const at::Tensor &input, const at::Tensor &weight,
    at::OptionalIntArrayRef bias_sizes, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> wanted) {
  Gradients results;
  auto &[of_input, of_weight, of_bias] = results;
  bool is_float = ct::suits_onednn({&gradient});
  bool is_small =
      is_float && ct::suits_winograd(input, weight, stride, padding, dilation, transposed, groups);
  if (wanted[0] && is_small) {
    of_input = ct::winograd_input_gradient(gradient, weight, padding);
  } else if (wanted[0] && pays(gradient, input, weight, stride, dilation, transposed, groups)) {
    of_input = input_gradient(gradient, input, weight, stride, padding);
  }
  if (wanted[1] && is_small) {
    auto [slopes, offsets] = ct::winograd_weight_gradient(gradient, input, padding);
    of_weight = slopes;
    if (wanted[2]) of_bias = offsets;
  } else if ((wanted[1] || wanted[2]) && picks(weight, stride, padding, transposed)) {
    // With 12 or 14 input channels and three threads oneDNN 3.12 ends the process here; it keeps the pixels
    // that it picks in a scratchpad of its own.
    std::tie(std::ignore, of_weight, of_bias) = at::native::convolution_backward(
        gradient, picked(input, stride), weight, bias_sizes, at::IntArrayRef{1, 1}, padding, dilation,
        transposed, output_padding, groups, {false, wanted[1], wanted[2]});
  }
  std::array<bool, 3> left{
      wanted[0] && !of_input.defined(), wanted[1] && !of_weight.defined(),
      wanted[2] && !of_bias.defined()};
  if (!left[0] && !left[1] && !left[2]) return results;
  auto others = at::native::convolution_backward(
      gradient, input, weight, bias_sizes, stride, padding, dilation, transposed, output_padding,
      groups, left);
  if (left[0]) of_input = std::get<0>(others);
  if (left[1]) of_weight = std::get<1>(others);
  if (left[2]) of_bias = std::get<2>(others);
  return results;
}

TORCH_LIBRARY_IMPL(aten, CPU, library) {
  library.impl("convolution", convolution);
  library.impl("convolution_backward", convolution_backward);
}

}  // namespace
