"""``ieiw inspect`` from outside."""

import pytest

from tests.support.builds import index
from tests.support.command_line import HELP, as_json, check_refused, python


def test_looking_at_a_triplet_loads_neither_beam_nor_torch(tiny):
    key = index(tiny.path, "rows")[0]["key"]
    done, _ = python(HELP, "inspect", str(tiny.path), key)
    assert done.returncode == 0
    assert key in done.stdout
    assert "torch" not in done.stderr
    assert "apache_beam" not in done.stderr


def test_an_unknown_key(ieiw, tiny):
    key = index(tiny.path, "rows")[0]["key"]
    check_refused(ieiw("inspect", tiny.path, key[:-1] + "1"), "no such key", key)
    check_refused(ieiw("inspect", tiny.path, key[:3]), "keys begin so")
    check_refused(ieiw("inspect", tiny.path, key[:-1] + "1", "--json"), "no such key")


@pytest.mark.parametrize("file", ["sheet.foo", "sheet"])
def test_a_sheet_of_no_picture_format(ieiw, tiny, tmp_path, file):
    check_refused(ieiw("inspect", tiny.path, "--sheet", tmp_path / "new" / file), file, ".png")
    assert not (tmp_path / "new").exists()


def test_a_reject_has_no_picture(ieiw, tiny, tmp_path):
    reject = index(tiny.path, "rejects")[0]["key"]
    status, _, err = ieiw("inspect", tiny.path, reject, "--sheet", tmp_path / "one.png")
    assert (status, "rejected, so there is no picture" in err) == (2, True)


def test_inspect_without_a_key_asks_for_one(ieiw, tiny):
    status, out, err = ieiw("inspect", tiny.path)
    assert (status, out) == (2, "")
    assert "KEY" in err
    assert "--sheet" in err


def test_inspect_in_json_and_in_words(ieiw, tiny, tmp_path):
    row = index(tiny.path, "rows")[0]
    found = as_json(ieiw("inspect", tiny.path, row["key"], "--json"))
    assert (found["verdict"], found["row"]) == ("built", row)
    status, out, err = ieiw("inspect", tiny.path, row["key"][:-6], "--sheet", tmp_path / "one.png")
    assert status == 0
    assert row["instruction"] in out
    assert str(tmp_path / "one.png") in err
    assert (tmp_path / "one.png").stat().st_size > 1000
