"""The build's rules, with its units run one by one in this process; what needs processes is in test_processes."""

import json
import shutil
from collections import Counter

import pytest

from ieiw.pipelines.engine.errors import DriverFailedError, TooManyRejectsError
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.storage.store import FolderStore, open_store
from tests.support.builds import build_serially, index, run_build, stamps, tree
from tests.support.phrasecut_folder import Folder, write_phrasecut, write_picture

SMALL = Folder(pictures=12, phrases=3)


@pytest.fixture(autouse=True)
def _serial(monkeypatch):
    build_serially(monkeypatch)


@pytest.fixture
def root(tmp_path):
    return write_phrasecut(tmp_path / "pc", SMALL)


def source(root, name="phrasecut", **changes):
    return {"name": name, "dataset": "phrasecut", "root": str(root), "tasks": ["removal", "addition"]} | changes


def balanced(out):
    """Planned = built + rejected, key by key; build.json says the same. Returns built, rejected."""
    state = load_state(open_store(out))
    rows, dead = index(out, "rows"), index(out, "rejects")
    keys = Counter(row["key"] for row in [*rows, *dead])
    assert max(keys.values()) == 1
    assert len(keys) == sum(source.attempts for source in state.sources.values())
    for name, counts in state.counts.items():
        assert counts.attempts == state.sources[name].attempts == counts.built + counts.rejected
        assert counts.built == sum(row["source"] == name for row in rows)
        assert counts.reasons == Counter(row["reason"] for row in dead if row["source"] == name)
    assert {row["shard"] for row in rows} == {f"shards/{name}" for name in open_store(out).sizes("shards")}
    return len(rows), len(dead)


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


def test_a_finished_build_refuses_to_replace_a_source_that_it_lacks(root, tmp_path):
    run_build(root, tmp_path / "out")
    with pytest.raises(UsageError, match="no source is called 'nosuch'"):
        run_build(root, tmp_path / "out", replace=frozenset({"nosuch"}))


def test_a_lock_that_a_killed_driver_left_on_a_finished_build_goes(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    holder = {"host": __import__("socket").gethostname(), "pid": 2**22 + 1, "started": 0, "beat": 0}
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


@pytest.mark.parametrize("change", [{"seed": 1}, {"image": {"short_side": 24}}, {"unit_bytes": "70KB"}])
def test_another_recipe_for_the_same_folder_is_refused(root, tmp_path, change):
    run_build(root, tmp_path / "out")
    before = tree(tmp_path / "out")
    with pytest.raises(UsageError, match=r"another phrasecut: its parameters") as caught:
        run_build(root, tmp_path / "out", changes=change)
    assert caught.value.step == Step(values={"replace": "phrasecut"})
    assert tree(tmp_path / "out") == before
    result = run_build(root, tmp_path / "out", changes=change, replace=frozenset({"phrasecut"}))
    assert (result.worked, result.unchanged) == (True, ())
    fresh = tmp_path / "fresh"
    run_build(root, fresh, changes=change)
    assert tree(tmp_path / "out") == tree(fresh)


def test_a_changed_annotation_is_named(root, tmp_path):
    run_build(root, tmp_path / "out")
    write_phrasecut(root, Folder(pictures=13, phrases=3))
    with pytest.raises(UsageError, match=r"refer_train\.json changed|image_data_split\.json changed"):
        run_build(root, tmp_path / "out")
    run_build(root, tmp_path / "out", replace=frozenset({"phrasecut"}))
    assert balanced(tmp_path / "out") == (13 * 3 * 2, 0)


def test_a_moved_root_is_no_change(root, tmp_path):
    run_build(root, tmp_path / "out")
    before = tree(tmp_path / "out")
    root.rename(tmp_path / "elsewhere")
    result = run_build(tmp_path / "elsewhere", tmp_path / "out")
    after = tree(tmp_path / "out")
    assert {k: v for k, v in after.items() if k != "build.json"} == {
        k: v for k, v in before.items() if k != "build.json"
    }
    assert result.state.state == "complete"
    assert load_state(open_store(tmp_path / "out")).recipe.sources[0].root == str(tmp_path / "elsewhere")
    done = stamps(tmp_path / "out")
    assert not run_build(tmp_path / "elsewhere", tmp_path / "out").worked
    assert stamps(tmp_path / "out") == done


def test_adding_a_source_leaves_the_others_files_alone(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    folders = ("plan", "rows", "shards")
    before = {name: stamp for name, stamp in stamps(out).items() if name.startswith(folders) and "." in name}
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    result = run_build(root, out, changes={"sources": [source(root), source(other, "more")]})
    assert stamps(out).items() >= before.items()
    assert balanced(out) == (12 * 6 + 5 * 4, 0)
    assert result.progress.counts["built"] == 20


def test_sources_named_in_any_order_give_an_index_that_lint_finds_in_order(root, tmp_path):
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    run_build(root, tmp_path / "out", changes={"sources": [source(root), source(other, "more")]})
    assert list(dict.fromkeys(row["source"] for row in index(tmp_path / "out", "rows"))) == ["more", "phrasecut"]


def test_a_source_that_is_left_out_is_dropped_only_when_named(root, tmp_path):
    out = tmp_path / "out"
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    run_build(root, out, changes={"sources": [source(root), source(other, "more")]})
    with pytest.raises(UsageError, match="source more, which the recipe lacks") as caught:
        run_build(root, out, changes={"sources": [source(root)]})
    assert caught.value.step == Step(values={"replace": "more"})
    run_build(root, out, changes={"sources": [source(root)]}, replace=frozenset({"more"}))
    assert balanced(out) == (72, 0)
    assert not [name for name in tree(out) if "more" in name]


def test_replacing_a_source_that_did_not_change_changes_nothing(root, tmp_path):
    run_build(root, tmp_path / "out")
    before = stamps(tmp_path / "out")
    again = run_build(root, tmp_path / "out", replace=frozenset({"phrasecut"}))
    assert (again.worked, again.unchanged) == (False, ("phrasecut",))
    assert stamps(tmp_path / "out") == before


def test_replacing_what_is_not_there_is_refused(root, tmp_path):
    with pytest.raises(UsageError, match="no source is called 'phrasecutt'"):
        run_build(root, tmp_path / "out", replace=frozenset({"phrasecutt"}))


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


def test_a_disk_that_is_too_small_is_refused_before_the_start(root, tmp_path, monkeypatch):
    monkeypatch.setattr(FolderStore, "free_bytes", lambda _: 1000)
    with pytest.raises(UsageError, match="without this check") as caught:
        run_build(root, tmp_path / "out")
    assert caught.value.step == Step(values={"disk_check": False})
    assert run_build(root, tmp_path / "out", disk_check=False).state.state == "complete"


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


def test_a_split_without_records_is_refused(tmp_path):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=0))
    with pytest.raises(UsageError, match="no records"):
        run_build(root, tmp_path / "out")


def test_out_may_be_relative_or_a_file_url(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_build(root, "one")
    run_build(root, f"file://{tmp_path}/two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
