"""The closed list of reasons."""

import pytest

from ieiw.triplets.rejects import SELECTION, Reason, Refusal


def test_values_are_the_names_and_a_choice_is_no_fault():
    assert all(reason.value == reason.name.lower() for reason in Reason)
    assert Reason.CROWD in SELECTION
    assert {Reason.PICTURE_UNREADABLE, Reason.TASK_FAILED, Reason.WORKER_DIED}.isdisjoint(SELECTION)


@pytest.mark.parametrize(("detail", "text"), [("", "crowd"), ("of 5", "crowd: of 5")])
def test_a_refusal_reads_as_its_reason_and_detail(detail, text):
    refusal = Refusal(Reason.CROWD, detail)
    assert (str(refusal), refusal.reason, refusal.detail) == (text, Reason.CROWD, detail)
