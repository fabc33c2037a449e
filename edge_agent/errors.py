"""Errors of the agent: a stable code, what, where, which limit, and what to do, in two languages.

Two families. `DeviceAnswerError`: the other side said something wrong; asking the same again
does not help. `UnreachableError`: nothing, or nothing usable, came back; a later try may work.
"""

from typing import ClassVar

from evidence.errors import CodedError, Words


class AgentError(CodedError):
    """Something kept the agent from obtaining an indication.

    Attributes:
        miss_reason: Value of `calibration.indication.MissReason` that a failed poll is filed under.
        in_step: True if requests and answers still pair up on the connection afterwards.
        skips_device: True if asking the same device again in this cycle is not worth bus time.
        skips_line: True if no device on the line can be asked in this cycle.
    """

    code = "E_AGENT"
    miss_reason: str = "not_polled"
    in_step: ClassVar[bool] = False
    skips_device: ClassVar[bool] = False
    skips_line: ClassVar[bool] = False


class IllegalRequestError(AgentError):
    """The request itself breaks the protocol's limits; it was not sent."""

    code = "E_REQUEST"
    en = "'{request}' cannot be asked; {limit}. Correct the device profile"
    zh = "请求 '{request}' 不合法；{limit}。请更正设备配置文件"
    in_step = True


class DeviceAnswerError(AgentError):
    """The device, or something on the way, answered wrongly; the same content is not asked again.

    Attributes:
        device: The device that was asked.
        answer: The bytes that came back, for the record.
    """

    code = "E_FRAME"
    en = "the answer is not usable: {received}; check the device and what lies between"
    zh = "应答不可用：{received}；请检查设备及中间链路"
    miss_reason = "garbage"

    def __init__(self, device: str, *, answer: bytes, **facts: object) -> None:
        self.device = device
        self.answer = answer
        super().__init__(device, received=answer[:24].hex(" "), **facts)


class ProtocolIdError(DeviceAnswerError):
    """The header's protocol id is not that of Modbus."""

    code = "E_FRAME_PROTOCOL"
    en = "protocol id {found}, 0 was expected: {received}; is this a Modbus TCP port?"
    zh = "协议标识为 {found}，应为 0：{received}；该端口是否为 Modbus TCP？"


class FrameLengthError(DeviceAnswerError):
    """The header's length field contradicts the frame."""

    code = "E_FRAME_LENGTH"
    en = "length field {found}, {limit} was expected: {received}; check the gateway's firmware"
    zh = "长度字段为 {found}，应为 {limit}：{received}；请检查网关固件"


class ByteCountError(DeviceAnswerError):
    """The byte count contradicts the frame or the request."""

    code = "E_FRAME_BYTE_COUNT"
    en = "byte count {found}, {limit} was expected: {received}; check the device's firmware"
    zh = "字节计数为 {found}，应为 {limit}：{received}；请检查设备固件"


class ShortReplyError(DeviceAnswerError):
    """Fewer registers came than were asked for; which ones is not known."""

    code = "E_FRAME_SHORT"
    en = "{found} data bytes, {limit} were expected: {received}; shorten the block in the profile"
    zh = "数据为 {found} 字节，应为 {limit} 字节：{received}；请在配置文件中缩短读取块"
    miss_reason = "short_reply"


class ForeignTransactionError(DeviceAnswerError):
    """The answer carries the transaction id of another request, or none."""

    code = "E_FRAME_TRANSACTION"
    en = "transaction id {found}, {limit} was expected: {received}; an answer to another request"
    zh = "事务标识为 {found}，应为 {limit}：{received}；这是对其他请求的应答"
    miss_reason = "foreign_reply"


class ForeignUnitError(DeviceAnswerError):
    """The answer names another unit."""

    code = "E_FRAME_UNIT"
    en = "unit id {found}, {limit} was expected: {received}; check the unit ids on this line"
    zh = "单元标识为 {found}，应为 {limit}：{received}；请检查该线路上的站号"
    miss_reason = "foreign_reply"


class ForeignFunctionError(DeviceAnswerError):
    """The answer belongs to another function code."""

    code = "E_FRAME_FUNCTION"
    en = "function code {found}, {limit} was expected: {received}; check the device's firmware"
    zh = "功能码为 {found}，应为 {limit}：{received}；请检查设备固件"
    miss_reason = "foreign_reply"


class ModbusExceptionError(DeviceAnswerError):
    """The device refused the request with an exception code.

    Attributes:
        exception_code: The code that it gave.
    """

    code = "E_MODBUS_EXCEPTION"
    en = "exception {exception_code:02X}: {received}; compare the request with the device's manual"
    zh = "异常码 {exception_code:02X}：{received}；请对照设备手册检查请求"
    miss_reason = "exception"
    in_step = True

    def __init__(self, device: str, *, answer: bytes, exception_code: int) -> None:
        self.exception_code = exception_code
        super().__init__(device, answer=answer, exception_code=exception_code)


