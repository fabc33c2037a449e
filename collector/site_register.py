"""What a site's agents logged of monitoring plans, and of the papers that these rest on."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from calibration.register import CalibrationRegister
from collector.documented import every, libraries_of
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from collector.planned import plans_of, tests_of
from evidence.audit.papers import each_once
from evidence.log.leaf import DocumentKind

_KINDS: Final[tuple[DocumentKind, ...]] = (
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
)


def site_register(
    lookup: Lookup,
    ledger: LedgerReader,
    sites: Mapping[str, str],
    site: str,
    known_at: dt.datetime | None = None,
    counts: Callable[[Place], bool] = every,
) -> CalibrationRegister:
    """Plans, tests, and the papers behind them, as the agents of a site logged them.

    Args:
        lookup: Says where documents are.
        ledger: Holds them.
        sites: agent -> site.
        site: Whose.
        known_at: Only what was recorded by then; None for all.
        counts: Whether what stands in a leaf counts.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    logged = libraries_of(lookup, ledger, _KINDS, counts)
    own = {agent: each for agent, each in logged.items() if sites.get(agent) == site}
    registers = [each.register for each in own.values()]
    whole = CalibrationRegister(
        certificates=each_once(each.certificates for each in registers),
        confirmations=each_once(each.confirmations for each in registers),
        events=each_once(each.events for each in registers),
        settings=each_once(each.settings for each in registers),
        derivations=each_once(each.derivations for each in registers),
        plans=plans_of(own, sites),
        tests=tests_of(own, sites),
    )
    return whole.as_known(known_at)
