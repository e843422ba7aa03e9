"""What needs real processes: workers that die, drivers that vanish, runners that differ, folders that mislead."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import cv2
import grpc
import numpy as np
import psutil
import pytest
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from tests.support.builds import ROOT, ieiw, index, tree, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut, write_picture
from tests.support.processes import below, freeze, freeze_below, started, wait_until, wake

NOTICED_S = 60
WANTED = Folder(pictures=60, phrases=4)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_phrasecut(tmp_path_factory.mktemp("data") / "pc", WANTED)


@pytest.fixture(scope="module")
def recipe(root, tmp_path_factory):
    return write_recipe(tmp_path_factory.mktemp("recipe") / "recipe.yaml", root)


@pytest.fixture(scope="module")
def undisturbed(recipe, tmp_path_factory):
    """The tree of a build by one worker."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    done = ieiw("build", recipe, "--out", out, "--workers", 1, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sources"]["phrasecut"]["built"] == 480
    return tree(out)


def own_folder(tmp_path, number=7):
    """A folder that a test may spoil, and its recipe with the hostile inpainter."""
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=20, phrases=2))
    assert (root / "images" / f"{number}.jpg").exists()
    return root, root / "images" / f"{number}.jpg"


@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_makes_the_same_bytes(recipe, undisturbed, tmp_path, workers):
    done = ieiw("build", recipe, "--out", tmp_path / "out", "--workers", workers)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "out") == undisturbed


def test_folders_may_have_spaces_in_their_names(recipe, undisturbed, tmp_path):
    (tmp_path / "my 'own' folder").mkdir()
    (tmp_path / "my 'own' folder" / "venv").symlink_to(sys.prefix)
    python = tmp_path / "my 'own' folder" / "venv" / "bin" / "python"
    out = tmp_path / "my 'own' folder" / "out"
    done = ieiw("build", recipe, "--out", out, "--workers", 2, python=python)
    assert done.returncode == 0, done.stderr
    assert tree(out) == undisturbed


def test_a_worker_that_dies_is_noticed_and_named_and_the_next_run_goes_on(recipe, undisturbed, tmp_path):
    out, fault = tmp_path / "out", f"shard-half-written:6:{tmp_path / 'fault'}"
    first = ieiw("build", recipe, "--out", out, "--workers", 2, IEIW_FAIL_POINT=fault)
    died = (tmp_path / "fault" / "shard-half-written.6").stat().st_mtime
    assert time.time() - died < NOTICED_S
    assert first.returncode == 4, first.stderr
    strikes = [path.name for path in (out / "logs" / "strikes").iterdir()]
    assert len(strikes) == 1
    assert Path(strikes[0]).stem.removeprefix("build-phrasecut-") in first.stderr
    second = ieiw("build", recipe, "--out", out, "--workers", 1, "--json")
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["quarantined_units"] == 0
    assert list((out / "logs" / "strikes").iterdir()) == []
    assert tree(out) == undisturbed


def test_a_worker_that_dies_before_its_first_unit_is_noticed(recipe, tmp_path):
    log = tmp_path / "said"
    with started(recipe, tmp_path / "out", "--workers", "2", log=log) as build:
        wait_until(lambda: workers_of(build))[-1].kill()
        begun = time.monotonic()
        assert build.wait(NOTICED_S) == 4, log.read_text()
        assert "died" in log.read_text()
        assert time.monotonic() - begun < NOTICED_S


def workers_of(build):
    """Beam's worker processes, without the shells around them."""
    found = []
    for process in below(build):
        with suppress(psutil.Error):
            words = process.cmdline()
            if words and "python" in Path(words[0]).name and any("sdk_worker_main" in word for word in words):
                found.append(process)
    return found


def test_a_unit_that_kills_again_and_again_is_set_aside(tmp_path):
    root, picture = own_folder(tmp_path)
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 2] = 255
    cv2.imwrite(str(picture), red)
    recipe = write_recipe(tmp_path / "r.yaml", root, backends={"inpaint": "hostile"}, source={"max_reject_share": 1})
    hostile = {"PYTHONPATH": str(ROOT / "tests" / "support" / "hostile")}
    out = tmp_path / "out"
    first = ieiw("build", recipe, "--out", out, "--workers", 2, **hostile)
    assert first.returncode == 4, first.stderr
    second = ieiw("build", recipe, "--out", out, "--workers", 2, "--json", **hostile)
    assert second.returncode == 0, second.stderr
    summary = json.loads(second.stdout)
    assert summary["quarantined_units"] == 1
    dead, rows = index(out, "rejects"), index(out, "rows")
    assert {row["reason"] for row in dead} == {"worker_died"}
    assert len({row["unit"] for row in dead}) == 1
    assert "7" in {row["group"] for row in dead}
    assert len(rows) + len(dead) == 80
    assert Counter(row["unit"] for row in dead).total() == summary["sources"]["phrasecut"]["reasons"]["worker_died"]
    write_picture(root, 7, Folder(pictures=20, phrases=2))
    third = ieiw("build", recipe, "--out", out, "--workers", 1, "--retry-rejects", "worker_died", "--json", **hostile)
    assert third.returncode == 0, third.stderr
    assert json.loads(third.stdout)["sources"]["phrasecut"]["built"] == 80


