import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.dialects import interpreter
from device_profiles.errors import ParameterError
from device_profiles.formats import NotAvailable
from device_profiles.indicated import OutOfRange
from device_profiles.model import DeviceProfile
from device_profiles.plan import plan_reads
from device_profiles.readout import ChannelReadout, readout
from device_profiles.register_errors import FitError, WordCountError, WordRangeError
from device_profiles.registers import wire_bytes
from device_profiles.resolution import resolution, rollover
from device_profiles.scaling import over, times
from device_profiles.write import write_words
from tests.unit.device_profiles.examples import channel, profile

RATIOS = 'parameters.ct_ratio = { default = 40.0, meaning = "CT" }\n'


def _show(
    device: DeviceProfile, *words: int, parameters: dict[str, float] | None = None
) -> dict[str, ChannelReadout]:
    """What the device indicates when its only read is answered with `words`."""
    (read,) = plan_reads(device)
    return readout(device, {read: wire_bytes(words)}, parameters)


def _one(source: str, more: str = "", head: str = "") -> DeviceProfile:
    return profile(channel("x", source, more), more=head)


def test_a_decimal_step_is_rounded_once() -> None:
    device = _one('{ address = 0, format = "uint64" }', "scale = 0.01")
    shown = _show(device, 0x0000, 0x7048, 0x860D, 0xDF79)
    assert shown["x"].number == 1234567890123.45
    assert shown["x"].raw == bytes.fromhex("00007048860DDF79")


def test_an_integer_stays_exact_through_integral_factors() -> None:
    device = _one('{ address = 0, format = "uint64" }', "scale = 1000", RATIOS)
    number = _show(device, 0x0020, 0, 0, 1)["x"].number
    assert number == 9007199254740993000
    assert isinstance(number, int)


def test_parameters_multiply_and_default_to_the_profiles() -> None:
    device = _one('{ address = 0, format = "uint16" }', 'multiply_by = ["ct_ratio"]', RATIOS)
    assert _show(device, 7)["x"].number == 280
    assert _show(device, 7, parameters={"ct_ratio": 100.0})["x"].number == 700


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_parameter_that_cannot_multiply_is_refused(value: float) -> None:
    device = _one('{ address = 0, format = "uint16" }', 'multiply_by = ["ct_ratio"]', RATIOS)
    with pytest.raises(ParameterError, match="limit: > 0"):
        _show(device, 7, parameters={"ct_ratio": value})


def test_an_undeclared_parameter_is_refused_with_the_nearest() -> None:
    device = _one('{ address = 0, format = "uint16" }', head=RATIOS)
    with pytest.raises(ParameterError, match="ct_ratio"):
        _show(device, 7, parameters={"ct_rato": 2.0})


def test_a_sum_of_terms_counts_each_with_its_weight() -> None:
    # total = a x 100 + b
    terms = '[{ address = 0, format = "uint32", weight = 100 }, { address = 2, format = "uint32" }]'
    device = _one(terms)
    assert _show(device, 0, 12, 0, 34)["x"].number == 1234
    image = write_words(device, {"x": 1234})
    assert [image[3, address] for address in range(4)] == [0, 12, 0, 34]


def test_one_missing_term_leaves_no_total() -> None:
    device = _one('[{ address = 0, format = "int32" }, { address = 2, format = "float32" }]')
    assert _show(device, 0, 5, 0x7FC0, 0)["x"].number == NotAvailable(reason="not_a_number")
    image = write_words(device, {"x": NotAvailable()})
    assert _show(device, *(image[3, address] for address in range(4)))["x"].number == NotAvailable(
        reason="not_a_number"
    )


def test_a_number_outside_the_plausible_interval_is_kept_as_out_of_range() -> None:
    more = 'multiply_by = ["ct_ratio"], plausible = [0, 10]'
    device = _one('{ address = 0, format = "int16" }', more, RATIOS)
    assert _show(device, 10)["x"].number == 400
    assert _show(device, 11)["x"].number == OutOfRange(number=440, low=0, high=400)
    assert _show(device, 0xFFFF)["x"].number == OutOfRange(number=-40, low=0, high=400)


