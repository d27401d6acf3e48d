// Sorting adjacent channels in pairs, differentiable to any order.
//
// Written with operators of ATen this takes several passes over memory with steps of two elements, and is
// slower than the convolutions around it.
#include "support.hpp"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// How pairs lie in memory: `outer` of them after one another, each two runs of `inner` elements.
struct PairLayout {
  at::MemoryFormat format;
  int64_t outer;
  int64_t inner;

  explicit PairLayout(const at::Tensor &tensor) {
    bool is_last = tensor.dim() == 4 && !tensor.is_contiguous() &&
                   tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
    format = is_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    inner = 1;
    if (!is_last) {
      for (int64_t dimension = 2; dimension < tensor.dim(); ++dimension) inner *= tensor.size(dimension);
    }
    outer = inner > 0 ? tensor.numel() / (2 * inner) : 0;
  }
};

/// Calls `body` with the places of a pair's elements and the number of the pair, in parallel.
template <typename Body>
void for_each_pair(const PairLayout &layout, const Body &body) {
  int64_t grain = std::max<int64_t>(1, 32768 / std::max<int64_t>(1, layout.inner));
  at::parallel_for(0, layout.outer, grain, [&](int64_t begin, int64_t end) {
    if (layout.inner == 1) {
      for (int64_t pair = begin; pair < end; ++pair) body(2 * pair, 2 * pair + 1, pair);
      return;
    }
    for (int64_t pair = begin; pair < end; ++pair) {
      int64_t start = pair * layout.inner;
      for (int64_t place = 0; place < layout.inner; ++place) {
        body(2 * start + place, 2 * start + layout.inner + place, start + place);
      }
    }
  });
}

/// Exchanges the elements of some pairs. It is its own derivative, and its own inverse.
struct Exchange : torch::autograd::Function<Exchange> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, const at::Tensor &is_exchanged,
      bool is_channels_last) {
    context->save_for_backward({is_exchanged});
    context->saved_data["channels last"] = is_channels_last;
    at::AutoDispatchBelowADInplaceOrView below;
    auto format =
        is_channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    auto source = input.contiguous(format);
    auto result = at::empty_like(source, source.options(), format);
    PairLayout layout(source);
    layout.format = format;
    if (is_channels_last) {
      layout.inner = 1;
      layout.outer = source.numel() / 2;
    }
    const bool *exchanged = is_exchanged.const_data_ptr<bool>();
    AT_DISPATCH_FLOATING_TYPES_AND2(
        at::kBFloat16, at::kHalf, source.scalar_type(), "exchange", [&] {
          const scalar_t *from = source.const_data_ptr<scalar_t>();
          scalar_t *to = result.mutable_data_ptr<scalar_t>();
          for_each_pair(layout, [=](int64_t first, int64_t second, int64_t pair) {
            scalar_t a = from[first], b = from[second];
            bool swaps = exchanged[pair];
            to[first] = swaps ? b : a;
            to[second] = swaps ? a : b;
          });
        });
    return result;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    auto is_exchanged = context->get_saved_variables()[0];
    bool is_last = context->saved_data["channels last"].toBool();
    return {apply(gradients[0], is_exchanged, is_last), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

char *ct_sorted_pairs(ct_tensor input, bool descending, ct_tensor *result) {
  return ct::guarded([&] {
    auto given = ct::tensor(input);
    TORCH_CHECK(
        given.dim() >= 2 && given.size(1) % 2 == 0, "a tensor of shape ", given.sizes(),
        " has no pairs of channels");
    TORCH_CHECK(given.device().is_cpu(), "pairs are sorted on the CPU only");
    PairLayout layout(given);
    auto source = given.detach().contiguous(layout.format);
    auto is_exchanged = at::empty({source.numel() / 2}, source.options().dtype(at::kBool));
    bool *exchanged = is_exchanged.mutable_data_ptr<bool>();
    AT_DISPATCH_FLOATING_TYPES_AND2(
        at::kBFloat16, at::kHalf, source.scalar_type(), "pairs", [&] {
          const scalar_t *from = source.const_data_ptr<scalar_t>();
          for_each_pair(layout, [=](int64_t first, int64_t second, int64_t pair) {
            exchanged[pair] = descending ? from[first] < from[second] : from[first] > from[second];
          });
        });
    *result = ct::handle(
        Exchange::apply(given, is_exchanged, layout.format == at::MemoryFormat::ChannelsLast));
  });
}
