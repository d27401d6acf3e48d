// A plain C face of libtorch. Every function that can fail returns NULL when it worked, or a message
// that the caller frees with `ct_free`. Handles are owned by whoever receives them.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_s *ct_tensor;
typedef struct ct_generator_s *ct_generator;
typedef struct ct_script_s *ct_script;
typedef struct ct_tap_s *ct_tap;
typedef struct ct_store_s *ct_store;
typedef struct ct_group_s *ct_group;
typedef const struct ct_operator_s *ct_operator;

void ct_free(char *message);

// Operators -----------------------------------------------------------------------------------

typedef enum ct_tag : int32_t {
  CT_NONE,
  CT_TENSOR,
  CT_INT,
  CT_DOUBLE,
  CT_BOOL,
  CT_INTS,
  CT_DOUBLES,
  CT_TENSORS,
  CT_OPTIONAL_TENSORS,
  CT_STRING,
  CT_GENERATOR,
  CT_DEVICE,
} ct_tag;

// One argument or result of an operator. Pointers are borrowed; tensors in results are owned.
typedef struct ct_value {
  ct_tag tag;
  int64_t count;
  union {
    ct_tensor tensor;
    int64_t integer;
    double real;
    bool boolean;
    const int64_t *integers;
    const double *reals;
    const ct_tensor *tensors;
    const char *string;
    ct_generator generator;
  };
} ct_value;

// Finds an operator of the dispatcher and compares its schema with the text it was declared with.
char *ct_operator_find(const char *schema, ct_operator *result);
// Calls it. Missing trailing arguments take their defaults. `result_count` holds the room in
// `results` before the call and the number of results after it; lists of tensors are flattened.
char *ct_operator_call(
    ct_operator op, const ct_value *arguments, int64_t argument_count, ct_value *results,
    int64_t *result_count);

// Tensors -------------------------------------------------------------------------------------

char *ct_tensor_from_bytes(
    const void *bytes, const int64_t *sizes, int64_t rank, int32_t dtype, ct_tensor *result);
void ct_tensor_retain(ct_tensor tensor);
void ct_tensor_release(ct_tensor tensor);
int64_t ct_tensor_rank(ct_tensor tensor);
int64_t ct_tensor_size(ct_tensor tensor, int64_t dimension);
int64_t ct_tensor_count(ct_tensor tensor);
int32_t ct_tensor_dtype(ct_tensor tensor);
// The device as "cpu" or "cuda:0", written into `text` of `capacity` bytes.
void ct_tensor_device(ct_tensor tensor, char *text, size_t capacity);
// Copies a tensor of any layout and device into `bytes`, which has room for its elements.
char *ct_tensor_copy_bytes(ct_tensor tensor, void *bytes);
// The elements in place, or NULL unless the tensor is contiguous and on the CPU.
const void *ct_tensor_data(ct_tensor tensor);
// A second handle on the same memory without history, as `tensor.detach()` in PyTorch.
char *ct_tensor_detach(ct_tensor tensor, ct_tensor *result);
// Lets `tensor` refer to the memory of `source` from now on, as `tensor.data = source` in PyTorch.
char *ct_tensor_set_data(ct_tensor tensor, ct_tensor source);

// Adjacent channels in pairs, [N, C, ...] with an even C on the CPU, each sorted.
char *ct_sorted_pairs(ct_tensor input, bool descending, ct_tensor *result);

// Autograd ------------------------------------------------------------------------------------

bool ct_tensor_requires_gradient(ct_tensor tensor);
char *ct_tensor_set_requires_gradient(ct_tensor tensor, bool value);
bool ct_gradients_enabled(void);
void ct_set_gradients_enabled(bool enabled);
// Gradients of `outputs` (weighted by `weights`, where entries may be NULL) with respect to
// `inputs`. An input that was not used has a NULL gradient.
char *ct_gradients(
    const ct_tensor *outputs, const ct_tensor *weights, int64_t output_count,
    const ct_tensor *inputs, int64_t input_count, bool retain_graph, bool create_graph,
    ct_tensor *results);
// How many times gradients were taken on the calling thread.
int64_t ct_gradient_calls(void);

// Mixed precision -----------------------------------------------------------------------------

// How the calling thread runs matrix products and convolutions on a device.
typedef struct ct_autocast {
  bool enabled;
  int32_t dtype;
  // Whether casts of weights are kept from call to call, on all devices.
  bool caches;
} ct_autocast;

bool ct_autocast_available(const char *device);
char *ct_autocast_get(const char *device, ct_autocast *state);
char *ct_autocast_set(const char *device, ct_autocast state);
// Whether the processor computes in bfloat16, and does not emulate it.
bool ct_has_bfloat16_arithmetic(void);
// Whether the processor has an LSTM and its gradient in the calling thread's precision.
bool ct_has_recurrence(void);

// Several processes ---------------------------------------------------------------------------

