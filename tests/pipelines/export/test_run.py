"""Exports are loaded by those they are made for, value by value: pictures by their bytes, and every field."""

import csv
import json
import logging
import math
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import yaml

from ieiw.filters.rule_set import Split
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.export import parquet
from ieiw.pipelines.export.run import LAYOUTS, export
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.cut_state import load_cut
from ieiw.triplets.layout.scores import read_values
from tests.support.builds import ROOT, index, stamps
from tests.support.scored import ALL, tables
from tests.support.tiny_build import Wanted, tiny_build

FIELDS = ("instruction", "alternatives", "task", "dataset", "split", "answer", "provenance")


@pytest.fixture(scope="module")
def exported(whole, tmp_path_factory):
    """Layout -> folder."""
    folder = tmp_path_factory.mktemp("exported")
    for to in LAYOUTS:
        export(whole.store.location, "strict", to, folder / to)
    return folder


@pytest.fixture(scope="module")
def datasets():
    """The package, told never to ask the hub."""
    module, patch = pytest.importorskip("datasets"), pytest.MonkeyPatch()
    patch.setattr(module.config, "HF_HUB_OFFLINE", True)
    module.disable_progress_bars()
    yield module
    patch.undo()


@pytest.mark.parametrize("streaming", [False, True])
def test_hugging_face_reads_every_value_and_byte(exported, wanted, datasets, tmp_path, streaming):
    data = datasets.load_dataset(str(exported / "hf"), cache_dir=str(tmp_path), streaming=streaming)
    assert set(data) == {"train", "validation"}
    for side, triplets in wanted.items():
        raw = data[side]
        for role in ("source", "target"):
            raw = raw.cast_column(role, datasets.Image(decode=False))
        seen = {}
        for plain, decoded in zip(raw, data[side], strict=True):
            triplet = triplets[plain["key"]]
            assert {name: plain[name] for name in FIELDS} == triplet["fields"]
            for role in ("source", "target"):
                assert plain[role]["bytes"] == triplet[role]
                np.testing.assert_array_equal(np.asarray(decoded[role]), decode(triplet[role]).pixels)
            seen[plain["key"]] = True
        assert seen.keys() == triplets.keys()


