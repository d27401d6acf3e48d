// Affine maps of float32 matrices by oneDNN, differentiable to any order.
//
// ATen multiplies float32 matrices with MKL, which leaves the widest vectors of processors that are
// not Intel's unused. libtorch carries oneDNN as well, which uses them and is twice as fast there, but
// offers it without a derivative. The kernel is registered for libtorch's operator, so that
// TorchScript models have it too.
#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear_native.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "onednn.hpp"
#include "support.hpp"

namespace ct {

at::Tensor product(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  using Options = c10::List<std::optional<at::Scalar>>;
  using Signature = at::Tensor(
      const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, std::string_view,
      Options, std::optional<std::string_view>);
  static const auto pointwise = c10::Dispatcher::singleton()
                                    .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                                    .typed<Signature>();
  return pointwise.call(input, weight, bias, "none", Options(), "");
}

bool suits_onednn(std::initializer_list<const at::Tensor *> tensors) {
  for (auto *tensor : tensors)
    if (!tensor->device().is_cpu() || tensor->scalar_type() != at::kFloat || tensor->numel() == 0 ||
        tensor->layout() != at::kStrided)
      return false;
  return at::hasMKLDNN();
}

}  // namespace ct

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A matrix that is laid out row by row or column by column.
at::Tensor dense(const at::Tensor &matrix) {
  return matrix.is_contiguous() || matrix.t().is_contiguous() ? matrix : matrix.contiguous();
}

/// `input weightᵀ + bias` of matrices `[N, in]` and `[out, in]`.
struct Affine : torch::autograd::Function<Affine> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias) {
    context->save_for_backward({input, weight});
    context->saved_data["has bias"] = bias.has_value();
    at::AutoDispatchBelowADInplaceOrView below;
    return ct::product(dense(input), dense(weight), bias);
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    auto saved = context->get_saved_variables();
    const auto &gradient = gradients[0];
    variable_list results(3);
    if (context->needs_input_grad(0)) results[0] = apply(gradient, saved[1].t(), std::nullopt);
    if (context->needs_input_grad(1)) results[1] = apply(gradient.t(), saved[0].t(), std::nullopt);
    bool has_bias = context->saved_data["has bias"].toBool();
    if (has_bias && context->needs_input_grad(2)) results[2] = gradient.sum(0);
    return results;
  }
};

/// The kernel of `aten::linear` on the CPU.
at::Tensor linear(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  bool is_affine = input.dim() > 0 && weight.dim() == 2 && input.size(-1) == weight.size(1) &&
                   (!bias || (bias->dim() == 1 && bias->size(0) == weight.size(0)));
  // ATen has the words for shapes that do not fit.
  if (!is_affine || !ct::suits_onednn({&input, &weight}) || (bias && !ct::suits_onednn({&*bias})))
    return at::native::linear(input, weight, bias);
  auto shape = input.sizes().vec();
  shape.back() = weight.size(0);
  return Affine::apply(input.reshape({-1, input.size(-1)}), weight, bias).reshape(shape);
}

TORCH_LIBRARY_IMPL(aten, AutogradCPU, library) { library.impl("linear", linear); }

}  // namespace
