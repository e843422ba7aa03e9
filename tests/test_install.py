"""Every way of installing: the wheel, the sdist, an editable checkout, and the sdist that Beam ships to its workers.

All from a copy of the checkout, since setuptools writes beside setup.py.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.builds import ROOT, index, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut

ROOMS = tuple(sorted(link.name for link in (ROOT / "ieiw").iterdir() if link.is_symlink()))


def run(*command, cwd, **environment):
    """Output of a command that has to succeed; it finds nothing by the working directory or an outer PYTHONPATH."""
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=outside | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def backend(source, call):
    """Call setuptools as pip does; returns the file it made in ``source/dist``."""
    (source / "dist").mkdir(exist_ok=True)
    code = f"from setuptools import build_meta; print(build_meta.{call})"
    return source / "dist" / run(sys.executable, "-c", code, cwd=source).splitlines()[-1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    copy = tmp_path_factory.mktemp("check out")
    for name in ("ieiw", *ROOMS):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def modules(checkout):
    """What an installation has to hold, as ``ieiw/…``: every file of every room."""
    files = [file for name in ROOMS for file in (checkout / name).rglob("*") if file.is_file()]
    own = {f"ieiw/{file.name}" for file in (checkout / "ieiw").iterdir() if file.is_file()}
    return own | {f"ieiw/{file.relative_to(checkout)}" for file in files}


@pytest.fixture(scope="module")
def sdist(checkout):
    return backend(checkout, 'build_sdist("dist")')


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Made from the sdist, as an index would."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return backend(source, 'build_wheel("dist")')


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    target = tmp_path_factory.mktemp("site")
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-compile",
        "--no-deps",
        "--no-index",
        "--target",
        target,
        wheel,
        cwd=target,
    )
    return target


def below_ieiw(names):
    return {name for name in names if name.startswith("ieiw/") and not name.endswith("/")}


def in_sdist(file):
    with tarfile.open(file) as archive:
        members = archive.getmembers()
    assert not [member.name for member in members if member.issym() or member.islnk()]
    return {member.name.partition("/")[2] for member in members if member.isfile()}


def test_the_sdist_holds_every_module_as_a_plain_file(sdist, modules):
    assert below_ieiw(in_sdist(sdist)) == modules


def test_the_wheel_holds_every_module_and_no_other_package(wheel, modules):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert below_ieiw(names) == modules
    assert {name.partition("/")[0] for name in names} == {"ieiw", f"{wheel.name.rsplit('-', 3)[0]}.dist-info"}


def test_the_sdist_that_beam_ships_holds_every_module(checkout, modules, tmp_path):
    from apache_beam.runners.portability.stager import Stager

    made = Stager._build_setup_package(str(checkout / "setup.py"), str(tmp_path))
    assert below_ieiw(in_sdist(made)) == modules


def test_an_installed_wheel_builds_with_two_workers_from_anywhere(installed, tmp_path):
    here = {"cwd": tmp_path, "PYTHONPATH": str(installed)}
    assert Path(run(sys.executable, "-c", "import ieiw; print(ieiw.__file__)", **here)).is_relative_to(installed)
    assert "build" in run(installed / "bin" / "ieiw", "--help", **here)
    recipe = write_recipe(tmp_path / "recipe.yaml", write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2)))
    run(sys.executable, "-m", "ieiw", "build", recipe, "--out", "out", "--workers", 2, **here)
    assert len(index(tmp_path / "out", "rows")) == 6 * 2 * 2


def test_an_editable_install_leads_to_the_checkout(checkout, tmp_path):
    with zipfile.ZipFile(backend(checkout, 'build_editable("dist")')) as archive:
        archive.extractall(tmp_path)
    code = (
        f"import site; site.addsitedir({str(tmp_path)!r}); import ieiw.triplets.errors as found; print(found.__file__)"
    )
    found = Path(run(sys.executable, "-S", "-c", code, cwd=tmp_path).strip())
    assert found.resolve() == (checkout / "triplets" / "errors.py").resolve()


def test_a_checkout_without_links_says_so(checkout, tmp_path):
    shutil.copytree(checkout / "ieiw", tmp_path / "ieiw", ignore=shutil.ignore_patterns(*ROOMS))
    for name in ROOMS:
        (tmp_path / "ieiw" / name).write_text(f"../{name}")
    shutil.copy(checkout / "setup.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "setup.py", "sdist"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "git config core.symlinks true" in done.stderr
    assert "Traceback" not in done.stderr
