"""The demo's processes: started in order, watched, and ended whatever happens."""

import json
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from threading import Event
from typing import Any, Final

from carbonmeter.broker import embedded_broker
from carbonmeter.children import Child, end_all, start, tail_of
from carbonmeter.cutoff import CutOff
from carbonmeter.demo_arrival import Arrival, arrivals
from carbonmeter.demo_config import (
    SITE,
    Ports,
    make_agent_key,
    show_page,
    write_agent,
    write_collector,
)
from carbonmeter.demo_lines import save_lines
from carbonmeter.demo_plan import write_plans
from carbonmeter.demo_stack import copy_profiles, write_derivation
from carbonmeter.demo_table import table
from carbonmeter.ports import free_port
from carbonmeter.progress import say
from evidence.clock import ScaledClock, SystemClock, parse_utc, start_scaled_clock, utc_text
from evidence.errors import CodedError, Words
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.stack.truth import Stack, co2_t

BEGIN: Final = "2026-01-06T05:20:00Z"
FIRST_HOUR: Final = "2026-01-06T06:00:00Z"
HOUR_NS: Final = 3_600_000_000_000
AGENTS: Final = {"line-1": "electricity", "line-2": "utilities", "line-3": "stack"}
STACK: Final = "boiler"
EXPECTED: Final = (
    f"{SITE}/{STACK}/co2",
    f"{SITE}/compressors/active_energy_import",
    f"{SITE}/cooling-water/volume_positive",
    f"{SITE}/furnace/active_energy_import",
    f"{SITE}/rolling-mill/active_energy_import",
    f"{SITE}/rolling-mill/active_power",
)
START_S: Final = 60.0
HOUR_SHARE_CUT: Final = (0.3, 0.8)  # of the first hour: the second agent is cut off
GRACE_S: Final = 120.0


class DemoError(CodedError):
    """A part of the demo did not start, ended, or did not deliver."""

    code = "E_DEMO"
    en = "{what}; what it said last:\n{said}"
    zh = "{what}；其最后输出：\n{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that runs, its collector's configuration, and the stack whose truth it knows.

    Attributes:
        arriving: Papers that come in while it runs.
    """

    clock: ScaledClock
    config: Path
    stack: Stack
    api: str
    relay: CutOff
    children: list[Child]
    arriving: Sequence[Arrival]


def run(*, factor: float, once: bool) -> list[dict[str, Any]]:
    """Runs the demo; with `once`, the rows of the first closed hour, else until Ctrl-C.

    Raises:
        DemoError: a part did not start or ended, or no hour was closed in time.
    """
    with _running(factor) as demo:
        if once:
            return _first_hour(demo)
        say(f"pages: {demo.api}/ for everybody at this machine, until somebody is added by")
        say(
            "  carbonmeter collector user add NAME --role ROLE --password --reason WHY "
            f"--config {demo.config}"
        )
        for each in demo.children:
            if each.page:
                say(f"page of the agent {each.name}: {each.page}")
        say(f"collector: {demo.api}/api/v1/activity-data (see /openapi.json); Ctrl-C ends it")
        _follow(demo)
        return []


@contextmanager
def _running(factor: float) -> Iterator[Demo]:
    """All processes of the demo, started in order; ended in reverse, whatever happens."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carbonmeter-demo-")))
        scenario = stack.enter_context(as_file(files("simulators") / "scenarios" / "factory.toml"))
        plant = load_plant(scenario)
        clock = start_scaled_clock(parse_utc(BEGIN), factor)
        copy_profiles(folder, scenario, plant)
        broker_port = free_port()
        broker = embedded_broker(folder, broker_port)
        stack.callback(broker.stop)
        relay = CutOff(broker_port)
        stack.callback(relay.close)
        children: list[Child] = []
        stack.callback(end_all, children)
        lines = _start_simulator(children, folder, scenario, clock)
        ports = Ports(broker=broker_port, relay=relay.port, api=free_port(), lines=lines)
        _start_rest(children, folder, plant, ports, clock)
        demo = Demo(
            clock=clock,
            config=folder / "collector.toml",
            stack=plant.stacks[STACK],
            api=f"http://127.0.0.1:{ports.api}",
            relay=relay,
            children=children,
            arriving=arrivals(folder / "papers", plant, AGENTS),
        )
        _await(demo, lambda: _fetch(demo, "/healthz") is not None, START_S, "the collector")
        save_lines(demo.config, clock)
        yield demo


def _start_simulator(
    children: list[Child], folder: Path, scenario: Path, clock: ScaledClock
) -> dict[str, int]:
    """The port of each line of the simulated factory."""
    say("simulated factory: eleven instruments on three Modbus lines, six of them of a stack")
    papers = folder / "papers"
    child = start(
        children,
        folder,
        "simulate",
        ["simulate", "run", str(scenario), "--certificates", str(papers), "--json"],
        clock,
        pipe=True,
    )
    said = child.process.stdout.readline() if child.process.stdout else ""
    if not said:
        raise DemoError(
            "simulate",
            what=Words("the simulator did not start", "仿真器未启动"),
            said=tail_of(child.log),
        )
    told = json.loads(said)
    return {line["line"]: line["port"] for line in told["lines"]}


