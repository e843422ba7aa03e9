"""``ieiw instructions`` from outside: killed, gone on with, and without a model."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

from ieiw.builders.instructions.template_sets import check_templates, hand_written
from tests.support.chat_server import chat_server
from tests.support.command_line import as_json, check_refused
from tests.support.writers import requests


def run(*arguments, **changes):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "ieiw.apps.main", "instructions", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, stderr=subprocess.PIPE, text=True, **changes
    )


def test_a_killed_run_goes_on_where_it_was(tmp_path, log):
    out, cache = tmp_path / "deblur.yaml", tmp_path / "cache"
    with chat_server(log, "--pause", "0.15") as address:
        arguments = ["deblur", "--with", address, "--out", out, "--cache", cache, "--rounds", 1]
        first = run(*arguments)
        while len(list(cache.glob("*.json"))) < 3:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        asked = len(requests(log))
        assert not out.exists()
        second = run(*arguments)
        said = second.communicate(timeout=60)[1]
        assert second.returncode == 0, said
    originals = len(hand_written("deblur"))
    assert asked < originals
    assert len(requests(log)) <= originals + 1  # at most the answer that was on its way
    written = yaml.safe_load(out.read_text())
    assert written["kind"] == "deblur"
    check_templates("deblur", written["templates"])
    assert len(written["templates"]) > originals


def test_without_a_model_the_hand_written_set_is_written(tmp_path):
    done = run("removal", "--out", tmp_path / "removal.yaml")
    assert (done.wait(), done.stderr.read().count("templates")) == (0, 1)
    assert yaml.safe_load((tmp_path / "removal.yaml").read_text())["templates"] == list(hand_written("removal"))
    wrong = run("removel", "--out", tmp_path / "x.yaml")
    assert "Known: addition" in wrong.communicate()[1]
    assert wrong.returncode == 2


def test_the_hand_written_set_is_written_as_a_recipe_takes_it(ieiw, tmp_path):
    out = tmp_path / "new" / "removal.yaml"
    summary = as_json(ieiw("instructions", "removal", "--out", out, "--json"))
    values = yaml.safe_load(out.read_text())
    assert (values["kind"], len(values["templates"])) == ("removal", summary["templates"])
    assert list(out.parent.iterdir()) == [out]


def test_a_model_is_named_for_endpoints_alone_and_a_kind_that_there_is_not_is_refused(ieiw, tmp_path):
    out = tmp_path / "a.yaml"
    check_refused(ieiw("instructions", "removal", "--out", out, "--with", "some/model", "--model", "x"), "--model x")
    check_refused(ieiw("instructions", "nosuch", "--out", out), "nosuch")
    assert not out.exists()
