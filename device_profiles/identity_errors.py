"""What a device says about itself that does not fit its profile or its configuration."""

from device_profiles.errors import ProfileError


class DeviceIdentityError(ProfileError):
    """The device is not the one, or not set as, its profile or its configuration says.

    `where` names the device; `facts["found"]` is what it said, `facts["limit"]` what was expected.
    """

    code = "E_DEVICE"


class SilentError(DeviceIdentityError):
    """The device was asked who it is, and nothing came that says it."""

    code = "E_DEVICE_SILENT"
    en = "it did not say its {what}"
    zh = "未给出 {what}"
    remedy_en = "read it at the device; firmware or variant may differ from the document"
    remedy_zh = "请在设备上查看；固件或型号可能与文件不同"


class OtherDeviceError(DeviceIdentityError):
    """The device says it is another one than the profile describes."""

    code = "E_DEVICE_OTHER"
    en = "its {what} is {found}"
    zh = "其 {what} 为 {found}"
    remedy_en = "check unit id and wiring, and choose the profile of this device"
    remedy_zh = "请检查单元标识和接线，并选用此设备的配置文件"


class OtherSerialError(DeviceIdentityError):
    """The instrument's serial number is not the configured one."""

    code = "E_DEVICE_SERIAL"
    en = "its serial number is {found}"
    zh = "其出厂编号为 {found}"
    remedy_en = "record the exchange of the instrument, or correct the configured serial number"
    remedy_zh = "请登记换表，或改正配置中的出厂编号"


class SettingError(DeviceIdentityError):
    """A setting of the device is not what the readings need."""

    code = "E_DEVICE_SETTING"
    en = "its setting is {found}"
    zh = "其设定值为 {found}"
    remedy_en = "correct the setting at the device, or the parameter in the configuration"
    remedy_zh = "请改正设备设定或配置中的参数"


class SettingUnstatedError(DeviceIdentityError):
    """The device shows a setting that the configuration says nothing about."""

    code = "E_DEVICE_SETTING_UNSTATED"
    en = "its setting is {found}, and the configuration states none"
    zh = "其设定值为 {found}，配置中未说明"
    remedy_en = "state the parameter in the configuration as it is on the type plates"
    remedy_zh = "请按铭牌在配置中填写该参数"
