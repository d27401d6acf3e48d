"""The training steps of lipschitz-benchmark with deel-torchlip, as its tutorials write them.

Run: lipschitz_peers.py constrained|twin --steps N --threads N; prints the median milliseconds of a step.
"""

import argparse
import pathlib
import statistics
import sys
import time

import torch
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Conformance"))
from torchlip_networks import convolutional  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("network", choices=["constrained", "twin"])
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--threads", type=int, default=1)
arguments = parser.parse_args()
torch.set_num_threads(arguments.threads)
torch.manual_seed(0)

model = convolutional()
pixels = torch.randint(0, 256, (10_000, 1, 28, 28), dtype=torch.uint8)
labels = torch.randint(0, 10, (10_000,))
if arguments.network == "twin":
    model.train()
    model(pixels[:2].float() / 255)
    model = model.vanilla_export()
model.train()
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
order = torch.randperm(10_000)
times = []
for step in range(arguments.steps):
    start = time.perf_counter()
    chosen = order[step * 100 % 9000:][:100]
    optimiser.zero_grad()
    loss = functional.cross_entropy(model(pixels[chosen].float() / 255), labels[chosen])
    loss.backward()
    optimiser.step()
    times.append((time.perf_counter() - start) * 1000)
print(statistics.median(times[5:]))
