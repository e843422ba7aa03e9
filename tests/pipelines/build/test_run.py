"""The build's rules, with its units run one by one in this process; what needs processes is in test_processes."""

import json
import shutil

import pytest

from ieiw.pipelines.engine.errors import DriverFailedError, TooManyRejectsError
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.storage.store import open_store
from tests.support.builds import balanced, run_build, stamps, tree
from tests.support.phrasecut_folder import Folder, write_phrasecut

pytestmark = pytest.mark.usefixtures("serially")


def test_everything_is_built_and_the_books_balance(root, tmp_path):
    result = run_build(root, tmp_path / "out")
    assert result.worked
    assert result.state.state == "complete"
    assert balanced(tmp_path / "out") == (12 * 3 * 2, 0)
    assert result.progress.done_units == result.progress.units == result.state.sources["phrasecut"].units
    assert result.progress.items == 72
    assert result.progress.counts == {"built": 72, "rejected": 0}
    assert not (tmp_path / "out" / "lock.json").exists()


def test_a_finished_build_is_left_as_it_is(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    before = stamps(out)
    result = run_build(root, out)
    assert not result.worked
    assert stamps(out) == before
    assert result.state == load_state(open_store(out))


def test_an_index_that_was_deleted_is_compacted_again(root, tmp_path):
    out = tmp_path / "out"
    before = run_build(root, out).state
    shutil.rmtree(out / "index")
    assert run_build(root, out).state == before
    assert balanced(out) == (72, 0)


def test_a_lock_that_a_killed_driver_left_on_a_finished_build_goes(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    holder = {"host": __import__("socket").gethostname(), "pid": 2**22 + 1, "started": 0, "beat": 0, "space": ""}
    (out / "lock.json").write_text(json.dumps(holder))
    assert not run_build(root, out).worked
    assert not (out / "lock.json").exists()


def test_missing_units_alone_are_built_again(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    before = tree(out)
    rows = sorted((out / "rows").iterdir())
    gone, kept = rows[0], rows[1].stat()
    gone.unlink()
    result = run_build(root, out)
    assert result.worked
    assert result.progress.units == 1
    assert tree(out) == before
    assert (rows[1].stat().st_ino, rows[1].stat().st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_files_that_no_mark_names_are_swept(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    before = tree(out)
    next((out / "rows").iterdir()).unlink()
    for name in ("shards/phrasecut-zombie.tar", "rejects/x.parquet", "index/rows-00009.parquet", ".spool/half"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(b"left behind")
    run_build(root, out)
    assert tree(out) == before
    assert [path for path in (out / ".spool").rglob("*") if path.is_file()] == []


def test_replacing_a_source_that_did_not_change_changes_nothing(root, tmp_path):
    run_build(root, tmp_path / "out")
    before = stamps(tmp_path / "out")
    again = run_build(root, tmp_path / "out", replace=frozenset({"phrasecut"}))
    assert (again.worked, again.unchanged) == (False, ("phrasecut",))
    assert stamps(tmp_path / "out") == before


def test_a_unit_of_nothing_but_rejects_is_a_unit_all_the_same(tmp_path):
    wanted = Folder(pictures=12, phrases=3, missing=frozenset(range(1, 13)))
    root = write_phrasecut(tmp_path / "pc", wanted)
    out = tmp_path / "out"
    result = run_build(root, out, changes={"source": {"max_reject_share": 1}})
    assert result.state.state == "complete"
    assert balanced(out) == (0, 72)
    assert open_store(out).sizes("shards") == {}
    done = stamps(out)
    assert not run_build(root, out, changes={"source": {"max_reject_share": 1}}).worked
    assert stamps(out) == done


def test_too_many_rejects_stop_the_build_with_the_top_reasons(tmp_path):
    wanted = Folder(pictures=10, phrases=2, missing=frozenset({1, 2, 3}))
    root = write_phrasecut(tmp_path / "pc", wanted)
    out = tmp_path / "out"
    with pytest.raises(TooManyRejectsError) as caught:
        run_build(root, out)
    for words in (
        "phrasecut",
        "12 of 40",
        "30%",
        "20%",
        "picture_missing 12",
    ):
        assert words in str(caught.value)
    assert caught.value.step == Step(values={"changes": "sources.phrasecut.max_reject_share=1"})
    assert load_state(open_store(out)).state == "planned"
    assert not (out / "lock.json").exists()
    with pytest.raises(TooManyRejectsError):
        run_build(root, out)
    result = run_build(root, out, changes={"source": {"max_reject_share": 0.3}})
    assert result.state.state == "complete"
    assert balanced(out) == (28, 12)


def test_a_source_far_beyond_its_share_is_stopped_before_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("ieiw.pipelines.build.run._EARLY_ATTEMPTS", 20)
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=40, phrases=2, missing=frozenset(range(1, 41))))
    with pytest.raises(TooManyRejectsError):
        run_build(root, tmp_path / "out", changes={"unit_bytes": "30KB"})
    assert (
        len(open_store(tmp_path / "out").sizes("rows"))
        < load_state(open_store(tmp_path / "out")).sources["phrasecut"].units
    )


def test_choices_of_the_recipe_are_no_faults(tmp_path):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=4))
    result = run_build(root, tmp_path / "out", changes={"source": {"region": {"pairs_per_picture": 1}}})
    assert result.state.counts["phrasecut"].reasons == {"picture_cap": 36}
    assert balanced(tmp_path / "out") == (12, 36)


def test_a_driver_that_does_nothing_is_found_out(root, tmp_path, monkeypatch):
    monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", lambda *_: None)
    with pytest.raises(DriverFailedError, match="no commit mark"):
        run_build(root, tmp_path / "out")


def test_a_flag_that_nobody_knows_is_refused_before_anything_is_written(root, tmp_path):
    with pytest.raises(UsageError, match="--wrkers"):
        run_build(root, tmp_path / "out", beam_args=["--wrkers=2"])
    assert not (tmp_path / "out").exists()
    assert run_build(root, tmp_path / "out", beam_args=["--direct_num_workers=1"]).state.state == "complete"


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"format": 2}', b"\xff\xfe"])
def test_a_damaged_build_file_is_named(root, tmp_path, content):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "build.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"build\.json"):
        run_build(root, tmp_path / "out")


def test_out_may_be_relative_or_a_file_url(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_build(root, "one")
    run_build(root, f"file://{tmp_path}/two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
