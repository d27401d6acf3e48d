"""Trains the tutorials' network with deel-torchlip by the settings of Recipes/transport/fashion-mnist.yaml.

Run: torchlip_training.py VARIANT --data FASHION-MNIST --seed N --epochs N --out model.pt; prints the seconds it took.
"""

import argparse
import math
import time

import torch
from deel import torchlip
from torch.nn import functional

import idx
from torchlip_networks import convolutional

BATCH, PEAK, WARMUP = 256, 5e-3, 0.05
LOSSES = {
    "accurate": lambda: torchlip.SoftHKRMulticlassLoss(0.995, 0.1, temperature=50),
    "otnn": lambda: torchlip.SoftHKRMulticlassLoss(0.99, 0.25, temperature=50),
    "robust": lambda: torchlip.SoftHKRMulticlassLoss(0.98, 0.5, temperature=50),
    "entropy-30": lambda: torchlip.TauCrossEntropyLoss(30.0),
    "entropy-10": lambda: torchlip.TauCrossEntropyLoss(10.0),
    "entropy-3": lambda: torchlip.TauCrossEntropyLoss(3.0),
}


def rate(step: int, total: int) -> float:
    """The learning rate of a step as a share of its peak: a line up, half a cosine down."""
    rising = round(WARMUP * total)
    if step < rising:
        return (step + 1) / rising
    return (1 + math.cos(math.pi * (step - rising) / (total - rising))) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("variant", choices=sorted(LOSSES))
    parser.add_argument("--data", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    images, labels = idx.load(options.data, "train")
    signs = 2 * functional.one_hot(labels, 10).float() - 1
    model, loss = convolutional().train(), LOSSES[options.variant]()
    optimiser = torch.optim.Adam(model.parameters(), lr=PEAK)
    total = options.epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, total))
    started = time.perf_counter()
    for _ in range(options.epochs):
        order = torch.randperm(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            targets = labels if options.variant.startswith("entropy") else signs
            optimiser.zero_grad()
            loss(model(images[chosen]), targets[chosen]).backward()
            optimiser.step()
            schedule.step()
    seconds = time.perf_counter() - started
    # Evaluation uses the weights of the last training pass, which is one step behind.
    with torch.no_grad():
        model(images[:2])
    plain = model.eval().vanilla_export().eval()
    with torch.no_grad():
        torch.jit.trace(plain, images[:2]).save(options.out)
    print(seconds)


if __name__ == "__main__":
    main()
