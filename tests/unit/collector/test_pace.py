"""How often the same thing is said."""

from collector.pace import Pace


def test_the_same_is_said_once_an_interval_and_something_new_at_once() -> None:
    pace = Pace(interval_ns=100)
    assert pace.allows("log", 1, 0)
    assert not pace.allows("log", 1, 99)
    assert pace.allows("log", 1, 100)
    assert pace.allows("log", 2, 101)
    assert pace.allows("other", 1, 101)
    assert not pace.allows("log", 2, 102)


def test_what_is_remembered_is_bounded() -> None:
    pace = Pace(interval_ns=100)
    for subject in range(10_000):
        assert pace.allows(subject, 0, 0)
    assert not pace.allows(9_999, 0, 0)
    assert pace.allows("one more", 0, 0)
    assert pace.allows(9_999, 0, 0)