class IllegalBlockError(ModbusExceptionError):
    """An address in the block is illegal, or the block is too long (codes 02, 03)."""

    code = "E_MODBUS_ILLEGAL_BLOCK"
    en = "exception {exception_code:02X}: {received}; no such registers, or too many at once"
    zh = "异常码 {exception_code:02X}：{received}；寄存器不存在，或一次读取过多"


class UnreachableError(AgentError):
    """Nothing usable came back; a later try may work."""

    code = "E_UNREACHABLE"
    en = "not reached; check power and wiring"
    zh = "无法访问；请检查电源和接线"
    miss_reason = "unreachable"
    skips_device = True


class NoConnectionError(UnreachableError):
    """No connection to the line's host could be made."""

    code = "E_CONNECT"
    en = "no connection within {timeout_s} s; check address, port, network and firewall"
    zh = "{timeout_s} 秒内无法建立连接；请检查地址、端口、网络和防火墙"
    skips_line = True


class ConnectionClosedError(UnreachableError):
    """The other side closed the connection before it answered."""

    code = "E_CONNECTION_CLOSED"
    en = "the connection was closed before the answer; check the number of clients of the gateway"
    zh = "应答前连接被关闭；请检查网关的客户端数量"


class AnswerTimeoutError(UnreachableError):
    """No complete answer came in time."""

    code = "E_TIMEOUT"
    en = "no complete answer within {timeout_s} s; check power, wiring, unit id and time-out"
    zh = "{timeout_s} 秒内没有完整应答；请检查电源、接线、站号和超时设置"
    miss_reason = "timeout"


class ModbusBusyError(UnreachableError):
    """The device has the request but cannot answer yet (codes 05, 06)."""

    code = "E_MODBUS_BUSY"
    en = "exception {exception_code:02X}: the device is busy; poll it less often"
    zh = "异常码 {exception_code:02X}：设备忙；请降低轮询频率"
    miss_reason = "exception"
    in_step = True
    skips_device = False


class ModbusGatewayError(UnreachableError):
    """The gateway answered in place of a device that it cannot reach (codes 0A, 0B)."""

    code = "E_MODBUS_GATEWAY"
    en = "exception {exception_code:02X}: the gateway cannot reach the unit; check the serial line"
    zh = "异常码 {exception_code:02X}：网关无法访问该站；请检查串行线路"
    in_step = True


class NotPolledError(UnreachableError):
    """The device was left out: it failed before, and the line's time belongs to the others."""

    code = "E_NOT_POLLED"
    en = "not asked in this cycle: {reason}"
    zh = "本周期未轮询：{reason}"
    miss_reason = "not_polled"


class NoSerialPortError(UnreachableError):
    """The serial port cannot be opened, or takes nothing."""

    code = "E_SERIAL_PORT"
    en = "the serial port cannot be used: {what}; check its path, group 'dialout', other programs"
    zh = "无法使用串口：{what}；请检查路径、dialout 组权限以及是否被其他程序占用"
    skips_line = True


class UnusableAnswerError(DeviceAnswerError):
    """What came back is no frame of the protocol, or not the answer; `told` is the codec's word.

    Attributes:
        wire_code: The codec's own code.
    """

    code = "E_ANSWER"
    en = "{told}"
    zh = "{told}"

    def __init__(
        self, device: str, *, answer: bytes, wire_code: str, miss_reason: str, told: Words
    ) -> None:
        self.wire_code = wire_code
        self.miss_reason = miss_reason
        super().__init__(device, answer=answer, told=told)


class SecondAnswerError(DeviceAnswerError):
    """Two answers came to one question; which of them is the device's is not known."""

    code = "E_ANSWER_TWICE"
    en = "a second answer followed at once: {received}; look for another device of this address"
    zh = "紧接着又收到第二个应答：{received}；请检查是否有另一台相同地址的设备"
    miss_reason = "foreign_reply"


class FloodedLineError(DeviceAnswerError):
    """Something sends on the line without end; no answer can be found in it."""

    code = "E_LINE_FLOODED"
    en = "{limit} bytes and no answer among them: {received}; find what sends on this line"
    zh = "收到超过 {limit} 字节而其中没有应答：{received}；请查找在该线路上持续发送的设备"
    skips_device = True
    skips_line = True


class NoIdentificationError(AgentError):
    """The protocol has no common way to say who a device is."""

    code = "E_NO_IDENTIFICATION"
    en = "this protocol has no common identification; compare the serial number in its profile"
    zh = "该协议没有通用的设备标识；请按配置文件核对出厂编号"
    in_step = True
