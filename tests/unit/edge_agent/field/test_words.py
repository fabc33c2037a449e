"""Texts of a command line: what they mean, and what is refused."""

import pytest

from device_profiles.plan import ReadRequest
from device_profiles.speed import Speed
from edge_agent.field.errors import UsageError
from edge_agent.field.words import (
    host_in,
    hosts_in,
    numbers_in,
    ranges_in,
    speed_in,
    speed_text,
    speeds_in,
)


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("9600-8N1", Speed()),
        ("2400-8e1", Speed(bit_s=2400, parity="even")),
        ("300-7E1", Speed(bit_s=300, data_bits=7, parity="even")),
        ("19200-8N2", Speed(bit_s=19_200, stop_bits=2)),
    ],
)
def test_a_speed_is_read_as_instruments_print_it(text: str, speed: Speed) -> None:
    assert speed_in(text) == speed
    assert speed_text(speed) == text.upper()


@pytest.mark.parametrize("text", ["", "9600", "9600-9N1", "10-8N1", "9600-8X1", "9600-8N3"])
def test_what_is_no_speed_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="E_FIELD_USAGE"):
        speed_in(text)


def test_speeds_keep_their_order() -> None:
    assert [speed.bit_s for speed in speeds_in("2400-8E1,9600-8N1")] == [2400, 9600]


def test_ranges_of_numbers_are_joined_and_ordered() -> None:
    assert numbers_in("5,1-3,2", "--units", 0, 255) == (1, 2, 3, 5)


@pytest.mark.parametrize("text", ["", "3-1", "1-256", "x", "-1", "1;2"])
def test_numbers_outside_or_backwards_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        numbers_in(text, "--units", 0, 255)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("10.0.0.7", "10.0.0.7", 502),
        ("10.0.0.7:1502", "10.0.0.7", 1502),
        ("gateway.local:503", "gateway.local", 503),
        ("[fe80::1]:502", "fe80::1", 502),
        ("[fe80::1]", "fe80::1", 502),
    ],
)
def test_a_host_may_have_a_port(text: str, host: str, port: int) -> None:
    assert host_in(text, 502, "--tcp") == (host, port)


@pytest.mark.parametrize("text", ["", ":502", "host:0", "host:70000", "host:123456"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        host_in(text, 502, "--tcp")


def test_a_serial_server_needs_its_port() -> None:
    with pytest.raises(UsageError):
        host_in("10.0.0.7", None, "--serial-tcp")


def test_a_network_is_its_hosts_and_an_address_is_one() -> None:
    assert hosts_in("192.168.1.9/30", yes_large=False) == ("192.168.1.9", "192.168.1.10")
    assert hosts_in("192.168.1.9", yes_large=False) == ("192.168.1.9",)
    assert len(hosts_in("10.0.0.0/22", yes_large=False)) == 1022


def test_a_large_network_needs_consent() -> None:
    with pytest.raises(UsageError, match="--yes-large"):
        hosts_in("10.0.0.0/21", yes_large=False)
    assert len(hosts_in("10.0.0.0/21", yes_large=True)) == 2046
    with pytest.raises(UsageError):
        hosts_in("the cellar", yes_large=True)


def test_ranges_of_registers_are_read_in_decimal_and_hex() -> None:
    assert ranges_in("3:0-99,4:0x100-0x10F") == (
        ReadRequest(function=3, address=0, count=100),
        ReadRequest(function=4, address=256, count=16),
    )


@pytest.mark.parametrize("text", ["", "3", "5:0-9", "3:9-0", "3:0-65536", "0-9"])
def test_what_is_no_range_of_registers_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        ranges_in(text)
