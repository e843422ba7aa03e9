"""Planning the paper's mixture by recipes/paper.yaml: fifteen data sets of made-up annotation files, of the official sizes.

What is counted must be what was written, and an epoch by the release's weights must come to the groups that the paper tells.
IEIW's own resources count as published; `plan_phrasecut` measures the first one.
"""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.common import Row, here

COUNTS = {
    "mpii": 22_246,
    "coco-keypoints": 149_813,
    "crowdpose": 35_000,
    "aic": 378_352,
    "coco-stuff": 118_287,
    "grefcoco": 78_000,
    "refcoco": 42_404,
    "gopro": 2_103,
    "reds": 24_000,
    "sidd": 320,
    "clwd": 60_000,
    "instructpix2pix": 561_000,
    "gier": 4_500,
    "gqa-inpaint": 131_000,
    "magicbrush": 8_807,
}
"""Triplets that each data set gives the release's loaders; of CrowdPose, gRefCOCO and GIER only thousands are known."""
GROUPS = {
    "key points": (("mpii", "coco-keypoints", "crowdpose", "aic"), 245_000),
    "segmentation": (("coco-stuff", "grefcoco", "refcoco"), 239_000),
    "restoration": (("gopro", "reds", "sidd", "clwd"), 27_400),
    "editing": (("instructpix2pix", "gier", "gqa-inpaint", "magicbrush", "phrasecut", "replacement", "web"), 420_000),
}
"""Samples an epoch. The paper tells 46,000 for restoration, which its own files and weights do not give."""
_UNLABELLED = 0.75  # persons of COCO without a labelled joint, for each with one
_SIZE = {"width": 640, "height": 480}
_BOX = [100.0, 60.0, 120.0, 300.0]


def write_all(root: Path, scale: float) -> dict[str, int]:
    """Write every data set below ``root``; returns how many triplets each should give."""
    counts = {name: max(1, round(count * scale)) for name, count in COUNTS.items()}
    for name, count in counts.items():
        _WRITERS[name](root / name, count)
    return counts


def _dump_list(file: Any, elements: Iterable[object]) -> None:
    """A JSON array, element by element."""
    file.write("[")
    for number, element in enumerate(elements):
        file.write((", " if number else "") + json.dumps(element))
    file.write("]")


