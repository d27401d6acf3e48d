// Several processes: a store of keys and values that all of them see, and sums over all of them.
#include "support.hpp"

#define USE_C10D_GLOO
#include <c10/util/Flags.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm_update_stats.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/native_batch_norm_backward.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

C10_DECLARE_int(caffe2_log_level);

struct ct_store_s {
  c10::intrusive_ptr<c10d::TCPStore> store;
};

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The processes of a group, for as long as anything refers to them: graphs of autograd may outlive the handle.
class Group : public torch::CustomClassHolder {
 public:
  Group(c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo) : gloo_(std::move(gloo)) {}

  ~Group() override {
    // The destructor waits for what is under way, and with a process gone that never ends.
    if (failed_) gloo_.release();
  }

  void give_up() { given_up_ = true; }

  /// Replaces a contiguous tensor by the sum over the processes, with the same bits in all of them.
  void sum(const at::Tensor &tensor) {
    if (tensor.nbytes() <= few) return sum_of_few(tensor);
    std::vector<at::Tensor> tensors{tensor};
    finish([&] { return gloo_->allreduce(tensors); });
  }

 private:
  /// Up to so many bytes, messages that follow each other take longer than what is in them.
  static constexpr size_t few = 1 << 14;

  /// Gloo's sum goes around a ring, 2 (N - 1) messages one after the other. Here every process sends its numbers to
  /// all others at once, and adds up what came in the order of ranks.
  void sum_of_few(const at::Tensor &tensor) {
    const int64_t size = gloo_->getSize();
    auto own = tensor.reshape({1, -1}).expand({size, -1}).contiguous();
    auto all = at::empty_like(own);
    std::vector<int64_t> equal_parts;
    finish([&] { return gloo_->alltoall_base(all, own, equal_parts, equal_parts); });
    auto total = all.select(0, 0);
    for (int64_t rank = 1; rank < size; ++rank) total.add_(all.select(0, rank));
    tensor.copy_(total.view_as(tensor));
  }

  template <typename Start>
  void finish(Start start) {
    try {
      auto work = start();
      while (!waited(*work)) {
        if (given_up_) throw std::runtime_error("a process of the group is gone");
      }
    } catch (...) {
      failed_ = true;
      throw;
    }
  }

  /// Waits for a moment; false when that was not enough.
  static bool waited(c10d::Work &work) {
    try {
      return work.wait(std::chrono::milliseconds(200));
    } catch (...) {
      if (work.isCompleted()) throw;
      return false;
    }
  }

  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_;
  std::atomic<bool> given_up_{false};
  std::atomic<bool> failed_{false};
};

/// The sum over all processes; its gradient is the sum of theirs, to any order.
class SumOverProcesses : public torch::autograd::Function<SumOverProcesses> {
 public:
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input,
      const c10::intrusive_ptr<Group> &group) {
    context->saved_data["group"] = c10::IValue::make_capsule(group);
    auto result = input.detach().clone(at::MemoryFormat::Contiguous);
    group->sum(result);
    return result;
  }

  static variable_list backward(
      AutogradContext *context, variable_list gradients) {
    auto group = c10::static_intrusive_pointer_cast<Group>(context->saved_data["group"].toCapsule());
    return {apply(gradients[0], group), at::Tensor()};
  }
};

