"""The registry: every line of it leads to a class, nothing is imported before it is asked for."""

import subprocess
import sys

import pytest

from builders import registry
from builders.protocols import PaintingTask, Source, Task, Tools
from triplets.pictures import encode_png
from triplets.reasons import UsageError


@pytest.mark.parametrize("dataset", sorted(registry.SOURCES))
def test_every_data_set_makes_a_source_without_reading_anything(dataset):
    made: Source = registry.source(dataset, name="mine", root="/nowhere", split="train", options={})
    assert made.name == "mine"
    assert isinstance(made.version, int)
    with pytest.raises(UsageError, match="nowhere"):
        made.inputs()


@pytest.mark.parametrize("name", sorted(registry.TASKS))
def test_every_task_carries_its_own_name(name):
    made: Task = registry.task(name, Tools(64, encode_png), {})
    assert made.name == name
    assert registry.is_painting(name) == isinstance(made, PaintingTask)


@pytest.mark.parametrize("make", [registry.is_painting, lambda name: registry.task(name, Tools(64, encode_png), {})])
def test_an_unknown_task_lists_the_known_ones(make):
    with pytest.raises(UsageError, match=r"'remove'.*addition, .*removal"):
        make("remove")


def test_an_unknown_data_set_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"'phrasecutt'.*phrasecut"):
        registry.source("phrasecutt", name="x", root="x", split="train", options={})


def test_the_registry_itself_imports_no_source_and_no_task():
    wanted = "('builders.sources.', 'builders.tasks.')"
    code = f"import builders.registry, sys; print([name for name in sys.modules if name.startswith({wanted})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
