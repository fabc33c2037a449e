"""That a month was archived, in the journal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from collector.archive.files import Month
from collector.journal import open_journal
from collector.people.administration import at_this_machine
from evidence.clock import Clock
from evidence.log.entry import Action


@contextmanager
def entering(
    state_dir: Path, collector: str, clock: Clock, by: str | None
) -> Iterator[Callable[[Month], int]]:
    """Enters months as they are archived, with their digests and the ledger's root.

    Raises:
        JournalError: The journal cannot be used.
    """
    doer = at_this_machine(by)
    with open_journal(state_dir, collector, clock) as journal:

        def enter(month: Month) -> int:
            act = doer.act(Action.ARCHIVED, month.month, "a settled month was moved to the archive")
            new = {
                "first": month.first,
                "last": month.last,
                "leaves_sha256": month.leaves.sha256,
                "index_sha256": month.index.sha256,
                "root": month.root,
            }
            return journal.record(replace(act, new=new))

        yield enter
