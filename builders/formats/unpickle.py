"""The door for pickles: plain values and numeric arrays come in, nothing is ever called that a file names.

RefCOCO's ``refs(….p)`` are pickles of Python 2. A file is read twice: first its instructions, to refuse those that ask for
more than plain values or for memory they do not need; then for good.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from ieiw.builders.formats.json_stream import DocumentError

MAX_BYTES = 2 * 2**30
MAX_DEPTH = 200
_SHARED = 4
"""Values may be that many times as many as bytes: a list of a list of … that stands in many places multiplies."""
_DTYPE = re.compile(r"[|<>=]?(?:b1|[iu][1248]|f[248]|c8|c16|[SUa]\d{1,5}|\?)")
_FORBIDDEN = {"PERSID", "BINPERSID", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER"}
"""Instructions that make objects of classes or ask the reader for objects of its own."""
_OPERATIONS = {operation.code.encode("latin-1"): operation for operation in pickletools.opcodes}
_MEMO = {"PUT", "BINPUT", "LONG_BINPUT"}
_CONTAINERS = (dict, list, tuple, set, frozenset)


class _Dtype:
    """Stands for ``numpy.dtype`` while a pickle is read: only plain numbers and strings, only their byte order can be set."""

    def __init__(self, code: str, *_flags: object) -> None:
        if not _DTYPE.fullmatch(str(code)):
            raise pickle.UnpicklingError(f"unsafe: an array of type {str(code)[:40]!r}")
        self.real = np.dtype(str(code))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _version, order, subtype, names, fields, *_sizes = state
        if subtype is not None or names is not None or fields is not None or str(order) not in set("<>|="):
            raise pickle.UnpicklingError("unsafe: an array of a composed type")
        self.real = self.real.newbyteorder(cast(Any, str(order)))


class _Array(np.ndarray[Any, Any]):
    """An array that fills itself from its pickled state, checked; numpy's own would take any type."""

    def __setstate__(self, state: Any) -> None:
        _version, shape, kind, fortran, raw = state
        if not isinstance(kind, _Dtype):
            raise pickle.UnpicklingError("damaged array")
        super().__setstate__((1, shape, kind.real, bool(fortran), _as_bytes(raw)))  # type: ignore[arg-type]

    def __array_finalize__(self, source: object) -> None:
        """Nothing to pass on."""


