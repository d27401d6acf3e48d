// TorchScript in and out.
#include "script.hpp"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <mutex>

namespace {

torch::jit::Module &module_of(ct_script script) { return ct::script_of(script).module; }

// The compiler, the loader and the writer of TorchScript share tables that are not safe to use from
// several threads; running a module is.
std::mutex &tables() {
  static std::mutex mutex;
  return mutex;
}

/// Like `guarded`, one caller at a time.
template <typename Body>
char *exclusive(Body body) noexcept {
  return ct::guarded([&] {
    std::lock_guard<std::mutex> lock(tables());
    body();
  });
}

/// The same images with their channels next to each other in memory.
at::Tensor with_channels_last(const at::Tensor &images) {
  if (images.size(1) != 1) return images.contiguous(at::MemoryFormat::ChannelsLast);
  // One channel lies next to itself in any layout; only the strides tell operators which is meant.
  return images.reshape({images.size(0), images.size(2), images.size(3), 1}).permute({0, 3, 1, 2});
}

ct_script handle(torch::jit::Module module, std::optional<ct::Program> program = {}) {
  return reinterpret_cast<ct_script>(new ct::Script{std::move(module), std::move(program)});
}

/// A `forward` that also returns what one layer inside of it says.
struct Tap {
  torch::jit::Module module;
  ct::Program program;
};

Tap &tap_of(ct_tap tap) { return *reinterpret_cast<Tap *>(tap); }

/// The dotted name of a module inside of a graph of `self`; empty where it is not an attribute of one.
std::string path_of(const torch::jit::Value *module, const torch::jit::Value *self) {
  std::string path;
  while (module != self) {
    auto *node = module->node();
    if (node->kind() != c10::prim::GetAttr) return "";
    auto name = node->s(c10::attr::name);
    path = path.empty() ? name : name + "." + path;
    module = node->input(0);
  }
  return path;
}

/// What the last call of a layer returns, once the calls around it have become part of the graph; NULL
/// where no such call is made, or only inside of a branch or a loop.
torch::jit::Value *output_of(torch::jit::Graph &graph, const std::string &layer) {
  while (true) {
    torch::jit::Node *found = nullptr, *around = nullptr;
    for (auto *node : graph.nodes()) {
      if (node->kind() != c10::prim::CallMethod) continue;
      auto path = path_of(node->input(0), graph.inputs()[0]);
      if (path.empty()) continue;
      if (path == layer) found = node;
      if (layer.rfind(path + ".", 0) == 0) around = node;
    }
    if (found != nullptr) return found->output();
    if (around == nullptr) return nullptr;
    auto type = around->input(0)->type()->expect<c10::ClassType>();
    auto *callee = torch::jit::tryToGraphFunction(type->getMethod(around->s(c10::attr::name)));
    if (callee == nullptr) return nullptr;
    torch::jit::inlineCallTo(around, callee);
  }
}

}  // namespace

char *ct_script_load(const char *path, ct_script *result) {
  return exclusive([&] {
    auto module = torch::jit::load(path, c10::Device(c10::kCPU));
    module.eval();
    std::optional<ct::Program> program;
    if (module.find_method("forward")) program.emplace(ct::rearranged_forward(module));
    *result = handle(std::move(module), std::move(program));
  });
}

char *ct_script_new(const char *class_name, ct_script *result) {
  return exclusive([&] {
    *result = handle(torch::jit::Module(c10::QualifiedName(std::string("__torch__.") + class_name)));
  });
}

void ct_script_release(ct_script script) {
  std::lock_guard<std::mutex> lock(tables());
  delete reinterpret_cast<ct::Script *>(script);
}

