"""What is overdue by its papers while its channels stand otherwise, such as silent. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from calibration.confirmation import MetrologicalConfirmation
from calibration.indication import Quality
from collector.alarms.kinds import CertificateOverdueAlarm
from collector.web.factory.channels import GOOD, UNKNOWN_U, Standing
from evidence.clock import NS_PER_S

Confirmations = Callable[[], Iterable[tuple[str, MetrologicalConfirmation]]]
"""Those that the reader may see, with their sites; asked for only where they may matter."""
Place = tuple[str, str]
"""A site, and a serial number there."""
_TOLD: Final = frozenset({GOOD, UNKNOWN_U, Quality.OVERDUE.value})
"""States of readings that came and are counted: one that is overdue says so itself."""


def overdue_by_papers(
    rows: Sequence[Standing], now_ns: int, confirmations: Confirmations
) -> list[CertificateOverdueAlarm]:
    """Instruments that are overdue though no channel of them stands so, by serial number.

    Args:
        rows: All channels that are shown to whoever asks.
        now_ns: UTC.
        confirmations: That they may see.
    """
    wrong = {_place(each) for each in rows if each.row.head.serial and each.state not in _TOLD}
    wrong -= {_place(each) for each in rows if each.state == Quality.OVERDUE.value}
    last = last_days(confirmations(), now_ns) if wrong else {}
    today = _day(now_ns)
    return [
        CertificateOverdueAlarm(place[1], due_on=last[place].isoformat())
        for place in sorted(wrong & last.keys())
        if last[place] < today
    ]


def last_days(
    confirmations: Iterable[tuple[str, MetrologicalConfirmation]], now_ns: int
) -> dict[Place, dt.date]:
    """Last day in date of the confirmation that has effect, of each instrument that has one."""
    at = dt.datetime.fromtimestamp(now_ns / NS_PER_S, tz=dt.UTC)
    known = [(site, each) for site, each in confirmations if each.effective_from <= at]
    known.sort(key=lambda pair: (pair[1].effective_from, pair[1].recorded_at, pair[1].due_on))
    return {(site, each.serial): each.due_on for site, each in known}


def _place(each: Standing) -> Place:
    return each.site, each.row.head.serial


def _day(now_ns: int) -> dt.date:
    return dt.datetime.fromtimestamp(now_ns / NS_PER_S, tz=dt.UTC).date()
