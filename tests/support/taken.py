"""What a take-down must leave, whatever was taken down and however often it was killed."""

import hashlib
import io
import re
import tarfile

import pyarrow.parquet as pq

from ieiw.pipelines.lint.run import lint
from tests.support.builds import balanced, index


def everything(folder):
    """Name -> bytes of every file of a build; the time at which it was planned is left out of a proof."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: re.sub(rb'"time":"?[^,]*', b"", data.replace(b'"time": ', b'"time":'))
        if name.startswith("takedown/")
        else data
        for name, data in files.items()
        if not name.startswith(("logs/", ".spool/"))
    }


def members(folder):
    """(file, key, role) -> digest of every member of every shard, the build's and those of cuts."""
    found = {}
    for path in sorted(folder.rglob("*.tar")):
        with tarfile.open(path) as tar:
            for info in tar:
                key, _, role = info.name.partition(".")
                data = tar.extractfile(info).read()
                found[str(path.relative_to(folder)), key, role] = hashlib.sha256(data).hexdigest()
    return found


def check_gone(before, folder, keys, words=(), named=()):
    """The books balance, lint is green, nothing of the keys is left, and all others are what they were.

    ``before``: rows of the index before. ``words``: texts that no file may hold. ``named``: digests that
    the provenance of other triplets may name.
    """
    assert lint(str(folder)).findings == ()
    balanced(folder)
    rows = {row["key"]: row for row in index(folder, "rows")}
    assert rows.keys() == {row["key"] for row in before} - set(keys)
    for row in before:
        if row["key"] in rows:
            moved = {"shard", "source_offset", "target_offset", "json_offset"}
            same = {name: value for name, value in row.items() if name not in moved}
            assert same == {name: value for name, value in rows[row["key"]].items() if name not in moved}
    dead = {row["key"]: row for row in index(folder, "rejects")}
    for key in keys:
        assert (dead[key]["reason"], dead[key]["detail"], dead[key]["picture"]) == ("taken_down", "", "")
    assert not {key for _, key, _ in members(folder)} & set(keys)
    left = {row[f"{role}_sha256"] for row in rows.values() for role in ("source", "target")}
    gone = {row[f"{role}_sha256"] for row in before if row["key"] in keys for role in ("source", "target")} - left
    pictures = gone | {row["picture_sha256"] for row in before if row["key"] in keys}
    pictures -= {row["picture_sha256"] for row in rows.values()}.union(named)
    for name, data in everything(folder).items():
        if name.startswith("takedown/"):
            continue
        text = _text(name, data)
        assert not [digest for digest in pictures if digest in text], name
        if not name.startswith(("plan/", "rejects/", "index/rejects", "replacement/")):
            assert not [key for key in keys if key in text], name
        assert not [word for word in words if word in text], name


def _text(name, data):
    if name.endswith(".parquet"):
        return str(pq.read_table(io.BytesIO(data)).to_pydict())
    return data.decode("latin-1")
