"""Golden numbers of GoldenTests: interval bounds and Lipschitz margins of a small network,
computed here with numpy alone, the convolution written out as a matrix.

    python3 golden.py
"""

import numpy as np


def waves(shape, start):
    count = int(np.prod(shape))
    values = np.sin(start + 1.7 * np.arange(count)).astype(np.float32)
    return values.astype(np.float64).reshape(shape)


kernel = waves((2, 1, 3, 3), 1) / 2
bias = waves((2,), 2) / 2
weight = waves((3, 32), 3) / 2
offset = waves((3,), 4) / 2
inputs = (1 + waves((6, 16), 5)) / 2

matrix = np.zeros((32, 16))
for channel in range(2):
    for row in range(4):
        for column in range(4):
            for i in range(3):
                for j in range(3):
                    y, x = row + i - 1, column + j - 1
                    if 0 <= y < 4 and 0 <= x < 4:
                        matrix[channel * 16 + row * 4 + column, y * 4 + x] += kernel[channel, 0, i, j]
shift = np.repeat(bias, 16)


def logits(x):
    return weight @ np.maximum(matrix @ x + shift, 0) + offset


def certified(x, label, radius):
    low, high = np.maximum(x - radius, 0), np.minimum(x + radius, 1)
    center, spread = matrix @ ((low + high) / 2) + shift, np.abs(matrix) @ ((high - low) / 2)
    low, high = np.maximum(center - spread, 0), np.maximum(center + spread, 0)
    for other in range(3):
        if other == label:
            continue
        d = weight[label] - weight[other]
        margin = d @ (low + high) / 2 - np.abs(d) @ (high - low) / 2 + offset[label] - offset[other]
        if margin <= 0:
            return False
    return True


def interval_radius(x, label):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if certified(x, label, middle) else (low, middle)
    return low


constant = np.linalg.norm(matrix, 2)
print("constant", repr(constant))
for x in inputs:
    z = logits(x)
    label = int(np.argmax(z))
    margin = min(
        (z[label] - z[i]) / (constant * np.linalg.norm(weight[label] - weight[i]))
        for i in range(3)
        if i != label
    )
    print(f"({label}, {interval_radius(x, label):.10f}, {margin:.10f}),")
