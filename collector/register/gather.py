"""The ledger of instruments, chains and what rests on them, from what agents logged."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from calibration.register import CalibrationRegister
from collector.audit.gather import point_of
from collector.audit.seen import Seen, exchanges_of, is_measured, site_papers
from collector.lookup import ChannelRow
from collector.site_register import site_register
from evidence.audit.instruments import InstrumentRow, instrument_rows
from evidence.audit.resting import (
    RestingChannel,
    RestingStatement,
    RestsOn,
    Roots,
    StatementTrace,
    resting_analysers,
    resting_channel,
    resting_confirmations,
    resting_statement,
    roots_of,
)
from evidence.audit.stood import Stood, stood_at
from evidence.audit.traced import Traced, traced

EVER = (0, 2**62)
"""UTC ns; nothing is stamped outside."""


def instruments(
    seen: Seen, rows: Sequence[ChannelRow], span: tuple[int, int] = EVER
) -> tuple[InstrumentRow, ...]:
    """The instruments that stood at channels in a time, as they stand now.

    Args:
        seen: Where it comes from.
        rows: The channels; computed ones have no instrument of their own.
        span: [start, end) in UTC ns.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
        CalibrationError: what a site logged contradicts itself.
    """
    found: list[InstrumentRow] = []
    for site in sites_of(rows):
        register = site_register(seen.lookup, seen.ledger, seen.sites, site)
        own = [row for row in rows if row.channel.startswith(f"{site}/") and is_measured(row)]
        stood = _stood(seen, register, own, span)
        found += instrument_rows(register, stood, site_papers(seen, site), seen.now_ns)
    return tuple(found)


def sites_of(rows: Sequence[ChannelRow]) -> list[str]:
    """The sites of channels, each once, by name."""
    return sorted({row.channel.partition("/")[0] for row in rows})


def _stood(
    seen: Seen, register: CalibrationRegister, rows: Sequence[ChannelRow], span: tuple[int, int]
) -> Iterator[Stood]:
    exchanged = exchanges_of(seen.lookup)
    for row in rows:
        hours = seen.lookup.grounded(row.channel, *span)
        if hours:
            yield from stood_at(point_of(row), hours, register.events, exchanged)


def chains(seen: Seen, sites: Sequence[str], certificate: str) -> tuple[Traced, ...]:
    """The chain of a certificate, once for each site whose register knows it.

    Raises:
        CertificateError: it leads in a circle.
    """
    found: list[Traced] = []
    for site in sites:
        register = site_register(seen.lookup, seen.ledger, seen.sites, site)
        own = traced(register, site, certificate, site_papers(seen, site))
        found += [] if own is None else [own]
    return tuple(found)


def rests_on(
    seen: Seen,
    rows: Sequence[ChannelRow],
    sites: Sequence[str],
    name: str,
    span: tuple[int, int] = EVER,
) -> RestsOn:
    """What rests on a certificate, a standard or a gas cylinder.

    Args:
        seen: Where it comes from.
        rows: The channels to look through.
        sites: Whose registers count.
        name: Id of a certificate, influence of a standard, number of a cylinder.
        span: Hours of which time.
    """
    registers = {site: site_register(seen.lookup, seen.ledger, seen.sites, site) for site in sites}
    roots = {site: roots_of(register, name) for site, register in registers.items()}
    known = [roots[site] for site in sites]
    analysers = (
        each
        for site, register in registers.items()
        for each in resting_analysers(register, roots[site])
    )
    confirmed = (resting_confirmations(registers[site], roots[site]) for site in sites)
    return RestsOn(
        id=name,
        known_as=tuple(dict.fromkeys(kind for each in known for kind in each.known_as)),
        certificates=_union(each.certificates for each in known),
        influences=_union(each.influences for each in known),
        confirmations=_union(confirmed),
        settings=_union(each.settings for each in known),
        analysers=tuple(dict.fromkeys(analysers)),
        channels=tuple(_channels(seen, rows, roots, span)),
        statements=tuple(_statements(seen, rows, roots)),
    )


def _union(groups: Iterator[set[str]] | Iterator[frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted({each for group in groups for each in group}))


def _channels(
    seen: Seen, rows: Sequence[ChannelRow], roots: dict[str, Roots], span: tuple[int, int]
) -> Iterator[RestingChannel]:
    for row in rows:
        own = roots.get(row.channel.partition("/")[0])
        if own is None or not own.known_as:
            continue
        found = resting_channel(own, row.channel, seen.lookup.grounded(row.channel, *span))
        if found is not None:
            yield found


def _statements(
    seen: Seen, rows: Sequence[ChannelRow], roots: dict[str, Roots]
) -> Iterator[RestingStatement]:
    if not any(each.known_as for each in roots.values()):
        return
    visible = {row.channel for row in rows}
    decode: Callable[[bytes], StatementTrace] = msgspec.json.Decoder(StatementTrace).decode
    for channel, body in seen.lookup.statements():
        own = roots.get(channel.partition("/")[0])
        if channel in visible and own is not None:
            found = resting_statement(own, decode(body))
            if found is not None:
                yield found
