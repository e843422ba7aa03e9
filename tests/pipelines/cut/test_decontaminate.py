"""Pictures that no cut may hold: of folders, of data sets, of the sources of other builds."""

import cv2
import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import decode
from tests.support.builds import index
from tests.support.pairs import save
from tests.support.scored import scored_build, tables
from tests.support.tiny_build import Wanted, tiny_build


def test_decontamination_drops_copies_of_given_pictures(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    row = rows[5]
    data = tiny.store.read_range(row["shard"], row["target_offset"], row["target_size"])
    (tmp_path / "eval/deep").mkdir(parents=True)
    (tmp_path / "eval/deep/copy.jpg").write_bytes(data)
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "eval")], "distance": 0}
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    dropped = {each["key"]: each["value"] for each in tables(tiny, "a", "dropped").to_pylist()}
    assert dropped[row["key"]] == 0
    (tmp_path / "eval/broken.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match="broken.png: cannot be read"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    rule["pictures"] = [str(tmp_path / "nowhere")]
    with pytest.raises(UsageError, match="no folder"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))


def test_pictures_that_came_later_to_the_folder_make_another_cut(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    (tmp_path / "eval").mkdir()
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "eval")], "distance": 0}
    rules = RuleSet.model_validate({"rules": [rule]})
    left = []
    for row in (rows[5], rows[-1]):
        data = tiny.store.read_range(row["shard"], row["source_offset"], row["source_size"])
        (tmp_path / "eval" / f"{row['key']}.jpg").write_bytes(data)
        left.append(cut(tiny.store.location, "a", rules))
    assert left[1].kept < left[0].kept
    assert cut(tiny.store.location, "a", rules) == left[1]


def test_an_evaluation_build_s_sources_are_kept_out_by_their_hashes(tiny, tmp_path):
    evaluation = scored_build(tmp_path / "evaluation", Wanted(pictures=2, size=(96, 64)))
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(evaluation.path)], "distance": 0}
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    shown = {row["source_sha256"] for row in index(evaluation.path, "rows")}
    dropped = set(tables(tiny, "a", "dropped")["key"].to_pylist())
    rows = index(tiny.path, "rows")
    assert shown & {row["source_sha256"] for row in rows}
    for row in rows:
        seen = {row["source_sha256"], row["target_sha256"]} & shown
        assert not seen or row["key"] in dropped


def test_an_evaluation_build_without_hashes_is_told_how_to_get_them(tiny, tmp_path):
    tiny_build(tmp_path / "evaluation", Wanted(pictures=2))
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "evaluation")]}
    with pytest.raises(UsageError, match="evaluation has no hashes") as caught:
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    assert caught.value.step == Step("score", str(tmp_path / "evaluation"), {"scores": "phash"})
    tiny_build(tmp_path / "half", leave=1)
    rule["pictures"] = [str(tmp_path / "half")]
    with pytest.raises(UsageError, match="half: the build is not complete"):
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))


def test_a_data_set_s_pictures_are_kept_out_where_they_lie(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    data = tiny.store.read_range(rows[5]["shard"], rows[5]["source_offset"], rows[5]["source_size"])
    picture = decode(data).pixels
    for at in ("input/1.png", "target/1.png"):
        save(tmp_path / "set/GOPRO_Large/test" / at, cv2.resize(picture[..., ::-1], None, fx=2, fy=2))
    rule = {"name": "leak", "kind": "decontaminate", "distance": 2}
    rule["sets"] = [{"dataset": "gopro", "root": str(tmp_path / "set"), "split": "test"}]
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    dropped = set(tables(tiny, "a", "dropped")["key"].to_pylist())
    assert (
        {row["key"] for row in rows if row["source_sha256"] == rows[5]["source_sha256"]}
        <= dropped
        < {row["key"] for row in rows}
    )
    rule["sets"][0]["split"] = "train"
    with pytest.raises(UsageError, match="GoPro is not there for split 'train'"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    (tmp_path / "set/GOPRO_Large/test/input/1.png").write_bytes(b"no picture")
    rule["sets"][0]["split"] = "test"
    with pytest.raises(UsageError, match="GOPRO_Large/test/input/1.png: cannot be read"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    with pytest.raises(ValueError, match="give `pictures`"):
        RuleSet.model_validate({"rules": [rule | {"sets": []}]})
