"""Replacements on a page: samples as their shards tell them, pictures of the right painting, the books of the steps."""

import shutil
from collections import Counter

import msgspec
import numpy as np
import pytest

from ieiw.pipelines.audit.load import load
from ieiw.pipelines.audit.painted_files import shown_candidates
from ieiw.pipelines.audit.replacement_steps import ASSEMBLE
from ieiw.pipelines.audit.replacements import outline, replacements
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.layout.borrowed import borrow
from ieiw.triplets.layout.replacement_facts import read_facts
from ieiw.triplets.storage.store import open_store
from tests.support.builds import index
from tests.support.replaced_steps import replaced_build, write_steps
from tests.support.tiny_build import rows


@pytest.fixture
def replaced(tmp_path, monkeypatch):
    """A small build with the files of its steps."""
    return replaced_build(tmp_path / "build", monkeypatch)


def gathered(tiny, each=4, side=30):
    return replacements(tiny.store, load(tiny.store, None), each, side)


def test_the_books_of_the_steps_are_those_of_the_build(replaced):
    found = gathered(replaced)
    rejected = Counter(row["reason"] for row in index(replaced.path, "rejects"))
    assert set(rejected) == {"empty_phrase", "candidates_poor", "instruction_unusable"}
    assert [(each.source, each.step) for each in found.steps[:2]] == [("shapes", "retrieve"), ("shapes", "paint")]
    refused = Counter()
    for each in found.steps:
        assert each.holds
        refused.update(each.refused)
    assert refused == rejected == found.counts
    where = {reason: {each.step for each in found.steps if reason in each.refused} for reason in rejected}
    assert where == {"empty_phrase": {"retrieve"}, "candidates_poor": {"paint"}, "instruction_unusable": {"write"}}
    assert found.rejects["candidates_poor"][0].detail.startswith("the best of 4")
    built = sum(each.standing for each in found.steps if each.step == ASSEMBLE)
    assert built == len(rows(replaced))


def test_samples_tell_what_their_shards_tell(replaced):
    found = gathered(replaced)
    assert len(found.samples) == 4 == len({each.row for each in found.samples})
    known = {row["key"]: row for row in rows(replaced)}
    for each in found.samples:
        card = found.cards[each.row]
        assert card.instruction == known[card.key]["instruction"]
        assert each.alternatives == ("Swap it.",)
        assert [one.similarity for one in each.facts.references] == [0.9, 0.8]
        assert each.facts.candidate.seed == 2 and set(each.outlines) == {"region", "hole"}
        assert set(each.candidates) == {0, 1, 2, 3} and set(each.references) == {0, 1}
        for digest in (*each.candidates.values(), *each.references.values()):
            assert decode(found.pictures[digest], ANY_SIZE).pixels.shape == (20, 30, 3)
        assert {card.source_picture, card.target_picture} <= set(found.pictures)
    assert gathered(replaced).samples == found.samples


def test_pictures_of_another_painting_are_not_shown(replaced):
    before = gathered(replaced)
    write_steps(replaced, digest="f" * 12, seeds=(1, 2, 3))
    after = gathered(replaced)
    assert after.samples == before.samples and all(each.candidates for each in after.samples)
    shutil.rmtree(replaced.path / "replacement")
    write_steps(replaced, digest="f" * 12, seeds=(1, 2, 3))
    assert not any(each.candidates or each.references for each in gathered(replaced).samples)


def test_books_are_of_the_folder_whose_refusals_are_the_builds(replaced):
    expected = gathered(replaced).steps
    for digest in ("0" * 11, "f" * 12):  # another prompt, with which the writer refused nothing
        for source in replaced.wanted.sources:
            shutil.copytree(
                replaced.path / f"replacement/{source}/caption-{'0' * 12}",
                replaced.path / f"replacement/{source}/write-{digest}",
            )
    assert gathered(replaced).steps == expected


def test_without_their_files_the_triplets_tell_alone(replaced):
    shutil.rmtree(replaced.path / "replacement")
    found = gathered(replaced)
    assert found.steps == () and found.counts
    assert len(found.samples) == 4
    assert all(each.facts.references and not each.references and not each.candidates for each in found.samples)


def test_a_step_with_a_missing_unit_does_not_add_up(replaced):
    folder = replaced.path / "replacement" / "shapes" / f"caption-{'0' * 12}"
    sorted(folder.glob("*.parquet"))[0].unlink()
    wrong = {(each.source, each.step) for each in gathered(replaced).steps if not each.holds}
    assert wrong == {("shapes", "caption"), ("shapes", "write")}


@pytest.mark.parametrize("data", [b"", b"PAR1 and no more"])
def test_a_damaged_file_of_a_step_is_named(replaced, data):
    for file in replaced.path.glob("replacement/*/paint-*/*.parquet"):
        file.write_bytes(data)
    with pytest.raises(UsageError, match=r"paint-0+/\d+\.parquet: damaged .*the build stands without it"):
        gathered(replaced)


def test_a_build_that_replaces_nothing_has_no_section(tiny):
    assert gathered(tiny) is None


def test_a_borrowed_build_shows_the_same(replaced, tmp_path):
    mine = open_store(borrow(str(replaced.path), str(tmp_path / "mine")))
    there = replacements(mine, load(mine, None), 4, 30)
    assert there.samples == gathered(replaced).samples and len(there.steps) == 10


def test_the_best_candidates_are_shown_and_the_chosen_one_always(replaced):
    facts = gathered(replaced).samples[0].facts
    many = facts.candidates * 5
    shown = shown_candidates(type(facts)(facts.region, facts.references, many, 0, facts.captions, 1))
    assert shown[0] == 0 and len(shown) == 8 == len(set(shown))
    scores = [many[at].scores["likeness"] for at in shown[1:]]
    assert scores == sorted(scores, reverse=True) and scores[0] == max(each.scores["likeness"] for each in many)


def test_an_outline_runs_around_its_mask():
    mask = np.zeros((20, 30), bool)
    mask[5:15, 10:25] = True
    assert {tuple(corner) for line in outline(to_rle(mask)) for corner in line} == {
        (10, 5),
        (24, 5),
        (10, 14),
        (24, 14),
    }
    assert outline(to_rle(np.zeros((4, 4), bool))) == ()


@pytest.mark.parametrize(
    "change", [{"chosen": 4}, {"chosen": -1}, {"references": []}, {"candidates": "x"}, {"region": None}]
)
def test_provenance_that_contradicts_itself_is_no_replacement(replaced, change):
    facts = msgspec.to_builtins(gathered(replaced).samples[0].facts)
    assert read_facts(facts) == read_facts(msgspec.json.encode(facts | {"licence": "x"}))
    with pytest.raises(msgspec.ValidationError):
        read_facts(facts | change)
