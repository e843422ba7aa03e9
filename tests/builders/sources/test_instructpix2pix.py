"""InstructPix2Pix as folders and as zip files: pairs by prompt and seed."""

import zipfile

import pytest

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal
from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase, records_of, source_of, write_json


class TestInstructPix2Pix(SourceCase):
    dataset, split, tasks = "instructpix2pix", "all", ("edit",)
    records = 7
    faults = {"duplicate_record": 1, "picture_missing": 1, "invalid_record": 1}
    built = 2  # of the other two one lacks its pictures, one its prompt

    def write(self, root):
        write_json(root / "seeds.json", [["1", ["7", "8", "8"]], ["2", ["5"]], ["3", []], ["4", [6]], {"5": []}])
        for seed in ("7", "8"):
            save(root / f"1/{seed}_0.jpg", drawn(seed=int(seed)))
            save(root / f"1/{seed}_1.jpg", drawn(seed=int(seed) + 10))
        save(root / "4/6_0.jpg", drawn(seed=1))
        save(root / "4/6_1.jpg", drawn(seed=2))
        write_json(root / "1/prompt.json", {"input": "a", "edit": "make it snow", "output": "b"})
        write_json(root / "2/prompt.json", {"edit": "make it rain"})
        write_json(root / "4/prompt.json", {"input": "no edit"})


def test_zips_hold_what_folders_hold(tmp_path):
    TestInstructPix2Pix().write(tmp_path / "folders")
    (tmp_path / "zips").mkdir()
    (tmp_path / "folders/seeds.json").rename(tmp_path / "zips/seeds.json")
    files = [path for path in (tmp_path / "folders").rglob("*") if path.is_file()]
    for number in (0, 1):
        with zipfile.ZipFile(tmp_path / f"zips/shard-{number:02d}.zip", "w") as archive:
            for path in files:
                if (path.parent.name == "1") == (number == 1):
                    archive.write(path, path.relative_to(tmp_path / "folders"))
    source = source_of("instructpix2pix", tmp_path / "zips", "all")
    for path in files:
        assert source.read(str(path.relative_to(tmp_path / "folders"))) == path.read_bytes()
    with pytest.raises(Refusal, match="picture_missing"):
        source.read("2/5_0.jpg")


def test_a_damaged_zip_costs_its_pairs_not_the_build(tmp_path):
    write_json(tmp_path / "seeds.json", [["1", ["7"]]])
    (tmp_path / "shard-00.zip").write_bytes(b"PK cut short")
    with pytest.raises(Refusal, match=r"picture_unreadable: .*shard-00\.zip: corrupt_archive"):
        source_of("instructpix2pix", tmp_path, "all").read("1/7_0.jpg")


def test_a_damaged_zip_costs_no_pair_of_another(tmp_path):
    write_json(tmp_path / "seeds.json", [["1", ["7"]]])
    (tmp_path / "shard-00.zip").write_bytes(b"PK cut short")
    with zipfile.ZipFile(tmp_path / "shard-01.zip", "w") as archive:
        archive.writestr("1/7_0.jpg", b"picture")
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "5_0.jpg").write_bytes(b"in a folder")
    source = source_of("instructpix2pix", tmp_path, "all")
    assert source.read("1/7_0.jpg") == b"picture"
    assert source.read("2/5_0.jpg") == b"in a folder"
    with pytest.raises(Refusal, match=r"picture_unreadable: .*shard-00\.zip: corrupt_archive"):
        source.read("3/1_0.jpg")


def test_prompts_are_cut_90_5_5(tmp_path):
    write_json(tmp_path / "seeds.json", [[str(number), ["1"]] for number in range(40)])
    ids = {
        split: [r.id for r in records_of(source_of("instructpix2pix", tmp_path, split))]
        for split in ("train", "val", "test")
    }
    assert [len(found) for found in ids.values()] == [36, 2, 2]
    assert sum(ids.values(), []) == [f"{number}/1" for number in range(40)]
    with pytest.raises(UsageError, match="split 'dev': known are train, val, test, all"):
        source_of("instructpix2pix", tmp_path, "dev")


def test_only_pairs_on_the_published_list_are_kept(tmp_path):
    write_json(tmp_path / "seeds.json", [["1", ["7", "8"]], ["2", ["7"]]])
    write_json(tmp_path / "keep.json", ["1/8", "2/7"])
    source = source_of("instructpix2pix", tmp_path, "all", keep="keep.json")
    assert list(source.inputs()) == ["seeds.json", "keep.json"]
    faults = {record.id: record.fault and record.fault.reason.value for record in records_of(source)}
    assert faults == {"1/7": "skipped_by_publisher", "1/8": None, "2/7": None}
    write_json(tmp_path / "keep.json", [["1", "8"]])
    with pytest.raises(DocumentError, match="prompt id"):
        records_of(source_of("instructpix2pix", tmp_path, "all", keep="keep.json"))
