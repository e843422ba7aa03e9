"""The door for annotations in MATLAB files (version 4 to 7.2): read by scipy in a process of its own, handed over as plain data.

A damaged file can end the process that scipy runs in, without a word. A worker that dies is noticed and named; what plans is not.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ieiw.builders.formats.json_stream import DocumentError

_PROGRAM = "from ieiw.builders.formats.matlab import main; main()"
_DAMAGED = "Is the download complete?"


def read_matlab(data: bytes, name: str, variables: Sequence[str]) -> dict[str, Any]:
    """Variables of a MATLAB file.

    Args:
        data: the file's bytes.
        name: of the file, for messages.
        variables: which ones; those that the file lacks are left out.

    Returns:
        Variable -> its value, axes of length one left out: structs as dicts, cells and arrays of structs as flat lists, other
        arrays as nested lists, text as str, an empty array as an empty list; None for what has no such form (functions).

    Raises:
        DocumentError: ``wrong_schema``: no MATLAB file, of version 7.3 (which is HDF5), damaged, or one that ends its reader.
    """
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *variables],
        env=os.environ | {"PYTHONSAFEPATH": "1", "PYTHONPATH": paths},  # it finds what this process found
        input=data,
        capture_output=True,
        check=False,
    )
    if run.returncode < 0:
        detail = f"its reader was ended by signal {-run.returncode}: damaged, or memory is short. {_DAMAGED}"
        raise DocumentError("wrong_schema", name, detail)
    if run.returncode:
        words = run.stderr.decode("utf-8", "replace").strip()
        raise RuntimeError(
            f"{name}: the process that reads MATLAB files failed (exit {run.returncode}): {words[-2000:]}"
        )
    result: dict[str, Any] = json.loads(run.stdout)
    if "fault" in result:
        raise DocumentError("wrong_schema", name, result["fault"])
    return cast(dict[str, Any], result["values"])


def main() -> None:
    """What the process does: the file comes on standard input, its variables leave on standard output as JSON."""
    from scipy.io import loadmat

    data, variables = io.BytesIO(sys.stdin.buffer.read()), sys.argv[1:]
    result: dict[str, Any]
    try:
        values = loadmat(data, variable_names=variables, struct_as_record=False, squeeze_me=True)
        result = {"values": {name: values[name] for name in variables if name in values}}
    except NotImplementedError:  # scipy's word for version 7.3
        result = {"fault": "MATLAB 7.3; save it with -v7"}
    except Exception as error:  # scipy raises nearly anything on damaged files
        result = {"fault": f"no whole MATLAB file ({error}). {_DAMAGED}"}
    sys.stdout.write(json.dumps(result, default=_plain))


def _plain(value: Any) -> Any:
    """What json asks about a value that it does not know."""
    import numpy as np
    from scipy.io.matlab import mat_struct

    if isinstance(value, mat_struct):
        return {field: getattr(value, field) for field in value._fieldnames}
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value.ravel().tolist()
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else None
