"""The reverse question: what rests on a certificate, a standard, a gas cylinder (pure)."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.history.chain import resting_on_any
from calibration.register import CalibrationRegister
from calibration.uncertainty import name_of
from evidence.audit.grounded import GroundedHour
from evidence.audit.stood import Hour as WholeHour
from evidence.clock import utc_text

RootKind = Literal["certificate", "influence", "cylinder"]
_CERTIFIED: Final = "cert:"
Hour = WholeHour | GroundedHour


class Roots(msgspec.Struct, frozen=True, kw_only=True):
    """What an id stands for, and all that carries it.

    Args:
        known_as: what the id names in the register.
        certificates: that it is, or that rest on it, directly or through others.
        influences: ids by which results name it.
        settings: that rest on one of these.
        certified: the certificates as influences name them.
    """

    known_as: tuple[RootKind, ...]
    certificates: frozenset[str]
    influences: frozenset[str]
    settings: frozenset[str]
    certified: frozenset[str]

    def is_influence(self, name: str) -> bool:
        """Whether an influence of a result is one of these, or of one of the certificates."""
        if name in self.influences:
            return True
        own = name.removeprefix(_CERTIFIED).rpartition("/")[0] if name.startswith("cert:") else ""
        return bool(own) and own in self.certified


class RestingChannel(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a channel that rest on it.

    Args:
        first, last: beginnings of the first and of the last hour, RFC 3339 in UTC.
        by: what of these hours names it: certificates, influences, settings.
    """

    channel: str
    hours: int
    first: str
    last: str
    by: tuple[str, ...]


class RestingStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A stated activity datum that rests on it; `supersedes` names its earlier version."""

    digest: str
    channel: str
    start: str
    end: str
    supersedes: str | None
    by: tuple[str, ...]


class RestingAnalyser(msgspec.Struct, frozen=True, kw_only=True):
    """An analyser that a plan checks with the cylinder.

    Args:
        plan: the plan's channel; `channel`: of the analyser.
        connected_at, disconnected_at: RFC 3339 as the plan says; None: it still is.
    """

    plan: str
    channel: str
    point: str
    certificate: str
    connected_at: str
    disconnected_at: str | None


class RestsOn(msgspec.Struct, frozen=True, kw_only=True):
    """All that rests on an id, in the registers of the sites that the reader sees.

    Args:
        known_as: what the id names; empty where no register knows it.
        confirmations: that cite one of the certificates.
    """

    id: str
    known_as: tuple[RootKind, ...]
    certificates: tuple[str, ...]
    influences: tuple[str, ...]
    confirmations: tuple[str, ...]
    settings: tuple[str, ...]
    analysers: tuple[RestingAnalyser, ...]
    channels: tuple[RestingChannel, ...]
    statements: tuple[RestingStatement, ...]


class StatementTrace(msgspec.Struct, frozen=True, kw_only=True):
    """Of a stated activity datum, what it rests on."""

    class _Part(msgspec.Struct, frozen=True):
        influence: str

    class _Period(msgspec.Struct, frozen=True):
        start: str
        end: str

    class _Setting(msgspec.Struct, frozen=True):
        setting: str

    class _Unstated(msgspec.Struct, frozen=True):
        standard: str

    digest: str
    channel: str
    period: _Period
    certificates: tuple[str, ...]
    components: tuple[_Part, ...] = ()
    unstated_standards: tuple[_Unstated, ...] = ()
    settings: tuple[_Setting, ...] = ()
    supersedes: str | None = None


def roots_of(register: CalibrationRegister, name: str) -> Roots:
    """What an id stands for in a register; nothing where it does not know it."""
    own = {each.id for each in register.certificates if each.id == name}
    cylinders = {each.id for each in register.certificates if _is_cylinder(each, name)}
    using = {each.id for each in register.certificates if _uses(each, name)}
    kinds: list[RootKind] = []
    kinds += ["certificate"] if own else []
    kinds += ["influence"] if using or name in _influences_of(register, own | cylinders) else []
    kinds += ["cylinder"] if cylinders else []
    first = own | cylinders | using | _of_material(register, name)
    certificates = frozenset(first).union(resting_on_any(register, first))
    influences = _influences_of(register, first - using) | (
        {name} if "influence" in kinds else set()
    )
    return Roots(
        known_as=tuple(kinds) or (("influence",) if _of_material(register, name) else ()),
        certificates=certificates,
        influences=frozenset(influences),
        certified=frozenset(name_of(each) for each in certificates),
        settings=frozenset(
            each.id
            for each in register.settings
            if {used.influence for used in each.standards} & influences
            or {used.certificate for used in each.standards} & certificates
            or each.document in certificates
        ),
    )


def _is_cylinder(certificate: CalibrationCertificate, name: str) -> bool:
    return certificate.kind == "reference_material" and certificate.instrument.serial == name


def _uses(certificate: CalibrationCertificate, influence: str) -> bool:
    return any(each.influence == influence for each in certificate.standards)


def _of_material(register: CalibrationRegister, influence: str) -> set[str]:
    """The certificates of the reference material that an influence names."""
    return {
        each.id
        for each in register.certificates
        if each.kind == "reference_material" and material_influence(each) == influence
    }


def material_influence(certificate: CalibrationCertificate) -> str:
    """The influence by which results name a reference material: its code and its cylinder."""
    what = certificate.instrument
    return f"crm:{name_of(what.model)}/{name_of(what.serial)}"


def _influences_of(register: CalibrationRegister, certificates: set[str]) -> set[str]:
    """The influences by which results name the standards of these certificates."""
    named = {
        used.influence
        for each in register.certificates
        for used in each.standards
        if used.certificate and used.certificate in certificates
    }
    materials = {
        material_influence(each)
        for each in register.certificates
        if each.id in certificates and each.kind == "reference_material"
    }
    return named | materials


def resting_channel(roots: Roots, channel: str, hours: Iterable[Hour]) -> RestingChannel | None:
    """The hours of a channel that rest on the roots; None if none does."""
    found: list[int] = []
    by: dict[str, None] = {}
    for each in hours:
        names = _names(roots, each)
        if names:
            found.append(each.start_ns)
            by.update(dict.fromkeys(names))
    if not found:
        return None
    return RestingChannel(
        channel=channel,
        hours=len(found),
        first=utc_text(found[0]),
        last=utc_text(found[-1]),
        by=tuple(sorted(by)),
    )


def _names(roots: Roots, hour: Hour) -> set[str]:
    grounds = hour.grounds
    found = roots.certificates & set(grounds.certificates)
    found |= roots.settings & {each.setting for each in grounds.settings}
    unstated = {each.standard for each in grounds.unstated_standards}
    acting = {part.influence.id for part in hour.components}
    return set(found) | {each for each in acting | unstated if roots.is_influence(each)}


def resting_statement(roots: Roots, told: StatementTrace) -> RestingStatement | None:
    """A statement, if it rests on the roots."""
    by = roots.certificates & set(told.certificates)
    by |= roots.settings & {each.setting for each in told.settings}
    acting = {each.influence for each in told.components}
    acting |= {each.standard for each in told.unstated_standards}
    by |= {each for each in acting if roots.is_influence(each)}
    if not by:
        return None
    return RestingStatement(
        digest=told.digest,
        channel=told.channel,
        start=told.period.start,
        end=told.period.end,
        supersedes=told.supersedes,
        by=tuple(sorted(by)),
    )


def resting_analysers(register: CalibrationRegister, roots: Roots) -> Iterator[RestingAnalyser]:
    """The analysers that are checked with a gas whose certificate is one of the roots'."""
    for plan in register.plans:
        for analyser in plan.analysers:
            gases = () if analyser.checks is None else analyser.checks.gases
            for gas in gases:
                if gas.certificate in roots.certificates:
                    until = gas.disconnected_at
                    yield RestingAnalyser(
                        plan=plan.plan,
                        channel=analyser.channel,
                        point=str(gas.point),
                        certificate=gas.certificate,
                        connected_at=gas.connected_at.isoformat(),
                        disconnected_at=None if until is None else until.isoformat(),
                    )


def resting_confirmations(register: CalibrationRegister, roots: Roots) -> set[str]:
    """The confirmations that cite one of the certificates."""
    return {each.id for each in register.confirmations if each.certificate in roots.certificates}
