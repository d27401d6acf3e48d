"""Compares what several processes make of a job with what one makes of it, under torchrun.

    make conformance-processes DATA=data/mnist

Training by LeNet must come to the same weights to 1e-5, an audit to the same report, and a job that loses a process
must end within 30 seconds and say which one. What rounding grows to elsewhere is told, not judged. Where the machine
lets whoever asks make network namespaces, two processes train across two of them, until the link between them is cut.
Exits with 0 when all of that holds that could be measured, with 1 when something does not.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import numpy
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
LENET = ROOT / "Recipes" / "foundation" / "mnist-lenet.yaml"
PLAIN = ["training.optimiser.rule=sgd", "training.learningRate.peak=0.01", "training.learningRate.shape=constant"]
PORTRAITS = """
recipe: train
data: { source: portraits, portraits: { privateIdentities: 20, publicIdentities: 20, size: 32, train: 20, test: 5 } }
model: { name: small-vgg, options: { width: 8 } }
training: { steps: 100, batchSize: 40, optimiser: { rule: sgd }, learningRate: { peak: 0.005 } }
threads: 1
"""


class Jobs:
    """Runs the command in so many processes."""

    def __init__(self, program: pathlib.Path, out: pathlib.Path):
        self.program, self.out = program, out

    def run(self, count: int, *words: object, variables: dict = {}) -> None:
        subprocess.run(
            self.command(count, *words), check=True, env=self.environment | variables, stdout=subprocess.DEVNULL)

    def command(self, count: int, *words: object) -> list:
        command = [str(self.program), *map(str, words)]
        if count == 1:
            return command
        launcher = [sys.executable, "-m", "torch.distributed.run", "--no-python", "--standalone"]
        return launcher + ["--nproc-per-node", str(count)] + command

    @property
    def environment(self) -> dict:
        places = {"TOUCHSTONE_STORE": str(self.out / "store.sqlite"), "TOUCHSTONE_CACHE": str(self.out / "cache")}
        return os.environ | places | {"OMP_NUM_THREADS": "1"}

    def train(self, name: str, count: int, recipe: pathlib.Path, *words: object, steps: int, **more) -> dict:
        folder = self.out / name / str(count)
        if not (folder / "model.safetensors").exists():
            changes = ["--set", f"training.steps={steps}", "--out", folder, "--quiet"]
            self.run(count, "train", recipe, *words, *changes, **more)
        return load_file(folder / "model.safetensors")

    def apart(self, folder: pathlib.Path, *words: object, address: str, prefixes: list) -> list:
        """Starts processes that find one another by plain variables, each by a command of its own before it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        meeting = {"WORLD_SIZE": str(len(prefixes)), "MASTER_ADDR": address, "MASTER_PORT": str(port)}
        command = [str(self.program), *map(str, words), "--quiet", "--out"]
        # No process sees another's folder, as on two machines.
        return [
            subprocess.Popen(
                prefix + command + [str(folder / str(rank))], env=self.environment | meeting | {"RANK": str(rank)},
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for rank, prefix in enumerate(prefixes)
        ]


class Namespaces:
    """Two network namespaces with a link between them, as long as the context lasts."""

    names = ["touchstone-a", "touchstone-b"]
    addresses = ["10.77.0.1", "10.77.0.2"]
    prefixes = [["ip", "netns", "exec", name] for name in names]

    def __enter__(self):
        try:
            for name in self.names:
                self.ip("netns", "add", name)
            first, second = self.names
            self.ip("link", "add", "end0", "netns", first, "type", "veth", "peer", "name", "end1", "netns", second)
            for end, (name, address) in enumerate(zip(self.names, self.addresses)):
                self.ip("-n", name, "addr", "add", f"{address}/24", "dev", f"end{end}")
                for device in ("lo", f"end{end}"):
                    self.ip("-n", name, "link", "set", device, "up")
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def cut(self) -> None:
        self.ip("-n", self.names[0], "link", "set", "end0", "down")

    def remove(self) -> None:
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)

    @staticmethod
    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def distance(left: dict, right: dict) -> float:
    """The largest difference of any weight; one that is missing or no number is infinitely far."""
    if left.keys() != right.keys():
        return numpy.inf
    worst = max(numpy.abs(left[name].astype(float) - right[name]).max() for name in left)
    return numpy.inf if numpy.isnan(worst) else worst


def settings(*changes: str) -> list:
    return [word for change in changes for word in ("--set", change)]


def training(jobs: Jobs, data: pathlib.Path) -> bool:
    holds = True
    lenet = ["--data", data, *settings("threads=1")]
    for name, changes in {"sgd": PLAIN, "adam": []}.items():
        words = lenet + settings(*changes)
        alone = jobs.train(name, 1, LENET, *words, steps=100)
        for count in (2, 4):
            found = distance(alone, jobs.train(name, count, LENET, *words, steps=100))
            if name == "sgd":
                holds &= found <= 1e-5
            judged = "  asked for: at most 1e-5" if name == "sgd" else ""
            print(f"LeNet, {name}, 100 steps, {count} processes: largest difference of a weight {found:.1e}{judged}")
    shards = jobs.train("shards", 1, LENET, *lenet, *settings("training.shards=2"), steps=100)
    found = distance(jobs.train("adam", 1, LENET, *lenet, steps=100), shards)
    print(f"LeNet, adam, 100 steps, one process, the batch in two parts: {found:.1e}")
    recipe = jobs.out / "portraits.yaml"
    recipe.write_text(PORTRAITS)
    for steps in (2, 100):
        alone = jobs.train(f"vgg-{steps}", 1, recipe, steps=steps)
        for count in (2, 4):
            found = distance(alone, jobs.train(f"vgg-{steps}", count, recipe, steps=steps))
            print(f"small-vgg, sgd, {steps} steps, {count} processes: {found:.1e}")
    threads = jobs.train(
        "vgg-threads", 1, recipe, *settings("threads=3"), steps=100, variables={"OMP_NUM_THREADS": "3"})
    found = distance(jobs.train("vgg-100", 1, recipe, steps=100), threads)
    print(f"small-vgg, sgd, 100 steps, one process with 3 threads: {found:.1e}")
    return holds


