"""What the page finds wrong by looking, beside what the agent was told: said, with what to do."""

from typing import ClassVar

from edge_agent.errors import AgentError


class HealthError(AgentError):
    """Something about the agent that its engineer should put right."""

    code: ClassVar[str] = "E_HEALTH"


class SpoolFillsError(HealthError):
    """The spool fills up."""

    code = "E_HEALTH_SPOOL_WARN"
    en = "{found} of {limit} are used; restore the uplink before readings are thinned"
    zh = "已用 {found}，上限 {limit}；请在减少读数之前恢复上行链路"


class SpoolThinsError(HealthError):
    """The spool is nearly full."""

    code = "E_HEALTH_SPOOL_THIN"
    en = "{found} of {limit} are used: one poll an hour is made; restore the uplink"
    zh = "已用 {found}，上限 {limit}：每小时仅轮询一次；请恢复上行链路"


class SpoolStopsError(HealthError):
    """There is no room, and so no poll."""

    code = "E_HEALTH_SPOOL_STOP"
    en = (
        "no room for readings ({found} of {limit}): none is made; restore the uplink, free the disk"
    )
    zh = "没有空间保存读数（{found}，上限 {limit}）：已停止轮询；请恢复上行链路或清理磁盘"


class ClockUnsureError(HealthError):
    """The clock was set, and nothing says that it is right."""

    code = "E_HEALTH_CLOCK_SET"
    en = "the clock was set and nothing vouches for it: stamps are suspect; check the time service"
    zh = "时钟被调整且无法确认：时间戳存疑；请检查对时服务"


class ClockLooseError(HealthError):
    """Nothing keeps the clock."""

    code = "E_HEALTH_CLOCK"
    en = "nothing keeps the clock; set up NTP or PTP on this machine"
    zh = "时钟未同步；请在本机配置 NTP 或 PTP"


class ClockUnheardError(HealthError):
    """Nobody says anything of the clock."""

    code = "E_HEALTH_CLOCK_UNKNOWN"
    en = "nobody says how right the clock is; set up NTP or PTP on this machine"
    zh = "时钟是否准确未知；请在本机配置 NTP 或 PTP"


class LackingError(HealthError):
    """Channels give no reading, and asking the device did not fail."""

    code = "E_HEALTH_LACKING"
    en = "answers, but channels have no reading: {found}; see what the device shows itself"
    zh = "有应答，但部分通道无读数：{found}；请查看设备自身的显示"


class MarkedError(HealthError):
    """Readings come, and something is said against them."""

    code = "E_HEALTH_MARKED"
    en = "readings are marked: {found}; see what the device shows itself"
    zh = "读数带有标记：{found}；请查看设备自身的显示"


class OverdueError(HealthError):
    """A confirmation is overdue."""

    code = "E_HEALTH_OVERDUE"
    en = "its confirmation is overdue; readings go on and say so: have it calibrated"
    zh = "计量确认已超期；读数继续记录并注明：请安排校准"


class DueError(HealthError):
    """A confirmation will soon be overdue."""

    code = "E_HEALTH_DUE"
    en = "its confirmation ends within {limit} days: have it calibrated"
    zh = "计量确认将在 {limit} 天内到期：请安排校准"


class UnknownUncertaintyError(HealthError):
    """Nothing stands behind the uncertainty of a device's readings."""

    code = "E_HEALTH_BASIS"
    en = "no certificate and no class: the uncertainty is unknown; add either"
    zh = "既无证书也无等级：不确定度未知；请补充其一"


class ConnectionEndsError(HealthError):
    """The certificate for the broker was not renewed in time."""

    code = "E_HEALTH_CONNECTION"
    en = (
        "the broker's certificate for this agent ends at {limit}; run `agent renew`, see its answer"
    )
    zh = "本代理的接入证书将于 {limit} 到期；请执行 `agent renew` 并查看结果"


class PageListenError(AgentError):
    """The page's address cannot be listened on; the agent goes on without it."""

    code = "E_PAGE_LISTEN"
    en = "the page cannot be shown here: {what}; correct [page], or free the port"
    zh = "无法在此显示页面：{what}；请更正 [page] 或释放端口"
