"""A scored build with cuts of all kinds, made once; each test takes pictures down in a copy of its own."""

import pytest

from ieiw.pipelines.cut.run import cut
from tests.support.audited import write_page
from tests.support.scored import ALL, RULES, copied, scored_build


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    tiny = scored_build(tmp_path_factory.mktemp("whole") / "build")
    cut(tiny.store.location, "all", ALL)
    cut(tiny.store.location, "strict", RULES)
    cut(tiny.store.location, "copies", RULES, materialise=True)
    write_page(tiny)
    return tiny


@pytest.fixture
def tiny(whole, tmp_path):
    return copied(whole, tmp_path / "build")
