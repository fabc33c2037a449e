"""How a request may be sent: its body as it is, and what is to be written without a condition.

What people do is added to the journal at addresses that have no representation of their own, so
`If-Match` is false whatever it names (RFC 9110, 13.1.1), and no time of a last change is known
that `If-Unmodified-Since` could be held against (13.1.4). To pass over either, or over a content
coding, would do what whoever sent it did not want done.
"""

from typing import Final

from fastapi import Request

from collector.api.refusal import RequestError

_CONDITIONS: Final = ("if-match", "if-unmodified-since")


class ContentCodingError(RequestError):
    """The body is packed, and nothing is unpacked here."""

    code = "E_CONTENT_CODING"
    status = 415
    en = "the body is packed as '{found}'; nothing is unpacked here: send it as it is"
    zh = "请求体以 '{found}' 编码；此处不作解压：请按原样发送"


class ConditionError(RequestError):
    """Something is to be written under a condition that nothing here can meet."""

    code = "E_IF_MATCH"
    status = 412
    en = (
        "nothing that is written here has a version to compare: what is entered is added, and "
        "never changes what was there; send it again without {limit}"
    )
    zh = "此处写入的内容没有可比较的版本：录入只作追加，不更改已有内容；请去掉 {limit} 后重新发送"


def require_uncoded(request: Request) -> None:
    """Returns if a body comes as it is; a coding that is passed over would be taken for content.

    Raises:
        ContentCodingError: it is packed (RFC 9110, 8.4).
    """
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() not in ("", "identity"):
        raise ContentCodingError("content-encoding", found=coding[:100])


async def require_unconditional(request: Request) -> None:
    """Returns if a request that writes states no condition.

    Raises:
        ConditionError: it states one.
    """
    stated = [name for name in _CONDITIONS if name in request.headers]
    if stated:
        raise ConditionError(stated[0], limit=", ".join(stated))
