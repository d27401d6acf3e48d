// Convolutions with kernels of 3 x 3 pixels and stride one by Winograd's minimal filtering.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace ct {

/// Whether the functions below take a convolution of these tensors, and are worth it.
bool suits_winograd(
    const at::Tensor &input, const at::Tensor &weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, int64_t groups);

/// The convolution of images `[N, in, H, W]` with `[out, in, 3, 3]`, with channels last.
at::Tensor winograd(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef padding);

/// The gradient with respect to the images.
at::Tensor winograd_input_gradient(
    const at::Tensor &gradient, const at::Tensor &weight, at::IntArrayRef padding);

/// The gradients with respect to the weight and to a bias.
std::pair<at::Tensor, at::Tensor> winograd_weight_gradient(
    const at::Tensor &gradient, const at::Tensor &input, at::IntArrayRef padding);

}  // namespace ct
