"""A byte that is no UTF-8, anywhere in an annotation file, is a reject or one error, never a traceback."""

import re
from pathlib import Path

import pytest

from ieiw.triplets.errors import UsageError
from tests.builders import sources
from tests.support.source_case import source_cases

_CASES = source_cases(sources)
_TEXT = re.compile(rb'(?<=")\w')
_PLACES = 25


def _annotation(root: Path) -> Path | None:
    """The largest json file, where the layout holds any."""
    return max(root.rglob("*.json"), key=lambda file: file.stat().st_size, default=None)


@pytest.mark.parametrize("name", sorted(_CASES))
def test_a_byte_that_is_no_text_stops_nothing_unsaid(tmp_path, name):
    case, root = _CASES[name](), tmp_path / "data"
    root.mkdir()
    case.write(root)
    file = _annotation(root)
    if file is None:
        return
    sound = file.read_bytes()
    assert sound.count(b'"') > 3
    places = [found.start() for found in _TEXT.finditer(sound)]
    for at in places[:: max(1, len(places) // _PLACES)]:
        file.write_bytes(sound[:at] + b"\xff" + sound[at + 1 :])
        source = case.source(root)
        try:
            records = [record for index in range(source.group_count()) for record in source.group(index)]
        except UsageError as error:
            assert str(root) in str(error)
        else:
            assert all(record.fault is None or record.fault.detail for record in records)
