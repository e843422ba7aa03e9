"""STAGE.yaml: right values pass, wrong ones are told by line and remedy."""

from pathlib import Path

import pytest

from ieiw.train.config import load_train_config
from ieiw.triplets.errors import UsageError

GOOD = "out: run\nsteps: 10\ndata:\n  build: b\n  cut: c\n"


def stage_file(folder, text):
    file = folder / "stage.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["demo", "tasks", "alignment"])
def test_the_shipped_stages_are_right(name):
    stage = load_train_config(Path(__file__).parents[2] / "recipes" / f"train-{name}.yaml")
    assert stage.data.cut == "default" and stage.dropout == (
        "instructpix2pix" if name == "demo" else "instructdiffusion"
    )


def test_changes_of_the_command_line_win(tmp_path):
    stage = load_train_config(
        stage_file(tmp_path, GOOD), ["optimiser.rate=3e-4", "data.size=64", "model.channels=[32,64]"]
    )
    assert (stage.optimiser.rate, stage.data.size, stage.model.channels) == (3e-4, 64, (32, 64))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "stepz: 3\n", r"stage\.yaml, line 6, stepz: unknown key.*steps"),
        (GOOD + "optimiser:\n  rat: 3\n", r"line 7, optimiser\.rat: unknown key.*known here: rate"),
        (GOOD.replace("steps: 10", "steps: 0"), r"line 2, steps: .*greater than or equal to 1"),
        (GOOD.replace("  cut: c\n", ""), r"line 3, data\.cut: is required; add it"),
        (
            GOOD + "dropout: half\n",
            r"line 6, dropout: .*instructdiffusion.*instructpix2pix",
        ),
        (GOOD + "  weights: {a: -1}\n", r"line 3, data: weights\.a: a number from 0 to 1000"),
        (GOOD + "model: {channels: [10, 20]}\n", r"line 6, model\.channels: two or more multiples of 16"),
        ("- a\n", r"a stage file is a mapping"),
    ],
)
def test_wrong_files_are_told_by_line(tmp_path, text, told):
    with pytest.raises(UsageError, match=told):
        load_train_config(stage_file(tmp_path, text))


@pytest.mark.parametrize("change", ["steps", "steps.x=1", "=3", "optimiser.rate=[1"])
def test_wrong_changes_are_told(tmp_path, change):
    with pytest.raises(UsageError, match="change "):
        load_train_config(stage_file(tmp_path, GOOD), [change])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "epochs: 2\n", "steps and epochs are both given; leave one of them out"),
        (GOOD.replace("steps: 10\n", ""), "steps or epochs is required for stage tasks; add one"),
        (GOOD + "stage: alignment\n", "model.start is required for stage alignment"),
        (GOOD + "stage: adoption\n", "line 6, stage: .*tasks.*alignment"),
    ],
)
def test_a_run_has_one_length_and_a_stage_its_start(tmp_path, text, told):
    with pytest.raises(UsageError, match=told):
        load_train_config(stage_file(tmp_path, text))


def test_a_stage_gives_what_the_file_does_not(tmp_path):
    text = GOOD.replace("steps: 10\n", "stage: alignment\nmodel: {start: m}\n")
    alignment = load_train_config(stage_file(tmp_path, text))
    assert (alignment.ema, alignment.length(30)) == (0.99, 300)
    tasks = load_train_config(stage_file(tmp_path, GOOD))
    assert (tasks.ema, tasks.length(30)) == (0.9999, 10)
    changed = load_train_config(stage_file(tmp_path, text), ["optimiser.ema=0.5", "epochs=0.5"])
    assert (changed.ema, changed.length(30)) == (0.5, 15)
