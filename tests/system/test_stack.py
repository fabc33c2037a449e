"""A stack through all processes, and a K_v that is corrected after its hours were stated."""

import json
import math
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from carbonmeter.broker import embedded_broker
from carbonmeter.demo_config import (
    SITE,
    Ports,
    make_agent_key,
    write_agent,
    write_collector,
)
from carbonmeter.demo_stack import copy_profiles, write_derivation
from carbonmeter.ports import free_port
from evidence.clock import parse_utc, start_scaled_clock
from simulators.load import load_plant, shipped
from tests.system.command import Command, until

AGENT: Final = "line-3"
BEGIN: Final = "2026-01-06T05:40:00Z"
DAY: Final = ("2026-01-06T06:00:00Z", "2026-01-07T00:00:00Z")
"""Of hours any may be the first that is read: a busy machine starts late."""
FACTOR: Final = 600.0
PERIOD_s: Final = 300
"""Of the polls: 0.5 s of real time, which a busy machine keeps."""
SCENARIO: Final = shipped(Path("factory"))
STACK: Final = "boiler"
WRONG: Final = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A stack, an agent, a broker and a collector; `papers` is the agent's folder."""

    papers: Path
    agent: Command
    api: str

    def stated(self) -> dict[str, Any] | None:
        """The first hour's CO2 as it is stated now; None while there is none, or no collector."""
        start, end = DAY
        query = {"channel": f"{SITE}/{STACK}/co2", "start": start, "end": end, "by": "hour"}
        try:
            answer = httpx.get(f"{self.api}/api/v1/activity-data", params=query)
        except httpx.TransportError:
            return None
        rows = answer.json() if answer.status_code == httpx.codes.OK else []
        read = [row for row in rows if row["completeness"]["present"]]
        return read[0] if read else None

    def by_digest(self, digest: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.api}/api/v1/activity-data/{digest}").raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as opened:
        yield _started(opened, tmp_path)


def _started(opened: ExitStack, folder: Path) -> Site:
    plant, papers = load_plant(SCENARIO), folder / "papers"
    clock = start_scaled_clock(parse_utc(BEGIN), FACTOR).to_text()

    def command(name: str, *words: str) -> Command:
        made = Command(words=(*words, "--clock", clock), log=folder / f"{name}.log")
        made.start()
        opened.callback(lambda: made.end() if made.process is not None else 0)
        return made

    written = ("--certificates", str(papers), "--json")
    simulator = command("simulate", "simulate", "run", str(SCENARIO), *written)
    until(lambda: "\n" in simulator.log.read_text(), "the simulator")
    told = json.loads(simulator.log.read_text().splitlines()[0])
    lines = {each["line"]: each["port"] for each in told["lines"]}
    copy_profiles(folder, SCENARIO, plant)
    write_derivation(papers, SITE, STACK, plant)
    port, api = free_port(), free_port()
    broker = embedded_broker(folder, port)
    opened.callback(broker.stop)
    ports = Ports(broker=port, relay=port, api=api, lines=lines)
    collector, key = write_collector(folder, ports, {AGENT: make_agent_key(folder, AGENT)})
    agent = write_agent(folder, AGENT, "stack", plant, port, lines["stack"], key)
    slower = agent.read_text().replace("period_s = 60.0", f"period_s = {PERIOD_s}.0")
    agent.write_text(slower)
    command("collector", "collector", "run", "--config", str(collector))
    return Site(
        papers=papers,
        agent=command("agent", "agent", "run", "--config", str(agent)),
        api=f"http://127.0.0.1:{api}",
    )


def corrected(papers: Path) -> None:
    """Puts a K_v into the folder that holds from before the stated hours on."""
    (first,) = papers.glob("SET-KV-*.toml")
    held = tomllib.loads(first.read_text())["after"]["value"]
    text = first.read_text().replace('id = "SET-', 'id = "LATE-')
    text = text.replace("effective_from = 2026-01-06T00:00:00Z", f"effective_from = {DAY[0]}")
    text = text.replace("recorded_at = 2026-01-06T00:00:00Z", "recorded_at = 2026-01-06T12:00:00Z")
    text = text.replace(f"value = {held!r}", f"value = {held * WRONG!r}")
    (papers / "LATE-KV.toml").write_text(text)


def test_a_k_v_that_is_corrected_later_supersedes_the_stated_hour(site: Site) -> None:
    until(lambda: site.stated() is not None, "an hour stated")
    assert site.agent.end() == 0
    first = site.stated()
    assert first is not None
    corrected(site.papers)
    site.agent.start()
    until(lambda: (site.stated() or first)["digest"] != first["digest"], "another statement")
    second = site.stated()
    assert second is not None
    assert second["supersedes"] == first["digest"]
    assert math.isclose(second["value"], WRONG * first["value"], rel_tol=1e-9)
    assert site.by_digest(first["digest"])["value"] == first["value"]
