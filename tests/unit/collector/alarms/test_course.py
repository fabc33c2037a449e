"""When an alarm is told: once, again each day, and when it is over."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from collector.alarms.course import (
    MAX_WAITING,
    Event,
    Found,
    Notice,
    Open,
    Rule,
    notice_of,
    step,
    waiting_after,
)

S = 1_000_000_000
DAY = 86_400
RULE = Rule(hold_ns=60 * S, repeat_ns=DAY * S)
START = 1_774_972_800
DISK = Found("E_ALARM_DISK", "/state", "full", "满")
AGENT = Found("E_ALARM_AGENT_SILENT", "gw-1", "silent", "无数据")
NOBODY: frozenset[str] = frozenset()


def told(looks: Sequence[tuple[int, Sequence[Found]]]) -> list[tuple[int, str, Event]]:
    """Second, subject and event of all that is told at these looks."""
    open_, found = tuple[Open, ...](), []
    for at, wrong in looks:
        open_, notices = step(open_, wrong, NOBODY, (START + at) * S, RULE)
        found += [(at, each.subject, each.event) for each in notices]
    return found


def test_what_holds_is_told_once_then_daily_then_its_end() -> None:
    looks = [(at, [DISK]) for at in range(0, 2 * DAY + 300, 15)]
    end = 2 * DAY + 300
    looks += [(end + at, []) for at in range(0, 300, 15)]
    assert told(looks) == [
        (60, "/state", Event.RAISED),
        (60 + DAY, "/state", Event.REPEATED),
        (60 + 2 * DAY, "/state", Event.REPEATED),
        (end + 60, "/state", Event.ENDED),
    ]


def test_what_comes_and_goes_within_the_while_is_not_told() -> None:
    looks = [(at, [DISK] if at % 60 < 45 else []) for at in range(0, 3600, 15)]
    assert told(looks) == []


def test_what_is_gone_for_a_moment_is_not_over() -> None:
    looks = [(at, [] if at == 300 else [DISK]) for at in range(0, 900, 15)]
    assert told(looks) == [(60, "/state", Event.RAISED)]


def test_subjects_and_codes_are_told_apart() -> None:
    other = AGENT._replace(subject="gw-2")
    looks = [(0, [AGENT]), (60, [AGENT, other]), (120, [other, DISK]), (180, [DISK])]
    assert told(looks) == [
        (60, "gw-1", Event.RAISED),
        (120, "gw-2", Event.RAISED),
        (180, "gw-1", Event.ENDED),
        (180, "/state", Event.RAISED),
    ]


def test_what_could_not_be_looked_for_stays_as_it_is() -> None:
    open_ = step((), [AGENT], NOBODY, START * S, RULE).open
    open_ = step(open_, [AGENT], NOBODY, (START + 60) * S, RULE).open
    blind = step(open_, [], frozenset({AGENT.code}), (START + 9_000) * S, RULE)
    assert (blind.open, blind.notices) == (open_, ())
    gone = step(blind.open, [], NOBODY, (START + 9_015) * S, RULE)
    over = step(gone.open, [], NOBODY, (START + 9_075) * S, RULE)
    assert [each.event for each in over.notices] == [Event.ENDED]
    assert over.open == ()


def test_the_words_are_those_of_the_last_look() -> None:
    open_ = step((), [DISK], NOBODY, START * S, RULE).open
    (notice,) = step(open_, [DISK._replace(en="fuller")], NOBODY, (START + 60) * S, RULE).notices
    assert (notice.en, notice.since) == ("fuller", "2026-03-31T16:00:00Z")


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    open_ = step((), [DISK], NOBODY, START * S, RULE).open
    open_ = step(open_, [DISK], NOBODY, (START + 60) * S, RULE).open
    back = START - 400 * DAY
    open_ = step(open_, [DISK], NOBODY, back * S, RULE).open
    (notice,) = step(open_, [DISK], NOBODY, (back + DAY) * S, RULE).notices
    assert notice.event is Event.REPEATED
    gone = step(open_, [], NOBODY, (back + 15) * S, RULE).open
    assert [e.event for e in step(gone, [], NOBODY, (back + 75) * S, RULE).notices] == [Event.ENDED]


steps = st.lists(st.tuples(st.integers(1, 50_000), st.booleans(), st.booleans()), max_size=60)


@given(steps)
def test_whatever_happens_an_end_follows_a_beginning_and_a_beginning_an_end(
    looks: list[tuple[int, bool, bool]],
) -> None:
    open_, at, notices = tuple[Open, ...](), START, list[Notice]()
    for seconds, wrong, blind in looks:
        at += seconds
        unseen = frozenset({DISK.code}) if blind else NOBODY
        found = [DISK] if wrong and not blind else []
        open_, more = step(open_, found, unseen, at * S, RULE)
        notices += more
    runs = [event for event, _ in groupby(each.event for each in notices)]
    assert runs[:1] in ([], [Event.RAISED])
    follows = {
        Event.RAISED: {Event.REPEATED, Event.ENDED},
        Event.REPEATED: {Event.ENDED},
        Event.ENDED: {Event.RAISED},
    }
    assert all(after in follows[before] for before, after in pairwise(runs))
    assert len({each.id for each in notices}) == len(notices)
    assert bool(runs and runs[-1] is not Event.ENDED) == any(e.told_ns is not None for e in open_)


def test_what_waits_for_a_receiver_is_bounded_and_kept_for_those_that_are_left() -> None:
    alarm = Open(code="E", subject="s", en="", zh="", first_ns=0)
    many = tuple(notice_of(alarm, Event.RAISED, n * S) for n in range(MAX_WAITING + 5))
    found = waiting_after({"mail": many[:3], "gone": many[:1]}, ["mail", "webhook"], many[3:])
    assert found == {"mail": many[5:], "webhook": many[5:]}
