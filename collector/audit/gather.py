"""What the fifteen checks look at, gathered for a channel and a period."""

from collections.abc import Iterator, Sequence
from typing import Final

from calibration.derivation import Derivation, derivation_in_force
from calibration.errors import CalibrationError
from calibration.register import CalibrationRegister
from collector.api.period import hours_around, instant, require_order, zone_of
from collector.api.unknown import ChannelUnknownError
from collector.audit.again import computed_again
from collector.audit.seen import (
    Seen,
    exchanges_of,
    hours_of,
    is_measured,
    leaf_name,
    site_papers,
)
from collector.audit.told import amounts_of, anew_of, told_of
from collector.identified import Identified
from collector.lookup import ChannelRow, Place
from collector.site_register import site_register
from evidence.audit.material import BatchSeen, Material, StreamSeen
from evidence.audit.said import Pointer
from evidence.audit.stood import Hour, Point, Stood, instant_of, stood_at
from evidence.errors import CodedError
from evidence.log.batch import Batch, Record, StreamHead, decode
from evidence.statement.cited import cited_documents
from evidence.statement.corroboration import Corroboration, corroboration
from evidence.statement.datum import ActivityData
from evidence.statement.double_count import SEPARATOR
from evidence.statement.groups import groups_of
from evidence.statement.monitoring.spans import first_plan

MOST_BATCHES: Final = 400
MOST_PLACES: Final = 200_000
DEEPEST: Final = 5
Span = tuple[int, int]
Peer = tuple[ChannelRow, bool]
"""A channel of the same group, and whether both measure the whole."""


def material_of(seen: Seen, row: ChannelRow, span: Span) -> Material:
    """What is known of a channel in a period.

    Args:
        seen: Where it comes from.
        row: The channel.
        span: [start, end) in UTC ns, at full hours.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
        CalibrationError: what the site logged contradicts itself.
    """
    site = row.channel.partition("/")[0]
    register = site_register(seen.lookup, seen.ledger, seen.sites, site)
    hours = hours_of(seen.lookup, row.channel, span)
    points = list(dict.fromkeys(measured_behind(seen, register, row.channel, span)))
    measured = {each: hours_of(seen.lookup, each, span) for each in points}
    places = _places(seen, points, span)
    peers = _grouped(seen, register, row, hours, span)
    own = anew_of(row, hours, span, seen.software)
    return Material(
        channel=row.channel,
        span=span,
        register=register,
        papers=site_papers(seen, site),
        stood=tuple(_stood(seen, register, measured)),
        hours=hours,
        measured=measured,
        records=_records(seen, places, span),
        batches=list(_batches(seen, _spread(places), points)),
        leaves=len(places),
        again=computed_again(seen, points, hours),
        told=told_of(seen, register, row, span),
        plan=first_plan(register, row.channel, span),
        derivation=derivation(register, row.channel, span),
        grouped=tuple(each.channel for each, _ in peers),
        corroborated=tuple(_corroborated(seen, own, peers, span)),
        originals=_originals(seen, register),
    )


def _originals(seen: Seen, register: CalibrationRegister) -> frozenset[str]:
    """The documents that the register's papers cite and that are kept here, intact."""
    kept = seen.originals
    if kept is None:
        return frozenset()
    return frozenset(each for each in cited_documents(register) if kept.holds(each))


def asked_span(start: str, end: str, tz: str) -> Span:
    """The hours of the period that texts name, UTC ns.

    Raises:
        TimestampError, TimeZoneError, RangeOrderError: they name none.
    """
    zone = zone_of(tz)
    first, last = instant(start, "start", zone), instant(end, "end", zone)
    require_order(first, last, start, end)
    return hours_around((first, last))


def asked_row(seen: Seen, channel: str) -> ChannelRow:
    """A channel by its name.

    Raises:
        ChannelUnknownError: nothing was received of it.
    """
    row = seen.lookup.channel(channel)
    if row is None:
        raise ChannelUnknownError("channel", channel=channel)
    return row


def derivation(register: CalibrationRegister, channel: str, span: Span) -> Derivation | None:
    """How a channel is computed at the end of a period; None if an instrument shows it."""
    return derivation_in_force(register.derivations, channel, instant_of(span[1] - 1))


def measured_behind(
    seen: Seen, register: CalibrationRegister, channel: str, span: Span, depth: int = DEEPEST
) -> Iterator[str]:
    """The channels that instruments show, behind a channel: itself, or its inputs."""
    row = seen.lookup.channel(channel)
    if row is not None and is_measured(row):
        yield channel
        return
    computed = derivation(register, channel, span)
    for each in () if computed is None or depth == 0 else computed.inputs.values():
        yield from measured_behind(seen, register, each, span, depth - 1)