def audit(jobs: Jobs) -> bool:
    reports = []
    for count in (1, 3):
        folder = jobs.out / "audit" / str(count)
        jobs.run(count, "audit", "--profile", "quick", "--out", folder, "--quiet")
        reports.append(without_clocks(json.loads((folder / "report.json").read_text())))
    same = reports[0] == reports[1]
    print(f"audit, 3 processes: the report is {'the same' if same else 'ANOTHER'} but for its clocks")
    return same


def without_clocks(value):
    if isinstance(value, dict):
        return {key: without_clocks(part) for key, part in value.items() if key not in ("seconds", "started")}
    return [without_clocks(part) for part in value] if isinstance(value, list) else value


def saving(data: pathlib.Path) -> list:
    """A training that leaves checkpoints."""
    return ["train", LENET, "--data", data, *settings("threads=1", "training.checkpointEvery=20")]


def checkpoint(processes: list, folder: pathlib.Path) -> None:
    while not list(folder.glob("checkpoint-*.safetensors")):
        if any(process.poll() is not None for process in processes):
            sys.exit("a process ended before there was a checkpoint")
        time.sleep(0.1)


def ended(rank: int, process: subprocess.Popen, gone: int, begun: float, what: str) -> bool:
    said = process.communicate(timeout=60)[1]
    seconds = time.monotonic() - begun
    print(f"{what}: rank {rank} ended after {seconds:.1f} s: {said.strip().splitlines()[0]}")
    return f"rank {gone} (" in said and seconds <= 30 and process.returncode != 0


def loss(jobs: Jobs, data: pathlib.Path, gone: int) -> bool:
    folder = jobs.out / f"lost-{gone}"
    words = saving(data)
    processes = jobs.apart(folder, *words, address="127.0.0.1", prefixes=[[]] * 3)
    checkpoint(processes, folder / "0")
    processes[gone].send_signal(signal.SIGKILL)
    begun = time.monotonic()
    what = f"rank {gone} of 3 killed"
    return all([ended(rank, processes[rank], gone, begun, what) for rank in range(3) if rank != gone])


def loss_under_torchrun(jobs: Jobs, data: pathlib.Path, gone: int, count: int) -> bool:
    folder = jobs.out / "lost-torchrun"
    words = saving(data)
    launcher = subprocess.Popen(
        jobs.command(count, *words, "--quiet", "--out", folder), env=jobs.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    checkpoint([launcher], folder)
    os.kill(child(launcher.pid, f"RANK={gone}"), signal.SIGKILL)
    begun = time.monotonic()
    said = launcher.communicate(timeout=120)[1]
    seconds = time.monotonic() - begun
    told = said.count(f"rank {gone} (")
    print(f"rank {gone} of {count} killed under torchrun: all ended after {seconds:.1f} s, {told} named it")
    return told == count - 1 and seconds <= 30 and launcher.returncode != 0


def child(parent: int, variable: str) -> int:
    """The process below another that was given a variable."""
    for identifier in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if variable.encode() in pathlib.Path(f"/proc/{identifier}/environ").read_bytes().split(b"\0"):
            return int(identifier)
    sys.exit(f"process {parent} has no child with {variable}")


def namespaces(jobs: Jobs, data: pathlib.Path) -> bool | None:
    """`None` where they cannot be made."""
    with contextlib.ExitStack() as stack:
        try:
            two = stack.enter_context(Namespaces())
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            why = getattr(error, "stderr", None) or error
            print(f"two network namespaces: NOT MEASURED, they cannot be made here: {why}")
            return None
        words = ["--data", data, *settings("threads=1", *PLAIN)]
        where = {"address": two.addresses[0], "prefixes": two.prefixes}
        folder = jobs.out / "namespaces"
        for process in jobs.apart(folder, "train", LENET, *words, *settings("training.steps=100"), **where):
            if process.wait(timeout=300) != 0:
                sys.exit(process.stderr.read())
        alone = jobs.train("sgd", 1, LENET, *words, steps=100)
        found = distance(alone, load_file(folder / "0" / "model.safetensors"))
        print(f"LeNet, sgd, 100 steps, two network namespaces: {found:.1e}  asked for: at most 1e-5")
        folder = jobs.out / "cut"
        processes = jobs.apart(folder, *saving(data), **where)
        checkpoint(processes, folder / "0")
        two.cut()
        begun = time.monotonic()
        what = "the link between two network namespaces cut"
        return all([ended(rank, processes[rank], 1 - rank, begun, what) for rank in range(2)]) and found <= 1e-5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the four IDX files of MNIST")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build" / "release" / "touchstone")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    if out.exists() and any(out.iterdir()):
        parser.error(f"{out} has files in it, which could pass for this run's")
    out.mkdir(parents=True, exist_ok=True)
    jobs = Jobs(arguments.program.resolve(), out)
    data = arguments.data.resolve()
    results = [
        training(jobs, data), audit(jobs), loss(jobs, data, 2), loss(jobs, data, 0),
        loss_under_torchrun(jobs, data, 2, 4), namespaces(jobs, data),
    ]
    measured = [result for result in results if result is not None]
    what = "all hold" if len(measured) == len(results) else "all that was measured holds"
    print(what if all(measured) else "NOT ALL HOLD")
    return 0 if all(measured) else 1


if __name__ == "__main__":
    raise SystemExit(main())
