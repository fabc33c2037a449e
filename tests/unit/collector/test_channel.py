"""What is open for a channel: instruments that change, hours of misses, what a restart needs."""

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason
from evidence.log.batch import Miss, Stream
from tests.unit.collector.agent_log import AgentLog
from tests.unit.collector.api.plant import (
    GAS,
    LINE_1,
    PERIOD_MS,
    POWER,
    POWER_CERTIFICATE,
    START_NS,
    TEMPERATURE,
    calibrated,
    confirmation,
    showing,
    shown,
    stream,
)
from tests.unit.collector.judged import HOUR_NS, Judged, exchange

START_MS = START_NS // 1_000_000


def gone(channel: str, *polls: int) -> Stream:
    """Polls of which none gave a value."""
    return msgspec.structs.replace(
        stream(channel, polls[0], 1),
        rows=0,
        raw=(),
        indication=(),
        value=None,
        contributions=(),
        fresh=0.0,
        missed=tuple(
            Miss(sequence=poll, at_ms=START_MS + poll * PERIOD_MS, reason=MissReason.TIMEOUT)
            for poll in polls
        ),
    )


def of_meter(serial: str, part: Stream, **other: object) -> Stream:
    """A stream as read from another meter, without a certificate."""
    head = msgspec.structs.replace(
        part.head, serial=serial, certificate="", confirmation="", **other
    )
    return msgspec.structs.replace(
        part, head=head, value=None, contributions=(), fresh=0.0, indication=part.indication
    )


def test_a_rate_goes_on_under_the_next_meter_though_only_registers_record_exchanges() -> None:
    """An exchange is recorded with register readings; a power channel has none to give."""
    judged = Judged().files()
    judged.batch(stream(POWER, 0, 6))
    found = judged.batch(of_meter("S-NEW", stream(POWER, 6, 7)))
    assert found.faults == []
    assert judged.hour(POWER, 1).grounds.serials == ("S-NEW", "S-P")
    assert judged.hour(POWER, 2).grounds.serials == ("S-NEW",)
    assert judged.hour(POWER, 2).value == judged.hour(POWER, 2).uncorrected


def test_a_serial_number_that_was_written_wrong_takes_its_certificate_once_corrected() -> None:
    judged = Judged().files()
    judged.batch(of_meter("S-TYPO", stream(POWER, 0, 4)))
    assert judged.batch(stream(POWER, 4, 5)).faults == []
    assert judged.hour(POWER, 0).grounds.certificates == ()
    assert judged.hour(POWER, 1).grounds.certificates == ("P-1",)
    assert judged.batch(of_meter("S-TYPO", stream(POWER, 9, 5))).faults == []


def test_a_register_whose_serial_number_changes_is_calibrated_by_the_new_one_from_then_on() -> None:
    judged = Judged().files()
    judged.batch(of_meter("S-TYPO", stream(LINE_1, 0, 4)))
    judged.batch(stream(LINE_1, 4, 5))
    first, second = judged.hour(LINE_1, 0), judged.hour(LINE_1, 1)
    assert first.value == first.uncorrected == shown(LINE_1, 3) - shown(LINE_1, 0)
    assert second.value == pytest.approx((shown(LINE_1, 8) - shown(LINE_1, 4)) / 1.002, rel=1e-12)


def from_on(part: Stream, offset: float, **head: object) -> Stream:
    """A stream that shows so much more, read from something else."""
    moved = showing(part, *(each + offset for each in part.indication))
    return msgspec.structs.replace(moved, head=msgspec.structs.replace(moved.head, **head))


@pytest.mark.parametrize("offset", [5_000.0, 60.0, -900.0])
def test_what_another_meter_shows_more_is_never_energy(offset: float) -> None:
    """Nobody recorded where the one stopped and the other began: the growth between is unknown."""
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 6))
    other = {"serial": "S-9", "certificate": "", "confirmation": ""}
    judged.batch(from_on(stream(LINE_1, 6, 7), offset, **other))
    hours = [judged.hour(LINE_1, number) for number in range(3)]
    lost = shown(LINE_1, 6) - shown(LINE_1, 5)
    grown = shown(LINE_1, 12) - shown(LINE_1, 0)
    assert sum(each.uncorrected for each in hours) == pytest.approx(grown - lost)
    (event,) = [each for hour in hours for each in hour.findings]  # type: ignore[union-attr]
    assert (event.kind, event.before, event.after) == (
        "replaced",
        shown(LINE_1, 5),
        shown(LINE_1, 6) + offset,
    )
    assert hours[1].tally.present == hours[1].tally.expected - 1


