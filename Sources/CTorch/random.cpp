// Explicit generators: the process-wide one is never used.
#include "support.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <vector>

char *ct_generator_new(uint64_t seed, ct_generator *result) {
  return ct::guarded([&] {
    *result = reinterpret_cast<ct_generator>(new at::Generator(at::detail::createCPUGenerator(seed)));
  });
}

void ct_generator_release(ct_generator generator) {
  delete reinterpret_cast<at::Generator *>(generator);
}

char *ct_normal_rows(
    const uint64_t *seeds, int64_t count, const int64_t *shape, int64_t rank, ct_tensor *result) {
  return ct::guarded([&] {
    at::NoGradGuard constant;
    std::vector<int64_t> sizes{count};
    sizes.insert(sizes.end(), shape, shape + rank);
    auto rows = at::empty(sizes, at::kFloat);
    for (int64_t row = 0; row < count; ++row)
      rows.select(0, row).normal_(0, 1, at::detail::createCPUGenerator(seeds[row]));
    *result = ct::handle(std::move(rows));
  });
}
