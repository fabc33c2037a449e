"""Pain 8: all that is used of pymodbus and pyserial, by name and form: an upgrade fails here.

Of pymodbus the product uses the transport alone; its framers, clients and decoders, which change
from release to release, are not used, and no other module imports either library.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial
from pymodbus import transport

import edge_agent

ROOT = Path(edge_agent.__file__).parents[1]
ROOMS = (
    "calibration",
    "carbonmeter",
    "collector",
    "device_profiles",
    "edge_agent",
    "evidence",
    "simulators",
)
USED = {
    ("edge_agent/drivers/modbus.py", "pymodbus.transport", "CommParams"),
    ("edge_agent/drivers/modbus.py", "pymodbus.transport", "CommType"),
    ("edge_agent/drivers/modbus_transport.py", "pymodbus.transport", "CommParams"),
    ("edge_agent/drivers/modbus_transport.py", "pymodbus.transport", "ModbusProtocol"),
    ("edge_agent/drivers/serial_wire.py", "serial", ""),
}


def imports(source: str) -> Iterator[tuple[str, str]]:
    """Module and name of everything that a source file imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, each.name) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)


def foreign(source: str) -> set[tuple[str, str]]:
    return {each for each in imports(source) if each[0].split(".")[0] in {"pymodbus", "serial"}}


def test_nothing_else_of_them_is_used_anywhere() -> None:
    found = {
        (str(path.relative_to(ROOT)), *each)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for each in foreign(path.read_text(encoding="utf-8"))
    }
    assert found == USED


def test_an_import_of_a_client_would_be_seen() -> None:
    assert foreign("def f():\n    from pymodbus.client import AsyncModbusTcpClient\n")
    assert foreign("import serial.rs485")
    assert not foreign("from simulators.servers.serial_server import SerialServer")


@pytest.mark.parametrize(
    "name",
    ["comm_name", "comm_type", "host", "port", "timeout_connect", "reconnect_delay"],
)
def test_the_parameters_of_a_connection_have_their_names(name: str) -> None:
    assert name in {
        each.name for each in inspect.signature(transport.CommParams).parameters.values()
    }


@pytest.mark.parametrize("name", ["TCP", "UDP"])
def test_the_kinds_of_a_connection_have_their_names(name: str) -> None:
    assert name in transport.CommType.__members__


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("__init__", ["self", "params", "is_server"]),
        ("connect", ["self"]),
        ("send", ["self", "data", "addr"]),
        ("close", ["self", "reconnect"]),
        ("is_active", ["self"]),
        ("data_received", ["self", "data"]),
        ("callback_new_connection", ["self"]),
        ("callback_connected", ["self"]),
        ("callback_disconnected", ["self", "exc"]),
        ("callback_data", ["self", "data", "addr"]),
    ],
)
def test_a_transport_takes_what_it_is_given(method: str, given: list[str]) -> None:
    assert misfit(getattr(transport.ModbusProtocol, method), given) == ""


def misfit(function: Callable[..., object], given: list[str]) -> str:
    """What a function asks for that it is not given; empty if nothing."""
    known = inspect.signature(function).parameters.values()
    names = [each.name for each in known]
    more = [each.name for each in known if each.default is inspect.Parameter.empty]
    if names[: len(given)] != given:
        return f"takes {names}"
    return ", ".join(each for each in more if each not in given)


def test_a_release_that_renames_or_adds_a_parameter_would_be_seen() -> None:
    def renamed(self: object, payload: bytes, addr: object = None) -> None: ...
    def added(self: object, data: bytes, addr: object, unit: int) -> None: ...

    for changed in (renamed, added):
        assert misfit(changed, ["self", "data", "addr"])


def test_connecting_is_awaited_and_says_whether_it_came_about() -> None:
    connect = transport.ModbusProtocol.connect
    assert inspect.iscoroutinefunction(connect)
    assert inspect.signature(connect).return_annotation in {"bool", bool}


@pytest.mark.parametrize(
    "name", ["PARITY_NONE", "PARITY_EVEN", "PARITY_ODD", "PARITY_MARK", "PARITY_SPACE"]
)
def test_a_serial_port_knows_these_parities(name: str) -> None:
    assert getattr(serial, name) in serial.Serial.PARITIES


def test_a_serial_port_is_opened_as_it_is() -> None:
    known = list(inspect.signature(serial.Serial).parameters)
    assert known[0] == "port"
    assert {"timeout", "write_timeout", "exclusive"} <= set(known)
    assert issubclass(serial.SerialException, OSError)


@pytest.mark.parametrize(
    "method", ["apply_settings", "close", "fileno", "read", "reset_output_buffer"]
)
def test_a_serial_port_has_these_methods(method: str) -> None:
    assert callable(getattr(serial.Serial, method))


@pytest.mark.parametrize("name", ["baudrate", "bytesize", "parity", "stopbits"])
def test_a_serial_port_has_these_settings(name: str) -> None:
    assert name in serial.Serial(None).get_settings()
