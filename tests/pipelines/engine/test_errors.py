"""What ended a run early says what a caller needs to go on."""

from ieiw.pipelines.engine.errors import TooManyRejectsError, WorkerDiedError
from ieiw.triplets.errors import Step, UsageError
from tests.support.toy_stage import UNITS


def test_a_death_names_its_units_and_too_many_rejects_carry_their_step():
    death = WorkerDiedError(UNITS[:2], "a worker died")
    assert (death.units, str(death)) == ((UNITS[0], UNITS[1]), "a worker died")
    too_many = TooManyRejectsError("source a: 3 of 4 failed", Step(values={"changes": "x=1"}))
    assert isinstance(too_many, UsageError) and too_many.step == Step(values={"changes": "x=1"})
