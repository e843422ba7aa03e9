"""Rejects that are tried again: as new units, whose verdicts supersede the old ones."""

import shutil

import pytest

from ieiw.triplets.errors import UsageError
from tests.support.builds import balanced, index, run_build, stamps, tree
from tests.support.phrasecut_folder import Folder, write_phrasecut, write_picture

pytestmark = pytest.mark.usefixtures("serially")


def test_retried_rejects_supersede(tmp_path):
    out, wanted = tmp_path / "out", Folder(pictures=12, phrases=3, missing=frozenset({3, 7}), skipped=2)
    root = write_phrasecut(tmp_path / "pc", wanted)
    lenient = {"source": {"max_reject_share": 1}}
    first = run_build(root, out, changes=lenient)
    assert first.state.counts["phrasecut"].reasons == {"picture_missing": 12, "skipped_by_publisher": 4}
    write_picture(root, 3, wanted)
    second = run_build(root, out, changes=lenient, retry_rejects="picture_missing")
    assert second.state.counts["phrasecut"].reasons == {"picture_missing": 6, "skipped_by_publisher": 4}
    assert (second.progress.counts, second.progress.items) == ({"built": 6, "rejected": 6}, 12)
    assert balanced(out) == (72 - 10, 10)
    write_picture(root, 7, wanted)
    third = run_build(root, out, changes=lenient, retry_rejects="any")
    assert third.state.counts["phrasecut"].reasons == {"skipped_by_publisher": 4}
    assert balanced(out) == (72 - 4, 4)
    done = stamps(out)
    assert not run_build(root, out, changes=lenient).worked
    assert stamps(out) == done


def test_a_retry_with_nothing_to_retry_changes_no_file_that_counts(root, tmp_path):
    run_build(root, tmp_path / "out")
    before = tree(tmp_path / "out")
    run_build(root, tmp_path / "out", retry_rejects="any")
    assert tree(tmp_path / "out") == before


def test_variants_that_add_nothing_are_rejected_once_and_for_all(root, tmp_path):
    out = tmp_path / "out"
    many = {"source": {"variants": 40, "tasks": ["removal"]}}
    counts = run_build(root, out, changes=many).state.counts["phrasecut"]
    assert set(counts.reasons) == {"same_as_another"}
    rows = index(out, "rows")
    assert balanced(out) == (len(rows), counts.rejected) and len(rows) + counts.rejected == counts.attempts
    looks = {(row["record"], row["instruction"], row["source_sha256"], row["target_sha256"]) for row in rows}
    assert len(looks) == len(rows)
    before = tree(out)
    run_build(root, out, changes=many, retry_rejects="any")
    assert tree(out) == before


def test_a_retry_on_an_unknown_reason_is_refused(root, tmp_path):
    run_build(root, tmp_path / "out")
    with pytest.raises(UsageError, match="picture_missing"):
        run_build(root, tmp_path / "out", retry_rejects="nosuch")


def test_a_killed_retry_goes_on(tmp_path, monkeypatch):
    wanted = Folder(pictures=12, phrases=3, missing=frozenset({3, 7}))
    root = write_phrasecut(tmp_path / "pc", wanted)
    lenient = {"source": {"max_reject_share": 1}}
    run_build(root, tmp_path / "out", changes=lenient)
    shutil.copytree(tmp_path / "out", tmp_path / "other")
    write_picture(root, 3, wanted)
    with monkeypatch.context() as patch:
        patch.setattr("ieiw.pipelines.build.run.finalise", lambda *_: (_ for _ in ()).throw(OSError("killed here")))
        with pytest.raises(OSError, match="killed here"):
            run_build(root, tmp_path / "out", changes=lenient, retry_rejects="any")
    run_build(root, tmp_path / "out", changes=lenient, retry_rejects="any")
    run_build(root, tmp_path / "other", changes=lenient, retry_rejects="any")
    assert tree(tmp_path / "out") == tree(tmp_path / "other")
    assert balanced(tmp_path / "out") == (66, 6)
