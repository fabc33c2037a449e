"""Which certificate was applied when, and how it stands."""

import datetime as dt

import msgspec
import pytest

from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.load import parse_certificate, parse_confirmation
from calibration.register import CalibrationRegister
from collector.web.instrument.applied import Applied, applied, events_of
from collector.web.instrument.own_papers import OwnPapers
from collector.web.instrument.timeline import applied_times
from evidence.audit.papers import Papers
from evidence.audit.stood import Stood, ns_of
from tests.unit.collector.api.plant import HEADS, LINE_1, confirmation, energy_certificate

MAY = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def certificate(number: str) -> bytes:
    return energy_certificate(number, "S-1")


def confirmed(
    number: str, certificate_id: str, since: str, due: str, decision: str = "pass"
) -> MetrologicalConfirmation:
    text = confirmation(number, certificate_id, "S-1", due).decode()
    text = text.replace("2026-01-07T08:00:00+08:00", since).replace('"pass"', f'"{decision}"')
    return parse_confirmation(text.encode(), number)


def event(kind: str, at: dt.datetime, **more: str) -> CalibrationEvent:
    told = {"schema": 1, "event": kind, "at": at, "recorded_at": at, "recorded_by": "Q. Wang"}
    return msgspec.convert({**told, **more}, CalibrationEvent)


def rows(
    confirmations: list[MetrologicalConfirmation],
    events: tuple[CalibrationEvent, ...] = (),
    now: dt.datetime = MAY,
    until_ns: int | None = None,
) -> list[Applied]:
    known = tuple(parse_certificate(certificate(each), each) for each in ("E-1", "E-9"))
    register = CalibrationRegister(
        certificates=known, confirmations=tuple(confirmations), events=events
    )
    own = OwnPapers(register=register, papers=Papers())
    return applied(own, [stood(until_ns)], ns_of(now))


def stood(until_ns: int | None = None) -> Stood:
    return Stood(
        channel=LINE_1,
        serial="S-1",
        measurand=HEADS[LINE_1].measurand,
        from_ns=0,
        until_ns=until_ns,
        known_by="hours",
        hours=1,
        first_ns=0,
        last_ns=1,
    )


FIRST = confirmed("K-1", "E-1", "2026-01-07T00:00:00Z", "2026-04-01")
NEXT = confirmed("K-9", "E-9", "2026-03-01T00:00:00Z", "2027-03-01")


def states(found: list[Applied]) -> dict[str, str]:
    return {each.name: each.state for each in found}


def test_one_is_in_force_until_its_last_day_is_over() -> None:
    day = dt.datetime(2026, 4, 1, 23, 59, tzinfo=dt.UTC)
    assert states(rows([FIRST], now=day))["E-1"] == "in_force"
    assert states(rows([FIRST], now=day + dt.timedelta(minutes=1)))["E-1"] == "overdue"


def test_the_next_one_takes_its_place() -> None:
    first, second = rows([NEXT, FIRST])
    assert (first.name, first.state, second.state) == ("E-1", "replaced", "in_force")
    assert first.until_ns == second.from_ns
    assert second.until_ns is None


def test_a_certificate_that_nobody_confirmed_is_not_applied() -> None:
    (other,) = [each for each in rows([FIRST]) if each.name == "E-9"]
    assert (other.state, other.from_ns, other.due_ns) == ("not_applied", None, None)


@pytest.mark.parametrize("kind", ["repair", "adjustment", "seal_broken"])
def test_an_event_that_ends_a_confirmation_ends_its_time(kind: str) -> None:
    at = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    broken = event(kind, at, serial="S-1")
    (found,) = [each for each in rows([FIRST], (broken,)) if each.name == "E-1"]
    assert (found.state, found.until_ns) == ("ended", ns_of(at))


def test_withdrawn_failed_later_and_removed_say_so() -> None:
    at = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    withdrawn = event("certificate_withdrawn", at, certificate="E-1")
    assert states(rows([FIRST], (withdrawn,)))["E-1"] == "withdrawn"
    failed = confirmed("K-1", "E-1", "2026-01-07T00:00:00Z", "2026-04-01", "fail")
    assert states(rows([failed]))["E-1"] == "failed"
    assert states(rows([FIRST], now=dt.datetime(2026, 1, 6, tzinfo=dt.UTC)))["E-1"] == "later"
    assert states(rows([FIRST], until_ns=ns_of(at)))["E-1"] == "removed"


def test_a_confirmation_whose_certificate_was_never_logged_stands_there_by_its_name() -> None:
    lost = confirmed("K-7", "E-7", "2026-01-07T00:00:00Z", "2026-12-01")
    (found,) = [each for each in rows([lost]) if each.name == "E-7"]
    assert found.certificate is None
    assert found.performed_ns is None


def test_events_of_the_instruments_and_of_their_certificates_come_in_order_of_time() -> None:
    late = event("repair", MAY, serial="S-1")
    early = event("certificate_withdrawn", MAY - dt.timedelta(days=9), certificate="E-1")
    other = event("repair", MAY, serial="S-2")
    known = (parse_certificate(certificate("E-1"), "E-1"),)
    register = CalibrationRegister(certificates=known, events=(late, other, early))
    assert events_of(register, [stood()]) == [early, late]


def test_in_date_is_drawn_to_the_last_day_and_overdue_until_now() -> None:
    (row,) = [each for each in rows([FIRST]) if each.name == "E-1"]
    from_ns, due_ns = ns_of(FIRST.effective_from), row.due_ns
    assert applied_times(row, ns_of(MAY)) == (
        (from_ns, due_ns, "bar"),
        (due_ns, ns_of(MAY), "overdue"),
    )
    early = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert applied_times(row, ns_of(early)) == ((from_ns, due_ns, "bar"),)


def test_what_was_replaced_is_drawn_until_then_and_what_failed_is_not_drawn() -> None:
    first, second = rows([FIRST, NEXT])
    assert applied_times(first, ns_of(MAY)) == ((first.from_ns, second.from_ns, "bar"),)
    failed = confirmed("K-1", "E-1", "2026-01-07T00:00:00Z", "2026-04-01", "fail")
    assert [applied_times(each, ns_of(MAY)) for each in rows([failed])] == [(), ()]
