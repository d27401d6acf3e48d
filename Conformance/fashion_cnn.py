"""Trains a plain CNN on Fashion-MNIST and exports it with torch.jit.trace.

    .peers/bin/python Conformance/fashion_cnn.py DATA OUT

writes OUT/cnn.pt: input [N, 1, 28, 28] in [0, 1], output logits [N, 10]. One to two minutes on four
cores, about 91 % test accuracy. MNIST folders work as well.
"""

import argparse
import pathlib

import torch
from torch import nn

import idx


class FashionCNN(nn.Sequential):
    """conv 16, pool, conv 32, pool, fully connected 128, fully connected 10."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )


def train(images: torch.Tensor, labels: torch.Tensor, epochs: int, seed: int) -> FashionCNN:
    """A trained network; the same machine, seed and thread count give the same weights."""
    torch.manual_seed(seed)
    model = FashionCNN()
    batch = 128
    steps = epochs * (len(labels) // batch)
    optimiser = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for epoch in range(epochs):
        total = 0.0
        order = torch.randperm(len(labels))
        for start in range(0, len(labels) - batch + 1, batch):
            chosen = order[start : start + batch]
            loss = nn.functional.cross_entropy(model(images[chosen]), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1} of {epochs}: mean loss {total / len(labels):.4f}", flush=True)
    return model.eval()


@torch.no_grad()
def count_correct(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> int:
    """How many images the model puts in their class."""
    pairs = zip(images.split(1000), labels.split(1000), strict=True)
    return sum(int((model(x).argmax(1) == y).sum()) for x, y in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="folder with the four IDX files")
    parser.add_argument("out", help="folder that gets cnn.pt")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    model = train(*idx.load(arguments.data, "train"), arguments.epochs, arguments.seed)
    images, labels = idx.load(arguments.data, "t10k")
    print(f"{count_correct(model, images, labels)} of {len(labels)} test images correct")
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    partial = out / "cnn.pt.partial"
    torch.jit.trace(model, images[:2]).save(str(partial))
    partial.rename(out / "cnn.pt")


if __name__ == "__main__":
    main()
