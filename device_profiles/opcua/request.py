"""What a device behind OPC UA is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesRequest:
    """The values of these nodes, all at once.

    Attributes:
        nodes: Node ids as text (`device_profiles.opcua.node`); the answer keeps their order.
    """

    nodes: tuple[str, ...]
