// What the .cpp files share: handles to and from C, and exceptions to messages.
#pragma once

#if !__has_include(<ATen/core/Tensor.h>)
#error "libtorch was not found: run Scripts/setup, or set LIBTORCH to a folder that holds include/ and lib/"
#else

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <torch/headeronly/version.h>

#include <cstring>

#include "CTorch.h"

static_assert(
    TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR == 13,
    "Touchstone needs libtorch 2.13: run Scripts/setup, or set LIBTORCH to a folder that holds it");

/// A function that is compiled for the widest vectors too, of which the processor's own is taken.
#if defined(__x86_64__) && defined(__linux__)
#define ct_for_wide_vectors \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ct_for_wide_vectors
#endif

namespace ct {

/// A handle that owns one reference.
inline ct_tensor handle(at::Tensor tensor) {
  return reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl());
}

/// The tensor behind a borrowed handle; an undefined tensor for NULL.
inline at::Tensor tensor(ct_tensor handle) {
  if (handle == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(
      reinterpret_cast<at::TensorImpl *>(handle)));
}

inline at::TensorImpl *implementation(ct_tensor handle) {
  return reinterpret_cast<at::TensorImpl *>(handle);
}

inline char *message(const char *text) {
  char *copy = strdup(text == nullptr || *text == 0 ? "libtorch failed without a message" : text);
  // Out of memory: any string that is never freed will do, but `free` must accept it.
  return copy == nullptr ? static_cast<char *>(calloc(1, 1)) : copy;
}

/// Runs `body` and turns every exception into a message.
template <typename Body>
char *guarded(Body body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const c10::Error &error) {
    return message(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return message(error.what());
  } catch (...) {
    return message("an exception of an unknown type");
  }
}

}  // namespace ct
#endif
