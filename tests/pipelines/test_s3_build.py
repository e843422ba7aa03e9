"""A build in a bucket, over a network that loses requests and answers, by one driver and by two at once."""

import hashlib

import pytest
import s3fs

from ieiw.pipelines.lint.run import lint
from tests.support.builds import ieiw, run_build, tree, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.processes import freeze, started, wait_until, wake
from tests.support.s3 import KEYS, client, faulty_proxy, objects, s3_server

BUCKET = "builds"
UNITS = 18
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


def published(server, prefix):
    pages = client(server).list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/rows/")
    return pages["KeyCount"]


def assert_lints(server, out, monkeypatch):
    for name, value in (KEYS | {"AWS_ENDPOINT_URL": server}).items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    found = lint(out)
    assert (found.findings, found.notes) == ((), ())


def test_faults_of_the_network_change_nothing(server, recipe, local, tmp_path, monkeypatch):
    out = f"s3://{BUCKET}/faults"
    with faulty_proxy(server, share=0.08, kinds=KINDS, seed=3) as proxy:
        done = ieiw("build", recipe, "--out", out, "--workers", 1, **settings(proxy.url, tmp_path))
        assert done.returncode == 0, done.stderr
        assert all(proxy.faults[kind] > 0 for kind in KINDS)
    assert bucket_tree(server, "faults") == local
    assert_lints(server, out, monkeypatch)


def test_two_drivers_at_once_over_a_bad_network_make_the_same_build(server, recipe, local, tmp_path, monkeypatch):
    out, logs = f"s3://{BUCKET}/two", [tmp_path / "first.log", tmp_path / "second.log"]
    with faulty_proxy(server, share=0.05, kinds=KINDS, seed=4) as proxy:
        environment = settings(proxy.url, tmp_path)
        with started(recipe, out, "--workers", "1", log=logs[0], **environment) as first:
            wait_until(lambda: published(server, "two") >= 3)
            stopped = freeze(first)  # until the other is at work too
            there = published(server, "two")
            assert there < UNITS
            with started(recipe, out, "--workers", "1", "--take-over", log=logs[1], **environment) as second:
                wait_until(lambda: published(server, "two") > there)
                wake(stopped)
                for build, log in zip((first, second), logs, strict=True):
                    assert build.wait(180) == 0, log.read_text()
        assert sum(proxy.faults.values()) > 5
    assert bucket_tree(server, "two") == local
    assert_lints(server, out, monkeypatch)


def test_a_driver_that_is_killed_leaves_a_build_that_goes_on(server, recipe, local, tmp_path):
    out, environment = f"s3://{BUCKET}/killed", settings(server, tmp_path)
    with started(recipe, out, "--workers", "1", log=tmp_path / "first.log", **environment) as first:
        wait_until(lambda: published(server, "killed") >= 3)
        freeze(first)
        other = ieiw("build", recipe, "--out", out, **environment)
        assert other.returncode == 2, other.stderr
        assert f"process {first.pid} " in other.stderr
    done = ieiw("build", recipe, "--out", out, "--workers", 1, **environment)
    assert done.returncode == 0, done.stderr
    assert bucket_tree(server, "killed") == local
