"""Papers as a graph: what a certificate rests on above it, what rests on it below. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from calibration.certificate import CalibrationCertificate
from calibration.history.chain import Link, Validity, certificate_by_id
from calibration.register import CalibrationRegister
from collector.lookup import ChannelRow
from evidence.audit.resting import Roots
from evidence.audit.traced import Traced

NodeKind = Literal["here", "standard", "absent", "certificate", "channel"]
MOST_NODES: Final = 50_000
"""Of a graph; figure and tables beside it show the first of them, and tell how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A paper or a channel.

    Attributes:
        name: Id of a certificate, influence of a standard without one, or a channel.
        about: The instrument, or the laboratory's words; "" where nothing is known.
        kind: "absent" is a standard whose certificate is not in the register.
        level: 0 is what was asked for; above it < 0, below it > 0.
        validity: On the day of its use, of a standard; None of others.
    """

    name: str
    about: str
    kind: NodeKind
    level: int
    validity: Validity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Nodes by name, in order of level, and (upper, lower) names of those that touch."""

    nodes: Mapping[str, Node]
    edges: tuple[tuple[str, str], ...]

    def level(self, level: int) -> list[Node]:
        """The nodes of a level, by name."""
        found = (each for each in self.nodes.values() if each.level == level)
        return sorted(found, key=lambda each: each.name)

    @property
    def levels(self) -> list[int]:
        """All levels, the uppermost first."""
        return sorted({each.level for each in self.nodes.values()})

    def below(self, kind: NodeKind) -> list[Node]:
        """The nodes of a kind below what was asked for, nearest first."""
        found = (each for each in self.nodes.values() if each.level > 0 and each.kind == kind)
        return sorted(found, key=lambda each: (each.level, each.name))


@dataclass(slots=True)
class _Drawing:
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)

    def put(self, node: Node) -> None:
        """A standard that several used lies where the farthest of them needs it."""
        known = self.nodes.get(node.name)
        if known is None or abs(node.level) > abs(known.level):
            self.nodes[node.name] = node


def graph_of(
    register: CalibrationRegister,
    name: str,
    traced: Traced | None,
    roots: Roots,
    rows: Iterable[ChannelRow],
) -> Graph:
    """The graph around an id.

    Args:
        register: Of the site.
        name: Of a certificate, a standard's influence, or a gas cylinder.
        traced: The chain above it; None where it names no certificate.
        roots: What it stands for, and what carries it.
        rows: The channels of the site; those whose current certificate is among the roots' are
            the lowest.
    """
    made = _Drawing()
    made.put(Node(name=name, about=_about(register, name), kind="here", level=0))
    if traced is not None:
        _above(made, name, traced.standards, -1)
    levels = _below(made, register, name, roots)
    for row in rows:
        certificate = row.head.certificate
        if certificate in levels and len(made.nodes) < MOST_NODES:
            level = levels[certificate] + 1
            serial = row.head.serial
            made.put(Node(name=row.channel, about=serial, kind="channel", level=level))
            made.edges[certificate, row.channel] = None
    return Graph(nodes=made.nodes, edges=tuple(made.edges))


def _about(register: CalibrationRegister, name: str) -> str:
    own = certificate_by_id(register, name)
    return "" if own is None else instrument_of(own)


def instrument_of(certificate: CalibrationCertificate) -> str:
    """Maker, model and serial number."""
    what = certificate.instrument
    return " ".join(each for each in (what.maker, what.model, what.serial) if each)


def _above(made: _Drawing, lower: str, links: Sequence[Link], level: int) -> None:
    for link in links:
        name = link.certificate or link.influence
        node = Node(
            name=name,
            about=link.standard,
            kind="standard" if link.standard else "absent",
            level=level,
            validity=link.validity,
        )
        made.put(node)
        made.edges[name, lower] = None
        _above(made, name, link.upstream, level - 1)


def _below(
    made: _Drawing, register: CalibrationRegister, name: str, roots: Roots
) -> Mapping[str, int]:
    """Puts the certificates that rest on it; the level of each, and of what was asked for."""
    lower = _resting(register, name, roots)
    levels, waiting = {name: 0}, deque([name])
    while waiting and len(made.nodes) < MOST_NODES:
        upper = waiting.popleft()
        for each in lower.get(upper, ()):
            made.edges[upper, each.id] = None
            if each.id not in levels:
                levels[each.id] = levels[upper] + 1
                waiting.append(each.id)
                about = instrument_of(each)
                made.put(Node(name=each.id, about=about, kind="certificate", level=levels[each.id]))
    return levels


def _resting(
    register: CalibrationRegister, name: str, roots: Roots
) -> Mapping[str, list[CalibrationCertificate]]:
    """Which certificates rest directly on which name; latest versions alone."""
    found: dict[str, list[CalibrationCertificate]] = defaultdict(list)
    for each in _latest(register, roots.certificates):
        for upper in _uppers(each, name, roots):
            found[upper].append(each)
    return found


def _latest(
    register: CalibrationRegister, names: frozenset[str]
) -> Iterator[CalibrationCertificate]:
    latest: dict[str, CalibrationCertificate] = {}
    for each in sorted(register.certificates, key=lambda one: one.recorded_at):
        if each.id in names:
            latest[each.id] = each
    return iter(latest.values())


def _uppers(certificate: CalibrationCertificate, name: str, roots: Roots) -> set[str]:
    found: set[str] = set()
    for used in certificate.standards:
        if used.certificate == name or used.certificate in roots.certificates:
            found.add(used.certificate)
        elif used.influence in roots.influences:
            found.add(name)
    is_material = certificate.kind == "reference_material"
    if not found and is_material and certificate.instrument.serial == name:
        found.add(name)
    return found - {certificate.id, ""}
