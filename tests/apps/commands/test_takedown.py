"""``ieiw takedown`` from outside."""

import pytest

from ieiw.pipelines.lint.run import lint
from tests.support.builds import ieiw, index, stamps
from tests.support.command_line import as_json, check_refused
from tests.support.taken import everything
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def build(tmp_path):
    return tiny_build(tmp_path / "build", Wanted(pictures=4)).path


def run(*arguments, **environment):
    done = ieiw(*arguments, **environment)
    return done.returncode, done.stdout, done.stderr


def test_a_look_then_the_deed_then_the_proof(build):
    row = index(build, "rows")[0]
    wish = ("--record", f"{row['source']}/{row['record']}")
    before = stamps(build)
    seen = as_json(run("takedown", build, *wish, "--dry-run", "--json"))
    assert seen["dry_run"] and stamps(build) == before
    status, out, err = run("takedown", build, *wish)
    assert (status, out) == (0, "")
    assert "3 triplets and what was known of 3 rejects are gone, in 1 units" in err
    assert seen["taken"][0]["proof"] in err
    assert lint(str(build)).ok
    assert as_json(run("takedown", build, *wish, "--json"))["taken"] == seen["taken"]


def test_what_was_stopped_is_told_and_goes_on(build, tmp_path):
    digest = index(build, "rows")[0]["source_sha256"]
    killed = run("takedown", build, "--sha256", digest, IEIW_FAIL_POINT=f"takedown-plan:1:{tmp_path / 'visits'}")
    assert killed[0] == -9
    refused = run("cut", build, "--name", "x")
    check_refused(refused, "a take-down was stopped")
    assert refused[2].splitlines()[-1] == f"Run: ieiw takedown {build} --resume"
    assert run("takedown", build, "--resume")[0] == 0
    assert lint(str(build)).ok
    status, _, err = run("takedown", build, "--resume")
    assert status == 0 and "nothing was stopped here" in err


def test_what_the_user_can_mend(build, tmp_path):
    before = everything(build)
    check_refused(run("takedown", build), "nothing to take down is named")
    check_refused(run("takedown", build, "--sha256", "f" * 64), "no picture with sha256", "Nothing was changed")
    check_refused(run("takedown", build, "--url", "https://example.org/x.jpg"), "no picture with url")
    check_refused(run("takedown", tmp_path, "--record", "1"), "build.json")
    assert everything(build) == before