def test_undecodable_digits_cost_one_channel_and_not_the_reply() -> None:
    device = profile(
        channel("good", '{ address = 0, format = "bcd16" }'),
        channel("bad", '{ address = 1, format = "bcd16" }'),
    )
    shown = _show(device, 0x1234, 0x00AF)
    assert shown["good"].number == 1234
    assert shown["bad"] == ChannelReadout(raw=b"\x00\xaf", number=NotAvailable(reason="digits"))


def test_an_analogue_input_becomes_a_share_of_its_span() -> None:
    source = '{ address = 0, format = "uint16", counts = { low = 5530, high = 27648 } }'
    device = _one(source, "scale = 200, offset = -50")
    assert _show(device, 5530)["x"].number == -50
    assert _show(device, 27648)["x"].number == 150
    assert write_words(device, {"x": 50})[3, 0] == 16589


def test_a_shared_scale_factor_is_the_finest_with_which_all_values_fit() -> None:
    factor = 'format = "int16", scale_factor_address = 2'
    device = profile(
        channel("small", f"{{ address = 0, {factor} }}"),
        channel("large", f"{{ address = 1, {factor} }}"),
    )
    image = write_words(device, {"small": 1.25, "large": 231.2})
    assert image == write_words(device, {"large": 231.2, "small": 1.25})
    assert [image[3, address] for address in range(3)] == [125, 23120, 0xFFFE]
    shown = _show(device, 125, 23120, 0xFFFE)
    assert (shown["small"].number, shown["large"].number) == (1.25, 231.2)
    assert shown["small"].raw == bytes.fromhex("007DFFFE")


def test_a_scale_factor_that_is_not_implemented_leaves_no_value() -> None:
    device = _one('{ address = 0, format = "int16", scale_factor_address = 1 }')
    assert _show(device, 2312, 0x8000)["x"].number == NotAvailable(reason="scale_factor")


def test_a_read_without_a_reply_leaves_its_channels_out() -> None:
    device = profile(
        channel("a", '{ address = 0, format = "uint16" }'),
        channel("b", '{ address = 9, format = "uint16" }'),
    )
    _, second = plan_reads(device)
    assert set(readout(device, {second: b"\0\5"})) == {"b"}
    assert readout(device, {}) == {}


@pytest.mark.parametrize("words", [(), (1,), (1, 2, 3)])
def test_a_reply_of_another_length_is_refused(words: tuple[int, ...]) -> None:
    device = _one('{ address = 0, format = "uint32" }')
    with pytest.raises(WordCountError, match="example function 3 address 0"):
        _show(device, *words)


def test_a_reply_that_holds_no_words_is_refused() -> None:
    device = _one('{ address = 0, format = "uint16" }')
    with pytest.raises(WordRangeError):
        _show(device, 70_000)


def test_bits_are_read_as_zero_or_one() -> None:
    device = _one('{ address = 4, format = "bit", function = 2 }')
    (read,) = plan_reads(device)
    assert readout(device, {read: b"\x01"})["x"] == ChannelReadout(raw=b"\x00\x01", number=1)
    assert readout(device, {read: b"\xfe"})["x"] == ChannelReadout(raw=b"\x00\x00", number=0)
    assert interpreter(device, "x")(b"\x00\x02") == NotAvailable(reason="digits")
    assert write_words(device, {"x": 1}) == {(2, 4): 1}


