"""What an OPC UA server shows in which nodes: data, see `device_profiles.model` for the rest."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import ProfileError
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.opcua.errors import NodeIdError
from device_profiles.opcua.node import parse
from device_profiles.scalars import NOTHING_FOLLOWS

NodeText = Annotated[str, Meta(pattern=r"^\S{3,400}" + NOTHING_FOLLOWS)]
"""A node id: ns=2;s=Line1.Energy, ns=3;i=1001, or nsu=<uri>;s=... where indexes may change."""


class NodeSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The node that shows the number.

    Args:
        node: its id as text.
        max_age_s: how old the value may be when the server sends it, by the server's own two
            timestamps; None where a value that does not change keeps its old one.
    """

    node: NodeText
    max_age_s: Annotated[float, Meta(gt=0, le=86_400)] | None = None


class NodeChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that a node carries."""

    source: NodeSource


class OpcUaProfile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of device behind an OPC UA server."""

    protocol: Literal["opcua"]
    channels: Annotated[tuple[NodeChannel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> NodeChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def node_findings(profile: OpcUaProfile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's nodes, file `where`."""
    for channel in profile.channels:
        try:
            parse(channel.source.node, where)
        except NodeIdError as wrong:
            key = f"channels[{channel.name}].source.node"
            yield NodeIdError(where, **{**wrong.facts, "key": key})
