"""Virtual adversarial training, sharpness-aware minimisation, TRADES and MART beside PyTorch.

    swift build -c release --package-path Benchmarks --product smoothness-conformance
    .peers/bin/python Conformance/smoothness.py

Writes inputs, weights and cases to a folder, has Touchstone's own terms and trainer run them in
float32 and in float64, and computes the same in PyTorch from the formulas of the papers, with the
same weights, batches, random directions, dropout masks and adversarial inputs. Prints the largest
differences and exits with 0 when all are within their tolerance, with 1 when one is not, with 2 when
the comparison could not be made.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys

import safetensors.torch
import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "Benchmarks" / ".build" / "release" / "smoothness-conformance"
EXAMPLES, FEATURES, HIDDEN, CLASSES = 256, 20, 32, 5
DTYPES = {"float32": torch.float32, "float64": torch.float64}
# The length of the difference over the length of what PyTorch says.
TOLERANCES = {
    "virtual adversarial": {"float32": 1e-5, "float64": 1e-10},
    "sharpness-aware": {"float32": 1e-6, "float64": 1e-12},
    "adversarial": {"float32": 1e-6, "float64": 1e-12},
}
RATE, MOMENTUM, DECAY = 0.05, 0.9, 1e-3

Weights = dict[str, torch.Tensor]


# What both sides run.


def cases() -> list[dict]:
    """All cases, as the Swift program reads them; "kind" is for this side only."""
    return virtual_adversarial_cases() + sharpness_aware_cases() + adversarial_cases()


def virtual_adversarial_cases() -> list[dict]:
    def case(network: str, iterations: int, **options: object) -> dict:
        said = [f"{key} {value}" for key, value in options.items() if key != "probe"]
        if options.get("probe") == "exact":
            said.insert(0, "exact")
        return {
            "kind": "virtual adversarial",
            "name": ", ".join([network, *said, f"K {iterations}"]),
            "network": network,
            "objective": [
                {
                    "term": "virtual-adversarial",
                    "options": {"radius": 1, "powerIterations": iterations, **options},
                }
            ],
            "steps": 1,
            "batchSize": 64,
        }

    found = [case("tanh", 0, probe="exact")]
    # A step of 10 is that of published code; it saturates smooth units, whose gradients are then
    # rounding.
    for network, step in {"relu": 10.0, "tanh": 1.0, "batch-norm": 1.0, "dropout": 1.0}.items():
        for iterations in [1, 2, 3]:
            found.append(case(network, iterations, probe="exact"))
            found.append(case(network, iterations, step=step))
    found.append(case("tanh", 1, step=0.01))
    found.append(case("tanh", 1, probe="exact", divergence="reverse-kl"))
    found.append(case("tanh", 1, probe="exact", detachesTarget=False))
    return found


def sharpness_aware_cases() -> list[dict]:
    def case(name: str, rule: dict | None, penalty: float = 0) -> dict:
        objective: list[dict] = [{"term": "cross-entropy"}]
        if penalty:
            objective.append({"term": "weight-penalty", "weight": penalty})
        found = {
            "kind": "sharpness-aware",
            "name": f"{name}, 50 steps",
            # Rectified units would make rounding a matter of luck: over 50 steps some unit of some
            # example comes within 1e-7 of its kink, and one side or the other is taken.
            "network": "tanh",
            "objective": objective,
            "steps": 50,
            "batchSize": 32,
        }
        return found | ({"sharpness": rule} if rule else {})

    return [
        case("SGD", None),
        case("SAM", {"radius": 0.05}),
        case("SAM, radius 0.5", {"radius": 0.5}),
        case("SAM, penalty in the loss", {"radius": 0.05}, penalty=1e-2),
        case("ASAM", {"radius": 0.5, "adaptive": True, "offset": 0.01}),
        case("ASAM, offset 0", {"radius": 2, "adaptive": True, "offset": 0}),
    ]


def adversarial_cases() -> list[dict]:
    return [
        {
            "kind": "adversarial",
            "name": f"{term}, {network}",
            "network": network,
            "objective": [{"term": term, "options": {"norm": "linf", "radius": 0.1}}],
            "steps": 1,
            "batchSize": 64,
        }
        for term in ["trades", "mart"]
        for network in ["tanh", "relu", "batch-norm"]
    ]


def networks() -> dict[str, Weights]:
    """Weights by network, under the names that a chain of layers gives them."""
    places = {"tanh": (0, 2), "relu": (0, 2), "batch-norm": (0, 3), "dropout": (0, 3)}
    norms = {"batch-norm": ((1, HIDDEN), (4, CLASSES))}
    found = {}
    for name, (first, last) in places.items():
        weights = {}
        for place, (rows, columns) in [(first, (HIDDEN, FEATURES)), (last, (CLASSES, HIDDEN))]:
            weights[f"{place}.weight"] = 2 * torch.randn(rows, columns) / math.sqrt(columns)
            weights[f"{place}.bias"] = 0.1 * torch.randn(rows)
        for place, width in norms.get(name, ()):
            weights[f"{place}.weight"] = 1 + 0.2 * torch.randn(width)
            weights[f"{place}.bias"] = 0.1 * torch.randn(width)
        found[name] = weights
    return found


# The formulas.


def logits(network: str, weights: Weights, x: torch.Tensor, mask: torch.Tensor | None = None):
    """A training pass: batch statistics, and the mask of the dropout layer where there is one."""
    last = 2 if network in ["tanh", "relu"] else 3
    hidden = F.linear(x, weights["0.weight"], weights["0.bias"])
    if network == "batch-norm":
        hidden = normalised(hidden, weights, 1)
    hidden = F.relu(hidden) if network == "relu" else torch.tanh(hidden)
    if network == "dropout":
        hidden = hidden * mask
    result = F.linear(hidden, weights[f"{last}.weight"], weights[f"{last}.bias"])
    return normalised(result, weights, 4) if network == "batch-norm" else result


def normalised(x: torch.Tensor, weights: Weights, place: int) -> torch.Tensor:
    scale, offset = weights[f"{place}.weight"], weights[f"{place}.bias"]
    return F.batch_norm(x, None, None, scale, offset, training=True)


def divergence(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """KL(softmax first || softmax second) of every example."""
    log_p, log_q = F.log_softmax(first, 1), F.log_softmax(second, 1)
    return F.kl_div(log_q, log_p, reduction="none", log_target=True).sum(1)


def unit(d: torch.Tensor) -> torch.Tensor:
    return d / d.flatten(1).norm(dim=1, keepdim=True)


def virtual_adversarial(case: dict, weights: Weights, x: torch.Tensor, drawn: dict) -> dict:
    """Miyato et al., TPAMI 2019: the perturbation, and the divergence there with its gradients."""
    options = case["objective"][0]["options"]

    def model(inputs: torch.Tensor) -> torch.Tensor:
        return logits(case["network"], weights, inputs, drawn["mask"])

    clean = model(x)
    fixed = clean.detach()
    reverse = options.get("divergence") == "reverse-kl"

    def distance(target: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
        return divergence(moved, target) if reverse else divergence(target, moved)

    d = unit(drawn["direction"])
    for _ in range(options["powerIterations"]):
        if options.get("probe") == "exact":
            r = torch.zeros_like(x, requires_grad=True)
            (first,) = torch.autograd.grad(distance(fixed, model(x + r)).sum(), r, create_graph=True)
            (product,) = torch.autograd.grad((first * d).sum(), r)
        else:
            xi = options["step"] * x.square().mean(1, keepdim=True).sqrt()
            r = (xi * d).requires_grad_()
            (product,) = torch.autograd.grad(distance(fixed, model(x + r)).sum(), r)
        d = unit(product)
    r = options["radius"] * d
    target = fixed if options.get("detachesTarget", True) else clean
    value = distance(target, model(x + r)).mean()
    return {"perturbation": r, "value": value.detach()} | gradients(value, weights)


def adversarial(case: dict, weights: Weights, x: torch.Tensor, y: torch.Tensor, drawn: dict) -> dict:
    """TRADES (Zhang et al., ICML 2019, equation 5) and MART (Wang et al., ICLR 2020, equation 11)."""
    clean = logits(case["network"], weights, x)
    moved = logits(case["network"], weights, drawn["perturbed"])
    if case["objective"][0]["term"] == "trades":
        value = divergence(clean, moved).mean()
    else:
        p = F.softmax(moved, 1)
        wrong = p.scatter(1, y[:, None], -1.0).max(1).values
        boosted = F.cross_entropy(moved, y, reduction="none") - torch.log1p(-wrong)
        own = F.softmax(clean, 1).gather(1, y[:, None])[:, 0]
        value = boosted.mean() + 5 * (divergence(clean, moved) * (1 - own)).mean()
    return {"value": value.detach()} | gradients(value, weights)


def gradients(value: torch.Tensor, weights: Weights) -> dict:
    slopes = torch.autograd.grad(value, list(weights.values()))
    return {f"gradient/{name}": slope for name, slope in zip(weights, slopes, strict=True)}


def sharpness_aware(case: dict, weights: Weights, x: torch.Tensor, y: torch.Tensor, drawn: dict):
    """Foret et al., ICLR 2021, equation 2; Kwon et al., ICML 2021, equation 8 for all weights."""
    parameters = {name: weight.clone().requires_grad_() for name, weight in weights.items()}
    optimiser = torch.optim.SGD(
        parameters.values(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY
    )
    penalty = sum(item.get("weight", 0) for item in case["objective"])
    rule = case.get("sharpness")

    def backward(batch: torch.Tensor) -> None:
        optimiser.zero_grad()
        loss = F.cross_entropy(logits(case["network"], parameters, x[batch]), y[batch])
        squares = sum(weight.square().sum() for weight in parameters.values())
        (loss + penalty * squares / 2).backward()

    for batch in drawn["batches"]:
        backward(batch)
        if rule:
            climb(rule, list(parameters.values()), lambda: backward(batch))
        optimiser.step()
    return {f"final/{name}": weight.detach() for name, weight in parameters.items()}


@torch.no_grad()
def climb(rule: dict, parameters: list[torch.Tensor], backward) -> None:
    """Leaves the gradients of the ascended weights at the weights."""
    before = [weight.clone() for weight in parameters]
    if rule.get("adaptive"):
        scales = [weight.abs() + rule["offset"] for weight in parameters]
    else:
        scales = [torch.ones_like(weight) for weight in parameters]
    pairs = list(zip(parameters, scales, strict=True))
    length = torch.cat([(scale * weight.grad).flatten() for weight, scale in pairs]).norm()
    for weight, scale in pairs:
        weight.add_(rule["radius"] * scale**2 * weight.grad / length)
    with torch.enable_grad():
        backward()
    for weight, old in zip(parameters, before, strict=True):
        weight.copy_(old)


# The comparison.


def expected(case: dict, inputs: dict, drawn: dict, dtype: torch.dtype) -> dict:
    """What PyTorch says of a case."""
    prefix = f"{case['network']}/"
    weights = {
        name.removeprefix(prefix): tensor.to(dtype).requires_grad_()
        for name, tensor in inputs.items()
        if name.startswith(prefix)
    }
    x, y = inputs["x"].to(dtype), inputs["y"]
    if case["kind"] == "sharpness-aware":
        fixed = {name: weight.detach() for name, weight in weights.items()}
        return sharpness_aware(case, fixed, x, y, drawn)
    batch = drawn["batches"][0]
    if case["kind"] == "virtual adversarial":
        return virtual_adversarial(case, weights, x[batch], drawn)
    return adversarial(case, weights, x[batch], y[batch], drawn)


def rows(case: dict, inputs: dict, results: dict, dtype: str):
    """One row for each kind of number: the length of the difference over that of the numbers."""
    drawn = {
        name.removeprefix(f"{case['name']}/"): tensor
        for name, tensor in results.items()
        if name.startswith(f"{case['name']}/")
    }
    theirs = expected(case, inputs, drawn, DTYPES[dtype])
    for part in sorted({name.split("/")[0] for name in theirs}):
        names = [name for name in theirs if name.split("/")[0] == part]
        for name in names:
            if drawn[name].dtype != DTYPES[dtype] or drawn[name].shape != theirs[name].shape:
                fail(f"{case['name']}: {name} has another shape or type in {dtype}")
        wanted = torch.cat([theirs[name].flatten() for name in names])
        found = torch.cat([drawn[name].flatten() for name in names])
        difference = float((found - wanted).norm() / wanted.norm())
        tolerance = allowed(case, dtype)
        # A NaN is no agreement, hence the comparison in this direction.
        yield case["name"], part, dtype, difference, tolerance, difference <= tolerance


def allowed(case: dict, dtype: str) -> float:
    """A small step of finite differences leaves few digits of float32, on both sides."""
    tolerance = TOLERANCES[case["kind"]][dtype]
    step = case["objective"][0].get("options", {}).get("step", 1.0)
    return tolerance * max(1, 0.5 / step) if dtype == "float32" else tolerance


def fail(message: str):
    print(f"smoothness: {message}", file=sys.stderr)
    raise SystemExit(2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="out/conformance-smoothness")
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(3)
    torch.set_num_threads(1)
    inputs = {"x": torch.rand(EXAMPLES, FEATURES), "y": torch.arange(EXAMPLES) % CLASSES}
    for network, weights in networks().items():
        inputs |= {f"{network}/{name}": weight for name, weight in weights.items()}
    safetensors.torch.save_file(inputs, arguments.out / "inputs.safetensors")
    (arguments.out / "cases.json").write_text(json.dumps(cases(), indent=2) + "\n")
    try:
        ended = subprocess.run([arguments.program, arguments.out]).returncode
    except OSError as error:
        fail(f"{arguments.program} cannot be run ({error}); build it first")
    if ended != 0:
        fail(f"{arguments.program} ended with {ended}")

    passes = True
    print(f"{'case':42} {'what':13} {'precision':10} {'difference':>11} {'allowed':>8}")
    for dtype in DTYPES:
        results = safetensors.torch.load_file(arguments.out / f"{dtype}.safetensors")
        for case in cases():
            for name, part, precision, difference, tolerance, agrees in rows(
                case, inputs, results, dtype
            ):
                passes &= agrees
                print(
                    f"{name:42} {part:13} {precision:10} {difference:11.2g} {tolerance:8.0e}"
                    f"{'' if agrees else '  FAIL'}"
                )
    print("all agree" if passes else "there are differences")
    return 0 if passes else 1


if __name__ == "__main__":
    raise SystemExit(main())
