"""Writes the state folders of a collector and of an agent as this version makes them.

`python -m tests.wire_history.state_now FOLDER`; see tests/vectors/earlier/README.md.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from collector import ledger_schema
from collector.opening import DERIVED
from collector.store import SCHEMA_VERSION
from edge_agent import spool_schema
from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Line
from evidence.clock import SteppedClock
from tests.unit.collector.agent_log import AgentLog, key_of
from tests.unit.collector.api import plant as made
from tests.unit.edge_agent import site
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink

PERIOD = "start=2026-03-29T16:00:00Z&end=2026-03-30T00:00:00Z"
CHANNELS = (made.LINE_1, made.POWER, made.GAS)


def collector_state(folder: Path) -> Mapping[str, object]:
    """Fills a state folder; what its software finds in it."""
    plant = made.Plant(folder)
    for kind, name, data in made.FILES:
        plant.log_file(plant.gw1, kind, name, data)
    plant.log_file(plant.gw2, *made.FILES[-1])
    for first in (0, 12, 24):
        streams = [made.stream(made.LINE_1, first, 12, (first + 5,))]
        streams += [made.stream(each, first, 12) for each in (made.POWER, made.GAS)]
        plant.take(plant.gw1, made.batch(plant.gw1, streams, () if first else made.records()))
        plant.take(plant.gw2, made.batch(plant.gw2, [made.stream(made.MILL, first, 12)]))
    other = AgentLog(agent="gw-2", key=key_of("gw-2"))
    other.grow([b"another history"])
    plant.bench.take(other.topic, other.message(0))
    plant.ledger.add_event(made.START_NS, "E_LEDGER_RESTORED", "accepted at 3 by Q. Wang")
    plant.judging.catch_up()
    found = _found(plant)
    plant.close()
    (folder / "derived.db").rename(folder / DERIVED)
    return found


def _found(plant: made.Plant) -> Mapping[str, object]:
    parts = plant.parts()
    asked = made.served(parts)
    answers = [asked.get(f"/api/v1/activity-data?channel={each}&{PERIOD}") for each in CHANNELS]
    parts.sources.close()
    lookup, head = plant.store.lookup, plant.ledger.head()
    hours = {each: lookup.windows(each, 0, 2**62) for each in (*CHANNELS, made.MILL)}
    return {
        "ledger_version": ledger_schema.SCHEMA.version,
        "store_version": SCHEMA_VERSION,
        "leaves": [hashlib.sha256(each.leaf).hexdigest() for each in plant.ledger.since(0)],
        "size": head.size,
        "root": head.root.hex(),
        "branches": [each.root.hex() for each in plant.ledger.branches()],
        "events": plant.ledger.events(),
        "hours": {
            name: {str(each.start_ns): each.value for each in found}
            for name, found in hours.items()
        },
        "statements": [
            {name: each[name] for name in ("digest", "channel", "value", "unit")}
            for answer in answers
            for each in answer.json()
        ],
    }


class Polling:
    """An agent that polls without an instrument, and a collector that can be reached or not."""

    def __init__(self, folder: Path) -> None:
        channels = ("active_energy_import", "active_power")
        path = site.installed(folder, site.device(channels=channels)).path
        site.write_certificate(folder)
        self.clock, self.network = SteppedClock(site.START_NS), SteppedClock(0)
        self.site: Installation = load_installation(path)
        lines = {"bus-1": Line([], clock=self.clock)}
        self.agent: Agent = open_agent(self.site, site.KEY, site.world(self.clock), lines=lines)
        self.collector = Collector(agent=site.KEY.verifier)
        self.link = CollectorLink(self.collector)
        attach_uplink(self.agent, self.link, COLLECTOR_KEY.verifier, self.network)
        self.kept: list[tuple[int, str, str]] = []

    def poll(self, count: int) -> None:
        for _ in range(count):
            self.clock.advance(60 * site.S)
            number = self.agent.spool.next_sequence("feeder-1")
            shown = (100.0 + number, 10.0 + number % 5)
            each = site.poll(self.site, self.clock.now_ns(), number, *shown)
            self.agent.keep([each])
            self.kept.append((number, each.readings[0].raw.hex(), each.readings[1].raw.hex()))

    def pump(self, times: int) -> None:
        for _ in range(times):
            self.agent.pump()
            self.network.advance(site.S)


def agent_state(folder: Path) -> Mapping[str, object]:
    """Fills an agent's folder: leaves with and without a receipt, polls that were not logged."""
    polling = Polling(folder)
    polling.link.connect()
    polling.poll(10)
    polling.agent.close_batch(polling.clock.now_ns())
    polling.pump(60)
    polling.link.cut()
    polling.poll(10)
    polling.agent.close_batch(polling.clock.now_ns())
    polling.pump(3)
    polling.poll(7)
    spool = polling.agent.spool
    epoch, size = spool.epoch, spool.size
    spool.close()
    (folder / "state" / "spool.ballast").unlink()
    return {
        "spool_version": spool_schema.VERSION,
        "epoch": epoch,
        "size": size,
        "polls": polling.kept,
        "now_ns": polling.clock.now_ns(),
        "leaves": [each.hex() for each in polling.collector.leaves[epoch]],
    }


def packed(folder: Path, expected: Mapping[str, object], path: Path) -> None:
    """A folder and what was found in it, as one file."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for each in sorted(folder.rglob("*")):
            if each.is_file() and each.name != "lock":
                file.write(each, str(each.relative_to(folder)))
        file.writestr("expected.json", json.dumps(expected, indent=1) + "\n")


def main(folder: Path) -> None:
    """Writes both files into `folder`."""
    ours, theirs = folder / "collector", folder / "agent"
    ours.mkdir(parents=True)
    name = f"ledger-{ledger_schema.SCHEMA.version}-derived-{SCHEMA_VERSION}.zip"
    packed(ours, collector_state(ours), folder / name)
    packed(theirs, agent_state(theirs), folder / f"spool-{spool_schema.VERSION}.zip")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
