"""What is wrong with the content of a leaf that was taken: it is named, and kept all the same."""

from collector.errors import CollectorError


class TimeSuspectError(CollectorError):
    """Stamps that cannot be right, or that the agent itself does not vouch for."""

    code = "E_TIME_SUSPECT"
    en = (
        "{found} of {limit} polls have a suspect time: {what}; they are kept and shown, and count "
        "in no hour; set the agent's clock right and see why it was wrong"
    )
    zh = (
        "{limit} 次轮询中有 {found} 次时间可疑：{what}；数据已保存并可查看，"
        "但不计入任何小时；请校准代理时钟并查明原因"
    )
