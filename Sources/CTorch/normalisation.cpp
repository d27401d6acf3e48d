// Normalisation over groups of channels (Wu and He, ECCV 2018) followed by the SiLU, of images with channels
// next to each other in memory, in one kernel each way.
//
// One after the other, ATen's operators read and write every image eight times on the way forth and back, keep
// two of its kind, and look for the channels of a group one by one. Here an image stays in the first cache from
// the first pass over it to the last. A vector for every image may be added before, as embeddings are in
// U-Nets, at no cost.
#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/silu.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <vector>

#include "onednn.hpp"
#include "support.hpp"
#include "vectors.hpp"

namespace {

using ct::lanes;
using ct::load;
using ct::store;
using ct::Values;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Images of so many pixels and channels, and what is normalised together.
struct Groups {
  int64_t images, channels, pixels, groups;
  double epsilon;

  int64_t width() const { return channels / groups; }
  int64_t image() const { return pixels * channels; }
};

/// The sum of every channel of one image, of what `add(sum, c, place)` adds for its sixteen channels from `c`.
template <typename Add>
[[gnu::always_inline]] inline void sum_pixels(const Groups &g, float *sums, Add add) {
  for (int64_t c = 0; c < g.channels; c += lanes) {
    // Four sums keep the adders busy and round less than one.
    Values parts[4] = {};
    int64_t pixel = 0;
    for (; pixel + 4 <= g.pixels; pixel += 4)
      for (int i = 0; i < 4; ++i) add(parts[i], c, (pixel + i) * g.channels + c);
    for (; pixel < g.pixels; ++pixel) add(parts[0], c, pixel * g.channels + c);
    store((parts[0] + parts[1]) + (parts[2] + parts[3]), sums + c);
  }
}

/// What becomes of a channel of an image: `y = x scale + offset`, and `(x - mean) rate` before weight and bias.
struct Channels {
  std::vector<float> mean, rate, scale, offset, sums, squares, moments;

  explicit Channels(int64_t count)
      : mean(count), rate(count), scale(count), offset(count), sums(count), squares(count),
        moments(count) {}

