"""Run the attempts of a small data set without Beam, storage or files."""

from ieiw.builders import catalogue
from ieiw.builders.artefacts import Inpainted
from ieiw.builders.assembly import Assembler
from ieiw.builders.protocols import Tools
from ieiw.models.roles import INPAINT
from ieiw.triplets.images import codec
from ieiw.triplets.records import Attempt, Built, Reject


def verdicts(
    dataset, root, split, tasks=("removal", "addition"), region=None, short_side=64, backend="telea"
) -> list[Built | Reject]:
    """What becomes of every attempt, in planning order."""
    source = catalogue.source(dataset, name=dataset, root=str(root), split=split, options={})
    painter = INPAINT.make(backend, {})
    tools = Tools(short_side, codec.encoder("jpg", 95), lambda role: painter)
    made = {name: catalogue.task(name, tools, region or {}) for name in tasks}
    records = (record for index in range(source.group_count()) for record in source.group(index))
    attempts = (Attempt(dataset, record, name, 0) for record in records for name in tasks)
    return list(Assembler(source, made, 0, Inpainted(painter)).run(attempts))
