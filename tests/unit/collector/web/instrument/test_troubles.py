"""A gap as it is told to whoever must act: one trouble, its causes, and whether it is over."""

from itertools import pairwise

import pytest

from collector.web.instrument.drawn import to_do_of
from collector.web.instrument.spells import Spell
from collector.web.instrument.troubles import Trouble, troubles
from evidence.log.batch import Record, RecordKind
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED

MINUTE = 60 * 10**9
SILENT_AT = {
    40: "timeout",
    46: "not_polled",
    47: "timeout",
    48: "not_polled",
    49: "timeout",
    50: "not_polled",
}


def missing(code: str, start: int, end: int, *said: Record) -> Spell:
    return Spell(
        kind="missing",
        code=code,
        start_ns=start * MINUTE,
        end_ns=end * MINUTE,
        polls=end - start,
        said=said,
    )


def one_of(*spells: Spell, last: int = 90) -> Trouble:
    (found,) = troubles(spells, last * MINUTE)
    return found


def test_a_device_that_is_silent_and_left_alone_in_between_is_one_trouble() -> None:
    turns = [*SILENT_AT.items(), (53, "")]
    parts = [missing(code, at, end) for (at, code), (end, _) in pairwise(turns)]
    found = one_of(*parts)
    assert (found.start_ns, found.end_ns, found.polls) == (40 * MINUTE, 53 * MINUTE, 13)
    assert found.causes == (("timeout", 8), ("not_polled", 5))
    assert (found.code, found.is_rested, found.lasted_s) == ("timeout", True, 780.0)


def test_it_is_over_once_a_value_came_after_it() -> None:
    spell = missing("timeout", 40, 53)
    assert one_of(spell, last=53).is_over
    assert not one_of(spell, last=39).is_over


def test_a_value_between_them_parts_two_troubles() -> None:
    spells = [missing("timeout", 1, 3), missing("timeout", 4, 5), missing("checksum", 5, 6)]
    assert [each.causes for each in troubles(spells, 0)] == [
        (("timeout", 2),),
        (("timeout", 1), ("checksum", 1)),
    ]


@pytest.mark.parametrize("code", [NOT_RECEIVED, UNEXPLAINED])
def test_what_no_record_accounts_for_is_a_trouble_of_its_own(code: str) -> None:
    spells = [missing("timeout", 1, 3), missing(code, 1, 9), missing("not_polled", 1, 3)]
    found = troubles(spells, 0)
    assert [each.causes for each in found] == [(("timeout", 2), ("not_polled", 2)), ((code, 8),)]


def test_a_quality_is_told_apart_from_what_lacks_in_the_same_hours() -> None:
    overdue = Spell(kind="quality", code="overdue", start_ns=0, end_ns=9 * MINUTE, polls=9)
    found = troubles([missing("timeout", 0, 3), overdue, missing("not_polled", 3, 4)], 0)
    assert [(each.kind, each.polls) for each in found] == [("missing", 4), ("quality", 9)]


def test_who_was_never_asked_at_all_was_not_left_alone_for_silence() -> None:
    found = one_of(missing("not_polled", 1, 9))
    assert (found.code, found.is_rested) == ("not_polled", False)


def test_what_the_agent_said_of_any_part_is_said_once_in_order() -> None:
    restart = Record(kind=RecordKind.RESTART, at_ms=120_000)
    gap = Record(kind=RecordKind.GAP, at_ms=60_000)
    found = one_of(missing("timeout", 1, 3, restart), missing("not_polled", 3, 4, restart, gap))
    assert found.said == (gap, restart)


@pytest.mark.parametrize("code", ["maintenance", "standby"])
def test_what_somebody_has_ended_at_the_device_asks_for_nothing_more(code: str) -> None:
    over, lasting = one_of(missing(code, 10, 20)), one_of(missing(code, 10, 20), last=15)
    assert (over.is_over, lasting.is_over) == (True, False)
    for language, nothing in (("en", "Nothing: it is over."), ("zh", "无需处理：已结束。")):
        assert to_do_of(over, language) == nothing
        assert to_do_of(lasting, language) != nothing
    assert "wiring" in to_do_of(one_of(missing("timeout", 10, 20)), "en")