def test_a_meter_that_is_replaced_while_nothing_is_read_is_so_when_it_is_read() -> None:
    """Its first polls give no value; nor is what was certified of the one before applied."""
    judged = Judged().files()
    judged.batch(stream(LINE_1, 0, 5))
    other = {"serial": "S-9", "certificate": "", "confirmation": ""}
    silent = gone(LINE_1, 5, 6)
    judged.batch(
        msgspec.structs.replace(silent, head=msgspec.structs.replace(silent.head, **other))
    )
    judged.batch(from_on(stream(LINE_1, 7, 7), 800.0, **other))
    hours = [judged.hour(LINE_1, number) for number in range(3)]
    grown = (shown(LINE_1, 4) - shown(LINE_1, 0)) + (shown(LINE_1, 12) - shown(LINE_1, 7))
    assert sum(each.uncorrected for each in hours) == pytest.approx(grown)
    assert hours[2].grounds.serials == ("S-9",)
    assert hours[2].grounds.confirmations == ()


@pytest.mark.parametrize("lag", [0, 4])
def test_an_exchange_on_record_joins_both_meters_whenever_the_head_names_the_new_one(
    lag: int,
) -> None:
    """The configuration may name the new one only hours after somebody put it in."""
    judged = Judged().files()
    record = exchange(5.5, {"closing": shown(LINE_1, 5) + 4.0, "opening": 100.0})
    new = from_on(stream(LINE_1, 6, 10), 100.0 + 20.0 - shown(LINE_1, 6))
    shows = new.indication
    old, later = stream(LINE_1, 6, lag) if lag else None, stream(LINE_1, 6 + lag, 10 - lag)
    judged.batch(stream(LINE_1, 0, 6))
    if old is not None:
        judged.batch(showing(old, *shows[:lag]))
    named = {"serial": "S-2", "certificate": "", "confirmation": ""}
    found = judged.batch(from_on(showing(later, *shows[lag:]), 0.0, **named), records=[record])
    assert found.late is bool(lag)
    if found.late:
        judged = judged.again()
    hours = [judged.hour(LINE_1, number) for number in range(3)]
    grown = shown(LINE_1, 5) + 4.0 - shown(LINE_1, 0) + shows[6] - 100.0
    assert sum(each.uncorrected for each in hours) == pytest.approx(grown)
    assert [each.kind for hour in hours for each in hour.findings] == ["exchange"]  # type: ignore[union-attr]


def test_a_meter_that_comes_back_without_a_record_is_replaced_though_one_brought_it_away() -> None:
    judged = Judged().files()
    record = exchange(3.5, {"closing": shown(LINE_1, 3) + 4.0, "opening": 100.0})
    named = {"serial": "S-2", "certificate": "", "confirmation": ""}
    shows = [120.0 + 25.0 * number for number in range(4)]
    judged.batch(stream(LINE_1, 0, 4), records=[record])
    new = showing(stream(LINE_1, 4, 4), *shows)
    judged.batch(msgspec.structs.replace(new, head=msgspec.structs.replace(new.head, **named)))
    judged.batch(stream(LINE_1, 8, 5))
    kinds = [
        each.kind
        for number in range(3)
        for each in judged.hour(LINE_1, number).findings  # type: ignore[union-attr]
    ]
    assert kinds == ["exchange", "replaced"]


def test_a_name_plate_that_is_configured_later_holds_from_then_on() -> None:
    judged = Judged()
    plain = of_meter("S-1", stream(LINE_1, 0, 5))
    stated = of_meter("S-1", stream(LINE_1, 5, 4), nameplate_mpe_relative=0.01)
    judged.batch(plain)
    judged.batch(stated)
    assert judged.hour(LINE_1, 0).grounds.basis == UncertaintyBasis.UNKNOWN
    assert judged.hour(LINE_1, 1).grounds.basis == UncertaintyBasis.NAMEPLATE


def test_an_hour_of_misses_rests_on_the_certificate_in_force_and_not_on_the_time_before_it() -> (
    None
):
    judged = Judged().files()
    judged.batch(stream(POWER, 0, 4))
    judged.batch(gone(POWER, 4, 5, 6, 7))
    judged.batch(gone(POWER, 8, 9, 10, 11))
    judged.batch(stream(POWER, 12, 5))
    for hour in range(4):
        assert judged.hour(POWER, hour).grounds.basis == UncertaintyBasis.CALIBRATION
    assert judged.hour(POWER, 1).tally.missed == {"timeout": 4}
    assert judged.hour(POWER, 1).value == 0.0


def test_an_hour_of_a_temperature_has_a_mean_and_no_amount() -> None:
    judged = Judged()
    found = judged.batch(stream(TEMPERATURE, 0, 9))
    assert found.windows == []
    first, second = found.means
    assert (first.unit, first.tally.present, first.tally.expected) == ("Cel", 4, 4)
    shown = stream(TEMPERATURE, 0, 9).indication
    assert first.uncorrected == pytest.approx(sum(shown[:4]) / 4)
    assert second.uncorrected == pytest.approx(sum(shown[4:8]) / 4)
    hours = judged.store.lookup.means(TEMPERATURE, first.start_ns, second.end_ns)
    assert hours == [first, second]


