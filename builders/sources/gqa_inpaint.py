"""GQA-Inpaint (Yildirim et al., 2023): pictures of GQA, each with some objects inpainted, and scene graphs that name them.

``<split>_scenes.json``, ``images/<image>.jpg``, ``images_inpainted/<image>/<object>.jpg``, ``masks/<image>/<object>.jpg``; for
the test split ``test_instructions.json`` holds the official sentences. Every inpainted object gives two records, exact swaps: its
removal and its addition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

import msgspec

from ieiw.builders.formats.json_stream import check_keys, load_json, read_json
from ieiw.builders.instructions.phrases import NounPhrase
from ieiw.builders.instructions.scene_graph import Scene, SceneObject
from ieiw.builders.instructions.templates import TEMPLATES, filled
from ieiw.builders.object_words import colour_of
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._rooted import RootedSource
from ieiw.builders.sources._visual_genome import PICTURE_LIST, Picture, read_pictures
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal

_MAX_DOCUMENT = 4 * 2**30
_LICENCE = "GQA-Inpaint (pictures: Visual Genome, CC BY 4.0)"
_KINDS = ("removal", "addition")


class GqaInpaintOptions(Options):
    """Options of the source. ``edits``: removals, additions, or ``both`` of every inpainted object."""

    edits: Literal["removal", "addition", "both"] = "both"


class _Relation(msgspec.Struct):
    name: str
    object: str


class _Object(msgspec.Struct):
    name: str
    attributes: list[str] = []
    relations: list[_Relation] = []
    bidirected: bool = False


class _Scene(msgspec.Struct):
    width: int
    height: int
    objects: dict[str, _Object]
    image_relative_positions: dict[str, str] = {}


class GqaInpaint(RootedSource):
    """Source of GQA-Inpaint's pairs. Splits: ``train``, ``test``. For its options see :class:`GqaInpaintOptions`."""

    version = 4
    options_model = GqaInpaintOptions
    _options: GqaInpaintOptions
    gives = Kind.EDITED

    def inputs(self) -> Sequence[str]:
        """The scene graphs, the official instructions where there are some, Visual Genome's picture list where it was put."""
        self._root.require(self._file, "scene graphs", "Change `split`, or give the folder that holds them in `root`.")
        return [self._file, *(file for file in (self._official, PICTURE_LIST) if self._root.exists(file))]

    def group_count(self) -> int:
        """Pictures with a scene graph."""
        return len(self._images)

    def group(self, index: int) -> Iterator[Record]:
        """Removal and addition of each inpainted object of one picture."""
        image = self._images[index]
        place = f"{self._file} {image}"
        try:
            found = self._scenes[image]
            is_raw = isinstance(found, msgspec.Raw)
            scene = msgspec.json.decode(found, type=_Scene) if is_raw else msgspec.convert(found, _Scene)
        except (ValueError, RecursionError) as error:
            yield self._faulty(image, image, Fault(Reason.INVALID_RECORD, f"{place}: {error}"))
            return
        named = _named(scene)
        for key in (key for key, thing in scene.objects.items() if thing.bidirected):
            try:
                phrases = named.phrases(key)
            except Refusal as refusal:  # a name that does not tell it apart is a fault of both
                fault = Fault(refusal.reason, f"{place} object {key}: {refusal.detail}")
                yield from (self._faulty(f"{image}-{key}-{kind}", image, fault) for kind in self._kinds)
            else:
                yield from (self._record(image, key, kind, scene, phrases) for kind in self._kinds)

    def picture_aliases(self, record: Record) -> Sequence[str]:
        """The name of a record's picture in COCO, where Visual Genome's picture list lies at the root and tells it."""
        return self._pictures[record.group].aliases if record.group in self._pictures else ()

    @property
    def _kinds(self) -> Sequence[str]:
        return _KINDS if self._options.edits == "both" else (self._options.edits,)

    @property
    def _file(self) -> str:
        return f"{self._split}_scenes.json"

    @property
    def _official(self) -> str:
        return f"{self._split}_instructions.json"

    @cached_property
    def _pictures(self) -> dict[str, Picture]:
        return read_pictures(self._root, PICTURE_LIST) if self._root.exists(PICTURE_LIST) else {}

    @cached_property
    def _scenes(self) -> dict[str, Any]:
        """Image id -> its scene as JSON bytes, parsed only where it is asked for; as values where the file is no strict JSON."""
        name = self._root.full_name(self.inputs()[0])
        data = self._root.read(self._file, _MAX_DOCUMENT).removeprefix(b"\xef\xbb\xbf")
        try:
            scenes = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        except (ValueError, RecursionError):
            # Perhaps NaN, which Python's own parser takes: it costs one scene, not all.
            return dict(load_json(data, name, dict))
        check_keys(data, name)
        return dict(scenes)

    @cached_property
    def _images(self) -> list[str]:
        return list(self._scenes)

    @cached_property
    def _sentences(self) -> dict[str, Any]:
        """``i<image>-o<object>`` -> the official sentence of a removal."""
        if not self._root.exists(self._official):
            return {}
        return dict(read_json(self._root, self._official, dict))

    def _record(self, image: str, key: str, kind: str, scene: _Scene, phrases: Sequence[NounPhrase]) -> Record:
        full, empty = f"images/{image}.jpg", f"images_inpainted/{image}/{key}.jpg"
        before, after = (full, empty) if kind == "removal" else (empty, full)
        thing = scene.objects[key]
        colours = ((f"{attribute} {thing.name}", colour_of(attribute)) for attribute in thing.attributes)
        official = self._sentences.get(f"i{image}-o{key}") if kind == "removal" else None
        return Record(
            id=f"{image}-{key}-{kind}",
            group=image,
            files={"picture": before, "target": after, "mask": f"masks/{image}/{key}.jpg"},
            annotation={
                "instructions": [official] if isinstance(official, str) else _sentences(kind, phrases),
                "pair": f"{image}-{key}",
                "masks": {"mask": "bright"},
                "published": {"edit": kind, "phrase": phrases[0].raw, "instances": 1},
                "object": {
                    "shown": "picture" if kind == "removal" else "target",
                    "several": phrases[0].several,
                    "colours": {words: colour for words, colour in colours if colour},  # "orange cup" claims orange
                },
            },
            split=self._split,
            size=(scene.width, scene.height),
            licence=_LICENCE,
        )


def _named(scene: _Scene) -> Scene:
    """The scene as far as it tells things apart."""
    return Scene(
        {
            key: SceneObject(
                found.name,
                tuple(found.attributes),
                tuple((relation.name, relation.object) for relation in found.relations),
                scene.image_relative_positions.get(key, ""),
            )
            for key, found in scene.objects.items()
        }
    )


def _sentences(kind: str, phrases: Sequence[NounPhrase]) -> list[str]:
    """Each template once, the phrases by turns."""
    said = []
    for at, template in enumerate(TEMPLATES[kind]):
        phrase = phrases[at % len(phrases)]
        said.append(filled(template, phrase))
    return said
