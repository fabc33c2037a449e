"""Certificates are superseded, corrected or withdrawn after a day was stated, sealed and locked.

Fault matrix row 26. The old statement and its bundle stand; what follows is a new version with its
reason; both are shown, with exact totals; what is locked stands until a person unlocks it.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import msgspec

import collector.api.again
from collector.api.locked import LockedStatements
from collector.as_known import stated_as_known
from collector.bundle_held import Held
from collector.bundling import choose
from collector.judging import Judging
from collector.rights import Role
from collector.store import Store
from evidence.bundle.form import Key
from evidence.bundle.outcome import Result
from evidence.bundle.verify import verify
from evidence.bundle.writing import write_bundle
from evidence.clock import utc_text
from evidence.statement.datum import ActivityData
from evidence.statement.locks import Act
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.restated_papers import HOUR_NS, Papers
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import FILES, LINE_1, POLLS_A_DAY, Plant, batch, stream
from tests.unit.collector.api.writing import Person, person

BASE = "/api/v1/activity-data"
DAY = f"{BASE}?channel={LINE_1}&start=2026-03-30&end=2026-03-31"
NEAR = Fraction(1, 10**12)
WHY = {"reason": "the day is closed"}


class FoundError(AssertionError):
    """What the oracle found."""


def require(holds: object, what: str) -> None:
    if not holds:
        raise FoundError(what)


def near(found: float, exact: Fraction, scale: Fraction) -> bool:
    return abs(Fraction(found) - exact) <= NEAR * abs(scale)


@dataclass(slots=True)
class Round:
    """A collector, the papers of one meter, and all that was stated of one of its days.

    Attributes:
        stated: (instant, statement as it was answered) of every question, in order.
        locked: The statement that was locked.
        sealed: The bundle of the first statement.
    """

    plant: Plant
    rng: Random
    clerk: Person
    papers: Papers
    stated: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    locked: dict[str, Any] | None = None
    sealed: bytes = b""
    tally: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("restatements", "locked", "rebuilt"), 0)
    )

    def pass_time(self) -> None:
        hours = self.rng.randint(1, 72)
        self.plant.bench.clock.set_to(self.plant.bench.clock.now_ns() + hours * HOUR_NS)

    def state(self) -> dict[str, Any]:
        """What the day is stated to be; remembered, once it is a new version."""
        (found,) = self.clerk.read(DAY)
        assert isinstance(found, dict)
        if not self.stated or found != self.stated[-1][1]:
            self.stated.append((self.plant.bench.clock.now_ns(), found))
        return found

    def begin(self) -> None:
        first = self.state()
        require(near(first["value"], self.papers.exact(), self.papers.exact()), "the first total")
        self.sealed = self.bundle(first["digest"])
        if self.rng.random() < 0.4:
            for what in ("release", "lock"):
                self.clerk.does(f"{BASE}/{first['digest']}/{what}", WHY)
            self.locked = first
            self.tally["locked"] += 1

    def restate(self) -> None:
        """One paper that changes the past, and everything that must hold after it."""
        self.pass_time()
        before_exact, before = self.papers.exact(), self.stated[-1][1]
        certificate = self.papers.change()
        self.judge()
        self.pass_time()
        touched = self.clerk.read(f"{BASE}/touched?certificate={certificate}")
        after_exact, after = self.papers.exact(), self.state()
        if self.locked is not None:
            self.check_locked(after, after_exact)
        else:
            self.check_version(before, after, after_exact)
            self.check_touched(touched, before, after, after_exact - before_exact)
        self.check_past()
        self.tally["restatements"] += 1

    def judge(self) -> None:
        """The judge goes on, or all that is derived is made anew."""
        if self.rng.random() < 0.3:
            self.plant.store.forget()
            self.plant.judging = Judging(self.plant.ledger, self.plant.store, self.plant.sites)
            self.tally["rebuilt"] += 1
        self.plant.judging.catch_up()

    def check_version(self, before: dict[str, Any], after: dict[str, Any], exact: Fraction) -> None:
        require(near(after["value"], exact, exact), f"the total is {after['value']!r}")
        earlier = {each["digest"]: each for _, each in self.stated[:-1]}
        if after["digest"] in earlier:  # it is true again
            require(after == earlier[after["digest"]], "what was stated before is another one")
        elif after["digest"] != before["digest"]:
            require(after["supersedes"] == before["digest"], "the chain of versions")

    def check_locked(self, answered: dict[str, Any], exact: Fraction) -> None:
        """What is locked is answered; what would be stated shows beside it."""
        require(answered == self.locked, "the locked statement does not stand")
        (row,) = self.clerk.read(f"{BASE}/locked?compare=true")
        require(row["digest"] == answered["digest"], "another one is locked")
        moved = row["difference"]
        value = answered["value"] if moved is None else moved["after"]["value"]
        require(near(value, exact, exact), f"beside the lock stands {value!r}")
        if moved is not None:
            found = Fraction(moved["difference"])
            require(
                near(float(found), exact - Fraction(answered["value"]), exact), "the difference"
            )

    def check_touched(
        self,
        touched: dict[str, Any],
        before: dict[str, Any],
        after: dict[str, Any],
        moved: Fraction,
    ) -> None:
        rows = touched["statements"]
        if after["digest"] == before["digest"]:
            require(rows == [], "what did not change is said to be touched")
            return
        require(len(rows) == 1, f"{len(rows)} statements are said to be touched")
        found = rows[0]["difference"]
        require(found["before"]["digest"] == before["digest"], "touched: another one before")
        require(found["after"]["digest"] == after["digest"], "touched: another one after")
        require(near(found["difference"], moved, self.papers.exact()), "touched: the difference")
        require(found["in_common_unit"]["unit"] == "kW.h", "touched: the unit")

    def check_past(self) -> None:
        """Every version that was stated is there, and was what had been known at its time."""
        for at_ns, datum in self.stated:
            kept = self.clerk.get(f"{BASE}/{datum['digest']}")
            require(kept.status_code == 200, f"{datum['digest']} cannot be read any more")
            require(kept.json() == datum, f"{datum['digest']} is another one")
            known = self.clerk.read(f"{DAY}&as_of={utc_text(at_ns)}")
            require(known == [datum], f"as of {utc_text(at_ns)} something else was known")

    def check_seal(self) -> None:
        """The bundle of the first statement verifies as it did; each version's can be made."""
        self.check_bundle(self.sealed, self.stated[0][1])
        for _, datum in self.stated:
            self.check_bundle(self.bundle(datum["digest"]), datum)

    def check_bundle(self, data: bytes, datum: dict[str, Any]) -> None:
        found = verify(io.BytesIO(data))
        failed = [each.id for each in found.outcomes if each.result is Result.FAILED]
        require(not failed, f"the bundle of {datum['digest']}: {failed}")
        sealed = msgspec.json.decode(msgspec.json.encode(found.bundle.datum))
        require(sealed == datum, "the sealed datum")

    def bundle(self, digest: str) -> bytes:
        logs = (self.plant.gw1, self.plant.gw2)
        keys = [Key(role="agent", of=e.agent, line=e.key.verifier.to_text()) for e in logs]
        own = Key(role="collector", of="collector-1", line=SIGNER.verifier.to_text())
        held = Held(
            lookup=self.plant.store.lookup,
            ledger=self.plant.ledger,
            sites=self.plant.sites,
            keys=(*keys, own),
        )
        file = io.BytesIO()
        write_bundle(file, choose(held, digest))
        return file.getvalue()

    def unlock(self) -> None:
        """A person unlocks it: the latest version counts, and supersedes the one that stood."""
        if self.locked is None:
            return
        self.clerk.does(f"{BASE}/{self.locked['digest']}/unlock", WHY)
        held, self.locked = self.locked, None
        self.check_version(held, self.state(), self.papers.exact())


