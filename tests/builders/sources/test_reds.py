"""REDS, plain and compressed."""

import pytest

from ieiw.triplets.errors import UsageError
from tests.support.pairs import save_pair
from tests.support.source_case import SourceCase, records_of, source_of


class TestReds(SourceCase):
    dataset, split, tasks = "reds", "val", ("deblur",)
    records, built = 2, 2

    def write(self, root):
        for clip in ("000", "001"):
            place = root / "val"
            save_pair(place / f"val_blur/{clip}/00000000.png", place / f"val_sharp/{clip}/00000000.png", int(clip))


@pytest.mark.parametrize(("dataset", "other"), [("gopro", "blur_gamma"), ("reds", "blur_jpeg")])
def test_the_advice_fits_whichever_rendering_was_asked_for(tmp_path, dataset, other):
    (tmp_path / "train").mkdir()
    for kind in ("blur", other):
        with pytest.raises(
            UsageError, match=rf"options: {{blur: {other}}}` takes the other rendering; blur is the default"
        ):
            source_of(dataset, tmp_path, "train", blur=kind).inputs()


def test_compressed_blur_meets_its_sharp_frame_of_another_format(tmp_path):
    save_pair(tmp_path / "train/train_blur_jpeg/000/00000000.jpg", tmp_path / "train/train_sharp/000/00000000.png")
    (record,) = records_of(source_of("reds", tmp_path, "train", blur="blur_jpeg"))
    assert record.fault is None
    assert record.files["target"].endswith("sharp/000/00000000.png")
