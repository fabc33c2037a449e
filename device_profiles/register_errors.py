"""Errors of register words and numbers that do not fit their format."""

from device_profiles.errors import ProfileError


class RegisterError(ProfileError):
    """Words that a device sent, or a number for it, do not fit the declared format.

    `facts["raw"]` holds the bytes in hex where there are any.
    """

    code = "E_REGISTER"
    remedy_en = "compare format and word order with the device's document"
    remedy_zh = "请对照设备文件核对格式和字序"


class WordCountError(RegisterError):
    """Another number of words than the format, or the request, has."""

    code = "E_REGISTER_COUNT"
    en = "{found} words arrived"
    zh = "收到 {found} 个字"


class WordRangeError(RegisterError):
    """A word that is no 16-bit unsigned integer (or no bit)."""

    code = "E_REGISTER_WORD"
    en = "{found} is not a register word"
    zh = "{found} 不是寄存器字"


class DigitsError(RegisterError):
    """Registers that hold no decimal digits where the format has them."""

    code = "E_REGISTER_DIGITS"
    en = "registers {raw} hold no {format} number"
    zh = "寄存器 {raw} 不是 {format} 数"


class FitError(RegisterError):
    """A number that the format cannot carry."""

    code = "E_REGISTER_FIT"
    en = "{found} does not fit format {format}"
    zh = "{found} 无法用 {format} 格式表示"
    remedy_en = "choose a number the device could show"
    remedy_zh = "请使用设备能够显示的数值"
