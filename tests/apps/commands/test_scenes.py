"""``ieiw make-scenes`` writes all that ``recipes/demo.yaml`` reads, and the demo teaches every task."""

import json
import sys

import pytest

from ieiw.apps.commands.demo import _gallery as demo_gallery
from ieiw.apps.commands.demo import _recipe as demo_recipe
from ieiw.apps.main import run
from ieiw.builders import catalogue
from ieiw.pipelines.planning.estimate import estimate
from tests.support.builds import build_serially


def _make(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ieiw", "make-scenes", "--workers", "1", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        run()
    assert not ended.value.code
    return capsys.readouterr().out


def test_the_demo_recipe_finds_every_task_in_the_scenes(monkeypatch, capsys, tmp_path):
    said = json.loads(_make(monkeypatch, capsys, "--out", tmp_path / "scenes", "--count", 8, "--pairs", 2, "--json"))
    assert (said["pictures"], said["pairs"], said["rooms_and_pets"]) == (8, 2, 4)
    build_serially(monkeypatch)
    demo_gallery(tmp_path, 1)
    recipe = demo_recipe(tmp_path, 0)
    lines = {line.name: line.attempts for line in estimate(recipe, str(tmp_path / "build"))}
    assert all(lines.values())
    assert (lines["nyuv2"], lines["oxford-pet"]) == (2, 2)
    taught = {task for source in recipe.sources for task in source.tasks}
    assert taught == set(catalogue.TASKS)


def test_no_pairs_when_none_are_asked_for(monkeypatch, capsys, tmp_path):
    said = _make(monkeypatch, capsys, "--out", tmp_path / "scenes", "--count", 1, "--pairs", 0)
    assert "rooms" not in said
    assert sorted(path.name for path in (tmp_path / "scenes").iterdir()) == [
        "VGPhraseCut_v0",
        "coco",
        "openimages",
        "truth",
    ]
