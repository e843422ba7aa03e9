"""``docs/recipes.md`` names every option of tasks and data sets, and every reason for a reject on the right side of the line."""

import importlib
import pkgutil
import re
from pathlib import Path

from ieiw import builders
from ieiw.builders.options import Options
from ieiw.triplets.rejects import SELECTION, Reason

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text()


def all_options(model=Options):
    """Every block of options that a recipe may hold."""
    for below in model.__subclasses__():
        if below.__module__.startswith("ieiw.builders."):
            yield below
        yield from all_options(below)


def test_every_option_is_on_the_page():
    for module in pkgutil.walk_packages(builders.__path__, "ieiw.builders."):
        importlib.import_module(module.name)
    found = {(model.__name__, field) for model in all_options() for field in model.model_fields}
    assert len({model for model, _ in found}) > 15
    assert sorted(each for each in found if f"`{each[1]}`" not in PAGE) == []


def test_every_reason_stands_in_its_row():
    rows = {
        head: set(re.findall(r"`([a-z_]+)`", text)) for head, text in re.findall(r"^\| (.+?) \| (.+) \|$", PAGE, re.M)
    }
    assert {str(each) for each in SELECTION} <= rows["by choice"]
    others = rows["the annotation"] | rows["the picture"] | rows["the region"] | rows["the work"]
    assert others == {str(each) for each in Reason} - {str(each) for each in SELECTION}
