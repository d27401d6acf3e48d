// Gradients of rectifiers whose input and gradient are laid out in different orders.
//
// Where images with channels last are flattened for a matrix product, the gradient comes back with
// channels first. ATen walks two such tensors element by element; putting one in the order of the other
// first takes a third of the time.
#include <ATen/ops/threshold_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "support.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// `gradient` where `input` is above `threshold`, else zero; linear in `gradient` and constant, almost
/// everywhere, in `input`.
struct ThresholdBackward : torch::autograd::Function<ThresholdBackward> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &gradient, const at::Tensor &input,
      const at::Scalar &threshold) {
    context->save_for_backward({input});
    context->saved_data["threshold"] = threshold;
    at::AutoDispatchBelowADInplaceOrView below;
    auto last = at::MemoryFormat::ChannelsLast;
    bool differ = input.device().is_cpu() && input.dim() == 4 && input.is_contiguous(last) &&
                  !input.is_contiguous() && gradient.sizes() == input.sizes() &&
                  !gradient.is_contiguous(last);
    return at::threshold_backward(differ ? gradient.contiguous(last) : gradient, input, threshold);
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    auto input = context->get_saved_variables()[0];
    return {apply(gradients[0], input, context->saved_data["threshold"].toScalar()), {}, {}};
  }
};

at::Tensor threshold_backward(
    const at::Tensor &gradient, const at::Tensor &input, const at::Scalar &threshold) {
  return ThresholdBackward::apply(gradient, input, threshold);
}

TORCH_LIBRARY_IMPL(aten, AutogradCPU, library) {
  library.impl("threshold_backward", threshold_backward);
}

}  // namespace
