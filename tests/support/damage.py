"""Take one unit of a tiny build apart, change something in it and seal it again, so that every digest fits the damage."""

import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass, field, replace

import pyarrow.parquet as pq

from ieiw.pipelines.build.finalise import finalise
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark, mark_metadata, read_mark, to_parquet


@dataclass
class Piece:
    """A member to be written. ``header`` changes fields of its tar header; ``pax`` puts an extended header before it."""

    name: str
    data: bytes
    header: dict = field(default_factory=dict)
    pax: dict = field(default_factory=dict)

    def edit_json(self, change):
        """Change the json member as a dictionary."""
        values = json.loads(self.data)
        change(values)
        self.data = json.dumps(values).encode()


@dataclass
class Unit:
    """A unit in pieces."""

    mark: Mark
    rows: list
    rejects: list
    pieces: list
    tail: bytes = b""
    spans: bool = True
    """Whether rows are given the places of their members anew."""

    def piece(self, row, role):
        """The member of the n-th row."""
        start = f"{self.rows[row]['key']}.{role}"
        return next(piece for piece in self.pieces if piece.name.startswith(start))

    def first(self, task):
        """Number of the first row of a task."""
        return next(number for number, row in enumerate(self.rows) if row["task"] == task)


def unit_names(tiny, need_rejects=True):
    """Row files of the build, by default of units that made a shard and rejects."""
    names = [ref.rows for ref in tiny.state.refs() if tiny.store.exists(ref.rows)]
    marks = {name: read_mark(tiny.store.read(name)) for name in names}
    return [name for name, mark in marks.items() if mark.shard and (mark.rejects or not need_rejects)]


def open_unit(tiny, name):
    """The unit of a row file in pieces."""
    data = tiny.store.read(name)
    mark = read_mark(data)
    rejects = pq.read_table(io.BytesIO(tiny.store.read(mark.rejects))).to_pylist() if mark.rejects else []
    with tarfile.open(tiny.path / mark.shard) as tar:
        pieces = [Piece(member.name, tar.extractfile(member).read()) for member in tar]
    return Unit(mark, pq.read_table(io.BytesIO(data)).to_pylist(), rejects, pieces)


def seal(tiny, name, unit, **mark_changes):
    """Write the pieces back under digests that fit them, and finalise: index and counts fit as well."""
    tar, places = _tar(unit)
    digest = hashlib.sha256(tar).hexdigest()
    stem = f"{unit.mark.source}-{unit.mark.unit}"
    rejects = to_parquet(unit.rejects, REJECTS)
    rejects_digest = hashlib.sha256(rejects).hexdigest()
    mark = replace(
        unit.mark,
        attempts=len(unit.rows) + len(unit.rejects),
        built=len(unit.rows),
        rejected=len(unit.rejects),
        shard=f"shards/{stem}-{digest[:12]}.tar",
        shard_size=len(tar),
        shard_sha256=digest,
        rejects=f"rejects/{stem}-{rejects_digest[:12]}.parquet" if unit.rejects else "",
        rejects_sha256=rejects_digest if unit.rejects else "",
    )
    mark = replace(mark, **mark_changes)
    rows = [row | {"shard": f"shards/{stem}-{digest[:12]}.tar"} | _spans(row, places, unit.spans) for row in unit.rows]
    tiny.store.delete(unit.mark.shard)
    tiny.store.publish_bytes(f"shards/{stem}-{digest[:12]}.tar", tar)
    if unit.rejects:
        tiny.store.publish_bytes(f"rejects/{stem}-{rejects_digest[:12]}.parquet", rejects)
    tiny.store.publish_bytes(name, to_parquet(rows, ROWS, mark_metadata(mark)))
    finalise(tiny.store, require_state(tiny.store))
    return mark


def _spans(row, places, wanted):
    found = {}
    for role in ("source", "target", "json"):
        name = next((name for name in places if name.startswith(f"{row['key']}.{role}")), None)
        if wanted and name:
            offset, data = places[name]
            found |= {f"{role}_offset": offset, f"{role}_size": len(data)}
            found[f"{role}_sha256"] = hashlib.sha256(data).hexdigest()
    return found


def _tar(unit):
    sink, places = io.BytesIO(), {}
    kind = tarfile.PAX_FORMAT if any(piece.pax for piece in unit.pieces) else tarfile.USTAR_FORMAT
    with tarfile.open(fileobj=sink, mode="w", format=kind) as tar:
        for piece in unit.pieces:
            info = tarfile.TarInfo(piece.name)
            info.size, info.mode, info.mtime, info.uname, info.gname = len(piece.data), 0o444, 0, "ieiw", "ieiw"
            info.pax_headers = piece.pax
            for field_name, value in piece.header.items():
                setattr(info, field_name, value)
            tar.addfile(info, io.BytesIO(piece.data))
            places[piece.name] = (sink.tell() - len(piece.data) - -len(piece.data) % 512, piece.data)
    return sink.getvalue() + unit.tail, places


def remark(tiny, name, **changes):
    """Change a commit mark alone; the index does not know marks."""
    data = tiny.store.read(name)
    table = pq.read_table(io.BytesIO(data))
    mark = replace(read_mark(data), **changes)
    tiny.store.publish_bytes(name, to_parquet(table.to_pylist(), ROWS, mark_metadata(mark)))
    return asdict(mark)


def flip(path, at):
    """Invert one byte; a negative place counts from the end."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))


def expect(tiny, kind, where):
    """Lint must tell of this kind in this file; the whole report is shown where it does not."""
    report = lint(tiny.path)
    json.dumps(report.as_json())
    assert not report.ok
    assert (kind, where) in {(finding.kind, finding.where) for finding in report.findings}, report.findings
    return report


def a_unit(tiny):
    name = unit_names(tiny)[0]
    return name, open_unit(tiny, name)


def the_files(tiny):
    """One file of each kind by what it is."""
    mark = read_mark(tiny.store.read(unit_names(tiny)[0]))
    plan = next(f"plan/shapes/{name}" for name in tiny.store.sizes("plan/shapes"))
    return {
        "shard": mark.shard,
        "rejects": mark.rejects,
        "rows": unit_names(tiny)[0],
        "index of rows": "index/rows-00000.parquet",
        "index of rejects": "index/rejects-00000.parquet",
        "plan": plan,
    }
