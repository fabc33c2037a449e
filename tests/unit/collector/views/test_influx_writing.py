"""Points into a database: one bad line among thousands is found, and the others are written."""

from collections.abc import Callable

import pytest

from collector.views.influx_answer import Answer
from collector.views.influx_errors import InfluxBusyError, InfluxRefusesAllError
from collector.views.influx_hours import Counted, Key
from collector.views.influx_lines import Point
from collector.views.influx_writing import ALL_REFUSED, MOST_BYTES, MOST_LINES, bodies, put


class Scripted:
    """A database that takes lines unless one of them is bad, or there are too many bytes."""

    version = "1.6.7"

    def __init__(self, bad: Callable[[bytes], bool] = lambda _: False, room: int = 2**40) -> None:
        self.bad, self.room = bad, room
        self.requests = 0
        self.held: set[bytes] = set()
        self.status = 204

    def write(self, lines: bytes) -> Answer:
        self.requests += 1
        if len(lines) > self.room:
            return Answer(413, {}, b'{"error":"too large"}')
        if self.status != 204:
            return Answer(self.status, {"retry-after": "9"}, b"")
        refused = [each for each in lines.split(b"\n") if self.bad(each)]
        self.held |= set(lines.split(b"\n")) - set(refused)
        return (
            Answer(400, {}, b'{"error":"partial write dropped=0"}')
            if refused
            else Answer(204, {}, b"")
        )

    def hours(self, start_ns: int, end_ns: int) -> dict[Key, Counted]:
        raise NotImplementedError

    def close(self) -> None:
        pass


def some(count: int, size: int = 0) -> list[Point]:
    pad = b"x" * size
    return [
        Point("a", at, 1.0, b"r%s value=1 %d" % (pad, at), ("gw", "e", 0, at))
        for at in range(count)
    ]


def test_one_bad_line_among_thousands_is_found_by_halving_and_the_others_are_written() -> None:
    server = Scripted(bad=lambda data: data.endswith(b" 3333"))
    (refused,) = put(server, some(5000), "plant")
    assert refused.point.at_ns == 3333
    assert refused.why.code == "E_INFLUX_LINE"
    assert len(server.held) == 4999
    assert server.requests < 30


def test_several_bad_lines_are_each_found() -> None:
    wrong = {7, 8, 999, 2500, 4999}
    server = Scripted(bad=lambda data: int(data.rpartition(b" ")[2]) in wrong)
    assert {each.point.at_ns for each in put(server, some(5000), "plant")} == wrong
    assert len(server.held) == 5000 - len(wrong)


def test_a_database_that_refuses_everything_is_wrong_itself_and_nothing_is_set_aside() -> None:
    server = Scripted(bad=lambda _: True)
    with pytest.raises(InfluxRefusesAllError, match="keep_days"):
        put(server, some(5000), "plant")
    assert server.requests < 3 * ALL_REFUSED


def test_a_few_lines_that_are_all_bad_are_set_aside() -> None:
    assert len(put(Scripted(bad=lambda _: True), some(5), "plant")) == 5


def test_what_is_too_large_is_sent_in_halves_and_one_line_that_is_too_large_is_named() -> None:
    server = Scripted(room=2000)
    assert put(server, some(500), "plant") == []
    assert len(server.held) == 500
    (refused,) = put(server, some(1, size=3000), "plant")
    assert "413" in refused.why.say("en")


def test_an_answer_that_asks_to_wait_ends_the_portion_and_says_how_long() -> None:
    server = Scripted()
    server.status = 429
    with pytest.raises(InfluxBusyError) as wrong:
        put(server, some(3), "plant")
    assert wrong.value.retry_after_s == 9.0


def test_bodies_hold_at_most_so_many_lines_and_bytes_and_every_point_once() -> None:
    for points in (some(12_345), some(300, size=9000), some(3, size=2 * MOST_BYTES), []):
        found = list(bodies(points))
        assert [each for body in found for each in body] == points
        assert all(len(body) <= MOST_LINES for body in found)
        sizes = [sum(len(each.line) + 1 for each in body) for body in found]
        assert all(
            size <= MOST_BYTES or len(body) == 1 for size, body in zip(sizes, found, strict=True)
        )