@contextmanager
def opened(seed: int, folder: Path) -> Iterator[Round]:
    plant = Plant(folder)
    try:
        for kind, name, data in FILES:
            if name in ("e-1.toml", "k-1.toml"):
                plant.log_file(plant.gw1, kind, name, data)
        plant.log_profile()
        plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, POLLS_A_DAY + 8)]))
        plant.judging.catch_up()
        rng = Random(seed)
        clerk = person(plant, "wang", Role.ADMINISTRATOR)
        yield Round(plant=plant, rng=rng, clerk=clerk, papers=Papers(plant=plant, rng=rng))
    finally:
        plant.close()


def play(seed: int, folder: Path) -> Tally:
    """A day that is stated, sealed, perhaps locked, and restated one to four times."""
    with opened(seed, folder) as played:
        played.begin()
        for _ in range(played.rng.randint(1, 4)):
            played.restate()
        played.unlock()
        played.check_past()
        played.check_seal()
        return played.tally


def _closes(total: Tally) -> None:
    if total["restatements"] >= 100:
        assert total["locked"] >= 10
        assert total["rebuilt"] >= 10


def _found(*defences: tuple[object, str, object]) -> Callable[[int, Path], Sequence[str]]:
    """What the oracle finds with something taken away."""

    def find(seed: int, folder: Path) -> Sequence[str]:
        try:
            _without(defences, seed, folder)
        except FoundError as wrong:
            return [str(wrong)]
        return []

    return find


def _without(defences: Sequence[tuple[object, str, object]], seed: int, folder: Path) -> None:
    if not defences:
        play(seed, folder)
        return
    with replaced(*defences[0]):
        _without(defences[1:], seed, folder)


_STATE = Store.state_activity


def _in_its_place(store: Store, datum: ActivityData, stated_ns: int) -> ActivityData:
    """A new version takes the place of the one before."""
    kept = _STATE(store, datum, stated_ns)
    if kept.supersedes is not None:
        store._db.execute("DELETE FROM activity WHERE digest=?", (kept.supersedes,))
    return kept


def _never_late(_store: Store) -> bool:
    return False


def _nothing_locked(
    _locked: LockedStatements,
    _channel: str,
    _spans: Sequence[tuple[int, int]],
    *,
    under_plan: bool,  # noqa: ARG001 - as there
) -> dict[tuple[int, int], Act]:
    return {}


def _all_known(
    held: Held, channel: str, spans: Sequence[tuple[int, int]], _known_ns: int, software: str
) -> list[ActivityData]:
    """Whatever instant is asked for, all that is known now counts."""
    return stated_as_known(held, channel, spans, 2**62, software)


RESTATED = Campaign(
    name="restated",
    rows=(26,),
    fault="a day's certificates are corrected, come late or are withdrawn after it was stated, "
    "sealed and perhaps locked; in between all that is derived is made anew",
    holds="each total is that of exact fractions within 1e-12; every earlier version is read byte "
    "for byte, and is what is told as of its instant; the first bundle, and that of each version, "
    "verifies; what was touched "
    "is named with its difference; what is locked stands until a person unlocks it",
    counted="restatements",
    figure=500,
    play=play,
    closes=_closes,
    controls=(
        Control(
            defence="versions are kept",
            find=_found((Store, "state_activity", _in_its_place)),
        ),
        Control(
            defence="hours are judged again when a paper comes late",
            find=_found((Store, "is_late", _never_late)),
        ),
        Control(defence="locks", find=_found((LockedStatements, "within", _nothing_locked))),
        Control(
            defence="only what had been received counts as of an instant",
            find=_found((collector.api.again, "stated_as_known", _all_known)),
        ),
    ),
)
