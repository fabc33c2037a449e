"""How long a client id is left to another client."""

from edge_agent.taken_over import FORGOTTEN_NS, Yielding


def test_each_takeover_in_a_row_doubles_the_pause_up_to_a_quarter_of_an_hour() -> None:
    yielding, pauses = Yielding(), []
    for _ in range(7):
        yielding = yielding.after(1, taken_over=True)
        pauses.append(yielding.pause_s)
    assert pauses == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0, 900.0]


def test_a_connection_that_stood_for_long_is_a_new_beginning() -> None:
    often = Yielding(times=6)
    assert often.after(FORGOTTEN_NS, taken_over=True).times == 7
    assert often.after(FORGOTTEN_NS + 1, taken_over=True) == Yielding(times=1)
    assert often.after(FORGOTTEN_NS + 1, taken_over=False).pause_s == 0.0


def test_who_is_refused_waits_an_hour_at_once_and_not_for_ever() -> None:
    refused = Yielding().after(1, taken_over=True, least_s=3600.0)
    assert refused.pause_s == 3600.0
    assert refused.after(1, taken_over=True).pause_s == 120.0
