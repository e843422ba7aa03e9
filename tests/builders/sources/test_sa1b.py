"""SA-1B in each of its forms: what is planned, what is read, and what a damaged or strange file costs."""

import json
import tarfile
from collections import Counter

import pytest

from ieiw.builders.opening import Opener
from ieiw.builders.record_kinds import lacking
from ieiw.builders.replacement.regions import Outlined, regions_of
from ieiw.builders.sources import sa1b
from ieiw.triplets.errors import UsageError
from tests.builders.replacement.pictures import sa1b_document
from tests.support.region_case import RegionCase
from tests.support.source_case import draw_picture, records_of, source_of, write_json

PICTURES = 5


def write_loose(root, numbers=range(1, PICTURES + 1)):
    for number in numbers:
        draw_picture(root / f"sa_{number}.jpg", 200, 160, seed=number)
        write_json(root / f"sa_{number}.json", sa1b_document((20, 30, 60, 50), (100, 10, 30, 40)))


def add_all(archive, folder):
    for file in sorted(folder.iterdir()):
        archive.add(file, f"./{file.name}")


def pack(tar, folder):
    with tarfile.open(tar, "w", format=tarfile.USTAR_FORMAT) as archive:
        add_all(archive, folder)


@pytest.fixture(params=["root", "folders", "tars"])
def root(request, tmp_path):
    """The same five pictures in one of the three forms."""
    data, parts = tmp_path / "data", {"sa_000000": (1, 2, 3), "sa_000001": (4, 5)}
    data.mkdir()
    for name, numbers in parts.items():
        write_loose({"root": data, "folders": data / name, "tars": tmp_path / name}[request.param], numbers)
        if request.param == "tars":
            pack(data / f"{name}.tar", tmp_path / name)
    return data


@pytest.fixture(autouse=True)
def short_runs(monkeypatch):
    monkeypatch.setattr(sa1b, "_RUN", 3)


class TestSa1b(RegionCase):
    dataset, split = "sa-1b", "train"
    records, faults = PICTURES + 1, {"picture_missing": 1}
    regions, refused = 2 * PICTURES, {"invalid_record": 1}

    def write(self, root):
        write_loose(root)
        document = sa1b_document((20, 30, 60, 50), (100, 10, 30, 40), (1, 2, 3, 4))
        document["annotations"][1]["id"] = "two"
        write_json(root / "sa_1.json", document)
        write_json(root / "sa_9.json", document)


def faults(root, **options):
    return Counter(
        record.fault.reason.value for record in records_of(source_of("sa-1b", root, **options)) if record.fault
    )


def test_every_picture_is_a_record_whose_regions_are_read_later(root):
    source = source_of("sa-1b", root)
    assert source.inputs() == []
    records = records_of(source)
    assert sorted(record.id for record in records) == [f"sa_{number}" for number in range(1, PICTURES + 1)]
    assert [lacking(source.gives, record) for record in records] == [[]] * PICTURES
    assert all(record.annotation == {"regions_format": "sa-1b"} for record in records)
    for record in records:
        opened, _ = Opener(source).open(record, "s")
        assert [found.box for found in regions_of(opened)] == [(20, 30, 60, 50), (100, 10, 30, 40)]


def test_groups_come_in_any_order_and_never_part_a_picture(root):
    source = source_of("sa-1b", root)
    assert source.group_count() > 2
    forward = [list(source.group(index)) for index in range(source.group_count())]
    backward = [list(source.group(index)) for index in reversed(range(source.group_count()))]
    assert forward == backward[::-1]
    assert sorted(record.group for run in forward for record in run) == [f"sa_{number}" for number in range(1, 6)]


def test_a_half_without_its_other_is_a_faulty_record(tmp_path):
    write_loose(tmp_path)
    (tmp_path / "sa_1.json").unlink()
    (tmp_path / "sa_4.jpg").unlink()
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "empty").mkdir()
    assert faults(tmp_path) == {"invalid_record": 1, "picture_missing": 1}
    assert len(records_of(source_of("sa-1b", tmp_path))) == PICTURES


def test_a_tar_may_hold_what_is_never_opened(tmp_path):
    write_loose(tmp_path / "loose")
    link = tarfile.TarInfo("./sa_7.jpg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "sa_000000.tar", "w") as archive:
        add_all(archive, tmp_path / "loose")
        archive.add(tmp_path / "loose" / "sa_1.json", "sa_7.json")
        archive.addfile(link)
        archive.add(tmp_path / "loose" / "sa_1.json", "./sa_2.json")
        for name in ("/abs/sa_8.jpg", "../sa_9.jpg"):
            archive.addfile(tarfile.TarInfo(name))
    found = faults(tmp_path, form="tars")
    assert found == {"picture_unreadable": 1, "duplicate_record": 1, "unsafe_path": 2}


@pytest.mark.parametrize("keep", [0.3, 0.999])
def test_a_tar_cut_short_is_one_clear_error(tmp_path, keep):
    write_loose(tmp_path / "loose")
    pack(tmp_path / "sa_000000.tar", tmp_path / "loose")
    whole = (tmp_path / "sa_000000.tar").read_bytes().rstrip(b"\0")
    (tmp_path / "sa_000000.tar").write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(UsageError, match=r"sa_000000\.tar: corrupt_archive.*download complete"):
        source_of("sa-1b", tmp_path, form="tars").group_count()


def test_tars_beside_files_must_be_chosen_between(tmp_path):
    write_loose(tmp_path)
    pack(tmp_path / "sa_000000.tar", tmp_path)
    with pytest.raises(UsageError, match=r"form: tars"):
        source_of("sa-1b", tmp_path).inputs()
    for form in ("tars", "files"):
        records = records_of(source_of("sa-1b", tmp_path, form=form))
        assert len(records) == PICTURES
        assert all((".tar/" in record.files["picture"]) == (form == "tars") for record in records)


@pytest.mark.parametrize("form", ["any", "tars", "files"])
def test_a_root_without_any_says_what_is_missing(tmp_path, form):
    with pytest.raises(UsageError, match=f"{tmp_path}: no sa_"):
        source_of("sa-1b", tmp_path, form=form).inputs()


def test_a_damaged_json_or_outline_costs_its_picture_or_itself(tmp_path):
    write_loose(tmp_path, [1])
    document = sa1b_document((20, 30, 60, 50), (100, 10, 30, 40))
    document["annotations"][0]["segmentation"]["size"] = [20, 30]
    write_json(tmp_path / "sa_1.json", document)
    source = source_of("sa-1b", tmp_path)
    (record,) = records_of(source)
    opened, _ = Opener(source).open(record, "s")
    first, second = regions_of(opened)
    assert first.reason == "mask_size_mismatch"
    assert isinstance(second, Outlined)
    assert json.loads(source.read("sa_1.json")) == document
