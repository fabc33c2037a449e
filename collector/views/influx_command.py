"""`collector rebuild influx`: the InfluxDB view of a configuration, written anew."""

from collections.abc import Callable
from typing import Final

from collector.config import CollectorConfig
from collector.ledger_read import read_ledger
from collector.opening import open_store
from collector.views.influx_errors import InfluxNotSetError, InfluxPeriodError
from collector.views.influx_hours import NS_PER_DAY
from collector.views.influx_rebuild import ALL_TIME, Rebuilt, rebuild
from collector.views.set_up import influx_place
from evidence.clock import SystemClock, parse_utc

DAY: Final = len("2026-03-31")


def span_asked(begins: str | None, ends: str | None) -> tuple[int, int]:
    """[start, end) in UTC ns; all time where both are None.

    Args:
        begins: A UTC day, YYYY-MM-DD, or an instant, RFC 3339.
        ends: Likewise; a day is asked for as a whole.

    Raises:
        TimestampError: one is neither.
        InfluxPeriodError: the first does not come before the last.
    """
    start_ns, end_ns = ALL_TIME
    if begins is not None:
        start_ns = _instant(begins, "--from")
    if ends is not None:
        end_ns = _instant(ends, "--until") + (NS_PER_DAY if len(ends) == DAY else 0)
    if start_ns >= end_ns:
        raise InfluxPeriodError("--until", begins=begins, ends=ends)
    return start_ns, end_ns


def _instant(text: str, where: str) -> int:
    return parse_utc(f"{text}T00:00:00Z" if len(text) == DAY else text, where)


def rebuild_influx(
    config: CollectorConfig, span: tuple[int, int], say: Callable[[str], None]
) -> Rebuilt:
    """Writes the configured view anew in a span, and compares it; a collector may run beside.

    Raises:
        InfluxNotSetError: there is no [influx].
        InfluxError: the database cannot be written or asked.
        LedgerError: there is no ledger, or it cannot be read.
    """
    if config.influx is None:
        raise InfluxNotSetError("collector.toml")
    state_dir = config.state_dir
    read_ledger(state_dir).close()  # there is one; it is not made here
    place = influx_place(
        config,
        config.influx,
        SystemClock(),
        lambda: open_store(state_dir),
        lambda: read_ledger(state_dir),
    )
    return rebuild(place, span, say)