def test_a_storage_that_fails_ends_the_build_with_its_unit_named_and_no_strike(tmp_path):
    root, picture = own_folder(tmp_path)
    picture.unlink()
    picture.symlink_to("/proc/self/mem")  # reading it is an error of the storage (EIO), not a missing picture
    recipe, out = write_recipe(tmp_path / "r.yaml", root), tmp_path / "out"
    for workers in (1, 2):
        first = ieiw("build", recipe, "--out", out, "--workers", workers, IEIW_FOLLOW_LINKS="1")
        assert first.returncode == 5, first.stderr
        assert "OSError" in first.stderr
        assert "(unit phrasecut " in first.stderr
        assert first.stderr.count("phrasecut ") == 2, "one unit is named, no neighbour of it"
        assert not (out / "logs" / "strikes").exists()
    picture.unlink()
    write_picture(root, 7, Folder(pictures=20, phrases=2))
    assert ieiw("build", recipe, "--out", out, "--workers", 1).returncode == 0
    assert len(index(out, "rows")) == 80


def test_files_of_the_user_shadow_none_of_ours(recipe, undisturbed, tmp_path):
    trap = "raise RuntimeError('the file of the user was imported')\n"
    for name in ("filters", "triplets", "pipelines", "numpy", "apps"):
        (tmp_path / f"{name}.py").write_text(trap)
    for name in ("models", "builders"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(trap)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONSAFEPATH", "PYTHONPATH")}
    command = [Path(sys.executable).parent / "ieiw", "build", recipe, "--out", "out", "--workers", "2"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "out") == undisturbed


def test_nothing_lives_on_when_its_supervisor_is_killed(recipe, undisturbed, tmp_path):
    out = tmp_path / "out"
    with started(recipe, out, "--workers", "2", log=tmp_path / "said") as build:
        wait_until(lambda: (out / "rows").is_dir() and any((out / "rows").iterdir()))
        family = freeze(build)[1:]
        assert len(family) >= 3
        other = ieiw("build", recipe, "--out", out)
        assert other.returncode == 2
        assert f"process {build.pid} on {socket.gethostname()}" in other.stderr
        build.kill()
        build.wait()
    wake(family)
    assert psutil.wait_procs(family, timeout=30)[1] == []
    assert ieiw("build", recipe, "--out", out, "--workers", 1).returncode == 0
    assert tree(out) == undisturbed


def test_stopping_with_the_keyboard_is_no_failure(recipe, undisturbed, tmp_path):
    out, log = tmp_path / "out", tmp_path / "said"
    with started(recipe, out, "--workers", "1", log=log) as build:
        wait_until(
            lambda: any("ieiw.pipelines.engine.driver" in process.cmdline() for process in below(build))
        )  # not its vfork
        family = freeze_below(build)  # lest a slow test's signal comes when all is built
        build.send_signal(signal.SIGINT)
        assert build.wait(60) == 130, log.read_text()
    assert "Traceback" not in log.read_text()
    assert psutil.wait_procs(family, timeout=30)[1] == []
    assert not (out / "lock.json").exists()


def test_beams_portable_job_service_makes_the_same_bytes(recipe, undisturbed, tmp_path):
    command = [sys.executable, "-m", "apache_beam.runners.portability.local_job_service_main"]
    port_file = tmp_path / "port"
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen([*command, "--port_file", str(port_file)], stdout=log, stderr=log)
    try:
        port = wait_until(lambda: port_file.exists() and port_file.read_text().strip())
        flags = ["--runner=PortableRunner", f"--job_endpoint=localhost:{port}", "--environment_type=LOOPBACK"]
        done = ieiw("build", recipe, "--out", tmp_path / "out", *flags)
        assert done.returncode == 0, done.stderr
        with grpc.insecure_channel(f"localhost:{port}") as channel:
            jobs = beam_job_api_pb2_grpc.JobServiceStub(channel).GetJobs(beam_job_api_pb2.GetJobsRequest()).job_info
    finally:
        service.kill()
        service.wait()
    assert [job.state for job in jobs] == [beam_job_api_pb2.JobState.DONE]
    assert tree(tmp_path / "out") == undisturbed


def test_two_drivers_at_once_make_the_same_build(recipe, undisturbed, tmp_path):
    out, logs = tmp_path / "out", [tmp_path / "first", tmp_path / "second"]

    def published():
        return len(list((out / "rows").iterdir())) if (out / "rows").is_dir() else 0

    with started(recipe, out, "--workers", "1", log=logs[0]) as first:
        wait_until(lambda: published() > 5)
        stopped = freeze(first)
        there = published()
        with started(recipe, out, "--workers", "1", "--take-over", log=logs[1]) as second:
            wait_until(lambda: published() > there)
            wake(stopped)
            for build, log in zip((first, second), logs, strict=True):
                assert build.wait(120) == 0, log.read_text()
    assert tree(out) == undisturbed
    assert not (out / "lock.json").exists()
