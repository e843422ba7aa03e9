"""The roles of models and who can play them. One line adds a backend; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, TypeVar, cast

from ieiw.models.protocols import Backend, Captioner, Embedder, Inpainter, Judge, ReferencePainter, Writer
from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.options import make_with

B = TypeVar("B", bound=Backend)


@dataclass(frozen=True)  # slots and Generic do not go together on Python 3.11
class Role(Generic[B]):
    """A job for a model; ``B`` is its protocol.

    Attributes:
        name: key of the recipe's ``backends``.
        backends: name -> ``module:class``, called with the recipe's options.
    """

    name: str
    backends: Mapping[str, str]

    def make(self, backend: str, options: Mapping[str, Any]) -> B:
        """Make a backend; weights are loaded with its first item.

        Raises:
            UsageError: unknown name or option, a wrong value, or weights that are not there.
        """
        return cast(B, make_with(self.load(backend), options, f"backends.{self.name}.options", backend))

    def load(self, backend: str) -> Any:
        """The class of a backend; its ``cost``, ``stand_in`` and ``weights`` can be read without making one.

        Raises:
            UsageError: unknown name; the message lists the known ones.
        """
        if backend not in self.backends:
            known = f"Known: {', '.join(sorted(self.backends))}" if self.backends else "This version has none for it"
            raise UsageError(f"backends.{self.name}: no backend is called {backend!r}. {known}")
        module, _, attribute = self.backends[backend].partition(":")
        return getattr(import_module(module), attribute)


INPAINT = Role[Inpainter](
    "inpaint",
    {
        "biharmonic": "ieiw.models.inpaint.biharmonic:Biharmonic",
        "classical": "ieiw.models.inpaint.patch:Patch",  # the stand-in that did best, see docs/stand-ins.md
        "lama": "ieiw.models.inpaint.lama:Lama",
        "navier-stokes": "ieiw.models.inpaint.opencv:NavierStokes",
        "noop": "ieiw.models.inpaint.noop:Noop",
        "patch": "ieiw.models.inpaint.patch:Patch",
        "telea": "ieiw.models.inpaint.opencv:Telea",
    },
)
EMBED = Role[Embedder](
    "embed",
    {
        "clip-b16": "ieiw.models.embed.clip:ClipB16",
        "clip-b32": "ieiw.models.embed.clip:ClipB32",
        "clip-h14": "ieiw.models.embed.clip:ClipH14",
        "clip-l14": "ieiw.models.embed.clip:ClipL14",
        "descriptor": "ieiw.models.embed.descriptor:Descriptor",
        "inception": "ieiw.models.embed.inception:Inception",
        "open-clip": "ieiw.models.embed.clip:OpenClip",
        "siglip-b16": "ieiw.models.embed.clip:Siglip",
    },
)
PAINT = Role[ReferencePainter](
    "paint",
    {
        "blend": "ieiw.models.paint.blend:Blend",
        "kandinsky": "ieiw.models.paint.kandinsky:Kandinsky",
        "paint-by-example": "ieiw.models.paint.paint_by_example:PaintByExample",
    },
)
CAPTION = Role[Captioner](
    "caption",
    {
        "blip2": "ieiw.models.caption.blip2:Blip2",
        "image-to-text": "ieiw.models.caption.image_to_text:ImageToText",
        "labels": "ieiw.models.caption.labels:Labels",
    },
)
WRITE = Role[Writer](
    "write",
    {
        "endpoint": "ieiw.models.write.endpoint:EndpointWriter",
        "transformers": "ieiw.models.write.local:LocalWriter",
    },
)
JUDGE = Role[Judge]("judge", {"endpoint": "ieiw.models.judge.endpoint:EndpointJudge"})

ROLES: Mapping[str, Role[Any]] = {role.name: role for role in (INPAINT, EMBED, PAINT, CAPTION, WRITE, JUDGE)}
