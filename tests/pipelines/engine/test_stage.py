"""A stage and a unit's reference survive the way to a worker and back."""

from hypothesis import given
from hypothesis import strategies as st

from ieiw.pipelines.engine.stage import address, load_stage
from ieiw.triplets.layout.plan import UnitRef
from tests.support.toy_stage import Toy

NAMES = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(NAMES, st.text("0123456789abcdef", min_size=6, max_size=64), st.integers(0, 99), st.integers(0, 10**6))
def test_a_reference_comes_back(source, fingerprint, turn, number):
    ref = UnitRef(source, fingerprint, turn, number)
    assert UnitRef.decoded(ref.encoded()) == ref


def test_a_worker_gets_the_stage_with_its_options():
    stage = Toy(deadly=(1, 2), input="a/b")
    assert load_stage(address(stage), stage.model_dump_json()) == stage
