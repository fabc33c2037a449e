"""Drivers whose libraries are loaded only where a line needs them."""

from importlib import import_module
from types import ModuleType

from edge_agent.drivers.opcua_errors import OpcUaMissingError


def opcua_drivers(where: str) -> ModuleType:
    """The module `edge_agent.drivers.opcua`; 0.4 s and 20 MB that other agents do not pay.

    Raises:
        OpcUaMissingError: its library is not installed.
    """
    try:
        return import_module("edge_agent.drivers.opcua")
    except ModuleNotFoundError as wrong:
        if wrong.name is None or wrong.name.partition(".")[0] != "asyncua":
            raise
        raise OpcUaMissingError(where) from None
