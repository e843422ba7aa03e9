"""Embedding keeps what every stage must keep."""

from ieiw.models.roles import EMBED
from ieiw.pipelines.embed.run import _elsewhere
from ieiw.pipelines.embed.stage import EmbedStage
from ieiw.triplets.layout.embeddings import write_elsewhere
from ieiw.triplets.layout.index import open_build
from tests.support.stage_case import StageCase

DIMENSION = EMBED.make("descriptor", {}).dimension


class TestEmbedStage(StageCase):
    stage = EmbedStage(embedder="descriptor", options={}, dimension=DIMENSION)

    def units(self, folder):
        store, refs = super().units(folder)
        write_elsewhere(store, "descriptor", _elsewhere(open_build(store), self.stage, refs))
        return store, refs
