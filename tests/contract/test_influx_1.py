"""The view against a real InfluxDB 1.x (Debian's 1.6.7): lines, answers, faults.

What each reading is in the database is asked for point by point, not by what `/write` said.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from collector.views.influx_errors import InfluxError
from collector.views.influx_http import BoundedPool, asked
from collector.views.influx_server import Secrets, connect
from collector.views.influx_syntax import carried, line, series
from collector.views.influx_view import InfluxView
from collector.views.seen import ViewSeen
from tests.conftest import Require
from tests.contract.influxd import Influxd, influxd_in
from tests.contract.mosquitto import until
from tests.faults.small_disk import fill, free, small_disk
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.views.influx_bench import (
    driven,
    filled_plant,
    more,
    place_of,
    truth,
)
from tests.unit.collector.views.test_influx_dashboard import queries


@pytest.fixture
def influxd(tmp_path: Path, require: Require) -> Iterator[Influxd]:
    (tmp_path / "influxd").mkdir()
    made = influxd_in(tmp_path / "influxd", require)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    (tmp_path / "collector").mkdir()
    made = filled_plant(tmp_path / "collector")
    yield made
    made.close()


def query(influxd: Influxd, text: str) -> list[dict[str, object]]:
    """The rows of a question, by column."""
    asking = urlencode({"db": "carbonmeter", "epoch": "ns", "q": text})
    answer = asked(BoundedPool(timeout_s=10.0), "GET", f"{influxd.section.url}/query?{asking}", {})
    found = msgspec.json.decode(answer.body)["results"][0].get("series", [])
    return [
        {**each.get("tags", {}), **dict(zip(each["columns"], row, strict=True))}
        for each in found
        for row in each["values"]
    ]


def is_like_the_ledger(influxd: Influxd, plant: Plant) -> bool:
    """Whether each point of the ledger is there once, to the last digit, and no other is."""
    text = 'SELECT "value", "present" FROM "reading" GROUP BY "channel"'
    rows = query(influxd, text)
    found = {(row["channel"], row["time"]): row["value"] for row in rows}
    due = {(carried(each.channel), each.at_ns): each.value for each in truth(plant)}
    return found == due and len(rows) == len(due)


def test_the_ledger_is_in_the_database_once_and_to_the_last_digit(
    influxd: Influxd, plant: Plant
) -> None:
    with driven(plant, influxd.section) as view:
        for _ in range(2):
            view.state.forget(influxd.section.target)
            view.settle()
        assert view.server.version.startswith("1.")
        assert view.state.unhealed_count() == view.state.aside_count() == 0
        assert view.state.differed(9) == []
    assert is_like_the_ledger(influxd, plant)


def test_names_of_all_characters_come_back_as_they_were_written(influxd: Influxd) -> None:
    names = [
        "a b,c=d",
        'quote " and \\ backslash\\',
        "line\nfeed\ttab\x00nul",
        "tilde ~0A",
        "轧钢 3# 电能 µ m³ 😀",
        "ends in backslash\\",
        "=,= ,",
        "#no comment",
        "x" * 60_000,
    ]
    server = connect(influxd.section, Secrets())
    for at, name in enumerate(names):
        key = series("reading", {"channel": name, "unit": "%"}, "a")
        data = line(key, {"value": 0.1, "present": 1, "quality": name[:99]}, at + 1, "a")
        assert server.write(data).status == 204
    rows = query(influxd, 'SELECT "quality", "value" FROM "reading" GROUP BY "channel", "unit"')
    assert {row["channel"]: row["quality"] for row in rows} == {
        carried(name): carried(name[:99]) for name in names
    }
    server.close()


def test_a_line_of_another_type_among_thousands_is_found_and_the_others_are_written(
    influxd: Influxd, plant: Plant
) -> None:
    """1.6.7 writes the others and says dropped=1, or in a new measurement writes none."""
    with driven(plant, influxd.section) as view:
        wrong = truth(plant)[50]
        stamp = str(wrong.at_ns).encode()
        write = view.server.write

        def altered(lines: bytes) -> object:
            bad = b"present=0.5,poll=1.5 " + stamp
            told = [
                each.partition(b" present=")[0] + b" " + bad
                if each.endswith(stamp) and wrong.channel.encode() in each
                else each
                for each in lines.split(b"\n")
            ]
            return write(b"\n".join(told))

        view.server.write = altered  # type: ignore[method-assign, assignment]
        view.settle()
        (aside,) = view.state.aside(9)
        assert (aside.channel, aside.poll, aside.code) == (
            wrong.channel,
            wrong.place[3],
            "E_INFLUX_LINE",
        )
        assert not is_like_the_ledger(influxd, plant)
        view.server.write = write  # type: ignore[method-assign]
        view.an_hour_later()
        view.settle()
        assert view.state.aside(9) == []
    assert is_like_the_ledger(influxd, plant)


def test_a_database_killed_and_wiped_while_the_view_runs_is_written_again(
    influxd: Influxd, plant: Plant
) -> None:
    view = InfluxView(place_of(plant, influxd.section))
    view.start()
    try:
        until(lambda: is_like_the_ledger(influxd, plant))
        influxd.wipe()
        more(plant, 300)
        until(lambda: view.seen(plant.store.cursor()).code == "E_INFLUX_UNREACHABLE")
        influxd.start()
        until(lambda: is_like_the_ledger(influxd, plant))
    finally:
        view.stop()


def test_the_dashboard_finds_what_it_asks_for(influxd: Influxd, plant: Plant) -> None:
    with driven(plant, influxd.section) as view:
        view.settle()
        view.course.tell("works", lambda: ViewSeen(name="influx"))
        doubted = next(each.line for each in truth(plant) if each.channel == LINE_1)
        view.server.write(doubted.replace(b'quality="good"', b'quality="overdue"'))
    filled = {
        "$timeFilter": "time > 0",
        "$__interval": "1h",
        "$channel": LINE_1,
        "$site": "jinan",
    }
    for each in queries():
        text = each
        for name, value in filled.items():
            text = text.replace(name, value)
        assert query(influxd, text), text
    complete = query(influxd, 'SELECT mean("present") FROM "reading"')
    assert complete[0]["mean"] == pytest.approx(1 - 8 / (2 * 192))


def test_a_body_that_is_too_large_for_it_is_split(
    tmp_path: Path, plant: Plant, require: Require
) -> None:
    (tmp_path / "narrow").mkdir()
    influxd = influxd_in(tmp_path / "narrow", require)
    influxd.most_body_bytes = 4000
    influxd.start()
    try:
        with driven(plant, influxd.section) as view:
            assert view.server.write(b"reading value=1 5\n" * 400).status == 413
            view.settle()
        assert is_like_the_ledger(influxd, plant)
    finally:
        influxd.kill()


def test_a_full_disk_of_the_database_delays_the_view_and_loses_nothing(
    tmp_path: Path, plant: Plant, require: Require
) -> None:
    if os.geteuid() != 0:
        require("root", "a small file system is to be mounted")
    (tmp_path / "home").mkdir()
    influxd = influxd_in(tmp_path / "home", require)
    with small_disk(tmp_path / "disk", 16) as disk:
        influxd.data = disk
        influxd.start()
        try:
            connect(influxd.section, Secrets()).close()
            fill(disk, 0)
            with suppress(InfluxError), driven(plant, influxd.section) as view:
                view.settle()
            assert not is_like_the_ledger(influxd, plant)
            free(disk)
            influxd.kill()
            influxd.start()
            with driven(plant, influxd.section) as view:
                view.settle()
                view.an_hour_later()
                view.settle()
            assert is_like_the_ledger(influxd, plant)
        finally:
            influxd.kill()
