// Operators through the dispatcher's boxed calling convention: one function for all of them.
#include "support.hpp"

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <sstream>

namespace {

c10::IValue boxed(const ct_value &value) {
  switch (value.tag) {
    case CT_NONE: return {};
    case CT_TENSOR: return ct::tensor(value.tensor);
    case CT_INT: return value.integer;
    case CT_DOUBLE: return value.real;
    case CT_BOOL: return value.boolean;
    case CT_INTS: return c10::IValue(c10::IntArrayRef(value.integers, value.count));
    case CT_DOUBLES: return c10::IValue(c10::ArrayRef<double>(value.reals, value.count));
    case CT_TENSORS: {
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      for (int64_t i = 0; i < value.count; i++) list.push_back(ct::tensor(value.tensors[i]));
      return list;
    }
    case CT_OPTIONAL_TENSORS: {
      c10::List<std::optional<at::Tensor>> list;
      list.reserve(value.count);
      for (int64_t i = 0; i < value.count; i++) {
        auto item = ct::tensor(value.tensors[i]);
        list.push_back(item.defined() ? std::optional<at::Tensor>(item) : std::nullopt);
      }
      return list;
    }
    case CT_STRING: return std::string(value.string);
    case CT_GENERATOR: return *reinterpret_cast<at::Generator *>(value.generator);
    case CT_DEVICE: return c10::Device(value.string);
  }
  TORCH_CHECK(false, "an argument has the unknown tag ", static_cast<int>(value.tag));
}

class Results {
 public:
  Results(ct_value *values, int64_t capacity) : values_(values), capacity_(capacity) {}

  void take(const c10::IValue &result) {
    if (result.isTensorList()) {
      for (const at::Tensor &item : result.toTensorVector()) take(c10::IValue(item));
      return;
    }
    TORCH_CHECK(count_ < capacity_, "the operator returned more than ", capacity_, " results");
    ct_value &value = values_[count_];
    value.count = 0;
    if (result.isTensor()) {
      value.tag = CT_TENSOR;
      value.tensor = result.toTensor().defined() ? ct::handle(result.toTensor()) : nullptr;
    } else if (result.isInt()) {
      value.tag = CT_INT;
      value.integer = result.toInt();
    } else if (result.isDouble()) {
      value.tag = CT_DOUBLE;
      value.real = result.toDouble();
    } else if (result.isBool()) {
      value.tag = CT_BOOL;
      value.boolean = result.toBool();
    } else if (result.isNone()) {
      value.tag = CT_NONE;
    } else {
      TORCH_CHECK(false, "the operator returned a ", result.tagKind());
    }
    count_++;
  }

  int64_t count() const { return count_; }

 private:
  ct_value *values_;
  int64_t capacity_;
  int64_t count_ = 0;
};

const c10::OperatorHandle &operator_of(ct_operator op) {
  return *reinterpret_cast<const c10::OperatorHandle *>(op);
}

}  // namespace

char *ct_operator_find(const char *schema, ct_operator *result) {
  return ct::guarded([&] {
    std::string text(schema);
    std::string full = text.substr(0, text.find('('));
    auto dot = full.find('.');
    std::string name = full.substr(0, dot);
    std::string overload = dot == std::string::npos ? "" : full.substr(dot + 1);
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "libtorch has no operator ", full);
    std::ostringstream registered;
    registered << found->schema();
    TORCH_CHECK(
        registered.str() == text, "the operator is declared as ", text,
        " but libtorch has registered ", registered.str());
    // Kept for the life of the process: there are as many as operators that are used.
    *result = reinterpret_cast<ct_operator>(new c10::OperatorHandle(*found));
  });
}

char *ct_operator_call(
    ct_operator op, const ct_value *arguments, int64_t argument_count, ct_value *results,
    int64_t *result_count) {
  return ct::guarded([&] {
    const auto &found = operator_of(op);
    const auto &declared = found.schema().arguments();
    TORCH_CHECK(
        argument_count <= static_cast<int64_t>(declared.size()), found.schema().name(), " takes ",
        declared.size(), " arguments, not ", argument_count);
    torch::jit::Stack stack;
    stack.reserve(declared.size());
    for (int64_t i = 0; i < argument_count; i++) stack.push_back(boxed(arguments[i]));
    for (size_t i = argument_count; i < declared.size(); i++) {
      TORCH_CHECK(
          declared[i].default_value().has_value(), found.schema().name(), " needs its argument ",
          declared[i].name());
      stack.push_back(*declared[i].default_value());
    }
    found.callBoxed(stack);
    Results taken(results, *result_count);
    for (const auto &value : stack) taken.take(value);
    *result_count = taken.count();
  });
}
