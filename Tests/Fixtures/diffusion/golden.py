"""U-Nets of Karras et al. (NeurIPS 2022) written from their formulas, and outputs on weights of closed form.

Usage: python golden.py FOLDER > networks.json
The folder holds song_tiny.npz and adm_tiny.npz, made by the article's own code, against which the
implementation is checked first.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F


def group_norm(x, w, name, eps):
    channels = x.shape[1]
    return F.group_norm(x, min(32, channels // 4), w[name + ".weight"], w[name + ".bias"], eps)


def conv(x, w, name):
    weight = w[name + ".weight"]
    return F.conv2d(x, weight, w[name + ".bias"], padding=weight.shape[-1] // 2)


def linear(x, w, name):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def resample(x, name):
    if name.endswith("_down"):
        return x.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).mean((3, 5))
    if name.endswith("_up"):
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return x


def block(x, e, w, name, song):
    eps = 1e-6 if song else 1e-5
    h = conv(resample(F.silu(group_norm(x, w, name + ".norm0", eps)), name), w, name + ".conv0")
    p = linear(e, w, name + ".affine")[:, :, None, None]
    if song:
        h = group_norm(h + p, w, name + ".norm1", eps)
    else:
        scale, shift = p.chunk(2, 1)
        h = group_norm(h, w, name + ".norm1", eps) * (1 + scale) + shift
    h = conv(F.silu(h), w, name + ".conv1")
    s = resample(x, name)
    if name + ".skip.weight" in w:
        s = conv(s, w, name + ".skip")
    factor = math.sqrt(0.5) if song else 1
    x = (h + s) * factor
    if name + ".qkv.weight" not in w:
        return x
    n, c, height, width = x.shape
    heads = 1 if song else c // 64
    qkv = conv(group_norm(x, w, name + ".norm2", eps), w, name + ".qkv")
    qkv = qkv.reshape(n, heads, c // heads, 3, height * width)
    q, k, v = qkv[:, :, :, 0], qkv[:, :, :, 1], qkv[:, :, :, 2]
    a = torch.einsum("bhci,bhcj->bhij", q, k) / math.sqrt(c // heads)
    mixed = torch.einsum("bhij,bhcj->bhci", a.softmax(-1), v).reshape(n, c, height, width)
    return (conv(mixed, w, name + ".proj") + x) * factor


def unet(x, noise, labels, w, song, order):
    half = w["map_layer0.weight"].shape[1] // 2
    i = torch.arange(half, dtype=x.dtype)
    angles = noise[:, None] * (1e-4) ** (i / (half - 1 if song else half))
    e = torch.cat([angles.sin(), angles.cos()] if song else [angles.cos(), angles.sin()], 1)
    if song:
        e = e + linear(labels * math.sqrt(labels.shape[1]), w, "map_label")
        e = F.silu(linear(F.silu(linear(e, w, "map_layer0")), w, "map_layer1"))
    else:
        e = linear(F.silu(linear(e, w, "map_layer0")), w, "map_layer1")
        e = F.silu(e + linear(labels, w, "map_label"))
    skips = []
    for name in order:
        if name.startswith("enc.") and name.endswith("_conv"):
            x = conv(x, w, name)
            skips.append(x)
        elif name.startswith("enc."):
            x = block(x, e, w, name, song)
            skips.append(x)
        elif name.endswith("aux_norm") or name == "out_norm":
            x = F.silu(group_norm(x, w, name, 1e-6 if song else 1e-5))
        elif name.endswith("aux_conv") or name == "out_conv":
            x = conv(x, w, name)
        else:
            if "_block" in name:
                x = torch.cat([x, skips.pop()], 1)
            x = block(x, e, w, name, song)
    return x


def modules(names):
    """The blocks in order, of the names of weights."""
    found = []
    for name in names:
        parts = name.split(".")
        module = ".".join(parts[:2]) if parts[0] in ("enc", "dec") else parts[0]
        if module not in found and not module.startswith("map_"):
            found.append(module)
    return found


def denoised(x, sigma, labels, w, song, order, deviation=0.5):
    s = sigma[:, None, None, None]
    total = (s**2 + deviation**2).sqrt()
    f = unet(x / total, sigma.log() / 4, labels, w, song, order)
    return x * deviation**2 / total**2 + f * s * deviation / total


def check(folder, stem, song):
    archive = np.load(f"{folder}/{stem}.npz")
    w = {
        k.removeprefix("w/model."): torch.tensor(archive[k]).double()
        for k in archive.files
        if k.startswith("w/") and not k.endswith("resample_filter")
    }
    x, sigma, labels = (torch.tensor(archive[k]).double() for k in ("x", "sigma", "labels"))
    mine = denoised(x, sigma, labels, w, song, modules(w))
    error = (mine - torch.tensor(archive["D"])).abs().max().item()
    print(f"{stem}: {error:.1e} from the article's code", file=sys.stderr)
    assert error < 2e-6
    return {k: list(v.shape) for k, v in w.items()}


def wave(shape, index):
    """Weights of closed form, of the size that keeps variances: the index tells layers apart."""
    count = math.prod(shape)
    values = torch.sin(index + 1.7 * torch.arange(count, dtype=torch.float64))
    fan = count // shape[0] if len(shape) > 1 else 4
    values = (values * math.sqrt(2 / max(1, fan))).float().double()
    return values.reshape(shape)


def closed(shapes, song):
    w = {k: wave(s, i) for i, (k, s) in enumerate(shapes.items())}
    x = torch.sin(0.3 + 0.9 * torch.arange(3 * 64, dtype=torch.float64)).float().double()
    sigma = torch.tensor([0.05, 0.7, 20.0], dtype=torch.float64)
    labels = torch.zeros(3, 5, dtype=torch.float64)
    labels[0, 2] = labels[1, 4] = 1
    x = x.reshape(3, 1, 8, 8) * (1 + sigma[:, None, None, None])
    d = denoised(x, sigma, labels, w, song, modules(shapes))
    return {
        "names": list(shapes), "shapes": list(shapes.values()),
        "D": [round(v, 9) for v in d.flatten().tolist()],
    }


if __name__ == "__main__":
    folder = sys.argv[1]
    result = {}
    for stem, song in (("song_tiny", True), ("adm_tiny", False)):
        result[stem] = closed(check(folder, stem, song), song)
    print(json.dumps(result))
