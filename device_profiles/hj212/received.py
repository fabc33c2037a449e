"""One packet, wholly read: envelope, fields, content, and every deviation named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from device_profiles.hj212.content import Content, read_content
from device_profiles.hj212.finding import Finding, finding
from device_profiles.hj212.load import systems
from device_profiles.hj212.packet import segment_of
from device_profiles.hj212.segment import Segment, read_segment

_AMBIENT: Final = "22"
_STACK: Final = frozenset(
    ("a00000", "a01011", "a01012", "a01013", "a01014", "a01015", "a01016", "a01017", "a19001")
)
"""Factors that only a stack has: flow, velocity, state of the flue gas, duct, oxygen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One packet.

    Attributes:
        segment: its fields.
        content: what CP says.
        findings: all deviations: of the envelope, the fields, the content, and their fit.
    """

    segment: Segment
    content: Content
    findings: tuple[Finding, ...]


def read_packet(packet: bytes) -> Received:
    """What exactly one packet says.

    Raises:
        WireError: its length, its CRC, or its form is not what the standard asks; see
            `packet.segment_of` and `segment.read_segment`.
    """
    envelope = segment_of(packet)
    segment = read_segment(envelope.segment)
    content = read_content(segment.content)
    findings = (
        *envelope.findings,
        *segment.findings,
        *content.findings,
        *system_findings(segment.st, content),
    )
    return Received(segment=segment, content=content, findings=findings)


def system_findings(st: str | None, content: Content) -> Iterator[Finding]:
    """Where the factors do not belong under the ST they came with."""
    gases = [each.code for each in content.factors if each.code.startswith("a")]
    known = systems().get(st or "")
    if gases and known is not None and known.medium == "water":
        yield finding("st_gas_as_water", "ST", f"{st} {gases[0]}")
    converted = [each.code for each in content.factors if any("Zs" in name for name in each.values)]
    stack = [code for code in gases if code in _STACK] or converted
    if st == _AMBIENT and stack:
        yield finding("st_gas_as_ambient", "ST", f"{st} {stack[0]}")
