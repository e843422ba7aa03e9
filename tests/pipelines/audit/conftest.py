"""One scored and cut build for all tests of this room, which only read it."""

import pytest

from ieiw.pipelines.audit.load import load
from tests.support.audited import RULES, cut_here, score_here
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="package")
def audited(tmp_path_factory):
    """A tiny build with the cut ``strict``."""
    made = tiny_build(tmp_path_factory.mktemp("audit") / "build", Wanted(pictures=8))
    score_here(
        made,
        sorted({rule["score"] for rule in RULES["rules"] if "score" in rule} | {"noise", "exposure", "blockiness"}),
    )
    cut_here(made)
    return made


@pytest.fixture(scope="package")
def ledger(audited):
    """What an audit of that cut looks at."""
    return load(audited.store, "strict")


@pytest.fixture(scope="package")
def whole(audited):
    """What an audit of the whole build looks at."""
    return load(audited.store, None)
