"""Every shipped profile, by loading it: a new file in the catalogue is tested by being there."""

import math
import re
from collections.abc import Iterator

import pytest

from device_profiles.dialects import interpreter
from device_profiles.formats import NotAvailable, Number, is_integer, limits
from device_profiles.load import CATALOGUE, catalogue, load_profile, path_of
from device_profiles.parameters import parameters_of
from device_profiles.parse import lint
from device_profiles.plan import ReadRequest, extent, plan_reads
from device_profiles.readout import readout
from device_profiles.register_model import ModbusProfile, RegisterChannel, modbus_of, weight_of
from device_profiles.registers import encode, wire_bytes
from device_profiles.write import write_words

IDS = catalogue()
FIRST = {
    "abb-b23",
    "eastron-sdm630",
    "inepro-pro380",
    "schneider-iem3155",
    "siemens-pac2200",
    "tuf-2000m",
    "vaisala-gmp252",
}
"""Agents in the field name these: their ids stay."""
NEVER_WITHOUT_A_VALUE = {
    "acrel-adl3000-e",
    "carlogavazzi-em24",
    "carlogavazzi-em24-e1",
    "carlogavazzi-em340",
    "sdl-plc-analog",
}
"""Integers only, and no document says how they show that there is no value."""
AMOUNTS = {"active_energy", "reactive_energy", "apparent_energy", "volume", "mass", "heat"}
Values = dict[str, Number | NotAvailable]


@pytest.fixture(params=[each for each in IDS if path_of(each).parent.name == "modbus"])
def device(request: pytest.FixtureRequest) -> ModbusProfile:
    return modbus_of(load_profile(request.param).profile)


def test_the_catalogue_keeps_the_devices_it_began_with() -> None:
    assert set(IDS) >= FIRST
    assert len(IDS) == len(list(CATALOGUE.rglob("*.toml")))


@pytest.mark.parametrize("profile_id", IDS)
def test_a_shipped_file_is_named_after_its_id_and_protocol_and_lints_clean(
    profile_id: str,
) -> None:
    path = path_of(profile_id)
    assert [finding.say("en") for finding in lint(path.read_bytes(), path.name)] == []
    device = load_profile(profile_id).profile
    assert device.id == profile_id
    assert path.parent.name == device.protocol


@pytest.mark.parametrize("profile_id", IDS)
def test_a_shipped_file_points_editors_to_the_schema_beside_the_code(profile_id: str) -> None:
    path = path_of(profile_id)
    first = path.read_text("utf-8").splitlines()[0]
    directive = re.fullmatch(r"#:schema (\S+)", first)
    assert directive is not None
    assert (path.parent / directive[1]).resolve().name == "profile-v1.schema.json"
    assert (path.parent / directive[1]).is_file()


def test_every_channel_cites_a_source_with_a_page_and_a_grade(device: ModbusProfile) -> None:
    assert {source.grade for source in device.sources} <= {"A", "B", "C"}
    for channel in device.channels:
        assert device.citation(channel).page
    assert {device.citation(channel).key for channel in device.channels if channel.required}


def test_amounts_are_registers_and_everything_else_is_a_rate(device: ModbusProfile) -> None:
    for channel in device.channels:
        expected = "register" if channel.kind_of_quantity in AMOUNTS else "rate"
        assert channel.accumulation == expected, channel.name


def test_all_channels_are_read_whole_in_legal_requests(device: ModbusProfile) -> None:
    plan = plan_reads(device)
    for channel in device.channels:
        whole = extent(channel, device.modbus)
        assert sum(read.covers(whole) for read in plan) == 1, channel.name
    assert max(read.count for read in plan) <= device.modbus.max_registers
    assert len(plan) <= len(device.channels)


def addresses(read: ReadRequest) -> range:
    return range(read.address, read.end)


def _answered(device: ModbusProfile, image: dict[tuple[int, int], int]) -> dict[str, object]:
    plan = plan_reads(device)
    replies = {
        read: wire_bytes(
            [image.get((read.function, at), 0) for at in range(read.address, read.end)]
        )
        for read in plan
    }
    shown = readout(device, replies)
    for name, indicated in shown.items():
        assert interpreter(device, name)(indicated.raw) == indicated.number
    return {name: indicated.number for name, indicated in shown.items()}


def _step(device: ModbusProfile, channel: RegisterChannel, value: Number, greatest: float) -> float:
    """How far the nearest number the registers can show may be.

    Args:
        greatest: the largest number that shares the channel's scale factor.
    """
    first, last = channel.terms[0], channel.terms[-1]
    rounding = 1e-12 * abs(value)
    if last.counts is not None:
        return _gain(device, channel) / (last.counts.high - last.counts.low) / 2 + rounding
    if last.scale_factor_address is not None:
        return greatest * 10 / limits(last.format)[1] + rounding
    if is_integer(last.format):
        return abs(_gain(device, channel) * weight_of(last)) / 2 + rounding
    relative = 2.0**-24 if last.format == "float32" else 2.0**-53
    if len(channel.terms) > 1 and is_integer(first.format):
        return relative + abs(value) * 2.0**-53
    return relative * abs(value)


