"""What a sentence asks to mark, as answers hold it: the class of a data set, or somebody's expression."""

from __future__ import annotations

import msgspec


class AskedClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="class"):
    """A class of the data set.

    Attributes:
        what: its words in the sentence.
        spoken: its name as people say it.
        class_name: its name as the data set writes it.
        class_id: its number in the data set; -1 where it has none.
    """

    what: str
    spoken: str = msgspec.field(name="class")
    class_name: str
    class_id: int = -1


class AskedExpression(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="expression"
):
    """A referring expression or phrase.

    Attributes:
        what: the expression that the instruction uses, as the data set writes it.
        expressions: all that mean the same.
        targets: how many things they mean; 0 where the picture has none.
    """

    what: str
    expressions: tuple[str, ...]
    targets: int


Asked = AskedClass | AskedExpression
