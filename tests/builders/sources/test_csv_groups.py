"""Huge CSV files by group: every row once, in order, whatever their order in the file; damage is named."""

import os
import random

import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.sources import _csv_groups
from ieiw.builders.sources._csv_groups import CsvGroups


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(_csv_groups, "cache_folder", lambda name: tmp_path / "cache" / name)


def groups(folder, text, columns=("id", "value")):
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "a.csv").write_bytes(data)
    return CsvGroups(Root(str(folder)), "a.csv", columns)


def test_every_row_is_in_its_group_in_the_order_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(_csv_groups, "_BLOCK", 1000)  # several batches
    dice = random.Random(1)
    rows = [(f"p{dice.randrange(200)}", str(number)) for number in range(2000)]
    found = groups(tmp_path, "id,other,value\n" + "".join(f"{key},x,{value}\n" for key, value in rows))
    expected: dict[str, list[dict[str, str]]] = {}
    for key, value in rows:
        expected.setdefault(key, []).append({"id": key, "value": value})
    assert len(found) == len(expected)
    assert {found.group(at)[0]["id"]: found.group(at) for at in range(len(found))} == expected
    assert all(found.find(key) == group for key, group in expected.items())
    assert found.find("p") == found.find("zzz") == found.find("") == []
    assert found.damaged == []


def test_values_keep_what_is_quoted_empty_or_no_text(tmp_path):
    found = groups(tmp_path, b'\xef\xbb\xbfid,value\n1,"a, b"\n1,\n1,\xff\n,x\n')
    assert [row["value"] for row in found.find("1")] == ["a, b", "", "\udcff"]
    assert found.find("") == [{"id": "", "value": "x"}]


def test_rows_with_another_number_of_fields_are_named_and_cost_no_other(tmp_path):
    found = groups(tmp_path, "id,value\n1,a\n2\n3,b,c\n4,d\n")
    assert [found.group(at) for at in range(len(found))] != []
    assert sorted(found.group(at)[0]["id"] for at in range(len(found))) == ["1", "4"]
    assert found.damaged == [(3, "2"), (4, "3,b,c")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,other\n1,a\n", r"a\.csv: wrong_schema: .*value"),
        ("", r"a\.csv: wrong_schema: .*[Ee]mpty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), r"a\.csv: wrong_schema"),
    ],
)
def test_another_file_is_one_clear_error(tmp_path, text, message):
    with pytest.raises(DocumentError, match=message):
        groups(tmp_path, text)


def test_damage_everywhere_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(_csv_groups, "_MOST_DAMAGED", 5)
    with pytest.raises(DocumentError, match=r"a\.csv: wrong_schema"):
        groups(tmp_path, "id,value\n" + "x\n" * 7)


def test_the_sorted_copy_is_made_once_and_again_where_it_is_damaged(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("id,value\n1,a\n")
    os.utime(tmp_path / "a.csv", (1e9, 1e9))
    root, calls, sort = Root(str(tmp_path)), [], _csv_groups._sort
    monkeypatch.setattr(_csv_groups, "_sort", lambda *given: (calls.append(1), sort(*given)))
    for _ in range(2):
        assert CsvGroups(root, "a.csv", ("id", "value")).find("1") == [{"id": "1", "value": "a"}]
    assert len(calls) == 1
    (kept,) = (tmp_path / "cache" / "tables").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert CsvGroups(root, "a.csv", ("id", "value")).find("1") == [{"id": "1", "value": "a"}]
    assert len(calls) == 2