def _start_rest(
    children: list[Child], folder: Path, plant: Plant, ports: Ports, clock: ScaledClock
) -> None:
    """The collector and the agents; the documents of the laboratory are there already."""
    write_derivation(folder / "papers", SITE, STACK, plant)
    write_plans(folder / "papers", SITE, STACK, plant, parse_utc(BEGIN))
    keys = {agent: make_agent_key(folder, agent) for agent in AGENTS}
    config, collector_key = write_collector(folder, ports, keys)
    say("collector, and three agents; the second one's wire will be cut for a while")
    start(children, folder, "collector", ["collector", "run", "--config", str(config)], clock)
    for agent, line in AGENTS.items():
        wire = ports.relay if agent == "line-2" else ports.broker
        path = write_agent(folder, agent, line, plant, wire, ports.lines[line], collector_key)
        page = show_page(path, free_port())
        child = start(children, folder, agent, ["agent", "run", "--config", str(path)], clock)
        children[-1] = replace(child, page=page)


def _first_hour(demo: Demo) -> list[dict[str, Any]]:
    """Rows of the first hour of all channels; the second agent is cut off for a part of it."""
    start_ns = parse_utc(FIRST_HOUR)
    cut, heal = (start_ns + round(share * HOUR_NS) for share in HOUR_SHARE_CUT)
    _wait_until(demo, cut, "the first hour runs; the wire of line-2 is cut")
    demo.relay.cut()
    _wait_until(demo, heal, "line-2 has polled on; its wire is mended")
    demo.relay.heal()
    end = utc_text(start_ns + HOUR_NS)
    rows: list[dict[str, Any]] = []

    def closed() -> bool:
        rows[:] = _hours(demo, FIRST_HOUR, end)
        return {row["channel"] for row in rows} >= set(EXPECTED)

    left_s = demo.clock.real_seconds_until(start_ns + HOUR_NS)
    _await(demo, closed, left_s + GRACE_S, "the first closed hour")
    say("the first hour is closed on all channels")
    say(_truth(demo, start_ns))
    return rows


def _truth(demo: Demo, start_ns: int) -> str:
    """What the simulator alone knows of an hour."""
    true_t = co2_t(demo.stack, start_ns, start_ns + HOUR_NS)
    return f"what only the simulator knows: {true_t:.2f} t of CO2 left the stack in that hour"


def _follow(demo: Demo) -> None:
    """Prints each hour when it is closed, until Ctrl-C."""
    start_ns = parse_utc(FIRST_HOUR)
    cut_ns, heal_ns = (start_ns + round(share * HOUR_NS) for share in HOUR_SHARE_CUT)
    arriving = list(demo.arriving)
    while True:
        now_ns = demo.clock.now_ns()
        while arriving and arriving[0].at_ns <= now_ns:
            arriving.pop(0).come_in(demo.children, demo.clock)
        (demo.relay.cut if cut_ns <= now_ns < heal_ns else demo.relay.heal)()
        if now_ns >= start_ns + HOUR_NS + HOUR_NS // 4:
            rows = _hours(demo, utc_text(start_ns), utc_text(start_ns + HOUR_NS))
            if rows:  # none once people are known, and this process is nobody
                print(table(rows), flush=True)  # noqa: T201 - what people came for
            say(_truth(demo, start_ns))
            start_ns += HOUR_NS
        _look_after(demo)
        Event().wait(0.25)


def _hours(demo: Demo, start: str, end: str) -> list[dict[str, Any]]:
    query = urllib.parse.urlencode({"start": start, "end": end, "by": "hour"})
    found = _fetch(demo, f"/api/v1/activity-data?{query}")
    return found if isinstance(found, list) else []


def _fetch(demo: Demo, path: str) -> Any:  # noqa: ANN401 - JSON
    """What the collector answers; None if it does not."""
    try:
        with urllib.request.urlopen(demo.api + path, timeout=5.0) as answer:  # noqa: S310 - loopback http
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
        return None


def _wait_until(demo: Demo, at_ns: int, words: str) -> None:
    while (left_s := demo.clock.real_seconds_until(at_ns)) > 0:
        _look_after(demo)
        Event().wait(min(left_s, 0.25))
    say(words)


def _await(demo: Demo, ready: Callable[[], bool], most_s: float, what: str) -> None:
    """Waits until `ready`.

    Raises:
        DemoError: it takes longer than `most_s`, or a process ended.
    """
    clock = SystemClock()
    until_ns = clock.monotonic_ns() + round(most_s * 1e9)
    while not ready():
        _look_after(demo)
        if clock.monotonic_ns() > until_ns:
            said = "\n".join(f"{each.name}: {tail_of(each.log)}" for each in demo.children)
            raise DemoError(
                "demo",
                what=Words(
                    f"{what} did not come within {most_s:.0f} s",
                    f"{what} 未在 {most_s:.0f} 秒内完成",
                ),
                said=said,
            )
        Event().wait(0.25)


def _look_after(demo: Demo) -> None:
    for child in demo.children:
        if child.process.poll() is not None:
            what = f"'{child.name}' ended with exit code {child.process.returncode}"
            raise DemoError(child.name, what=what, said=tail_of(child.log))
