"""The tasks of a record are independent: the same attempts give the same verdicts whatever else a recipe asks for."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from bench.samples import SAMPLES
from ieiw.builders import catalogue
from ieiw.builders.artefacts import Inpainted
from ieiw.builders.assembly import Assembler
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.models.roles import INPAINT
from ieiw.synthetic.make import make_scenes
from ieiw.triplets.images.codec import encode_png
from ieiw.triplets.records import Answer, Attempt, Record, Reject, Triplet
from ieiw.triplets.rejects import Reason, Refusal

REAL = os.environ.get("IEIW_REAL_DATA", "")
_GROUPS = 12


class TwoPictures:
    """A source whose records are numbers; the group is the tens."""

    name, version, gives = "two", 1, Kind.OUTLINED

    def read(self, reference):
        return encode_png(np.full((32, 32, 3), int(reference) * 9, np.uint8)).data


class Paints:
    """A task that asks a model for odd or for even records and refuses the others."""

    version, roles, cap = 1, frozenset({"inpaint"}), 1

    def __init__(self, name, refuse):
        self.name, self.refuse = name, refuse

    def job(self, record):
        if int(record.record.id) % 2 == self.refuse:
            raise Refusal(Reason.REGION_EMPTY, "not mine")
        return type("Job", (), {"digest": f"{self.name} {record.record.id}"})()

    def triplets(self, record, rng):
        yield record.artefacts[self.job(record).digest]


class Answers:
    """Artefacts that fail for one task's jobs."""

    batch = 4

    def get(self, jobs):
        return [Refusal(Reason.TASK_FAILED, "no") if job.digest == "even 12" else job.digest for job in jobs]


