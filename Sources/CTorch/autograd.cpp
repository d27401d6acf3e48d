// Gradients as a function: nothing is accumulated and nothing is left behind.
#include "support.hpp"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

bool ct_tensor_requires_gradient(ct_tensor tensor) { return ct::tensor(tensor).requires_grad(); }

char *ct_tensor_set_requires_gradient(ct_tensor tensor, bool value) {
  return ct::guarded([&] { ct::tensor(tensor).requires_grad_(value); });
}

bool ct_gradients_enabled(void) { return at::GradMode::is_enabled(); }
void ct_set_gradients_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

static thread_local int64_t gradient_calls = 0;

int64_t ct_gradient_calls(void) { return gradient_calls; }

char *ct_gradients(
    const ct_tensor *outputs, const ct_tensor *weights, int64_t output_count,
    const ct_tensor *inputs, int64_t input_count, bool retain_graph, bool create_graph,
    ct_tensor *results) {
  return ct::guarded([&] {
    torch::autograd::variable_list values, factors, variables;
    for (int64_t i = 0; i < output_count; i++) {
      values.push_back(ct::tensor(outputs[i]));
      factors.push_back(weights == nullptr ? at::Tensor() : ct::tensor(weights[i]));
    }
    for (int64_t i = 0; i < input_count; i++) variables.push_back(ct::tensor(inputs[i]));
    gradient_calls++;
    auto gradients = torch::autograd::grad(
        values, variables, factors, retain_graph, create_graph, /*allow_unused=*/true);
    for (int64_t i = 0; i < input_count; i++)
      results[i] = gradients[i].defined() ? ct::handle(std::move(gradients[i])) : nullptr;
  });
}
