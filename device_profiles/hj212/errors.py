"""What cannot be written as HJ 212-2017; what comes in is refused by `wire_errors`."""

from device_profiles.errors import ProfileError


class ComposeError(ProfileError):
    """The standard has no form for what was to be sent."""

    code = "E_HJ212_COMPOSE"
    en = "{found} cannot be sent"
    zh = "无法发送 {found}"
    remedy_en = "keep to the widths and characters of HJ 212-2017 clause 6.3"
    remedy_zh = "请遵守 HJ 212-2017 第 6.3 条规定的宽度和字符"


def require(sound: bool, key: str, found: object, limit: str) -> None:  # noqa: FBT001
    """Nothing, where what is to be sent is `sound`.

    Raises:
        ComposeError: it is not.
    """
    if not sound:
        raise ComposeError("HJ 212", key=key, found=found, limit=limit)