  /// Takes means and rates of groups, of images that a vector is added to.
  void set(
      const Groups &g, const float *means, const float *rates, const float *weight,
      const float *bias, const float *shift) {
    for (int64_t c = 0; c < g.channels; ++c) {
      mean[c] = means[c / g.width()] - (shift ? shift[c] : 0);
      rate[c] = rates[c / g.width()];
      scale[c] = rate[c] * weight[c];
      offset[c] = bias[c] - mean[c] * scale[c];
    }
  }
};

/// Means and rates (one over the deviation) of the groups of one image, and the image's answer.
ct_for_wide_vectors void normalise(
    const Groups &g, const float *input, const float *shift, const float *weight,
    const float *bias, Channels &channels, float *means, float *rates, float *result) {
  auto count = static_cast<double>(g.width() * g.pixels);
  sum_pixels(g, channels.sums.data(), [&](Values &sum, int64_t, int64_t place) ct_inlined {
    Values value;
    load(value, input + place);
    sum += value;
  });
  for (int64_t group = 0; group < g.groups; ++group) {
    double sum = 0;
    for (int64_t c = group * g.width(); c < (group + 1) * g.width(); ++c)
      sum += channels.sums[c] + (shift ? static_cast<double>(shift[c]) * g.pixels : 0);
    means[group] = static_cast<float>(sum / count);
  }
  for (int64_t c = 0; c < g.channels; ++c)
    channels.mean[c] = means[c / g.width()] - (shift ? shift[c] : 0);
  sum_pixels(g, channels.squares.data(), [&](Values &sum, int64_t c, int64_t place) ct_inlined {
    Values value, mean;
    load(value, input + place);
    load(mean, channels.mean.data() + c);
    value -= mean;
    sum += value * value;
  });
  for (int64_t group = 0; group < g.groups; ++group) {
    double sum = 0;
    for (int64_t c = group * g.width(); c < (group + 1) * g.width(); ++c)
      sum += channels.squares[c];
    rates[group] = static_cast<float>(1 / std::sqrt(sum / count + g.epsilon));
  }
  channels.set(g, means, rates, weight, bias, shift);
  for (int64_t c = 0; c < g.channels; c += lanes) {
    Values scale, offset;
    load(scale, channels.scale.data() + c);
    load(offset, channels.offset.data() + c);
    for (int64_t place = c; place < g.image(); place += g.channels) {
      Values value, share;
      load(value, input + place);
      value = value * scale + offset;
      ct::logistic(value, share);
      store(value * share, result + place);
    }
  }
}

/// The gradient of one image; `sums` and `products` get those of bias and weight, `shifts` that of the vector.
ct_for_wide_vectors void propagate(
    const Groups &g, const float *gradient, const float *input, Channels &channels,
    const float *weight, float *sums, float *products, float *shifts, float *result) {
  for (int64_t c = 0; c < g.channels; c += lanes) {
    Values scale, offset, mean, rate, sum{}, product{}, moment{};
    load(scale, channels.scale.data() + c);
    load(offset, channels.offset.data() + c);
    load(mean, channels.mean.data() + c);
    load(rate, channels.rate.data() + c);
    for (int64_t place = c; place < g.image(); place += g.channels) {
      Values value, slope, share;
      load(value, input + place);
      load(slope, gradient + place);
      Values unit = (value - mean) * rate;
      value = value * scale + offset;
      ct::logistic(value, share);
      slope *= share * (value * (1.0f - share) + 1.0f);
      sum += slope;
      product += slope * unit;
      moment += unit;
      store(slope, result + place);
    }
    store(sum, sums + c);
    store(product, products + c);
    store(moment, channels.moments.data() + c);
  }
  auto count = static_cast<float>(g.width() * g.pixels);
  for (int64_t group = 0; group < g.groups; ++group) {
    float first = 0, second = 0;
    for (int64_t c = group * g.width(); c < (group + 1) * g.width(); ++c) {
      first += weight[c] * sums[c];
      second += weight[c] * products[c];
    }
    for (int64_t c = group * g.width(); c < (group + 1) * g.width(); ++c) {
      channels.sums[c] = channels.rate[c] * first / count;
      channels.squares[c] = channels.rate[c] * second / count;
      shifts[c] = channels.scale[c] * sums[c] - channels.sums[c] * g.pixels -
                  channels.squares[c] * channels.moments[c];
    }
  }
  for (int64_t c = 0; c < g.channels; c += lanes) {
    Values scale, mean, rate, first, second;
    load(scale, channels.scale.data() + c);
    load(mean, channels.mean.data() + c);
    load(rate, channels.rate.data() + c);
    load(first, channels.sums.data() + c);
    load(second, channels.squares.data() + c);
    second *= rate;
    for (int64_t place = c; place < g.image(); place += g.channels) {
      Values value, slope;
      load(value, input + place);
      load(slope, result + place);
      store(slope * scale - first - (value - mean) * second, result + place);
    }
  }
}

/// The same by ATen's operators.
at::Tensor by_operators(
    const at::Tensor &input, const std::optional<at::Tensor> &shift, int64_t groups,
    const at::Tensor &weight, const at::Tensor &bias, double epsilon) {
  auto moved = shift ? at::add(input, shift->unsqueeze(-1).unsqueeze(-1)) : input;
  return at::silu(at::group_norm(moved, groups, weight, bias, epsilon, false));
}

const float *values(const at::Tensor &tensor, int64_t place = 0) {
  return tensor.defined() ? tensor.const_data_ptr<float>() + place : nullptr;
}

struct NormalisedSiLU : torch::autograd::Function<NormalisedSiLU> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, const std::optional<at::Tensor> &shift,
      int64_t groups, const at::Tensor &weight, const at::Tensor &bias, double epsilon) {
    at::AutoDispatchBelowADInplaceOrView below;
    Groups g{input.size(0), input.size(1), input.size(2) * input.size(3), groups, epsilon};
    auto result = at::empty_like(input);
    auto moments = at::empty({2, g.images, groups}, input.options());
    auto moved = shift ? shift->contiguous() : at::Tensor();
    float *means = moments.data_ptr<float>(), *rates = means + g.images * groups;
    float *to = result.data_ptr<float>();
    const float *from = values(input), *scale = values(weight), *offset = values(bias);
    at::parallel_for(0, g.images, 1, [&](int64_t begin, int64_t end) {
      Channels channels(g.channels);
      for (int64_t i = begin; i < end; ++i)
        normalise(
            g, from + i * g.image(), values(moved, i * g.channels), scale, offset, channels,
            means + i * groups, rates + i * groups, to + i * g.image());
    });
    context->save_for_backward({input, shift ? *shift : at::Tensor(), weight, bias, moments});
    context->saved_data["groups"] = groups;
    context->saved_data["epsilon"] = epsilon;
    return result;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    auto saved = context->get_saved_variables();
    // Who differentiates once more gets ATen's own operators, which can.
    if (at::GradMode::is_enabled()) return by_operators(context, saved, gradients[0]);
    const auto &[input, weight] = std::tie(saved[0], saved[2]);
    auto groups = context->saved_data["groups"].toInt();
    Groups g{input.size(0), input.size(1), input.size(2) * input.size(3), groups, 0};
    auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    auto shift = saved[1].defined() ? saved[1].contiguous() : at::Tensor();
    auto result = at::empty_like(input);
    auto sums = at::empty({3, g.images, g.channels}, input.options());
    const float *means = values(saved[4]), *rates = means + g.images * groups;
    const float *from = values(input), *slopes = values(gradient);
    const float *scale = values(weight), *offset = values(saved[3]);
    float *to = result.data_ptr<float>(), *parts = sums.data_ptr<float>();
    at::parallel_for(0, g.images, 1, [&](int64_t begin, int64_t end) {
      Channels channels(g.channels);
      for (int64_t i = begin; i < end; ++i) {
        float *part = parts + i * g.channels;
        channels.set(
            g, means + i * groups, rates + i * groups, scale, offset,
            values(shift, i * g.channels));
        propagate(
            g, slopes + i * g.image(), from + i * g.image(), channels, scale, part,
            part + g.images * g.channels, part + 2 * g.images * g.channels, to + i * g.image());
      }
    });
    auto totals = sums.narrow(0, 0, 2).sum(1);
    return {result,    saved[1].defined() ? sums[2] : at::Tensor(), {}, totals[1], totals[0], {}};
  }

  static variable_list by_operators(
      AutogradContext *context, const variable_list &saved, const at::Tensor &gradient) {
    auto shift = saved[1].defined() ? std::optional(saved[1]) : std::nullopt;
    auto output = ::by_operators(
        saved[0], shift, context->saved_data["groups"].toInt(), saved[2], saved[3],
        context->saved_data["epsilon"].toDouble());
    variable_list inputs, results(6);
    std::vector<int> places;
    for (int i : {0, 1, 2, 3})
      if (saved[i].defined() && saved[i].requires_grad()) {
        inputs.push_back(saved[i]);
        places.push_back(i < 2 ? i : i + 1);
      }
    auto slopes = torch::autograd::grad({output}, inputs, {gradient}, true, true);
    for (size_t i = 0; i < places.size(); ++i) results[places[i]] = slopes[i];
    return results;
  }
};

/// `silu(group_norm(input + shift))`, where a shift is `[N, C]`.
at::Tensor group_norm_silu(
    const at::Tensor &input, const std::optional<at::Tensor> &shift, int64_t groups,
    const at::Tensor &weight, const at::Tensor &bias, double epsilon) {
  bool suits = input.dim() == 4 && groups > 0 && input.size(1) % groups == 0 &&
               input.size(1) % lanes == 0 && ct::suits_onednn({&input, &weight, &bias}) &&
               input.is_contiguous(at::MemoryFormat::ChannelsLast) && weight.is_contiguous() &&
               bias.is_contiguous() && weight.numel() == input.size(1) &&
               bias.numel() == input.size(1);
  if (suits && shift)
    suits = ct::suits_onednn({&*shift}) && shift->sizes() == input.sizes().slice(0, 2);
  if (!suits) return by_operators(input, shift, groups, weight, bias, epsilon);
  return NormalisedSiLU::apply(input, shift, groups, weight, bias, epsilon);
}

TORCH_LIBRARY(touchstone, library) {
  library.def(
      "group_norm_silu(Tensor input, Tensor? shift, int groups, Tensor weight, Tensor bias, float "
      "eps) -> Tensor",
      group_norm_silu);
}

}  // namespace
