import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.unit import UNITS
from device_profiles.cjt188.layout import Field, Layout, Shown, read_layout, write_layout
from device_profiles.cjt188.layouts import LAYOUTS, fitting_layouts
from device_profiles.cjt188.units import METER_UNITS
from device_profiles.formats import NotAvailable
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import WireLengthError, WireValueError

WATER = LAYOUTS["volume_then_unit"]
HEAT_BEFORE = LAYOUTS["unit_then_heat"]
HEAT_AFTER = LAYOUTS["heat_then_unit"]
JY = bytes.fromhex(
    "0802000000 0802000000 1700000000 3500000000 2C34100000352500 662500 000000 53001210071520 0000"
)
C6 = bytes.fromhex("123456782C 234567892C 0A0F0C170B1114 2184")


def water(clock: str) -> bytes:
    return bytes.fromhex("007766552C 007766552C" + clock + "2184")


def clock_of(payload: bytes) -> object:
    return next(each.value for each in read_layout(WATER, payload) if each.field.form == "clock")


def test_the_lengths_are_those_of_the_published_replies() -> None:
    assert (WATER.size, HEAT_BEFORE.size, HEAT_AFTER.size) == (0x16 - 3, 0x2E - 3, 0x2E - 3)


def test_the_published_payloads_are_written_again_from_what_was_read() -> None:
    for layout, payload in ((HEAT_BEFORE, JY), (WATER, water("31012211051520"))):
        shown = {
            each.field.name: Shown(value=each.value, unit_code=each.unit_code)
            for each in read_layout(layout, payload)
        }
        assert write_layout(layout, shown) == payload


def test_every_reading_keeps_its_bytes() -> None:
    assert b"".join(each.raw for each in read_layout(HEAT_BEFORE, JY)) == JY


def test_a_vendors_order_is_recognised_and_is_refused_or_has_no_unit_in_the_other_one() -> None:
    assert fitting_layouts(0x20, JY) == ("unit_then_heat",)
    with pytest.raises(WireValueError):
        read_layout(HEAT_AFTER, JY)
    power = bytes.fromhex("1750020000")
    first, after = (
        read_layout(Layout(types=(), fields=(layout.fields[2],), source=""), power)[0]
        for layout in (HEAT_BEFORE, HEAT_AFTER)
    )
    assert (first.value, first.unit) == (2.5, "kW")
    assert (after.value, after.unit) == (250.17, None)


def test_a_payload_of_another_length_or_type_fits_no_layout() -> None:
    assert fitting_layouts(0x10, JY) == ()
    assert fitting_layouts(0x20, JY[1:]) == ()
    assert fitting_layouts(0x40, C6) == ()


def test_a_payload_with_a_unit_of_another_quantity_fits_no_layout() -> None:
    assert fitting_layouts(0x10, C6) == ("volume_then_unit",)
    assert fitting_layouts(0x10, C6[:4] + b"\x05" + C6[5:]) == ()


def test_a_payload_that_fits_both_orders_fits_both() -> None:
    both = {
        "energy": bytes.fromhex("0800000005"),
        "power": bytes.fromhex("1700000014"),
        "volume_flow": bytes.fromhex("3500000032"),
        "volume": bytes.fromhex("2C00000029"),
    }
    payload = b"".join(
        both.get(field.quantity or "", bytes(field.size)) for field in HEAT_AFTER.fields
    )
    assert fitting_layouts(0x20, payload) == ("heat_then_unit", "unit_then_heat")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@given(data=st.data())
def test_values_come_back_from_a_payload(layout: Layout, data: st.DataObject) -> None:
    shown = {field.name: _drawn(field, data) for field in layout.fields}
    payload = write_layout(layout, shown)
    assert len(payload) == layout.size
    found = {each.field.name: each for each in read_layout(layout, payload)}
    assert {name: each.value for name, each in found.items()} == {
        name: each.value for name, each in shown.items()
    }
    assert {name: each.unit_code for name, each in found.items()} == {
        name: each.unit_code for name, each in shown.items()
    }
    assert any(LAYOUTS[name] is layout for name in fitting_layouts(layout.types[0], payload))


