"""The names of ``ieiw`` itself, and the page about them."""

import ast
import re
import subprocess
import sys
from importlib import import_module

import pytest

import ieiw
from tests.support.builds import ROOT, build_serially, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_importing_it_loads_nothing():
    code = "import sys; before = set(sys.modules); import ieiw; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ast.literal_eval(done.stdout)} - sys.stdlib_module_names
    assert loaded == {"ieiw"}
    assert not re.search(r"'ieiw\.", done.stdout)


def test_the_names_that_types_know_are_those_that_are_loaded():
    tree = ast.parse((ROOT / "ieiw" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {name.asname or name.name: (part.module, name.name) for part in block.body for name in part.names}
    assert set(typed) == set(ieiw._PUBLIC) == set(ieiw.__all__)
    for name, (module, attribute) in typed.items():
        assert getattr(ieiw, name) is getattr(import_module(module), attribute)
        assert name in dir(ieiw)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="nosuch"):
        ieiw.nosuch  # noqa: B018


def test_the_page_shows_every_name():
    missing = [name for name in ieiw._PUBLIC if not re.search(rf"\b{name}\b", PAGE)]
    assert missing == []


def test_the_blocks_of_the_page_run(tmp_path, monkeypatch, capsys):
    build_serially(monkeypatch)
    monkeypatch.chdir(tmp_path)
    write_recipe(tmp_path / "my.yaml", write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2)))
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)  # what it asserts holds
    shown = capsys.readouterr().out
    assert "audit/sharp.html" in shown
