"""Devices on lines, whatever they show: their site, their channels, and whether they can answer."""

from collections.abc import Callable

from device_profiles.dialects import requests_of
from device_profiles.errors import ProfileError, UnknownChannelError
from device_profiles.model import Channel, DeviceProfile
from simulators.constants import constants
from simulators.errors import FaultPlaceError, ScenarioReferenceError, ScenarioServeError
from simulators.fault import faulted_channels
from simulators.form import StandingForm
from simulators.instant import instant_ns
from simulators.place import Place, Site
from simulators.scenario import Scenario
from simulators.seat import BYTES


def site_of(scenario: Scenario, form: StandingForm, profile: DeviceProfile) -> Site:
    """What belongs to the place and not to what stands there.

    Raises:
        ScenarioReferenceError: a channel that the profile does not have.
    """
    for name in sorted(faulted_channels(form.faults) | form.constants.keys()):
        channel_of(form, profile, name)
    kinds = {line.id: line.kind for line in scenario.lines}
    return Site(
        profile=profile,
        constants=constants(profile, form.constants),
        parameters=form.parameters,
        faults=form.faults,
        gaps=form.gaps,
        serial=form.serial,
        on_bytes=kinds[form.line] in BYTES,
    )


def answering(scenario: Scenario, form: StandingForm, make: Callable[[], Place]) -> Place:
    """The place that `make` returns, which can carry what it shows when the scenario begins.

    Raises:
        ScenarioServeError: it cannot, or one of its faults could strike nothing.
    """
    try:
        place = make()
        _show_all(place, instant_ns(scenario.begins_at))
    except FaultPlaceError as fault:
        remedy = "correct its faults, or the kind of its line"
        raise ScenarioServeError(form.serial, what=str(fault), remedy=remedy) from None
    except ProfileError as fault:
        remedy = "correct its constants, parameters or register_start"
        raise ScenarioServeError(form.serial, what=str(fault), remedy=remedy) from None
    return place


def _show_all(place: Place, at_ns: int) -> None:
    """Returns if everything that the place shows can be carried."""
    profile = place.site.profile
    for request in requests_of(profile, [channel.name for channel in profile.channels]):
        place.content(request, at_ns)


def channel_of(form: StandingForm, profile: DeviceProfile, name: str) -> Channel:
    """The channel of that name in the device's profile.

    Raises:
        ScenarioReferenceError: the profile has no such channel.
    """
    try:
        return profile.channel(name)
    except UnknownChannelError:
        known = ", ".join(one.name for one in profile.channels)
        raise ScenarioReferenceError(form.serial, kind="channel", name=name, known=known) from None
