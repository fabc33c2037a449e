"""OPC UA as profiles need it: all nodes of a device in one request, each with its own status."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from device_profiles.cost import LineCost
from device_profiles.dialect import Dialect, Lies, Reader, Values
from device_profiles.finish import finished, unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.indicated import Decoding, Impaired, Indicated, Interpretation
from device_profiles.item_errors import NoSuchItemError
from device_profiles.opcua.datavalue import DataValue, decode, encode
from device_profiles.opcua.delivery import Delivery, Gap, join, split
from device_profiles.opcua.profile import NodeSource, OpcUaProfile, node_findings
from device_profiles.opcua.request import NodesRequest
from device_profiles.opcua.status import Severity, severity
from device_profiles.parameters import parameters_of
from device_profiles.status_model import Condition
from device_profiles.wire_errors import WireError

_NS_PER_S: Final = 1_000_000_000
_BAD_NO_DATA: Final = 0x809B_0000


def _requests(profile: OpcUaProfile, names: Sequence[str], cost: LineCost) -> tuple[Hashable, ...]:
    del cost
    nodes = dict.fromkeys(profile.channel(name).source.node for name in names)
    return (NodesRequest(nodes=tuple(nodes)),) if nodes else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReader:
    """The channels of a device by their nodes.

    Attributes:
        interpretations: node, source and interpretation of each channel, by place.
    """

    interpretations: tuple[tuple[NodeSource, Interpretation], ...]

    def held(self, request: Hashable) -> tuple[int, ...]:
        """The places of the channels that the answer to `request` brings."""
        if not isinstance(request, NodesRequest):
            return ()
        asked = set(request.nodes)
        found = enumerate(self.interpretations)
        return tuple(place for place, (source, _) in found if source.node in asked)

    def places(self, request: Hashable, content: bytes) -> Iterator[tuple[int, bytes, Indicated]]:
        """What those channels indicate; `raw` is the DataValue as the server sent it.

        Raises:
            WireError: `content` is none of `request`.
        """
        if not isinstance(request, NodesRequest):
            return
        found = dict(zip(request.nodes, split(content, len(request.nodes)), strict=True))
        for place, (source, interpret) in enumerate(self.interpretations):
            if source.node in found:
                delivery = found[source.node]
                yield place, delivery.latest, _indicated(delivery, source, interpret)


def _indicated(delivery: Delivery, source: NodeSource, interpret: Interpretation) -> Indicated:
    """The indication with what the server says of it; a bad one is not of the measurand."""
    if not delivery.latest:
        return NotAvailable()
    try:
        told = decode(delivery.latest)
    except WireError:
        return NotAvailable(reason="digits")
    condition = _condition(told, source, delivery.gap)
    if condition is Condition.INVALID:
        return Impaired(number=0, condition=condition)
    shown = interpret(delivery.latest)
    if condition is None or not isinstance(shown, int | float):
        return shown
    return Impaired(number=shown, condition=condition)


def _condition(told: DataValue, source: NodeSource, gap: Gap) -> Condition | None:
    level = severity(told.status_code)
    if level is Severity.BAD or _is_stale(told, source):
        return Condition.INVALID
    lost = gap is not Gap.NONE
    return Condition.WARNING if level is Severity.UNCERTAIN or lost else None


def _is_stale(told: DataValue, source: NodeSource) -> bool:
    if source.max_age_s is None:
        return False
    taken_ns, sent_ns = told.source_at_ns, told.server_at_ns
    if taken_ns is None or sent_ns is None:
        return True
    return sent_ns - taken_ns > source.max_age_s * _NS_PER_S


def _reader(
    profile: OpcUaProfile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Hashable]:
    factors = parameters_of(profile, parameters)
    channels = [profile.channel(name) for name in names]
    return NodeReader(
        interpretations=tuple((each.source, finished(_number, each, factors)) for each in channels)
    )


def _decoding(profile: OpcUaProfile, name: str) -> Decoding:
    profile.channel(name)
    return _number


def _number(raw: bytes) -> Number | NotAvailable:
    """The number in a DataValue; texts and instants are none."""
    try:
        told = decode(raw)
    except WireError:
        return NotAvailable(reason="digits")
    if told.value is None:
        return NotAvailable()
    if not isinstance(told.value, int | float) or told.type == "DateTime":
        return NotAvailable(reason="digits")
    number = int(told.value) if isinstance(told.value, bool) else told.value
    finite = number == number and abs(number) != float("inf")  # noqa: PLR0124 - NaN is not itself
    return number if finite else NotAvailable(reason="not_a_number")


def _compose(
    profile: OpcUaProfile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The DataValues of the nodes, as Double; what is not available has a bad status."""
    if not isinstance(request, NodesRequest):
        raise NoSuchItemError(profile.id, key="request", found=request, limit="nodes")
    factors = parameters_of(profile, parameters)
    shown = {
        each.source.node: unfinished(each, value, factors)
        for each in profile.channels
        if not isinstance(value := values.get(each.name, NotAvailable()), NotAvailable)
    }
    return join(Delivery(values=(_told(shown.get(node)),)) for node in request.nodes)


def _told(number: Number | None) -> bytes:
    if number is None:
        return encode(DataValue(status=_BAD_NO_DATA))
    return encode(DataValue(value=float(number), type="Double"))


def _where(profile: OpcUaProfile, name: str) -> tuple[Lies, ...]:
    source = profile.channel(name).source
    age = f", at most {source.max_age_s:g} s old" if source.max_age_s else ""
    return (Lies(place=source.node, coding=f"number{age}"),)


OPCUA: Final = Dialect(
    profile=OpcUaProfile,
    findings=node_findings,
    requests=_requests,
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)
