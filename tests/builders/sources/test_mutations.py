"""Every source whose annotation is JSON or a pickle, against damage by chance: a build that balances, or one clear error."""

import random
import shutil

import pytest

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.errors import UsageError
from tests.builders import sources
from tests.support.builds import build_serially, index
from tests.support.mutations import damaged
from tests.support.source_case import source_cases

CASES = source_cases(sources)
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


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_damage_by_chance_costs_records_never_the_build(case, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    made, root, out = case(), tmp_path / "data", tmp_path / "out"
    root.mkdir()
    made.write(root)
    files = {path: path.read_bytes() for path in annotation_files(root)}
    for turn in range(PLANNED if files else 0):
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
