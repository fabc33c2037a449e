"""A simulated line with one or more meters, for tests of what stands around them."""

from functools import cache

from device_profiles.dialects import requests_of
from device_profiles.load import load_profile
from device_profiles.model import DeviceProfile
from simulators.fault import AnyFault
from simulators.serve import lone_line
from simulators.servers.spoken_station import SpokenStation

PROFILES = {
    "rtu": "abb-b23",
    "ascii": "abb-b23",
    "dlt645": "dlt645-2007-three-phase",
    "cjt188": "cjt188-cold-water",
}
ADDRESSES = {"dlt645": "000000000001", "cjt188": "00000000000001"}


def seat(spoken: str, *faults: AnyFault, address: str = "") -> SpokenStation:
    """A meter on a line of bytes that shows constants; Modbus ones have unit 1."""
    profile = _profile(PROFILES[spoken])
    framing = spoken if spoken in {"rtu", "ascii"} else "rtu"
    (made,) = lone_line(profile, 0, "serial-tcp", framing).seats
    made.place.strike(faults)
    return SpokenStation(
        place=made.place, spoken=made.spoken, address=address or ADDRESSES.get(spoken, "1")
    )


@cache
def _profile(name: str) -> DeviceProfile:
    return load_profile(name).profile


@cache
def question(spoken: str, address: str = "") -> bytes:
    """The bytes that ask a meter for its register."""
    one = seat(spoken)
    profile = one.place.site.profile
    name = "volume" if spoken == "cjt188" else "active_energy_import"
    (request, *_) = requests_of(profile, [name])
    talk = one.spoken.ask(profile, address or one.address, request)
    return bytes(next(talk).sends)
