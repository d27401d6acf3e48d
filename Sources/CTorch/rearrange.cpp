// The same function with its operators in an order that has less to do.
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include "script.hpp"

namespace {

/// Puts the code of layers in place of their calls, outside of branches and loops.
void put_layers_in_place(torch::jit::Graph &graph) {
  for (bool found = true; found;) {
    found = false;
    for (auto *node : graph.nodes()) {
      if (node->kind() != c10::prim::CallMethod) continue;
      auto *callee = torch::jit::tryToGraphFunction(node);
      if (callee == nullptr) continue;
      torch::jit::inlineCallTo(node, callee);
      found = true;
      break;
    }
  }
}

}  // namespace

namespace ct {

std::shared_ptr<torch::jit::Graph> rearranged_forward(const torch::jit::Module &module) {
  // What layers are inlined as is kept for later, and taps look for calls of layers in it; optimised code
  // has none left.
  torch::jit::GraphOptimizerEnabledGuard plain(false);
  auto graph = module.get_method("forward").graph()->copy();
  put_layers_in_place(*graph);
  // The largest of rectified values is the rectified largest value, to the last bit, and so is the
  // gradient: where the largest is above zero it stands in the same place, and elsewhere it is zero. The
  // rectifier then has a quarter of the values to look at.
  torch::jit::SubgraphRewriter rewriter;
  rewriter.RegisterRewritePattern(
      R"(graph(%x, %size, %stride, %padding, %dilation, %rounds_up):
           %r = aten::relu(%x)
           %y = aten::max_pool2d(%r, %size, %stride, %padding, %dilation, %rounds_up)
           return (%y))",
      R"(graph(%x, %size, %stride, %padding, %dilation, %rounds_up):
           %p = aten::max_pool2d(%x, %size, %stride, %padding, %dilation, %rounds_up)
           %y = aten::relu(%p)
           return (%y))");
  rewriter.runOnGraph(graph);
  torch::jit::EliminateDeadCode(graph);
  return graph;
}

}  // namespace ct
