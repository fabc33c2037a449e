"""Places behind an OPC UA server: what each node shows, by the profile's channels."""

from collections.abc import Iterable, Mapping
from typing import Final

from device_profiles.formats import NotAvailable
from device_profiles.opcua.profile import OpcUaProfile
from simulators.place import Place
from simulators.servers.opcua_image import NodeFunction, Shown
from simulators.stack.state import State

_BAD_NO_DATA = 0x809B_0000
_BAD_OUT_OF_SERVICE = 0x808D_0000
STATUSES: Final[Mapping[State, int]] = {
    State.MEASURING: 0,
    State.OVER_RANGE: 0x4094_0000,  # UncertainEngineeringUnitsExceeded
    State.STANDBY: _BAD_OUT_OF_SERVICE,
    State.PURGING: _BAD_OUT_OF_SERVICE,
    State.BLOW_BACK: _BAD_OUT_OF_SERVICE,
    State.SETTLING: 0x420A_0000,  # UncertainSensorCalibration
    State.ZERO_GAS: 0x420A_0000,
    State.SPAN_GAS: 0x420A_0000,
    State.MAINTENANCE: _BAD_OUT_OF_SERVICE,
    State.FAULT: 0x808B_0000,  # BadDeviceFailure
    State.NO_COMMUNICATION: 0x8031_0000,  # BadNoCommunication
}
"""What a server says of a value of an instrument that does something else than measure."""


def nodes_of(places: Iterable[Place]) -> dict[str, NodeFunction]:
    """What the nodes of all places show, by node id; scale, offset and ratios are taken out."""
    found: dict[str, NodeFunction] = {}
    for place in places:
        profile = place.site.profile
        if isinstance(profile, OpcUaProfile):
            for channel in profile.channels:
                found[channel.source.node] = _function(place, channel.name)
    return found


def _function(place: Place, name: str) -> NodeFunction:
    def function(at_ns: int) -> Shown:
        number = place.number(name, at_ns)
        state = place.states(at_ns).get(name, State.MEASURING)
        if isinstance(number, NotAvailable):
            return Shown(value=None, status=STATUSES[state] or _BAD_NO_DATA, source_at_ns=at_ns)
        return Shown(value=float(number), status=STATUSES[state], source_at_ns=at_ns)

    return function
