// Explicit generators: the process-wide one is never used.
#include "support.hpp"

#include <ATen/CPUGeneratorImpl.h>

char *ct_generator_new(uint64_t seed, ct_generator *result) {
  return ct::guarded([&] {
    *result = reinterpret_cast<ct_generator>(new at::Generator(at::detail::createCPUGenerator(seed)));
  });
}

void ct_generator_release(ct_generator generator) {
  delete reinterpret_cast<at::Generator *>(generator);
}
