"""Decontamination: what is near an evaluation picture, and all that shows the same picture."""

import numpy as np
import pyarrow as pa

from ieiw.filters.frame import Frame
from tests.support.frames import ask, frame, kept, value_of


def test_decontamination_asks_about_source_and_target():
    made = frame(50, pictures=30)
    _, rows, values = made
    bad = {int(value_of(rows, values, "phash", "source", 3)), int(value_of(rows, values, "phash", "target", 7))}

    def lookup(hashes, folders):
        assert folders == ("eval",)
        return np.array([min((int(each) ^ other).bit_count() for other in bad) for each in hashes.tolist()])

    found = ask(made, {"name": "e", "kind": "decontaminate", "pictures": ["eval"], "distance": 1}, nearest=lookup)
    own = [
        min(
            (int(value_of(rows, values, "phash", role, row)) ^ other).bit_count()
            for role in ("source", "target")
            for other in bad
        )
        for row in range(50)
    ]
    picture = list(zip(rows["source"], rows["group"], strict=True))
    expected = [min(own[other] for other in range(50) if picture[other] == picture[row]) for row in range(50)]
    assert kept(found) == [row for row, bits in enumerate(expected) if bits > 1]
    assert {3, 7}.isdisjoint(kept(found))
    assert all(found.value[row] == bits for row, bits in enumerate(expected) if bits <= 1)
    assert any(bits <= 1 < own[row] for row, bits in enumerate(expected))  # told by another row of its picture


def test_decontamination_drops_the_crops_of_a_picture_that_another_source_shows_whole():
    made, rows, values = frame(30, groups=10_000)
    seen = made.score("phash", "source")[4]
    alike = {row for role in ("source", "target") for row in np.flatnonzero(made.score("phash", role) == seen).tolist()}
    crop = next(row for row in range(30) if row not in alike and rows["source"][row] != rows["source"][4])
    digests = [*rows["picture_sha256"]]
    digests[crop] = digests[4]
    table = made.table.drop_columns("picture_sha256").append_column("picture_sha256", pa.array(digests))

    def lookup(hashes, folders):
        return np.where(hashes == seen, 0, 40)

    rule = {"name": "e", "kind": "decontaminate", "pictures": ["eval"]}
    found = ask((Frame(table, made.lookup), rows, values), rule, nearest=lookup)
    assert set(range(30)) - set(kept(found)) == alike | {crop}
