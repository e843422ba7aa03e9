"""``ieiw export`` from outside."""

import json

import pytest

from ieiw.pipelines.cut.run import cut
from tests.support.builds import ieiw
from tests.support.command_line import as_json, check_refused
from tests.support.scored import ALL
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("export") / "build", Wanted(pictures=4))
    cut(tiny.store.location, "all", ALL)
    return tiny.path


def run(*arguments):
    done = ieiw(*arguments)
    return done.returncode, done.stdout, done.stderr


def test_it_says_what_it_does_and_how_to_load_it(build, tmp_path):
    status, out, err = run("export", build, "--cut", "all", "--to", "hf", "--out", tmp_path / "out")
    assert (status, out) == (0, "")
    assert f"exporting cut all of {build} to {tmp_path / 'out'} (hf)" in err
    assert f'datasets.load_dataset("{tmp_path / "out"}")' in err
    again = run("export", build, "--cut", "all", "--to", "csv", "--out", tmp_path / "csv", "--json")
    assert as_json(again) == {
        "files": ["rows.csv"],
        "out": str(tmp_path / "csv"),
        "rows": 4 * 2 * 3 * 2,
        "to": "csv",
    }
    assert json.loads(again[1])["rows"]


def test_what_the_user_can_mend(build, tmp_path):
    check_refused(run("export", build, "--cut", "none", "--to", "hf", "--out", tmp_path / "x"), "no cut 'none'", "all")
    check_refused(run("export", build, "--cut", "all", "--to", "zip", "--out", tmp_path / "x"), "'zip'", "fiftyone")
    check_refused(run("export", build, "--cut", "all", "--to", "csv", "--out", build), str(build), "holds something")
    check_refused(run("export", tmp_path, "--cut", "all", "--to", "csv", "--out", tmp_path / "x"), "no cut 'all'")
