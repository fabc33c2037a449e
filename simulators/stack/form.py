"""Stacks and the devices that show them, as a scenario has them."""

from typing import Annotated, Any, Literal

import msgspec

from simulators.errors import ScenarioFormError
from simulators.form import Name, Positive, ScenarioForm, StandingForm
from simulators.stack.logged import Logged
from simulators.stack.presets import PRESETS
from simulators.stack.spec import Planned, StackSpec


class StackForm(ScenarioForm, frozen=True, kw_only=True):
    """A stack: one of two presets, and what is different about this one.

    Attributes:
        fuel: process that is the fuel burnt, t/h, in place of a seeded load.
        carbon: process that is the mass fraction of carbon in the fuel.
        changes: values in place of the preset's, by the names of `StackSpec`.
        planned: stops, maintenances, faults, ageing and repairs.
    """

    id: Name
    preset: Literal["sinter", "boiler"]
    fuel: Name | None = None
    carbon: Name | None = None
    changes: dict[str, Any] = msgspec.field(default_factory=dict)
    planned: tuple[Planned, ...] = ()

    def spec(self) -> StackSpec:
        """The whole description.

        Raises:
            ScenarioFormError: the changes do not fit.
        """
        whole = _changed(msgspec.to_builtins(PRESETS[self.preset]), self.changes)
        try:
            spec = msgspec.convert(whole, StackSpec)
        except msgspec.ValidationError as wrong:
            raise ScenarioFormError(f"stack {self.id}", what=f"changes: {wrong}") from None
        return msgspec.structs.replace(spec, planned=(*spec.planned, *self.planned))


def _changed(whole: Any, changes: Any) -> Any:  # noqa: ANN401 - as TOML has it
    if not isinstance(whole, dict) or not isinstance(changes, dict):
        return changes
    return whole | {key: _changed(whole.get(key), value) for key, value in changes.items()}


class ShownQuantity(ScenarioForm, frozen=True, kw_only=True):
    """A channel that shows a quantity of the stack; `factor` is channel unit over its unit."""

    channel: str
    quantity: Logged
    factor: Positive = 1.0


class OutletForm(StandingForm, frozen=True, kw_only=True):
    """A device that shows what the instruments of a stack indicate, with their states.

    Attributes:
        shows: channels that show a quantity; all others show constants.
        kv: velocity-field coefficient set in it; None takes that of the first traverse.
    """

    stack: Name
    shows: Annotated[tuple[ShownQuantity, ...], msgspec.Meta(min_length=1)]
    kv: Positive | None = None
