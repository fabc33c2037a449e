"""Why it is not told what was known at an instant, or of hours that begin at other minutes."""

from typing import Final

from collector.api.refusal import RequestError
from evidence.errors import Words


class AsOfLimitError(RequestError):
    """What is asked for follows from more leaves than are judged again for an answer."""

    code = "E_AS_OF_LIMIT"
    status = 422
    en = (
        "{found} leaves, counted for each channel, would be judged again, and one answer takes "
        "{limit}; {how}, or have most_leaves of [as_of] in collector.toml raised"
    )
    zh = (
        "须重新评判 {found} 个叶（按通道计），单次应答上限为 {limit}；"
        "{how}，或在 collector.toml 中提高 [as_of] 的 most_leaves"
    )


IN_PARTS: Final = Words(
    "ask for a shorter time, or for fewer channels at once", "请缩短时段，或减少一次请求的通道数"
)
LOOKS_BACK: Final = Words(
    "rules look back on the 3 years before the period, so a shorter one helps little: ask for "
    "fewer channels at once, or without under_plan",
    "规则需回看时段之前 3 年的数据，缩短时段作用有限：请减少一次请求的通道数，或不用 under_plan",
)
