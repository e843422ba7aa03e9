"""Pairs by name: nothing unpaired gets lost, and what is not there is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders import catalogue
from ieiw.builders.sources._paired import Folders, pair_up
from ieiw.triplets.errors import UsageError
from tests.support.pairs import drawn, save, save_pair
from tests.support.source_case import records_of, source_of


def test_two_files_of_one_name_are_told_apart(tmp_path):
    save_pair(tmp_path / "train/input/a.png", tmp_path / "train/target/a.png")
    save(tmp_path / "train/input/a.jpg", drawn())
    found = records_of(source_of("gopro", tmp_path, "train"))
    assert sorted(str(record.fault.reason) if record.fault else "" for record in found) == ["", "duplicate_record"]


def test_a_split_that_leaves_the_root_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match="split '../other'"):
        source_of("gopro", tmp_path, "../other").inputs()


_NAMES = st.lists(st.sampled_from([f"{clip}/{frame}" for clip in "ab" for frame in "0123"]), max_size=10)


@given(_NAMES, _NAMES)
def test_every_file_is_in_exactly_one_pair(left, right):
    damaged = [(name, f"blur/{name}-{turn}.png") for turn, name in enumerate(left)]
    clean = [(name, f"sharp/{name}-{turn}.png") for turn, name in enumerate(right)]
    pairs = pair_up(damaged, clean, Folders("blur", "sharp"))
    used = [path for pair in pairs for path in (pair.damaged, pair.clean) if path]
    assert sorted(used) == sorted(path for _, path in damaged + clean)
    assert len({pair.name for pair in pairs}) == len(pairs)
    whole = [pair for pair in pairs if pair.fault is None]
    assert {pair.name for pair in whole} == set(left) & set(right)
    assert all(pair.damaged.split("-")[0][5:] == pair.clean.split("-")[0][6:] for pair in whole)


def test_a_side_that_was_never_unpacked_is_one_error_that_names_it_not_a_reject_for_each_picture(tmp_path):
    save(tmp_path / "train/train_sharp/000/00000000.png", drawn())
    source = catalogue.source("reds", name="reds", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"train/train_blur is missing.*blur: blur_jpeg"):
        source.inputs()
    save(tmp_path / "train/train_blur_jpeg/000/00000000.jpg", drawn())
    other = catalogue.source("reds", name="reds", root=str(tmp_path), split="train", options={"blur": "blur_jpeg"})
    assert other.group_count() == 1


def test_a_whole_layout_goes_before_half_of_another(tmp_path):
    save(tmp_path / "train/GOPR1/sharp/000001.png", drawn())
    save_pair(tmp_path / "train/input/a.png", tmp_path / "train/target/a.png", 1)
    source = catalogue.source("gopro", name="gopro", root=str(tmp_path), split="train", options={})
    assert [record.id for record in source.group(0)] == ["a"]
