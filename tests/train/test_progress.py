"""What a run reports: losses by step, those of steps that are done again taken back."""

import json

import pytest

from ieiw.train.progress import LOSSES, Progress


def entries(out):
    return [json.loads(line) for line in (out / LOSSES).read_text().splitlines()]


def test_a_line_comes_at_every_interval_and_at_the_end(tmp_path):
    lines = []
    progress = Progress(tmp_path, steps=5, start=0, every=2, say=lines.append)
    for step in range(1, 6):
        progress.step(step, loss=float(step), samples=4, waited=0.0)
    progress.close()
    assert [line.split("  ")[:2] for line in lines] == [
        ["step 2/5", "loss 1.5000"],
        ["step 4/5", "loss 3.5000"],
        ["step 5/5", "loss 5.0000"],
    ]
    assert entries(tmp_path) == [{"step": step, "loss": float(step)} for step in range(1, 6)]
    assert list((tmp_path / "tensorboard").glob("events*"))


def test_steps_that_are_done_again_and_half_lines_go(tmp_path):
    (tmp_path / LOSSES).write_text('{"step": 3, "loss": 1.0}\n{"step": 4, "loss": 2.0}\n{"step": 5, "lo')
    progress = Progress(tmp_path, steps=5, start=3, every=10, say=lambda line: None)
    progress.validation(4, 0.5)
    progress.close()
    assert entries(tmp_path) == [{"step": 3, "loss": 1.0}, {"step": 4, "validation": 0.5}]
    assert progress.validations == {4: pytest.approx(0.5)}


def test_reports_that_cannot_be_written_are_said_once_and_stop_nothing(tmp_path):
    lines = []
    progress = Progress(tmp_path, 3, 0, 1, lines.append)
    (tmp_path / "losses.jsonl").mkdir()
    for step in (1, 2, 3):
        progress.step(step, 1.0, 4, 0.0)
    progress.close()
    assert len([line for line in lines if "reports cannot be written" in line]) == 1
    assert [line for line in lines if line.startswith("step 3/3")]


def test_a_line_that_a_full_disk_tore_does_not_stop_a_run_from_going_on(tmp_path):
    (tmp_path / LOSSES).write_text(
        '{"step": 1, "loss": 2.0}\n{"step": 2, "lo{"step": 3, "loss": 1.0}\n{"step": 9, "loss": 1}'
    )
    Progress(tmp_path, 5, 4, 1, lambda line: None).close()
    assert [entry["step"] for entry in entries(tmp_path)] == [1]


def test_cut_instructions_are_counted_over_all_runs_and_said_at_the_end(tmp_path):
    lines = []
    for start, steps in ((0, {1: 0, 2: 3, 3: 1}), (2, {3: 1, 4: 2})):  # killed after step 3, of which 2 were saved
        lines.clear()
        progress = Progress(tmp_path, steps=4, start=start, every=2, say=lines.append)
        for step, cut in steps.items():
            progress.step(step, 1.0, 8, 0.0, cut)
    progress.close()
    assert progress.cut == 3 + 1 + 2
    assert lines[-1].startswith("6 of 32 instructions were longer than the 77 tokens")
    assert [entry.get("cut", 0) for entry in entries(tmp_path)] == [0, 3, 1, 2]


def test_nothing_is_said_where_nothing_was_cut(tmp_path):
    lines = []
    progress = Progress(tmp_path, steps=1, start=0, every=2, say=lines.append)
    progress.step(1, 1.0, 8, 0.0, 0)
    progress.close()
    assert len(lines) == 1
