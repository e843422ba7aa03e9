"""``ieiw audit`` from outside."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest

from ieiw.triplets.layout.cut_state import load_cut
from ieiw.triplets.storage.store import open_store
from tests.support.audited import RULES
from tests.support.builds import ieiw
from tests.support.tiny_build import Wanted, tiny_build


def test_the_command_writes_the_page_and_its_summary(fresh):
    run = ieiw("audit", fresh.path, "--cut", "strict", "--json")
    assert run.returncode == 0, run.stderr
    summary = json.loads(run.stdout)
    assert summary["balanced"] and summary["planned"] == summary["built"] + summary["rejected"]
    assert summary["page"] == f"{fresh.path}/audit/strict.html"
    assert len(RULES["rules"]) == len(
        json.loads((fresh.path / "audit/strict.json").read_text())["figures"]["books"]["rules"]
    )


@contextmanager
def serving(*arguments):
    """Address and process of ``ieiw audit --serve``, which is interrupted in the end as a person does."""
    command = [sys.executable, "-m", "ieiw.apps.main", "audit", *map(str, arguments), "--serve"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        yield next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 0 and "stopped" in said, said


def read(address, told=None, token=""):
    request = urllib.request.Request(address, json.dumps(told).encode() if told else None, {"X-Token": token})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_a_build_of_others_is_shown_live_and_cut_in_a_folder_of_ones_own(fresh, tmp_path):
    mine, before = tmp_path / "mine", sorted(path for path in fresh.path.rglob("*"))
    with serving(fresh.path, "--cut", "strict", "--out", mine) as address:
        token = re.search(r'name="token" content="([^"]+)"', read(address))[1]
        told = json.loads(read(address + "save", {"values": {"large-gap": {"max": 0.5}}, "name": "mine"}, token))
        assert "Every loss" in read(address + "audit/strict.html")
    assert load_cut(open_store(mine), "mine").kept == told["kept"]
    assert (mine / told["file"]).is_file() and (mine / "audit/strict.html").is_file()
    assert sorted(path for path in fresh.path.rglob("*")) == before


def test_a_build_without_scores_has_its_report_alone(tmp_path):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=2))
    with serving(tiny.path) as address:
        assert address.endswith("/audit/build.html") and "No scores yet" in read(address)


@pytest.mark.parametrize(
    ("arguments", "problem"), [(("--cut", "none"), "no cut 'none'"), ((), "build is not complete")]
)
def test_what_cannot_be_shown_is_told(tmp_path, arguments, problem):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=4), leave=0 if arguments else 1)
    run = ieiw("audit", tiny.path, "--serve", *arguments)
    assert run.returncode == 2 and problem in run.stderr