def _drawn(field: Field, data: st.DataObject) -> Shown:
    if field.form == "clock":
        texts = st.sampled_from(["2015-07-10T12:00:53", "2004-02-29T23:59:59"])
        return Shown(value=data.draw(texts | st.just(NotAvailable())))
    if field.form == "status":
        return Shown(value=data.draw(st.sampled_from(["00 00", "21 84"])))
    codes = [code for code, unit in METER_UNITS.items() if unit.quantity == field.quantity]
    code = data.draw(st.sampled_from(codes)) if codes else None
    steps = data.draw(st.integers(0, 10 ** (2 * field.length) - 1))
    exponent = (METER_UNITS[code].exponent if code is not None else 0) - field.decimals
    value = steps * 10**exponent if exponent >= 0 else steps / 10**-exponent
    return Shown(value=value, unit_code=code)


def test_a_unit_of_hundreds_multiplies_exactly() -> None:
    field = Field(name="heat", unit_byte="after", quantity="energy")
    (reading,) = read_layout(
        Layout(types=(), fields=(field,), source=""), bytes.fromhex("785634120A")
    )
    assert (reading.value, reading.unit) == (12345678, "MW.h")


@pytest.mark.parametrize(
    ("clock", "value"),
    [
        ("31 01 22 11 05 15 20", "2015-05-11T22:01:31"),
        ("00 00 00 01 01 25 20", "2025-01-01T00:00:00"),
        ("00 00 00 00 00 00 00", NotAvailable()),
        ("FF FF FF FF FF FF FF", NotAvailable()),
        ("0A 0F 0C 17 0B 11 14", NotAvailable(reason="digits")),
        ("20 14 03 18 12 56 59", NotAvailable(reason="digits")),
        ("60 00 00 01 01 25 20", NotAvailable(reason="digits")),
        ("00 00 00 30 02 25 20", NotAvailable(reason="digits")),
        ("00 00 00 01 01 25 00", NotAvailable(reason="digits")),
    ],
)
def test_a_clock_is_judged_apart_from_the_readings(clock: str, value: object) -> None:
    assert clock_of(water(clock)) == value
    assert read_layout(WATER, water(clock))[0].value == 556677.0


def test_a_total_without_digits_is_refused_and_one_of_ff_is_no_value() -> None:
    with pytest.raises(WireValueError):
        read_layout(WATER, bytes.fromhex("0A776655 2C") + C6[5:])
    reading = read_layout(WATER, bytes.fromhex("FFFFFFFF 2C") + C6[5:])[0]
    assert reading.value == NotAvailable()
    assert reading.unit == "m3"


@pytest.mark.parametrize("code", [0x00, 0x7F, 0x05])
def test_an_unknown_unit_or_one_of_another_quantity_is_none(code: int) -> None:
    reading = read_layout(WATER, C6[:4] + bytes([code]) + C6[5:])[0]
    assert (reading.unit, reading.unit_code) == (None, code)


@pytest.mark.parametrize("length", [0, 18, 20])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(WireLengthError):
        read_layout(WATER, bytes(length))


SOUND = {
    "volume": Shown(value=1234.56, unit_code=0x2C),
    "settlement_volume": Shown(value=NotAvailable(), unit_code=0x2C),
    "clock": Shown(value="2025-01-01T00:00:00"),
    "status": Shown(value="04 00"),
}


def test_a_simulated_meter_shows_what_it_is_given() -> None:
    assert write_layout(WATER, SOUND) == bytes.fromhex("563412002C FFFFFFFF2C 00000001012520 0400")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("volume", Shown(value=-0.01, unit_code=0x2C)),
        ("volume", Shown(value=1_000_000, unit_code=0x2C)),
        ("volume", Shown(value=float("nan"), unit_code=0x2C)),
        ("volume", Shown(value="1", unit_code=0x2C)),
        ("volume", Shown(value=1)),
        ("volume", Shown(value=1, unit_code=0x05)),
        ("volume", Shown(value=1, unit_code=0x7F)),
        ("clock", Shown(value="noon")),
        ("clock", Shown(value=1)),
        ("status", Shown(value="00")),
        ("status", Shown(value="no")),
    ],
)
def test_what_a_field_cannot_show_is_refused_with_a_code(name: str, shown: Shown) -> None:
    with pytest.raises(FitError) as refused:
        write_layout(WATER, {**SOUND, name: shown})
    assert refused.value.code == "E_REGISTER_FIT"


def test_a_field_without_a_value_is_refused() -> None:
    with pytest.raises(FitError):
        write_layout(WATER, {"volume": SOUND["volume"]})


def test_every_unit_is_known_to_the_calibration_room_and_says_how_it_is_known() -> None:
    assert {each.unit for each in METER_UNITS.values()} <= set(UNITS)
    proved = {code for code, unit in METER_UNITS.items() if unit.status == "frames"}
    assert proved == {0x08, 0x17, 0x2C, 0x35}
