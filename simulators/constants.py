"""What channels show that no process drives."""

from collections.abc import Iterator, Mapping

from device_profiles.cost import FEWEST
from device_profiles.dialects import dialect_of
from device_profiles.model import Channel, DeviceProfile
from device_profiles.register_errors import FitError
from device_profiles.register_model import RegisterChannel

USUAL = {
    ("voltage", "V"): 230.0,
    ("current", "A"): 40.0,
    ("frequency", "Hz"): 50.0,
    ("power_factor", "1"): 0.95,
    ("temperature", "Cel"): 25.0,
    ("relative_humidity", "%"): 45.0,
    ("velocity", "m/s"): 1.2,
    ("amount_fraction", "[ppm]"): 450.0,
    ("amount_fraction", "%"): 10.0,
    ("mass_concentration", "mg/m3"): 35.0,
    ("pressure", "Pa"): -200.0,
}
LINE_TO_LINE_V = 400.0


def constants(profile: DeviceProfile, given: Mapping[str, float]) -> dict[str, float]:
    """A value for every channel of a profile: as given, else usual for its kind of quantity.

    A value that is not given lies within the channel's plausible interval if it has one and can
    be carried by its format; channels for which none is found are left out.
    """
    found = dict(given)
    for channel in profile.channels:
        value = _constant(profile, channel)
        if channel.name not in found and value is not None:
            found[channel.name] = value
    return found


def _constant(profile: DeviceProfile, channel: Channel) -> float | None:
    fitting = (value for value in _candidates(channel) if _fits(profile, channel, value))
    return next(fitting, None)


def _candidates(channel: Channel) -> Iterator[float]:
    if channel.accumulation == "register":
        yield 0.0
    if channel.kind_of_quantity == "voltage" and "-" in (channel.phase or ""):
        yield LINE_TO_LINE_V
    usual = USUAL.get((channel.kind_of_quantity, channel.unit))
    if usual is not None:
        yield usual
    if channel.plausible is not None:
        yield sum(channel.plausible) / 2
    yield from (1.0, 0.0)


def _fits(profile: DeviceProfile, channel: Channel, value: float) -> bool:
    if channel.plausible and not channel.plausible[0] <= value <= channel.plausible[1]:
        return False
    if value == 0 and _zero_is_none(channel):
        return False
    dialect = dialect_of(profile)
    try:
        for request in dialect.requests(profile, [channel.name], FEWEST):
            dialect.compose(profile, request, {channel.name: value}, None)
    except FitError:
        return False
    return True


def _zero_is_none(channel: Channel) -> bool:
    """Whether the device has no way to show 0, because that is how it shows that it has none."""
    return isinstance(channel, RegisterChannel) and any(
        term.format.startswith("acc") or any(set(each) <= {"0", " "} for each in term.sentinels)
        for term in channel.terms
    )
