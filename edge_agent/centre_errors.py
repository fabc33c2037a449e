"""What can go wrong where data loggers connect to the agent by themselves: said, and counted."""

from edge_agent.errors import AgentError, UnreachableError


class NoListenerError(UnreachableError):
    """The address and port on which loggers are to connect cannot be listened on."""

    code = "E_LISTEN"
    en = "cannot listen here: {what}; check that the address is this machine's and the port is free"
    zh = "无法在此监听：{what}；请检查该地址属于本机且端口未被占用"
    skips_line = True


class ReportError(AgentError):
    """Something about what loggers send; nothing of it is stored."""

    code = "E_REPORT"


class UnknownLoggerError(ReportError):
    """A packet whose MN no device of the line has."""

    code = "E_REPORT_MN"
    en = "a logger with MN '{found}' is not configured here; it gets no answer: compare the MN"
    zh = "此处未配置 MN 为 '{found}' 的数采仪，不予应答；请核对 MN"


class TwoConnectionsError(ReportError):
    """Two connections with one MN; the one that was opened last counts."""

    code = "E_REPORT_TWO"
    en = "two connections report as MN '{found}'; the newest counts: see whether two loggers do"
    zh = "有两个连接以 MN '{found}' 上报；以最新连接为准：请检查是否有两台数采仪"


class CrowdedError(ReportError):
    """More connections than are kept."""

    code = "E_REPORT_FULL"
    en = "{limit} connections are open, and one more was refused: see who connects here"
    zh = "已有 {limit} 个连接，拒绝新的连接：请检查连接来源"


class FloodError(ReportError):
    """A connection brought too much that is no packet of a known logger; it was closed."""

    code = "E_REPORT_FLOOD"
    en = "over {limit} packets in a minute were refused, and the connection closed: see who sends"
    zh = "一分钟内拒绝的数据包超过 {limit} 个，连接已关闭：请检查发送方"


class DeafError(ReportError):
    """A logger does not take its answers from the connection; it was closed."""

    code = "E_REPORT_DEAF"
    en = "the logger does not read its answers; the connection was closed: see its network"
    zh = "数采仪不接收应答，连接已关闭：请检查其网络"


class LostPartsError(ReportError):
    """Parts of a message that never became whole."""

    code = "E_REPORT_PARTS"
    en = "{found} parts of a message are missing; what came of it is not used: see the logger"
    zh = "一条消息缺少 {found} 个分包，已收到的部分不予使用：请检查数采仪"


class OtherTimeError(ReportError):
    """A message whose DataTime does not fit the time at which it came."""

    code = "E_REPORT_TIME"
    en = "DataTime {found} came more than {limit} s off; set the logger's clock, see utc_offset"
    zh = "DataTime {found} 与到达时间相差超过 {limit} 秒；请校准数采仪时钟并检查 utc_offset"


class PassedOverError(ReportError):
    """A message that nobody read before a newer one of its kind came."""

    code = "E_REPORT_PASSED"
    en = "a message of {found} came before the last was read; the newest is kept: shorten period_s"
    zh = "上一条 {found} 尚未读取又收到新数据，仅保留最新一条：请缩短 period_s"


class IntervalError(ReportError):
    """A logger did not take the interval of real-time data that the configuration sets."""

    code = "E_REPORT_INTERVAL"
    en = "the logger did not take RtdInterval {limit} s ({found}); set it at the logger"
    zh = "数采仪未接受 RtdInterval {limit} 秒（{found}）；请在数采仪上设置"
