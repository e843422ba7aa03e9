"""What every source must keep, tested once: subclass, say what the layout holds, write it, done."""

import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import cv2
import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.record_kinds import lacking
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.planner import plan_units
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import UnitRef, plan_rows, read_attempts
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.storage.store import open_store


def draw_picture(path: Path, width: int = 96, height: int = 64, seed: int = 0) -> None:
    """A small photograph-like JPEG: smooth colours, some noise."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (4, 6, 3), np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


def square(x: int, y: int, side: int) -> list[list[float]]:
    """Corners of a square."""
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]


def write_json(path: Path, value: object) -> None:
    """A JSON file, folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def source_of(dataset: str, root: Path | str, split: str = "train", **options: object):
    """The source of a data set, called after it."""
    return catalogue.source(dataset, name=dataset, root=str(root), split=split, options=options)


def records_of(source):
    """All records of a source."""
    return [record for index in range(source.group_count()) for record in source.group(index)]


def read_records(dataset: str, root: Path | str, split: str, **options: object):
    """All records of a data set."""
    return records_of(source_of(dataset, root, split, **options))


def source_cases(package: ModuleType) -> dict[str, type["SourceCase"]]:
    """The cases of all test modules of a package by name, so that what holds for every layout is tested of a new one as well."""
    modules = (import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__))
    cases = {name: value for module in modules for name, value in vars(module).items() if name.startswith("Test")}
    return {name: case for name, case in sorted(cases.items()) if issubclass(case, SourceCase)}


class RecordCase:
    """What every source keeps, whatever reads its records."""

    dataset: str
    split: str
    options: dict[str, object] = {}
    records: int
    """All records of the split, faulty ones included."""
    faults: dict[str, int] = {}
    """Reason -> records that are refused while planning."""

    def write(self, root: Path) -> None:
        """Write the data set's official layout below ``root``."""
        raise AssertionError("say what the layout is")

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        folder = tmp_path / "data"
        folder.mkdir()
        self.write(folder)
        return folder

    def source(self, root: Path):
        return catalogue.source(self.dataset, name=self.dataset, root=str(root), split=self.split, options=self.options)

    def test_records_are_counted_and_their_ids_are_unique(self, root):
        source = self.source(root)
        found = [record for index in range(source.group_count()) for record in source.group(index)]
        assert len(found) == self.records
        assert len({record.id for record in found}) == len(found)
        assert Counter(record.fault.reason.value for record in found if record.fault) == self.faults

    def test_its_records_hold_what_it_says_they_give(self, root):
        source = self.source(root)
        sound = [record for at in range(source.group_count()) for record in source.group(at) if record.fault is None]
        assert {record.id: lacking(source.gives, record) for record in sound} == {record.id: [] for record in sound}

    def test_groups_can_be_read_in_any_order(self, root):
        source = self.source(root)
        forward = [list(source.group(index)) for index in range(source.group_count())]
        backward = [list(source.group(index)) for index in reversed(range(source.group_count()))]
        assert forward == backward[::-1]

    def test_a_wrong_root_is_one_clear_error(self, tmp_path):
        empty = tmp_path / "empty"
        empty.mkdir()
        with pytest.raises(UsageError, match=str(empty)):
            self.source(empty).inputs()


class SourceCase(RecordCase):
    """Subclass as ``TestMyDataSet``: set the class attributes and write the official layout in ``write``."""

    tasks: tuple[str, ...] = ("removal", "addition")
    built: int
    """Triplets that come out."""

    def recipe(self, root: Path) -> Recipe:
        entry = {"name": self.dataset, "root": str(root), "split": self.split, "tasks": list(self.tasks)}
        entry["options"] = self.options
        values = {
            "image": {"short_side": 64},
            "unit_bytes": "30KB",
            "sources": [entry],
            "backends": {"inpaint": "telea"},
        }
        return Recipe.model_validate(values)

    def test_its_tasks_can_use_its_records(self, root):
        catalogue.check_fit(self.source(root), self.tasks)

    def test_records_survive_the_plan(self, root):
        source = self.source(root)
        units = list(plan_units(source, self.dataset, self.tasks, variants=1, attempts_per_unit=4, key="k"))
        store = open_store(root.parent / "plan")
        prepare(store, Components(self.recipe(root)))
        for unit in units:
            rows = plan_rows(unit.attempts, "unit")
            json.loads(rows[0]["annotation"])
        assert sum(len(unit.attempts) for unit in units) == self.records * len(self.tasks)

    def test_every_attempt_becomes_a_triplet_or_a_reject(self, root):
        store = open_store(root.parent / "out")
        state = prepare(store, Components(self.recipe(root)))
        refs: list[UnitRef] = list(state.refs())
        builder = UnitBuilder(store.location)
        for ref in refs:
            builder.work(ref)
        marks = [read_mark(store.read(ref.rows)) for ref in refs]
        planned = sum(len(list(read_attempts(store, ref))) for ref in refs)
        assert sum(mark.built for mark in marks) == self.built
        assert sum(mark.built + mark.rejected for mark in marks) == planned == self.records * len(self.tasks)
