"""From a scenario to its stacks, and to the devices that show them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceProfile
from evidence.errors import Words
from simulators.errors import ScenarioServeError
from simulators.instant import instant_ns
from simulators.place import Place
from simulators.process import Process
from simulators.scenario import Scenario
from simulators.stack.comparison import comparison_documents
from simulators.stack.cylinder import cylinders
from simulators.stack.documents import stack_documents
from simulators.stack.form import OutletForm
from simulators.stack.logged import DuctSettings
from simulators.stack.place import StackPlace
from simulators.stack.reference import Traverse, parallel_runs, running_from_ns, traverse
from simulators.stack.truth import Stack
from simulators.stack.watch import StackWatch
from simulators.standing import answering, channel_of, site_of

if TYPE_CHECKING:
    from simulators.plant import Plant

TRAVERSE_MIN: Final = 60
CAMPAIGN_MIN: Final = 9 * 60


def stacks_of(scenario: Scenario, processes: Mapping[str, Process]) -> dict[str, Stack]:
    """The stacks of a scenario by id, commissioned when it begins.

    Raises:
        ScenarioFormError: changes that do not fit.
    """
    return {
        form.id: Stack(
            id=form.id,
            seed=scenario.seed,
            spec=form.spec(),
            commissioned_ns=instant_ns(scenario.begins_at),
            fuel=processes[form.fuel] if form.fuel is not None else None,
            carbon=processes[form.carbon] if form.carbon is not None else None,
        )
        for form in scenario.stacks
    }


def first_traverse(stack: Stack) -> Traverse:
    """The traverse at which its velocity-field coefficient was found.

    Raises:
        SimulationRangeError: the stack does not run within 120 days.
    """
    return traverse(stack, running_from_ns(stack, stack.commissioned_ns, TRAVERSE_MIN))


def first_documents(plant: "Plant") -> dict[str, str]:
    """The documents of a plant's stacks when it begins, as TOML by file name.

    Raises:
        SimulationRangeError: a stack does not run within 120 days.
    """
    issued: dict[str, str] = {}
    for stack in plant.stacks.values():
        begins_ns = stack.commissioned_ns
        used = cylinders(stack, begins_ns, begins_ns + 1)
        found = [first_traverse(stack)]
        scenario = plant.scenario
        issued |= stack_documents(stack, scenario.laboratory, used, found, scenario.factory)
        runs = parallel_runs(stack, running_from_ns(stack, begins_ns, CAMPAIGN_MIN))
        issued |= comparison_documents(stack, scenario.laboratory, runs, scenario.factory)
    return issued


def settings_of(stack: Stack, kv: float | None = None) -> DuctSettings:
    """What is set in its logger: the drawing's area, and K_v as given or as first found."""
    return DuctSettings(
        kv=first_traverse(stack).kv if kv is None else kv,
        area_m2=stack.spec.duct.area_m2,
        co2_basis=stack.spec.sensors["co2"].basis,
    )


def stack_place(
    scenario: Scenario,
    form: OutletForm,
    profile: DeviceProfile,
    stack: Stack,
    watches: dict[tuple[str, float | None], StackWatch],
) -> Place:
    """The place of a device that shows a stack; `watches` holds those that others made.

    Raises:
        SimulatorError: a channel that the profile does not have, or a value that it cannot show.
    """
    for each in form.shows:
        channel = channel_of(form, profile, each.channel)
        if channel.accumulation == "register":
            what = f"channel '{each.channel}' is a register, which no stack drives"
            raise ScenarioServeError(
                form.serial,
                what=what,
                remedy=Words("show a rate or an interval", "请显示瞬时量或时段量"),
            )
    site = site_of(scenario, form, profile)
    key = stack.id, form.kv
    watch = watches.get(key) or StackWatch(stack, settings_of(stack, form.kv))
    watches[key] = watch
    return answering(scenario, form, lambda: StackPlace(site, watch, form.shows))
