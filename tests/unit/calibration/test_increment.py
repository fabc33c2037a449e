import pytest

from calibration.increment import (
    Exchange,
    Finding,
    FindingKind,
    RegisterReading,
    RegisterTraits,
    Sieve,
    Step,
    exchanged,
    replaced,
    sift,
    step_between,
)
from tests.unit.calibration.examples import MINUTE_NS, START_NS, reading

METER = RegisterTraits(resolution=0.1, rollover=1000.0, rated_rate=600.0)  # 10 kW.h a minute
OPEN = RegisterTraits(resolution=0.1)


def _sifted(
    values: list[float], traits: RegisterTraits = METER
) -> tuple[Sieve, list[float], list[FindingKind]]:
    readings = [reading(minute, value) for minute, value in enumerate(values)]
    sieve, steps, findings = sift(Sieve(), readings, traits)
    return sieve, [step.increment for step in steps], [each.kind for each in findings]


def test_growth_is_taken_step_by_step() -> None:
    assert _sifted([100.0, 105.0, 105.0, 107.0])[1:] == ([5.0, 0.0, 2.0], [])


def test_a_register_that_passes_its_last_digit_goes_on_counting() -> None:
    _, increments, findings = _sifted([995.0, 998.0, 3.0, 5.0])
    assert increments == [3.0, 5.0, 2.0]
    assert findings == [FindingKind.ROLLOVER]


def test_a_reset_is_a_finding_and_never_energy() -> None:
    _, increments, findings = _sifted([500.0, 505.0, 0.0, 4.0])
    assert increments == [5.0, 4.0]
    assert findings == [FindingKind.RESET]


def test_a_single_wrong_value_is_set_aside() -> None:
    for wrong in (9.0, 990.0):
        _, increments, findings = _sifted([500.0, 505.0, wrong, 515.0])
        assert increments == [5.0, 10.0]
        assert findings == [FindingKind.SPIKE]


def test_a_jump_above_rated_power_is_a_finding_and_never_energy() -> None:
    _, increments, findings = _sifted([100.0, 105.0, 800.0, 805.0])
    assert increments == [5.0, 5.0]
    assert findings == [FindingKind.JUMP]


def test_two_wrong_values_in_a_row_are_two_spikes() -> None:
    _, increments, findings = _sifted([100.0, 105.0, 800.0, 400.0, 125.0, 130.0])
    assert increments == [5.0, 20.0, 5.0]
    assert findings == [FindingKind.SPIKE, FindingKind.SPIKE]


def test_after_a_long_silence_the_rated_power_bounds_the_growth() -> None:
    late = [reading(0, 100.0), reading(60, 690.0)]
    _, steps, findings = sift(Sieve(), late, METER)
    assert ([step.increment for step in steps], findings) == ([590.0], [])
    assert step_between(reading(0, 100.0), reading(1, 690.0), METER) is None


@pytest.mark.parametrize(("growth", "follows"), [(12.2, True), (12.3, False)])
def test_a_meter_may_run_a_fifth_above_its_rating_and_two_digits(
    growth: float, *, follows: bool
) -> None:
    step = step_between(reading(0, 100.0), reading(1, 100.0 + growth - 1e-9), METER)
    assert (step is not None) == follows


def test_without_a_rated_power_only_a_rollover_is_bounded() -> None:
    unbounded = RegisterTraits(resolution=0.1, rollover=1000.0)
    assert step_between(reading(0, 0.0), reading(1, 900.0), unbounded) is not None
    assert step_between(reading(0, 990.0), reading(1, 20.0), unbounded) is not None
    assert step_between(reading(0, 900.0), reading(1, 20.0), unbounded) is None


def test_a_register_that_does_not_roll_over_never_runs_backwards() -> None:
    assert step_between(reading(0, 100.0), reading(1, 99.9), OPEN) is None


def test_a_reading_that_comes_again_changes_nothing() -> None:
    first, second = reading(0, 100.0), reading(1, 105.0)
    sieve, steps, _ = sift(Sieve(), [first, second, second, first], METER)
    assert len(steps) == 1
    assert sieve == Sieve(last=second)


def test_the_rate_is_the_growth_in_an_hour() -> None:
    step = Step(opening=reading(0, 0.0), closing=reading(15, 30.0), increment=30.0)
    assert step.rate == 120.0
    assert Step(opening=reading(0, 0.0), closing=reading(0, 0.0), increment=0.0).rate == 0.0


EXCHANGE = Exchange(
    at_ns=START_NS + 90 * 1_000_000_000,
    closing_value=108.0,
    opening_value=3.5,
    old_serial="A-1",
    new_serial="B-2",
)


def _exchanged(exchange: Exchange) -> tuple[Sieve, list[Step], list[Finding]]:
    return exchanged(Sieve(last=reading(1, 105.0)), exchange, METER, 0.029)


def test_an_exchange_closes_the_old_register_and_opens_the_new_one() -> None:
    sieve, steps, findings = _exchanged(EXCHANGE)
    assert [step.increment for step in steps] == [3.0]
    assert not steps[0].closing.polled
    assert steps[0].closing.standard_uncertainty == 0.029
    assert isinstance(sieve.last, RegisterReading)
    assert (sieve.last.value, sieve.last.at_ns) == (3.5, EXCHANGE.at_ns)
    assert sieve.last.key != steps[0].closing.key
    assert [each.kind for each in findings] == [FindingKind.EXCHANGE]
    _, more, _ = sift(sieve, [reading(2, 5.5)], METER)
    assert [step.increment for step in more] == [2.0]


def test_a_closing_reading_that_the_old_register_cannot_show_is_a_finding() -> None:
    wrong = Exchange(
        at_ns=EXCHANGE.at_ns,
        closing_value=10.8,
        opening_value=3.5,
        old_serial="A-1",
        new_serial="B-2",
    )
    _, steps, findings = _exchanged(wrong)
    assert steps == []
    assert [(each.kind, each.after) for each in findings] == [
        (FindingKind.SPIKE, 10.8),
        (FindingKind.EXCHANGE, 3.5),
    ]


def test_findings_carry_their_instant_and_the_readings_on_both_sides() -> None:
    readings = [reading(0, 500.0), reading(1, 0.0), reading(2, 4.0)]
    _, _, (finding,) = sift(Sieve(), readings, METER)
    assert finding == Finding(
        kind=FindingKind.RESET, at_ns=START_NS + MINUTE_NS, before=500.0, after=0.0
    )


def test_a_register_that_was_replaced_begins_with_its_first_reading() -> None:
    sieve, _, _ = _sifted([100.0, 105.0, 800.0])
    assert sieve.suspect is not None
    after, findings = replaced(sieve, reading(3, 900.0))
    assert after == Sieve(last=reading(3, 900.0))
    assert [(each.kind, each.before, each.after) for each in findings] == [
        (FindingKind.SPIKE, 105.0, 800.0),
        (FindingKind.REPLACED, 105.0, 900.0),
    ]
    assert replaced(Sieve(), reading(0, 1.0)) == (Sieve(), [])
    assert replaced(sieve, reading(1, 1.0)) == (sieve, [])
