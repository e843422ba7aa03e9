"""InstructPix2Pix (Brooks et al., CVPR 2023): generated pairs, several seeds for one prompt.

``seeds.json`` (``[[prompt id, [seed, …]], …]``) beside folders ``<prompt id>/`` that hold ``prompt.json`` and
``<seed>_0.jpg`` (before), ``<seed>_1.jpg`` (after): as folders, or in ``shard-*.zip``. Or Hugging Face's
``timbrooks/instructpix2pix-clip-filtered``: ``data/train-*.parquet``, which tells neither prompt ids nor seeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ieiw.builders.formats.json_stream import DocumentError, read_json
from ieiw.builders.formats.zips import ZipFiles
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._json_index import Element, JsonIndex
from ieiw.builders.sources._parquet_rows import ParquetRows
from ieiw.builders.sources._prompt_rows import PromptRows
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal

_SPLITS = {"train": (0.0, 0.9), "val": (0.9, 0.95), "test": (0.95, 1.0), "all": (0.0, 1.0)}
"""Shares of the prompts, in the order of ``seeds.json`` or of the rows, as its authors' loader cuts them."""
_LICENCE = "InstructPix2Pix (generated pictures)"


class InstructPix2PixOptions(Options):
    """Options of the source.

    ``keep``: a file below the root, the published list of pairs that passed a filter: a JSON list of ``"<prompt id>/<seed>"``.
    Pairs that are not on it are rejected as ``skipped_by_publisher``.
    """

    keep: str = ""


