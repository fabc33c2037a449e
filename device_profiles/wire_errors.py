"""What can be wrong with bytes on a wire, in any protocol: stable code, bytes, limit, remedy.

Foreign bytes raise nothing else. Each class says under which reason an agent files the poll
that ended so (`calibration.indication.MissReason`, by its value: the rooms are strangers).
"""

from typing import ClassVar

from device_profiles.errors import ProfileError

_SHOWN_BYTES = 24


class WireError(ProfileError):
    """Bytes that are not what the protocol allows, or not what was asked for.

    Attributes:
        raw: the offending bytes, for the record.
        miss_reason: how a poll that ended so is filed.
    """

    code = "E_WIRE"
    en = "the bytes are no frame of this protocol: {received}"
    zh = "这些字节不是该协议的帧：{received}"
    remedy_en = "check protocol, speed, parity and wiring"
    remedy_zh = "请检查协议、波特率、校验和接线"
    miss_reason: ClassVar[str] = "garbage"

    def __init__(self, where: str, *, raw: bytes, **facts: object) -> None:
        self.raw = raw
        super().__init__(where, received=raw[:_SHOWN_BYTES].hex(" ").upper(), **facts)


class WireChecksumError(WireError):
    """The checksum, CRC, LRC or BCC does not fit the bytes it covers."""

    code = "E_WIRE_CHECKSUM"
    en = "the checksum is {found}, {expected} fits the bytes: {received}"
    zh = "校验为 {found}，按字节应为 {expected}：{received}"
    remedy_en = "check shielding, termination, speed and parity of the line"
    remedy_zh = "请检查线路屏蔽、终端电阻、波特率和校验位"
    miss_reason = "checksum"


class WireAlgorithmError(WireChecksumError):
    """The checksum fits the bytes, but by another algorithm than the protocol prescribes."""

    code = "E_WIRE_ALGORITHM"
    en = "the checksum {found} is {algorithm}, {expected} is prescribed: {received}"
    zh = "校验 {found} 是{algorithm_zh}，按协议应为 {expected}：{received}"
    remedy_en = "the line is sound; have the sender's firmware use the protocol's own algorithm"
    remedy_zh = "线路正常；请让发送方固件改用协议规定的校验算法"


class WireLengthError(WireError):
    """The bytes end too early, go on too long, or contradict their own length field."""

    code = "E_WIRE_LENGTH"
    en = "the length is {found}: {received}"
    zh = "长度为 {found}：{received}"
    remedy_en = "a truncated or spliced frame; check time-out, gaps and the gateway's buffer"
    remedy_zh = "帧被截断或拼接；请检查超时、帧间隔和网关缓冲区"


class WireFormError(WireError):
    """A fixed byte, a separator or a field is not what the protocol prescribes there."""

    code = "E_WIRE_FORM"
    en = "{what}: {received}"
    zh = "{what_zh}：{received}"


class WireValueError(WireError):
    """The frame is sound, but a value in it is not coded as the item says (a BCD digit, a date)."""

    code = "E_WIRE_VALUE"
    en = "{what}: {received}"
    zh = "{what_zh}：{received}"
    remedy_en = "compare the item's format with the device's manual"
    remedy_zh = "请对照设备手册核对数据项格式"


class WireForeignError(WireError):
    """A sound frame that answers something else: another device, another item, another request."""

    code = "E_WIRE_FOREIGN"
    en = "{what} is {found}, {expected} was asked: {received}"
    zh = "{what_zh} 为 {found}，所问为 {expected}：{received}"
    remedy_en = "check the addresses on this line; a late answer, or two devices with one address"
    remedy_zh = "请检查该线路上的地址；可能是迟到的应答，或两台设备地址相同"
    miss_reason = "foreign_reply"


class WireRefusedError(WireError):
    """The device itself answers that it cannot or will not (error reply, exception, QnRtn)."""

    code = "E_WIRE_REFUSED"
    en = "the device refuses: {what}: {received}"
    zh = "设备拒绝：{what_zh}：{received}"
    remedy_en = "compare the request with the device's manual"
    remedy_zh = "请对照设备手册检查请求"
    miss_reason = "exception"
