// A TorchScript model and the program that runs in its place.
#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <memory>
#include <optional>

#include "support.hpp"

namespace ct {

/// Code that is made from a graph of a model's `forward`.
struct Program {
  std::shared_ptr<torch::jit::Graph> graph;
  torch::jit::Code code;

  explicit Program(std::shared_ptr<torch::jit::Graph> source)
      : graph(std::move(source)), code(graph, "forward") {}

  /// Everything that the graph returns.
  torch::jit::Stack run(const torch::jit::Module &module, const at::Tensor &input) const {
    torch::jit::Stack stack{module._ivalue(), input};
    // Refuses what is no argument of the model, and fills in what has a default.
    module.get_method("forward").function().getSchema().checkAndNormalizeInputs(stack);
    torch::jit::InterpreterState(code).run(stack);
    return stack;
  }
};

/// A model as it was loaded or built.
struct Script {
  torch::jit::Module module;
  /// What runs for `forward`, the same function in fewer steps; nothing until a file is loaded.
  std::optional<Program> program;
};

inline Script &script_of(ct_script script) { return *reinterpret_cast<Script *>(script); }

/// The `forward` of a model with the operators in a faster order, which gives the same numbers.
std::shared_ptr<torch::jit::Graph> rearranged_forward(const torch::jit::Module &module);

}  // namespace ct
