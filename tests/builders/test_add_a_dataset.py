"""``docs/add-a-dataset.md`` is true: its file, its line and its test are run as they stand there."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ieiw.builders import catalogue

_PAGE = (Path(__file__).parents[2] / "docs" / "add-a-dataset.md").read_text(encoding="utf-8")
_FILE, _LINE, _TEST = re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)
exec(_TEST)  # noqa: S102 - the class that pytest finds here


@pytest.fixture(autouse=True)
def added(monkeypatch):
    module = ModuleType("ieiw.builders.sources.street_signs")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(_FILE, vars(module))  # noqa: S102
    for name, entry in eval(f"{{{_LINE}}}", vars(catalogue)).items():  # noqa: S307
        monkeypatch.setitem(catalogue.DATA_SETS, name, entry)


def test_the_test_is_about_ten_lines_long():
    assert len(_TEST.splitlines()) < 15
