"""Pain 7: a glitch, a rollover or a reset of a counter makes no energy of nothing.

What an agent reads of meters of three protocols goes through the sieve of registers, which is
what the collector counts hours with. Exchanges are tried in tests/system/test_exchange.py.
"""

import asyncio
from pathlib import Path

import pytest

from calibration import increment
from calibration.increment import (
    FindingKind,
    RegisterReading,
    RegisterTraits,
    Sieve,
    Step,
    sift,
)
from tests.pains.bench import MINUTE_NS, Meter, Row, benched

POLLS = 10
MINUTE = 1.0
"""What grows from one poll to the next: 60 an hour."""
_CHANNEL = "channel = '%s', first_poll"
EVENTS = {
    FindingKind.SPIKE: f"{{ kind = 'spike', factor = 16, {_CHANNEL} = 4, last_poll = 4 }}",
    FindingKind.JUMP: f"{{ kind = 'jump', by = 53700, {_CHANNEL} = 4 }}",
    FindingKind.RESET: f"{{ kind = 'reset', {_CHANNEL} = 4 }}",
    FindingKind.ROLLOVER: f"{{ kind = 'rollover', modulus = 1000, {_CHANNEL} = 0 }}",
}
LOST = {FindingKind.RESET: MINUTE, FindingKind.JUMP: MINUTE}
"""What grew from the last reading before to the first one after; nobody can know it."""
SPOKEN = ("rtu", "dlt645", "cjt188")


def readings_of(folder: Path, spoken: str, event: FindingKind) -> list[RegisterReading]:
    """What an agent reads of a counter to which something happens."""
    begins = 995.0 if event is FindingKind.ROLLOVER else 500.0
    counter = Meter(spoken=spoken, number=1).register
    meter = Meter(spoken=spoken, number=1, faults=EVENTS[event] % counter, begins=begins)

    async def meeting() -> list[float]:
        async with benched(folder, Row(name="bus", kind="serial-tcp", meters=[meter])) as bench:
            await bench.poll(POLLS)
            (found,) = bench.shown().values()
            return [each[counter] for each in found]

    values = asyncio.run(meeting())
    assert len(values) == POLLS
    return [
        RegisterReading(
            key=str(minute), at_ns=minute * MINUTE_NS, value=value, standard_uncertainty=0.0
        )
        for minute, value in enumerate(values)
    ]


def counted(readings: list[RegisterReading]) -> tuple[float, list[FindingKind]]:
    """The growth that is counted, and what was found."""
    traits = RegisterTraits(resolution=0.01, rollover=1000.0, rated_rate=600.0)
    _, steps, findings = sift(Sieve(), readings, traits)
    return sum(each.increment for each in steps), [each.kind for each in findings]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("spoken", SPOKEN)
def test_what_happens_to_a_counter_is_found_and_is_no_energy(
    tmp_path: Path, spoken: str, event: FindingKind
) -> None:
    total, findings = counted(readings_of(tmp_path, spoken, event))
    assert findings == [event]
    assert total == pytest.approx((POLLS - 1) * MINUTE - LOST.get(event, 0.0), abs=0.021)


@pytest.mark.parametrize("event", EVENTS)
def test_plain_differences_would_make_energy_of_it(tmp_path: Path, event: FindingKind) -> None:
    readings = readings_of(tmp_path, "rtu", event)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(increment, "step_between", _any_step)
        total, _ = counted(readings[: 5 if event is FindingKind.SPIKE else POLLS])
    assert abs(total - (POLLS - 1) * MINUTE) > 100


def _any_step(opening: RegisterReading, closing: RegisterReading, traits: RegisterTraits) -> Step:
    del traits
    return Step(opening=opening, closing=closing, increment=closing.value - opening.value)
