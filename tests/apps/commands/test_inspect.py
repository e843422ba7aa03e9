"""``ieiw inspect`` from outside."""

import pytest
from PIL import Image

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


def test_without_a_key_it_lists_on_standard_output_what_the_filters_leave(ieiw, tiny):
    rows = [row["key"] for row in index(tiny.path, "rows") if (row["source"], row["task"]) == ("shapes", "dots")]
    filters = ("--source", "shapes", "--task", "dots", "--verdict", "built")
    status, out, _ = ieiw("inspect", tiny.path, *filters, "--count", 1000)
    lines = [line for line in out.splitlines() if "shapes-" in line]
    assert status == 0
    assert [line.split()[0] for line in lines] == rows
    found = as_json(ieiw("inspect", tiny.path, *filters, "--count", 2, "--json"))
    assert (found["matching"], [row["key"] for row in found["listed"]]) == (len(rows), rows[:2])
    status, out, _ = ieiw("inspect", tiny.path, "--count", 3)
    assert f"3 of {len(index(tiny.path, 'rows')) + len(index(tiny.path, 'rejects'))}" in out


def test_rejects_are_listed_by_reason(ieiw, tiny):
    reason = index(tiny.path, "rejects")[0]["reason"]
    found = as_json(ieiw("inspect", tiny.path, "--reason", reason, "--json"))["listed"]
    assert {row["reason"] for row in found} == {reason}
    check_refused(ieiw("inspect", tiny.path, "--reason", "no_reason"), "no_reason", reason)


def test_a_sheet_takes_filters_and_a_size_of_its_panels(ieiw, tiny, tmp_path):
    widths = []
    for panel in (208, 500):
        sheet = tmp_path / f"{panel}.png"
        assert ieiw("inspect", tiny.path, "--task", "dots", "--count", 2, "--panel", panel, "--sheet", sheet)[0] == 0
        widths.append(Image.open(sheet).width)
    assert widths[0] < 1400 and widths[1] > 3 * 500
    check_refused(
        ieiw("inspect", tiny.path, "--verdict", "rejected", "--sheet", tmp_path / "no.png"), "nothing to draw"
    )
    assert not (tmp_path / "no.png").exists()


def test_inspect_in_json_and_in_words(ieiw, tiny, tmp_path):
    row = index(tiny.path, "rows")[0]
    found = as_json(ieiw("inspect", tiny.path, row["key"], "--json"))
    assert (found["verdict"], found["row"]) == ("built", row)
    status, out, err = ieiw("inspect", tiny.path, row["key"][:-6], "--sheet", tmp_path / "one.png")
    assert status == 0
    assert row["instruction"] in out
    assert str(tmp_path / "one.png") in err
    assert (tmp_path / "one.png").stat().st_size > 1000