def _coco_form(path: Path, layout: str, count: int, *, unlabelled: float = 0.0, each: int = 2) -> None:
    """A file in COCO's form with ``count`` persons that have joints, ``each`` in a picture."""
    from ieiw.builders.instructions.joints import LAYOUTS

    joints = [value for at in range(len(LAYOUTS[layout])) for value in (110.0 + 5 * at, 80.0 + 12 * at, 2)]
    whole = round(count * (1 + unlabelled))
    persons = (
        {
            "id": n, "image_id": n // each, "category_id": 1, "iscrowd": 0, "bbox": _BOX, "area": 20_000.0,
            "keypoints": joints if n < count else [0] * len(joints), "num_keypoints": len(joints) // 3 if n < count else 0,
        }
        for n in range(whole)
    )  # fmt: skip
    images = ({"id": n, "file_name": f"{n:012}.jpg", "license": 1, **_SIZE} for n in range(whole // each + 1))
    path.parent.mkdir(parents=True)
    with path.open("w") as file:
        file.write('{"categories": ')
        _dump_list(file, [{"id": 1, "name": "person", "keypoints": list(LAYOUTS[layout])}])
        file.write(', "images": ')
        _dump_list(file, images)
        file.write(', "annotations": ')
        _dump_list(file, persons)
        file.write("}")


def _aic(root: Path, count: int) -> None:
    _coco_form(root / "annotations" / "aic_train.json", "aic", count)
    (root / "keypoint_train_images_20170902").mkdir()


def _mpii(root: Path, count: int) -> None:
    places = [[110.0 + 5 * at, 80.0 + 12 * at] for at in range(16)]
    persons = (
        {"image": f"{n // 2:09}.jpg", "center": [160.0, 210.0], "scale": 1.5, "joints": places, "joints_vis": [1] * 16}
        for n in range(count)
    )
    (root / "annot").mkdir(parents=True)
    with (root / "annot" / "train.json").open("w") as file:
        _dump_list(file, persons)


def _empty(paths: Iterable[Path]) -> None:
    """Files without content: a plan opens no picture."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _coco_stuff(root: Path, count: int) -> None:
    for n in range(count):
        _empty([root / "images/train2017" / f"{n:012}.jpg", root / "annotations/train2017" / f"{n:012}.png"])
    (root / "labels.txt").write_text("0: unlabeled\n1: person\n2: bicycle\n")


def _refs(root: Path, name: str, count: int, save: Callable[[Path, list[dict[str, Any]]], object]) -> None:
    folder = root / name
    folder.mkdir(parents=True)
    (root / "images" / "mscoco" / "images" / "train2014").mkdir(parents=True)
    refs = [
        {
            "ref_id": n, "ann_id": n, "image_id": n // 3, "category_id": 1, "split": "train", "file_name": f"{n // 3}.jpg",
            "sent_ids": [n], "sentences": [{"sent": "left man", "sent_id": n, "raw": "left man", "tokens": ["left", "man"]}],
        }
        for n in range(count)
    ]  # fmt: skip
    save(folder, refs)
    outline = [[100.0, 60.0, 220.0, 60.0, 220.0, 360.0, 100.0, 360.0]]
    annotations = (
        {"id": n, "image_id": n // 3, "category_id": 1, "segmentation": outline, "bbox": _BOX} for n in range(count)
    )
    with (folder / "instances.json").open("w") as file:
        file.write('{"categories": [{"id": 1, "name": "person"}], "images": ')
        _dump_list(file, ({"id": n, "file_name": f"{n:012}.jpg", **_SIZE} for n in range(count // 3 + 1)))
        file.write(', "annotations": ')
        _dump_list(file, annotations)
        file.write("}")


def _grefcoco(root: Path, count: int) -> None:
    def save(folder: Path, refs: list[dict[str, Any]]) -> None:
        _dumped(folder / "grefs(unc).json", ({**ref, "ann_id": [ref["ann_id"]]} for ref in refs))

    _refs(root, "grefcoco", count, save)


def _dumped(path: Path, elements: Iterable[object]) -> None:
    with path.open("w") as file:
        _dump_list(file, elements)


def _pairs(damaged: str, clean: str, name: Callable[[int], str]) -> Callable[[Path, int], None]:
    """Writes pairs of empty pictures into two folders."""

    def write(root: Path, count: int) -> None:
        for n in range(count):
            _empty([root / damaged / name(n), root / clean / name(n)])

    return write


def _sidd(root: Path, count: int) -> None:
    for n in range(count):
        scene = root / "Data" / f"{n // 2:04}_S6"
        _empty([scene / f"{n:04}_NOISY_SRGB_010.PNG", scene / f"{n:04}_GT_SRGB_010.PNG"])


def _instructpix2pix(root: Path, count: int) -> None:
    """Three seeds a prompt; two thirds of the training pairs are on the list."""
    root.mkdir(parents=True)
    prompts = int(count / 2 / 0.9) + 4
    with (root / "seeds.json").open("w") as file:
        _dump_list(file, ([f"{n:07}", [n, n + 1, n + 2]] for n in range(prompts)))
    kept = (f"{n // 2:07}/{n // 2 + n % 2}" for n in range(count))
    _dumped(root / "filtered-ip2p-thres5.5-0.5.json", kept)


def _gier(root: Path, count: int) -> None:
    root.mkdir(parents=True)
    entries = (
        {"input": f"{n}_in.jpg", "output": f"{n}_out.jpg", "expert_summary": ["make it brighter"], "operator": {}}
        for n in range(count)
    )
    _dumped(root / "GIER.json", entries)


def _gqa(root: Path, count: int) -> None:
    """Two objects a picture."""
    root.mkdir(parents=True)

    def scenes() -> Iterator[tuple[str, object]]:
        for n in range(0, count, 2):
            names = ("dog", "car")[: count - n]
            objects = {f"{n}{at}": {"name": name, "bidirected": True} for at, name in enumerate(names)}
            yield str(n), {"objects": objects, **_SIZE}

    with (root / "train_scenes.json").open("w") as file:
        file.write("{")
        for number, (image, scene) in enumerate(scenes()):
            file.write(f'{", " if number else ""}"{image}": {json.dumps(scene)}')
        file.write("}")


def _magicbrush(root: Path, count: int) -> None:
    """Two turns a session."""
    (root / "train").mkdir(parents=True)
    sessions: dict[str, list[dict[str, str]]] = {}
    for n in range(count):
        turn = n % 2 + 1
        before = f"{n // 2}-input.png" if turn == 1 else f"{n // 2}-output1.png"
        step = {"input": before, "mask": f"{n // 2}-mask{turn}.png", "output": f"{n // 2}-output{turn}.png"}
        sessions.setdefault(str(n // 2), []).append({**step, "instruction": "make the dog a cat"})
    (root / "train" / "edit_sessions.json").write_text(json.dumps(sessions))


_WRITERS: dict[str, Callable[[Path, int], None]] = {
    "mpii": _mpii,
    "coco-keypoints": lambda root, count: _coco_form(
        root / "annotations" / "person_keypoints_train2017.json", "coco", count, unlabelled=_UNLABELLED, each=4
    ),
    "crowdpose": lambda root, count: _coco_form(root / "json" / "crowdpose_train.json", "crowdpose", count, each=4),
    "aic": _aic,
    "coco-stuff": _coco_stuff,
    "grefcoco": _grefcoco,
    "refcoco": lambda root, count: _refs(
        root,
        "refcoco",
        count,
        lambda folder, refs: (folder / "refs(unc).p").write_bytes(pickle.dumps(refs, protocol=2)),
    ),
    "gopro": _pairs("train/input", "train/target", lambda n: f"GOPR{n % 22:04}-{n:06}.png"),
    "reds": _pairs("train/blur", "train/sharp", lambda n: f"{n // 100:03}/{n % 100:08}.png"),
    "sidd": _sidd,
    "clwd": _pairs("train/Watermarked_image", "train/Watermark_free_image", lambda n: f"{n}.jpg"),
    "instructpix2pix": _instructpix2pix,
    "gier": _gier,
    "gqa-inpaint": _gqa,
    "magicbrush": _magicbrush,
}


def plan_here(root: Path) -> None:
    """Count the recipe's sources and print the lines, CPU seconds and peak memory; runs in a process of its own."""
    from ieiw.pipelines.planning.estimate import estimate
    from ieiw.pipelines.recipe.load import load_recipe

    changes = [f"sources.{name}.root={root / name}" for name in COUNTS]
    recipe = load_recipe(Path(str(files("ieiw.recipes").joinpath("paper.yaml"))), [*changes, "hold_out=[]"])
    started = time.process_time()
    lines = estimate(recipe)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {line.name: {"triplets": line.triplets, "epoch": line.epoch, "missing": line.missing} for line in lines}
    print(json.dumps({"lines": found, "cpu": time.process_time() - started, "peak": peak}))


def measure(scale: float) -> tuple[dict[str, int], dict[str, Any]]:
    """Write at a scale of the official sizes and plan in a process of its own: what should be, and what was found."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        wanted = write_all(Path(folder), scale)
        command = [sys.executable, "-m", "bench.plan_paper", folder]
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=here()).stdout
    return wanted, json.loads(output)


def run(scale: float = 1.0) -> list[Row]:
    """Every data set's count, every group's epoch, time and memory."""
    wanted, found = measure(scale)
    lines = found["lines"]
    counted = {name: lines[name]["triplets"] for name in wanted}
    wrong = [f"{name}: {counted[name]:,}, not {count:,}" for name, count in wanted.items() if counted[name] != count]
    size = sum(wanted.values())
    rows = [
        Row(
            f"counts of {len(wanted)} data sets, {size:,} triplets",
            "; ".join(wrong) or "as written",
            "as written",
            not wrong,
        )
    ]
    for group, (names, told) in GROUPS.items():
        ours = sum(lines[name]["epoch"] if name not in wanted else lines[name]["epoch"] / scale for name in names)
        near = abs(ours - told) <= 0.005 * told + (0.02 * told if scale < 1 else 0)
        rows.append(Row(f"samples an epoch, {group}", f"{ours:,.0f}", f"{told:,}", near))
    rows.append(
        Row(
            "CPU time of the plan", f"{found['cpu']:.0f} s", f"{400 * scale + 5:.0f} s", found["cpu"] <= 400 * scale + 5
        )
    )
    rows.append(Row("peak memory of that", f"{found['peak'] / 1e6:.0f} MB", "1.5 GB", found["peak"] <= 1.5e9))
    return rows


if __name__ == "__main__":
    plan_here(Path(sys.argv[1]))
