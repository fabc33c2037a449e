"""Profiles emit plain names; each is one that the calibration room knows and can build on."""

import pytest

from calibration.flow import amount_unit
from calibration.measurand import DIMENSION_OF, Accumulation, KindOfQuantity, Measurand
from calibration.unit import UNITS, has_amount
from device_profiles.load import catalogue, load_profile
from device_profiles.model import Channel

CHANNELS = [
    pytest.param(channel, id=f"{profile_id}/{channel.name}")
    for profile_id in catalogue()
    for channel in load_profile(profile_id).profile.channels
]
PARAMETERS = [
    pytest.param(parameter.unit, id=f"{profile_id}/{name}")
    for profile_id in catalogue()
    for name, parameter in load_profile(profile_id).profile.parameters.items()
]


def measurand_of(channel: Channel) -> Measurand:
    """The measurand that an agent makes of a channel; it refuses what does not fit."""
    return Measurand(
        kind_of_quantity=KindOfQuantity(channel.kind_of_quantity),
        unit=channel.unit,
        subject=channel.subject or channel.name,
        accumulation=Accumulation(channel.accumulation),
    )


def test_there_is_a_catalogue_to_speak_of() -> None:
    assert len(catalogue()) >= 7
    assert len(CHANNELS) > len(catalogue())


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channels_words_are_known_and_its_unit_fits_its_quantity(channel: Channel) -> None:
    measurand = measurand_of(channel)
    assert UNITS[channel.unit].dimension == DIMENSION_OF[measurand.kind_of_quantity]


AMOUNTS = {
    KindOfQuantity.ACTIVE_ENERGY,
    KindOfQuantity.REACTIVE_ENERGY,
    KindOfQuantity.APPARENT_ENERGY,
    KindOfQuantity.HEAT,
    KindOfQuantity.MASS,
    KindOfQuantity.VOLUME,
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_accumulates_is_an_amount_and_what_does_not_is_none(channel: Channel) -> None:
    accumulates = Accumulation(channel.accumulation) != Accumulation.RATE
    assert (KindOfQuantity(channel.kind_of_quantity) in AMOUNTS) == accumulates


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_amount_keeps_its_unit_and_a_flow_integrates_to_one_of_the_table(
    channel: Channel,
) -> None:
    measurand = measurand_of(channel)
    if measurand.accumulation != Accumulation.RATE:
        assert amount_unit(measurand) == channel.unit
    elif has_amount(channel.unit):
        assert amount_unit(measurand) in UNITS


@pytest.mark.parametrize("unit", PARAMETERS)
def test_a_parameters_unit_is_known(unit: str) -> None:
    assert unit in UNITS


def test_every_accumulation_a_profile_may_name_is_known() -> None:
    stated = Channel.__annotations__["accumulation"].__args__
    assert set(stated) == {each.value for each in Accumulation}
