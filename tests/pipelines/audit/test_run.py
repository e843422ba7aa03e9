"""All of a page at once."""

import pytest

from ieiw.pipelines.audit.run import Options, audit, rows_file
from ieiw.triplets.errors import UsageError


def test_a_cut_is_gathered_and_its_rows_are_written(audited):
    said = []
    result = audit(str(audited.path), "strict", str(audited.path), Options(each=2, side=32), said.append)
    assert (result.name, result.cut.name, result.against) == ("strict", "strict", str(audited.path))
    assert {card.source_picture for card in result.cards.values()} <= set(result.pictures)
    assert result.lost_all and result.figures.drift
    assert (audited.path / rows_file("strict")).exists()
    assert said[0].startswith("reading rows")


def test_the_whole_build_has_no_cut_and_its_name_is_taken(audited):
    result = audit(str(audited.path), options=Options(each=1))
    assert (result.name, result.cut, result.figures.sweeps) == ("build", None, ())
    with pytest.raises(UsageError, match="no cut is called 'build'"):
        audit(str(audited.path), "build")
