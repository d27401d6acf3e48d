"""Opens a TorchScript file that Touchstone exported and compares its logits with Touchstone's.

    touchstone export RUN --out MODEL.pt --sample SAMPLE.npz
    .peers/bin/python Conformance/open_export.py MODEL.pt SAMPLE.npz

Exits with 0 when the largest absolute difference is at most the tolerance, with 1 when it is not.
"""

import argparse

import numpy
import torch


@torch.no_grad()
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="TorchScript file")
    parser.add_argument("sample", help="npz file with inputs x [N, ...] and Touchstone's logits")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()

    model = torch.jit.load(arguments.model, map_location="cpu").eval()
    sample = numpy.load(arguments.sample)
    expected = sample["logits"]
    found = model(torch.from_numpy(sample["x"])).numpy()
    if found.shape != expected.shape:
        print(f"shapes differ: {found.shape} here, {expected.shape} in {arguments.sample}")
        return 1
    difference = float(numpy.abs(found.astype(float) - expected.astype(float)).max())
    same = float((found.argmax(1) == expected.argmax(1)).mean())
    # A NaN is no agreement, hence the comparison in this direction.
    agrees = difference <= arguments.tolerance
    print(
        f"{len(found)} rows, largest difference {difference:.3g}, same class {same:.2%}: "
        f"{'agrees' if agrees else 'DIFFERS'} (tolerance {arguments.tolerance:g})"
    )
    return 0 if agrees else 1


if __name__ == "__main__":
    raise SystemExit(main())
