"""Times one method of a peer on a TorchScript classifier, as JSON.

    .peers/bin/python Benchmarks/explanation_peers.py kernel-shap --model cnn.pt --data MNIST

KernelSHAP and SmoothGrad are captum's. captum has no RISE, so that is plain PyTorch: masks of one image are
drawn at once, enlarged and shifted one by one, and go through the model in batches. One image that does not
count goes first.
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
from fashion_cnn import FashionCNN  # noqa: E402


def load(path: str, form: str) -> torch.nn.Module:
    exported = torch.jit.load(path, map_location="cpu").eval()
    if form == "torchscript":
        return exported
    plain = FashionCNN()
    plain.load_state_dict(exported.state_dict())
    return plain.eval()


def rise(model, samples: int, rows: int):
    """Petsiuk et al., BMVC 2018: grids of 7 x 7, cells kept with probability one half."""
    grid = 7

    @torch.no_grad()
    def explain(images, labels):
        maps = []
        for image, label in zip(images, labels, strict=True):
            height, width = image.shape[1:]
            cell = -(-height // grid), -(-width // grid)
            kept = (torch.rand(samples, 1, grid, grid) < 0.5).float()
            shifts = torch.randint(0, cell[0], (samples,)), torch.randint(0, cell[1], (samples,))
            total = torch.zeros(height, width)
            cover = torch.zeros(height, width)
            for start in range(0, samples, rows):
                large = torch.nn.functional.interpolate(
                    kept[start : start + rows], mode="bilinear",
                    size=((grid + 1) * cell[0], (grid + 1) * cell[1]),
                )  # fmt: skip
                masks = torch.stack(
                    [
                        mask[:, y : y + height, x : x + width]
                        for mask, y, x in zip(
                            large, shifts[0][start : start + rows].tolist(), shifts[1][start : start + rows].tolist(),
                        )
                    ]
                )  # fmt: skip
                scores = model(image * masks).softmax(1)[:, label]
                total += (scores[:, None, None] * masks[:, 0]).sum(0)
                cover += masks[:, 0].sum(0)
            maps.append(total / (cover + 1e-4))
        return torch.stack(maps)

    return explain


def kernel_shap(model, samples: int, rows: int):
    """captum's, with the groups of a grid of 7 x 7; it explains one image at a time."""
    from captum.attr import KernelShap

    method = KernelShap(model)

    def explain(images, labels):
        side = torch.arange(28) * 7 // 28
        groups = (side[:, None] * 7 + side[None, :])[None, None]
        return torch.cat(
            [
                method.attribute(
                    image[None], target=int(label), feature_mask=groups, n_samples=samples,
                    perturbations_per_eval=rows,
                )
                for image, label in zip(images, labels, strict=True)
            ]
        )  # fmt: skip

    return explain


def smoothgrad(model, samples: int, rows: int):
    """captum's noise tunnel over gradients; as many images at once as fill the rows with their samples."""
    from captum.attr import NoiseTunnel, Saliency

    method = NoiseTunnel(Saliency(model))
    # Images and samples that go through the model together.
    images_at_once = max(1, rows // samples)
    samples_at_once = min(samples, rows)

    def explain(images, labels):
        pieces = zip(images.split(images_at_once), labels.split(images_at_once), strict=True)
        return torch.cat(
            [
                method.attribute(
                    some, target=classes, abs=False, nt_type="smoothgrad", nt_samples=samples,
                    nt_samples_batch_size=samples_at_once, stdevs=0.2,
                )
                for some, classes in pieces
            ]
        )  # fmt: skip

    return explain


METHODS = {"rise": rise, "kernel-shap": kernel_shap, "smoothgrad": smoothgrad}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("method", choices=list(METHODS))
    parser.add_argument("--model", required=True, help="TorchScript file of Conformance/fashion_cnn.py")
    parser.add_argument("--data", required=True, help="folder with the IDX files")
    parser.add_argument("--images", type=int, default=10, help="test images")
    parser.add_argument("--samples", type=int, default=1000, help="samples an image")
    parser.add_argument("--rows", type=int, default=200, help="rows that go through the model at once")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--form", choices=["torchscript", "module"], default="module")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = load(options.model, options.form)
    images, labels = (part[: options.images] for part in idx.load(options.data, "t10k"))
    explain = METHODS[options.method](model, options.samples, options.rows)
    explain(images[:1], labels[:1])
    started, busy = time.perf_counter(), time.process_time()
    explain(images, labels)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    json.dump(
        {
            "samplesPerSecond": len(images) * options.samples / seconds,
            "samplesPerProcessorSecond": len(images) * options.samples / busy,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
