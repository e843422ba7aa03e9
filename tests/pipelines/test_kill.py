"""Builds that are killed, again and again, end as the same bytes. ``python -m bench.kill 1000`` is for a night."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from bench.kill import UNITS, prepare, series
from bench.kill_round import Round
from bench.kills import END, MIDDLE, START, Kill, rounds
from bench.victims import Wrong
from tests.pipelines.takedown.test_kill import POINTS as TAKEDOWN
from tests.support.builds import ROOT

POINTS = {*START, *MIDDLE, *END}
ELSEWHERE = {"cut-shard", "cut-index", "batch-published", "step-published", *TAKEDOWN}
"""Killed there in tests/pipelines/cut, replacement and takedown."""


def test_the_kills_know_every_point_of_the_code():
    files = [file for room in ("pipelines", "triplets") for file in (ROOT / room).rglob("*.py")]
    found = {point for file in files for point in re.findall(r'\breach\("(.+)"\)', file.read_text())}
    assert found == POINTS | ELSEWHERE


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("kill"))


def test_the_kills_cover_every_point_and_victim_and_every_kind_of_orphan():
    assert UNITS >= 200
    for seed in range(20):
        kills = [kill for each in rounds(20, seed, 2) for kill in each]
        assert len(kills) == 20
        assert {kill.point for kill in kills} == {*POINTS, ""}
        for victim in ("command", "driver", "worker", "all"):
            assert any(kill.victim == victim and not kill.point for kill in kills)
        assert any(kill.frozen and kill.victim == "driver" for kill in kills)
        assert any(kill.frozen and kill.victim == "command" for kill in kills)


def test_a_seed_says_which_kills():
    assert list(rounds(47, 3, 4)) == list(rounds(47, 3, 4))
    assert sum(map(len, rounds(47, 3, 4))) == 47
    assert list(rounds(20, 3, 4)) != list(rounds(20, 4, 4))


@pytest.mark.timeout(900)
def test_twenty_kills_change_no_byte(site):
    told = []
    tally = series(site, 20, seed=11, workers=2, say=told.append)
    assert tally.kills.total() == 20
    assert {where for _, where in tally.kills} == {*POINTS, "published units"}
    assert {victim for victim, _ in tally.kills} == {"command", "driver", "worker", "all"}
    assert tally.woken > 0, "no orphan woke beside a new build: the test tested too little"
    assert len(told) >= len(list(rounds(20, 11, 2)))
    assert "| sweep |" in tally.table()


def test_a_commit_that_is_not_whole_at_once_is_found(site, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests" / "support" / "careless"))
    with pytest.raises(Wrong):
        Round(site, site.folder / "careless").run([Kill("driver", "rows-spooled", 1, 0.5)])


def test_the_benchmarks_are_found_by_make():
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    command_line = ["make", "-n", "--no-print-directory", "bench"]
    planned = subprocess.run(command_line, cwd=ROOT, capture_output=True, text=True, check=True, env=outside).stdout
    command = (
        planned.splitlines()[-1]
        .replace("bench.run", "bench.kill --help")
        .replace(".venv/bin/python", shlex.quote(sys.executable))
    )
    done = subprocess.run(command, shell=True, cwd=ROOT, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "how many" in done.stdout