char *ct_script_forward(
    ct_script script, ct_tensor input, bool channels_last, ct_tensor *result) {
  return ct::guarded([&] {
    // The profiling executor swaps in fused code after a few calls, which changes the last bits of
    // the answer with the number of calls made before; plain interpretation does not.
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    auto images = ct::tensor(input);
    if (channels_last && images.dim() == 4) images = with_channels_last(images);
    const auto &program = ct::script_of(script).program;
    auto output = program ? program->run(module_of(script), images).at(0)
                          : module_of(script).forward({images});
    TORCH_CHECK(
        output.isTensor(), "the model returned a ", output.tagKind(), " instead of one tensor");
    *result = ct::handle(output.toTensor());
  });
}

char *ct_script_set_channels_last(ct_script script, bool channels_last) {
  auto format = channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  return exclusive([&] {
    at::NoGradGuard constant;
    for (at::Tensor parameter : module_of(script).parameters())
      if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(format));
  });
}

char *ct_script_layers(
    ct_script script, void *context, void (*visit)(void *context, const char *name)) {
  return exclusive([&] {
    for (const auto &item : module_of(script).named_modules())
      if (!item.name.empty()) visit(context, item.name.c_str());
  });
}

char *ct_tap_new(ct_script script, const char *layer, ct_tap *result) {
  return exclusive([&] {
    *result = nullptr;
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    auto graph = module_of(script).get_method("forward").graph()->copy();
    auto *output = output_of(*graph, layer);
    if (output == nullptr || graph->outputs().size() != 1) return;
    graph->registerOutput(output);
    *result = reinterpret_cast<ct_tap>(
        new Tap{module_of(script), ct::Program(graph)});
  });
}

void ct_tap_release(ct_tap tap) {
  std::lock_guard<std::mutex> lock(tables());
  delete reinterpret_cast<Tap *>(tap);
}

char *ct_tap_forward(
    ct_tap tap, ct_tensor input, bool channels_last, ct_tensor *features, ct_tensor *result) {
  return ct::guarded([&] {
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    auto images = ct::tensor(input);
    if (channels_last && images.dim() == 4) images = with_channels_last(images);
    auto stack = tap_of(tap).program.run(tap_of(tap).module, images);
    TORCH_CHECK(
        stack.size() == 2 && stack[0].isTensor() && stack[1].isTensor(),
        "the layer or the model did not return one tensor");
    *result = ct::handle(stack[0].toTensor());
    *features = ct::handle(stack[1].toTensor());
  });
}

char *ct_script_save(ct_script script, const char *path) {
  return exclusive([&] { module_of(script).save(std::string(path)); });
}

char *ct_script_to(ct_script script, const char *device) {
  return exclusive([&] { module_of(script).to(c10::Device(device)); });
}

void ct_script_set_training(ct_script script, bool training) { module_of(script).train(training); }

char *ct_script_set_requires_gradient(ct_script script, bool value) {
  return exclusive([&] {
    for (const auto &parameter : module_of(script).parameters()) parameter.set_requires_grad(value);
  });
}

char *ct_script_register_parameter(ct_script script, const char *name, ct_tensor tensor) {
  return exclusive([&] {
    module_of(script).register_parameter(name, ct::tensor(tensor), /*is_buffer=*/false);
  });
}

char *ct_script_register_buffer(ct_script script, const char *name, ct_tensor tensor) {
  return exclusive([&] { module_of(script).register_buffer(name, ct::tensor(tensor)); });
}

char *ct_script_register_module(ct_script script, const char *name, ct_script child) {
  return exclusive([&] { module_of(script).register_module(name, module_of(child)); });
}

char *ct_script_define(ct_script script, const char *source) {
  return exclusive([&] { module_of(script).define(source); });
}

char *ct_script_state(
    ct_script script, void *context,
    void (*visit)(void *context, const char *name, bool is_buffer, ct_tensor tensor)) {
  return exclusive([&] {
    for (const auto &item : module_of(script).named_parameters())
      visit(context, item.name.c_str(), false, ct::handle(item.value));
    for (const auto &item : module_of(script).named_buffers())
      visit(context, item.name.c_str(), true, ct::handle(item.value));
  });
}
