"""`collector rebuild parquet`: the lake of a configuration, made again."""

from pathlib import Path

from collector.config import CollectorConfig
from collector.enrolment.registrar import registered_agents
from collector.journal import open_journal
from collector.judging import Judging
from collector.ledger_read import LedgerReader
from collector.opening import open_store
from collector.views.parquet import Lake, open_lake
from collector.views.parquet_entered import enter
from collector.views.parquet_errors import LakeDayError, LakeNotSetError
from collector.views.parquet_gather import day_number
from collector.views.parquet_list import Listing
from collector.views.parquet_rebuild import Days, Rebuilt, rebuild
from evidence.clock import SystemClock
from evidence.errors import Words


def days_asked(begins: str | None, ends: str | None) -> Days:
    """The UTC days from `begins` through `ends`, YYYY-MM-DD; without limit where None.

    Raises:
        LakeDayError: one is no day, or they are in the wrong order.
    """
    first = Days().first if begins is None else _day(begins, "--from")
    last = Days().last if ends is None else _day(ends, "--until")
    if first > last:
        raise LakeDayError(
            "--until", what=Words(f"{ends} is before {begins}", f"{ends} 早于 {begins}")
        )
    return Days(first=first, last=last)


def _day(text: str, where: str) -> int:
    try:
        return day_number(text)
    except ValueError as problem:
        raise LakeDayError(where, what=str(problem)) from None


def rebuild_lake(config: CollectorConfig, ledger: LedgerReader, days: Days) -> Rebuilt:
    """Makes the configured lake again, once all that the ledger holds is judged.

    Raises:
        LakeNotSetError: there is no [lake].
        LakeError: it cannot be written.
        JournalError: it was made again, and is not entered; the collector enters it.
    """
    if config.lake is None:
        raise LakeNotSetError("collector.toml")
    folder = Path(config.lake.directory)
    listing, store = Listing(config.state_dir), open_store(config.state_dir)
    try:
        simulated = config.collector.accept_simulated_clock
        sites = registered_agents(config).sites
        Judging(ledger, store, sites, accept_simulated=simulated).catch_up()
        open_lake(folder, listing)
        lake = Lake(folder=folder, listing=listing, ledger=ledger, store=store)
        done = rebuild(lake, days)
        with open_journal(config.state_dir, config.collector.id, SystemClock()) as journal:
            enter(journal, listing.digests(), "rebuilt")
        return done
    finally:
        store.close()
        listing.close()