/// Batch normalisation by the statistics of a batch that several processes share, with ATen's kernels for what one
/// process does alone: one exchange on the way forth, one on the way back.
class SharedBatchNorm : public torch::autograd::Function<SharedBatchNorm> {
 public:
  /// The output, and mean, variance and number of values a channel of the whole batch.
  static variable_list forward(
      AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
      const at::Tensor &bias, double epsilon, const c10::intrusive_ptr<Group> &group) {
    auto x = input.detach();
    auto [mean, variance] = at::batch_norm_update_stats(x, {}, {}, 0);
    auto own = mean.to(at::kDouble);
    auto count = static_cast<double>(x.numel() / x.size(1));
    // The mean of squares less the square of the mean: in double precision nothing is lost by it.
    auto sums = at::cat(
        {own * count, (variance.to(at::kDouble) + own * own) * count,
         at::full({1}, count, own.options())});
    group->sum(sums);
    const auto channels = x.size(1);
    auto total = sums.narrow(0, 2 * channels, 1);
    own = sums.narrow(0, 0, channels) / total;
    variance = (sums.narrow(0, channels, channels) / total - own * own).clamp_min(0).to(x.scalar_type());
    mean = own.to(x.scalar_type());
    auto output = std::get<0>(at::native_batch_norm(
        x, weight.detach(), bias.detach(), mean, variance, false, 0, epsilon));
    context->save_for_backward({input, weight, bias, mean, variance, total});
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["group"] = c10::IValue::make_capsule(group);
    context->mark_non_differentiable({mean, variance, total});
    return {output, mean, variance, total};
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto group = c10::static_intrusive_pointer_cast<Group>(context->saved_data["group"].toCapsule());
    const double epsilon = context->saved_data["epsilon"].toDouble();
    auto results = at::GradMode::is_enabled()
        ? differentiable(saved, gradients[0], epsilon, group)
        : fast(saved, gradients[0], epsilon, group);
    results.resize(5);
    return results;
  }

 private:
  static variable_list fast(
      const variable_list &saved, const at::Tensor &gradient, double epsilon,
      const c10::intrusive_ptr<Group> &group) {
    const auto &x = saved[0], &weight = saved[1], &mean = saved[3], &variance = saved[4];
    auto [dx, dweight, dbias] = at::native_batch_norm_backward(
        gradient, x, weight, mean, variance, {}, {}, false, epsilon, {true, true, true});
    auto sums = at::cat({dweight, dbias}).to(at::kDouble);
    group->sum(sums);
    sums = sums / saved[5];
    const auto channels = x.size(1);
    auto rate = (variance.to(at::kDouble) + epsilon).rsqrt();
    auto scale = weight.to(at::kDouble) * rate;
    // What comes back through mean and variance is a line in x for every channel.
    auto slope = -scale * rate * sums.narrow(0, 0, channels);
    auto offset = -scale * sums.narrow(0, channels, channels) - mean.to(at::kDouble) * slope;
    auto line = std::get<0>(at::native_batch_norm(
        x, slope.to(x.scalar_type()), offset.to(x.scalar_type()), at::zeros_like(mean),
        at::ones_like(variance), false, 0, 0));
    return {dx.add_(line), dweight, dbias};
  }

  /// The same from operators that can be differentiated again.
  static variable_list differentiable(
      const variable_list &saved, const at::Tensor &gradient, double epsilon,
      const c10::intrusive_ptr<Group> &group) {
    const auto &x = saved[0], &weight = saved[1], &bias = saved[2];
    std::vector<int64_t> axes, shape(x.dim(), 1);
    for (int64_t axis = 0; axis < x.dim(); ++axis)
      if (axis != 1) axes.push_back(axis);
    shape[1] = x.size(1);
    auto total = saved[5].to(x.scalar_type());
    auto mean = SumOverProcesses::apply(x.sum(axes), group) / total;
    auto centred = x - mean.view(shape);
    auto variance = SumOverProcesses::apply((centred * centred).sum(axes), group) / total;
    auto scale = weight * (variance + epsilon).rsqrt();
    auto output = centred * scale.view(shape) + bias.view(shape);
    variable_list inputs, results(3);
    std::vector<size_t> places;
    for (size_t place = 0; place < 3; ++place) {
      if (!saved[place].requires_grad()) continue;
      inputs.push_back(saved[place]);
      places.push_back(place);
    }
    auto found = torch::autograd::grad({output}, inputs, {gradient}, true, true);
    for (size_t index = 0; index < places.size(); ++index) results[places[index]] = found[index];
    return results;
  }
};

c10::intrusive_ptr<c10d::TCPStore> &store_of(ct_store handle) { return handle->store; }

c10::intrusive_ptr<Group> group_of(ct_group handle) {
  return c10::intrusive_ptr<Group>::reclaim_copy(reinterpret_cast<Group *>(handle));
}

}  // namespace

char *ct_store_open(
    const char *host, uint16_t port, bool is_server, int64_t milliseconds, ct_store *result) {
  return ct::guarded([&] {
    // c10d prints every attempt with its stack; what went wrong is told by what is thrown.
    FLAGS_caffe2_log_level = 3;
    c10d::TCPStoreOptions options;
    options.port = port;
    options.isServer = is_server;
    options.waitWorkers = false;
    options.timeout = std::chrono::milliseconds(milliseconds);
    *result = new ct_store_s{c10::make_intrusive<c10d::TCPStore>(std::string(host), options)};
  });
}

