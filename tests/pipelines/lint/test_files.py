"""Files lost, cut short, of another schema, or that nothing names: lint names each."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieiw.pipelines.lint.run import Kind, lint
from tests.support.damage import expect, the_files

FILES = ("shard", "rejects", "rows", "index of rows", "index of rejects", "plan")


@pytest.mark.parametrize("which", FILES)
def test_a_file_is_lost(tiny, which):
    name = the_files(tiny)[which]
    tiny.store.delete(name)
    expect(tiny, Kind.MISSING, name)


@pytest.mark.parametrize("which", FILES)
@pytest.mark.parametrize("keep", [0, 0.6, 0.99])
def test_a_file_is_cut_short(tiny, which, keep):
    name = the_files(tiny)[which]
    data = (tiny.path / name).read_bytes()
    (tiny.path / name).write_bytes(data[: int(len(data) * keep)])
    found = {finding.where for finding in lint(tiny.path).findings}
    assert name in found


@pytest.mark.parametrize("folder", ["shards", "rejects", "rows", "index", "plan", "plan/shapes", "shards/deep"])
def test_a_stray_file(tiny, folder):
    tiny.store.publish_bytes(f"{folder}/stray", b"x")
    expect(tiny, Kind.ORPHAN, f"{folder}/stray")


def test_a_zombies_shard(tiny):
    shard = the_files(tiny)["shard"]
    other = shard[:-16] + "0123456789ab.tar"
    shutil.copy(tiny.path / shard, tiny.path / other)
    expect(tiny, Kind.ORPHAN, other)


@pytest.mark.parametrize("which", ["rejects", "rows", "index of rows", "index of rejects", "plan"])
def test_a_file_of_another_schema(tiny, which):
    name = the_files(tiny)[which]
    pq.write_table(pa.table({"key": ["a"]}), tiny.path / name)
    expect(tiny, Kind.SCHEMA, name)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_damage_is_found_and_never_crashes(whole, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz") / "build"
    shutil.copytree(whole.path, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    victim = data.draw(st.sampled_from(files))
    content = bytearray(victim.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    damaged = bytes(content) != victim.read_bytes()
    victim.write_bytes(bytes(content))
    report = lint(folder)
    sealed = victim.parent.name in ("shards", "rejects", "index")
    assert not (report.ok and sealed and damaged)
    shutil.rmtree(folder)