def _gain(device: ModbusProfile, channel: RegisterChannel) -> float:
    """How far the indication moves when the number does by 1, under the default parameters."""
    defaults = parameters_of(device)
    return math.prod([channel.scale, *(defaults[name] for name in channel.multiply_by)])


def _between(channel: RegisterChannel, value: Number) -> Number:
    low, high = channel.plausible or (value, value)
    return min(max(value, low), high)


def _typical(device: ModbusProfile) -> Values:
    return {
        channel.name: _between(channel, 12.34 + 1.5 * index)
        for index, channel in enumerate(device.channels)
    }


def _extreme(device: ModbusProfile, channel: RegisterChannel, *, greatest: bool) -> Number:
    """The outermost indication of a channel that is no sentinel and is plausible."""
    if channel.plausible is not None:
        return channel.plausible[1 if greatest else 0]
    source = channel.terms[0]
    steps = limits(source.format)[1 if greatest else 0]
    patterns = [bytes.fromhex(pattern) for pattern in source.sentinels]
    if is_integer(source.format):
        words = encode(steps, source.format)
        raw = b"".join(word.to_bytes(2, "big") for word in words)
        steps += (-1 if greatest else 1) if raw in patterns or (_zero(channel) and not steps) else 0
    if source.counts is not None:
        span = source.counts.high - source.counts.low
        offset = channel.offset * _gain(device, channel) / channel.scale
        return (steps - source.counts.low) / span * _gain(device, channel) + offset
    if channel.scale == 1:
        return steps
    # beyond 2**53 a scaled step has no double of its own: take one that surely fits
    inward = 1 - 2.0**-51 if abs(steps) > 2**53 else 1.0
    return steps * channel.scale * inward


def _cases(device: ModbusProfile) -> Iterator[Values]:
    yield _typical(device)
    yield {channel.name: _between(channel, 0) for channel in device.channels if not _zero(channel)}
    for greatest in (True, False):
        yield {
            channel.name: _extreme(device, channel, greatest=greatest)
            for channel in device.channels
        }


def _zero(channel: RegisterChannel) -> bool:
    """True where the device has no way to show 0."""
    source = channel.terms[0]
    zeros = any(set(pattern) <= {"0", " "} for pattern in source.sentinels)
    return zeros or source.format.startswith("acc")


def _greatest(values: Values) -> float:
    return max(abs(value) for value in values.values() if isinstance(value, int | float))


def test_what_a_simulated_device_writes_is_what_an_agent_reads(device: ModbusProfile) -> None:
    for values in _cases(device):
        rest = {name: value for name, value in _typical(device).items() if name not in values}
        shown = _answered(device, write_words(device, {**values, **rest}))
        for name, value in values.items():
            assert isinstance(value, int | float)
            step = _step(device, device.channel(name), value, _greatest(values))
            assert shown[name] == pytest.approx(value, rel=1e-15, abs=step), name


def test_a_device_that_has_no_value_is_never_read_as_zero(device: ModbusProfile) -> None:
    silent = {
        channel.name: NotAvailable()
        for channel in device.channels
        if any(term.sentinels or not is_integer(term.format) for term in channel.terms)
    }
    shown = _answered(device, write_words(device, {**_typical(device), **silent}))
    assert bool(silent) == (device.id not in NEVER_WITHOUT_A_VALUE)
    assert all(isinstance(shown[name], NotAvailable) for name in silent)


def test_the_abb_meters_patterns_for_no_value_are_declared() -> None:
    device = load_profile("abb-b23").profile
    assert interpreter(device, "active_energy_import")(b"\xff" * 8) == NotAvailable()
    assert interpreter(device, "active_power")(bytes.fromhex("7FFFFFFF")) == NotAvailable()
    assert interpreter(device, "active_power")(bytes.fromhex("FFFFFFFF")) == -0.01
    assert interpreter(device, "frequency")(bytes.fromhex("FFFF")) == NotAvailable()
    assert interpreter(device, "power_factor_l1")(bytes.fromhex("7FFF")) == NotAvailable()


def test_the_flow_meters_total_is_integer_plus_fraction_times_multiplier() -> None:
    device = load_profile("tuf-2000m").profile
    # 1234 = 000004D2 and 0.5 = 3F000000, both low word first
    raw = bytes.fromhex("04D20000" + "00003F00")
    assert interpreter(device, "volume_positive")(raw) == 1234.5
    assert interpreter(device, "volume_positive", {"totalizer_multiplier": 0.1})(raw) == 123.45


def test_the_doubtful_frequency_register_of_the_pac2200_is_left_out() -> None:
    device = modbus_of(load_profile("siemens-pac2200").profile)
    assert device.modbus.aligned_reads
    assert "frequency" not in {channel.kind_of_quantity for channel in device.channels}


def test_the_schneider_meters_printed_numbers_are_one_more_than_the_frames() -> None:
    device = modbus_of(load_profile("schneider-iem3155").profile)
    printed = {"current_l1": 3000, "voltage_l1": 3028, "active_power": 3060, "frequency": 3110}
    printed |= {"active_energy_import": 3204, "active_energy_import_float": 45100}
    for name, number in printed.items():
        assert device.channel(name).terms[0].address == number - 1
