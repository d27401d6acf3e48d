"""MI-Face by ART, for inversion.py: the network, where it starts, and what ART makes of it."""

import pathlib
import warnings

import numpy
import torch
from torch import nn

STEPS = 200
RATE = 0.1
# ART's default, one that some images never leave and others do, and one that is never above the cost.
THRESHOLDS = (0.99, 0.5, 0.0)


def network() -> nn.Sequential:
    """A small smooth network with random weights, larger ones in the last layer, so that images get far.

    Maxima and rectified units have kinks, and ties on flat images: of two trajectories that differ by the last bit
    one crosses a kink a step earlier, and nothing can be said about 200 steps.
    """
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(16 * 7 * 7, 10),
    )  # fmt: skip
    with torch.no_grad():
        model[-1].weight.mul_(8)
    return model.eval()


def inputs() -> dict[str, numpy.ndarray]:
    """Zeros, grey, and noise for every class."""
    generator = numpy.random.default_rng(0)
    starts = [numpy.zeros((10, 1, 28, 28)), numpy.full((10, 1, 28, 28), 0.5),
              generator.random((10, 1, 28, 28))]
    return {
        "miface.start": numpy.concatenate(starts).astype(numpy.float32),
        "miface.classes": numpy.tile(numpy.arange(10), 3),
        "miface.steps": numpy.array([STEPS]),
        "miface.rate": numpy.array([RATE]),
        "miface.thresholds": numpy.array(THRESHOLDS),
    }


def export(folder: pathlib.Path) -> None:
    """The network as Touchstone reads it, giving logits."""
    torch.jit.trace(network(), torch.zeros(2, 1, 28, 28)).save(str(folder / "miface.pt"))


class Recorder:
    """ART's classifier of probabilities, which writes down every image that it is asked about."""

    def __new__(cls, model: nn.Module):
        from art.estimators.classification import PyTorchClassifier

        class Recording(PyTorchClassifier):
            seen: list[numpy.ndarray] = []

            def predict(self, x, *arguments, **options):
                self.seen.append(numpy.array(x))
                return super().predict(x, *arguments, **options)

        return Recording(
            model=nn.Sequential(model, nn.Softmax(dim=1)), loss=nn.CrossEntropyLoss(),
            input_shape=(1, 28, 28), nb_classes=10, clip_values=(0, 1), device_type="cpu",
        )


def expected(given: dict[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    """Every iterate with a threshold of 1, and the last image and the number of steps with others."""
    warnings.simplefilter("ignore")
    from art.attacks.inference.model_inversion import MIFace

    start, classes = given["miface.start"], given["miface.classes"]

    def infer(threshold: float) -> tuple[numpy.ndarray, list[list[numpy.ndarray]]]:
        images, iterates = [], []
        # One image at a time, as is ART's default: in a larger batch an image that has stopped may be woken.
        for place in range(len(classes)):
            classifier = Recorder(network())
            type(classifier).seen = []
            attack = MIFace(
                classifier, max_iter=STEPS, window_length=100, threshold=threshold,
                learning_rate=RATE, batch_size=1, verbose=False,
            )
            images.append(attack.infer(start[place : place + 1], classes[place : place + 1]))
            iterates.append(type(classifier).seen)
        return numpy.concatenate(images), iterates

    _, iterates = infer(1.0)
    results = {"miface.iterates": numpy.stack([numpy.concatenate(i) for i in iterates], axis=1)}
    for place, threshold in enumerate(THRESHOLDS):
        images, iterates = infer(threshold)
        results[f"miface.threshold.{place}.images"] = images
        results[f"miface.threshold.{place}.iterations"] = numpy.array([len(i) for i in iterates])
    return results
