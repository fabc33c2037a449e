"""What the parts of a scenario have in common."""

from typing import Annotated, Literal

import msgspec

from simulators.fault import AnyFault

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]


class ScenarioForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a scenario; unknown keys are refused."""


class StandingForm(ScenarioForm, frozen=True, kw_only=True):
    """A device on a line.

    Attributes:
        profile: id of a device profile, or a file beside the scenario that ends in .toml.
        address: of other protocols than Modbus; empty takes that of a device that is alone.
        gaps: what addresses between the profile's channels answer.
        constants: values of other channels, in the channel's unit.
        parameters: the site's values of the profile's parameters.
    """

    serial: Name
    profile: str
    line: Name
    unit_id: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    address: str = ""
    gaps: Literal["zero", "exception"] = "zero"
    constants: dict[str, float] = {}
    parameters: dict[str, Positive] = {}
    faults: tuple[AnyFault, ...] = ()