def _from_buffer(raw: bytes, kind: _Dtype, shape: tuple[int, ...], order: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(bytes(raw), kind.real).reshape(shape, order="F" if order == "F" else "C")


def _encode(text: str, encoding: str) -> bytes:
    if encoding not in {"latin1", "latin-1"}:
        raise pickle.UnpicklingError(f"unsafe: the encoding {encoding!r}")
    return text.encode("latin-1")


def _as_bytes(raw: bytes | str) -> bytes:
    return raw.encode("latin-1") if isinstance(raw, str) else bytes(raw)  # Python 2 has one type for both


def _bytes(*arguments: object) -> bytes:
    if arguments:  # a number would ask for that much memory
        raise pickle.UnpicklingError("unsafe: bytes made of a number or a list")
    return b""


def _not_called(*_arguments: object) -> None:
    raise pickle.UnpicklingError("unsafe: an array that is not made as numpy does")


class _StandIn:
    """What a file may name and call. Unlike functions and classes it has nothing that a file could change."""

    __slots__ = ("_make",)
    _make: Callable[..., Any]

    def __init__(self, make: Callable[..., Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __call__(self, *arguments: Any) -> Any:
        return self._make(*arguments)

    def __setattr__(self, name: str, value: object) -> None:
        raise pickle.UnpicklingError(f"unsafe: it sets the attribute {name}")


_CALLS: dict[str, Callable[..., Any]] = {
    "numpy.ndarray": _not_called,  # named as an argument of _reconstruct
    "numpy.dtype": _Dtype,
    "_codecs.encode": _encode,
}
for _package in ("core", "_core"):  # before and since numpy 2
    _CALLS[f"numpy.{_package}.multiarray._reconstruct"] = lambda *_: np.ndarray.__new__(_Array, (0,), np.int8)
    _CALLS[f"numpy.{_package}.multiarray.scalar"] = lambda kind, raw: np.frombuffer(_as_bytes(raw), kind.real, count=1)[
        0
    ]
    _CALLS[f"numpy.{_package}.numeric._frombuffer"] = _from_buffer
for _package in ("builtins", "__builtin__"):  # Python 3 and 2
    for _make in (set, frozenset, complex):
        _CALLS[f"{_package}.{_make.__name__}"] = _make
    _CALLS[f"{_package}.bytes"] = _bytes
    _CALLS[f"{_package}.bytearray"] = lambda raw=b"", _encoding="latin-1": bytearray(_as_bytes(raw))


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        try:
            return _StandIn(_CALLS[f"{module}.{name}"])
        except KeyError:
            raise pickle.UnpicklingError(f"unsafe: it asks for {module}.{name}") from None


def load_pickle(data: bytes, file: str, top: type[Any] | None = None) -> Any:
    """A pickle of any protocol: None, booleans, numbers, strings, bytes, lists, tuples, dicts, sets, numeric numpy arrays.

    Strings of Python 2 are read as UTF-8, and as Latin-1 where they are not (or where the file holds arrays).

    Args:
        data: the file's bytes.
        file: its name, for the message.
        top: the type that the outermost value must have, or None for any.

    Raises:
        DocumentError: ``unsafe_pickle`` where it asks for anything else, of which nothing is run; ``corrupt_pickle``;
            ``wrong_schema``.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError("unsafe_pickle", file, f"{len(data):,} bytes, the limit is {MAX_BYTES:,}")
    try:
        end, has_arrays = _inspect(data)
        try:
            value = _Unpickler(io.BytesIO(data[:end]), encoding="latin-1" if has_arrays else "utf-8").load()
        except UnicodeDecodeError:
            value = _Unpickler(io.BytesIO(data[:end]), encoding="latin-1").load()
        _check_shape(value, max(10**6, _SHARED * len(data)))
    except Exception as error:  # a damaged pickle makes its reader raise nearly anything
        text = str(error)
        unsafe = isinstance(error, pickle.UnpicklingError) and text.startswith("unsafe: ")
        detail = text.removeprefix("unsafe: ") if unsafe else f"{text[:200]}. Is the download complete?"
        raise DocumentError("unsafe_pickle" if unsafe else "corrupt_pickle", file, detail) from error
    if top is not None and not isinstance(value, top):
        detail = f"the outermost value is a {type(value).__name__}, not a {top.__name__}"
        raise DocumentError("wrong_schema", file, detail)
    return value


def _inspect(data: bytes) -> tuple[int, bool]:
    """Where the pickle ends, and whether it holds arrays.

    Raises:
        pickle.UnpicklingError: an instruction that is never needed, or a memo place out of proportion.
        ValueError: it ends early, or is no pickle.
    """
    has_arrays, end = False, 0
    for name, argument, at in _instructions(data):
        if name in _FORBIDDEN:
            raise pickle.UnpicklingError(f"unsafe: the instruction {name} at byte {at:,}")
        if name in _MEMO and not 0 <= int(argument) <= len(data):
            # the reader would allocate a table of that length
            raise pickle.UnpicklingError(f"unsafe: memo place {argument} in {len(data):,} bytes")
        if name == "GLOBAL" and str(argument).startswith("numpy"):
            has_arrays = True
        end = at + 1
    return end, has_arrays


def _instructions(data: bytes) -> Iterator[tuple[str, Any, int]]:
    """Name, argument and place of each instruction. ``pickletools.genops`` fails on strings of Python 2 beyond ASCII."""
    stream = io.BytesIO(data)
    name = ""
    while name != "STOP":
        at = stream.tell()
        operation = _OPERATIONS.get(stream.read(1))
        if operation is None:
            raise ValueError(f"ends early, or is damaged, at byte {at:,}")
        name = operation.name
        if name == "STRING":
            yield name, stream.readline(), at
        else:
            yield name, operation.arg.reader(stream) if operation.arg is not None else None, at


def _check_shape(value: Any, most: int) -> None:
    """Refuse what cannot be walked, compared or printed: nested too deeply, holding itself, or one list in thousands of places.

    Args:
        value: what was read.
        most: values that walking through it may meet.

    Raises:
        pickle.UnpicklingError: it is one of these.
    """
    known: dict[int, tuple[int, int]] = {}  # container -> its depth and all that printing it would show

    def measure(item: Any, level: int) -> tuple[int, int]:
        if id(item) in known:
            return known[id(item)]
        if level > MAX_DEPTH:
            raise pickle.UnpicklingError(f"unsafe: nested more than {MAX_DEPTH} deep, or holding itself")
        items = [*item, *item.values()] if isinstance(item, dict) else item
        inner = [measure(each, level + 1) for each in items if isinstance(each, _CONTAINERS)]
        depth = 1 + max((depth for depth, _ in inner), default=0)
        shown = len(items) + sum(shown for _, shown in inner)
        if depth > MAX_DEPTH or shown > most:
            raise pickle.UnpicklingError(f"unsafe: nested {depth} deep with {shown:,} values")
        known[id(item)] = depth, shown
        return depth, shown

    if isinstance(value, _CONTAINERS):
        measure(value, 1)
