"""MATLAB files of others: plain data, or one error that names the file, also where it ends its reader."""

import io
import signal
import struct
import time

import numpy as np
import pytest
from scipy.io import savemat

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.matlab import read_matlab

_DOUBLES, _NO_TYPE = 9, 10
"""Codes of what an array's bytes are; scipy looks the second up and finds no object there."""


def saved(values, *, compressed=False):
    file = io.BytesIO()
    savemat(file, values, do_compression=compressed)
    return file.getvalue()


def deadly():
    """A file of which scipy 1.17 dies: the code before its nine doubles is one that the format keeps free."""
    data = saved({"x": np.arange(1.0, 10)})
    return data.replace(struct.pack("<II", _DOUBLES, 72), struct.pack("<II", _NO_TYPE, 72))


@pytest.mark.parametrize("compressed", [False, True])
def test_values_come_as_plain_data(compressed):
    people = np.zeros(2, [("name", object), ("at", object)])
    people[0], people[1] = ("a", np.array([1.5, np.nan])), ("bé", np.zeros((0, 0)))
    values = {"one": {"of": np.uint8(3)}, "people": people, "grid": np.eye(2), "flag": np.True_, "other": 1}
    found = read_matlab(saved(values, compressed=compressed), "a.mat", ["one", "people", "grid", "flag", "none"])
    assert np.isnan(found["people"][0]["at"].pop())
    people = [{"name": "a", "at": [1.5]}, {"name": "bé", "at": []}]
    assert found == {"one": {"of": 3}, "people": people, "grid": [[1, 0], [0, 1]], "flag": 1}


def test_a_file_that_ends_its_reader_is_one_error():
    with pytest.raises(DocumentError, match=rf"splits\.mat: .*signal ({int(signal.SIGSEGV)}|{int(signal.SIGBUS)})\b"):
        read_matlab(deadly(), "data/splits.mat", ["x"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no whole MATLAB file"),
        (b"x" * 500, "no whole MATLAB file"),
        (saved({"x": np.arange(99)})[:300], "no whole MATLAB file"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM", "MATLAB 7.3; save it with -v7"),
    ],
)
def test_damaged_files_are_one_error(data, words):
    with pytest.raises(DocumentError, match=words):
        read_matlab(data, "a.mat", ["x"])


def test_it_costs_less_than_two_seconds():
    data = saved({"x": np.arange(5000)})
    began = time.process_time() + sum(children())
    assert read_matlab(data, "a.mat", ["x"]) == {"x": list(range(5000))}
    assert time.process_time() + sum(children()) - began < 2


def children():
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime
