// Largest values of windows that do not overlap, where channels are next to each other in memory.
//
// ATen looks for the place of every maximum as well, one element at a time, and keeps it in eight bytes: half
// the time of a small network's answer. Here vectors of channels are compared, and a place is a byte that is
// kept only where a gradient may ask for it. The kernel is registered for libtorch's operator, so that
// TorchScript models have it too.
#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d_native.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cstring>

#include "support.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Windows of an image with channels last.
struct Windows {
  int64_t images, channels, height, width;
  int64_t window_height, window_width;

  [[gnu::always_inline]] int64_t rows() const { return height / window_height; }
  [[gnu::always_inline]] int64_t columns() const { return width / window_width; }
  /// How far apart two rows of the image are.
  [[gnu::always_inline]] int64_t line() const { return width * channels; }
  /// About so many rows of windows are worth a thread.
  int64_t grain() const { return std::max<int64_t>(1, 65536 / std::max<int64_t>(1, line())); }
};

/// Sixteen channels, which are looked at together, and the places of their largest values in a window.
typedef float Values __attribute__((vector_size(64)));
typedef int32_t Places __attribute__((vector_size(64)));
typedef uint8_t Bytes __attribute__((vector_size(16)));
constexpr int64_t lanes = 16;

// Vectors are not handed over by value, since not every processor has registers of this size.
template <typename Value>
[[gnu::always_inline]] inline void load(Value &value, const void *from) {
  std::memcpy(&value, from, sizeof value);
}

[[gnu::always_inline]] inline void store(const Places &places, uint8_t *to) {
  auto bytes = __builtin_convertvector(places, Bytes);
  std::memcpy(to, &bytes, sizeof bytes);
}
[[gnu::always_inline]] inline void store(const int32_t &place, uint8_t *to) {
  *to = static_cast<uint8_t>(place);
}
[[gnu::always_inline]] inline void load_places(Places &places, const uint8_t *from) {
  Bytes bytes;
  load(bytes, from);
  places = __builtin_convertvector(bytes, Places);
}
[[gnu::always_inline]] inline void load_places(int32_t &place, const uint8_t *from) { place = *from; }

/// Looks through one window for the largest values and, where they are to be kept, their places. As ATen has
/// it, the first of equal values counts, and what is not a number is larger than all.
template <typename Value, typename Place>
[[gnu::always_inline]] inline void search(
    const Windows &w, const float *from, float *to, uint8_t *kept) {
  Value largest;
  load(largest, from);
  Place places{};
  int32_t place = 0;
  for (int64_t y = 0; y < w.window_height; ++y)
    for (int64_t x = 0; x < w.window_width; ++x, ++place) {
      Value value;
      load(value, from + y * w.line() + x * w.channels);
      auto is_new = (value > largest) | (value != value);
      largest = is_new ? value : largest;
      places = is_new ? Place{} + place : places;
    }
  std::memcpy(to, &largest, sizeof largest);
  if (kept != nullptr) store(places, kept);
}

/// Puts the gradient of one window where its largest values are, and zeros beside it.
template <typename Value, typename Place>
[[gnu::always_inline]] inline void spread_over(
    const Windows &w, const uint8_t *kept, const float *gradient, float *result) {
  Value slope;
  Place places;
  load(slope, gradient);
  load_places(places, kept);
  int32_t place = 0;
  for (int64_t y = 0; y < w.window_height; ++y)
    for (int64_t x = 0; x < w.window_width; ++x, ++place) {
      Value value = places == place ? slope : Value{};
      std::memcpy(result + y * w.line() + x * w.channels, &value, sizeof value);
    }
}

/// Where the first window of a row begins, of rows that are numbered through all images.
[[gnu::always_inline]] inline int64_t start_of(const Windows &w, int64_t row) {
  return (row / w.rows() * w.height + row % w.rows() * w.window_height) * w.line();
}

/// The largest values of rows of windows, and their places unless `kept` is NULL.
ct_for_wide_vectors void pool(
    const Windows &w, const float *input, float *result, uint8_t *kept, int64_t begin,
    int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const float *from = input + start_of(w, row);
    for (int64_t x = 0; x < w.columns(); ++x, from += w.window_width * w.channels) {
      int64_t to = (row * w.columns() + x) * w.channels, c = 0;
      for (; c + lanes <= w.channels; c += lanes)
        search<Values, Places>(w, from + c, result + to + c, kept ? kept + to + c : nullptr);
      for (; c < w.channels; ++c)
        search<float, int32_t>(w, from + c, result + to + c, kept ? kept + to + c : nullptr);
    }
  }
}

