"""What a site's agents logged of monitoring plans, and of the papers that these rest on."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from calibration.register import CalibrationRegister
from collector.documented import every, libraries_of
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from evidence.judging.planned import register_of_site
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

    def made() -> CalibrationRegister:
        return register_of_site(libraries_of(lookup, ledger, _KINDS, counts), sites, site)

    key = "register", site, frozenset(sites.items())
    whole = lookup.made_of_documents(key, made) if counts is every else made()
    return whole.as_known(known_at)


def received_by(ledger: LedgerReader, at_ns: int) -> Callable[[Place], bool]:
    """Whether a leaf had been received at an instant, UTC ns.

    What a paper says of when it was recorded is a person's word: a correction may be dated back.
    """

    @cache
    def counts(place: Place) -> bool:
        received_ns = ledger.received_ns(place.agent, place.epoch, place.sequence)
        return received_ns is not None and received_ns <= at_ns

    return counts
