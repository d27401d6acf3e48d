"""The training steps of step-benchmark, written in PyTorch as one would.

Run: step_peers.py CASE --steps N --threads N [--tuned]; prints the median milliseconds of a step and the peak
memory in megabytes.
"""

import argparse
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

parser = argparse.ArgumentParser()
parser.add_argument("case", choices=["vat", "penalty", "convolution"])
parser.add_argument("--steps", type=int, default=40)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--tuned", action="store_true", help="fused Adam and channels last")
arguments = parser.parse_args()
torch.set_num_threads(arguments.threads)
torch.manual_seed(0)

pixels = torch.randint(0, 256, (10_000, 1, 28, 28), dtype=torch.uint8)
labels = torch.randint(0, 10, (10_000,))


def multilayer():
    layers = [nn.Flatten()]
    for inputs, outputs in [(784, 1200), (1200, 1200), (1200, 10)]:
        layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs)]
        if outputs != 10:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 49, 128), nn.ReLU(), nn.Linear(128, 10))


def unit(direction):
    length = direction.flatten(1).norm(dim=1).clamp_min(1e-12)
    return direction / length.view(-1, *[1] * (direction.dim() - 1))


def divergence(clean, moved):
    return functional.kl_div(
        functional.log_softmax(moved, 1), functional.log_softmax(clean, 1), reduction="batchmean",
        log_target=True)


def virtual_adversarial(model, inputs, clean):
    target = clean.detach()
    direction = unit(torch.randn_like(inputs))
    scale = inputs.flatten(1).square().mean(1).sqrt().view(-1, 1, 1, 1) * 1e-2
    probe = (inputs + direction * scale).requires_grad_()
    loss = divergence(target, model(probe))
    direction = unit(torch.autograd.grad(loss, probe)[0])
    return divergence(target, model(inputs + direction))


def gradient_penalty(model, inputs):
    inputs = inputs.clone().requires_grad_()
    logits = model(inputs)
    logarithms = functional.log_softmax(logits, 1)
    outputs = (logarithms * 0.5).exp().detach() * logarithms
    signs = torch.randint(0, 2, logits.shape).float() * 2 - 1
    slope = torch.autograd.grad((outputs * signs).sum(), inputs, create_graph=True)[0]
    return slope.square().sum() / len(inputs)


def batch(order, step, size):
    chosen = order[step * size % 9000:][:size]
    return pixels[chosen].float() / 255, labels[chosen]


class Frozen:
    """Batch normalisation that does not move its running statistics."""

    def __init__(self, model):
        self.layers = [layer for layer in model if isinstance(layer, nn.BatchNorm1d)]

    def __enter__(self):
        for layer in self.layers:
            layer.track_running_stats = False

    def __exit__(self, *_):
        for layer in self.layers:
            layer.track_running_stats = True


model = convolutional() if arguments.case == "convolution" else multilayer()
if arguments.tuned:
    model = model.to(memory_format=torch.channels_last)
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=arguments.tuned)
order = torch.randperm(10_000)
size = 64 if arguments.case == "convolution" else 100
times = []
for step in range(arguments.steps):
    start = time.perf_counter()
    inputs, targets = batch(order, step, size)
    optimiser.zero_grad()
    logits = model(inputs)
    loss = functional.cross_entropy(logits, targets)
    with Frozen(model):
        if arguments.case == "penalty":
            loss = loss + gradient_penalty(model, inputs)
        elif arguments.case == "vat":
            others, _ = batch(order, step, 250)
            loss = loss + virtual_adversarial(model, others, model(others))
        else:
            loss = loss + virtual_adversarial(model, inputs, logits)
    loss.backward()
    optimiser.step()
    times.append((time.perf_counter() - start) * 1000)

with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
print(statistics.median(times[5:]), peak)
