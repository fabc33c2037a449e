"""What documents print about devices of the catalogue, read through their profiles."""

import pytest

from device_profiles.dialects import interpreter
from device_profiles.formats import NotAvailable
from device_profiles.identity import identity_findings, identity_reads, said
from device_profiles.load import catalogue, load_profile, path_of
from device_profiles.plan import ReadRequest, plan_reads
from device_profiles.register_model import ModbusProfile, modbus_of
from device_profiles.resolution import rollover
from device_profiles.status import Condition, conditions, status_reads, status_values
from tests.words import content


def device(profile_id: str) -> ModbusProfile:
    return modbus_of(load_profile(profile_id).profile)


def shown(profile_id: str, channel: str, raw: str, **parameters: float) -> object:
    return interpreter(device(profile_id), channel, parameters)(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("profile_id", "channel", "raw", "number"),
    [
        # the reply 01 03 04 1C D5 3F 8E 7D CF, and the value printed beside the next two
        ("fpi-cems-2000d-so2", "so2", "1CD53F8E", 1.1102548837661743),
        ("sdl-scs-900pm", "dust", "5D5D3C4B", 0.0124),
        ("xinze-analyser-v2", "so2", "44B40800", 1440.25),
        # 0A 11 42 C5 on the wire is 42 C5 0A 11
        ("suto-s430", "volume_flow", "0A1142C5", 98.51966),
        # SUM 15467.04 and OVERFLOW 2E7, both 1-0-3-2
        ("endress-promass83", "mass_total_1", "AC29467196804B98", 20015467.04),
        # 1234 x 100 + 87.89 = 123487.89
        ("aoke-vortex", "standard_volume", "449A400042AFC7AE", 123487.89),
        # (raw - 5530) / 22118 x span
        ("sdl-plc-analog", "so2", "159A", 0.0),
        ("sdl-plc-analog", "so2", "6C00", 750.0),
        ("sdl-plc-analog", "pressure", "40CD", 0.0),
        # 0.1 V and 0.001 as floats that hold tenths and thousandths
        ("chint-dtsu666", "voltage_l1", "45105000", 230.9),
        ("chint-dtsu666", "power_factor", "44794000", 0.997),
        # low word first, 0.1 V
        ("carlogavazzi-em24", "voltage_l1", "09050000", 230.9),
    ],
)
def test_what_is_printed_is_what_the_profile_reads(
    profile_id: str, channel: str, raw: str, number: float
) -> None:
    assert shown(profile_id, channel, raw) == pytest.approx(number, rel=2e-3, abs=1e-9)


def test_energy_is_data_times_both_ratios_times_a_hundredth() -> None:
    raw, ratios = "000F4240", {"pt_ratio": 100.0, "ct_ratio": 40.0}
    assert shown("acrel-adl3000-e", "active_energy_import", raw) == 10_000
    assert shown("acrel-adl3000-e", "active_energy_import", raw, **ratios) == 40_000_000


def test_the_documented_overflow_is_the_rollover() -> None:
    assert rollover(device("siemens-pac3100"), "active_energy_import") == 1.0e12
    for profile_id in (each for each in catalogue() if path_of(each).parent.name == "modbus"):
        stated = [each.name for each in device(profile_id).channels if each.rollover]
        assert not stated or profile_id == "siemens-pac3100"


@pytest.mark.parametrize(
    ("profile_id", "channel", "printed"),
    [
        ("schneider-pm5560", "active_power", 3060),
        ("schneider-pm5560", "active_energy_import", 2700),
        ("endress-promass83", "mass_total_2", 2810),
        ("siemens-mag6000", "volume_total_1", 3015),
        ("vaisala-gmw80", "temperature", 5),
    ],
)
def test_printed_numbers_are_one_more_than_the_frames(
    profile_id: str, channel: str, printed: int
) -> None:
    assert device(profile_id).channel(channel).terms[0].address == printed - 1


@pytest.mark.parametrize(
    ("profile_id", "channel", "printed"),
    [
        ("siemens-pac3200", "active_power", 65),
        ("janitza-umg604", "voltage_l1", 1317),
        ("teledyne-t300", "co_1", 18),
        ("horiba-apsa370", "so2", 0x1005),
        ("mandeke-cems", "so2", 0x1000),
    ],
)
def test_some_print_the_frames_own_addresses(profile_id: str, channel: str, printed: int) -> None:
    assert device(profile_id).channel(channel).terms[0].address == printed


