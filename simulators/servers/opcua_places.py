"""Places behind an OPC UA server: what each node shows, by the profile's channels."""

from collections.abc import Iterable

from device_profiles.formats import NotAvailable
from device_profiles.opcua.profile import OpcUaProfile
from simulators.place import Place
from simulators.servers.opcua_image import NodeFunction, Shown

_BAD_NO_DATA = 0x809B_0000


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
        if isinstance(number, NotAvailable):
            return Shown(value=None, status=_BAD_NO_DATA, source_at_ns=at_ns)
        return Shown(value=float(number), source_at_ns=at_ns)

    return function
