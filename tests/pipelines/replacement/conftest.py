"""Drawn pictures, a gallery of their regions, and a build in which each region is replaced by one of another picture."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.builds import build_serially
from tests.support.replaced import make_gallery, replace, write_pictures


@dataclass(frozen=True)
class Site:
    """Folders: the pictures, the gallery, the build."""

    data: Path
    gallery: Path
    out: Path


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replaced")
    here = Site(write_pictures(folder / "data"), folder / "gallery", folder / "out")
    with pytest.MonkeyPatch.context() as patch:
        build_serially(patch)
        make_gallery(here.data, here.gallery)
        replace(here.data, here.gallery, here.out)
    return here


@pytest.fixture(scope="package")
def few(tmp_path_factory, site):
    """Three pictures of which two can be opened: for builds that are refused something."""
    return write_pictures(tmp_path_factory.mktemp("few") / "data", 3)
