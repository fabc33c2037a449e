"""Questions while the collector works, is killed, loses its broker, and has its disk full.

Fault matrix row 27. The collector's state is on a small disk of its own; the questions are made
from the description that it serves itself. A question that a death cut off is asked again.
"""

import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import requests
from fastapi import Request, Response
from schemathesis import Case

from collector.api import app
from collector.cli import collector
from collector.rights import Role
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.fuzzing import Answer, Fuzz, Question
from tests.faults.launcher import MODULE, environment
from tests.faults.replaced import replaced
from tests.faults.small_disk import fill, free, small_disk
from tests.system.ledger_truth import quietly
from tests.system.ready import listens
from tests.system.works import Embedded, Terms, Works, printed, until
from tests.unit.collector.api.plant import Plant, served

FIGURE: Final = 10_000
EACH: Final = 8
"""Questions of each operation and kind, a round."""
PAST: Final = "operations let in: "
TURNS: Final = (Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR, Role.ENGINEER)
"""Who may write first, for the plainest questions come first; then nobody, before the others."""
DISK_MiB: Final = 48
BACK_S: Final = 30.0
TERMS: Final = Terms(meters=2, period_s=0.5, readings=2)
KNOWN: Final = {
    "channel": (
        "works/meter-1/active_energy_import",
        "works/meter-2/active_energy_import",
        "works/~scale/steel",
    ),
    "channels": ("works/meter-1/active_energy_import,works/meter-2/active_energy_import",),
    "measured": ("works/meter-1/active_energy_import",),
    "calculated": ("works/meter-2/active_energy_import",),
    "start": ("2026-01-01T00:00:00Z",),
    "end": ("2030-01-01T00:00:00Z",),
    "agent": ("line-1",),
    "serial": ("SN-1",),
    "site": ("works",),
    "unit": ("kW.h", "t", "no unit"),
    "kind_of_quantity": ("active_energy", "mass"),
    "reason": ("it was read again",),
    "format": ("csv", "brightway", "parquet"),
}


@dataclass(slots=True, kw_only=True)
class Trouble:
    """What is done to a works meanwhile, in a thread; `chance` decides.

    Attributes:
        works: To whom.
        disk: Of the collector.
        chance: Decides what and when.
        answers: How many questions were answered so far; some are between two troubles, however
            slow the machine is.
        tally: What was done.
        failed: What went wrong in doing it.
    """

    works: Works
    disk: Path
    chance: random.Random
    answers: Callable[[], int]
    tally: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)

    def _run(self) -> None:
        try:
            while self._some_answers():
                self.chance.choice((self._kill, self._fill, self._fill, self._part))()
        except AssertionError as wrong:
            self.failed.append(str(wrong))

    def _some_answers(self) -> bool:
        """Waits for some answers; False if there is enough of it."""
        wanted = self.answers() + self.chance.randint(10, 100)
        while self.answers() < wanted:
            if self._enough.wait(0.02):
                return False
        return not self._enough.is_set()

    def _kill(self) -> None:
        self.works.collector.kill()
        self._enough.wait(self.chance.uniform(0, 0.3))
        self.works.collector.start()
        until(lambda: listens(self.works), "the collector answers again")
        self.tally["kills"] += 1

    def _fill(self) -> None:
        _fill(self.disk, self.chance.choice((0, 4_096, 40_000, 1_000_000)))
        self._enough.wait(self.chance.uniform(0.5, 2.0))
        free(self.disk)
        self.tally["fills"] += 1

    def _part(self) -> None:
        self.works.broker.kill()
        self._enough.wait(self.chance.uniform(0, 0.5))
        self.works.broker.start()
        self.tally["broker deaths"] += 1

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Makes trouble until the block ends, and puts everything right."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()


def _fill(disk: Path, leave_bytes: int) -> None:
    """Fills a disk, unless the collector was faster."""
    with suppress(OSError):
        fill(disk, leave_bytes)


@contextmanager
def on_a_small_disk(folder: Path) -> Iterator[tuple[Works, Path, list[str]]]:
    """A works that runs, whose collector keeps its state on a disk of 48 MiB.

    Besides it the disk, and what holders of a token of each role show.
    """
    works = Works(folder, Embedded(folder=folder), TERMS)
    works.agent.module, works.agent.env = MODULE, environment(factor=10.0)
    with small_disk(folder / "disk", DISK_MiB) as disk:
        state = works.collector_dir / "state"
        shutil.move(state, disk / "state")
        state.symlink_to(disk / "state")
        bearers = [bearer_of(works.collector_dir / "collector.toml", role) for role in TURNS]
        try:
            works.broker.start()
            works.collector.start()
            works.agent.start()
            works.delivered(3)
            until(lambda: listens(works), "the collector answers")
            yield works, disk, bearers
        finally:
            works.close()


