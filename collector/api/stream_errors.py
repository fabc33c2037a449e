"""Why a long answer is not begun, or is cut off."""

from collector.api.refusal import RequestError


class StreamTimeError(RequestError):
    """A long answer was not taken in time; it was cut off, and its last chunk was not sent."""

    code = "E_STREAM_TIME"
    status = 503
    en = "the answer was not read within {limit} s and was cut off; ask for it in parts"
    zh = "应答未在 {limit} 秒内读完，已中断；请分段请求"


class StreamsError(RequestError):
    """Somebody is sent as many long answers as they may have at a time."""

    code = "E_STREAMS"
    status = 429
    en = (
        "{limit} long answers are being sent to you, and no more at a time; read one to its end, "
        "or ask again after {wait_s} s"
    )
    zh = "正在向您发送 {limit} 个长应答，已达同时发送的上限；请先读完其中之一，或 {wait_s} 秒后重试"


class StreamsFullError(RequestError):
    """As many long answers are being sent as the collector sends at a time."""

    code = "E_STREAMS_FULL"
    status = 503
    en = "{limit} long answers are being sent, to all together; ask again after {wait_s} s"
    zh = "正在发送的长应答共 {limit} 个，已达上限；请 {wait_s} 秒后重试"