void ct_store_release(ct_store store) { delete store; }

uint16_t ct_store_port(ct_store store) { return store_of(store)->getPort(); }

char *ct_store_set(ct_store store, const char *key, const uint8_t *bytes, int64_t count) {
  return ct::guarded(
      [&] { store_of(store)->set(key, std::vector<uint8_t>(bytes, bytes + count)); });
}

char *ct_store_get(ct_store store, const char *key, uint8_t **bytes, int64_t *count) {
  return ct::guarded([&] {
    auto value = store_of(store)->get(key);
    *count = static_cast<int64_t>(value.size());
    *bytes = static_cast<uint8_t *>(malloc(value.size() + 1));
    if (*bytes == nullptr) throw std::bad_alloc();
    memcpy(*bytes, value.data(), value.size());
  });
}

char *ct_store_add(ct_store store, const char *key, int64_t amount, int64_t *result) {
  return ct::guarded([&] { *result = store_of(store)->add(key, amount); });
}

char *ct_store_has(ct_store store, const char *key, bool *result) {
  return ct::guarded([&] { *result = store_of(store)->check({key}); });
}

char *ct_store_remove(ct_store store, const char *key) {
  return ct::guarded([&] { store_of(store)->deleteKey(key); });
}

char *ct_group_open(
    ct_store store, const char *prefix, const char *address, int32_t rank, int32_t size,
    ct_group *result) {
  return ct::guarded([&] {
    auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::seconds(20));
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
    auto shared = c10::make_intrusive<c10d::PrefixStore>(prefix, store_of(store));
    auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(shared, rank, size, options);
    // All are there; from now on whoever watches them decides how long to wait.
    gloo->setTimeout(std::chrono::hours(24));
    auto group = c10::make_intrusive<Group>(std::move(gloo));
    *result = reinterpret_cast<ct_group>(group.release());
  });
}

void ct_group_release(ct_group group) {
  c10::intrusive_ptr<Group>::reclaim(reinterpret_cast<Group *>(group));
}

void ct_group_give_up(ct_group group) { group_of(group)->give_up(); }

char *ct_group_sum(ct_group group, ct_tensor tensor) {
  return ct::guarded([&] { group_of(group)->sum(ct::tensor(tensor)); });
}

char *ct_group_summed(ct_group group, ct_tensor input, ct_tensor *result) {
  return ct::guarded([&] {
    *result = ct::handle(SumOverProcesses::apply(ct::tensor(input), group_of(group)));
  });
}

char *ct_group_batch_norm(
    ct_group group, ct_tensor input, ct_tensor weight, ct_tensor bias, double epsilon,
    ct_tensor *results) {
  return ct::guarded([&] {
    auto found = SharedBatchNorm::apply(
        ct::tensor(input), ct::tensor(weight), ct::tensor(bias), epsilon, group_of(group));
    for (int place = 0; place < 4; ++place) results[place] = ct::handle(std::move(found[place]));
  });
}

char *ct_local_address(const char *host, uint16_t port, char *text, size_t capacity) {
  return ct::guarded([&] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo *found = nullptr;
    const int code = getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
    if (code != 0) throw std::runtime_error(gai_strerror(code));
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
    for (auto *entry = found; entry != nullptr; entry = entry->ai_next) {
      const int socket = ::socket(entry->ai_family, entry->ai_socktype, 0);
      if (socket < 0) continue;
      sockaddr_storage own{};
      socklen_t size = sizeof own;
      // No packet is sent: connecting only asks the routing table.
      const bool is_known = connect(socket, entry->ai_addr, entry->ai_addrlen) == 0 &&
          getsockname(socket, reinterpret_cast<sockaddr *>(&own), &size) == 0 &&
          getnameinfo(
              reinterpret_cast<sockaddr *>(&own), size, text, capacity, nullptr, 0,
              NI_NUMERICHOST) == 0;
      close(socket);
      if (is_known) return;
    }
    throw std::runtime_error("there is no way to it");
  });
}
