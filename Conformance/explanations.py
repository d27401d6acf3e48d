"""Sets our attributions beside captum's, on the same exported model and test images.

    .peers/bin/python Conformance/explanations.py --model cnn.pt --data FASHION-MNIST

Passes (exit code 0) when the largest difference of every map is at most 1e-5 of the map's largest size; fails
with 1. Gradient methods, occlusion and Shapley values are asked of the TorchScript file itself; captum's
Grad-CAM hangs on to layers, which TorchScript does not allow, so that it gets the same weights in a module.
Methods that draw cannot be compared this way: the tests compare those on noise that is given.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import torch
from captum.attr import (
    InputXGradient, IntegratedGradients, LayerGradCam, Occlusion, Saliency, ShapleyValues,
)  # fmt: skip

import idx
from fashion_cnn import FashionCNN

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parent.parent


def run_ours(command: str, options, folder: str, method: str, settings: list[str]) -> numpy.ndarray:
    """The maps of a method, `[N, 1, 28, 28]` or what a layer has."""
    words = [
        command, "explain", "--model", options.model, "--data", options.data, "--split", "test",
        "--count", str(options.count), "--method", method, "--class", "label", "--channels", "none",
        "--shown", "0", "--quiet", "--out", folder,
    ]  # fmt: skip
    for setting in settings:
        words += ["--set", setting]
    result = subprocess.run(words, stdout=subprocess.DEVNULL)
    if result.returncode != 0:
        print(f"explanations: {method} ended with {result.returncode}", file=sys.stderr)
        raise SystemExit(2)
    return numpy.load(pathlib.Path(folder) / "maps.npz")[method]


def cases(script, module, labels):
    """Name, our method with its settings, and captum's maps of images."""
    rows, columns = torch.arange(28) * 2 // 28, torch.arange(28) * 3 // 28
    groups = (rows[:, None] * 3 + columns[None, :])[None, None]
    sizes = torch.bincount(groups.flatten())[groups]

    def integrated(images, rule):
        found = IntegratedGradients(script).attribute(images, target=labels, n_steps=50, method=rule)
        return found

    return [
        ("saliency", "saliency", [], lambda x: Saliency(script).attribute(x, target=labels)),
        ("gradient", "saliency", ["absolute=false"], lambda x: Saliency(script).attribute(x, target=labels, abs=False)),
        ("gradient times input", "gradient-input", [], lambda x: InputXGradient(script).attribute(x, target=labels)),
        ("integrated gradients, Gauss-Legendre", "integrated-gradients", [], lambda x: integrated(x, "gausslegendre")),
        ("integrated gradients, midpoints", "integrated-gradients", ["quadrature=midpoint"], lambda x: integrated(x, "riemann_middle")),
        # captum's trapezoid weights add up to 49/50.
        ("integrated gradients, trapezoid", "integrated-gradients", ["quadrature=trapezoid"], lambda x: integrated(x, "riemann_trapezoid") * 50 / 49),
        ("occlusion", "occlusion", [], lambda x: Occlusion(script).attribute(x, (1, 3, 3), strides=(1, 3, 3), target=labels)),
        ("occlusion, overlapping", "occlusion", ["patch=5", "stride=2"], lambda x: Occlusion(script).attribute(x, (1, 5, 5), strides=(1, 2, 2), target=labels)),
        # Every place of a group has the group's value there, and its share of it here.
        ("Shapley values of 6 groups", "shapley", ["grid=2x3"], lambda x: ShapleyValues(script).attribute(x, target=labels, feature_mask=groups) / sizes),
        ("Grad-CAM", "grad-cam", ["resize=none"], lambda x: LayerGradCam(module, module[3]).attribute(x, target=labels, relu_attributions=True)),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="TorchScript file of Conformance/fashion_cnn.py")
    parser.add_argument("--data", required=True, help="folder with the IDX files")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--touchstone", default=str(ROOT / ".build" / "release" / "touchstone"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    script = torch.jit.load(options.model, map_location="cpu").eval()
    module = FashionCNN()
    module.load_state_dict(script.state_dict())
    module.eval()
    images, labels = (part[: options.count] for part in idx.load(options.data, "t10k"))
    failed = False
    print(f"{options.count} images; largest difference as a share of the largest size")
    for name, method, settings, captum in cases(script, module, labels):
        with tempfile.TemporaryDirectory() as folder:
            ours = run_ours(options.touchstone, options, folder, method, settings)
        theirs = captum(images.clone()).detach().numpy().reshape(ours.shape)
        difference = abs(ours - theirs).max() / abs(theirs).max()
        is_close = difference <= options.tolerance
        failed |= not is_close
        print(f"  {name:38} {difference:.1e} {'' if is_close else '  FAILED'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
