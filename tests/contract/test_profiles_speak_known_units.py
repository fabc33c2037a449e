"""Profiles emit plain names; each is one that the calibration room knows and can build on."""

import pytest

from calibration.flow import amount_unit
from calibration.measurand import DIMENSION_OF, Accumulation, KindOfQuantity, Measurand
from calibration.unit import UNITS, has_amount
from device_profiles import points_words
from device_profiles.load import catalogue, load_profile
from device_profiles.model import Channel
from device_profiles.page_words import KINDS_ZH
from device_profiles.points_kind import kind_of

PROFILES = {profile_id: load_profile(profile_id).profile for profile_id in catalogue()}


def measurand_of(channel: Channel) -> Measurand:
    """The measurand that an agent makes of a channel; it refuses what does not fit."""
    return Measurand(
        kind_of_quantity=KindOfQuantity(channel.kind_of_quantity),
        unit=channel.unit,
        subject=channel.subject or channel.name,
        accumulation=Accumulation(channel.accumulation),
    )


def test_there_is_a_catalogue_to_speak_of() -> None:
    assert len(PROFILES) >= 7
    assert all(profile.channels for profile in PROFILES.values())


@pytest.mark.parametrize("profile_id", PROFILES)
def test_a_channels_words_are_known_and_its_unit_fits_its_quantity(profile_id: str) -> None:
    for channel in PROFILES[profile_id].channels:
        measurand = measurand_of(channel)
        expected = DIMENSION_OF[measurand.kind_of_quantity]
        assert UNITS[channel.unit].dimension == expected, channel.name


AMOUNTS = {
    KindOfQuantity.ACTIVE_ENERGY,
    KindOfQuantity.REACTIVE_ENERGY,
    KindOfQuantity.APPARENT_ENERGY,
    KindOfQuantity.HEAT,
    KindOfQuantity.MASS,
    KindOfQuantity.VOLUME,
}


@pytest.mark.parametrize("profile_id", PROFILES)
def test_what_accumulates_is_an_amount_and_what_does_not_is_none(profile_id: str) -> None:
    for channel in PROFILES[profile_id].channels:
        accumulates = Accumulation(channel.accumulation) != Accumulation.RATE
        is_amount = KindOfQuantity(channel.kind_of_quantity) in AMOUNTS
        assert is_amount == accumulates, channel.name


@pytest.mark.parametrize("profile_id", PROFILES)
def test_an_amount_keeps_its_unit_and_a_flow_integrates_to_one_of_the_table(
    profile_id: str,
) -> None:
    for channel in PROFILES[profile_id].channels:
        measurand = measurand_of(channel)
        if measurand.accumulation != Accumulation.RATE:
            assert amount_unit(measurand) == channel.unit, channel.name
        elif has_amount(channel.unit):
            assert amount_unit(measurand) in UNITS, channel.name


@pytest.mark.parametrize("profile_id", PROFILES)
def test_a_parameters_unit_is_known(profile_id: str) -> None:
    for name, parameter in PROFILES[profile_id].parameters.items():
        assert parameter.unit in UNITS, name


def test_every_accumulation_a_profile_may_name_is_known() -> None:
    stated = Channel.__annotations__["accumulation"].__args__
    assert set(stated) == {each.value for each in Accumulation}


def test_a_list_of_points_writes_units_that_are_known_and_guesses_kinds_that_fit() -> None:
    for code in set(points_words.UNITS.values()) | set(points_words.CASED_UNITS.values()):
        assert code in UNITS, code
        kind = kind_of("name", code)
        if kind is not None:
            assert UNITS[code].dimension == DIMENSION_OF[KindOfQuantity(kind)], code


def test_chinese_pages_have_a_word_for_every_kind_of_quantity() -> None:
    assert set(KINDS_ZH) == {each.value for each in KindOfQuantity}
