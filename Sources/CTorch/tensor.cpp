// Tensors' memory and shape, devices and threads.
#include "support.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <malloc.h>

void ct_free(char *message) { free(message); }

char *ct_tensor_from_bytes(
    const void *bytes, const int64_t *sizes, int64_t rank, int32_t dtype, ct_tensor *result) {
  return ct::guarded([&] {
    auto tensor = at::empty(
        c10::IntArrayRef(sizes, rank),
        at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (tensor.numel() > 0) std::memcpy(tensor.data_ptr(), bytes, tensor.nbytes());
    *result = ct::handle(std::move(tensor));
  });
}

void ct_tensor_retain(ct_tensor tensor) { ct::handle(ct::tensor(tensor)); }

void ct_tensor_release(ct_tensor tensor) {
  if (tensor == nullptr) return;
  c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(ct::implementation(tensor));
}

int64_t ct_tensor_rank(ct_tensor tensor) { return ct::implementation(tensor)->dim(); }

int64_t ct_tensor_size(ct_tensor tensor, int64_t dimension) {
  return ct::implementation(tensor)->sizes()[dimension];
}

int64_t ct_tensor_count(ct_tensor tensor) { return ct::implementation(tensor)->numel(); }

int32_t ct_tensor_dtype(ct_tensor tensor) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(ct::implementation(tensor)->dtype()));
}

void ct_tensor_device(ct_tensor tensor, char *text, size_t capacity) {
  auto name = ct::implementation(tensor)->device().str();
  strncpy(text, name.c_str(), capacity);
  if (capacity > 0) text[capacity - 1] = 0;
}

char *ct_tensor_copy_bytes(ct_tensor tensor, void *bytes) {
  return ct::guarded([&] {
    auto source = ct::tensor(tensor).detach();
    auto sink = at::from_blob(bytes, source.sizes(), at::TensorOptions().dtype(source.dtype()));
    if (source.numel() > 0) sink.copy_(source);
  });
}

const void *ct_tensor_data(ct_tensor tensor) {
  auto *implementation = ct::implementation(tensor);
  if (!implementation->is_contiguous() || !implementation->is_cpu()) return nullptr;
  return implementation->data();
}

char *ct_tensor_detach(ct_tensor tensor, ct_tensor *result) {
  return ct::guarded([&] { *result = ct::handle(ct::tensor(tensor).detach()); });
}

char *ct_tensor_set_data(ct_tensor tensor, ct_tensor source) {
  return ct::guarded([&] { ct::tensor(tensor).set_data(ct::tensor(source)); });
}

void ct_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the largest that glibc takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 32 << 20);
#endif
}

void ct_set_thread_count(int32_t count) { at::set_num_threads(count); }
int32_t ct_thread_count(void) { return at::get_num_threads(); }
bool ct_cuda_available(void) { return at::hasCUDA(); }
const char *ct_version(void) { return TORCH_VERSION; }
