"""What can be wrong with a question to a device of a profile, or with its address."""

from device_profiles.errors import ProfileError


class NoSuchItemError(ProfileError):
    """A device of this profile has no such item; a real one refuses the question."""

    code = "E_PROFILE_ITEM"
    en = "the device has no item {found}"
    zh = "该设备没有数据项 {found}"
    remedy_en = "ask for one of the profile's items"
    remedy_zh = "请查询配置文件中的数据项"


class DeviceRefusesError(ProfileError):
    """A simulated device refuses the question; Modbus says it with this exception code.

    Attributes:
        refusal_code: 1 to 255.
    """

    code = "E_PROFILE_REFUSES"
    en = "the device refuses with code {found}"
    zh = "设备拒绝，代码 {found}"
    remedy_en = "end the fault that makes it refuse"
    remedy_zh = "请结束造成拒绝的故障"

    def __init__(self, where: str, refusal_code: int) -> None:
        self.refusal_code = refusal_code
        super().__init__(where, found=refusal_code, limit="1..255")


class DeviceAddressError(ProfileError):
    """An address that a device of this protocol cannot have."""

    code = "E_PROFILE_ADDRESS_TEXT"
    en = "'{found}' is no address of this protocol"
    zh = "'{found}' 不是该协议的地址"
    remedy_en = "write it as on the type plate or the display"
    remedy_zh = "请按铭牌或显示屏填写"
