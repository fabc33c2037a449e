"""What can be wrong with Modbus frames, beyond what can be wrong with any."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from device_profiles.wire_errors import (
    WireForeignError,
    WireFormError,
    WireLengthError,
    WireRefusedError,
    WireValueError,
)

_UNNAMED: Final = ("not named by the specification", "规范未定义")
EXCEPTION_NAMES: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        1: ("illegal function", "非法功能码"),
        2: ("illegal data address", "非法数据地址"),
        3: ("illegal data value", "非法数据值"),
        4: ("server device failure", "从站设备故障"),
        5: ("acknowledge, still at work", "已确认，正在处理"),
        6: ("server device busy", "从站设备忙"),
        8: ("memory parity error", "存储器奇偶校验错误"),
        10: ("gateway path unavailable", "网关路径不可用"),
        11: ("gateway target does not respond", "网关目标设备无应答"),
    }
)
"""Exception codes in English and Chinese (Modbus Application Protocol V1.1b3, clause 7)."""


class ProtocolIdError(WireFormError):
    """The header's protocol identifier is not that of Modbus."""

    code = "E_WIRE_MODBUS_PROTOCOL"
    en = "the protocol identifier is {found}, {expected} marks Modbus: {received}"
    zh = "协议标识为 {found}，Modbus 应为 {expected}：{received}"
    remedy_en = "is this a Modbus TCP port, and not RTU over TCP?"
    remedy_zh = "请确认该端口为 Modbus TCP，而非 RTU over TCP"


class ByteCountError(WireLengthError):
    """The byte count contradicts the frame or the request."""

    code = "E_WIRE_MODBUS_BYTE_COUNT"
    en = "the byte count is {found}, {expected} was expected: {received}"
    zh = "字节计数为 {found}，应为 {expected}：{received}"
    remedy_en = "a late answer to another request, or the device's firmware"
    remedy_zh = "可能是对其他请求的迟到应答，或设备固件有误"


class ShortAnswerError(ByteCountError):
    """Fewer data came than were asked for; which ones is not known."""

    code = "E_WIRE_MODBUS_SHORT"
    en = "{found} data bytes, {expected} were expected: {received}"
    zh = "数据为 {found} 字节，应为 {expected} 字节：{received}"
    remedy_en = "shorten the block in the profile"
    remedy_zh = "请在配置文件中缩短读取块"
    miss_reason = "short_reply"


class ForeignTransactionError(WireForeignError):
    """The answer carries the transaction identifier of another request, or none."""

    code = "E_WIRE_MODBUS_TRANSACTION"
    en = "the transaction identifier is {found}, {expected} was asked: {received}"
    zh = "事务标识为 {found}，所问为 {expected}：{received}"


class ForeignUnitError(WireForeignError):
    """The answer names another unit."""

    code = "E_WIRE_MODBUS_UNIT"
    en = "the unit is {found}, {expected} was asked: {received}"
    zh = "站号为 {found}，所问为 {expected}：{received}"


class ForeignFunctionError(WireForeignError):
    """The answer belongs to another function code."""

    code = "E_WIRE_MODBUS_FUNCTION"
    en = "the function code is {found}, {expected} was asked: {received}"
    zh = "功能码为 {found}，所问为 {expected}：{received}"


class EndlessEchoError(WireForeignError):
    """The question came back again and again, and no answer."""

    code = "E_WIRE_MODBUS_ECHO"
    en = "the question itself came back {found} times: {received}"
    zh = "所问报文自身返回 {found} 次：{received}"
    remedy_en = "a loop on the line; check adapter and wiring"
    remedy_zh = "线路存在环回；请检查适配器和接线"


class IllegalRequestError(WireValueError):
    """A request that a device refuses, and with which exception code.

    Attributes:
        exception_code: 1, 2 or 3.
    """

    code = "E_WIRE_MODBUS_REQUEST"
    en = "{what} {found} in a request: {received}"
    zh = "请求中的{what_zh} {found}：{received}"
    remedy_en = "keep the request within the limits"
    remedy_zh = "请使请求符合限值"

    def __init__(self, where: str, *, raw: bytes, exception_code: int, **facts: object) -> None:
        self.exception_code = exception_code
        super().__init__(where, raw=raw, **facts)


class ModbusRefusedError(WireRefusedError):
    """The device answered with an exception.

    Attributes:
        exception_code: The code that it gave, 0 to 255; also a fact.
    """

    code = "E_WIRE_MODBUS_EXCEPTION"
    en = "exception {exception_code:02X}, {what}: {received}"
    zh = "异常码 {exception_code:02X}，{what_zh}：{received}"

    def __init__(self, where: str, *, raw: bytes, exception_code: int) -> None:
        self.exception_code = exception_code
        what, what_zh = EXCEPTION_NAMES.get(exception_code, _UNNAMED)
        super().__init__(where, raw=raw, exception_code=exception_code, what=what, what_zh=what_zh)


class IllegalBlockError(ModbusRefusedError):
    """An address of the block is illegal, or the block is too long (codes 02, 03): halve it."""

    code = "E_WIRE_MODBUS_ILLEGAL_BLOCK"
    remedy_en = "no such registers, or too many at once; shorten the block"
    remedy_zh = "寄存器不存在，或一次读取过多；请缩短读取块"


class DeviceBusyError(ModbusRefusedError):
    """The device has the request but cannot answer yet (codes 05, 06)."""

    code = "E_WIRE_MODBUS_BUSY"
    remedy_en = "poll the device less often"
    remedy_zh = "请降低轮询频率"


class GatewayError(ModbusRefusedError):
    """A gateway answered in place of a device that it does not reach (codes 0A, 0B)."""

    code = "E_WIRE_MODBUS_GATEWAY"
    remedy_en = "check the serial line behind the gateway"
    remedy_zh = "请检查网关后的串行线路"


_KINDS: Final[Mapping[int, type[ModbusRefusedError]]] = MappingProxyType(
    {
        2: IllegalBlockError,
        3: IllegalBlockError,
        5: DeviceBusyError,
        6: DeviceBusyError,
        10: GatewayError,
        11: GatewayError,
    }
)


def refusal(where: str, *, raw: bytes, exception_code: int) -> ModbusRefusedError:
    """The error that stands for an exception code, 0 to 255."""
    kind = _KINDS.get(exception_code, ModbusRefusedError)
    return kind(where, raw=raw, exception_code=exception_code)
