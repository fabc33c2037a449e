"""A house whose collector shows what it holds in a real InfluxDB, behind a bad way to it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlencode

import msgspec

from collector.ledger_read import read_ledger
from collector.opening import open_store
from collector.views.influx_errors import InfluxError
from collector.views.influx_http import BoundedPool, asked
from collector.views.influx_lines import Point, points
from collector.views.influx_syntax import carried
from collector.views.rows import judged_leaves
from tests.contract.influxd import Influxd, influxd_in
from tests.faults.launcher import MODULE, environment
from tests.faults.meddler import Meddler
from tests.faults.undefended_views import DATABASE
from tests.system.bad_line import mosquitto
from tests.system.command import DEADLINE_S, Command, until
from tests.system.delivery import House, Terms
from tests.system.flooded import Paced

AGENTS: Final = 3
_SECTION = '[influx]\nurl = "http://127.0.0.1:{port}"\ntimeout_s = 1\nreconcile_s = 10\n'
_FOREVER: Final = 100 * 365 * 24 * 3_600_000_000_000
Shown = Mapping[tuple[str, int], float | None]
"""(channel, stamp) -> value; None for a miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What runs."""

    house: House
    paced: Paced
    collector: Command
    influxd: Influxd
    meddler: Meddler

    @property
    def state_dir(self) -> Path:
        return self.house.toml.parent / "state"

    def ready(self) -> tuple[int, tuple[str, ...]]:
        """What /readyz says: its status, and what is degraded."""
        with suppress(InfluxError):
            url = f"http://127.0.0.1:{self.house.api_port}/readyz"
            answer = asked(BoundedPool(timeout_s=10.0), "GET", url, {})
            return answer.status, tuple(msgspec.json.decode(answer.body)["degraded"])
        return 0, ()

    def is_judged(self) -> bool:
        """Whether all leaves of the ledger are judged."""
        store = open_store(self.state_dir)
        try:
            with read_ledger(self.state_dir) as ledger:
                return store.cursor() == ledger.frontier().size
        finally:
            store.close()

    def lag(self) -> int:
        """Judged leaves that the view does not show, as /metrics says."""
        url = f"http://127.0.0.1:{self.house.api_port}/metrics"
        text = asked(BoundedPool(timeout_s=10.0), "GET", url, {}).body.decode()
        name = 'carbonmeter_collector_view_lag_leaves{view="influx"} '
        (line,) = (each for each in text.splitlines() if each.startswith(name))
        return int(float(line.removeprefix(name)))

    def is_shown(self) -> bool:
        """Whether the database has each point of the ledger once, and no other."""
        return shown_by(self.influxd) == due_of(self.state_dir)


def missing(_name: str, why: str) -> NoReturn:
    """For campaigns, whose programs must be there."""
    raise AssertionError(why)


@contextmanager
def standing(folder: Path, undefended: str = "", *, shown: bool = True) -> Iterator[Standing]:
    """Senders, broker, collector and database run; the collector knows the latter if `shown`."""
    broker = mosquitto(folder)
    broker.start()
    (folder / "influxd").mkdir()
    influxd = influxd_in(folder / "influxd", missing)
    influxd.start()
    meddler = Meddler(influxd.port)
    house = House(folder, Terms(agents=AGENTS, agent_port=broker.port, collector_port=broker.port))
    if shown:
        house.toml.write_text(_SECTION.format(port=meddler.port) + house.toml.read_text())
    collector = house.command()
    collector.module = MODULE
    collector.env = {
        **environment(undefended=undefended),
        DATABASE: f"http://127.0.0.1:{meddler.port}",
    }
    paced = Paced()
    try:
        collector.start()
        until(house.listens, "the collector is there")
        house.send(partial(paced.step, house))
        until(lambda: len(paced.took_s) >= 2 * AGENTS, "the first leaves are receipted")
        yield Standing(
            house=house, paced=paced, collector=collector, influxd=influxd, meddler=meddler
        )
    finally:
        house.stop()
        for process in (collector.process, influxd.process):
            if process is not None:
                process.kill()
                process.wait(10)
        meddler.close()
        broker.kill()


def served(paced: Paced, most_s: float) -> None:
    """Fails if somebody waits for a receipt longer than that."""
    late = {name: s for name, s in paced.oldest_s().items() if s > most_s}
    assert not late, f"no receipt for {max(late.values()):.1f} s: {sorted(late)}"


def meanwhile(paced: Paced, most_s: float, seconds: float = DEADLINE_S) -> Iterator[float]:
    """Seconds that passed, over and over, while everybody is served."""
    began_s = time.monotonic()
    while (passed_s := time.monotonic() - began_s) < seconds:
        served(paced, most_s)
        yield passed_s
        time.sleep(0.02)


def due_of(state_dir: Path) -> Shown:
    """What the database should have: the points of all judged leaves."""
    store = open_store(state_dir)
    try:
        with read_ledger(state_dir) as ledger:
            return {
                (carried(each.channel), each.at_ns): each.value
                for leaf in judged_leaves(ledger, store, 0)
                for each in points(leaf)
                if isinstance(each, Point)
            }
    finally:
        store.close()


def shown_by(influxd: Influxd, start_ns: int = 0, end_ns: int = _FOREVER) -> Shown:
    """What a database has in [start, end), point by point."""
    asking = (
        f'SELECT "present", "value" FROM "reading" WHERE time >= {start_ns} AND time < {end_ns}'  # noqa: S608 - numbers
        ' GROUP BY "channel"'
    )
    found: dict[tuple[str, int], float | None] = {}
    for series in _series(influxd, asking):
        for at_ns, _present, value in series["values"]:
            key = (series["tags"]["channel"], at_ns)
            assert key not in found, f"{key} is there twice"
            found[key] = value
    return found


def count_in(influxd: Influxd) -> int:
    """How many points a database has."""
    found = _series(influxd, 'SELECT count("present") FROM "reading"')
    return int(found[0]["values"][0][1]) if found else 0


def _series(influxd: Influxd, asking: str) -> list[dict[str, Any]]:
    query = urlencode({"db": "carbonmeter", "epoch": "ns", "q": asking})
    url = f"{influxd.section.url}/query?{query}"
    body = asked(BoundedPool(timeout_s=60.0), "GET", url, {}).body
    found: list[dict[str, Any]] = msgspec.json.decode(body)["results"][0].get("series", [])
    return found