@given(words=st.lists(st.integers(0, 0xFFFF), min_size=7, max_size=7))
def test_the_kept_bytes_give_the_same_number_again(words: list[int]) -> None:
    device = profile(
        channel("a", '{ address = 0, format = "int32", word_order = "CDAB" }', "scale = 0.1"),
        channel("b", '[{ address = 2, format = "bcd16" }, { address = 3, format = "float32" }]'),
        channel("c", '{ address = 5, format = "int16", scale_factor_address = 6 }'),
    )
    for name, indicated in _show(device, *words).items():
        assert interpreter(device, name)(indicated.raw) == indicated.number


def test_bytes_of_another_length_are_not_interpreted() -> None:
    device = _one('{ address = 0, format = "uint32" }')
    with pytest.raises(WordCountError):
        interpreter(device, "x")(b"\x00\x01")


def test_not_available_cannot_be_written_where_the_device_has_no_pattern_for_it() -> None:
    device = _one('{ address = 0, format = "uint16" }')
    with pytest.raises(FitError, match="a declared sentinel"):
        write_words(device, {"x": NotAvailable()})


@pytest.mark.parametrize("value", [math.nan, math.inf, 65536, -1])
def test_a_number_the_device_cannot_show_is_not_written(value: float) -> None:
    device = _one('{ address = 0, format = "uint16" }')
    with pytest.raises(FitError):
        write_words(device, {"x": value})


def test_integer_registers_show_the_nearest_step() -> None:
    device = _one('{ address = 0, format = "uint16" }', "scale = 0.1")
    assert write_words(device, {"x": 230.54}) == {(3, 0): 2305}
    assert write_words(device, {"x": 230.56}) == {(3, 0): 2306}


@given(number=st.integers(-(2**63), 2**63), digits=st.integers(1, 9))
def test_a_decimal_step_gives_the_double_nearest_to_the_decimal(number: int, digits: int) -> None:
    step = float(f"1e-{digits}")
    assert times(number, step) == float(Fraction(number, 10**digits))


@given(
    number=st.integers(-(2**63), 2**63),
    factor=st.sampled_from([1.0, 10.0, 1000.0, 0.1, 0.01, 0.001, 40.0, 0.125]),
)
def test_dividing_undoes_multiplying(number: int, factor: float) -> None:
    back = over(times(number, factor), factor)
    assert back == pytest.approx(number, rel=1e-15, abs=0)
    if factor >= 1:
        assert back == number


def test_the_resolution_is_the_declared_step_times_the_parameters() -> None:
    more = 'scale = 0.01, resolution = 0.01, rollover = 1e6, multiply_by = ["ct_ratio"]'
    device = _one('{ address = 0, format = "uint32" }', more, RATIOS)
    assert resolution(device, "x", 5.0) == pytest.approx(0.4)
    assert rollover(device, "x") == 4e7
    assert rollover(device, "x", {"ct_ratio": 1.0}) == 1e6


@pytest.mark.parametrize(
    ("indication_kWh", "step_kWh"), [(100_000.0, 1 / 128), (1_000_000.0, 1 / 16), (2.0**24, 2.0)]
)
def test_a_float32_register_steps_coarser_as_it_grows(
    indication_kWh: float,
    step_kWh: float,
) -> None:
    device = _one('{ address = 0, format = "float32" }')
    assert resolution(device, "x", indication_kWh) == step_kWh


def test_an_undeclared_resolution_of_an_integer_is_unknown() -> None:
    device = _one('{ address = 0, format = "uint32" }')
    assert resolution(device, "x", 5.0) is None
    assert rollover(device, "x") is None


@pytest.mark.parametrize(
    ("source", "steady"),
    [
        ('{ address = 0, format = "uint32" }', True),
        ('{ address = 0, format = "float32" }', False),
        ('[{ address = 0, format = "float32" }, { address = 2, format = "float32" }]', True),
    ],
)
def test_only_a_lone_float_steps_differently_where_it_stands(source: str, *, steady: bool) -> None:
    device = _one(source, "resolution = 0.0001")
    assert (resolution(device, "x", 1.0) == resolution(device, "x", 1e6)) is steady
