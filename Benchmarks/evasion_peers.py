"""Times one attack of one peer on a TorchScript classifier, as JSON.

    .peers/bin/python Benchmarks/evasion_peers.py original apgd-ce --model cnn.pt --data MNIST

The attack runs once on a few images that do not count, then on all. Each process runs one attack, so that
its peak memory is that attack's.
"""

import argparse
import json
import pathlib
import resource
import sys
import time
import warnings

import torch

warnings.filterwarnings("ignore")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Conformance"))
import idx  # noqa: E402


class StridedCNN(torch.nn.Module):
    """The network of Recipes/evasion/mnist-pgd.yaml as an ordinary module, with the exported names."""

    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(1, 16, 4, 2, 1), torch.nn.ReLU(),
            torch.nn.Conv2d(16, 32, 4, 2, 1), torch.nn.ReLU(),
        )
        self.classifier = torch.nn.Sequential(
            torch.nn.Linear(1568, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def load(path: str, form: str) -> torch.nn.Module:
    exported = torch.jit.load(path, map_location="cpu").eval()
    if form == "torchscript":
        return exported
    plain = StridedCNN()
    plain.load_state_dict(exported.state_dict())
    return plain.eval()


def original(model, attack: str, radius: float, batch: int):
    """The authors' own AutoAttack."""
    from pyautoattack import AutoAttack

    def run(images, labels):
        chosen = {} if attack == "autoattack" else {"version": "custom", "attacks": [attack]}
        ensemble = AutoAttack(model, norm="Linf", eps=radius, seed=0, device="cpu", **chosen)
        ensemble.apgd.n_restarts = 1
        return ensemble.run_standard_evaluation(images, labels, batch_size=batch)[0]

    return run


def by_torchattacks(model, attack: str, radius: float, batch: int):
    """torchattacks with the numbers of steps and queries of the original."""
    import torchattacks

    if attack == "apgd-ce":
        made = torchattacks.APGD(model, norm="Linf", eps=radius, steps=100, n_restarts=1, loss="ce")
    elif attack == "square":
        made = torchattacks.Square(model, norm="Linf", eps=radius, n_queries=5000, p_init=0.8, loss="margin", resc_schedule=False)
    else:
        raise SystemExit("torchattacks' AutoAttack takes 10 steps and is no AutoAttack")
    return lambda images, labels: torch.cat(
        [made(*pair) for pair in zip(images.split(batch), labels.split(batch), strict=True)]
    )


def by_art(model, attack: str, radius: float, batch: int):
    """ART's APGD from a step of twice the radius, as the original's."""
    from art.attacks.evasion import AutoProjectedGradientDescent
    from art.estimators.classification import PyTorchClassifier

    if attack != "apgd-ce":
        raise SystemExit("ART is timed for apgd-ce alone")
    classifier = PyTorchClassifier(
        model, torch.nn.CrossEntropyLoss(), (1, 28, 28), 10, clip_values=(0, 1), device_type="cpu"
    )
    made = AutoProjectedGradientDescent(
        classifier, eps=radius, eps_step=2 * radius, max_iter=100, nb_random_init=1,
        batch_size=batch, loss_type=None, verbose=False,
    )
    return lambda images, labels: torch.from_numpy(made.generate(images.numpy(), labels.numpy()))


PEERS = {"original": original, "torchattacks": by_torchattacks, "art": by_art}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=list(PEERS))
    parser.add_argument("attack", choices=["apgd-ce", "square", "autoattack"])
    parser.add_argument("--model", required=True, help="TorchScript file")
    parser.add_argument("--data", required=True, help="folder with the IDX files")
    parser.add_argument("--count", type=int, default=1000, help="test images")
    parser.add_argument("--radius", type=float, default=0.3)
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--form", choices=["torchscript", "module"], default="module")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = load(options.model, options.form)
    images, labels = (part[: options.count] for part in idx.load(options.data, "t10k"))
    run = PEERS[options.peer](model, options.attack, options.radius, options.batch)
    if options.attack != "autoattack":
        run(images[:8], labels[:8])
    started = time.perf_counter()
    adversarial = run(images, labels)
    seconds = time.perf_counter() - started
    with torch.no_grad():
        stands = (model(adversarial).argmax(1) == labels) & (model(images).argmax(1) == labels)
    json.dump(
        {
            "seconds": seconds,
            "robustAccuracy": stands.double().mean().item(),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
