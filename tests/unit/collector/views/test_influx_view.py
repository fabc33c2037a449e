"""The view in its thread: it waits, goes on, is stopped, and says how it stands."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from carbonmeter.ports import free_port
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import (
    InfluxAnswerSizeError,
    InfluxError,
    InfluxUnreachableError,
)
from collector.views.influx_file import STATE
from collector.views.influx_http import BoundedPool, asked
from collector.views.influx_server import Secrets, connect
from collector.views.influx_view import InfluxView
from tests.contract.mosquitto import until
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.plant import served as api
from tests.unit.collector.views.influx_bench import (
    filled_plant,
    is_like_the_ledger,
    more,
    place_of,
)
from tests.unit.collector.views.influx_stub import Stub, served

TOKEN = f"{24:x}" * 9


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = filled_plant(tmp_path, days=1)
    yield made
    made.close()


@contextmanager
def running(plant: Plant, section: InfluxSection) -> Iterator[InfluxView]:
    view = InfluxView(place_of(plant, section))
    view.start()
    try:
        yield view
    finally:
        view.stop()
        assert not view._thread.is_alive()


def code(view: InfluxView, plant: Plant) -> str:
    return view.seen(plant.store.cursor()).code


def test_a_view_follows_the_ledger_in_its_thread(plant: Plant) -> None:
    with served(Stub()) as stub, running(plant, InfluxSection(url=stub.url)) as view:
        until(lambda: is_like_the_ledger(stub, plant))
        more(plant, 100)
        view.wake()
        until(lambda: is_like_the_ledger(stub, plant))
        until(lambda: any(each.measurement == "view" for each in stub.points.values()))
        until(lambda: view.seen(plant.store.cursor()).lag_leaves == 0)
        seen = view.seen(plant.store.cursor())
        assert (seen.code, seen.written) == ("", len(stub.readings))


def test_a_database_that_is_down_is_waited_for_and_the_lag_is_shown(plant: Plant) -> None:
    port = free_port()
    with running(plant, InfluxSection(url=f"http://127.0.0.1:{port}")) as view:
        until(lambda: code(view, plant) == "E_INFLUX_UNREACHABLE")
        assert view.seen(plant.store.cursor()).lag_leaves == plant.store.cursor()
        more(plant, 100)  # ingest and judging go on
        with served(Stub(port=port)) as stub:
            until(lambda: is_like_the_ledger(stub, plant))
            until(lambda: code(view, plant) == "")


def test_a_database_that_hangs_holds_up_neither_ingest_nor_judge(plant: Plant) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hang(_stub: Stub, path: str, _body: bytes) -> None:
        if path == "/write":
            reached.set()
            assert go_on.wait(20)

    with served(Stub(fault=hang)) as stub, running(plant, InfluxSection(url=stub.url)) as view:
        assert reached.wait(20)
        before = plant.store.cursor()
        more(plant, 100)
        more(plant, 104)
        assert plant.store.cursor() == before + 2  # committed and judged
        assert not go_on.is_set()
        assert view.seen(plant.store.cursor()).lag_leaves == before + 2  # the control: it hangs
        go_on.set()
        until(lambda: is_like_the_ledger(stub, plant))


def test_a_state_file_that_is_no_database_is_made_anew(plant: Plant) -> None:
    (plant.folder / STATE).write_bytes(b"no database at all" * 100)
    with served(Stub()) as stub, running(plant, InfluxSection(url=stub.url)):
        until(lambda: is_like_the_ledger(stub, plant))


def test_a_degraded_view_leaves_the_collector_ready_and_says_so(plant: Plant) -> None:
    with served(Stub()) as stub:
        stub.bad = lambda point: point.fields.get("poll") == 5
        with running(plant, InfluxSection(url=stub.url)) as view:
            until(lambda: view.seen(plant.store.cursor()).aside == 2)
            stub.fault = lambda *_: (401, {}, b"")
            more(plant, 100)
            until(lambda: code(view, plant) == "E_INFLUX_REFUSED")
            parts = plant.parts()
            object.__setattr__(parts, "views", (view,))
            asking = api(parts)
            ready = asking.get("/readyz")
            assert (ready.status_code, ready.json()["degraded"]) == (
                200,
                ["influx E_INFLUX_REFUSED"],
            )
            lines = asking.get("/metrics").text.splitlines()
            assert 'carbonmeter_collector_view_aside{view="influx"} 2' in lines
            assert 'carbonmeter_collector_view_lag_leaves{view="influx"} 1' in lines
            degraded = (
                'carbonmeter_collector_view_degraded{view="influx",code="E_INFLUX_REFUSED"} 1'
            )
            assert degraded in lines
            rows = [
                each for each in asking.get("/api/v1/quarantine").json() if each["kind"] == "view"
            ]
            assert {(each["agent"], each["code"]) for each in rows} == {("gw-1", "E_INFLUX_LINE")}
            assert all("poll 5" in each["subject"] for each in rows)
            parts.sources.close()


@contextmanager
def speaking(data: bytes, *, stay: bool = False, each_s: float = 0.0) -> Iterator[str]:
    """A server that says these bytes to whoever connects; then it hangs up, or does not."""
    ended = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(0.2)
                    try:
                        connection.recv(65536)
                        while not ended.is_set():
                            connection.sendall(data)
                            if not stay:
                                break
                            if wait_s := each_s if data else 0.05:
                                ended.wait(wait_s)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"HTTP/1.1 999999999 x\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nX-Influxdb-Version: abc\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nX-Influxdb-Version: 9.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
    ],
)
def test_what_is_no_influxdb_is_named_and_raises_nothing_else(data: bytes) -> None:
    with speaking(data) as url, pytest.raises(InfluxError) as wrong:
        connect(InfluxSection(url=url, timeout_s=1.0), Secrets())
    assert wrong.value.code in ("E_INFLUX_UNREACHABLE", "E_INFLUX_SPEECH")


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.views.influx_http.MOST_BYTES", 1024 * 1024)
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65536
    with (
        speaking(endless, stay=True) as url,
        pytest.raises(InfluxAnswerSizeError, match="more than"),
    ):
        asked(BoundedPool(timeout_s=5.0), "GET", f"{url}/ping", {})


def test_a_server_that_says_nothing_is_given_up_after_the_time_out() -> None:
    with speaking(b"", stay=True) as url, pytest.raises(InfluxUnreachableError, match="timed out"):
        asked(BoundedPool(timeout_s=0.3), "GET", f"{url}/ping", {})


@pytest.mark.parametrize("major", ["2", "3"])
def test_a_token_is_sent_and_never_shown(major: str) -> None:
    secrets = Secrets(token=TOKEN)
    with served(Stub(major=major, token=TOKEN)) as stub:
        section = InfluxSection(url=stub.url, org="works")
        with closing(connect(section, secrets)) as server:
            assert server.write(b"reading,channel=a present=0i 5").status == 204
    assert TOKEN not in repr(secrets)


@pytest.mark.parametrize("major", ["2", "3"])
def test_a_wrong_token_is_refused_at_the_first_write_at_the_latest(
    plant: Plant, major: str
) -> None:
    """2.x answers /ping to everybody, 3.x does not."""
    with served(Stub(major=major, token=TOKEN)) as stub:
        section = InfluxSection(url=stub.url, org="works")
        with running(plant, section) as view:
            until(lambda: code(view, plant) == "E_INFLUX_REFUSED")
        assert stub.points == {}
