"""Editing one picture: the guidance that fits the model, and what cannot be edited is told."""

import numpy as np
import pytest
import torch

from ieiw.models.diffusion.components import small_parts
from ieiw.models.diffusion.editor import Editor, EditSettings, read_picture
from ieiw.models.diffusion.settings import Model
from ieiw.triplets.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    def saved(scheme):
        torch.manual_seed(0)
        parts = small_parts(Model(channels=(16, 16), text_width=16), 16)
        parts.scheme = scheme
        parts.save_pretrained(tmp_path / "model")
        return tmp_path / "model"

    return saved


@pytest.mark.parametrize(
    ("stored", "named", "scales", "warns"),
    [
        ("instructdiffusion", None, (5.0, 1.25), False),
        ("instructpix2pix", None, (7.5, 1.5), False),
        (None, "instructdiffusion", (5.0, 1.25), False),
        (None, None, (7.5, 1.5), True),
    ],
)
def test_the_guidance_fits_the_model(folder, stored, named, scales, warns):
    lines = []
    editor = Editor(folder(stored), lines.append, named)
    picture = np.full((16, 24, 3), 90, np.uint8)
    by_default = editor.edit(picture, "Remove the dog.", EditSettings(steps=2))
    said = editor.edit(picture, "Remove the dog.", EditSettings(2, 0, *scales))
    other = editor.edit(picture, "Remove the dog.", EditSettings(2, 0, scales[0] + 3, scales[1]))
    assert by_default.shape == (16, 24, 3)
    assert np.array_equal(by_default, said) and not np.array_equal(by_default, other)
    assert [line for line in lines if "does not tell" in line and "--dropout instructdiffusion" in line] == lines
    assert len(lines) == warns


def test_another_scheme_than_the_models_own_is_refused(folder):
    with pytest.raises(UsageError, match="was trained with dropout instructdiffusion, not instructpix2pix"):
        Editor(folder("instructdiffusion"), print, "instructpix2pix")


@pytest.mark.parametrize(("scheme", "least"), [("instructdiffusion", 0), ("instructpix2pix", 1)])
def test_a_scale_below_the_least_is_refused(folder, scheme, least):
    editor = Editor(folder(scheme), print)
    with pytest.raises(UsageError, match=f"{scheme}'s scales are {least} or more"):
        editor.edit(np.zeros((16, 16, 3), np.uint8), "Go.", EditSettings(1, 0, 3.0, least - 0.1))


def test_what_cannot_be_edited_is_told(tmp_path):
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"a\.png: picture_unreadable.*Give a JPEG"):
        read_picture(tmp_path / "a.png")
    with pytest.raises(UsageError, match=r"b\.png: cannot be read"):
        read_picture(tmp_path / "b.png")
