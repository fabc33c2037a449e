"""A collector's folder, opened to read: what the commands of the auditor are asked against."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.audit.seen import Seen
from collector.config import load_config
from collector.enrolment.registrar import registered_agents
from collector.errors import LedgerAbsentError
from collector.ledger_read import read_ledger
from collector.opening import DERIVED, open_store
from collector.originals import Originals
from evidence.clock import SystemClock
from evidence.errors import Words
from evidence.software import SOFTWARE


@contextmanager
def opened(config_file: Path) -> Iterator[Seen]:
    """What a collector of this configuration holds; it may be running.

    Args:
        config_file: collector.toml.

    Raises:
        ConfigError: it cannot be used.
        LedgerError: there is no ledger, or nothing was derived of it yet.
    """
    config = load_config(config_file)
    derived = config.state_dir / DERIVED
    with read_ledger(config.state_dir) as ledger:
        if not derived.exists():
            what = Words("what is derived of the ledger", "由账本导出的数据")
            raise LedgerAbsentError(str(derived), what=what)
        store = open_store(config.state_dir)
        try:
            yield Seen(
                lookup=store.lookup,
                ledger=ledger,
                sites=registered_agents(config).sites,
                now_ns=SystemClock().now_ns(),
                software=SOFTWARE,
                originals=Originals(config.state_dir),
            )
        finally:
            store.close()
