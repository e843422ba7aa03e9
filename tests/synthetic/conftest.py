"""Twenty small scenes, drawn and written once for all tests of this room."""

import json

import pytest

from ieiw.synthetic import make_scenes, render

SMALL = (192, 144)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("scenes")
    make_scenes(out, 20, 3, SMALL)
    return out


@pytest.fixture(scope="session")
def scenes():
    return [render(3, index, SMALL) for index in range(20)]


def tasks(folder):
    """PhraseCut's tasks of both parts."""
    parts = [json.loads((folder / "VGPhraseCut_v0" / f"refer_{part}.json").read_text()) for part in ("train", "val")]
    return [task for part in parts for task in part]
