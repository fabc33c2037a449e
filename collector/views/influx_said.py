"""What the InfluxDB view set aside, in the words of the quarantine. Pure."""

from typing import Final

from collector.views.influx_errors import InfluxSeriesError
from collector.views.influx_series import Beyond
from collector.views.influx_state import Aside, Differed
from collector.views.influx_syntax import restored
from collector.views.seen import ViewAside
from evidence.clock import utc_text
from evidence.errors import Words

_HEALED: Final = Words("it was written again and is right now", "已重新写入，现已一致")
_DIFFERS: Final = Words("it still differs", "仍不一致")


def aside_of(each: Aside) -> ViewAside:
    """A reading or miss that the database does not take."""
    return ViewAside(
        site=_site(each.channel),
        agent=each.agent,
        epoch=each.epoch,
        leaf=each.leaf,
        subject=f"influx {each.channel} poll {each.poll}",
        code=each.code,
        message=Words(each.message, each.message),  # the database says so, in its own words
    )


def beyond_of(each: Beyond) -> ViewAside:
    """What an agent sent of a channel beyond its room for series."""
    name = each.channel or f"further channels of {each.agent}"
    return ViewAside(
        site=each.channel.partition("/")[0],
        agent=each.agent,
        epoch=each.epoch,
        leaf=each.leaf,
        subject=f"influx {name} series",
        code=InfluxSeriesError.code,
        message=Words(
            f"{each.polls} readings and misses: the agent has too many series; they are in the "
            "ledger",
            f"{each.polls} 个读数与缺失：该代理的序列过多；数据均在账本中",
        ),
    )


def _site(channel: str) -> str:
    return restored(channel).partition("/")[0]


def differed_of(each: Differed) -> ViewAside:
    """An hour that differs, or did."""
    state = _HEALED if each.healed else _DIFFERS
    return ViewAside(
        site=_site(each.channel),
        agent="",
        epoch="",
        leaf=0,
        subject=f"influx {each.channel} hour {utc_text(each.start_ns)}",
        code="E_INFLUX_DIFFERS",
        message=Words(
            f"{each.sign}: {each.found} polls, the ledger has {each.expected}; {state.en}",
            f"{each.sign}：{each.found} 次轮询，账本中为 {each.expected}；{state.zh}",
        ),
    )
