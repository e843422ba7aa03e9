"""The registry: every line of it leads to a class, nothing is imported before it is asked for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ieiw.builders import catalogue
from ieiw.builders.protocols import Source, Task, Tools
from ieiw.builders.record_kinds import FIELDS, Kind
from ieiw.models.roles import ROLES
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import encode_png


@pytest.mark.parametrize("dataset", sorted(catalogue.DATA_SETS))
def test_every_data_set_makes_a_source_without_reading_anything(dataset):
    made: Source = catalogue.source(dataset, name="mine", root="/nowhere", split="train", options={})
    assert made.name == "mine"
    assert isinstance(made.version, int)
    with pytest.raises(UsageError, match="nowhere"):
        made.inputs()


@pytest.mark.parametrize("name", sorted(catalogue.TASKS))
def test_every_task_carries_its_own_name(name):
    made: Task = catalogue.task(name, Tools(64, encode_png), {})
    assert made.name == name
    assert catalogue.roles(name) == made.roles <= ROLES.keys()
    assert bool(made.roles) == hasattr(made, "job")


@pytest.mark.parametrize("make", [catalogue.roles, lambda name: catalogue.task(name, Tools(64, encode_png), {})])
def test_an_unknown_task_lists_the_known_ones(make):
    with pytest.raises(UsageError, match=r"'remove'.*addition, .*removal"):
        make("remove")


def test_an_unknown_data_set_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"'phrasecutt'.*phrasecut"):
        catalogue.source("phrasecutt", name="x", root="x", split="train", options={})


def test_the_registry_itself_imports_no_source_and_no_task():
    wanted = "('ieiw.builders.sources.', 'ieiw.builders.tasks.')"
    code = f"import ieiw.builders.catalogue, sys; print([name for name in sys.modules if name.startswith({wanted})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def made(dataset, options=None):
    return catalogue.source(dataset, name=dataset, root="/nowhere", split="train", options=options or {})


@pytest.mark.parametrize("dataset", sorted(catalogue.DATA_SETS))
def test_every_data_set_has_tasks_that_fit(dataset):
    assert catalogue.fitting(made(dataset))


@pytest.mark.parametrize("name", sorted(catalogue.TASKS))
def test_every_task_has_data_sets_that_fit(name):
    sources = [made(dataset) for dataset in catalogue.DATA_SETS] + [made("coco-instances", {"records": "classes"})]
    assert any(name in catalogue.fitting(source) for source in sources)


@pytest.mark.parametrize(
    ("dataset", "options", "task", "words"),
    [
        ("phrasecut", {}, "depth", "task depth needs a depth map.*fit: addition, refer, removal, replacement$"),
        ("oxford-pet", {}, "segment", "task segment needs a label map.*fit: classify$"),
        (
            "coco-instances",
            {"records": "classes"},
            "removal",
            "removal needs outlined.*: detect. All .* options: {records: objects}$",
        ),
        (
            "coco-instances",
            {},
            "detect",
            "task detect needs the boxes.*, removal, replacement. All .* options: {records: classes}$",
        ),
        ("coco-instances", {}, "depth", "task depth needs.*fit: addition, refer, removal, replacement$"),
        ("gopro", {}, "denoise", "task denoise needs a noisy.*fit: deblur$"),
    ],
)
def test_a_task_that_does_not_fit_is_refused_by_name(dataset, options, task, words):
    with pytest.raises(UsageError, match=f"source {dataset}: (task )?{words}"):
        catalogue.check_fit(made(dataset, options), [task])


def test_all_tasks_that_do_not_fit_are_told_at_once():
    with pytest.raises(UsageError, match="task depth needs .*; task detect needs "):
        catalogue.check_fit(made("phrasecut"), ["removal", "depth", "detect"])


_PAGE = (Path(__file__).parents[2] / "docs" / "data-sets.md").read_text(encoding="utf-8")
_OPTION = re.compile(r"`options: \{(\w+): ([a-z0-9_]+)\}`")


def rows_of_the_page():
    """Data set -> the cells of its row, by the names of the columns."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in _PAGE.splitlines() if line[:1] == "|"]
    names = next(line for line in lines if line[0] == "data set")
    return {
        line[0].split("`")[1]: dict(zip(names, line, strict=True))
        for line in lines
        if len(line) == len(names) and "`" in line[0]
    }


@pytest.mark.parametrize(("dataset", "row"), rows_of_the_page().items())
def test_the_page_of_data_sets_tells_site_and_tasks(dataset, row):
    assert catalogue.DATA_SETS[dataset].site in row["where to get it"]
    fit = set(catalogue.fitting(made(dataset)))
    for key, value in _OPTION.findall(row["tasks"]):
        fit |= set(catalogue.fitting(made(dataset, {key: value})))
    words = re.sub(r"`[^`]*`|:[^;]*", "", row["tasks"])
    assert set(re.findall(r"[a-z]+(?:-[a-z]+)*", words)) & set(catalogue.TASKS) == fit


def test_the_page_of_data_sets_is_read():
    assert len(rows_of_the_page()) > 20


@pytest.mark.parametrize("kind", list(Kind))
def test_the_guide_tells_fields_and_tasks_of_every_kind(kind):
    page = (Path(__file__).parents[2] / "docs" / "add-a-dataset.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("|") and f"`{kind.name}`" in line)
    gives, fields, tasks = (cell.strip() for cell in row.strip("|").split("|"))
    named = set(re.findall(r"`(\w+)", fields))
    for form in FIELDS[kind]:
        assert {*form.files, *form.annotation} <= named
    told = dict(zip(re.findall(r"\w+", gives), tasks.split(", "), strict=False)) if "," in gives else {}
    fit = {name for name in catalogue.TASKS if kind in catalogue.needs(name)}
    assert fit == ({told[kind.name]} if told else set(tasks.split(", ")))