def test_what_reads_zero_without_a_value_is_never_zero() -> None:
    assert shown("sick-marsic300", "co2", "00000000") == NotAvailable()
    assert shown("vaisala-gmw80", "co2_integer", "8000") == NotAvailable()
    assert shown("sunspec-meter-203", "active_energy_import", "00000000" + "0000") == NotAvailable()


def matter(profile_id: str, channel: str, **values: int) -> set[str]:
    return {each.value for each in conditions(device(profile_id), values)[channel]}


def test_the_analysers_mode_means_what_its_driver_makes_of_it() -> None:
    means = {0: set(), 6: {"maintenance"}, 7: {"fault"}, 8: {"unlisted"}}
    means |= {value: {"calibrating"} for value in range(1, 6)}
    for value, expected in means.items():
        assert matter("xinze-analyser-v2", "so2", mode=value) == expected


def test_a_status_that_is_a_sum_means_all_its_parts() -> None:
    assert matter("vaisala-gmp252", "co2", device_status=6) == {"fault", "warning"}
    assert matter("vaisala-gmp252", "co2", co2_status=256) == {"standby"}
    assert matter("vaisala-gmp252", "temperature", co2_status=256) == set()
    assert matter("vaisala-gmp252", "co2", errors=0x1000) == {"over_range"}


def test_an_analyser_that_calibrates_or_holds_says_so_by_single_bits() -> None:
    profile = device("sick-marsic300")
    replies = {read: content(read, [0] * read.count) for read in status_reads(profile)}
    held = conditions(profile, status_values(profile, replies))["co2"]
    assert held == {Condition.INVALID}  # 1004 is 0: held; 1050 is 0: maintenance
    assert matter("teledyne-t300", "co_1", span_calibration=1) == {"calibrating"}
    assert matter("teledyne-t300", "co_1", not_ok=1) == set()


def test_the_plcs_bits_mean_what_its_driver_makes_of_them() -> None:
    assert matter("sdl-plc-analog", "so2", mode=1) == set()
    assert matter("sdl-plc-analog", "so2", mode=4) == {"calibrating"}
    assert matter("sdl-plc-analog", "so2", mode=0x0201) == {"unlisted"}


def test_a_sunspec_meter_at_another_place_is_told_by_its_markers() -> None:
    profile = device("sunspec-meter-203")
    (read,) = [each for each in identity_reads(profile) if each.address == 40000]
    words = [0] * read.count
    words[:4] = 0x5375, 0x6E53, 1, 65
    told = identity_findings(profile, said(profile, {read: content(read, words)}))
    assert {finding.code for finding in told} == {"E_DEVICE_OTHER", "E_DEVICE_SILENT"}
    assert told[0].facts["found"] == str(0x00010041)


def test_a_byte_order_that_is_not_the_factorys_is_told() -> None:
    profile = device("endress-promass83")
    read = ReadRequest(function=3, address=4914, count=1)
    assert identity_reads(profile) == (read,)
    assert identity_findings(profile, said(profile, {read: content(read, (3,))})) == ()
    (told,) = identity_findings(profile, said(profile, {read: content(read, (0x0100,))}))
    assert told.code == "E_DEVICE_SETTING"


def test_an_analyser_set_to_another_unit_is_told() -> None:
    profile = device("horiba-apsa370")
    (read,) = identity_reads(profile)
    codes = {1: [], 2: ["E_DEVICE_SETTING"], 5: ["E_DEVICE_SETTING"]}
    for unit, expected in codes.items():
        told = identity_findings(profile, said(profile, {read: content(read, (unit,))}))
        assert [finding.code for finding in told] == expected


def test_the_two_maps_of_one_name_differ() -> None:
    on_line, on_network = device("carlogavazzi-em24"), device("carlogavazzi-em24-e1")
    energy = "active_energy_import"
    assert on_line.channel(energy).terms[0].address == 0x42
    assert on_network.channel(energy).terms[0].address == 0x34


def test_a_sunspec_meter_is_read_in_one_request() -> None:
    assert [read.count for read in plan_reads(device("sunspec-meter-203"))] == [103]