class InstructPix2Pix(RootedSource):
    """Source of InstructPix2Pix's pairs.

    Splits: ``train``, ``val``, ``test`` (90, 5 and 5 per cent of the prompts, as the authors cut them), ``all``.
    """

    options_model = InstructPix2PixOptions
    _options: InstructPix2PixOptions
    gives = Kind.EDITED

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        super().__init__(name=name, root=root, split=split, options=options)
        if split not in _SPLITS:
            raise UsageError(f"source {name}: split {split!r}: known are {', '.join(_SPLITS)}")
        self._open: dict[str, ZipFiles | Refusal] = {}
        self._rows = ParquetRows(self._root, "train", "edit_prompt")

    def inputs(self) -> Sequence[str]:
        """``seeds.json``, and the list of pairs to keep; or the Parquet files.

        Raises:
            UsageError: neither is there, or the list is not, or it is given for rows, which have no names to be listed by.
        """
        if self._is_rows:
            if self._options.keep:
                raise UsageError(
                    f"source {self.name}: options.keep lists pairs by prompt and seed, which the Parquet files do not tell. "
                    "Leave it out, or take the folders or zip files with seeds.json."
                )
            return self._rows.inputs()
        self._root.require(
            "seeds.json", "list of seeds", "Give the folder that holds it, or data/train-*.parquet, in `root`."
        )
        if not self._options.keep:
            return ["seeds.json"]
        self._root.require(self._options.keep, "list of pairs", "Change options.keep, or download the list.")
        return ["seeds.json", self._options.keep]

    def group_count(self) -> int:
        """Prompts of the split; row groups where it comes in rows."""
        return len(self._groups)

    def group(self, index: int) -> Iterator[Record]:
        """The pairs of one prompt, or of the prompts of one row group."""
        prompts, number = self._prompts, self._groups[index]
        if isinstance(prompts, PromptRows):
            yield from prompts.records(number, self._split, _LICENCE)
            return
        for element in prompts.group(number):
            yield from self._records(element)

    def read(self, reference: str) -> bytes:
        """The bytes of a picture or prompt, from its folder, or from the zip file or the row that holds it."""
        if ".parquet#" in reference:
            return self._rows.read(reference)
        for name in self._zip_names:  # pairs of one prompt lie in one file: it is looked in first
            found = self._zip(name)
            if isinstance(found, ZipFiles) and reference in found:
                self._zip_names.remove(name)
                self._zip_names.insert(0, name)
                return found.read(reference)
        try:
            return self._root.read(reference)
        except Refusal as refusal:
            damage = next((each for each in self._open.values() if isinstance(each, Refusal)), refusal)
            raise Refusal(damage.reason, damage.detail) from refusal  # the damaged file might hold what is asked for

    @cached_property
    def _zip_names(self) -> list[str]:
        return [name for name in self._root.names() if name.startswith("shard-") and name.endswith(".zip")]

    def _zip(self, name: str) -> ZipFiles | Refusal:
        """One of the zip files, opened once, or that it is damaged."""
        if name not in self._open:
            try:
                self._open[name] = ZipFiles(self._root.open(name), self._root.full_name(name))
            except UsageError as error:
                self._open[name] = Refusal(Reason.PICTURE_UNREADABLE, str(error))
        return self._open[name]

    @cached_property
    def _is_rows(self) -> bool:
        return not self._root.exists("seeds.json") and bool(self._rows.files)

    @cached_property
    def _prompts(self) -> JsonIndex | PromptRows:
        self.inputs()
        if self._is_rows:
            return PromptRows(self._rows, _SPLITS[self._split])
        return JsonIndex(self._root, "seeds.json", _identify)

    @cached_property
    def _groups(self) -> range:
        first, last = _SPLITS[self._split]
        prompts = self._prompts
        count = len(prompts)
        return range(count) if isinstance(prompts, PromptRows) else range(int(first * count), int(last * count))

    @cached_property
    def _kept(self) -> frozenset[bytes] | None:
        """Digests of the pairs to keep, 8 bytes each; None where all are kept."""
        if not self._options.keep:
            return None
        name = self._root.full_name(self._options.keep)
        entries = read_json(self._root, self._options.keep, list)
        if not all(isinstance(entry, str) and "/" in entry for entry in entries):
            raise DocumentError("wrong_schema", name, 'expected a list of "<prompt id>/<seed>"')
        return frozenset(_digest(entry) for entry in entries)

    def _records(self, element: Element) -> Iterator[Record]:
        place = element.place
        try:
            prompt, seeds = element.decode(_ELEMENT)
        except Refusal as refusal:
            yield self._faulty(f"@{element.number}", "@", refusal)
            return
        mark = f"#{element.turn + 1}" if element.turn else ""
        if not seeds:
            fault = Fault(Reason.PICTURE_MISSING, f"{place}: prompt {prompt} has no seeds")
            yield self._faulty(f"{prompt}{mark}", prompt, fault)
        seen: dict[str, int] = {}
        for seed in map(str, seeds):
            turn = seen[seed] = seen.get(seed, 0) + 1
            record_id = f"{prompt}{mark}/{seed}" + (f"#{turn}" if turn > 1 else "")
            yield self._record(record_id, prompt, seed, place, again=bool(mark) or turn > 1)

    def _record(self, record_id: str, prompt: str, seed: str, place: str, *, again: bool) -> Record:
        pair = f"{prompt}/{seed}"
        if again:
            return self._faulty(record_id, prompt, Fault(Reason.DUPLICATE_RECORD, f"{place}: {pair} was named before"))
        if self._kept is not None and _digest(pair) not in self._kept:
            return self._faulty(
                record_id, prompt, Fault(Reason.SKIPPED_BY_PUBLISHER, f"{pair} is not in {self._options.keep}")
            )
        files = {"picture": f"{pair}_0.jpg", "target": f"{pair}_1.jpg", "prompt": f"{prompt}/prompt.json"}
        return Record(record_id, prompt, files, {}, self._split, licence=_LICENCE)


_ELEMENT = msgspec.json.Decoder(tuple[str, list[str | int]])


def _digest(pair: str) -> bytes:
    return hashlib.blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _identify(data: bytes) -> tuple[bytes, int]:
    """The prompt's id twice: as the element's id, and as a number that stands for it."""
    try:
        prompt = _ELEMENT.decode(data)[0]
    except ValueError:
        return data, -1
    return prompt.encode("utf-8", "surrogatepass"), int.from_bytes(_digest(prompt), "little")