def point_of(row: ChannelRow) -> Point:
    """A channel that an instrument shows, as it was last seen."""
    return Point(
        channel=row.channel,
        measurand=row.head.measurand,
        serial=row.head.serial,
        nameplate_mpe_relative=row.head.nameplate_mpe_relative,
    )


def _stood(
    seen: Seen, register: CalibrationRegister, measured: dict[str, Sequence[Hour]]
) -> Iterator[Stood]:
    exchanged = exchanges_of(seen.lookup)
    for channel, hours in measured.items():
        row = seen.lookup.channel(channel)
        if row is not None and hours:
            yield from stood_at(point_of(row), hours, register.events, exchanged)


def _places(seen: Seen, channels: Sequence[str], span: Span) -> list[Place]:
    found: dict[Place, None] = {}
    for channel in channels:
        first, last = span[0] // 1_000_000, span[1] // 1_000_000
        found.update(dict.fromkeys(seen.lookup.places(channel, first, last, MOST_PLACES)))
    return list(found)


def _spread(places: Sequence[Place]) -> list[Place]:
    """All places, or so many of them, evenly."""
    if len(places) <= MOST_BATCHES:
        return list(places)
    step = len(places) / MOST_BATCHES
    return [places[int(number * step)] for number in range(MOST_BATCHES)]


def _batches(seen: Seen, places: Sequence[Place], channels: Sequence[str]) -> Iterator[BatchSeen]:
    for place in places:
        leaf = decode(seen.ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
        if isinstance(leaf, Batch):
            name = leaf_name(place)
            streams = [each.head for each in leaf.streams if each.head.channel in channels]
            yield BatchSeen(
                leaf=Pointer(kind="leaf", id=name, leaf=name),
                clock=leaf.clock,
                streams=tuple(map(_stream, streams)),
            )


def _stream(head: StreamHead) -> StreamSeen:
    return StreamSeen(
        channel=head.channel,
        serial=head.serial,
        profile=head.profile,
        parameters=dict(head.parameters),
    )


def _records(seen: Seen, places: Sequence[Place], span: Span) -> list[Record]:
    agents = dict.fromkeys(each.agent for each in places)
    first, last = span[0] // 1_000_000, span[1] // 1_000_000
    return [record for agent in agents for record in seen.lookup.recorded(agent, first, last)]


def _grouped(
    seen: Seen,
    register: CalibrationRegister,
    row: ChannelRow,
    hours: Sequence[Hour],
    span: Span,
) -> list[Peer]:
    """Other channels of the site that are of a group with this one."""
    own, site = _routes(register, hours), row.channel.partition("/")[0]
    found = []
    for each in seen.lookup.channels() if own else ():
        if each.channel == row.channel or not each.channel.startswith(f"{site}/"):
            continue
        its = _routes(register, hours_of(seen.lookup, each.channel, span))
        shared = {name for name, route in own if any(name == other for other, _ in its)}
        if shared:
            alike = any((name, "") in own and (name, "") in its for name in shared)
            found.append((each, alike))
    return found


def _routes(register: CalibrationRegister, hours: Sequence[Hour]) -> set[tuple[str, str]]:
    """Groups of a channel, each with its route; "" for one that measures the whole."""
    windows = amounts_of(hours)
    if not windows:
        return set()
    named = set(groups_of(register, windows))
    named |= {name for each in windows for name in each.grounds.double_count_groups}
    parts = (each.partition(SEPARATOR) for each in named)
    return {(group, route) for group, _, route in parts}


def corroborations(
    seen: Seen, register: CalibrationRegister, row: ChannelRow, own: ActivityData, span: Span
) -> Iterator[Corroboration]:
    """A statement held against the channels of its site that measure the same thing.

    Args:
        seen: Where they come from.
        register: Of the site.
        row: The channel of the statement.
        own: The statement; `span` is its period.
        span: [start, end) in UTC ns.
    """
    hours = hours_of(seen.lookup, row.channel, span)
    yield from _corroborated(seen, own, _grouped(seen, register, row, hours, span), span)


def _corroborated(
    seen: Seen, own: ActivityData | None, peers: Sequence[Peer], span: Span
) -> Iterator[Corroboration]:
    """The whole against the whole; a part of a route is none of these."""
    for each, alike in peers:
        other = anew_of(each, hours_of(seen.lookup, each.channel, span), span, seen.software)
        if not alike or own is None or other is None:
            continue
        try:
            Identified(seen.lookup, seen.ledger).require_one_thing((own, other))
            yield corroboration(own, other)
        except (CalibrationError, CodedError):
            continue  # the check says that they could not be compared
