"""What the product imports is declared in setup.py, and what is declared is imported."""

import ast
import re
import sys

from tests.support.builds import ROOT

PRODUCT = ("apps", "builders", "eval", "filters", "models", "pipelines", "synthetic", "train", "triplets")
MODULES = {
    "open_clip_torch": "open_clip",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "pyspellchecker": "spellchecker",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}
OF_EXTRAS = {"faiss"}
"""Modules of which a user chooses the package: for the CPU or for the GPU."""
NOT_IMPORTED = {
    "s3fs": "fsspec opens s3:// with it",
    "tensorboard": "torch.utils.tensorboard writes with it",
    "torchvision": "open_clip and diffusers import it; its release has to fit torch's",
}


def _declared():
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (base,) = (node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "BASE")
    return [re.match(r"[\w-]+", requirement)[0] for requirement in ast.literal_eval(base)]


def _imported():
    files = [*(ROOT / "ieiw").glob("*.py"), *(file for room in PRODUCT for file in (ROOT / room).rglob("*.py"))]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    imported = {name.partition(".")[0] for name in _imported()} - set(sys.stdlib_module_names) - {"ieiw"} - OF_EXTRAS
    declared = {MODULES.get(name, name.replace("-", "_")) for name in _declared() if name not in NOT_IMPORTED}
    assert imported == declared


def test_what_is_not_imported_is_declared_for_a_reason():
    assert set(NOT_IMPORTED) <= set(_declared())
