// What the kernels that are our own share.
#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <optional>

namespace ct {

/// `input weightᵀ + bias` of float32 matrices `[N, in]` and `[out, in]` by oneDNN, without a
/// derivative. Either matrix may be a transposed view.
at::Tensor product(
    const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias = {});

/// Whether oneDNN is there and takes tensors like these: float32, on the CPU, not empty.
bool suits_onednn(std::initializer_list<const at::Tensor *> tensors);

}  // namespace ct
