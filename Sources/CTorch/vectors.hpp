// Sixteen numbers at a time, for kernels over channels that are next to each other in memory.
#pragma once

#include <cstdint>
#include <cstring>

/// Of a closure: compiled into its caller, for the vectors of the caller.
#define ct_inlined __attribute__((always_inline))

namespace ct {

/// Sixteen channels.
typedef float Values __attribute__((vector_size(64)));
constexpr int64_t lanes = 16;

// Vectors are not handed over by value, since not every processor has registers of this size.
[[gnu::always_inline]] inline void load(Values &value, const float *from) {
  std::memcpy(&value, from, sizeof value);
}

[[gnu::always_inline]] inline void store(const Values &value, float *to) {
  std::memcpy(to, &value, sizeof value);
}

/// The logistic function, to the last digits of single precision: `e^x = 2^n e^r` with `|r| <= ln 2 / 2`, and
/// `e^r` by its Taylor polynomial of degree 7.
[[gnu::always_inline]] inline void logistic(const Values &input, Values &result) {
  typedef int32_t Integers __attribute__((vector_size(64)));
  Values x = -input;
  x = x > 80.0f ? Values{} + 80.0f : x;
  x = x < -80.0f ? Values{} - 80.0f : x;
  // Adding and subtracting 1.5 * 2^23 rounds.
  Values n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  Values r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Values power = r * (1.0f / 5040) + 1.0f / 720;
  power = power * r + 1.0f / 120;
  power = power * r + 1.0f / 24;
  power = power * r + 1.0f / 6;
  power = power * r + 0.5f;
  power = power * r + 1.0f;
  power = power * r + 1.0f;
  Integers bits;
  std::memcpy(&bits, &power, sizeof bits);
  bits += __builtin_convertvector(n, Integers) << 23;
  std::memcpy(&power, &bits, sizeof bits);
  result = 1.0f / (power + 1.0f);
}

}  // namespace ct