def test_the_card_names_the_files_and_tells_how_the_cut_came_about(exported, whole):
    text = (exported / "hf" / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert front["configs"][0]["data_files"] == [
        {"split": side, "path": f"data/{side}-*.parquet"} for side in ("train", "validation")
    ]
    state = load_cut(whole.store, "strict")
    assert f"{state.kept} of {state.candidates} built ones, {state.train} for training" in text
    for words in ("blurred", "stand-in", "load_dataset(", "CC-BY-4.0", "croissant.json"):
        assert words in text
    assert "ieiw train" not in text and "WebDataset" not in text


@pytest.mark.parametrize("to", ["hf", "croissant"])
def test_croissant_is_valid_and_gives_every_value(exported, wanted, to, caplog):
    mlcroissant = pytest.importorskip("mlcroissant")
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(str(exported / to / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()
    warnings = [line for line in str(dataset.metadata.ctx.issues.report()).splitlines() if "recommended" in line]
    assert len(warnings) == 2, "nothing but citeAs and datePublished, which nobody knows, is left out"
    assert "@context" not in caplog.text
    for side, triplets in wanted.items():
        seen = set()
        for record in dataset.records(side):
            values = {name.partition("/")[2]: value for name, value in record.items()}
            triplet = triplets[values["key"].decode()]
            for name in FIELDS:
                value = values[name]
                text = [each.decode() for each in value] if name == "alternatives" else value.decode()
                assert text == triplet["fields"][name]
            for role in ("source", "target"):
                np.testing.assert_array_equal(np.asarray(values[role]), decode(triplet[role]).pixels)
            seen.add(values["key"].decode())
        assert seen == triplets.keys()


def fiftyone_entries(triplets):
    """(key, slice) -> what FiftyOne must find."""
    found = {}
    for side, by_key in triplets.items():
        for key, triplet in by_key.items():
            more = {"key": key, "tags": [side], "licence": triplet["row"]["licence"]}
            for role in ("source", "target"):
                found[key, role] = triplet["fields"] | more | {"region_share": triplet["row"]["region_share"]}
    return found


def test_a_fiftyone_folder_is_plain_json_beside_the_pictures(exported, wanted):
    folder = exported / "fiftyone"
    samples = json.loads((folder / "samples.json").read_text())["samples"]
    expected = fiftyone_entries(wanted)
    groups = {}
    for sample in samples:
        group, name = sample.pop("group"), sample.pop("filepath")
        assert sample.pop("metadata") is None
        key, role = sample["key"], group["name"]
        assert sample == expected.pop((key, role))
        assert (folder / name).read_bytes() == wanted[sample["tags"][0]][key][role]
        groups.setdefault(key, set()).add(group["_id"]["$oid"])
    assert expected == {}
    ids = [each for found in groups.values() for each in found]
    assert len(ids) == len(set(ids)) == len(groups)
    assert {len(each) for each in ids} == {24}


@pytest.mark.skipif(
    "IEIW_FIFTYONE" not in os.environ, reason="IEIW_FIFTYONE names no Python with fiftyone and mongomock"
)
def test_fiftyone_imports_it(exported, wanted):
    reader = ROOT / "tests" / "support" / "fiftyone_reader.py"
    command = [os.environ["IEIW_FIFTYONE"], str(reader), str(exported / "fiftyone")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["media_type"] == "group"
    assert found["info"]["cut"] == "strict"
    expected = fiftyone_entries(wanted)
    for sample in found["samples"]:
        sample.pop("group")
        data = Path(sample.pop("filepath")).read_bytes()
        key, role = sample["key"], sample.pop("slice")
        assert sample == expected.pop((key, role))
        assert data == wanted[sample["tags"][0]][key][role]
    assert expected == {}


def test_the_csv_holds_every_attempt_its_verdict_and_every_score(exported, whole):
    with (exported / "csv" / "rows.csv").open(newline="", encoding="utf-8") as file:
        found = {row["key"]: row for row in csv.DictReader(file)}
    rows = {row["key"]: row for row in index(whole.path, "rows")}
    dead = {row["key"]: row for row in index(whole.path, "rejects")}
    assert found.keys() == rows.keys() | dead.keys()
    kept = {row["key"]: row for row in tables(whole, "strict", "kept").to_pylist()}
    dropped = {row["key"]: row for row in tables(whole, "strict", "dropped").to_pylist()}
    sharp = dict(zip(*read_values(whole.store, "sharpness").to_pydict().values(), strict=True))
    seam = dict(zip(*read_values(whole.store, "seam").to_pydict().values(), strict=True))
    for key, row in found.items():
        real = rows.get(key) or dead[key]
        for name, value in real.items():
            if name != "reason":
                assert same(row[name], value), name
        if key in kept:
            assert (row["verdict"], row["reason"], row["value"]) == (kept[key]["side"], "", "")
        elif key in dropped:
            assert (row["verdict"], row["reason"]) == ("dropped", dropped[key]["rule"])
            assert same(row["value"], dropped[key]["value"])
        else:
            assert (row["verdict"], row["reason"], row["value"]) == ("rejected", real["reason"], "")
        if key in rows:
            assert same(row["source.sharpness"], sharp[real["source_sha256"]])
            assert same(row["pair.seam"], seam[key])
        else:
            assert (row["source.sharpness"], row["instruction"], row["shard"]) == ("", "", "")


def same(text, value):
    """A cell and what it stands for: empty where there is no number, and not a digit lost where there is one."""
    if isinstance(value, float):
        return text == "" if math.isnan(value) else np.float32(text) == np.float32(value)
    return text == str(value)


def test_many_files_hold_what_one_would(whole, wanted, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_FILE_BYTES", 20_000)
    monkeypatch.setattr(parquet, "_GROUP_BYTES", 9_000)
    done = export(whole.store.location, "strict", "hf", tmp_path / "out")
    files = [name for name in done.files if name.startswith("data/train-")]
    assert len(files) > 3
    import pyarrow.parquet as pq

    rows = [row for name in files for row in pq.read_table(tmp_path / "out" / name).to_pylist()]
    assert [row["key"] for row in rows] == list(wanted["train"])
    assert pq.ParquetFile(tmp_path / "out" / files[0]).num_row_groups > 1


@pytest.mark.parametrize("to", LAYOUTS)
def test_the_same_cut_gives_the_same_bytes(whole, exported, tmp_path, to):
    again = export(whole.store.location, "strict", to, tmp_path / "again")
    for name in again.files:
        assert (tmp_path / "again" / name).read_bytes() == (exported / to / name).read_bytes()


def test_pictures_without_loss_stay_what_they_are(tmp_path, datasets):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=4, format="png"))
    cut(tiny.store.location, "all", ALL.model_copy(update={"split": Split()}))
    done = export(tiny.store.location, "all", "fiftyone", tmp_path / "out")
    assert {name.rpartition(".")[2] for name in done.files if name.startswith("data/")} == {"png"}
    export(tiny.store.location, "all", "hf", tmp_path / "hf")
    data = datasets.load_dataset(str(tmp_path / "hf"), split="train", cache_dir=str(tmp_path / "cache"))
    data = data.cast_column("target", datasets.Image(decode=False))
    for row in data:
        assert row["target"]["bytes"] == (tmp_path / "out/data" / row["target"]["path"]).read_bytes()


def test_a_materialised_cut_is_exported_likewise(whole, wanted, tmp_path):
    done = export(whole.store.location, "copies", "fiftyone", tmp_path / "out")
    assert done.rows == sum(map(len, wanted.values()))


# what is refused, with nothing left behind


def check_refused(tiny, out, told, cut="strict", to="hf"):
    before = stamps(tiny.path)
    with pytest.raises(UsageError, match=told) as caught:
        export(tiny.store.location, cut, to, out)
    assert stamps(tiny.path) == before
    return caught.value


def test_names_that_there_are_not(tiny, tmp_path):
    check_refused(tiny, tmp_path / "out", "no cut 'other' here", cut="other")
    check_refused(tiny, tmp_path / "out", "no layout is called 'tar'. Known: hf, croissant, fiftyone, csv", to="tar")
    check_refused(tiny, "s3://bucket/out", "a folder of this machine")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_or_is_a_file(tiny, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "file").touch()
    for out in ("full", "file"):
        check_refused(tiny, tmp_path / out, "holds something already")
    (tmp_path / "empty").mkdir()
    assert export(tiny.store.location, "strict", "csv", tmp_path / "empty").files == ("rows.csv",)


def test_an_empty_cut(tiny, tmp_path):
    file = tiny.path / "cuts/strict/cut.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"kept": 0, "train": 0, "validation": 0}))
    error = check_refused(tiny, tmp_path / "out", "keeps no row")
    assert error.step == Step("cut", tiny.store.location, {"name": "strict"})


def test_a_cut_that_is_older_than_the_build(tiny, tmp_path):
    file = tiny.path / "cuts/strict/cut.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"index_sha256": ["0" * 64]}))
    check_refused(tiny, tmp_path / "out", "make it again")


@pytest.mark.parametrize("to", ["hf", "croissant", "fiftyone"])
@pytest.mark.parametrize("damage", ["changed", "cut off", "missing"])
def test_a_shard_that_changed(tiny, wanted, tmp_path, to, damage):
    row = next(iter(wanted["train"].values()))["row"]
    shard = tiny.path / row["shard"]
    data = bytearray(shard.read_bytes())
    data[row["target_offset"] + row["target_size"] // 2] ^= 1
    if damage == "missing":
        shard.unlink()
    else:
        shard.write_bytes(data if damage == "changed" else data[:-10240])
    error = check_refused(tiny, tmp_path / "out", row["shard"], to=to)
    assert error.step == Step("lint", tiny.store.location)
    assert not (tmp_path / "out").exists()


def test_what_a_stopped_export_left_is_in_nobodys_way(tiny, tmp_path):
    (tmp_path / "out.partial" / "data").mkdir(parents=True)
    (tmp_path / "out.partial" / "data" / "train-00099.parquet").write_bytes(b"half")
    export(tiny.store.location, "strict", "hf", tmp_path / "out")
    assert not (tmp_path / "out.partial").exists()
    assert not (tmp_path / "out" / "data" / "train-00099.parquet").exists()
