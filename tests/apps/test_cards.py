"""Cards of any sentence fit their sheet."""

import numpy as np
import pytest
from PIL import Image

from ieiw.apps.cards import Card, Heading, lay_out
from ieiw.triplets.errors import UsageError

HEADING = Heading("Title", "3 shown", "inpaint: telea", True, "source  |  target")


def _card(sentence="Remove the red car.", size=(60, 40)):
    picture = np.full((size[1], size[0], 3), (200, 30, 30), np.uint8)
    return Card((picture, picture, picture), sentence, "note")


@pytest.mark.parametrize("sentence", ["", "short", "word " * 200, "w" * 500])
def test_a_sentence_of_any_length_takes_three_lines_at_most(tmp_path, sentence):
    plain = Image.open(lay_out([_card("one line")], HEADING, tmp_path / "plain.png"))
    shown = Image.open(lay_out([_card(sentence)], HEADING, tmp_path / "long.png"))
    assert shown.width == plain.width
    assert 0 <= shown.height - plain.height <= 2 * 22


def test_cards_lie_in_two_columns_and_pictures_keep_their_shape(tmp_path):
    heights = [
        Image.open(lay_out([_card()] * count, HEADING, tmp_path / f"{count}.png")).height for count in (1, 2, 3, 4)
    ]
    assert heights[0] == heights[1] < heights[2] == heights[3]
    pixels = np.asarray(Image.open(lay_out([_card()], HEADING, tmp_path / "one.png")).convert("RGB")).astype(int)
    red = (np.abs(pixels - (200, 30, 30)) < 3).all(axis=2)
    assert (red.any(axis=1).sum(), red.any(axis=0).sum()) == (round(208 * 40 / 60), 3 * 208)


@pytest.mark.parametrize("panel", [160, 208, 400, 700])
def test_panels_have_the_size_that_was_asked_for_and_nothing_lies_outside(tmp_path, panel):
    sheet = Image.open(lay_out([_card()] * 3, HEADING, tmp_path / "sheet.png", panel)).convert("RGB")
    pixels = np.asarray(sheet).astype(int)
    red = (np.abs(pixels - (200, 30, 30)) < 3).all(axis=2)
    columns = max(1, (1320 + 28) // (3 * panel + 12 + 28))
    assert red.any(axis=0).sum() == 3 * panel * min(columns, 3)
    assert not red[:, -28:].any()


def test_a_sheet_that_its_format_cannot_hold_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"16,383 a side.*png"):
        lay_out([_card(size=(40, 60))] * 9, HEADING, tmp_path / "sheet.webp", 2048)
