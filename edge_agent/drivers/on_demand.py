"""Drivers whose libraries are loaded only where a line needs them."""

from importlib import import_module
from types import ModuleType

from edge_agent.drivers.opcua_errors import OpcUaMissingError


def opcua_drivers(where: str) -> ModuleType:
    """The module `edge_agent.drivers.opcua`; 0.4 s and 20 MB that other agents do not pay.

    Raises:
        OpcUaMissingError: its library is not installed.
    """
    return _loaded("edge_agent.drivers.opcua", where)


def opcua_subscriptions(where: str) -> ModuleType:
    """The module `edge_agent.drivers.opcua_subscription`; as `opcua_drivers`."""
    return _loaded("edge_agent.drivers.opcua_subscription", where)


def opcua_browsing(where: str) -> ModuleType:
    """The module `edge_agent.drivers.opcua_browse`; as `opcua_drivers`."""
    return _loaded("edge_agent.drivers.opcua_browse", where)


def _loaded(name: str, where: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as wrong:
        if wrong.name is None or wrong.name.partition(".")[0] != "asyncua":
            raise
        raise OpcUaMissingError(where) from None
