// Mixed precision: in which type matrix products and convolutions run on the calling thread.
#include "support.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/cpu/Utils.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sum.h>
#include <torch/csrc/autograd/autograd.h>

bool ct_autocast_available(const char *device) {
  try {
    return at::autocast::is_autocast_available(c10::Device(device).type());
  } catch (...) {
    return false;
  }
}

char *ct_autocast_get(const char *device, ct_autocast *state) {
  return ct::guarded([&] {
    auto type = c10::Device(device).type();
    state->enabled = at::autocast::is_autocast_enabled(type);
    state->dtype = static_cast<int32_t>(at::autocast::get_autocast_dtype(type));
    state->caches = at::autocast::is_autocast_cache_enabled();
  });
}

char *ct_autocast_set(const char *device, ct_autocast state) {
  return ct::guarded([&] {
    auto type = c10::Device(device).type();
    at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(state.dtype));
    at::autocast::set_autocast_cache_enabled(state.caches);
    at::autocast::set_autocast_enabled(type, state.enabled);
  });
}

bool ct_has_bfloat16_arithmetic(void) {
  try {
    auto found = at::cpu::get_cpu_capabilities();
    for (const char *name : {"avx512_bf16", "amx_bf16", "arm_bf16", "bf16"}) {
      auto item = found.find(name);
      if (item != found.end() && item->second.isBool() && item->second.toBool()) return true;
    }
    return false;
  } catch (...) {
    return false;
  }
}

bool ct_has_recurrence(void) {
  // libtorch hands the layer to oneDNN without asking whether it has one for this processor: try it.
  try {
    at::AutoGradMode recording(true);
    auto input = at::ones({1, 1, 1}).requires_grad_();
    std::vector<at::Tensor> start(2, at::ones({1, 1, 1}));
    std::vector<at::Tensor> weights = {
        at::ones({4, 1}), at::ones({4, 1}), at::ones({4}), at::ones({4})};
    auto states = std::get<0>(at::lstm(input, start, weights, true, 1, 0, false, false, true));
    torch::autograd::grad({states.sum()}, {input});
    return true;
  } catch (...) {
    return false;
  }
}
