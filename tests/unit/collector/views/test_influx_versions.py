"""The view towards 2.x and 3.x as their sources have them: what they refuse, and what comes of it.

The truth is the ledger: good lines are in once, bad ones are named, and nothing else is missing.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from collector.views import influx_answer
from collector.views.influx_answer import Answer, Meaning, told_version
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import (
    InfluxAbsentError,
    InfluxRefusesAllError,
    InfluxSpeechError,
)
from collector.views.influx_lines import Point, Unwritten, points
from collector.views.influx_server import Secrets, connect
from collector.views.rows import JudgedLeaf
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.views.influx_bench import (
    driven,
    filled_plant,
    is_like_the_ledger,
    truth,
)
from tests.unit.collector.views.influx_stub import Stub, served
from tests.unit.collector.views.influx_versions import SPEECH
from tests.unit.collector.views.line_protocol import Read

DAY_NS = 86_400_000_000_000
NEW = ["2", "3", "3.4", "3.0"]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path, days=1)
    yield made
    made.close()


def section(stub: Stub, **more: str) -> InfluxSection:
    return InfluxSection(url=stub.url, timeout_s=2.0, **{"org": "works", **more})  # type: ignore[arg-type]


def poll_17(point: Read) -> bool:
    return point.fields.get("poll") == 17 and point.tags["channel"] == LINE_1


def is_all_but(stub: Stub, plant: Plant, missing: int) -> bool:
    held = {(each.tags["channel"], each.stamp) for each in stub.readings}
    due = {(each.channel, each.at_ns) for each in truth(plant)}
    return held < due and len(due - held) == missing and len(stub.readings) == len(held)


@pytest.mark.parametrize("major", NEW)
def test_a_line_of_another_type_is_named_and_all_others_are_in_once(
    plant: Plant, major: str
) -> None:
    """2.x stores the others of its request, 3.x does not."""
    with served(Stub(major=major, bad=poll_17)) as stub, driven(plant, section(stub)) as view:
        view.settle()
        (aside,) = view.state.aside(9)
        assert (aside.poll, aside.channel, aside.code) == (17, LINE_1, "E_INFLUX_LINE")
        assert "type" in aside.message
        assert is_all_but(stub, plant, 1)
        assert view.state.unhealed_count() == 0
        stub.bad = lambda _: False
        view.an_hour_later()
        view.settle()
        assert is_like_the_ledger(stub, plant)
        assert view.state.aside_count() == 0


@pytest.mark.parametrize("major", ["2", "3"])
def test_a_line_that_is_none_is_named_although_it_has_its_whole_request_refused(
    plant: Plant, major: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line of ours is such a one; if one were, it would cost itself alone."""
    with served(Stub(major=major)) as stub, driven(plant, section(stub)) as view:
        break_line(monkeypatch, 17)
        view.settle()
        assert [each.poll for each in view.state.aside(9)] == [17]
        assert is_all_but(stub, plant, 1)


def break_line(monkeypatch: pytest.MonkeyPatch, poll: int) -> None:
    """Has one point's line written without its fields."""

    def broken(leaf: JudgedLeaf) -> Iterator[Point | Unwritten]:
        for each in points(leaf):
            if isinstance(each, Point) and each.channel == LINE_1 and each.place[3] == poll:
                yield each._replace(line=b"reading,channel=a  5")
            else:
                yield each

    monkeypatch.setattr("collector.views.influx_following.points", broken)


