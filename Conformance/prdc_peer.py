"""PRDC by the package `prdc`, and by the other formula, for inversion.py."""

import contextlib
import io

import numpy

NEIGHBOURS = (1, 3, 5)
SHAPES = {"alike": (60, 60, 8, 0.0, 1.0), "apart": (27, 50, 2, 0.7, 0.8), "narrow": (80, 33, 16, 0.2, 0.3)}


def inputs() -> dict[str, numpy.ndarray]:
    """Sets of other sizes, widths, places and spreads."""
    generator = numpy.random.default_rng(1)
    found = {}
    for name, (real, made, width, shift, scale) in SHAPES.items():
        found[f"prdc.{name}.real"] = generator.normal(size=(real, width))
        found[f"prdc.{name}.made"] = shift + scale * generator.normal(size=(made, width))
        found[f"prdc.{name}.neighbours"] = numpy.array(NEIGHBOURS)
    return found


def nearest_ball(real: numpy.ndarray, made: numpy.ndarray, neighbours: int) -> list[float]:
    """The formula of PPA's family: only the ball of the nearest neighbour counts, and the density is divided by
    the number of real ones."""

    def distances(a, b):
        return numpy.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))

    def reach(a):
        return numpy.sort(distances(a, a), axis=1)[:, neighbours]

    between = distances(real, made)
    in_real = between.min(0) < reach(real)[between.argmin(0)]
    in_made = between.min(1) < reach(made)[between.argmin(1)]
    density = (between < reach(real)[:, None]).sum() / (neighbours * len(real))
    return [in_real.mean(), in_made.mean(), density, (between.min(1) < reach(real)).mean()]


def expected(given: dict[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    from prdc import compute_prdc

    results = {}
    for name in SHAPES:
        real, made = given[f"prdc.{name}.real"], given[f"prdc.{name}.made"]
        rows = []
        for neighbours in NEIGHBOURS:
            with contextlib.redirect_stdout(io.StringIO()):
                found = compute_prdc(real, made, neighbours)
            rows.append([found[key] for key in ("precision", "recall", "density", "coverage")])
        results[f"prdc.{name}.reference"] = numpy.array(rows)
        results[f"prdc.{name}.nearest-ball"] = numpy.array(
            [nearest_ball(real, made, neighbours) for neighbours in NEIGHBOURS])
    return results
