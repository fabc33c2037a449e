"""Upgrade and downgrade while leaves wait: two versions of the software on one state directory.

Fault matrix row 28. The next version is a copy of this tree whose spool, ledger and derived
store have a later schema with nothing but an empty table in it; it runs from its own folder.
"""

import re
import shutil
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import collector.ledger_read
from collector.ledger_schema import SCHEMA
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.histories import found_by
from tests.system.works import ROOT, Command, Embedded, Works, until

PACKAGES = (
    *("calibration", "carbonmeter", "collector", "device_profiles"),
    *("edge_agent", "evidence", "simulators"),
)
_STEPS = r"_STEPS: Final = \((.*?),?\)\n"
RAISED: Mapping[str, tuple[str, str]] = {
    "edge_agent/spool_schema.py": (
        _STEPS,
        r'_STEPS: Final = (\1, "CREATE TABLE later (note TEXT) STRICT;")' + "\n",
    ),
    "collector/ledger_schema.py": (r"steps=\((.*?),?\),\n", r"steps=(\1, ())," + "\n"),
    "evidence/software.py": (r'VERSION: Final = "(.*)"', r'VERSION: Final = "\1.post1"'),
}


def next_version(folder: Path) -> Path:
    """A copy of the packages with later schemas, in `folder`.

    Nothing but the three places is another; each must be there exactly once.
    """
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    for name, (pattern, replacement) in RAISED.items():
        path = folder / name
        text, count = re.subn(pattern, replacement, path.read_text("utf-8"))
        assert count == 1, f"{name}: {count} places"
        path.write_text(text, "utf-8")
    path = folder / "collector/store.py"
    text, count = re.subn(
        r"SCHEMA_VERSION = (\d+)",
        lambda found: f"SCHEMA_VERSION = {int(found[1]) + 1}",
        path.read_text("utf-8"),
    )
    assert count == 1
    path.write_text(text, "utf-8")
    return folder


def installed(command: Command, folder: Path | None) -> None:
    """The command runs the packages in `folder` from now on; this tree's if None."""
    found = {} if folder is None else {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(folder)}
    command.env = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the rounds are gone: who is upgraded first, and what is killed rather than ended."""

    agent_first: bool
    kills: tuple[bool, ...]


def upgrade(seed: int, folder: Path, module: str = "carbonmeter.cli") -> Tally:
    """One round: up with leaves waiting, refused on the way down, on with the newer.

    Args:
        seed: Decides the way.
        folder: Empty.
        module: What the older version's command is when it meets what the newer wrote.
    """
    rng = Random(seed)
    way = Way(agent_first=rng.random() < 0.5, kills=tuple(rng.random() < 0.5 for _ in range(4)))
    broker = Embedded(folder=folder)
    works = Works(folder, broker)
    with ExitStack() as ends:
        ends.callback(works.close)
        broker.start()
        newer = next_version(folder / "next-version")
        backlog(works, rng, way)
        for agent_now in (way.agent_first, not way.agent_first):
            (up_agent if agent_now else up_collector)(works, newer, way, module)
            if not agent_now:
                later = replace(SCHEMA, steps=(*SCHEMA.steps, ()))
                ends.enter_context(replaced(collector.ledger_read, "SCHEMA", later))
        return delivered(works)


def backlog(works: Works, rng: Random, way: Way) -> None:
    """Some leaves are delivered; then the collector is gone and more wait."""
    works.collector.start()
    works.agent.start()
    works.delivered(1)
    ended(works.collector, kill=way.kills[0])
    works.polled(rng.randint(10, 60))
    ended(works.agent, kill=way.kills[1])
    works.committed.update(works.spool().polls)


def ended(command: Command, *, kill: bool) -> None:
    if kill:
        command.kill()
    else:
        assert command.end() == 0, command.said()


def up_agent(works: Works, newer: Path, way: Way, module: str) -> None:
    """The newer agent takes the spool with what waits; the older refuses it afterwards."""
    installed(works.agent, newer)
    works.agent.start()
    works.polled(20)
    ended(works.agent, kill=way.kills[2])
    works.committed.update(works.spool().polls)
    files = (works.agent_dir / "state" / "spool.sqlite",)
    words = ("agent", "once", "--wait", "1", "--config", str(works.agent_dir / "agent.toml"))
    refused(works.agent, words, ("E_SPOOL_VERSION", 69, module), files)


def up_collector(works: Works, newer: Path, way: Way, module: str) -> None:
    """The newer collector takes the ledger; the older refuses it afterwards."""
    installed(works.collector, newer)
    works.collector.start()
    ended_when_ready(works, kill=way.kills[3])
    state = works.collector_dir / "state"
    files = (state / "ledger.db", state / "derived.sqlite")
    words = ("collector", "rebuild", "--config", str(works.collector_dir / "collector.toml"))
    refused(works.collector, words, ("E_LEDGER_NEWER", 78, module), files)


def ended_when_ready(works: Works, *, kill: bool) -> None:
    """Lets the newer collector bring its files up; then it ends."""
    state = works.collector_dir / "state"
    newer = SCHEMA.version + 1
    until(lambda: version_of(state / "ledger.db") == newer, "the ledger is of the next version")
    settings = (works.collector_dir / "collector.toml").read_text("utf-8")
    port = re.search(r"\[api\]\nport = (\d+)", settings)
    assert port is not None
    until(lambda: listening(int(port[1])), "the newer collector runs")
    ended(works.collector, kill=kill)


def refused(
    command: Command, words: tuple[str, ...], says: tuple[str, int, str], files: tuple[Path, ...]
) -> None:
    """The older version refuses with a code, and the files hold what they held."""
    code, status, module = says
    newer, command.env, command.module = command.env, {}, module
    before = [content(each) for each in files]
    printed = command.log.read_text()
    found = command.run(*words)
    said = command.log.read_text().removeprefix(printed)
    command.env, command.module = newer, "carbonmeter.cli"
    assert [content(each) for each in files] == before, "the older version touched it"
    assert (found, code in said) == (status, True), f"exit code {found}: {said[-300:]}"
    assert "Traceback" not in said


def listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def version_of(path: Path) -> int:
    try:
        db = sqlite3.connect(path)
        try:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
        finally:
            db.close()
    except sqlite3.Error:
        return 0


def content(path: Path) -> tuple[int, list[str]]:
    """Version and all rows of a database."""
    version = version_of(path)
    db = sqlite3.connect(path)
    try:
        return version, list(db.iterdump())
    finally:
        db.close()


def delivered(works: Works) -> Tally:
    """The newer versions deliver what waits; the oracle looks at every poll."""
    works.collector.start()
    works.agent.start()
    works.delivered(1)
    works.drain()
    kept = works.check()
    return {"rounds": 1, "polls": len(kept), "refusals": 2}


def blind(seed: int, folder: Path) -> list[str]:
    """The older version does not look at the schema's number."""
    return found_by(lambda: upgrade(seed, folder, "tests.system.unversioned"))


UPGRADE = Campaign(
    name="upgrade-and-downgrade",
    rows=(28,),
    fault="agent and collector are upgraded one after the other while leaves wait, ended or "
    "killed between; the older version is started on what the newer wrote",
    holds="the newer takes over spool, ledger and derived data; the older refuses with a code "
    "and changes no row; every poll arrives once, in its one epoch",
    counted="rounds",
    figure=20,
    play=upgrade,
    controls=(Control(defence="the older version checks the schema's number", find=blind),),
)
