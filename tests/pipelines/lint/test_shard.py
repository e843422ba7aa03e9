"""Damage inside a shard is planted below the digests: only a look inside can tell."""

import numpy as np
import pytest

from ieiw.pipelines.lint.run import Kind
from ieiw.triplets.images.codec import encode_jpeg, encode_png
from tests.support.damage import Piece, a_unit, expect, flip, seal, the_files


def _swap_members(unit):
    unit.pieces[0], unit.pieces[1] = unit.pieces[1], unit.pieces[0]


def _swap_samples(unit):
    unit.pieces[:6] = unit.pieces[3:6] + unit.pieces[:3]


def _add_member(unit):
    unit.pieces.append(Piece("stray.json", b"{}"))


def _json_first(unit):
    unit.pieces[:3] = unit.pieces[2:3] + unit.pieces[:2]


def _rename(unit):
    unit.pieces[0].name = unit.pieces[0].name.replace(".source.jpg", ".source.jpeg")


def _png_among_jpeg(unit):
    piece = unit.piece(0, "source")
    pixels = _pixels()
    piece.name, piece.data = piece.name.replace("jpg", "png"), encode_png(pixels).data


def _pixels(size=(32, 48)):
    return np.full((*size, 3), 90, np.uint8)


def _wrong_spans(unit):
    unit.spans = False
    unit.rows[1]["target_offset"] += 1


def _wrong_member_digest(unit):
    unit.spans = False
    unit.rows[1]["json_sha256"] = "0" * 64


IN_SHARD = {
    "mtime": (Kind.TAR, lambda unit: unit.pieces[2].header.update(mtime=1)),
    "mode": (Kind.TAR, lambda unit: unit.pieces[2].header.update(mode=0o644)),
    "owner": (Kind.TAR, lambda unit: unit.pieces[2].header.update(uid=1000)),
    "owner's name": (Kind.TAR, lambda unit: unit.pieces[2].header.update(uname="root")),
    "symbolic link": (Kind.TAR, lambda unit: unit.pieces[2].header.update(type=b"2", linkname="/etc/passwd")),
    "pax header": (Kind.TAR, lambda unit: unit.pieces[2].pax.update(comment="hello")),
    "trailing bytes": (Kind.TAR, lambda unit: setattr(unit, "tail", b"\0" * 512)),
    "trailing text": (Kind.TAR, lambda unit: setattr(unit, "tail", b"x" * 10240)),
    "swapped members": (Kind.MEMBER, _swap_members),
    "swapped samples": (Kind.MEMBER, _swap_samples),
    "json first": (Kind.MEMBER, _json_first),
    "added member": (Kind.MEMBER, _add_member),
    "lost member": (Kind.MEMBER, lambda unit: unit.pieces.pop()),
    "lost sample": (Kind.MEMBER, lambda unit: unit.pieces.__delitem__(slice(3, 6))),
    "foreign extension": (Kind.MEMBER, _rename),
    "mixed extensions": (Kind.MEMBER, _png_among_jpeg),
    "wrong offset in row": (Kind.MEMBER, _wrong_spans),
    "wrong digest in row": (Kind.MEMBER, _wrong_member_digest),
    "truncated picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[0], "data", unit.pieces[0].data[:-40])),
    "no picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", b"<html>404</html>")),
    "empty picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", b"")),
    "another size": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", encode_jpeg(_pixels((32, 40))).data)),
    "size in row": (Kind.PICTURE, lambda unit: unit.rows[0].update(width=7)),
}


IN_JSON = {
    "null": lambda v: v.update(split=None),
    "number for text": lambda v: v.update(instruction=7),
    "text for list": lambda v: v.update(alternatives="Remove it."),
    "no alternatives": lambda v: v.update(alternatives=[]),
    "null alternative": lambda v: v.update(alternatives=[None]),
    "field lost": lambda v: v.pop("answer"),
    "field added": lambda v: v.update(score=0.5),
    "answer as object": lambda v: v.update(answer={}),
    "answer no JSON": lambda v: v.update(answer="{'a': 1}"),
    "answer a list": lambda v: v.update(answer="[1]"),
    "answer not a number": lambda v: v.update(answer='{"a": NaN}'),
    "another instruction": lambda v: v.update(instruction="Remove the moon."),
    "another task": lambda v: v.update(task="addition-2"),
    "another data set": lambda v: v.update(dataset="other"),
    "provenance lost": lambda v: v.update(provenance="{}"),
    "provenance of another record": lambda v: v.update(provenance=v["provenance"].replace('"record":"', '"record":"9')),
}


@pytest.mark.parametrize("name", IN_SHARD)
def test_damage_inside_a_shard(tiny, name):
    kind, damage = IN_SHARD[name]
    row_file, unit = a_unit(tiny)
    damage(unit)
    mark = seal(tiny, row_file, unit)
    expect(tiny, kind, mark.shard)


@pytest.mark.parametrize("name", IN_JSON)
def test_damage_inside_a_json_member(tiny, name):
    row_file, unit = a_unit(tiny)
    unit.piece(0, "json").edit_json(IN_JSON[name])
    expect(tiny, Kind.SAMPLE, seal(tiny, row_file, unit).shard)


def test_json_that_is_none(tiny):
    row_file, unit = a_unit(tiny)
    unit.piece(0, "json").data = b'{"instruction": "cut o'
    expect(tiny, Kind.SAMPLE, seal(tiny, row_file, unit).shard)


def test_a_byte_of_a_shard_is_flipped(tiny):
    name = the_files(tiny)["shard"]
    flip(tiny.path / name, 800)
    report = expect(tiny, Kind.DIGEST, name)
    assert Kind.MEMBER in {finding.kind for finding in report.findings}


def test_a_header_is_flipped(tiny):
    name = the_files(tiny)["shard"]
    flip(tiny.path / name, 3)
    expect(tiny, Kind.TAR, name)


def test_a_size_of_eight_gigabytes_costs_no_memory(tiny):
    name = the_files(tiny)["shard"]
    data = bytearray((tiny.path / name).read_bytes())
    data[124:136] = b"77777777777\0"
    data[148:156] = b" " * 8
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    (tiny.path / name).write_bytes(bytes(data))
    expect(tiny, Kind.TAR, name)
