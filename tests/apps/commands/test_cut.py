"""``ieiw cut`` from outside."""

import json

import pytest

from tests.support.builds import ieiw
from tests.support.scored import scored_build

RULES = """
rules:
  - {name: blurred, kind: threshold, score: sharpness, drop_lowest: 0.2, per: task}
split: {validation: 0.3}
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return scored_build(tmp_path_factory.mktemp("cut") / "build").path


def test_cut_compare_and_json(build, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    first = ieiw("cut", build, "--name", "a", "--rule", rules, "--materialise", COLUMNS="120")
    assert first.returncode == 0, first.stderr
    assert "blurred" in first.stderr
    assert "for training" in first.stderr
    rules.write_text(RULES.replace("0.2", "0.5"))
    second = ieiw("cut", build, "--name", "b", "--rule", rules, "--compare", "a", "--json")
    summary = json.loads(second.stdout)
    assert summary["kept"] == summary["train"] + summary["validation"]
    compared = summary["compared"]
    assert compared["total"]["both"] == summary["kept"]
    assert sum(compared["dropped_by_a"].values()) == compared["total"]["only_b"] > 0
    shown = ieiw("cut", build, "--name", "b", "--rule", rules, "--compare", "a", COLUMNS="120")
    assert "a: blurred" not in shown.stderr.replace("b: blurred", "")
    assert "b: blurred" in shown.stderr


def test_a_task_of_which_nothing_is_left_is_told(build, tmp_path):
    rules = tmp_path / "rules.yaml"
    rule = "{name: sharp, kind: threshold, score: sharpness, min: 2, tasks: [removal]}"  # no picture is so sharp
    rules.write_text(f"rules:\n  - {rule}\n")
    found = ieiw("cut", build, "--name", "emptied", "--rule", rules, COLUMNS="200")
    assert "nothing is left of removal: " in found.stderr
    again = ieiw("cut", build, "--name", "emptied", "--rule", rules, "--json")
    assert json.loads(again.stdout)["emptied"] == ["removal"]
    rules.write_text(rules.read_text().replace("min: 2", "min: 0"))
    assert "nothing is left" not in ieiw("cut", build, "--name", "whole", "--rule", rules).stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--name", "x", "--compare", "none"], "no cut 'none' here"),
        (["--name", "../x"], "cut name"),
        (["--name", "x", "--rule", "missing.yaml"], "missing.yaml"),
    ],
)
def test_what_the_user_can_mend_exits_2(build, arguments, told):
    found = ieiw("cut", build, *arguments)
    assert found.returncode == 2
    assert told in found.stderr
    assert "Traceback" not in found.stderr


def test_a_wrong_key_names_its_line(build, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  - name: a\n    kind: threshold\n    score: noise\n    maximum: 3\n")
    found = ieiw("cut", build, "--name", "x", "--rule", rules)
    assert found.returncode == 2
    assert "line 5" in found.stderr
    assert "maximum" in found.stderr
