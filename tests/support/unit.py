"""Run the attempts of a small data set without Beam, storage or files."""

from builders import registry
from builders.assembly import Assembler
from builders.protocols import Tools
from models.registry import inpainter
from triplets import pictures
from triplets.records import Attempt, Built, Reject


def verdicts(
    dataset, root, split, tasks=("removal", "addition"), region=None, short_side=64, backend="telea"
) -> list[Built | Reject]:
    """What becomes of every attempt, in planning order."""
    source = registry.source(dataset, name=dataset, root=str(root), split=split, options={})
    painter = inpainter(backend, {})
    tools = Tools(short_side, pictures.encoder("jpg", 95), painter)
    made = {name: registry.task(name, tools, region or {}) for name in tasks}
    records = (record for index in range(source.group_count()) for record in source.group(index))
    attempts = (Attempt(dataset, record, name, 0) for record in records for name in tasks)
    return list(Assembler(source, made, 0, painter).run(attempts))
