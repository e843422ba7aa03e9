"""Editing one picture: what cannot be read is told."""

import pytest

from ieiw.models.diffusion.editor import read_picture
from ieiw.triplets.errors import UsageError


def test_what_cannot_be_edited_is_told(tmp_path):
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"a\.png: picture_unreadable.*Give a JPEG"):
        read_picture(tmp_path / "a.png")
    with pytest.raises(UsageError, match=r"b\.png: cannot be read"):
        read_picture(tmp_path / "b.png")