/// The gradient of rows of windows; what no window covers is left as it is.
ct_for_wide_vectors void unpool(
    const Windows &w, const uint8_t *kept, const float *gradient, float *result, int64_t begin,
    int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    float *to = result + start_of(w, row);
    for (int64_t x = 0; x < w.columns(); ++x, to += w.window_width * w.channels) {
      int64_t from = (row * w.columns() + x) * w.channels, c = 0;
      for (; c + lanes <= w.channels; c += lanes)
        spread_over<Values, Places>(w, kept + from + c, gradient + from + c, to + c);
      for (; c < w.channels; ++c)
        spread_over<float, int32_t>(w, kept + from + c, gradient + from + c, to + c);
    }
  }
}

/// Places as ATen has them: numbers of pixels in the image.
at::Tensor pixels(const Windows &w, const at::Tensor &kept) {
  auto places = kept.to(at::kLong);
  auto rows = at::arange(w.rows(), places.options()).mul(w.window_height).reshape({-1, 1});
  auto columns = at::arange(w.columns(), places.options()).mul(w.window_width);
  auto y = rows.add(places.div(w.window_width, "floor"));
  return y.mul(w.width).add(columns).add(places.remainder(w.window_width));
}

Windows windows(const at::Tensor &input, at::IntArrayRef size) {
  return {input.size(0), input.size(1), input.size(2), input.size(3), size[0], size[1]};
}

struct MaximumPool : torch::autograd::Function<MaximumPool> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, at::IntArrayRef size, bool keeps_places) {
    auto w = windows(input, size);
    auto last = at::MemoryFormat::ChannelsLast;
    auto result = at::empty({w.images, w.channels, w.rows(), w.columns()}, input.options(), last);
    auto places =
        keeps_places ? at::empty(result.sizes(), input.options().dtype(at::kByte), last) : at::Tensor();
    const float *from = input.const_data_ptr<float>();
    float *to = result.data_ptr<float>();
    uint8_t *kept = keeps_places ? places.data_ptr<uint8_t>() : nullptr;
    at::parallel_for(0, w.images * w.rows(), w.grain(), [&](int64_t begin, int64_t end) {
      pool(w, from, to, kept, begin, end);
    });
    context->save_for_backward({places});
    context->saved_data["shape"] = input.sizes().vec();
    context->saved_data["size"] = size.vec();
    return result;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    auto places = context->get_saved_variables()[0];
    auto size = context->saved_data["size"].toIntVector();
    auto last = at::MemoryFormat::ChannelsLast;
    auto result = at::empty(
        context->saved_data["shape"].toIntVector(), gradients[0].options().requires_grad(false), last);
    auto w = windows(result, size);
    // Who differentiates once more gets ATen's own operator, which can.
    if (at::GradMode::is_enabled())
      return {
          at::max_pool2d_with_indices_backward(
              gradients[0], result.zero_(), size, size, {0, 0}, {1, 1}, false, pixels(w, places)),
          {},
          {}};
    auto gradient = gradients[0].contiguous(last);
    if (w.height % w.window_height != 0 || w.width % w.window_width != 0) result.zero_();
    const float *slopes = gradient.const_data_ptr<float>();
    const uint8_t *kept = places.const_data_ptr<uint8_t>();
    float *to = result.data_ptr<float>();
    at::parallel_for(0, w.images * w.rows(), w.grain(), [&](int64_t begin, int64_t end) {
      unpool(w, kept, slopes, to, begin, end);
    });
    return {result, {}, {}};
  }
};

/// Whether windows lie side by side over images that are laid out for it.
bool suits(
    const at::Tensor &input, at::IntArrayRef size, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation) {
  if (input.dim() != 4 || !input.device().is_cpu() || input.scalar_type() != at::kFloat) return false;
  if (input.layout() != at::kStrided || input.numel() == 0) return false;
  if (!input.is_contiguous(at::MemoryFormat::ChannelsLast) || input.size(1) < 4) return false;
  bool is_plain = size.size() == 2 && padding.size() == 2 && dilation.size() == 2 &&
                  padding[0] == 0 && padding[1] == 0 && dilation[0] == 1 && dilation[1] == 1;
  // A place is a byte.
  if (!is_plain || size[0] < 1 || size[1] < 1 || size[0] * size[1] > 256) return false;
  if (size[0] > input.size(2) || size[1] > input.size(3)) return false;
  return stride.empty() || (stride.size() == 2 && stride[0] == size[0] && stride[1] == size[1]);
}

/// The kernel of `aten::max_pool2d` on the CPU.
at::Tensor max_pool2d(
    const at::Tensor &input, at::IntArrayRef size, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, bool rounds_up) {
  if (rounds_up || !suits(input, size, stride, padding, dilation))
    return at::native::max_pool2d(input, size, stride, padding, dilation, rounds_up);
  return MaximumPool::apply(input, size, at::GradMode::is_enabled() && input.requires_grad());
}

TORCH_LIBRARY_IMPL(aten, AutogradCPU, library) { library.impl("max_pool2d", max_pool2d); }

}  // namespace
