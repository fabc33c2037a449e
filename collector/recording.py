"""What is known of a stated datum, gathered for its record.

Papers and checks count as far as they were known when the statement was made, and nothing depends
on the instant of the question: asked again, a record is another one only if something that it is
made of has changed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calibration.errors import CalibrationError
from calibration.monitoring.plan import MonitoringPlan, plan_in_force
from calibration.register import CalibrationRegister
from collector.activity.acts import Known as Acts
from collector.audit.gather import (
    corroborations,
    derivation,
    measured_behind,
    point_of,
)
from collector.audit.seen import Seen, exchanges_of, site_papers
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup
from collector.site_register import received_by, site_register
from evidence.audit.material import Material
from evidence.audit.papers import Papers
from evidence.audit.said import Said, said
from evidence.audit.stood import Stood, instant_of, stood_at
from evidence.clock import parse_utc
from evidence.errors import CodedError, Words
from evidence.log.key import Verifier
from evidence.statement.corroboration import Corroboration
from evidence.statement.datum import ActivityData
from evidence.statement.declaration.errors import DeclarationValueError
from evidence.statement.declaration.saying import Declared
from evidence.statement.locks import place_of
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import monitored_period
from evidence.statement.record.declared import Told, merged
from evidence.statement.record.known import Known, Sealed, Standing, Zone

DEFAULT_ZONE: Final = "Asia/Shanghai"
"""As in every question over HTTP."""
MOST_VERSIONS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Where a record comes from.

    Attributes:
        seen: Ledger, what was derived of it, and papers.
        acts: What people released and locked.
        declared: What only they can tell.
        key: The collector's, that receipts are signed with.
    """

    seen: Seen
    acts: Acts
    declared: Declared
    key: Verifier


def known_of(behind: Behind, datum: ActivityData) -> Known:
    """What is known of a datum that was stated here.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
        CalibrationError: what the site logged contradicts itself.
        DeclarationError: what was declared of it is not understood here.
    """
    seen, channel = behind.seen, datum.channel
    stated_ns = seen.lookup.stated_ns(datum.digest) or 0
    span = parse_utc(datum.period.start), parse_utc(datum.period.end)
    site = channel.partition("/")[0]
    counts = received_by(seen.ledger, stated_ns)
    register = site_register(seen.lookup, seen.ledger, seen.sites, site, counts=counts)
    plan = plan_in_force(register.plans, channel, instant_of(span[0]))
    told, refused = _told(seen.lookup, register, plan, span, stated_ns)
    own = behind.declared.of(channel, datum.digest, span[0])
    about = merged((each.told for each in own), channel)
    return Known(
        datum=datum,
        standing=_standing(behind, datum, stated_ns),
        material=_material(seen, register, site_papers(seen, site, counts), channel, span),
        derivation=derivation(register, channel, span),
        plan=plan,
        monitored=told,
        refused=refused,
        corroborated=tuple(_corroborated(seen, register, datum, span)),
        said=own,
        about=about,
        changing=behind.declared.changes(channel, datum.digest, span),
        verification=behind.declared.verification_of(datum.digest),
        sealed=_sealed(seen.ledger, behind.key, stated_ns),
        zone=zone_at(about, plan),
    )


def _standing(behind: Behind, datum: ActivityData, stated_ns: int) -> Standing:
    lookup, place = behind.seen.lookup, place_of(datum)
    newest, locks = lookup.newest(place), behind.acts.locks
    lock = locks.locked.get(place)
    return Standing(
        version=1 + sum(1 for _ in _before(lookup, datum)),
        issued_ns=stated_ns,
        superseded_by=None if newest is None or newest[0] == datum.digest else newest[0],
        released=locks.released.get(datum.digest),
        locked=lock if lock is not None and lock.digest == datum.digest else None,
    )


def _before(lookup: Lookup, datum: ActivityData) -> Iterator[str]:
    """The statements that a statement came after, the last one first."""
    seen: set[str] = {datum.digest}
    before = datum.supersedes
    while before is not None and before not in seen and len(seen) < MOST_VERSIONS:
        seen.add(before)
        yield before
        earlier = lookup.activity(before)
        before = None if earlier is None else earlier.supersedes


def _told(
    lookup: Lookup,
    register: CalibrationRegister,
    plan: MonitoringPlan | None,
    span: tuple[int, int],
    at_ns: int,
) -> tuple[Monitored | None, Said | None]:
    """The period under its plan as it was known then, or why it cannot be told so."""
    if plan is None:
        return None, None
    try:
        return monitored_period(lookup, register, plan.plan, span, at_ns, at_ns), None
    except (CalibrationError, CodedError) as wrong:
        return None, said(wrong.say("en"), wrong.say("zh"))


def _material(
    seen: Seen, register: CalibrationRegister, papers: Papers, channel: str, span: tuple[int, int]
) -> Material:
    points = dict.fromkeys(measured_behind(seen, register, channel, span))
    return Material(
        channel=channel,
        span=span,
        register=register,
        papers=papers,
        stood=tuple(_stood(seen, register, points, span)),
        hours=(),
        measured={},
    )


def _stood(
    seen: Seen, register: CalibrationRegister, channels: Iterable[str], span: tuple[int, int]
) -> Iterator[Stood]:
    exchanged = exchanges_of(seen.lookup)
    for channel in channels:
        row, hours = seen.lookup.channel(channel), seen.lookup.grounded(channel, *span)
        if row is not None and hours:
            yield from stood_at(point_of(row), hours, register.events, exchanged)


def _corroborated(
    seen: Seen, register: CalibrationRegister, datum: ActivityData, span: tuple[int, int]
) -> Iterator[Corroboration]:
    row = seen.lookup.channel(datum.channel)
    if row is not None:
        yield from corroborations(seen, register, row, datum, span)


def _sealed(ledger: LedgerReader, key: Verifier, at_ns: int) -> Sealed:
    size = ledger.size_at(at_ns)
    root = ledger.root_at(size) if size else None
    return Sealed(
        size=size or None,
        root=None if root is None else root.hex(),
        key_name=key.name,
        key_id=key.key_id.hex(),
    )


def zone_at(about: Told, plan: MonitoringPlan | None) -> Zone:
    """The plant's clock: as people declare it, as its monitoring plan says, or the default.

    Raises:
        DeclarationValueError: people declare a zone that is not known at this machine.
    """
    if about.time_zone is not None:
        return Zone(tz=_zone(about.time_zone), name=about.time_zone, told_by="declared")
    if plan is not None:
        offset = dt.timezone(dt.timedelta(seconds=plan.utc_offset_s))
        name = dt.datetime(2000, 1, 1, tzinfo=offset).isoformat()[19:]
        return Zone(tz=offset, name=name, told_by="plan")
    return Zone(tz=ZoneInfo(DEFAULT_ZONE), name=DEFAULT_ZONE, told_by="default")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = Words(f"'{name}' is no time zone here", f"此处没有时区 '{name}'")
        limit = Words("one that this machine knows", "本机已知的时区")
        raise DeclarationValueError("time_zone", what=what, limit=limit) from None
