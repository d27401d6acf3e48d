"""Compares 1-Lipschitz networks and weights of deel-torchlip with Touchstone.

    make conformance-lipschitz

Exits with 0 when everything agrees, with 1 when something does not.
"""

import argparse
import pathlib
import subprocess

import numpy
import torch
from torch.nn import functional

from torchlip_networks import convolutional, multilayer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "Benchmarks" / ".build" / "release" / "lipschitz-conformance"
TOLERANCE = 1e-6


def train(model, steps=15):
    """Moves the weights, so that nothing is what it was drawn as; ends with a training pass, after which the
    vectors are those that the weights were made with."""
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = functional.cross_entropy(
            model(torch.rand(64, 1, 28, 28)) * 10, torch.randint(0, 10, (64,)))
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        model(torch.rand(4, 1, 28, 28))
    return model.eval()


def torus_bound(kernel, side):
    """The largest singular value at any frequency of a torus on which padded images fit."""
    length = side + kernel.shape[-1] - 1
    spectrum = numpy.fft.fft2(kernel, (length, length)).transpose(2, 3, 0, 1)
    return numpy.linalg.svd(spectrum, compute_uv=False).max()


def bounds(model):
    """The bound before the last layer, and the last layer's weight, in float64."""
    side, bound, last = 28, 1.0, None
    for layer in model:
        if last is not None and isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d)):
            bound *= numpy.linalg.svd(last, compute_uv=False).max()
            last = None
        if isinstance(layer, torch.nn.Conv2d):
            kernel = layer.weight.detach().double().numpy()
            matrix = kernel.reshape(len(kernel), -1)
            copies = kernel.shape[-1]
            bound *= min(
                numpy.linalg.svd(matrix, compute_uv=False).max() * copies,
                torus_bound(kernel, side))
        elif isinstance(layer, torch.nn.Linear):
            last = layer.weight.detach().double().numpy()
        elif isinstance(layer, torch.nn.LPPool2d):
            side //= 2
    return bound, last


def radii(model, logits, labels):
    """The certified radius of every example with every head."""
    before, weight = bounds(model)
    rows = numpy.arange(len(labels))
    margins = logits[rows, labels][:, None] - logits
    # Touchstone takes off what single precision may do to logits.
    margins -= 2 * 64 * 2.0**-24 * numpy.abs(logits).max(axis=1)[:, None]
    margins[rows, labels] = numpy.inf
    lengths = numpy.linalg.norm(weight[labels][:, None] - weight[None], axis=2)
    lengths[rows, labels] = 1
    largest = numpy.linalg.svd(weight, compute_uv=False).max()
    speeds = {
        "pairwise": lengths * before,
        "joint": before * largest * numpy.sqrt(2),
        "per-class": before * numpy.linalg.norm(weight, axis=1).max() * 2,
    }
    return {
        head: numpy.maximum(0, (margins / speed).min(axis=1)) for head, speed in speeds.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--program", default=str(PROGRAM))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    inputs, expected = {}, {}
    for family, build in [("convolutional", convolutional), ("multilayer", multilayer)]:
        model = train(build())
        for index, layer in enumerate(model):
            if not hasattr(layer, "parametrizations"):
                continue
            parts = layer.parametrizations.weight
            if not hasattr(parts[0], "_u"):
                continue
            name = f"{family}.{index}"
            inputs[f"{name}.original"] = parts.original.detach().numpy()
            inputs[f"{name}.u"] = parts[0]._u.numpy()
            inputs[f"{name}.v"] = parts[0]._v.numpy()
            expected[f"{name}.weight"] = layer.weight.detach().numpy()
        plain = model.vanilla_export().eval()
        x = torch.rand(40, 1, 28, 28)
        variable = x.clone().requires_grad_()
        logits = plain(variable)
        (gradient,) = torch.autograd.grad(logits[:, 0].sum(), variable)
        labels = logits.argmax(1)
        inputs[f"{family}.x"] = x.numpy()
        inputs[f"{family}.labels"] = labels.numpy()
        numbers = {"logits": logits.detach().numpy(), "gradient": gradient.numpy()}
        numbers |= radii(plain, logits.detach().double().numpy(), labels.numpy())
        with torch.no_grad():
            exports = {"traced": torch.jit.trace(plain, x[:2]), "scripted": torch.jit.script(plain)}
        for way, exported in exports.items():
            exported.save(str(arguments.out / f"{family}-{way}.pt"))
            for name, value in numbers.items():
                expected[f"{family}-{way}.{name}"] = value
    numpy.savez(arguments.out / "inputs.npz", **inputs)
    subprocess.run([arguments.program, str(arguments.out)], check=True)
    found = numpy.load(arguments.out / "results.npz")
    failures = 0
    for name, value in sorted(expected.items()):
        difference = numpy.abs(found[name].astype(float) - value).max() if name in found else numpy.nan
        # A NaN is no agreement, hence the comparison in this direction.
        agrees = difference <= TOLERANCE
        failures += not agrees
        print(f"{name:38} largest difference {difference:8.2e}  {'agrees' if agrees else 'DIFFERS'}")
    print(f"{len(expected) - failures} of {len(expected)} agree to {TOLERANCE:g}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
