"""The original AutoAttack (Croce and Hein, PyPI: pyautoattack) on an exported model; results as JSON."""

import argparse
import json
import logging
import sys
import time

import torch
from idx import load
from pyautoattack import AutoAttack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="a TorchScript file")
    parser.add_argument("--data", required=True, help="a folder of MNIST's IDX files")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--norm", default="Linf", choices=["Linf", "L2", "L1"])
    parser.add_argument("--radius", type=float, default=0.3)
    parser.add_argument("--version", default="standard")
    parser.add_argument("--attacks", nargs="*", help="these alone, such as apgd-ce square")
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    logging.getLogger("auto-attack").setLevel(logging.DEBUG)
    model = torch.jit.load(options.model).eval()
    images, labels = load(options.data, "t10k")
    images, labels = images[: options.count], labels[: options.count]
    attack = AutoAttack(
        model,
        norm=options.norm,
        eps=options.radius,
        seed=options.seed,
        version="custom" if options.attacks else options.version,
        attacks=options.attacks,
        device="cpu",
    )
    started = time.perf_counter()
    adversarial, _ = attack.run_standard_evaluation(images, labels, batch_size=options.batch)
    seconds = time.perf_counter() - started
    with torch.no_grad():
        stands = model(adversarial).argmax(1) == labels
        clean = model(images).argmax(1) == labels
    change = (adversarial - images).flatten(1)
    order = {"Linf": float("inf"), "L2": 2, "L1": 1}[options.norm]
    json.dump(
        {
            "clean": clean.double().mean().item(),
            "robust_accuracy": stands.double().mean().item(),
            "stands": stands.tolist(),
            "longest": change.norm(p=order, dim=1).max().item(),
            "seconds": seconds,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
