"""Let torchvision be imported beside a CPU build of torch.

The wheels of the registry hold CUDA code: on a CPU torch their library does not load, ``torchvision::nms`` is never
declared, and the import of torchvision fails, taking transformers, diffusers and open_clip with it. Declaring the two
operator schemas just before the import is enough for everything this project uses (transforms, models, roi_align).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_kept: list[object] = []  # a torch Library takes its operators back when it is collected


class _Declarer(MetaPathFinder):
    """Finds nothing; notices the first import of torchvision and declares its operators."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            if torch.version.cuda is None:
                library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
                for schema in _SCHEMAS:
                    library.define(schema)
                _kept.append(library)
        return None


def declare_operators_on_import() -> None:
    """Install the hook once a process; costs nothing until torchvision is imported."""
    # Somebody may have asked whether there is a torchvision, without importing it: then they are declared already.
    if (
        not _kept
        and "torchvision" not in sys.modules
        and not any(isinstance(each, _Declarer) for each in sys.meta_path)
    ):
        sys.meta_path.insert(0, _Declarer())
