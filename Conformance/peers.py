"""Projected gradient descent by torchattacks, Foolbox and ART, behind one signature."""

import importlib.metadata
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import foolbox  # noqa: E402
import torchattacks  # noqa: E402
from art.attacks.evasion import ProjectedGradientDescentPyTorch  # noqa: E402
from art.estimators.classification import PyTorchClassifier  # noqa: E402

# Takes images and labels; returns the perturbed images.
Perturb = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Settings:
    """PGD, in the words that the peers share."""

    norm: str  # "linf" or "l2"
    radius: float
    steps: int
    step_size: float
    random_start: bool


def by_torchattacks(model: nn.Module, settings: Settings) -> Perturb:
    chosen = torchattacks.PGD if settings.norm == "linf" else torchattacks.PGDL2
    return chosen(
        model,
        eps=settings.radius,
        alpha=settings.step_size,
        steps=settings.steps,
        random_start=settings.random_start,
    )


def by_foolbox(model: nn.Module, settings: Settings) -> Perturb:
    wrapped = foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu")
    chosen = foolbox.attacks.LinfPGD if settings.norm == "linf" else foolbox.attacks.L2PGD
    attack = chosen(
        abs_stepsize=settings.step_size, steps=settings.steps, random_start=settings.random_start
    )
    # `run` is the attack alone; calling it would also measure success, which is done outside.
    return lambda images, labels: attack.run(
        wrapped, images, foolbox.criteria.Misclassification(labels), epsilon=settings.radius
    )


def by_art(model: nn.Module, settings: Settings) -> Perturb:
    classifier = PyTorchClassifier(
        model,
        nn.CrossEntropyLoss(),
        input_shape=(1, 28, 28),
        nb_classes=10,
        clip_values=(0.0, 1.0),
        device_type="cpu",
    )

    def perturb(images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        attack = ProjectedGradientDescentPyTorch(
            classifier,
            norm="inf" if settings.norm == "linf" else 2,
            eps=settings.radius,
            eps_step=settings.step_size,
            max_iter=settings.steps,
            num_random_init=int(settings.random_start),
            batch_size=len(images),
            verbose=False,
        )
        return torch.from_numpy(attack.generate(images.numpy(), labels.numpy()))

    return perturb


PEERS: dict[str, tuple[str, Callable[[nn.Module, Settings], Perturb]]] = {
    "torchattacks": ("torchattacks", by_torchattacks),
    "foolbox": ("foolbox", by_foolbox),
    "art": ("adversarial-robustness-toolbox", by_art),
}


def version(peer: str) -> str:
    """The installed version of a peer."""
    return importlib.metadata.version(PEERS[peer][0])


def perturb_in_batches(
    perturb: Perturb, images: torch.Tensor, labels: torch.Tensor, batch: int
) -> torch.Tensor:
    """All images perturbed, `batch` at a time."""
    pairs = zip(images.split(batch), labels.split(batch), strict=True)
    return torch.cat([perturb(x, y).detach() for x, y in pairs])


@torch.no_grad()
def is_correct(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """For each image, whether the model puts it in its class."""
    pairs = zip(images.split(1000), labels.split(1000), strict=True)
    return torch.cat([model(x).argmax(1) == y for x, y in pairs])
