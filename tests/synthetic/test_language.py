"""Phrases mean all that they fit, and read well."""

from ieiw.builders.instructions.phrases import noun_phrase
from ieiw.builders.instructions.words import ARTICLES
from tests.synthetic.conftest import tasks


def test_phrases_mean_all_that_they_fit_and_read_well(folder, scenes):
    for scene in scenes:
        assert 2 <= len(scene.phrases) <= 6
        texts = [phrase.text for phrase in scene.phrases]
        assert len(set(texts)) == len(texts)
        for phrase in scene.phrases:
            assert not ARTICLES & {*phrase.attributes, *phrase.name.split()}
            assert phrase.text == " ".join(phrase.text.split())
            if not phrase.attributes and not phrase.relation:
                names = {scene.placed[number].thing.kind.name for number in phrase.things}
                assert len(names) == 1
                alike = [n for n, each in enumerate(scene.placed) if each.thing.kind.name in names]
                assert phrase.things == frozenset(alike)
            for word in phrase.attributes:
                looks = [scene.placed[number].thing.look for number in phrase.things]
                assert all(word in (look.colour, look.pattern, look.pose) for look in looks)


def test_every_phrase_makes_an_instruction(folder):
    for task in tasks(folder):
        structure = task["phrase_structure"]
        said = noun_phrase(task["phrase"], name=structure["name"], instances=len(task["ann_ids"]), keep_parts=False)
        assert structure["name"].split()[-1] in said.definite
