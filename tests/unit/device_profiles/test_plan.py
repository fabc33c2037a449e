import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.cost import LineCost
from device_profiles.errors import UnknownChannelError
from device_profiles.plan import (
    ReadRequest,
    declared_registers,
    extent,
    limit_of,
    longest_gap,
    plan_reads,
)
from device_profiles.register_model import ModbusProfile
from tests.unit.device_profiles.examples import channel, profile

WIDTH = {"uint16": 1, "float32": 2, "mod10k48": 3, "int64": 4}


@st.composite
def devices(draw: st.DrawFn) -> ModbusProfile:
    """Devices with values of one to four registers, gaps between them, two functions."""
    address, lines = 0, []
    for index in range(draw(st.integers(1, 9))):
        address += draw(st.sampled_from([0, 0, 0, 1, 2, 5]))
        name = draw(st.sampled_from(sorted(WIDTH)))
        function = draw(st.sampled_from([3, 3, 4]))
        source = f'{{ address = {address}, format = "{name}", function = {function} }}'
        lines.append(channel(f"c{index}", source))
        address += WIDTH[name]
    most, gap = draw(st.integers(4, 14)), draw(st.integers(0, 5))
    return profile(*lines, modbus=f"modbus = {{ max_registers = {most}, gap_registers = {gap} }}")


def _read(address: int, count: int, function: int = 3) -> ReadRequest:
    return ReadRequest(function=function, address=address, count=count)  # type: ignore[arg-type]


@given(device=devices(), data=st.data())
def test_every_read_is_legal_and_every_value_is_read_whole(
    device: ModbusProfile, data: st.DataObject
) -> None:
    names = [channel.name for channel in device.channels]
    wanted = data.draw(st.lists(st.sampled_from(names), unique=True))
    plan = plan_reads(device, wanted)
    wholes = [extent(device.channel(name), device.modbus) for name in wanted]
    declared = declared_registers(device)
    assert all(any(read.covers(whole) for read in plan) for whole in wholes)
    for read in plan:
        assert 0 < read.count <= limit_of(read.function, device.modbus)
        assert longest_gap(read, declared) <= device.modbus.gap_registers
        inside = [whole for whole in wholes if read.covers(whole)]
        assert read.address == min(whole.address for whole in inside)
        assert read.end == max(whole.end for whole in inside)


def _fewest_by_trying_all(device: ModbusProfile) -> int:
    """The fewest reads, by trying every way to cut the sorted values into runs."""
    wholes = sorted(extent(channel, device.modbus) for channel in device.channels)
    declared = declared_registers(device)
    fewest = len(wholes)
    for function in {whole.function for whole in wholes}:
        fewest -= len([whole for whole in wholes if whole.function == function])
        fewest += _fewest_runs(
            [whole for whole in wholes if whole.function == function], device, declared
        )
    return fewest


def _fewest_runs(
    wholes: list[ReadRequest], device: ModbusProfile, declared: frozenset[tuple[int, int]]
) -> int:
    for cuts in range(len(wholes)):
        for places in itertools.combinations(range(1, len(wholes)), cuts):
            edges = [0, *places, len(wholes)]
            runs = [wholes[a:b] for a, b in itertools.pairwise(edges)]
            hulls = [
                _read(run[0].address, run[-1].end - run[0].address, run[0].function) for run in runs
            ]
            if all(
                hull.count <= device.modbus.max_registers
                and longest_gap(hull, declared) <= device.modbus.gap_registers
                for hull in hulls
            ):
                return cuts + 1
    raise AssertionError


@given(device=devices())
def test_no_other_plan_has_fewer_reads(device: ModbusProfile) -> None:
    assert len(plan_reads(device)) == _fewest_by_trying_all(device)


def test_a_gap_is_bridged_only_as_far_as_the_device_allows() -> None:
    lines = [channel(f"c{n}", f'{{ address = {n}, format = "uint16" }}') for n in (0, 3, 7)]
    assert plan_reads(profile(*lines)) == (_read(0, 1), _read(3, 1), _read(7, 1))
    device = profile(*lines, modbus="modbus.gap_registers = 2")
    assert plan_reads(device) == (_read(0, 4), _read(7, 1))


def test_registers_that_another_channel_declares_are_no_gap() -> None:
    lines = [channel(f"c{n}", f'{{ address = {n}, format = "uint16" }}') for n in (0, 1, 2)]
    assert plan_reads(profile(*lines), ["c0", "c2"]) == (_read(0, 3),)


