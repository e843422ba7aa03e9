"""GoPro in sequences and flattened."""

import pytest

from ieiw.triplets.errors import UsageError
from tests.support.pairs import drawn, save, save_pair
from tests.support.source_case import SourceCase, records_of, source_of


class TestGoPro(SourceCase):
    dataset, split, tasks = "gopro", "train", ("deblur",)
    records, faults, built = 4, {"picture_missing": 2}, 2

    def write(self, root):
        for number in (1, 2):
            save_pair(
                root / f"train/GOPR1/blur/{number:06d}.png", root / f"train/GOPR1/sharp/{number:06d}.png", seed=number
            )
        save(root / "train/GOPR1/blur/000007.png", drawn())
        save(root / "train/GOPR1/sharp/000008.png", drawn())
        (root / "train/GOPR1/blur/Thumbs.db").write_bytes(b"not a picture")


class TestGoProFlat(SourceCase):
    dataset, split, tasks = "gopro", "test", ("deblur",)
    records, built = 2, 2

    def write(self, root):
        # In sorted order the two sides begin with different pictures: pairing by order would mix them.
        save_pair(root / "test/input/a-1.png", root / "test/target/a-1.png", 1)
        save_pair(root / "test/input/b-1.png", root / "test/target/b-1.png", 2)


def test_a_layout_that_is_not_there_is_named(tmp_path):
    (tmp_path / "train").mkdir()
    with pytest.raises(
        UsageError, match=r"GoPro is not there for split 'test': expected test/\*/blur \+ test/\*/sharp"
    ):
        source_of("gopro", tmp_path, "test").inputs()


def test_an_unknown_option_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"source gopro: options\.blurr: unknown key.*known: blur"):
        source_of("gopro", tmp_path, "test", blurr="blur")


def test_the_kind_of_blur_is_an_option(tmp_path):
    for kind in ("blur", "blur_gamma"):
        save(tmp_path / f"train/GOPR1/{kind}/000001.png", drawn())
    save(tmp_path / "train/GOPR1/sharp/000001.png", drawn())
    for kind in ("blur", "blur_gamma"):
        (record,) = records_of(source_of("gopro", tmp_path, "train", blur=kind))
        assert record.files["picture"] == f"train/GOPR1/{kind}/000001.png"
