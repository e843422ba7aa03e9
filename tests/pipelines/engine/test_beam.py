"""Flags for Beam, and what one of its workers does with a unit."""

import sys

import pytest

from ieiw.pipelines.engine.beam import WorkOnUnit, _watched_python, check_flags, run
from ieiw.pipelines.engine.stage import address
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store
from tests.support.toy_stage import UNITS, Toy

LOCAL = ["--runner=FnApiRunner", "--direct_running_mode=in_memory", "--direct_num_workers=1"]


def test_flags_of_any_part_of_beam_are_known_and_others_named():
    check_flags([*LOCAL, "--setup_file=./setup.py", "--job_endpoint=host:1", "--max_num_workers", "3"])
    with pytest.raises(UsageError, match="--wrkers"):
        check_flags([*LOCAL, "--wrkers=2"])


def test_units_become_files(tmp_path):
    store, stage = open_store(tmp_path), Toy(damaged=(1,))
    do = WorkOnUnit(store.location, "", address(stage), stage.model_dump_json())
    run([ref.encoded() for ref in UNITS], do, LOCAL)
    assert sorted(store.sizes("toys")) == [ref.unit for ref in UNITS if ref.number != 1]


def test_a_unit_before_the_set_up_is_an_error():
    with pytest.raises(RuntimeError, match="before setup"):
        WorkOnUnit("here", "", "", "").process(UNITS[0].encoded())


def test_workers_start_under_watch_from_a_path_that_is_quoted_for_beams_shell(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/my folder/python")
    with _watched_python(["--direct_running_mode=multi_processing"]):
        assert sys.executable == "'/my folder/python' -m ieiw.pipelines.engine.parent"
    with _watched_python(LOCAL):
        assert sys.executable == "/my folder/python"
    assert sys.executable == "/my folder/python"
