"""A picture that is taken down takes along what was painted from it, and leaves the steps, and galleries of regions."""

import random
import shutil

import pytest

from ieiw.pipelines.gallery.removal import held, remove
from ieiw.pipelines.takedown.run import Asked, look, take_down
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.replacement import Painted, Retrieved, read_outcomes
from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.storage.store import open_store
from tests.pipelines.takedown.test_kill import Killed, kill_before
from tests.support.builds import build_serially, index
from tests.support.fillings import tree
from tests.support.replaced import replace
from tests.support.taken import check_gone, everything


@pytest.fixture
def places(site, tmp_path):
    """Copies of the build and its gallery."""
    shutil.copytree(site.out, tmp_path / "out")
    shutil.copytree(site.gallery, tmp_path / "gallery")
    return tmp_path / "out", str(tmp_path / "gallery")


def outcomes(out, step, kind):
    """Key -> outcome of a step."""
    store = open_store(out)
    files = sorted((out / "replacement/drawn").glob(f"{step}-*/*.parquet"))
    return {each.key: each for file in files for each in read_outcomes(store, str(file.relative_to(out)), kind)}


def shown(painted):
    return painted.retrieved.references[painted.candidates[painted.chosen].reference].picture_sha256


@pytest.fixture
def picture(site):
    """One that something was painted from, and that others had among their references in vain."""
    painted = [each.value for each in outcomes(site.out, "paint", Painted).values() if isinstance(each.value, Painted)]
    chosen = {shown(each) for each in painted}
    other = {each.picture_sha256 for value in painted for each in value.retrieved.references}
    in_vain = {
        each.picture_sha256
        for value in painted
        for each in value.retrieved.references
        if each.picture_sha256 != shown(value)
    }
    return min(chosen & other & in_vain)


def test_all_goes_that_shows_the_picture_and_nothing_else(places, picture):
    out, gallery = places
    before, painted = index(out, "rows"), outcomes(out, "paint", Painted)
    own = {row["key"] for row in before if row["picture_sha256"] == picture}
    made = {key for key, each in painted.items() if isinstance(each.value, Painted) and shown(each.value) == picture}
    assert own and made - own
    (file,) = {row["picture"] for row in before if row["picture_sha256"] == picture}
    refused = {row["key"] for row in index(out, "rejects") if row["picture"] == file}
    seen = look(str(out), Asked(sha256=(picture,)), [gallery])
    taken = take_down(str(out), Asked(sha256=(picture,)), galleries=[gallery])
    assert set(taken.keys) == set(seen.keys) == own | made | refused
    assert taken.triplets == len(own | made) and taken.galleries[gallery] == len(own)
    check_gone(before, out, taken.keys, named=[row["picture_sha256"] for row in before])
    assert held(gallery, [picture]) == 0 and open_gallery(gallery).note.count == 17 - len(own)
    thinned = 0
    for key, each in outcomes(out, "paint", Painted).items():
        if key in taken.keys:
            assert (each.value.reason, each.files) == (Reason.TAKEN_DOWN, ())
        elif isinstance(each.value, Painted):
            thinned += len(each.value.candidates) < 4
            check_thinned(painted[key], each, picture)
    assert thinned
    for key, each in outcomes(out, "retrieve", Retrieved).items():
        if key not in taken.keys and not isinstance(each.value, Refusal):
            assert picture not in {one.picture_sha256 for one in each.value.references}


def check_thinned(before, after, picture):
    """What is shown is what was shown; of the picture there is neither a candidate nor a reference left."""
    old, new = before.value, after.value
    assert picture not in {each.picture_sha256 for each in new.retrieved.references}
    assert after.files[0] == before.files[0] and shown(new) == shown(old)
    assert new.candidates[new.chosen].scores == old.candidates[old.chosen].scores
    assert after.files[1 + new.chosen] == before.files[1 + old.chosen]
    assert len(after.files) == 1 + len(new.candidates) + len(new.retrieved.references)
    kept = [at for at, each in enumerate(old.retrieved.references) if each.picture_sha256 != picture]
    thumbs = before.files[1 + len(old.candidates) :]
    assert after.files[1 + len(new.candidates) :] == tuple(thumbs[at] for at in kept)


def test_killed_again_and_again_it_comes_to_the_same_files(site, places, picture, tmp_path):
    out, gallery = places
    for folder, name in ((site.out, "calm"), (site.gallery, "calm-gallery")):
        shutil.copytree(folder, tmp_path / name)
    take_down(str(tmp_path / "calm"), Asked(sha256=(picture,)), galleries=[str(tmp_path / "calm-gallery")])
    dice, kills = random.Random(5), 0
    while not run_killed(out, gallery, picture, dice.randint(0, 9)):
        kills += 1
        assert kills < 60, "it makes no headway"
    assert kills >= 3
    take_down(str(out), Asked(sha256=(picture,)), galleries=[gallery])
    assert tree(gallery) == tree(tmp_path / "calm-gallery")
    found, calm = everything(out), everything(tmp_path / "calm")
    assert sorted(found) == sorted(calm)
    assert {name for name in found if found[name] != calm[name]} <= {
        name for name in found if name.startswith("takedown/")
    }


def run_killed(out, gallery, picture, count):
    """Whether it got to its end before it was killed at the ``count``-th change."""
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, count)
        try:
            take_down(str(out), Asked(sha256=(picture,)), galleries=[gallery])
        except Killed:
            (out / "lock.json").unlink(missing_ok=True)
            return False
    return True


def test_a_picture_of_the_gallery_alone_is_taken_down_too_and_never_painted_from_again(
    site, few, tmp_path, monkeypatch
):
    build_serially(monkeypatch)
    out = tmp_path / "out"
    replace(few, site.gallery, out)
    before, own = index(out, "rows"), {row["picture_sha256"] for row in index(out, "rows")}
    made = {
        key: shown(each.value)
        for key, each in outcomes(out, "paint", Painted).items()
        if isinstance(each.value, Painted)
    }
    picture = min(set(made.values()) - own)
    taken = take_down(str(out), Asked(sha256=(picture,)))
    assert set(taken.keys) == {key for key, each in made.items() if each == picture}
    check_gone(before, out, taken.keys, named=own)
    shutil.copytree(out / "takedown", tmp_path / "again/takedown")
    replace(few, site.gallery, tmp_path / "again", paint={"seeds": 1})
    found = outcomes(tmp_path / "again", "retrieve", Retrieved).values()
    named = {one.picture_sha256 for each in found if isinstance(each.value, Retrieved) for one in each.value.references}
    assert named and picture not in named


def test_a_gallery_of_regions_loses_all_of_a_picture(places, picture):
    _, gallery = places
    count = held(gallery, [picture])
    done = remove(gallery, {picture, "0" * 64})
    assert count and (done.removed, done.absent, done.note.count) == (count, 1, 17 - count)
    left = open_gallery(gallery).take(list(range(17 - count)))
    assert picture not in {each["picture_sha256"] for each in left}
    assert remove(gallery, {left[0]["id"]}).removed == 1
