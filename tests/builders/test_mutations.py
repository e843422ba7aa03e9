"""Every source whose annotation is JSON or a pickle, against damage by chance: a build that balances, or one clear error."""

import random
import shutil

import pytest

from ieiw.builders import catalogue
from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.errors import UsageError
from tests.builders import (
    test_edit_sources,
    test_key_point_sources,
    test_label_maps,
    test_vision_sources,
)
from tests.builders.sources import test_coco_instances, test_phrasecut, test_refcoco
from tests.support.builds import build_serially, index
from tests.support.mutations import damaged

CASES = (
    test_coco_instances.TestCocoInstances,
    test_edit_sources.TestGier,
    test_edit_sources.TestGqaInpaint,
    test_edit_sources.TestInstructPix2Pix,
    test_edit_sources.TestMagicBrush,
    test_key_point_sources.TestAICConverted,
    test_key_point_sources.TestAICRelease,
    test_key_point_sources.TestAP10K,
    test_key_point_sources.TestCocoKeypoints,
    test_key_point_sources.TestCrowdPose,
    test_key_point_sources.TestHumanArt,
    test_key_point_sources.TestMPIIListed,
    test_label_maps.TestAde20kFull,
    test_label_maps.TestCocoStuffJson,
    test_phrasecut.TestPhraseCut,
    test_refcoco.TestGRefCoco,
    test_refcoco.TestRefClef,
    test_refcoco.TestReferIt,
    test_refcoco.TestRefCoco,
    test_vision_sources.TestCocoClasses,
)
PLANNED, BUILT = 40, 4
"""Mutations of each case that are planned, and of those that are built."""


def annotation_files(root):
    return sorted(path for path in root.rglob("*") if path.suffix in {".json", ".p"})


def planned(source):
    """All records of a source; None where the data set as a whole is refused."""
    try:
        return [record for at in range(source.group_count()) for record in source.group(at)]
    except UsageError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
        return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_damage_by_chance_costs_records_never_the_build(case, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    made, root, out = case(), tmp_path / "data", tmp_path / "out"
    root.mkdir()
    made.write(root)
    files = {path: path.read_bytes() for path in annotation_files(root)}
    for turn in range(PLANNED):
        dice = random.Random(f"{case.__name__} {turn}")  # noqa: S311 - the same damage in every run
        path = dice.choice(list(files))
        path.write_bytes(damaged(files[path], path.suffix == ".p", dice))
        found = planned(made.source(root))
        if found is not None:
            assert len({record.id for record in found}) == len(found), turn
            assert all(record.fault is None or record.fault.detail for record in found), turn
            if turn % (PLANNED // BUILT) == 0:
                _build(made, root, out, len(found), turn)
        path.write_bytes(files[path])


def _build(made, root, out, records, turn):
    recipe = made.recipe(root)
    lenient = [source.model_copy(update={"max_reject_share": 1}) for source in recipe.sources]
    recipe = recipe.model_copy(update={"sources": lenient})
    shutil.rmtree(out, ignore_errors=True)
    try:
        build(recipe, out, Options())
    except UsageError:
        assert records == 0, turn
        return
    assert lint(out).findings == (), turn
    rejects = index(out, "rejects")
    assert not [reject for reject in rejects if reject["reason"] == "task_failed"], turn
    assert len(rejects) + len(index(out, "rows")) == records * len(made.tasks), turn


def test_every_source_with_such_files_is_among_them():
    without = {"clwd", "gopro", "reds", "sidd", "nyuv2", "oxford-pet", "pascal-context", "pascal-voc", "ade20k-150"}
    alike = {"refcoco-plus", "refcocog"}  # files of RefCOCO's form, read by the same class
    assert {case.dataset for case in CASES} == set(catalogue.DATA_SETS) - without - alike
