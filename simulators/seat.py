"""Where a place is reached on its line: under a unit id, or under an address of its protocol."""

from typing import Final

from device_profiles.errors import ProfileError
from device_profiles.hj212.dialect import LONE_MN
from device_profiles.hj212.profile import hj212_of
from device_profiles.register_model import ModbusProfile, modbus_of
from device_profiles.spoken import spoken_of
from simulators.errors import ScenarioServeError
from simulators.form import StandingForm
from simulators.place import Place
from simulators.scenario import LineForm
from simulators.servers.hj212_logger import LoggerSeat
from simulators.servers.spoken_station import SpokenStation

BYTES: Final = frozenset({"serial-tcp", "pty"})
"""Kinds of lines that carry bare bytes."""
REPORTS: Final = "hj212"
"""The kind of lines whose devices connect by themselves."""


def of_modbus(form: StandingForm, place: Place) -> Place:
    """The place, if its device speaks Modbus, or is on an OPC UA server.

    Raises:
        ScenarioServeError: it does not.
    """
    if place.site.profile.protocol == "opcua":
        return place
    try:
        modbus_of(place.site.profile)
    except ProfileError as wrong:
        remedy = "give its line the kind serial-tcp or pty"
        raise ScenarioServeError(form.serial, what=str(wrong), remedy=remedy) from None
    return place


def logger_of(line: LineForm, form: StandingForm, place: Place) -> LoggerSeat:
    """The place as a data logger that connects to its centre.

    Raises:
        ScenarioServeError: its device does not report so.
    """
    try:
        hj212_of(place.site.profile)
    except ProfileError as wrong:
        remedy = "give it a profile of hj212, or its line another kind"
        raise ScenarioServeError(form.serial, what=str(wrong), remedy=remedy) from None
    return LoggerSeat(place=place, mn=form.address or LONE_MN, interval_s=line.interval_s)


def seat_of(line: LineForm, form: StandingForm, place: Place) -> SpokenStation:
    """The place as a station of a line of bytes.

    Raises:
        ScenarioServeError: its protocol is not spoken there, or it has no such address.
    """
    profile = place.site.profile
    try:
        spoken = spoken_of(profile, line.framing)
        modbus = isinstance(profile, ModbusProfile)
        address = str(form.unit_id) if modbus else form.address or spoken.lone_address
        spoken.check_address(profile, address)
    except ProfileError as wrong:
        remedy = "correct its address, or the kind of its line"
        raise ScenarioServeError(form.serial, what=str(wrong), remedy=remedy) from None
    return SpokenStation(place=place, spoken=spoken, address=address)
