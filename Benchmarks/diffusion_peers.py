"""What diffusion-benchmark times, in PyTorch: the U-Net of Karras et al. (DDPM++ layout), its training step and
its sampler, written as one would.

Run: diffusion_peers.py train|sample|guided|check CASE FOLDER [--seconds S] [--workers N] [--tuned]
Prints training images, or network evaluations, a second, of the processor's work where there is one worker; of
a check, how far the estimates are from those of FOLDER.
"""

import argparse
import copy
import pathlib
import tempfile
import time
import warnings

import torch
from safetensors.torch import load_file
from torch import multiprocessing, nn
from torch.nn import functional

# Of gradients with channels last among several processes; it is timed without as well.
warnings.filterwarnings("ignore", message="Grad strides do not match")

CASES = {
    "portraits": {"side": 32, "condition": 64, "hidden": 128, "attention": [8]},
    "mnist": {"side": 28, "condition": 10, "hidden": None, "attention": [7]},
}
PATCH, WIDTH, MULTIPLIERS, DEVIATION = 2, 32, [1, 2], 0.5
BATCH, CHUNK, LEVELS, HALF_LIFE = 64, 32, 18, 8000


def norm(channels):
    return nn.GroupNorm(min(32, channels // 4), channels, eps=1e-6)


class Block(nn.Module):
    def __init__(self, inputs, outputs, resampling=None, attends=False):
        super().__init__()
        self.resampling = resampling
        self.norm0 = norm(inputs)
        self.conv0 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.affine = nn.Linear(4 * WIDTH, outputs)
        self.norm1 = norm(outputs)
        self.conv1 = nn.Conv2d(outputs, outputs, 3, padding=1)
        projects = inputs != outputs or resampling is not None
        self.skip = nn.Conv2d(inputs, outputs, 1) if projects else None
        self.norm2 = norm(outputs) if attends else None
        if attends:
            self.qkv = nn.Conv2d(outputs, 3 * outputs, 1)
            self.proj = nn.Conv2d(outputs, outputs, 1)

    def resampled(self, x):
        if self.resampling == "down":
            return functional.avg_pool2d(x, 2)
        if self.resampling == "up":
            return functional.interpolate(x, scale_factor=2, mode="nearest")
        return x

    def forward(self, x, embedding):
        y = self.conv0(self.resampled(functional.silu(self.norm0(x))))
        y = y + self.affine(embedding)[:, :, None, None]
        y = self.conv1(functional.silu(self.norm1(y)))
        x = self.resampled(x)
        x = (y + (x if self.skip is None else self.skip(x))) * 0.5**0.5
        if self.norm2 is not None:
            n, c, h, w = x.shape
            q, k, v = self.qkv(self.norm2(x)).reshape(n, c, 3, h * w).transpose(1, 3).unbind(2)
            mixed = functional.scaled_dot_product_attention(q, k, v)
            x = (self.proj(mixed.transpose(1, 2).reshape(x.shape)) + x) * 0.5**0.5
        return x


class UNet(nn.Module):
    def __init__(self, case):
        super().__init__()
        side, width, condition = case["side"] // PATCH, WIDTH, case["condition"]
        if case["hidden"]:
            self.map_label = nn.Sequential(
                nn.Linear(condition, case["hidden"]), nn.SiLU(), nn.Linear(case["hidden"], WIDTH))
        else:
            self.map_label = nn.Linear(condition, WIDTH)
        self.map_layer0 = nn.Linear(WIDTH, 4 * WIDTH)
        self.map_layer1 = nn.Linear(4 * WIDTH, 4 * WIDTH)
        self.enc, self.dec = nn.ModuleDict(), nn.ModuleDict()
        self.enc[f"{side}x{side}_conv"] = nn.Conv2d(PATCH**2, width, 3, padding=1)
        skips, sides = [width], [side >> level for level in range(len(MULTIPLIERS))]
        for level, (at, multiplier) in enumerate(zip(sides, MULTIPLIERS)):
            if level > 0:
                self.enc[f"{at}x{at}_down"] = Block(width, width, "down")
                skips.append(width)
            self.enc[f"{at}x{at}_block0"] = Block(
                width, multiplier * WIDTH, attends=at in case["attention"])
            width = multiplier * WIDTH
            skips.append(width)
        for level, (at, multiplier) in reversed(list(enumerate(zip(sides, MULTIPLIERS)))):
            if level == len(MULTIPLIERS) - 1:
                self.dec[f"{at}x{at}_in0"] = Block(width, width, attends=True)
                self.dec[f"{at}x{at}_in1"] = Block(width, width)
            else:
                self.dec[f"{at}x{at}_up"] = Block(width, width, "up")
            for index in range(2):
                attends = at in case["attention"] and index == 1
                self.dec[f"{at}x{at}_block{index}"] = Block(
                    width + skips.pop(), multiplier * WIDTH, attends=attends)
                width = multiplier * WIDTH
        self.dec[f"{side}x{side}_aux_norm"] = norm(width)
        self.dec[f"{side}x{side}_aux_conv"] = nn.Conv2d(width, PATCH**2, 3, padding=1)
        frequencies = 1e-4 ** (torch.arange(WIDTH // 2) / (WIDTH // 2 - 1))
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, x, noise, condition):
        angles = noise[:, None] * self.frequencies
        embedding = torch.cat([angles.sin(), angles.cos()], 1)
        embedding = embedding + self.map_label(condition * condition.shape[1] ** 0.5)
        embedding = functional.silu(self.map_layer0(embedding))
        embedding = functional.silu(self.map_layer1(embedding))
        x, skips = functional.pixel_unshuffle(x, PATCH), []
        for layer in self.enc.values():
            x = layer(x, embedding) if isinstance(layer, Block) else layer(x)
            skips.append(x)
        for name, layer in self.dec.items():
            if isinstance(layer, Block):
                x = layer(torch.cat([x, skips.pop()], 1) if "block" in name else x, embedding)
            else:
                x = layer(functional.silu(x) if "conv" in name else x)
        return functional.pixel_shuffle(x, PATCH)


class Denoiser(nn.Module):
    """The preconditioned network, a function of noisy images and their level."""

    def __init__(self, case):
        super().__init__()
        self.model = UNet(case)

    def forward(self, x, level, condition):
        level = level[:, None, None, None]
        variance = DEVIATION**2
        scaled = (x / (level**2 + variance).sqrt()).float()
        answer = self.model(scaled, (level.log() / 4).flatten().float(), condition).to(x.dtype)
        skip = variance / (level**2 + variance)
        return skip * x + level * DEVIATION / (level**2 + variance).sqrt() * answer


def network(arguments):
    """The network with the weights that diffusion-benchmark drew."""
    model = Denoiser(CASES[arguments.case])
    model.load_state_dict(load_file(arguments.folder / "weights.safetensors"))
    return model.to(memory_format=torch.channels_last) if arguments.tuned else model


class Training:
    """Steps of Adam with an average of the weights, on batches of some images."""

    def __init__(self, model, denoise, arguments, batch=BATCH):
        case = CASES[arguments.case]
        self.model, self.denoise, self.batch = model, denoise, batch
        self.average = copy.deepcopy(model)
        self.optimiser = torch.optim.Adam(
            model.parameters(), lr=1e-3, fused=True if arguments.tuned else None)
        shape = (10_000, 1, case["side"], case["side"])
        self.images = torch.randint(0, 256, shape, dtype=torch.uint8)
        vectors = torch.randn(10_000, case["condition"])
        self.conditions = (
            functional.normalize(vectors) if case["hidden"]
            else functional.one_hot(vectors.argmax(1), case["condition"]).float())

    def loss(self, chosen):
        clean = self.images[chosen].float() / 127.5 - 1
        level = (torch.randn(len(chosen)) * 1.2 - 1.2).exp()
        noisy = clean + torch.randn_like(clean) * level[:, None, None, None]
        kept = (torch.rand(len(chosen), 1) >= 0.1).float()
        estimate = self.denoise(noisy, level, self.conditions[chosen] * kept)
        weight = (level**2 + DEVIATION**2) / (level * DEVIATION) ** 2
        return (weight[:, None, None, None] * (estimate - clean) ** 2).mean()

    def step(self):
        self.optimiser.zero_grad()
        loss = self.loss(torch.randint(0, 10_000, (self.batch,)))
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            for average, weight in zip(self.average.parameters(), self.model.parameters()):
                average.lerp_(weight, 1 - 0.5 ** (BATCH / HALF_LIFE))
        if not torch.isfinite(loss):
            raise ArithmeticError("the loss is not finite")
        return self.batch


def sampled(model, case, guided):
    """A chunk of images by Heun's method in float64; returns how many images were denoised."""
    steps = torch.arange(LEVELS, dtype=torch.float64) / (LEVELS - 1)
    levels = (80 ** (1 / 7) + steps * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7
    levels = [*levels.tolist(), 0.0]
    condition = functional.normalize(torch.randn(CHUNK, case["condition"]))
    if guided:
        condition = torch.cat([condition, torch.zeros_like(condition)])

    def denoised(x, level):
        both = torch.cat([x, x]) if guided else x
        estimate = model(both, torch.full([len(both)], level, dtype=torch.float64), condition)
        if not guided:
            return estimate
        told, free = estimate.chunk(2)
        return 2 * told - free

    x = torch.randn(CHUNK, 1, case["side"], case["side"], dtype=torch.float64) * levels[0]
    with torch.no_grad():
        for level, lower in zip(levels, levels[1:]):
            slope = (x - denoised(x, level)) / level
            reached = x + (lower - level) * slope
            if lower > 0:
                slope = (slope + (reached - denoised(reached, lower)) / lower) / 2
                reached = x + (lower - level) * slope
            x = reached
    return (2 * LEVELS - 1) * len(condition)


def rate(seconds, body, now=time.perf_counter):
    """What body counts, a second, after a first time that does not count."""
    body()
    start, count = now(), 0
    while now() - start < seconds:
        count += body()
    return count / (now() - start)


def shard(rank, arguments, store):
    """Training in processes of one thread, each with a part of every batch; gradients are averaged."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{store}", rank=rank, world_size=arguments.workers)
    model = network(arguments)
    torch.manual_seed(rank)
    replica = nn.parallel.DistributedDataParallel(model)
    training = Training(model, replica, arguments, BATCH // arguments.workers)

    def steps():
        for _ in range(10):
            training.step()
        return 10 * BATCH

    steps()
    torch.distributed.barrier()
    start, rounds = time.perf_counter(), max(1, int(arguments.seconds))
    count = sum(steps() for _ in range(rounds))
    torch.distributed.barrier()
    if rank == 0:
        print(count / (time.perf_counter() - start))
    torch.distributed.destroy_process_group()


def chunks(rank, arguments, rates):
    """Sampling in processes of one thread; rates add up."""
    torch.set_num_threads(1)
    model, case = network(arguments), CASES[arguments.case]
    model.eval()
    now = time.process_time if arguments.workers == 1 else time.perf_counter
    guided = arguments.work == "guided"
    rates[rank] = rate(arguments.seconds, lambda: sampled(model, case, guided), now)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["train", "sample", "guided", "check"])
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--tuned", action="store_true", help="fused Adam and channels last")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if arguments.work == "check":
        known = load_file(arguments.folder / "estimates.safetensors")
        with torch.no_grad():
            estimate = network(arguments)(known["noisy"], known["level"], known["condition"])
        print((estimate - known["estimate"]).abs().max().item())
    elif arguments.work == "train" and arguments.workers == 1:
        model = network(arguments)
        training = Training(model, model, arguments)
        print(rate(arguments.seconds, training.step, time.process_time))
    elif arguments.work == "train":
        with tempfile.TemporaryDirectory() as folder:
            multiprocessing.spawn(shard, (arguments, f"{folder}/store"), arguments.workers)
    else:
        rates = torch.zeros(arguments.workers).share_memory_()
        multiprocessing.spawn(chunks, (arguments, rates), arguments.workers)
        print(rates.sum().item())


if __name__ == "__main__":
    main()