def test_one_task_s_refusal_failure_or_cap_leaves_the_others_alone():
    tasks = {"odd": Paints("odd", refuse=0), "even": Paints("even", refuse=1)}
    records = [Record(str(n), str(n // 10), {"picture": str(n // 10)}, {}, "train") for n in (1, 2, 3, 11, 12, 14)]
    attempts = [Attempt("two", record, name, 0) for record in records for name in tasks]
    found = {
        (verdict.attempt.record.id, verdict.attempt.task): verdict.reason if isinstance(verdict, Reject) else "built"
        for verdict in Assembler(TwoPictures(), tasks, 0, Answers()).run(attempts)
    }
    odd = {key: found[key, "odd"] for key in ("1", "2", "3", "11", "12", "14")}
    even = {key: found[key, "even"] for key in odd}
    assert list(odd.values()) == ["built", "region_empty", "picture_cap", "built", "region_empty", "region_empty"]
    assert list(even.values()) == [
        "region_empty",
        "built",
        "region_empty",
        "region_empty",
        "task_failed",
        "picture_cap",
    ]


def test_the_cap_counts_what_an_earlier_build_made_of_the_same_task_only():
    tasks = {"odd": Paints("odd", refuse=0), "even": Paints("even", refuse=1)}
    records = [Record(str(n), "0", {"picture": "0"}, {}, "train") for n in (1, 2)]
    attempts = [Attempt("two", record, name, 0) for record in records for name in tasks]
    verdicts = Assembler(TwoPictures(), tasks, 0, Answers(), {("0", "even"): 1}).run(attempts)
    assert [getattr(verdict, "reason", "built") for verdict in verdicts] == [
        "built", "region_empty", "region_empty", "picture_cap",
    ]  # fmt: skip


class Drawn:
    """A task whose variants are drawn from a few sentences; some fail while they are told to."""

    name, version, roles = "drawn", 1, frozenset()

    def __init__(self, sentences, failing=()):
        self.sentences, self.failing = sentences, failing

    def triplets(self, record, rng):
        sentence = self.sentences[record.variant % len(self.sentences)]
        if record.variant in self.failing:
            raise Refusal(Reason.TASK_FAILED, "no memory")
        picture = encode_png(record.picture.pixels)
        yield Triplet(sentence, (sentence,), picture, picture, Answer(), 0.0, "")


def variants(numbers, task, record="1"):
    made = Record(record, "0", {"picture": "0"}, {}, "train")
    attempts = [Attempt("two", made, name, number) for name in task for number in numbers]
    return list(Assembler(TwoPictures(), task, 0).run(attempts))


def words(verdicts):
    return [
        f"{each.reason.value}: {each.detail}" if isinstance(each, Reject) else each.triplet.instruction
        for each in verdicts
    ]


SAME = "same_as_another: variant {} has the same sentence and pictures"


def test_a_variant_that_adds_nothing_is_rejected_and_names_the_one_it_equals():
    found = words(variants(range(5), {"drawn": Drawn(("a", "b", "a"))}))
    assert found == ["a", "b", SAME.format(0), SAME.format(0), SAME.format(1)]


def test_two_tasks_and_two_records_may_make_the_same():
    assert words(variants((0,), {"one": Drawn("a"), "two": Drawn("a")})) == ["a", "a"]
    attempts = [Attempt("two", Record(n, "0", {"picture": "0"}, {}, "train"), "one", 0) for n in "12"]
    assert words(Assembler(TwoPictures(), {"one": Drawn("a")}, 0).run(attempts)) == ["a", "a"]


def test_the_verdict_on_a_variant_does_not_depend_on_which_others_its_unit_holds():
    drawn = Drawn(("a", "b", "a"), failing=(1,))
    whole = words(variants(range(6), {"drawn": drawn}))
    assert whole == ["a", "task_failed: no memory", *(SAME.format(0),) * 2, "b", SAME.format(0)]
    for number, verdict in enumerate(whole):  # as a retry takes them up
        assert words(variants((number,), {"drawn": drawn})) == [verdict]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes") / "scenes"
    make_scenes(folder, 10, 3, (160, 128))
    return folder


def digests(source, tasks):
    """Key -> what became of the attempt, with everything that a shard would hold of it."""
    painter = INPAINT.make("telea", {})
    tools = Tools(96, encode_png, lambda role: painter)
    made = {name: catalogue.task(name, tools, {}) for name in tasks}
    records = [record for index in range(min(_GROUPS, source.group_count())) for record in source.group(index)]
    attempts = [
        Attempt(source.name, record, name, variant) for record in records for name in tasks for variant in (0, 1)
    ]
    found = {}
    for verdict in Assembler(source, made, 0, Inpainted(painter)).run(attempts):
        if isinstance(verdict, Reject):
            found[verdict.attempt.key] = (verdict.attempt.task, verdict.reason, verdict.detail)
            continue
        triplet = verdict.triplet
        pixels = hashlib.sha256(triplet.source.data + triplet.target.data).hexdigest()
        found[verdict.attempt.key] = (verdict.attempt.task, triplet.alternatives, repr(triplet.answer), pixels)
    return found


def painted_here(source):
    """The tasks that need no step before the build."""
    return [name for name in catalogue.fitting(source) if name != catalogue.REPLACEMENT]


def check_independent(source):
    tasks = painted_here(source)
    together = digests(source, tasks)
    assert together
    for task in tasks:
        assert digests(source, [task]) == {key: value for key, value in together.items() if value[0] == task}, task


@pytest.mark.parametrize(
    ("dataset", "folder", "options"),
    [
        ("phrasecut", "VGPhraseCut_v0", {}),
        ("coco-instances", "coco", {}),
        ("coco-instances", "coco", {"records": "classes"}),
        ("coco-keypoints", "coco", {}),
    ],
)
def test_tasks_of_drawn_scenes_are_independent(scenes, dataset, folder, options):
    split = "train" if dataset == "phrasecut" else "train2017"
    check_independent(catalogue.source(dataset, name="some", root=str(scenes / folder), split=split, options=options))


@pytest.mark.skipif(not REAL, reason="needs IEIW_REAL_DATA, the folder of real samples")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_tasks_of_real_samples_are_independent(sample):
    source = catalogue.source(
        sample.dataset, name="some", root=str(Path(REAL, sample.folder)), split=sample.split, options=sample.options
    )
    if len(painted_here(source)) > 1:
        check_independent(source)
