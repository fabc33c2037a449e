"""Errors of this room: stable code, what, where, which limit, what to do, in two languages."""

from collections.abc import Mapping
from typing import ClassVar

from device_profiles.phrase import facts_in


class ProfileError(Exception):
    """Something is wrong with a device profile, or with what was asked of one.

    Every subclass has a stable `code` and, per language, a text and a remedy with
    named fields; `facts` fills the fields, and a fact may be `Words`. `where` names the
    file or the device; `facts["key"]` the key or the channel, `facts["limit"]` what was
    allowed.
    """

    code: ClassVar[str] = "E_PROFILE"
    en: ClassVar[str] = "{what}"
    zh: ClassVar[str] = "{what}"
    remedy_en: ClassVar[str] = "correct the profile"
    remedy_zh: ClassVar[str] = "请修正配置文件"

    def __init__(self, where: str, **facts: object) -> None:
        self.where = where
        self.facts: dict[str, object] = {"key": "-", "limit": "-", **facts}
        super().__init__(self.say("en"))

    def text(self, language: str) -> str:
        """What is wrong, in `language` ("en" or "zh"), without place and remedy."""
        return _filled(self.zh if language == "zh" else self.en, language, self.facts)

    def remedy(self, language: str) -> str:
        """What to do about it, in `language` ("en" or "zh")."""
        text = self.remedy_zh if language == "zh" else self.remedy_en
        return _filled(text, language, self.facts)

    def say(self, language: str) -> str:
        """The message in `language` ("en" or "zh"): code, file, key, text, limit, remedy."""
        limit = "限值" if language == "zh" else "limit"
        facts = facts_in("zh" if language == "zh" else "en", self.facts)
        place = f"{self.code} {self.where}: {facts['key']}"
        told = f"{self.text(language)} ({limit}: {facts['limit']})"
        return f"{place}: {told}; {self.remedy(language)}"

    def record(self) -> dict[str, str]:
        """The finding as plain fields, for machines."""
        return {
            "code": self.code,
            "file": self.where,
            "key": str(self.facts["key"]),
            "limit": str(self.facts["limit"]),
            "message": self.text("en"),
            "remedy": self.remedy("en"),
            "message_zh": self.text("zh"),
            "remedy_zh": self.remedy("zh"),
        }


def _filled(text: str, language: str, facts: Mapping[str, object]) -> str:
    return text.format(**facts_in("zh" if language == "zh" else "en", facts))


class FileError(ProfileError):
    """The file cannot be read at all."""

    code = "E_PROFILE_FILE"
    en = "the file cannot be read: {why}"
    zh = "无法读取文件：{why}"
    remedy_en = "check the path and its permissions"
    remedy_zh = "请检查路径和权限"


class UnknownIdError(ProfileError):
    """No profile of the catalogue has this id."""

    code = "E_PROFILE_ID"
    en = "no profile has this id"
    zh = "没有使用此标识的配置文件"
    remedy_en = "did you mean: {nearest}? `carbonmeter profile list` shows all"
    remedy_zh = "您是否要找：{nearest}？用 `carbonmeter profile list` 查看全部"


class SizeError(ProfileError):
    """The file is larger than a profile may be."""

    code = "E_PROFILE_SIZE"
    en = "the file has {found} bytes or more"
    zh = "文件至少有 {found} 字节"
    remedy_en = "a profile describes one device; split the file"
    remedy_zh = "一个配置文件只描述一种设备；请拆分文件"


class TomlError(ProfileError):
    """The bytes are not TOML 1.0 in UTF-8."""

    code = "E_PROFILE_TOML"
    en = "not valid TOML: {why}"
    zh = "不是有效的 TOML：{why}"
    remedy_en = "write each key once; true or false, 0x10 or 16, and text in quotes"
    remedy_zh = "每个键只写一次；布尔值写 true/false，整数写 0x10 或 16，文字加引号"


class UnknownKeyError(ProfileError):
    """A key that the schema does not know."""

    code = "E_PROFILE_UNKNOWN_KEY"
    en = "this key is not known here"
    zh = "此处没有这个键"
    remedy_en = "remove it, or write the one that was meant: {nearest}"
    remedy_zh = "请删除，或改为正确的键：{nearest}"


class MissingKeyError(ProfileError):
    """A key that must be there is not."""

    code = "E_PROFILE_MISSING_KEY"
    en = "this key is missing"
    zh = "缺少这个键"
    remedy_en = "add it"
    remedy_zh = "请补上"


class WrongTypeError(ProfileError):
    """A value of another type than the schema says."""

    code = "E_PROFILE_TYPE"
    en = "{found} is of another type"
    zh = "{found} 的类型不对"
    remedy_en = "write a value of the type named by the limit"
    remedy_zh = "请填写限值所示类型的值"


class LimitError(ProfileError):
    """A value outside what the schema allows."""

    code = "E_PROFILE_LIMIT"
    en = "{found} is not allowed"
    zh = "不允许 {found}"
    remedy_en = "write a value within the limit"
    remedy_zh = "请填写限值以内的值"


