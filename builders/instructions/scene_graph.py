"""What an object of a scene graph may be called so that no other is meant: by name, attribute, relation or position.

The rule is that of Inst-Inpaint (Yildirim et al., 2023): an attribute, at most one relation, a third of the picture where two
things have one name, and nothing where there are more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ieiw.builders.instructions.phrases import NounPhrase, noun_phrase
from ieiw.triplets.rejects import Reason, Refusal

_RELATIONS = frozenset(
    {"to the left of", "to the right of", "above", "below", "under", "underneath", "beneath"}
    | {"on", "on top of", "in", "inside", "at", "by", "near", "next to", "beside", "behind", "in front of"}
    | {"on the side of", "on the front of", "on the back of"}
)
"""Relations that hold between places; what a thing does (``wearing``, ``eating``) tells nothing once it is gone."""
_POSITIONS = {"to the left": "on the left", "to the right": "on the right", "to the center": "in the center"}
_MOST_PHRASES = 6


@dataclass(frozen=True, slots=True)
class SceneObject:
    """One object of a scene graph.

    Attributes:
        name: its noun.
        attributes: adjectives.
        relations: (relation, id of the other object).
        position: third of the picture, as the data set says it; empty where it does not.
    """

    name: str
    attributes: tuple[str, ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    position: str = ""


@dataclass(slots=True)
class Scene:
    """The objects of a picture by their ids."""

    objects: Mapping[str, SceneObject]
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, thing in self.objects.items():
            self._by_name.setdefault(thing.name, []).append(key)

    def alike(self, key: str) -> list[str]:
        """The other objects of the same name."""
        return [other for other in self._by_name[self.objects[key].name] if other != key]

    def phrases(self, key: str) -> tuple[NounPhrase, ...]:
        """What the object may be called, the plainest first; at most six.

        Raises:
            Refusal: ``ambiguous``: nothing tells it from others of its name; ``phrase_unusable``: its name reads as nothing.
        """
        thing, others = self.objects[key], self.alike(key)
        if len(others) > 1:
            raise Refusal(Reason.AMBIGUOUS, f"{len(others) + 1} objects are called {thing.name!r}")
        if others and thing.position == self.objects[others[0]].position:
            raise Refusal(Reason.AMBIGUOUS, f"two objects called {thing.name!r} in one third of the picture")
        phrases: dict[str, NounPhrase] = {}
        problem: Refusal | None = None
        for text in self._texts(key, unique=not others):
            try:
                phrase = noun_phrase(text, name=thing.name)
            except Refusal as refusal:
                problem = problem or refusal
                continue
            if phrase.indefinite:  # the same phrases serve both directions
                phrases.setdefault(phrase.definite, phrase)
        if not phrases:
            raise problem or Refusal(Reason.PHRASE_UNUSABLE, f"no name for {thing.name!r}")
        return tuple(phrases.values())[:_MOST_PHRASES]

    def _texts(self, key: str, *, unique: bool) -> Iterator[str]:
        """Raw phrases; where the name is not ``unique``, all of them say where the object is."""
        thing = self.objects[key]
        names = [thing.name, *(f"{attribute} {thing.name}" for attribute in thing.attributes)]
        position = _POSITIONS.get(thing.position, "")
        if unique:
            yield from names
        elif position:
            yield from (f"{name} {position}" for name in names)
        shared = {relation for other in self.alike(key) for relation in self.objects[other].relations}
        # Relations to things of a name that is theirs alone, which no other object of this name has as well.
        related: dict[str, str] = {}
        for relation, other in thing.relations:
            known = relation in _RELATIONS and other in self.objects and (relation, other) not in shared
            if known and other != key and not self.alike(other):
                related.setdefault(self.objects[other].name, relation)
        yield from (f"{names[at % len(names)]} {related[other]} {other}" for at, other in enumerate(related))
        if unique and position:
            yield f"{thing.name} {position}"
