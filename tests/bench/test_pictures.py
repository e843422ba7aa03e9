"""The benchmarks' own input: whole, the same every time, and all of it becomes triplets."""

import hashlib

from bench.pictures import PHRASES, recipe, write_phrasecut
from ieiw.builders.sources.phrasecut import PhraseCut
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.storage.store import open_store


def digest(root):
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_bytes_every_time_and_links_beyond_the_distinct_ones(tmp_path):
    first, second = (write_phrasecut(tmp_path / name, 5, (64, 48), distinct=3) for name in ("a", "b"))
    assert digest(first) == digest(second)
    pictures = [digest(first)[f"images/{number}.jpg"] for number in range(1, 6)]
    assert len(set(pictures)) == 3 and pictures[3:] == pictures[:2]


def test_every_attempt_of_it_becomes_a_triplet(tmp_path):
    root = write_phrasecut(tmp_path / "VGPhraseCut_v0", 6, (160, 120))
    source = PhraseCut(name="phrasecut", root=str(root), split="train", options={})
    assert sum(len(list(source.group(index))) for index in range(source.group_count())) == 6 * PHRASES
    store = open_store(tmp_path / "out")
    refs = list(prepare(store, Components(recipe(root, backend="noop", short_side=32))).refs())
    builder = UnitBuilder(store.location)
    built, rejected = (sum(counts) for counts in zip(*(builder.work(ref).values() for ref in refs), strict=True))
    assert (built, rejected) == (6 * PHRASES * 2, 0)
