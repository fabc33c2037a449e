"""The page's words, in English and Chinese. Every value of a closed vocabulary has some."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.page.health import Cost, DeviceState, SpoolLevel
from evidence.clock_standing import ClockStanding
from evidence.errors import Words

MISS_REASONS: Final[Mapping[MissReason, Words]] = MappingProxyType(
    {
        MissReason.TIMEOUT: Words("no answer", "无应答"),
        MissReason.UNREACHABLE: Words("not reachable", "无法连接"),
        MissReason.EXCEPTION: Words("refused by the device", "设备拒绝"),
        MissReason.SHORT_REPLY: Words("answer too short", "应答过短"),
        MissReason.FOREIGN_REPLY: Words("answer of another request", "应答不属于该请求"),
        MissReason.GARBAGE: Words("answer not usable", "应答不可用"),
        MissReason.SENTINEL: Words("the device has no value", "设备无数值"),
        MissReason.CHECKSUM: Words("checksum wrong", "校验和错误"),
        MissReason.OUT_OF_RANGE: Words("out of range", "超出范围"),
        MissReason.DEVICE_FAULT: Words("device fault", "设备故障"),
        MissReason.CALIBRATING: Words("calibrating", "校准中"),
        MissReason.BLOW_BACK: Words("blow-back", "反吹中"),
        MissReason.MAINTENANCE: Words("maintenance", "维护中"),
        MissReason.STANDBY: Words("standby", "待机"),
        MissReason.OTHER_DEVICE: Words("another device answers", "应答的是另一台设备"),
        MissReason.OTHER_SETTING: Words("set otherwise than the site says", "设备设置与配置不符"),
        MissReason.NOT_POLLED: Words("not polled", "未轮询"),
    }
)
QUALITIES: Final[Mapping[Quality, Words]] = MappingProxyType(
    {
        Quality.GOOD: Words("good", "正常"),
        Quality.OUTSIDE_MEASURING_INTERVAL: Words("outside its interval", "超出测量区间"),
        Quality.OVERDUE: Words("overdue", "已超期"),
        Quality.CLOCK_SUSPECT: Words("clock suspect", "时钟存疑"),
        Quality.CLOCK_UNSYNCHRONISED: Words("clock not synchronised", "时钟未同步"),
        Quality.INTERPOLATED: Words("interpolated", "插值"),
        Quality.MAINTENANCE: Words("maintenance", "维护中"),
        Quality.FROZEN: Words("stuck", "读数卡滞"),
        Quality.DEVICE_WARNING: Words("device warns", "设备告警"),
        Quality.QUARANTINED: Words("quarantined", "已隔离"),
    }
)
STATES: Final[Mapping[DeviceState, Words]] = MappingProxyType(
    {
        DeviceState.SILENT: Words("no readings", "无读数"),
        DeviceState.PARTLY: Words("readings missing", "部分无读数"),
        DeviceState.MARKED: Words("readings marked", "读数带标记"),
        DeviceState.OVERDUE: Words("overdue", "已超期"),
        DeviceState.WAITING: Words("not polled yet", "尚未轮询"),
        DeviceState.GOOD: Words("good", "正常"),
    }
)
LEVELS: Final[Mapping[SpoolLevel, Words]] = MappingProxyType(
    {
        SpoolLevel.ROOMY: Words("room enough", "充裕"),
        SpoolLevel.WARN: Words("filling up", "渐满"),
        SpoolLevel.THIN: Words("full: readings thinned", "将满：减少读数"),
        SpoolLevel.STOP: Words("full: readings stopped", "已满：停止读数"),
    }
)
STANDINGS: Final[Mapping[ClockStanding, Words]] = MappingProxyType(
    {
        ClockStanding.SYNCHRONISED: Words("synchronised", "已同步"),
        ClockStanding.HOLDOVER: Words("holdover", "守时"),
        ClockStanding.UNSYNCHRONISED: Words("not synchronised", "未同步"),
        ClockStanding.UNKNOWN: Words("nobody says", "无校时信息"),
    }
)
COSTS: Final[Mapping[Cost, Words]] = MappingProxyType(
    {
        Cost.LOST: Words("readings lost", "读数丢失"),
        Cost.WAITING: Words("readings wait", "读数滞后"),
        Cost.DOUBT: Words("in doubt", "读数存疑"),
        Cost.SOON: Words("due soon", "即将到期"),
    }
)
BASES: Final[Mapping[UncertaintyBasis, Words]] = MappingProxyType(
    {
        UncertaintyBasis.CALIBRATION: Words("calibration", "校准"),
        UncertaintyBasis.COVARIANCE_ASSUMED: Words(
            "calibration, covariance assumed", "校准（协方差为假定）"
        ),
        UncertaintyBasis.VERIFICATION: Words("verification", "检定"),
        UncertaintyBasis.NAMEPLATE: Words("class of the name-plate", "铭牌等级"),
        UncertaintyBasis.STATED: Words("what a person states", "人员声明"),
        UncertaintyBasis.UNKNOWN: Words("nothing", "无"),
    }
)
LEAST_WHOLE: Final = 999.5
"""From here on three digits are not enough for the ones."""
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


def percent(share: float) -> str:
    """A share in whole percent, with the narrow space before the sign that the SI asks for."""
    return f"{100.0 * share:.0f}\u202f%"


def size(count: int) -> str:
    """A number of bytes as people read it: 1.5 MiB."""
    amount, place = float(count), 0
    while amount >= 1024 and place < len(_UNITS) - 1:
        amount, place = amount / 1024, place + 1
    if place and amount < LEAST_WHOLE:
        return f"{amount:.3g} {_UNITS[place]}"
    return f"{amount:.0f} {_UNITS[place]}"
