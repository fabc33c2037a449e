"""The views that a configuration asks for."""

from collections.abc import Callable

from collector.config import CollectorConfig
from collector.ledger_read import LedgerReader
from collector.private_files import secret_line
from collector.store import Store
from collector.views.influx_config import InfluxSection
from collector.views.influx_server import Secrets
from collector.views.influx_view import InfluxView, Place
from evidence.clock import Clock


def influx_place(
    config: CollectorConfig,
    section: InfluxSection,
    clock: Clock,
    open_store: Callable[[], Store],
    open_ledger: Callable[[], LedgerReader],
) -> Place:
    """What the InfluxDB view of a configuration is made of."""
    return Place(
        section=section,
        collector=config.collector.id,
        state_dir=config.state_dir,
        secrets=lambda: influx_secrets(section),
        open_store=open_store,
        open_ledger=open_ledger,
        clock=clock,
    )


def influx_view(
    config: CollectorConfig,
    clock: Clock,
    open_store: Callable[[], Store],
    open_ledger: Callable[[], LedgerReader],
) -> InfluxView | None:
    """The InfluxDB view, not started; None if there is no [influx].

    Raises:
        ConfigFileError: a secret cannot be read, or others than its owner may.
    """
    if config.influx is None:
        return None
    influx_secrets(config.influx)  # refused at the start, not hours later
    return InfluxView(influx_place(config, config.influx, clock, open_store, open_ledger))


def influx_secrets(section: InfluxSection) -> Secrets:
    """What opens the configured database, from its 0600 files.

    Raises:
        ConfigFileError: one cannot be read, or others than its owner may.
    """
    return Secrets(
        password=secret_line(section.password_file), token=secret_line(section.token_file)
    )