@pytest.mark.parametrize("major", ["2", "3"])
def test_who_takes_a_refusal_for_a_taking_would_lose_lines(
    plant: Plant, major: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the halving 2.x loses the bad line unnamed, 3.x the whole request."""
    lost = {**influx_answer._MEANING, 400: Meaning.TAKEN, 422: Meaning.TAKEN}
    monkeypatch.setattr(influx_answer, "_MEANING", lost)
    with served(Stub(major=major, bad=poll_17)) as stub, driven(plant, section(stub)) as view:
        while view.following.write_next(view.server) is not None:
            pass
        assert view.state.aside_count() == 0
        assert len(stub.readings) == (len(truth(plant)) - 1 if major == "2" else 0)


def test_2_names_lines_beyond_its_retention_and_stores_the_others(plant: Plant) -> None:
    from_ns = min(each.at_ns for each in truth(plant)) + 600_000_000_000
    late = [each for each in truth(plant) if each.at_ns < from_ns]
    with (
        served(Stub(major="2", keeps_from_ns=from_ns)) as stub,
        driven(plant, section(stub)) as view,
    ):
        view.settle()
        assert view.state.aside_count() == len(late) > 0
        assert "outside retention policy" in view.state.aside(1)[0].message
        assert is_all_but(stub, plant, len(late))
        assert view.state.unhealed_count() == 0


def test_2_that_keeps_nothing_of_it_is_named_and_nothing_is_set_aside(plant: Plant) -> None:
    with (
        served(Stub(major="2", keeps_from_ns=2**62)) as stub,
        driven(plant, section(stub)) as view,
        pytest.raises(InfluxRefusesAllError, match="keep_days"),
    ):
        view.settle()


def test_3_takes_what_is_beyond_its_retention_and_the_hours_are_named(plant: Plant) -> None:
    """It answers 204 and does not show them: only the comparison finds that."""
    stamps = sorted(each.at_ns for each in truth(plant))
    with (
        served(Stub(major="3", keeps_from_ns=stamps[len(stamps) // 2])) as stub,
        driven(plant, section(stub)) as view,
    ):
        view.settle()
        assert view.state.aside_count() == 0
        assert view.state.unhealed_count() > 0
        assert {each.sign for each in view.state.differed(9)} == {"missing"}


def test_a_bucket_without_a_mapping_is_written_and_said_not_to_be_compared(plant: Plant) -> None:
    """Before 2.4 InfluxQL finds a bucket by a DBRP mapping alone."""
    with served(Stub(major="2", mapped=set())) as stub, driven(plant, section(stub)) as view:
        view.settle()
        assert is_like_the_ledger(stub, plant)
        assert view.course.uncompared is not None
        assert view.course.uncompared.code == "E_INFLUX_UNMAPPED"
        assert "influx v1 dbrp create" in view.course.uncompared.say("en")
        stub.mapped = {"carbonmeter"}
        view.an_hour_later()
        view.settle()
        assert view.course.uncompared is None


@pytest.mark.parametrize("major", SPEECH)
def test_a_database_that_influxql_does_not_find_has_a_code_of_its_own(major: str) -> None:
    with served(Stub(major=major)) as stub, closing(connect(section(stub), Secrets())) as server:
        stub.databases.clear()
        with pytest.raises(InfluxSpeechError, match="carbonmeter") as wrong:
            server.hours(0, DAY_NS)
    assert wrong.value.code == "E_INFLUX_UNMAPPED"


@pytest.mark.parametrize(
    ("stated", "what"),
    [({"bucket": "nowhere"}, 'bucket "nowhere"'), ({"org": "nobody"}, 'name "nobody"')],
)
def test_2_names_the_bucket_or_org_that_it_has_not(
    plant: Plant, stated: dict[str, str], what: str
) -> None:
    with (
        served(Stub(major="2")) as stub,
        driven(plant, section(stub, **stated)) as view,
        pytest.raises(InfluxAbsentError, match=what),
    ):
        view.course.step()


def test_2_without_an_org_in_the_configuration_is_told_so(plant: Plant) -> None:
    with (
        served(Stub(major="2")) as stub,
        driven(plant, InfluxSection(url=stub.url)) as view,
        pytest.raises(InfluxAbsentError, match=r"correct \[influx\] database, bucket or org"),
    ):
        view.course.step()


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("bucket=carbonmeter&org=works&precision=ns", 204, ""),
        ("bucket=carbonmeter&org=works&precision=h", 400, "invalid"),
        ("org=works", 404, "not found"),
        ("bucket=carbonmeter", 400, "invalid"),
        ("bucket=carbonmeter&org=other", 404, "not found"),
        ("bucket=other&org=works", 404, "not found"),
    ],
)
def test_the_stand_in_refuses_what_2_refuses(query: str, status: int, code: str) -> None:
    told = Stub(major="2").answer("POST", f"/api/v2/write?{query}", {}, b"reading present=1i 5")
    assert told[0] == status
    if code:
        assert msgspec.json.decode(told[2])["code"] == code
        assert told[1]["X-Platform-Error-Code"] == code


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("bucket=a&precision=ns", 204),
        ("bucket=a&precision=h", 400),
        ("org=works", 400),
        ("bucket=new&org=-", 204),
    ],
)
def test_the_stand_in_refuses_what_3_refuses(query: str, status: int) -> None:
    told = Stub(major="3").answer("POST", f"/api/v2/write?{query}", {}, b"reading present=1i 5")
    assert told[0] == status


def test_the_words_of_3_about_a_line_are_found() -> None:
    fault = b'{"original_line":"x","line_number":2,"error_message":"no fields"}'
    single = b'{"error":"parsing failed","data":' + fault + b"}"
    several = b'{"error":"partial write","data":[' + fault + b"]}"
    for body, words in (
        (single, "parsing failed: no fields"),
        (several, "partial write: no fields"),
    ):
        assert influx_answer.words(Answer(400, {}, body)) == words
    for data in (b"[]", b"7", b'{"a":1}'):
        assert influx_answer.words(Answer(400, {}, b'{"error":"e","data":' + data + b"}")) == "e"


def test_a_version_in_a_body_is_read_and_what_is_none_is_empty() -> None:
    assert told_version(Answer(200, {}, b'{"version":"3.0.0"}')) == "3.0.0"
    for body in (b"", b"{}", b"\xff", b'{"version":3}', b"[" * 5000):
        assert told_version(Answer(200, {}, body)) == ""
