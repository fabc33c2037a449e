"""The write path of InfluxDB 2.x against servers that have it: InfluxDB 1.8, VictoriaMetrics.

2.x itself is not to be had here. 1.8 takes /api/v2/write into the database that the bucket names,
and is asked as 1.x is.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import InfluxSpeechError
from collector.views.influx_server import NewServer, Secrets, connect
from tests.conftest import Require
from tests.contract.influxd import Influxd, influxd_1_8_in
from tests.contract.test_influx_1 import is_like_the_ledger
from tests.contract.victoria import Victoria, victoria_in
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.views.influx_bench import driven, filled_plant, more, truth

MS = 1_000_000


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    (tmp_path / "collector").mkdir()
    made = filled_plant(tmp_path / "collector")
    yield made
    made.close()


@pytest.fixture
def influxd(tmp_path: Path, require: Require) -> Iterator[Influxd]:
    (tmp_path / "influxd").mkdir()
    made = influxd_1_8_in(tmp_path / "influxd", require)
    made.start()
    try:
        as_1 = msgspec.structs.replace(made.section, api="1")  # built so, it says "unknown"
        connect(as_1, Secrets()).close()  # the database is made
        yield made
    finally:
        made.kill()


@pytest.fixture
def victoria(tmp_path: Path, require: Require) -> Iterator[Victoria]:
    (tmp_path / "victoria").mkdir()
    made = victoria_in(tmp_path / "victoria", require)
    made.start()
    yield made
    made.kill()


def as_2(section: InfluxSection) -> InfluxSection:
    return msgspec.structs.replace(section, api="2", org="works")


def test_lines_come_through_the_client_once_and_to_the_last_digit(
    influxd: Influxd, plant: Plant
) -> None:
    section = as_2(influxd.section)
    with driven(plant, section) as view:
        assert isinstance(view.server, NewServer)
        for _ in range(2):
            view.state.forget(section.target)
            view.settle()
        assert view.course.uncompared is None
        assert view.state.unhealed_count() == view.state.aside_count() == 0
        assert view.state.differed(9) == []
    assert is_like_the_ledger(influxd, plant)


def test_a_line_that_is_refused_through_the_client_stands_alone(
    influxd: Influxd, plant: Plant
) -> None:
    wrong = truth(plant)[50]
    lines = [wrong.line, wrong.line.replace(b"present=1i", b'present="yes"')]
    with closing(connect(as_2(influxd.section), Secrets())) as server:
        assert server.write(lines[0]).status == 204
        assert server.write(lines[1]).status == 400
        assert server.write(b"no line at all").status == 400


def test_a_bucket_that_is_not_there_is_named(influxd: Influxd, plant: Plant) -> None:
    section = msgspec.structs.replace(as_2(influxd.section), bucket="nowhere")
    with driven(plant, section) as view:
        assert view.server.write(truth(plant)[0].line).status == 404


def test_victoria_metrics_is_written_once_the_version_is_stated_and_cannot_be_compared(
    victoria: Victoria, plant: Plant
) -> None:
    with pytest.raises(InfluxSpeechError, match="state the api"):
        connect(InfluxSection(url=victoria.url), Secrets())
    section = InfluxSection(url=victoria.url, api="2", org="works", timeout_s=5.0)
    with driven(plant, section) as view:
        for _ in range(2):  # it keeps one of two points with one stamp
            view.state.forget(section.target)
            view.settle()
        more(plant, 300)
        view.settle()
        assert view.following.lag() == view.state.aside_count() == 0
        assert view.state.differed(9) == []
        assert view.course.uncompared is not None
        assert view.course.uncompared.code == "E_INFLUX_SPEECH"
    due = truth(plant)
    present = {(each.channel, each.at_ns // MS): [float(each.value is not None)] for each in due}
    value = {
        (each.channel, each.at_ns // MS): [each.value] for each in due if each.value is not None
    }
    assert victoria.points("present") == present
    assert victoria.points("value") == value
