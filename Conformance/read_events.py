#!/usr/bin/env python3
"""Prints what TensorBoard's own package reads from event files: every tag, its points, its last value.

    python3 Conformance/read_events.py FOLDER

Needs tensorboard. Every folder below FOLDER that holds event files is a run. Exits with 1 when there
is none, or when one of its files is cut short or broken.
"""

import argparse
import pathlib
import struct
import sys

from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.plugins.hparams import metadata, plugin_data_pb2
from tensorboard.util import tensor_util


def intact(path: pathlib.Path) -> bool:
    """Whether the file ends with a whole record; TensorBoard reads as far as records are whole."""
    data, place = path.read_bytes(), 0
    while place < len(data):
        if place + 12 > len(data):
            return False
        place += 16 + struct.unpack_from("<Q", data, place)[0]
    return place == len(data)


def last(plugin: str, value) -> str:
    array = tensor_util.make_ndarray(value.tensor_proto)
    if plugin == "text":
        words = array.reshape(-1)[0].decode().split()
        return " ".join(words)[:60]
    return f"{float(array):.9g}"


def settings(content: bytes) -> str:
    data = plugin_data_pb2.HParamsPluginData.FromString(content)
    if data.HasField("experiment"):
        names = [info.name.tag for info in data.experiment.metric_infos]
        return "metrics " + ", ".join(names)
    values = data.session_start_info.hparams
    return ", ".join(
        f"{name}={getattr(values[name], values[name].WhichOneof('kind'))}" for name in sorted(values)
    )


def show(run: pathlib.Path) -> None:
    # No thinning: what is printed is what is there.
    reader = plugin_event_accumulator.EventAccumulator(
        str(run), size_guidance={plugin_event_accumulator.TENSORS: 0}
    )
    reader.Reload()
    for tag in sorted(reader.Tags()["tensors"]):
        plugin = reader.SummaryMetadata(tag).plugin_data
        points = reader.Tensors(tag)
        if plugin.plugin_name == metadata.PLUGIN_NAME:
            print(f"  {tag}: {settings(plugin.content)}")
        elif not points:
            print(f"  {tag}: no points")
        else:
            value = last(plugin.plugin_name, points[-1])
            print(f"  {tag}: {len(points)} points, step {points[-1].step}: {value}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="folder with event files in or below it")
    folder = parser.parse_args().folder
    files = sorted(folder.rglob("*tfevents*"))
    if not files:
        print(f"no event files in {folder}")
        return 1
    for run in sorted({file.parent for file in files}):
        print(run)
        show(run)
    broken = [file for file in files if not intact(file)]
    for file in broken:
        print(f"{file}: the last record is cut short; what is before it was read")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
