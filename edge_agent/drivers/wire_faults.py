"""What the ground floor finds wrong with bytes, as the agent's errors: it adds what to do next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.modbus import errors as modbus
from device_profiles.wire_errors import WireError, WireLengthError
from edge_agent.errors import (
    AgentError,
    ByteCountError,
    DeviceAnswerError,
    ForeignFunctionError,
    ForeignTransactionError,
    ForeignUnitError,
    FrameLengthError,
    IllegalBlockError,
    ModbusBusyError,
    ModbusExceptionError,
    ModbusGatewayError,
    ProtocolIdError,
    ShortReplyError,
)

_KINDS: Final[Mapping[type[WireError], type[DeviceAnswerError]]] = MappingProxyType(
    {
        modbus.ProtocolIdError: ProtocolIdError,
        modbus.ShortAnswerError: ShortReplyError,
        modbus.ByteCountError: ByteCountError,
        modbus.ForeignTransactionError: ForeignTransactionError,
        modbus.ForeignUnitError: ForeignUnitError,
        modbus.ForeignFunctionError: ForeignFunctionError,
        WireLengthError: FrameLengthError,
    }
)


def agent_error(wrong: WireError, device: str) -> AgentError:
    """The agent's error for bytes that are not the answer `device` was asked for."""
    if isinstance(wrong, modbus.ModbusRefusedError):
        return _refused(wrong, device)
    kind = _KINDS.get(type(wrong), DeviceAnswerError)
    limit = wrong.facts.get("expected", wrong.facts["limit"])
    return kind(device, answer=wrong.raw, found=wrong.facts.get("found"), limit=limit)


def _refused(wrong: modbus.ModbusRefusedError, device: str) -> AgentError:
    code = wrong.exception_code
    if isinstance(wrong, modbus.DeviceBusyError):
        return ModbusBusyError(device, exception_code=code)
    if isinstance(wrong, modbus.GatewayError):
        return ModbusGatewayError(device, exception_code=code)
    illegal = isinstance(wrong, modbus.IllegalBlockError)
    kind = IllegalBlockError if illegal else ModbusExceptionError
    return kind(device, answer=wrong.raw, exception_code=code)
