"""The latents of a cut: what an autoencoder makes of the pictures of its train side, kept for all epochs.

::

    cuts/NAME/latents/VAE-SIZE-SHARD-DIGEST.bin   of one shard's samples. THE COMMIT MARK OF THE UNIT

``VAE`` begins the digest of the autoencoder's weights, ``DIGEST`` one of the shard's name and digest and of the rows that the cut
takes of it: whatever changes, the file has another name. Where twins were not wanted, ``SIZE`` ends in ``u``.

A file has a header of 512 bytes (:class:`Header` as JSON, padded), then a record for each sample, in the order of the cut's index:

* float16 of (3, 4, side, side): mode of the source, mean and log-variance of the target; unscaled;
* the same of its *twin*, both pictures mirrored; zeros where no sentence of the sample may be mirrored;
* its member ``KEY.json`` as the shard has it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import xxhash

from ieiw.triplets.layout.cut_state import CutState
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store

HEADER = 512
_CHANNELS, _PLANES = 4, 3
_PLACE = ("source_offset", "target_offset", "json_offset", "source_size", "target_size", "json_size")
_MOST_TOLD = 300
_PART = 2**22

ENTRY = np.dtype([("shard", "<u4"), ("source_offset", "<u8"), ("json_offset", "<u8"), ("json_size", "<u4")])
"""Where a sample's record lies: ``shard`` counts the files of latents; from ``source_offset`` to the end of its JSON."""


class Header(msgspec.Struct):
    """What a file of latents says of itself: samples, why there are none if it was set aside, XXH3-128 of the records."""

    samples: int
    set_aside: str = ""
    xxh3_128: str = ""


@dataclass(frozen=True, slots=True)
class LatentKind:
    """What decides the latents of a picture.

    Attributes:
        vae: SHA-256 of the autoencoder's weights.
        size: of the square pictures in pixels; their middle is taken.
        side: of the latents.
        twins: whether the mirrored pictures are kept too.
    """

    vae: str
    size: int
    side: int
    twins: bool

    @property
    def name(self) -> str:
        """How the names of its files begin."""
        return f"{self.vae[:12]}-{self.size}{'' if self.twins else 'u'}"

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the latents of one picture."""
        return _CHANNELS, self.side, self.side

    @property
    def numbers(self) -> int:
        """Of the three planes of a sample, without its twin."""
        return _PLANES * _CHANNELS * self.side * self.side

    @property
    def record_bytes(self) -> int:
        """Of a sample, without its JSON."""
        return 2 * self.numbers * (2 if self.twins else 1)


@dataclass(frozen=True, slots=True)
class LatentUnit:
    """The samples that a cut takes of one shard.

    Attributes:
        ref: of the cut, with the number of the shard; its fingerprint is the digest.
        first: row of the cut's index.
        stop: after its last row.
    """

    ref: UnitRef
    first: int
    stop: int


def folder_of(cut: str) -> str:
    """Where the latents of a cut lie."""
    return f"cuts/{cut}/latents"


def latent_file(kind: LatentKind, ref: UnitRef) -> str:
    """Of a unit."""
    return f"{folder_of(ref.source)}/{kind.name}-{unit_name(ref)}"


def unit_name(ref: UnitRef) -> str:
    """How the names of a unit's files end, of whatever kind. The shard's number is not in it: others may come before it."""
    return f"{ref.fingerprint[:24]}.bin"


def latent_units(state: CutState, samples: npt.NDArray[np.void]) -> list[LatentUnit]:
    """The units of a cut, shard by shard; those of which the train side takes nothing have none.

    Args:
        state: of the cut.
        samples: its train side.
    """
    ends = np.searchsorted(samples["shard"], np.arange(len(state.shards) + 1)).tolist()
    units = []
    for number, (shard, first, stop) in enumerate(zip(state.shards, ends, ends[1:], strict=False)):
        if first < stop:
            digest = hashlib.sha256(f"{shard.name}\0{shard.size}\0{shard.xxh3_128}\0".encode())
            rows = samples[first:stop]
            for column in _PLACE:
                digest.update(np.ascontiguousarray(rows[column]).data)
            units.append(LatentUnit(UnitRef(state.name, digest.hexdigest(), 0, number), first, stop))
    return units


def latent_entries(
    kind: LatentKind, units: Sequence[LatentUnit], samples: npt.NDArray[np.void]
) -> npt.NDArray[np.void]:
    """(rows,) :data:`ENTRY` of the cut's rows; ``shard`` is the number of the unit."""
    entries = np.zeros(len(samples), ENTRY)
    entries["json_size"] = samples["json_size"]
    for number, unit in enumerate(units):
        mine = entries[unit.first : unit.stop]
        lengths = kind.record_bytes + mine["json_size"].astype(np.int64)
        starts = HEADER + np.cumsum(lengths) - lengths
        mine["shard"], mine["source_offset"], mine["json_offset"] = number, starts, starts + kind.record_bytes
    return entries


def file_size(entries: npt.NDArray[np.void], unit: LatentUnit) -> int:
    """Bytes of a unit's file, unless it was set aside."""
    last = entries[unit.stop - 1]
    return int(last["json_offset"]) + int(last["json_size"])


def to_file(samples: int, records: bytes, set_aside: str = "") -> bytes:
    """A unit's file; one that was set aside has no records."""
    header = Header(samples, set_aside[:_MOST_TOLD], xxhash.xxh3_128_hexdigest(records))
    return msgspec.json.encode(header).ljust(HEADER) + records


def read_header(store: Store, file: str) -> Header:
    """Of a unit's file.

    Raises:
        FileNotFoundError: the unit is not done.
        msgspec.DecodeError: it is not what was written.
    """
    return msgspec.json.decode(store.read_range(file, 0, HEADER), type=Header)


def is_as_made(store: Store, file: str, stop: threading.Event) -> bool:
    """Whether a unit's records have the digest in its header; yes where it was stopped.

    Raises:
        FileNotFoundError: it is missing.
    """
    digest = xxhash.xxh3_128()
    try:
        expected = read_header(store, file).xxh3_128
    except msgspec.DecodeError:
        return False
    with store.open(file) as stream:
        stream.read(HEADER)
        while part := stream.read(_PART):
            if stop.is_set():
                return True
            digest.update(part)
    return digest.hexdigest() == expected
