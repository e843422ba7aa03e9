"""Oxford-IIIT Pet (Parkhi et al., CVPR 2012): cats and dogs of 37 breeds.

``images/<Breed>_<n>.jpg`` and ``annotations/{trainval,test,list}.txt``, as the release ships them. Where ``annotations`` holds no
lists, ``split: all`` takes the pictures by their names. Or ``data/{train,test}-*.parquet`` of Hugging Face's
``timm/oxford-iiit-pet``, whose ``train`` is the release's ``trainval``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._parquet_rows import ParquetRows
from ieiw.builders.sources._rooted import RootedSource, first_places
from ieiw.builders.vocabulary import CLASSES, classes_document
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

BREEDS: dict[str, str] = {
    "Abyssinian": "Abyssinian cat", "american_bulldog": "American bulldog",
    "american_pit_bull_terrier": "American pit bull terrier", "basset_hound": "basset hound", "beagle": "beagle",
    "Bengal": "Bengal cat", "Birman": "Birman cat", "Bombay": "Bombay cat", "boxer": "boxer dog",
    "British_Shorthair": "British Shorthair cat", "chihuahua": "Chihuahua", "Egyptian_Mau": "Egyptian Mau cat",
    "english_cocker_spaniel": "English cocker spaniel", "english_setter": "English setter",
    "german_shorthaired": "German shorthaired pointer", "great_pyrenees": "Great Pyrenees dog", "havanese": "Havanese dog",
    "japanese_chin": "Japanese Chin dog", "keeshond": "Keeshond", "leonberger": "Leonberger dog",
    "Maine_Coon": "Maine Coon cat", "miniature_pinscher": "miniature pinscher", "newfoundland": "Newfoundland dog",
    "Persian": "Persian cat", "pomeranian": "Pomeranian", "pug": "pug", "Ragdoll": "Ragdoll cat",
    "Russian_Blue": "Russian Blue cat", "saint_bernard": "Saint Bernard dog", "samoyed": "Samoyed dog",
    "scottish_terrier": "Scottish terrier", "shiba_inu": "Shiba Inu", "Siamese": "Siamese cat", "Sphynx": "Sphynx cat",
    "staffordshire_bull_terrier": "Staffordshire bull terrier", "wheaten_terrier": "wheaten terrier",
    "yorkshire_terrier": "Yorkshire terrier",
}  # fmt: skip
"""Breed as file names write it -> as people say it; the order is that of the release's class numbers, from 1."""
_CLASS_LIST = "@classes"
_PARTS = {"trainval": ("train",), "test": ("test",), "all": ("train", "test")}
"""Split -> how the Parquet files' names begin."""


class OxfordPet(RootedSource):
    """Source of the pets: one record a picture, of one breed. Splits: ``trainval``, ``test``, ``all``."""

    gives = Kind.CLASSED

    def inputs(self) -> Sequence[str]:
        """The list of the split, or the Parquet files; none where all pictures are taken by their names.

        Raises:
            UsageError: the list, or the folder of pictures, is missing.
        """
        if self._is_rows:
            return [file for part in self._parts for file in part.inputs()]
        advice = "Change `split`, or give the folder that holds `images` and `annotations` in `root`."
        self._root.require("images", "folder", advice)
        file = f"annotations/{'list' if self._split == 'all' else self._split}.txt"
        if self._split == "all" and not self._root.exists(file):
            return []
        self._root.require(file, "list", f"{advice} `split: all` needs none.")
        return [file]

    def group_count(self) -> int:
        """Pictures of the split; row groups where they come in rows."""
        return len(self._groups)

    def group(self, index: int) -> Iterator[Record]:
        """The one record of each picture."""
        for number in self._groups[index]:
            yield self._record(number)

    def _record(self, index: int) -> Record:
        stem = self._stems[index]
        breed = stem.rpartition("_")[0]
        if self._first[stem] != index:
            fault = Fault(Reason.DUPLICATE_RECORD, f"{stem} is listed before")
            return self._faulty(f"{stem}#{index + 1}", stem, fault)
        if breed not in self._numbers:
            fault = Fault(Reason.INVALID_RECORD, f"{stem}: {breed!r} is none of the 37 breeds")
            return self._faulty(stem, stem, fault)
        picture = self._cells[index][1] if self._is_rows else f"images/{stem}.jpg"
        return Record(
            id=stem,
            group=stem,
            files={"picture": picture, CLASSES: _CLASS_LIST},
            annotation={"class": BREEDS[breed], "class_id": self._numbers[breed]},
            split=self._split,
            licence="Oxford-IIIT Pet (CC BY-SA 4.0)",
        )

    def read(self, reference: str) -> bytes:
        """The bytes of a picture, from its folder or its row, or the names of the breeds."""
        if reference == _CLASS_LIST:
            return classes_document(dict(enumerate(BREEDS.values(), 1)))
        if self._is_rows:
            return self._parts[0].read(reference)
        return self._root.read(reference)

    @cached_property
    def _parts(self) -> Sequence[ParquetRows]:
        return [ParquetRows(self._root, part, "label_cat_dog") for part in _PARTS.get(self._split, ())]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {breed: number for number, breed in enumerate(BREEDS, 1)}

    @cached_property
    def _is_rows(self) -> bool:
        return not self._root.exists("images") and any(part.files for part in self._parts)

    @cached_property
    def _cells(self) -> Sequence[tuple[str, str]]:
        """Of each row, what the picture is called, and its reference."""
        found: list[tuple[str, str]] = []
        for part in self._parts:
            names = part.table({"image_id": pa.string()}, ["image"])["image_id"].to_pylist() if part.files else []
            for row, name in enumerate(names):
                found.append(((name or f"@{part.place(row)}").removesuffix(".jpg"), part.reference(row, "image")))
        return found

    @cached_property
    def _groups(self) -> list[range]:
        """Pictures that are planned together."""
        if not self._is_rows:
            return [range(number, number + 1) for number in range(len(self._stems))]
        found: list[range] = []
        for part in self._parts:
            first = found[-1].stop if found else 0
            found += [range(first + each.start, first + each.stop) for each in part.blocks(np.arange(part.count))]
        return found

    @cached_property
    def _stems(self) -> Sequence[str]:
        files = self.inputs()
        if self._is_rows:
            return [name for name, _ in self._cells]
        if not files:
            return [name[:-4] for name in self._root.names("images") if name.lower().endswith(".jpg")]
        lines = self._text(files[0]).splitlines()
        return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]

    @cached_property
    def _first(self) -> dict[str, int]:
        return first_places(self._stems)
