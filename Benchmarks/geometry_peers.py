"""The regularisation path of geometry-benchmark, followed by scikit-learn.

Run: geometry_peers.py svc|lbfgs DATA I J PER_CLASS GAP; DATA is a folder of MNIST's IDX files. Prints one line a
level: lambda, seconds, objective, relative duality gap; the level's tolerance is the largest of a fixed list at
which the gap is reached, and only the fit with it is timed, which a user could not know beforehand.
"""

import gzip
import pathlib
import sys
import time
import warnings

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

warnings.filterwarnings("ignore")


def read(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def examples(folder, label, count):
    images = next(pathlib.Path(folder).glob("train-images*"))
    labels = next(pathlib.Path(folder).glob("train-labels*"))
    images = numpy.frombuffer(read(images), numpy.uint8, offset=16).reshape(-1, 784)
    labels = numpy.frombuffer(read(labels), numpy.uint8, offset=8)
    return images[labels == label][:count] / 255


kind, folder, first, second, count, wanted = sys.argv[1:7]
parts = [examples(folder, int(label), int(count)) for label in (first, second)]
inputs = numpy.concatenate(parts)
signs = numpy.concatenate([-numpy.ones(len(parts[0])), numpy.ones(len(parts[1]))])
inputs = inputs - inputs.mean(0)
inputs = numpy.ascontiguousarray(inputs[:, inputs.std(0) > 0])
number = len(signs)
wanted = float(wanted)


def balanced(dual):
    """Dual variables with those of the heavier class scaled down, as a free bias demands."""
    sums = [dual[signs < 0].sum(), dual[signs > 0].sum()]
    return numpy.where(signs < 0, min(sums) / sums[0], min(sums) / sums[1]) * dual


def judged(weight, bias, level, dual, losses, conjugate):
    dual = balanced(dual)
    implied = inputs.T @ (signs * dual) / (2 * level)
    objective = losses(signs * (inputs @ weight + bias)).mean() + level * weight @ weight
    return objective, 1 - (conjugate(dual) - level * implied @ implied) / objective


def svc(level, tolerance, _):
    model = SVC(kernel="linear", C=1 / (2 * number * level), tol=tolerance, cache_size=2000)
    begin = time.perf_counter()
    model.fit(inputs, signs)
    seconds = time.perf_counter() - begin
    dual = numpy.zeros(number)
    dual[model.support_] = numpy.abs(model.dual_coef_[0]) * 2 * level
    objective, gap = judged(
        model.coef_[0], model.intercept_[0], level, dual, lambda z: numpy.maximum(0, 1 - z), numpy.sum)
    return seconds, objective, gap, None


def entropy(dual):
    chance = numpy.clip(dual * number, 1e-300, 1 - 1e-16)
    return -(chance * numpy.log(chance) + (1 - chance) * numpy.log1p(-chance)).mean()


def lbfgs(level, tolerance, start):
    model = LogisticRegression(
        solver="lbfgs", C=1 / (2 * number * level), tol=tolerance, max_iter=1_000_000, warm_start=True)
    if start is not None:
        model.coef_, model.intercept_ = (part.copy() for part in start)
        model.classes_ = numpy.array([-1.0, 1.0])
    begin = time.perf_counter()
    model.fit(inputs, signs)
    seconds = time.perf_counter() - begin
    weight, bias = model.coef_[0], model.intercept_[0]
    dual = 1 / (1 + numpy.exp(signs * (inputs @ weight + bias))) / number
    objective, gap = judged(weight, bias, level, dual, lambda z: numpy.logaddexp(0, -z), entropy)
    return seconds, objective, gap, (model.coef_, model.intercept_)


fit = {"svc": svc, "lbfgs": lbfgs}[kind]
tolerances = [10 ** (-2 - step / 2) for step in range(20)]
place, state = 0, None
for step in range(81):
    level = 10 ** (2 - 0.1 * step)
    while True:
        seconds, objective, gap, next_state = fit(level, tolerances[place], state)
        if gap <= wanted or place == len(tolerances) - 1:
            break
        place += 1
    state = next_state
    print(f"{level!r} {seconds!r} {float(objective)!r} {float(gap)!r}", flush=True)
