"""The checks of the house must be able to fail: plant what they forbid and see them refuse it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "ieiw",
    "triplets",
    "models",
    "builders",
    "filters",
    "pipelines",
    "train",
    "eval",
    "synthetic",
    "apps",
    "recipes",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the code alone, to be damaged."""
    copy = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def run(house, tool, *arguments):
    """Run a tool of this environment in the copy; both tools look in the working directory first."""
    command = [str(Path(sys.executable).parent / tool), *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("triplets/layout/rows.py", "import ieiw.models.protocols", "Imports only go down"),
        ("builders/protocols.py", "import apache_beam", "Only pipelines knows Beam"),
        ("builders/protocols.py", "import ieiw.filters", "Imports only go down"),
        ("train/__init__.py", "import ieiw.builders.protocols", "Training reads shards"),
        ("pipelines/recipe/check.py", "import ieiw.apps.console", "Imports only go down"),
        ("pipelines/index/frame.py", "import ieiw.pipelines.build.run", "Floors of pipelines"),
        ("pipelines/cut/run.py", "import ieiw.pipelines.takedown.run", "Floors of pipelines"),
        ("builders/protocols.py", "import ieiw.synthetic.scene", "Scenes are drawn"),
        ("triplets/storage/failpoints.py", "import ieiw.triplets.storage.folder", "No circles"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(house, file, line, contract):
    path = house / file
    before = path.read_text()
    path.write_text(before + f"\n{line}\n")
    try:
        result = run(house, "lint-imports", "--no-cache")
    finally:
        path.write_text(before)
    assert result.returncode != 0
    assert any(contract in out and "BROKEN" in out for out in result.stdout.splitlines())


def test_the_contracts_hold(house):
    result = run(house, "lint-imports", "--no-cache")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_a_type_error_fails_the_check(house):
    planted = house / "triplets" / "planted.py"
    planted.write_text(
        '"""Wrong on purpose."""\n\n\ndef count() -> int:\n    """Not a number."""\n    return "three"\n'
    )
    try:
        result = run(house, "mypy", "-m", "ieiw.triplets.planted")
    finally:
        planted.unlink()
    assert result.returncode == 1
    assert "planted.py" in result.stdout and "Incompatible return value" in result.stdout


def test_help_answers_without_loading_torch_or_beam():
    heavy = {"torch", "apache_beam", "diffusers", "transformers", "faiss", "cv2"}
    code = f"import sys, ieiw.apps.main; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["ieiw.pipelines.audit", "ieiw.pipelines.audit.run"])
def test_reading_a_cut_for_the_audit_loads_no_engine(module):
    heavy = {
        "ieiw.pipelines.engine",
        "ieiw.pipelines.build",
        "apache_beam",
        "psutil",
        "cv2",
        "torch",
        "skimage",
        "scipy",
    }
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_no_file_is_longer_than_the_house_allows():
    long = {
        str(path.relative_to(ROOT)): lines
        for name in (*PACKAGES, "tests", "bench")
        for path in (ROOT / name).rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 500
    }
    assert long == {}
