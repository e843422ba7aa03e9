"""What scores say of themselves is read of their classes, before any picture is looked at."""

import subprocess
import sys

import pytest

from ieiw.filters.registry import SCORES, better_of, embedded, kind_of, load
from ieiw.filters.scores.base import EmbeddingScore, PictureScore
from ieiw.triplets.errors import UsageError


class Heavy(PictureScore):
    name = "heavy"
    weights = "heavy.pt"

    def of_picture(self, picture):
        raise AssertionError("asked without a picture")


class Head(EmbeddingScore):
    name = "head"
    needs = "embedding:toy"

    def of_embeddings(self, vectors):
        return vectors.sum(axis=1)


def test_kinds_and_directions():
    kinds = {"noise": "picture", "classical-quality": "picture", "seam": "pair", "phash": "hash"}
    assert {name: kind_of(name) for name in kinds} == kinds
    assert (better_of("noise"), better_of("sharpness"), better_of("classical-quality")) == ("lower", "higher", "higher")
    with pytest.raises(UsageError, match="no score is called 'beauty'. Known: aesthetic.*blockiness"):
        kind_of("beauty")


@pytest.mark.parametrize("name", sorted(SCORES))
def test_a_class_says_what_the_table_calls_it(name):
    assert load(name).name == name
    assert load(name).version >= 1


def test_what_needs_weights_or_embeddings_is_not_embedded(monkeypatch):
    before = embedded()
    assert {"noise", "seam", "phash"} <= set(before)
    monkeypatch.setitem(SCORES, "heavy", f"{__name__}:Heavy")
    monkeypatch.setitem(SCORES, "head", f"{__name__}:Head")
    assert embedded() == before
    assert (kind_of("head"), load("head").needs) == ("picture", "embedding:toy")


def test_asking_all_of_them_loads_no_library_of_pictures():
    code = (
        "import sys; from ieiw.filters.registry import *; [kind_of(name) + better_of(name) for name in known()]; embedded(); "
        "print(sorted({'cv2', 'skimage', 'scipy', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
