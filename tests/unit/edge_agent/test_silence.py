"""When silence is named, and when it is a reason for a new connection."""

from edge_agent.silence import ALARM_NS, Silence


def alarms(silence: Silence, instants_ns: range, *, waiting: bool = True) -> list[int]:
    """The instants at which the silence is named."""
    found = []
    for now_ns in instants_ns:
        silence, alarm = silence.after(now_ns, waiting=waiting)
        if alarm:
            found.append(now_ns)
    return found


def test_silence_is_named_once_each_half_minute_from_its_beginning() -> None:
    step = ALARM_NS // 3
    assert alarms(Silence(), range(0, 7 * step, step)) == [3 * step, 6 * step]


def test_where_nothing_waits_there_is_no_silence() -> None:
    assert alarms(Silence(), range(0, 9 * ALARM_NS, ALARM_NS), waiting=False) == []
    quiet, _ = Silence().after(0, waiting=False)
    assert quiet.after(ALARM_NS - 1, waiting=True) == (quiet, False)


def test_what_is_heard_begins_it_again_and_keeps_the_count() -> None:
    silence, _ = Silence(alarms=2).heard(5).after(ALARM_NS, waiting=True)
    assert silence == Silence(since_ns=5, alarms=2)


def test_a_new_link_is_asked_for_ever_less_often_and_then_every_eight_minutes() -> None:
    asked = [n for n in range(1, 100) if Silence(alarms=n).asks_for_a_new_link]
    assert asked == [1, 3, 7, 15, 31, 47, 63, 79, 95]
