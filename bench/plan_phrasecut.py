"""Planning an annotation of PhraseCut's official size on one core: time and peak memory."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.common import Row, here

PICTURES, PHRASES = 77_262, 345_486  # of the whole official release
_POINTS = (12, 90)  # corners a polygon; gives about as many bytes a phrase as the official files have


def write_annotation(root: Path, pictures: int, phrases: int) -> None:
    """Write an annotation of that size, streaming; there are no pictures."""
    dice = random.Random(0)
    (root / "images").mkdir(parents=True)
    entries = [
        {"image_id": n, "width": 800, "height": 600, "url": f"https://x/{n}.jpg", "split": "train"}
        for n in range(pictures)
    ]
    (root / "image_data_split.json").write_text(json.dumps(entries))
    (root / "skip.json").write_text("[]")
    with (root / "refer_train.json").open("w") as file:
        file.write("[")
        for number in range(phrases):
            image, instances = number * pictures // phrases, dice.choices((1, 2, 4), (7, 2, 1))[0]
            outlines = [
                [
                    [round(dice.uniform(0, 800), 2), round(dice.uniform(0, 600), 2)]
                    for _ in range(dice.randint(*_POINTS))
                ]
                for _ in range(instances)
            ]
            structure = {
                "name": "bird", "attributes": ["blue"], "relation_ids": [number],
                "relation_descriptions": [["on top of", "tree"]], "type": "relation",
            }  # fmt: skip
            task = {
                "task_id": f"{image}__{number}",
                "image_id": image,
                "ann_ids": list(range(instances)),
                "instance_boxes": [[1.0, 2.0, 30.0, 40.0]] * instances,
                "Polygons": [[outline] for outline in outlines],
                "phrase": "blue bird on top of tree",
                "phrase_structure": structure,
            }
            file.write((", " if number else "") + json.dumps(task))
        file.write("]")


def plan_here(root: Path, out: Path) -> None:
    """Plan and print seconds and peak memory; runs in a process of its own."""
    from ieiw.pipelines.planning.prepare import prepare
    from ieiw.pipelines.recipe.components import Components
    from ieiw.triplets.layout.recipe import Recipe
    from ieiw.triplets.storage.store import open_store

    recipe = Recipe.model_validate(
        {"sources": [{"name": "phrasecut", "root": str(root), "tasks": ["removal", "addition"]}]}
    )
    started, worked = time.perf_counter(), time.process_time()
    state = prepare(open_store(out), Components(recipe))
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "attempts": state.sources["phrasecut"].attempts}))


def run(pictures: int = PICTURES, phrases: int = PHRASES) -> list[Row]:
    """Generate, plan in a child process pinned to one core, report."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        root = Path(folder) / "VGPhraseCut_v0"
        write_annotation(root, pictures, phrases)
        size = (root / "refer_train.json").stat().st_size
        command = ["taskset", "-c", "0", sys.executable, "-m", "bench.plan_phrasecut", str(root), f"{folder}/out"]
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=here()).stdout
    found = json.loads(output)
    what = (
        f"plan {phrases:,} PhraseCut phrases ({size / 1e6:.0f} MB of JSON, {found['attempts']:,} attempts) on one core"
    )
    return [
        Row(
            what,
            f"{found['cpu']:.0f} s of CPU ({found['seconds']:.0f} s with other programs beside)",
            "60 s",
            found["cpu"] <= 60,
        ),
        Row("peak memory of that", f"{found['peak'] / 1e6:.0f} MB", "1 GB", found["peak"] <= 1e9),
    ]


if __name__ == "__main__":
    plan_here(Path(sys.argv[1]), Path(sys.argv[2]))
