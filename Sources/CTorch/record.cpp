// Which operators a TorchScript model calls for an input, one after the other.
// RecordFunction has other members without NDEBUG, which libtorch was built with.
#ifndef NDEBUG
#define NDEBUG
#endif

#include "script.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <deque>

namespace {

/// A call with its arguments, and then its results.
struct Call {
  std::string name;
  std::vector<c10::IValue> values;
  size_t input_count = 0;
};

/// The calls of one thread that are not made by other operators.
struct Recording {
  std::vector<Call> calls;
  int depth = 0;
};

thread_local Recording *recording = nullptr;

/// Adds the last values, which are the operator's own: an interpreter keeps others below them.
void append(
    std::vector<c10::IValue> &values, c10::ArrayRef<const c10::IValue> all, size_t count) {
  size_t own = std::min(count, all.size());
  for (size_t i = all.size() - own; i < all.size(); ++i) values.push_back(all[i]);
}

std::unique_ptr<at::ObserverContext> started(const at::RecordFunction &function) {
  if (recording == nullptr || recording->depth++ > 0) return nullptr;
  Call call;
  call.name = function.name();
  append(call.values, function.inputs(), function.num_inputs());
  call.input_count = call.values.size();
  recording->calls.push_back(std::move(call));
  return nullptr;
}

void ended(const at::RecordFunction &function, at::ObserverContext *) {
  if (recording == nullptr || --recording->depth > 0) return;
  auto &call = recording->calls.back();
  const auto &all = function.outputs();
  append(
      call.values, c10::ArrayRef<const c10::IValue>(all.data(), all.size()),
      function.num_outputs());
}

/// A value for C, and the memory behind its lists. Tensors are owned by whoever receives them.
struct Export {
  std::deque<std::vector<ct_tensor>> tensors;
  std::deque<std::vector<int64_t>> integers;
  std::deque<std::string> strings;

  ct_value value(const c10::IValue &given) {
    ct_value result{};
    result.tag = CT_NONE;
    if (given.isTensor() && given.toTensor().defined()) {
      result.tag = CT_TENSOR;
      result.tensor = ct::handle(given.toTensor());
    } else if (given.isInt()) {
      result.tag = CT_INT;
      result.integer = given.toInt();
    } else if (given.isDouble()) {
      result.tag = CT_DOUBLE;
      result.real = given.toDouble();
    } else if (given.isBool()) {
      result.tag = CT_BOOL;
      result.boolean = given.toBool();
    } else if (given.isIntList()) {
      integers.push_back(given.toIntVector());
      result.tag = CT_INTS;
      result.count = static_cast<int64_t>(integers.back().size());
      result.integers = integers.back().data();
    } else if (given.isTensorList()) {
      tensors.emplace_back();
      for (const at::Tensor &item : given.toTensorVector()) tensors.back().push_back(ct::handle(item));
      result.tag = CT_TENSORS;
      result.count = static_cast<int64_t>(tensors.back().size());
      result.tensors = tensors.back().data();
    } else if (given.isString()) {
      strings.push_back(given.toStringRef());
      result.tag = CT_STRING;
      result.string = strings.back().c_str();
    }
    return result;
  }
};

}  // namespace

char *ct_script_record(
    ct_script script, ct_tensor input, void *context,
    void (*visit)(
        void *context, const char *name, const ct_value *values, int64_t input_count,
        int64_t output_count),
    ct_tensor *result) {
  return ct::guarded([&] {
    Recording calls;
    {
      torch::jit::GraphOptimizerEnabledGuard plain(false);
      at::NoGradGuard constant;
      auto callback = at::addThreadLocalCallback(at::RecordFunctionCallback(started, ended)
                                                     .needsInputs(true)
                                                     .needsOutputs(true)
                                                     .scopes({at::RecordScope::FUNCTION}));
      struct Guard {
        at::CallbackHandle handle;
        ~Guard() {
          at::removeCallback(handle);
          recording = nullptr;
        }
      } guard{callback};
      recording = &calls;
      auto output = ct::script_of(script).module.forward({ct::tensor(input)});
      TORCH_CHECK(output.isTensor(), "the model returned a ", output.tagKind());
      *result = ct::handle(output.toTensor());
    }
    for (const auto &call : calls.calls) {
      Export memory;
      std::vector<ct_value> values;
      for (const auto &value : call.values) values.push_back(memory.value(value));
      visit(
          context, call.name.c_str(), values.data(), static_cast<int64_t>(call.input_count),
          static_cast<int64_t>(call.values.size() - call.input_count));
    }
  });
}
