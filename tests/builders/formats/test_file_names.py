"""Names that an annotation file and a disk write in two ways."""

import os
import unicodedata

import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.triplets.rejects import Reason, Refusal

COMPOSED, APART = (unicodedata.normalize(form, "caf\u00e9") for form in ("NFC", "NFD"))


def put(root, name: str | bytes) -> None:
    path = root / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"here")


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("a%20b.jpg", "a b.jpg"),
        ("a b.jpg", "a%20b.jpg"),
        ("a.jpg ", "a.jpg"),
        ("a.jpg", "a.jpg "),
        ("a.jpg.", "a.jpg"),
        ("a.jpg\n", "a.jpg"),
        (f"{COMPOSED}/{COMPOSED}.jpg", f"{COMPOSED}/{APART}.jpg"),
        (f"{COMPOSED}\\{COMPOSED}.jpg", f"{APART}/{COMPOSED}.jpg"),
        (f"{COMPOSED}.jpg", b"caf\xe9.jpg"),
        ("sub/in/a.jpg", "sub\\in\\a.jpg"),
        ("sub/in/a.jpg", "sub/in\\a.jpg"),
    ],
)
def test_a_name_that_means_the_same_is_found(tmp_path, said, there):
    put(tmp_path, there)
    assert Root(str(tmp_path)).read(said) == b"here"


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("IMG_1.jpg", ["img_1.jpg"]),
        ("Train/a.jpg", ["train/a.jpg"]),
        ("A.jpg", ["a.jpg", "a.JPG"]),
        ("a%20b.jpg", ["a b.jpg ", "a b.jpg."]),
    ],
)
def test_what_may_be_another_file_is_named_and_not_taken(tmp_path, said, there):
    for name in there:
        put(tmp_path, name)
    with pytest.raises(Refusal) as caught:
        Root(str(tmp_path)).read(said)
    assert caught.value.reason is Reason.PICTURE_MISSING
    assert all(name in caught.value.detail for name in there)


def test_a_name_leads_nowhere_outside(tmp_path):
    put(tmp_path, "a.jpg")
    put(tmp_path, "in/b.jpg")
    (tmp_path / "in" / "c d.jpg").symlink_to(tmp_path / "a.jpg")
    root = Root(str(tmp_path / "in"))
    for said in ("%2e%2e/a.jpg", "%2E./a.jpg", "..%2fa.jpg", "c%20d.jpg"):
        with pytest.raises(Refusal):
            root.read(said)