@pytest.mark.parametrize("channel", [LINE_1, GAS])
def test_an_open_hour_begins_with_the_leaf_that_holds_the_reading_before_its_edge(
    channel: str,
) -> None:
    judged = Judged()
    opened = [
        judged.batch(part).opened[channel][0]
        for part in (
            stream(channel, 0, 2),
            stream(channel, 2, 1),
            stream(channel, 3, 1),
            stream(channel, 5, 1),
            stream(channel, 6, 1),
            stream(channel, 9, 1),
        )
    ]
    # hours close with polls 5 and 9; the readings before them are in leaves 2 and 4
    assert opened == [0, 0, 0, 2, 2, 4]


def test_leaves_of_misses_do_not_hide_the_reading_that_an_hour_rests_on() -> None:
    judged = Judged()
    judged.batch(stream(LINE_1, 0, 4))
    judged.batch(gone(LINE_1, 4))
    judged.batch(gone(LINE_1, 5))
    found = judged.batch(stream(LINE_1, 6, 1))
    assert found.opened[LINE_1][0] == 0
    assert judged.batch(stream(LINE_1, 9, 1)).opened[LINE_1][0] == 3


def test_a_reading_that_is_set_aside_is_none_that_an_hour_rests_on() -> None:
    judged = Judged()
    steady = msgspec.structs.replace(stream(LINE_1, 0, 1).head, rated_rate=200.0)

    def part(poll: int, value: float) -> Stream:
        return showing(msgspec.structs.replace(stream(LINE_1, poll, 1), head=steady), value)

    judged.batch(part(2, 1000.0))
    judged.batch(part(3, 9000.0))
    found = judged.batch(part(5, 1060.0))
    assert found.opened[LINE_1][0] == 0
    assert judged.hour(LINE_1, 0).uncorrected == pytest.approx(40.0)
    assert [finding.kind for finding in judged.hour(LINE_1, 0).findings] == ["spike"]  # type: ignore[union-attr]


def test_two_exchanges_apply_in_the_order_of_time_whatever_the_order_of_their_records() -> None:
    records = [
        exchange(1.5, {"closing": 1030.0, "opening": 0.0}, serials=("S-1", "S-2")),
        exchange(2.5, {"closing": 40.0, "opening": 500.0}, serials=("S-2", "S-3")),
    ]
    found = []
    for order in (records, records[::-1]):
        judged = Judged()
        readings = (1000.0, 1020.0, 25.0, 510.0, 530.0)
        part = showing(stream(LINE_1, 0, 5), *readings)
        judged.batch(part, records=order)
        found.append(judged.hour(LINE_1, 0))
    assert found[0] == found[1]
    by_hand = (1030.0 - 1000.0) + (40.0 - 0.0) + (530.0 - 500.0)
    assert found[0].uncorrected == pytest.approx(by_hand)
    assert found[0].grounds.serials == ("S-1", "S-2", "S-3")


def test_a_certificate_that_comes_into_force_within_an_hour_parts_it() -> None:
    judged = Judged()
    late = confirmation("K-P", "P-1", "S-P", "2027-04-01").replace(
        b"2026-01-07T08:00:00+08:00", b"2026-03-29T16:30:00Z"
    )
    judged.file("certificate", "p-1.toml", POWER_CERTIFICATE)
    judged.file("confirmation", "k-p.toml", late)
    before = of_meter("S-P", stream(POWER, 0, 2))
    assert judged.batch(before, calibrated(stream(POWER, 2, 3))).faults == []
    values = [shown(POWER, 0), shown(POWER, 1)]
    values += [0.5 + 0.998 * shown(POWER, poll) for poll in (2, 3)]
    assert judged.hour(POWER, 0).value == pytest.approx(sum(values) / 4, rel=1e-12)
    assert judged.windows.keys() == {(POWER, START_NS)}
    assert START_NS % HOUR_NS == 0


def test_readings_of_before_that_are_logged_again_add_nothing() -> None:
    judged, again = Judged().files(), Judged().files()
    other = AgentLog(agent="gw-1", epoch="a" * 32, key=again.log.key)
    for each in (judged, again):
        each.batch(stream(LINE_1, 0, 6), stream(POWER, 0, 6))
    again.batch(stream(LINE_1, 2, 4), stream(POWER, 2, 4), log=other)
    for each, log in ((judged, judged.log), (again, other)):
        each.batch(stream(LINE_1, 6, 6), stream(POWER, 6, 6), log=log)
    assert again.total(POWER) == judged.total(POWER)
    assert again.total(LINE_1) == judged.total(LINE_1)
