// Affine maps of float32 matrices by oneDNN, differentiable to any order.
//
// ATen multiplies float32 matrices with MKL, which leaves the widest vectors of processors that are
// not Intel's unused. libtorch carries oneDNN as well, which uses them and is twice as fast there, but
// offers it without a derivative.
#include "support.hpp"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// `input weightᵀ + bias` of matrices `[N, in]` and `[out, in]`.
struct Affine : torch::autograd::Function<Affine> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias) {
    using Signature = at::Tensor(
        const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, std::string_view,
        c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
    static const auto product = c10::Dispatcher::singleton()
                                    .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                                    .typed<Signature>();
    context->save_for_backward({input, weight});
    context->saved_data["has bias"] = bias.has_value();
    at::AutoDispatchBelowADInplaceOrView below;
    return product.call(
        input.contiguous(), weight.contiguous(), bias, "none",
        c10::List<std::optional<at::Scalar>>(), "");
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

bool suits_onednn(const at::Tensor &tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.numel() > 0;
}

}  // namespace

char *ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor *result) {
  return ct::guarded([&] {
    auto x = ct::tensor(input), w = ct::tensor(weight);
    std::optional<at::Tensor> b;
    if (bias != nullptr) b = ct::tensor(bias);
    bool is_affine = x.dim() > 0 && w.dim() == 2 && x.size(-1) == w.size(1) &&
                     (!b || (suits_onednn(*b) && b->dim() == 1 && b->size(0) == w.size(0)));
    // ATen has the words for shapes that do not fit.
    if (!is_affine || !suits_onednn(x) || !suits_onednn(w) || !at::hasMKLDNN() ||
        at::autocast::is_autocast_enabled(at::kCPU)) {
      *result = ct::handle(at::linear(x, w, b));
      return;
    }
    auto shape = x.sizes().vec();
    shape.back() = w.size(0);
    *result = ct::handle(Affine::apply(x.reshape({-1, x.size(-1)}), w, b).reshape(shape));
  });
}
