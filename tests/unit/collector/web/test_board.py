"""Lines are made anew when something changes how an instrument stands, and only then."""

import datetime as dt
from zoneinfo import ZoneInfo

from calibration.load import parse_certificate, parse_confirmation
from collector.lookup import ChannelRow
from collector.web.certificates.board import Board, holds_until
from collector.web.certificates.due import State, due_lines
from collector.web.certificates.shelf import Entry, Paper
from tests.unit.collector.api.plant import HEADS, LINE_1, confirmation, energy_certificate

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 4, 20, 12, tzinfo=dt.UTC)


def paper(entry: Entry) -> Paper:
    return Paper(entry=entry, sha256="0" * 64, site="jinan", agents=("gw-1",), leaf="gw-1/e/0")


PAPERS = (
    paper(parse_certificate(energy_certificate("E-1", "S-1"), "e.toml")),
    paper(parse_confirmation(confirmation("K-1", "E-1", "S-1", "2026-04-20"), "k.toml")),
)


def row(channel: str = LINE_1, last_ms: int = 0) -> ChannelRow:
    return ChannelRow(
        channel=channel,
        agent="gw-1",
        head=HEADS[LINE_1],
        last_ms=last_ms,
        last_value=1.0,
        last_quality="good",
    )


def test_the_same_lines_are_handed_out_as_long_as_nothing_changes() -> None:
    board = Board()
    first = board.lines(PAPERS, [row()], NOON, 30)
    assert first == due_lines(PAPERS, [row()], NOON, 30)
    assert board.lines(PAPERS, [row(last_ms=5)], NOON + dt.timedelta(hours=11), 30) is first
    assert board.lines(PAPERS, [row("jinan/line-1/other")], NOON, 30) != first
    assert board.lines(PAPERS, [row()], NOON, 3) is not first
    assert board.lines((*PAPERS,), [row()], NOON, 30) == first


def test_at_midnight_what_is_due_becomes_overdue() -> None:
    board = Board()
    (before,) = board.lines(PAPERS, [], NOON, 30)
    (after,) = board.lines(PAPERS, [], NOON + dt.timedelta(hours=12), 30)
    assert (before.state, after.state) == (State.DUE_SOON, State.OVERDUE)


def test_the_day_begins_where_somebody_looks_from() -> None:
    board = Board()
    late = dt.datetime(2026, 4, 20, 23, 30, tzinfo=dt.UTC)
    there = late.astimezone(SHANGHAI)  # 07:30 of the 21st
    (at_utc,) = board.lines(PAPERS, [], late, 30)
    (at_shanghai,) = board.lines(PAPERS, [], there, 30)
    assert (at_utc.state, at_utc.days_left) == (State.DUE_SOON, 0)
    assert (at_shanghai.state, at_shanghai.days_left) == (State.OVERDUE, -1)
    assert holds_until(PAPERS, late) == dt.datetime(2026, 4, 21, tzinfo=dt.UTC)
    assert holds_until(PAPERS, there) == dt.datetime(2026, 4, 21, 16, tzinfo=dt.UTC)


def test_lines_hold_until_a_decision_takes_effect_and_not_before_they_were_made() -> None:
    effective = dt.datetime(2026, 1, 7, tzinfo=dt.UTC)
    early = effective - dt.timedelta(minutes=1)
    assert holds_until(PAPERS, early) == effective
    assert holds_until(PAPERS, NOON) == dt.datetime(2026, 4, 21, tzinfo=dt.UTC)
    board = Board()
    (before,) = board.lines(PAPERS, [], early, 30)
    (after,) = board.lines(PAPERS, [], effective, 30)
    assert (before.state, after.state) == (State.NOT_YET, State.IN_DATE)
    assert board.lines(PAPERS, [], early, 30) == [before]