def bearer_of(config: Path, role: Role) -> str:
    """What a new token of a role shows, issued by the command a person uses."""
    words = ["token", "new", "--name", role.value, "--role", role.value, "--config", str(config)]
    words += ["--reason", "for the test"]
    return "Bearer " + printed(lambda: collector(words))


def fuzz_of(works: Works, bearers: Sequence[str]) -> Fuzz:
    """Questions to a works' collector, of nobody and of those who show a token."""
    config = (works.collector_dir / "collector.toml").read_text()
    port = int(config.partition("[api]\nport = ")[2].split()[0])
    url, session = f"http://127.0.0.1:{port}", requests.Session()
    session.trust_env = False

    def ask(case: Question) -> Answer | None:
        answers: list[Answer] = []

        def answered() -> bool:
            try:
                answers.append(case.call(base_url=url, session=session, timeout=BACK_S))
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                return False
            return True

        with suppress(AssertionError):
            until(answered, f"{case.method} {case.path} was answered")
        return answers[0] if answers else None

    description = session.get(f"{url}/openapi.json", timeout=BACK_S).json()
    in_turn = [*bearers[:2], "", *bearers[2:]]
    return Fuzz(description=description, known=KNOWN, ask=ask, bearers=in_turn)


def played(seed: int, folder: Path, each: int) -> tuple[Sequence[str], Tally]:
    """What was wrong in a round, and what happened in it."""
    with on_a_small_disk(folder) as (works, disk, bearers):
        fuzz = fuzz_of(works, bearers)
        chance = random.Random(seed)
        trouble = Trouble(works=works, disk=disk, chance=chance, answers=fuzz.tally.total)
        with trouble.going_on():
            fuzz.run(seed, each)
        before = works.leaves
        until(lambda: works.leaves > before or bool(trouble.failed), "leaves are taken again")
    tally = {f"answers {status}": count for status, count in fuzz.tally.items()}
    past = {f"{PAST}{name}": fuzz.past[name] for name in fuzz.asked}
    calls = fuzz.tally.total()
    return [*trouble.failed, *fuzz.wrong], {"calls": calls, **trouble.tally, **tally, **past}


def play(seed: int, folder: Path, each: int = EACH) -> Tally:
    """A round: a question after the other, while everything happens."""
    wrong, tally = played(seed, folder, each)
    assert not wrong, "\n".join(wrong)
    return tally


def closes(tally: Tally) -> None:
    """Whether there was trouble, answers that say so, and questions let in to each operation."""
    lacking = [name for name in ("kills", "fills", "broker deaths") if not tally.get(name)]
    assert not lacking, lacking
    assert tally.get("answers 503", 0), "no answer ever was: not now"
    unreached = [name for name, count in tally.items() if name.startswith(PAST) and not count]
    assert not unreached, unreached


async def _goes_on(_: Request, error: Exception) -> Response:
    """In the place of what makes a problem of an error that has a code."""
    raise error


def _untold(seed: int, folder: Path) -> Sequence[str]:
    """What is found where nothing happens to the collector, but errors are told as they are."""
    plant = Plant(folder)
    plant.log_profile()
    parts = plant.parts()
    with quietly(), replaced(app, "_refused", _goes_on):
        asked = served(parts)
        description = msgspec.json.decode(asked.get("/openapi.json").content)
        fuzz = Fuzz(description=description, known=KNOWN, ask=partial(Case.call, app=asked.app))
        fuzz.run(seed, EACH, only="/api/v1/readings")
    parts.sources.close()
    plant.close()
    return fuzz.wrong


FUZZED: Final = Campaign(
    name="fuzzed-api",
    rows=(27,),
    fault="questions made from the OpenAPI description, half of which break it, by nobody and "
    "holders of tokens of all four roles in turn, while leaves come in, the collector is killed, "
    "its broker is killed, and its disk is full",
    holds="no 5xx but 501, 503 and 507; every refusal is a problem+json; status, media type, "
    "headers and body of every answer fit the description; each operation "
    "is come to by somebody who may; leaves are taken again afterwards",
    counted="calls",
    figure=FIGURE,
    play=play,
    closes=closes,
    controls=(Control(defence="an error that has a code is told as a problem", find=_untold),),
)
