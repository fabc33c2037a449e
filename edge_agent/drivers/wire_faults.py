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
    UnusableAnswerError,
)
from evidence.errors import Words

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
    kind = _KINDS.get(type(wrong))
    if kind is None:
        return _unusable(wrong, device)
    limit = wrong.facts.get("expected", wrong.facts["limit"])
    return kind(device, answer=wrong.raw, found=wrong.facts.get("found"), limit=limit)


def _unusable(wrong: WireError, device: str) -> AgentError:
    """What a codec refuses, in its own words."""
    return UnusableAnswerError(
        device,
        answer=wrong.raw,
        wire_code=wrong.code,
        miss_reason=wrong.miss_reason,
        told=Words(wrong.say("en"), wrong.say("zh")),
    )


def _refused(wrong: modbus.ModbusRefusedError, device: str) -> AgentError:
    code = wrong.exception_code
    if isinstance(wrong, modbus.DeviceBusyError):
        return ModbusBusyError(device, exception_code=code)
    if isinstance(wrong, modbus.GatewayError):
        return ModbusGatewayError(device, exception_code=code)
    illegal = isinstance(wrong, modbus.IllegalBlockError)
    kind = IllegalBlockError if illegal else ModbusExceptionError
    return kind(device, answer=wrong.raw, exception_code=code)
