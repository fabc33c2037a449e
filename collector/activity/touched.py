"""The papers about a certificate or a monitoring plan, as agents logged them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from collector.documented import document_read
from collector.ledger_read import LedgerReader
from collector.lookup import Lookup, Place
from evidence.judging.library import Library, joined
from evidence.log.leaf import DocumentKind
from evidence.statement.touched import Concerned

KINDS: Final[tuple[DocumentKind, ...]] = ("certificate", "confirmation", "event")

PLANNING: Final[tuple[DocumentKind, ...]] = ("plan", "test", "derivation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document that bears on what is asked for, where it was logged."""

    kind: str
    sha256: str
    agent: str
    received_ns: int


def papers_about(
    lookup: Lookup, ledger: LedgerReader, sees: Callable[[str], bool], certificate: str
) -> tuple[list[Found], CalibrationRegister]:
    """The documents about a certificate, in order of arrival, and all certificates and events.

    Args:
        lookup: says where documents are.
        ledger: holds them.
        sees: whether what an agent logged may be seen.
        certificate: its id.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    libraries: list[Library] = []
    found: list[Found] = []
    for kind, sha256, place in lookup.documents(KINDS):
        if sees(place.agent):
            library = document_read(ledger, kind, sha256, place)
            libraries.append(library)
            if _is_about(library.register, certificate):
                found.append(_found(ledger, kind, sha256, place))
    return found, joined(libraries).register


def papers_of_plan(
    lookup: Lookup, ledger: LedgerReader, sees: Callable[[str], bool], channel: str
) -> list[Found]:
    """The plans of a channel and the test records of their analysers, in order of arrival.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    logged = [
        (kind, sha256, place, document_read(ledger, kind, sha256, place).register)
        for kind, sha256, place in lookup.documents(PLANNING)
        if sees(place.agent)
    ]
    plans = [plan for *_, register in logged for plan in register.plans]
    named = _with_inputs(plans, _inputs(each for *_, each in logged), channel)
    tested = {one.channel for each in plans if each.plan in named for one in each.analysers}
    return [
        _found(ledger, kind, sha256, place)
        for kind, sha256, place, register in logged
        if any(each.plan in named for each in register.plans)
        or any(each.channel in tested for each in register.tests)
    ]


def planned_on(
    lookup: Lookup, ledger: LedgerReader, sees: Callable[[str], bool], what: Concerned
) -> frozenset[str]:
    """Channels whose plans rest on a certificate: by a gas, or by an analyser that it is for.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    registers = [
        document_read(ledger, kind, sha256, place).register
        for kind, sha256, place in lookup.documents(PLANNING)
        if sees(place.agent)
    ]
    plans, inputs = [each for one in registers for each in one.plans], _inputs(registers)
    resting = {each.plan for each in plans if _rests_on(each, lookup, what)}
    return frozenset(
        each.plan for each in plans if _with_inputs(plans, inputs, each.plan) & resting
    )


def _rests_on(plan: MonitoringPlan, lookup: Lookup, what: Concerned) -> bool:
    rows = (lookup.channel(each.channel) for each in plan.analysers)
    earlier = (lookup.serials(each.channel) for each in plan.analysers)
    serials = {row.head.serial for row in rows if row is not None}.union(*earlier)
    return bool(plan.certificates & what.roots.certificates or serials & what.serials)


def _inputs(registers: Iterable[CalibrationRegister]) -> dict[str, set[str]]:
    """The inputs of computed channels, by any version of their derivations."""
    found: dict[str, set[str]] = {}
    for register in registers:
        for each in register.derivations:
            found.setdefault(each.derivation, set()).update(each.inputs.values())
    return found


def _with_inputs(
    plans: Iterable[MonitoringPlan], inputs: dict[str, set[str]], channel: str
) -> set[str]:
    """A channel, and its inputs where its plan tells it by these."""
    by_inputs = any(each.plan == channel and each.quantity is None for each in plans)
    return {channel, *(inputs.get(channel, ()) if by_inputs else ())}


def _found(ledger: LedgerReader, kind: str, sha256: str, place: Place) -> Found:
    received_ns = ledger.leaf(place.agent, place.epoch, place.sequence).received_ns
    return Found(kind=kind, sha256=sha256, agent=place.agent, received_ns=received_ns)


def _is_about(register: CalibrationRegister, certificate: str) -> bool:
    """Whether a register of one document is about a certificate."""
    return (
        any(each.id == certificate for each in register.certificates)
        or any(each.certificate == certificate for each in register.confirmations)
        or any(each.certificate == certificate for each in register.events)
    )
