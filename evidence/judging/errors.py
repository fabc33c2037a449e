"""What is wrong with a leaf that was taken: it is named, and kept all the same."""

from evidence.errors import ForeignEvidenceError


class TimeSuspectError(ForeignEvidenceError):
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


class SimulatedClockError(ForeignEvidenceError):
    """A batch was stamped by a clock that does not show real time."""

    code = "E_SIMULATED_CLOCK"
    en = "stamped by a simulated clock; for a demonstration set accept_simulated_clock = true"
    zh = "批次使用仿真时钟；已保存但不计入；演示时请设置 accept_simulated_clock = true"
