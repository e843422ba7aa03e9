"""A build in a bucket, over a network that loses requests and answers, by one driver and by two at once."""

import hashlib
import os
import subprocess
import sys
import time

import psutil
import pytest

from tests.support.builds import ieiw, run_build, tree, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.s3 import KEYS, client, faulty_proxy, objects, s3_server

BUCKET = "builds"
UNITS = 30
KINDS = ("500", "503", "reset", "lost", "short")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("moto") / "log") as url:
        client(url).create_bucket(Bucket=BUCKET)
        yield url


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    wanted = Folder(pictures=UNITS, phrases=2, missing=frozenset({4, 17}))
    return write_phrasecut(tmp_path_factory.mktemp("data") / "pc", wanted)


@pytest.fixture(scope="module")
def recipe(root, tmp_path_factory):
    return write_recipe(tmp_path_factory.mktemp("recipe") / "recipe.yaml", root, unit_bytes="8KB")


@pytest.fixture(scope="module")
def local(root, tmp_path_factory):
    """The tree of the same build in a folder."""
    out = tmp_path_factory.mktemp("local") / "out"
    run_build(root, out, changes={"unit_bytes": "8KB"})
    return tree(out)


def settings(endpoint, tmp_path):
    """The environment in which s3:// means our server, and logs and spooled files stay in the test's folder."""
    return KEYS | {"AWS_ENDPOINT_URL": endpoint, "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}


def bucket_tree(server, prefix):
    """Name -> digest of every object of a build, those that should not be there included."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in objects(server, BUCKET, prefix).items()}


def started(recipe, out, log, environment, *flags):
    command = [sys.executable, "-m", "apps.main", "build", str(recipe), "--out", out, *flags]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, env=os.environ | {"PYTHONSAFEPATH": "1"} | environment, stdout=output, stderr=output
        )


def published(server, prefix):
    pages = client(server).list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/rows/")
    return pages["KeyCount"]


def wait_until(what, process, seconds=90):
    deadline = time.monotonic() + seconds
    while not what() and process.poll() is None:
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def lints(server, out, tmp_path):
    done = ieiw("lint", out, **settings(server, tmp_path))
    return done.returncode == 0, done.stdout + done.stderr


def test_faults_of_the_network_change_nothing(server, recipe, local, tmp_path):
    out = f"s3://{BUCKET}/faults"
    with faulty_proxy(server, share=0.08, kinds=KINDS, seed=3) as proxy:
        done = ieiw("build", recipe, "--out", out, "--workers", 1, **settings(proxy.url, tmp_path))
        assert done.returncode == 0, done.stderr
        assert all(proxy.faults[kind] > 0 for kind in KINDS)
    assert bucket_tree(server, "faults") == local
    good, said = lints(server, out, tmp_path)
    assert good, said


def test_two_drivers_at_once_over_a_bad_network_make_the_same_build(server, recipe, local, tmp_path):
    out = f"s3://{BUCKET}/two"
    with faulty_proxy(server, share=0.05, kinds=KINDS, seed=4) as proxy:
        environment = settings(proxy.url, tmp_path)
        first = started(recipe, out, tmp_path / "first.log", environment, "--workers", "1")
        second = None
        try:
            wait_until(lambda: published(server, "two") >= 3, first)
            stopped = [psutil.Process(first.pid), *psutil.Process(first.pid).children(recursive=True)]
            for process in stopped:  # until the other is at work too
                process.suspend()
            there = published(server, "two")
            assert there < UNITS
            second = started(recipe, out, tmp_path / "second.log", environment, "--workers", "1", "--take-over")
            wait_until(lambda: published(server, "two") > there + 2, second)
            for process in stopped:
                process.resume()
            assert second.wait(180) == 0, (tmp_path / "second.log").read_text()
            assert first.wait(180) == 0, (tmp_path / "first.log").read_text()
        finally:
            end(first, second)
        assert sum(proxy.faults.values()) > 5
    assert bucket_tree(server, "two") == local
    good, said = lints(server, out, tmp_path)
    assert good, said


def test_a_driver_that_is_killed_leaves_a_build_that_goes_on(server, recipe, local, tmp_path):
    out, environment = f"s3://{BUCKET}/killed", settings(server, tmp_path)
    first = started(recipe, out, tmp_path / "first.log", environment, "--workers", "1")
    try:
        wait_until(lambda: published(server, "killed") >= 3, first)
        other = ieiw("build", recipe, "--out", out, **environment)
        assert other.returncode == 2, other.stderr
        assert f"process {first.pid} " in other.stderr
    finally:
        end(first)
    done = ieiw("build", recipe, "--out", out, "--workers", 1, **environment)
    assert done.returncode == 0, done.stderr
    assert bucket_tree(server, "killed") == local


def end(*processes):
    """Kill builds and all below them."""
    for process in processes:
        if process is not None and process.poll() is None:
            family = psutil.Process(process.pid).children(recursive=True)
            for each in [process, *family]:
                each.kill()
            process.wait()