// Keys and values that several processes see, over TCP. The process that serves holds them; a port of 0
// takes a free one. Gives up after so many milliseconds. One call at a time: others wait.
char *ct_store_open(
    const char *host, uint16_t port, bool is_server, int64_t milliseconds, ct_store *result);
void ct_store_release(ct_store store);
uint16_t ct_store_port(ct_store store);
char *ct_store_set(ct_store store, const char *key, const uint8_t *bytes, int64_t count);
// Waits for the key. The caller frees the bytes with `free`.
char *ct_store_get(ct_store store, const char *key, uint8_t **bytes, int64_t *count);
char *ct_store_add(ct_store store, const char *key, int64_t amount, int64_t *result);
char *ct_store_has(ct_store store, const char *key, bool *result);
char *ct_store_remove(ct_store store, const char *key);

// The address of this machine by which it reaches another, as digits, written into `text`.
char *ct_local_address(const char *host, uint16_t port, char *text, size_t capacity);

// Processes that compute together by Gloo, which meet in a store under a prefix. `address` is that of this
// machine, by which others reach it.
char *ct_group_open(
    ct_store store, const char *prefix, const char *address, int32_t rank, int32_t size,
    ct_group *result);
void ct_group_release(ct_group group);
// Lets all that waits for others fail, from any thread.
void ct_group_give_up(ct_group group);
// Replaces a contiguous tensor by the sum over all processes.
char *ct_group_sum(ct_group group, ct_tensor tensor);
// The sum over all processes, with history.
char *ct_group_summed(ct_group group, ct_tensor input, ct_tensor *result);
// Batch normalisation of `[N, C, ...]` by the statistics over all processes, with history: the output, and mean,
// variance and number of values of every channel.
char *ct_group_batch_norm(
    ct_group group, ct_tensor input, ct_tensor weight, ct_tensor bias, double epsilon,
    ct_tensor *results);

// Random numbers ------------------------------------------------------------------------------

char *ct_generator_new(uint64_t seed, ct_generator *result);
void ct_generator_release(ct_generator generator);
/// Standard normal numbers [count, shape…], float32; every row from a generator with a seed of its own.
char *ct_normal_rows(
    const uint64_t *seeds, int64_t count, const int64_t *shape, int64_t rank, ct_tensor *result);

// TorchScript ---------------------------------------------------------------------------------

char *ct_script_load(const char *path, ct_script *result);
char *ct_script_new(const char *class_name, ct_script *result);
void ct_script_release(ct_script script);
// Runs `forward`. With `channels_last` images [N, C, H, W] are handed over with their channels next to
// each other in memory.
char *ct_script_forward(ct_script script, ct_tensor input, bool channels_last, ct_tensor *result);
// Lays out the parameters of rank 4 with their channels next to each other, or apart again.
char *ct_script_set_channels_last(ct_script script, bool channels_last);
// Calls `visit` with the dotted name of every module inside of the script.
char *ct_script_layers(
    ct_script script, void *context, void (*visit)(void *context, const char *name));
// A `forward` that also returns what a layer says, by its dotted name. The result is NULL when `forward`
// does not call such a layer, or only inside of a branch or a loop.
char *ct_tap_new(ct_script script, const char *layer, ct_tap *result);
void ct_tap_release(ct_tap tap);
char *ct_tap_forward(
    ct_tap tap, ct_tensor input, bool channels_last, ct_tensor *features, ct_tensor *result);
char *ct_script_save(ct_script script, const char *path);
char *ct_script_to(ct_script script, const char *device);
void ct_script_set_training(ct_script script, bool training);
char *ct_script_set_requires_gradient(ct_script script, bool value);
char *ct_script_register_parameter(ct_script script, const char *name, ct_tensor tensor);
char *ct_script_register_buffer(ct_script script, const char *name, ct_tensor tensor);
char *ct_script_register_module(ct_script script, const char *name, ct_script child);
char *ct_script_define(ct_script script, const char *source);
// Calls `visit` with the dotted name of every parameter, then of every buffer.
char *ct_script_state(
    ct_script script, void *context,
    void (*visit)(void *context, const char *name, bool is_buffer, ct_tensor tensor));
// Runs `forward` and calls `visit` with every operator that it calls, in their order: the arguments,
// then the results. Tensors are owned by the visitor, other pointers are borrowed.
char *ct_script_record(
    ct_script script, ct_tensor input, void *context,
    void (*visit)(
        void *context, const char *name, const ct_value *values, int64_t input_count,
        int64_t output_count),
    ct_tensor *result);

// Threads and devices -------------------------------------------------------------------------

void ct_set_thread_count(int32_t count);
int32_t ct_thread_count(void);
// Lets the allocator keep freed memory instead of handing it back page by page, for the process.
void ct_keep_freed_memory(void);
bool ct_cuda_available(void);
const char *ct_version(void);

#ifdef __cplusplus
}
#endif
#endif
