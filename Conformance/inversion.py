"""Compares MI-Face and measures of sets with ART and the package prdc.

    make conformance-inversion

Exits with 0 when everything agrees, with 1 when something does not.
"""

import argparse
import pathlib
import subprocess

import numpy
import torch

import miface_peer
import prdc_peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "Benchmarks" / ".build" / "release" / "inversion-conformance"
# Images by MI-Face, in single precision on both sides; PRDC counts, so that there is nothing to allow for.
TOLERANCES = {"miface": 1e-5, "prdc": 1e-12}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--program", default=str(PROGRAM))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    # One image at a time: more threads would only wait for one another.
    torch.set_num_threads(1)
    given = miface_peer.inputs() | prdc_peer.inputs()
    numpy.savez(arguments.out / "inputs.npz", **given)
    miface_peer.export(arguments.out)
    expected = miface_peer.expected(given) | prdc_peer.expected(given)
    subprocess.run([arguments.program, str(arguments.out)], check=True)
    found = numpy.load(arguments.out / "results.npz")
    failures = 0
    for name, value in sorted(expected.items()):
        tolerance = TOLERANCES[name.split(".")[0]]
        difference = numpy.inf
        if name in found and found[name].shape == value.shape:
            difference = numpy.abs(found[name].astype(float) - value.astype(float)).max()
        # A NaN is no agreement, hence the comparison in this direction.
        agrees = difference <= tolerance
        failures += not agrees
        print(f"{name:34} largest difference {difference:8.2e}  {'agrees' if agrees else 'DIFFERS'}")
    moved = numpy.abs(expected["miface.iterates"][-1] - given["miface.start"]).max()
    print(f"MI-Face: {len(expected['miface.iterates'])} steps, the largest change of a pixel {moved:.3f}")
    print(f"{len(expected) - failures} of {len(expected)} agree")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
