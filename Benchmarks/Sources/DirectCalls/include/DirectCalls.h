// The same operation called without Swift and without the shim, to measure what they add.
#ifndef DIRECT_CALLS_H
#define DIRECT_CALLS_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
// Adds two tensors of one element `count` times in C++; returns the nanoseconds it took.
double direct_additions(int64_t count);
#ifdef __cplusplus
}
#endif
#endif
