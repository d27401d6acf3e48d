"""Clean accuracy by PyTorch, and robust accuracy by the peers' PGD, as JSON on standard output.

    .peers/bin/python Conformance/evaluate_peers.py --model cnn.pt --data DIR --radius 0.1

Clean accuracy is over the whole test set, robust accuracy over its first images. An image that is
wrong without an attack counts as not robust. None of the peers keeps the best iterate or stops
early: what is measured is the last one.
"""

import argparse
import json
import time

import numpy
import torch

import idx
import peers


def evaluate(model, images, labels, settings: peers.Settings, seed: int, batch: int) -> dict:
    """What each peer leaves standing of the images."""
    clean = peers.is_correct(model, images, labels)
    results = {}
    for name, (_, make) in peers.PEERS.items():
        torch.manual_seed(seed)
        numpy.random.seed(seed)
        started = time.perf_counter()
        perturbed = peers.perturb_in_batches(make(model, settings), images, labels, batch)
        seconds = time.perf_counter() - started
        correct = int((clean & peers.is_correct(model, perturbed, labels)).sum())
        results[name] = {
            "version": peers.version(name),
            "robust_correct": correct,
            "robust_accuracy": correct / len(labels),
            "largest_change": float((perturbed - images).abs().max()),
            "seconds": round(seconds, 3),
        }
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="TorchScript file")
    parser.add_argument("--data", required=True, help="folder with the IDX files")
    parser.add_argument("--count", type=int, default=1000, help="images to attack")
    parser.add_argument("--norm", choices=["linf", "l2"], default="linf")
    parser.add_argument("--radius", type=float, nargs="+", default=[0.1])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--step-size", type=float, help="default: a tenth of the radius")
    parser.add_argument("--random-start", type=int, choices=[0, 1], default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=250)
    arguments = parser.parse_args()

    model = torch.jit.load(arguments.model, map_location="cpu").eval()
    images, labels = idx.load(arguments.data, "t10k")
    clean = int(peers.is_correct(model, images, labels).sum())
    report = {
        "torch": torch.__version__,
        "clean": {"correct": clean, "total": len(labels), "accuracy": clean / len(labels)},
        "robust": [],
    }
    for radius in arguments.radius:
        step_size = arguments.step_size or radius / 10
        settings = peers.Settings(
            arguments.norm, radius, arguments.steps, step_size, bool(arguments.random_start)
        )
        count = min(arguments.count, len(labels))
        report["robust"].append(
            vars(settings)
            | {"count": count, "seed": arguments.seed}
            | {
                "peers": evaluate(
                    model, images[:count], labels[:count], settings, arguments.seed, arguments.batch
                )
            }
        )
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