class UnknownFormatError(ProfileError):
    """A number format that no codec knows."""

    code = "E_PROFILE_FORMAT"
    en = "number format {found} is unknown"
    zh = "未知的数值格式 {found}"
    remedy_en = "use a format of the list; nearest: {nearest}"
    remedy_zh = "请使用列表中的格式；最接近的是：{nearest}"


class AddressError(ProfileError):
    """A register address that cannot stand in a Modbus frame."""

    code = "E_PROFILE_ADDRESS"
    en = "{found} is no register address of a Modbus frame"
    zh = "{found} 不是 Modbus 帧中的寄存器地址"
    remedy_en = "write the 0-based address of the frame (printed 40001 or 400001 is 0)"
    remedy_zh = "请填写帧内从 0 开始的地址：印刷编号 40001 或 400001 即 0"


class OverlapError(ProfileError):
    """Two values claim the same register."""

    code = "E_PROFILE_OVERLAP"
    en = "registers {found} belong to '{other}' too"
    zh = "寄存器 {found} 同时属于 '{other}'"
    remedy_en = "check both addresses and formats against the document"
    remedy_zh = "请对照文件核对两者的地址和格式"


class SpanError(ProfileError):
    """One value cannot be read in one legal request."""

    code = "E_PROFILE_SPAN"
    en = "its registers span {found}"
    zh = "其寄存器跨度为 {found}"
    remedy_en = "a value is read in one request; raise gap_registers if the device allows it"
    remedy_zh = "同一值须一次读取；若设备允许，请增大 gap_registers"


class SourceError(ProfileError):
    """Keys of a register source do not fit each other."""

    code = "E_PROFILE_SOURCE"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "make format, function, sentinels, counts and scale factor fit each other"
    remedy_zh = "请使 format、function、sentinels、counts 与比例因子相互一致"


class DuplicateChannelError(ProfileError):
    """Two channels have one name."""

    code = "E_PROFILE_CHANNEL_TWICE"
    en = "two channels have this name"
    zh = "两个通道同名"
    remedy_en = "rename one of them"
    remedy_zh = "请改名"


class UnknownChannelError(ProfileError):
    """A channel was asked for that the profile does not have."""

    code = "E_PROFILE_CHANNEL"
    en = "the profile has no such channel"
    zh = "配置文件中没有此通道"
    remedy_en = "did you mean: {nearest}?"
    remedy_zh = "您是否要找：{nearest}？"


class ParameterError(ProfileError):
    """A parameter is unknown, or its value cannot multiply a reading."""

    code = "E_PROFILE_PARAMETER"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "declare it under [parameters], or use one of: {nearest}"
    remedy_zh = "请在 [parameters] 中声明，或使用：{nearest}"


class GradeError(ProfileError):
    """A source whose grade is not accepted."""

    code = "E_PROFILE_GRADE"
    en = "a source of grade {found} is refused"
    zh = "拒绝等级为 {found} 的来源"
    remedy_en = "find the vendor's page (A), a maintained driver (B) or a published list (C)"
    remedy_zh = "请查找厂商手册页（A）、有维护的驱动（B）或公开列表（C）"


class CitationError(ProfileError):
    """A channel cites a source that the profile does not list."""

    code = "E_PROFILE_CITATION"
    en = "source '{found}' is not listed, or listed twice"
    zh = "来源 '{found}' 未列出或重复列出"
    remedy_en = "cite the key of one [[sources]] entry"
    remedy_zh = "请引用某个 [[sources]] 条目的 key"


class FrameTextError(ProfileError):
    """What was given to be decoded is no frame, neither in hex nor as text."""

    code = "E_PROFILE_FRAME"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "write pairs of hex digits, with or without blanks, colons and 0x"
    remedy_zh = "请写成成对的十六进制数字，可带空格、冒号或 0x"


class DecoderError(ProfileError):
    """A protocol whose codec is not installed."""

    code = "E_PROFILE_DECODER"
    en = "this installation has no codec for {found}"
    zh = "此安装不含 {found} 的编解码器"
    remedy_en = "install a version of carbonmeter that has it"
    remedy_zh = "请安装包含它的 carbonmeter 版本"


class StatusError(ProfileError):
    """Marks of a status word that do not fit the word, or each other."""

    code = "E_PROFILE_STATUS"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "make bits, values and format of the status word fit the document"
    remedy_zh = "请使状态字的位、取值和格式与文件一致"


class IdentityError(ProfileError):
    """An identity field or a setting that cannot be read, or cannot be compared."""

    code = "E_PROFILE_IDENTITY"
    en = "{what}"
    zh = "{what_zh}"
    remedy_en = "say where it is read, and what it must be"
    remedy_zh = "请说明读取位置和应有的值"


class ProtocolError(ProfileError):
    """A profile of one protocol was used as one of another."""

    code = "E_PROFILE_PROTOCOL"
    en = "the profile is of protocol {found}"
    zh = "该配置文件的协议为 {found}"
    remedy_en = "choose a profile whose protocol fits the line"
    remedy_zh = "请选择与线路协议一致的配置文件"
