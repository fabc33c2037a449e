"""What an agent is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge_agent.calibrations import Calibrations
from edge_agent.installation import Installation
from edge_agent.line import Line
from edge_agent.spool import Spool
from evidence.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentParts:
    """What an agent is made of.

    Attributes:
        installation: Configuration, devices, certificates.
        calibrations: Of the devices, and of what was pending at the start.
        spool: Open, with an epoch.
        lines: By name, with a station for each device.
        clock: Stamps and batches; may be simulated.
        entropy: n -> n random bytes.
        software: What made the results; it stands in every batch.
    """

    installation: Installation
    calibrations: Calibrations
    spool: Spool
    lines: Mapping[str, Line]
    clock: Clock
    entropy: Callable[[int], bytes]
    software: str
