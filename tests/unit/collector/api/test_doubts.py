"""Activity data whose instrument a certificate that came later found to have moved."""

import msgspec
import pytest

from evidence.statement.datum import ActivityData
from tests.unit.collector.api.plant import LINE_1, LINE_2, Plant, energy_certificate, served

DAY = "/api/v1/activity-data?start=2026-03-30&end=2026-03-31&channel="


def found_at(error: float, *, unit: str = "kW") -> bytes:
    """The next certificate of the first line's meter: as found, then trimmed to 0."""
    first = energy_certificate("E-1B", "S-1").decode()
    head, _, result = (
        first.replace("2026-01-05", "2026-06-05")
        .replace("2026-01-06", "2026-06-06")
        .partition("[[results]]")
    )
    head = head.replace('kind = "cal', 'adjustment = "trimmed"\nkind = "cal')
    found = result.replace("argument_unit", 'condition = "as_found"\nargument_unit').replace(
        "[0.002]", f"[{error}]"
    )
    left = result.replace("[0.002]", "[0.0]")
    return f"{head}[[results]]{found}[[results]]{left}".replace('"kW"', f'"{unit}"').encode()


def asked(plant: Plant, channel: str) -> ActivityData:
    parts = plant.parts()
    answer = served(parts).get(f"{DAY}{channel}")
    parts.sources.close()
    assert answer.status_code == 200, answer.text
    (datum,) = msgspec.json.decode(answer.content, type=list[ActivityData])
    return datum


def test_a_shift_that_is_found_later_puts_the_day_in_doubt(fresh: Plant) -> None:
    fresh.fill()
    before = asked(fresh, LINE_1)
    assert before.doubts is msgspec.UNSET
    fresh.log_file(fresh.gw1, "certificate", "e-1b.toml", found_at(0.006))
    fresh.judging.catch_up()
    after = asked(fresh, LINE_1)
    assert isinstance(after.doubts, tuple)
    (doubt,) = after.doubts
    assert (doubt.serial, doubt.before, doubt.after) == ("S-1", "E-1", "E-1B")
    assert (doubt.start, doubt.end) == (before.period.start, before.period.end)
    # from day 83 to day 84 of 151: so much of 0.4 % is the best estimate
    moved = 0.004 * 83.5 / 151.0
    assert doubt.correction == pytest.approx(after.value * (1.002 / (1.002 + moved) - 1), rel=1e-9)
    assert doubt.correction is not None
    assert doubt.expanded_uncertainty is not None
    assert doubt.expanded_uncertainty > abs(doubt.correction)  # nobody knows when it moved
    assert (after.value, after.expanded_uncertainty) == (before.value, before.expanded_uncertainty)
    assert after.supersedes == before.digest
    assert asked(fresh, LINE_2).doubts is msgspec.UNSET


@pytest.mark.parametrize("next_one", [found_at(0.0021), found_at(0.006, unit="MW")])
def test_a_shift_within_u_and_certificates_that_do_not_compare_say_nothing(
    fresh: Plant, next_one: bytes
) -> None:
    fresh.fill()
    fresh.log_file(fresh.gw1, "certificate", "e-1b.toml", next_one)
    fresh.judging.catch_up()
    assert asked(fresh, LINE_1).doubts is msgspec.UNSET
