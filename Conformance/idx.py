"""Reads MNIST-shaped data (IDX files, gzipped or not) the way Touchstone does."""

import gzip
import pathlib
import struct

import numpy
import torch


def read_idx(path: pathlib.Path) -> numpy.ndarray:
    """The array in one IDX file of unsigned bytes."""
    opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
    with opened as file:
        content = file.read()
    zero, kind, rank = struct.unpack(">HBB", content[:4])
    if zero != 0 or kind != 8:
        raise SystemExit(f"{path} is not an IDX file of unsigned bytes")
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder: str, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, 1, 28, 28] in [0, 1] and labels [N]; `split` is "train" or "t10k"."""

    def find(kind: str) -> pathlib.Path:
        for name in (f"{split}-{kind}-ubyte.gz", f"{split}-{kind}-ubyte"):
            if (path := pathlib.Path(folder) / name).exists():
                return path
        raise SystemExit(f"{folder} holds no {split}-{kind}-ubyte.gz")

    images = torch.from_numpy(read_idx(find("images-idx3")).copy())
    labels = torch.from_numpy(read_idx(find("labels-idx1")).astype(numpy.int64))
    return images.unsqueeze(1).float() / 255, labels
