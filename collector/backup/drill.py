"""A restore drill: a backup is put back beside everything, and has to prove itself."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from collector.archive.files import ARCHIVE
from collector.backup.errors import BackupAlteredError, BackupError
from collector.backup.manifest import Manifest
from collector.backup.restoring import put_back
from collector.enrolment.registered import Registered
from collector.errors import CollectorError, StoreError
from collector.journal_check import require_sound
from collector.journal_read import JOURNAL, read_journal
from collector.judging import Judging
from collector.ledger import open_ledger
from collector.ledger_check import first_damage
from collector.ledger_read import LedgerReader, read_ledger
from collector.store import Store
from evidence.audit.said import counted
from evidence.errors import CodedError, Words
from evidence.log.key import Verifier
from evidence.log.note import open_note
from evidence.log.receipt import open_receipt

DERIVED: Final = "derived.sqlite"
Outcome = Literal["ok", "failed", "not_checked"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a backup had to show: its name, what came of it, and what was seen."""

    name: str
    outcome: Outcome
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a restored state has to agree with.

    Attributes:
        registered: The agents that a state folder knows, with their sites; keys that were
            revoked are among them.
        collector: The collector's cosignature key; None where it is not at hand.
        journal: The journal's key; None where it is not at hand.
        accept_simulated: As configured.
        running: The state folder that is in use; None if that is lost.
    """

    registered: Callable[[Path], Registered]
    collector: Verifier | None
    journal: Verifier | None
    accept_simulated: bool
    running: Path | None


def drill(folder: Path, scratch: Path, expected: Expected) -> tuple[Step, ...]:
    """What a backup shows when it is put back into `scratch`, which must be empty.

    In this order: its files are as they were written and can be put back; the ledger opens,
    and every leaf stands where it was signed; agents' keys signed the logs, and the
    collector's the receipts; the journal's entries lead to its signed head; the ledger in use
    has the same leaves as far as the backup goes; what is derived from it anew equals what was
    derived before. After the first failure the others are not checked.
    """
    steps: list[Step] = []
    manifest: list[Manifest] = []

    def files() -> str:
        manifest.append(put_back(folder, scratch))
        if expected.running is not None and (expected.running / ARCHIVE).is_dir():
            (scratch / ARCHIVE).symlink_to(expected.running / ARCHIVE)
        return manifest[0].to_line()

    whole: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("files", files),
        ("ledger", lambda: _ledger(scratch, manifest[0])),
        ("signatures", lambda: _signatures(scratch, expected)),
        ("journal", lambda: _journal(scratch, manifest[0], expected.journal)),
        ("same as in use", lambda: _same(scratch, expected.running)),
        ("derived again", lambda: _derived(scratch, expected)),
    )
    for name, look in whole:
        broken = any(each.outcome == "failed" for each in steps)
        steps.append(
            Step(name=name, outcome="not_checked", said="") if broken else _seen(name, look)
        )
    return tuple(steps)


def _seen(name: str, look: Callable[[], str | None]) -> Step:
    try:
        said = look()
    except (CodedError, sqlite3.Error) as wrong:
        return Step(name=name, outcome="failed", said=str(wrong))
    return Step(name=name, outcome="not_checked" if said is None else "ok", said=said or "")


def _ledger(scratch: Path, manifest: Manifest) -> str:
    with open_ledger(scratch) as ledger:
        damage, head = first_damage(ledger), ledger.head()
    if damage is not None:
        raise damage
    if (head.size, head.root.hex()) != (manifest.ledger_size, manifest.ledger_root):
        what = Words("its head is not the manifest's", "账本头部与清单不符")
        raise BackupAlteredError(str(scratch), what=what)
    return f"{counted(head.size, 'leaf', 'leaves')}, root {head.root.hex()[:16]}"


def _signatures(scratch: Path, expected: Expected) -> str:
    logs = receipts = 0
    keys = expected.registered(scratch).agents.keys
    with read_ledger(scratch) as ledger:
        for agent, epoch in _logs(ledger):
            state = ledger.state(agent, epoch)
            open_note(state.note, keys)
            logs += 1
            if expected.collector is not None and state.receipt:
                receipts += _receipted(state.receipt, expected.collector, state.receipt_size)
    return f"{counted(logs, 'log', 'logs')}, {counted(receipts, 'receipt', 'receipts')}"


def _receipted(receipt: bytes, collector: Verifier, size: int) -> int:
    found = open_receipt(receipt, collector).checkpoint.size
    if found != size:
        what = Words(f"a receipt is over {found} leaves, not {size}", f"回执覆盖 {found} 个叶")
        raise BackupAlteredError("receipt", what=what)
    return 1


def _logs(ledger: LedgerReader) -> Iterator[tuple[str, str]]:
    for agent in ledger.agents():
        yield from ((agent, epoch) for epoch in ledger.epochs(agent))


def _journal(scratch: Path, manifest: Manifest, key: Verifier | None) -> str | None:
    if key is None or not (scratch / JOURNAL).exists():
        return None
    with read_journal(scratch, manifest.collector) as journal:
        return counted(require_sound(journal, key).size, "entry", "entries")


def _same(scratch: Path, running: Path | None) -> str | None:
    """Whether the ledger in use begins with all of the restored one."""
    if running is None:
        return None
    with read_ledger(scratch) as restored, read_ledger(running) as used:
        head, now = restored.head(), used.head()
        if used.root_at(head.size) != head.root:
            what = Words("the ledger in use has other leaves", "使用中的账本内容不同")
            raise BackupError(str(running), what=what)
    return f"{counted(now.size - head.size, 'leaf', 'leaves')} came since"


def _derived(scratch: Path, expected: Expected) -> str:
    """Hours made anew from the restored ledger, compared with those that were restored."""
    if not (scratch / DERIVED).exists():
        raise StoreError(str(scratch / DERIVED), what=Words("it is missing", "缺失"), limit="-")
    sites = expected.registered(scratch).sites
    with (
        read_ledger(scratch) as ledger,
        _store(scratch / "anew.sqlite") as anew,
        _store(scratch / DERIVED) as before,
    ):
        for store in (anew, before):
            simulated = expected.accept_simulated
            Judging(ledger, store, sites, accept_simulated=simulated).catch_up()
    hours, differing = _compared(scratch)
    if differing:
        what = Words(f"{differing} of {hours} hours differ", f"{hours} 个小时中 {differing} 个不同")
        raise HoursDifferError(str(scratch / DERIVED), what=what)
    return f"{hours} hours of channels equal"


class HoursDifferError(CollectorError):
    """What was derived before does not follow from the ledger any more."""

    code = "E_DRILL_DIFFERS"
    en = "{what}; another version of the software derived them: run `collector rebuild`, compare"
    zh = "{what}；可能由其他软件版本派生：请运行 `collector rebuild` 后比较"


@contextmanager
def _store(path: Path) -> Iterator[Store]:
    store = Store(lambda: sqlite3.connect(path))
    try:
        yield store
    finally:
        store.close()


_CURRENT: Final = (
    "SELECT '{table}', channel, start_ns, body FROM {schema}.{table} AS w WHERE version ="
    " (SELECT max(version) FROM {schema}.{table}"
    " WHERE channel = w.channel AND start_ns = w.start_ns)"
)


def _compared(scratch: Path) -> tuple[int, int]:
    """How many hours of channels follow from the ledger, and how many are not the same."""
    with closing(sqlite3.connect(scratch / "anew.sqlite")) as database:
        database.execute("ATTACH ? AS old", (str(scratch / DERIVED),))
        now, old = (
            " UNION ALL ".join(
                _CURRENT.format(schema=schema, table=table) for table in ("window", "mean")
            )
            for schema in ("main", "old")
        )
        ((hours,),) = database.execute(f"SELECT count(*) FROM ({now})")  # noqa: S608 - ours
        ((there,),) = database.execute(f"SELECT count(*) FROM ({old})")  # noqa: S608 - ours
        ((same,),) = database.execute(
            f"SELECT count(*) FROM (SELECT * FROM ({now}) INTERSECT SELECT * FROM ({old}))"  # noqa: S608
        )
    return int(hours), max(int(hours), int(there)) - int(same)
