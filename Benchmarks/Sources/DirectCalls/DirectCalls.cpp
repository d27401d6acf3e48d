#include "DirectCalls.h"

#include <ATen/ops/add.h>
#include <ATen/ops/ones.h>

#include <chrono>

double direct_additions(int64_t count) {
  auto a = at::ones({1});
  auto b = at::ones({1});
  auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; i++) a = at::add(a, b);
  auto end = std::chrono::steady_clock::now();
  return std::chrono::duration<double, std::nano>(end - start).count();
}