def test_the_terms_of_one_value_are_never_read_apart() -> None:
    pair = '[{ address = ADDRESS, format = "int32" }, { address = NEXT, format = "float32" }]'
    lines = [
        channel(f"c{a}", pair.replace("ADDRESS", str(a)).replace("NEXT", str(a + 2)))
        for a in (0, 4)
    ]
    device = profile(*lines, modbus="modbus.max_registers = 6")
    assert plan_reads(device) == (_read(0, 4), _read(4, 4))


def test_a_scale_factor_is_read_with_every_value_that_needs_it() -> None:
    lines = [
        channel(f"c{a}", f'{{ address = {a}, format = "int16", scale_factor_address = 4 }}')
        for a in (2, 3)
    ]
    device = profile(*lines, modbus="modbus.max_registers = 3")
    assert plan_reads(device) == (_read(2, 3),)
    assert plan_reads(device, ["c3"]) == (_read(3, 2),)


def test_bits_are_sixteen_times_as_many_as_registers() -> None:
    lines = [
        channel(f"c{a}", f'{{ address = {a}, format = "bit", function = 2 }}') for a in range(33)
    ]
    device = profile(*lines, modbus="modbus.max_registers = 2")
    assert plan_reads(device) == (_read(0, 32, 2), _read(32, 1, 2))


def test_a_channel_that_is_not_there_is_named_with_the_nearest_that_is() -> None:
    device = profile(channel("import_total", '{ address = 0, format = "uint16" }'))
    with pytest.raises(UnknownChannelError, match="did you mean: import_total") as caught:
        plan_reads(device, ["imprt_total"])
    assert caught.value.code == "E_PROFILE_CHANNEL"


def test_a_request_is_a_key_and_knows_no_unit() -> None:
    assert {_read(0, 2): "a"}[_read(0, 2)] == "a"
    assert "unit" not in ReadRequest.__struct_fields__


def test_on_a_slow_line_two_reads_can_be_cheaper_than_one_through_a_wide_gap() -> None:
    device = profile(
        channel("a", '{ address = 0, format = "float32" }'),
        channel("b", '{ address = 100, format = "float32" }'),
        modbus="modbus.gap_registers = 125",
    )
    assert plan_reads(device) == (_read(0, 102),)
    slow = LineCost(question_s=0.035, character_s=11 / 2400)  # 98 registers are 0.9 s
    assert plan_reads(device, cost=slow) == (_read(0, 2), _read(100, 2))
    fast = LineCost(question_s=0.035, character_s=11 / 115_200)
    assert plan_reads(device, cost=fast) == (_read(0, 102),)


@given(device=devices(), question_s=st.floats(0.001, 0.2), bit_s=st.sampled_from([1200, 9600]))
def test_no_way_to_cut_the_values_into_runs_is_cheaper(
    device: ModbusProfile, question_s: float, bit_s: int
) -> None:
    cost = LineCost(question_s=question_s, character_s=11 / bit_s)
    least_s = min(_prices(device, cost))
    plan = plan_reads(device, cost=cost)
    assert sum(_price(read, cost) for read in plan) == pytest.approx(least_s, rel=1e-9)


def _price(read: ReadRequest, cost: LineCost) -> float:
    """Question of 8 characters, answer of 5 and two a register (Modbus over Serial Line)."""
    return cost.question_s + (13 + 2 * read.count) * cost.character_s


def _prices(device: ModbusProfile, cost: LineCost) -> Iterator[float]:
    wholes = sorted(extent(channel, device.modbus) for channel in device.channels)
    declared = declared_registers(device)
    for cuts in itertools.product([False, True], repeat=len(wholes) - 1):
        runs, begin = [], 0
        for place, cut in enumerate([*cuts, True], start=1):
            if cut:
                runs.append(wholes[begin:place])
                begin = place
        if any(len({whole.function for whole in run}) > 1 for run in runs):
            continue
        hulls = [
            _read(run[0].address, run[-1].end - run[0].address, run[0].function) for run in runs
        ]
        if all(
            hull.count <= device.modbus.max_registers
            and longest_gap(hull, declared) <= device.modbus.gap_registers
            for hull in hulls
        ):
            yield sum(_price(hull, cost) for hull in hulls)
