"""Times PGD by torchattacks, Foolbox and ART on a TorchScript classifier, as JSON.

    .peers/bin/python Benchmarks/peers.py --model cnn.pt --data DIR

prints {peer: {images_per_second, robust_accuracy, batch, ...}}. The comparison is fair to the peers:
each is timed for every batch size, thread count and form of the model (the exported file, and the
same network as an ordinary module where it is the one of Conformance/fashion_cnn.py), and its
fastest configuration is timed again: the median of three runs counts. None of them stops early, so
all steps are executed for all images. Run it on an otherwise idle machine.
"""

import argparse
import itertools
import json
import os
import pathlib
import statistics
import sys
import time

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Conformance"))
import idx  # noqa: E402
import peers  # noqa: E402
from fashion_cnn import FashionCNN  # noqa: E402


def forms(path: str) -> dict[str, torch.nn.Module]:
    """The model as exported and, where the architecture is known, as an ordinary module."""
    exported = torch.jit.load(path, map_location="cpu").eval()
    models = {"torchscript": exported}
    plain = FashionCNN()
    try:
        plain.load_state_dict(exported.state_dict())
    except RuntimeError:
        return models
    return models | {"module": plain.eval()}


def timed(perturb: peers.Perturb, images, labels, batch: int) -> tuple[float, torch.Tensor]:
    """Seconds for all images, and the perturbed images."""
    started = time.perf_counter()
    perturbed = peers.perturb_in_batches(perturb, images, labels, batch)
    return time.perf_counter() - started, perturbed


def measure(make, models, images, labels, settings, batches, threads, runs: int) -> dict:
    """The fastest configuration of one peer, timed `runs` times."""
    trials = []
    for form, count, batch in itertools.product(models, threads, batches):
        torch.set_num_threads(count)
        perturb = make(models[form], settings)
        # Warm-up: TorchScript specialises in its first runs, and allocations settle.
        perturb(images[:batch], labels[:batch])
        trials.append((timed(perturb, images, labels, batch)[0], form, count, batch))
    best, form, count, batch = min(trials)
    torch.set_num_threads(count)
    perturb = make(models[form], settings)
    perturb(images[:batch], labels[:batch])
    outcomes = [timed(perturb, images, labels, batch) for _ in range(runs)]
    seconds = statistics.median(outcome[0] for outcome in outcomes)
    clean = peers.is_correct(models[form], images, labels)
    robust = clean & peers.is_correct(models[form], outcomes[-1][1], labels)
    return {
        "images_per_second": round(len(labels) / seconds, 1),
        "robust_accuracy": float(robust.double().mean()),
        "batch": batch,
        "threads": count,
        "form": form,
        "seconds": [round(outcome[0], 4) for outcome in outcomes],
        "fastest_trial": round(best, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="TorchScript file")
    parser.add_argument("--data", required=True, help="folder with the IDX files")
    parser.add_argument("--count", type=int, default=1000, help="test images")
    parser.add_argument("--norm", choices=["linf", "l2"], default="linf")
    parser.add_argument("--radius", type=float, default=0.1)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--step-size", type=float, default=0.01)
    parser.add_argument("--batches", type=int, nargs="+", default=[100, 250, 500, 1000])
    parser.add_argument("--threads", type=int, nargs="+", help="[PyTorch's default, all cores]")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="+", choices=list(peers.PEERS), default=list(peers.PEERS))
    arguments = parser.parse_args()

    cores = len(os.sched_getaffinity(0))
    threads = arguments.threads or sorted({torch.get_num_threads(), cores})
    images, labels = (part[: arguments.count] for part in idx.load(arguments.data, "t10k"))
    batches = sorted({min(batch, len(labels)) for batch in arguments.batches})
    settings = peers.Settings(
        arguments.norm, arguments.radius, arguments.steps, arguments.step_size, True
    )
    models = forms(arguments.model)
    results = {}
    for name in arguments.peers:
        torch.manual_seed(0)
        numpy.random.seed(0)
        make = peers.PEERS[name][1]
        results[name] = {"version": peers.version(name)} | measure(
            make, models, images, labels, settings, batches, threads, arguments.runs
        )
        print(f"{name}: {results[name]['images_per_second']} images/s", file=sys.stderr)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
