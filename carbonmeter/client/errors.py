"""Errors of the client: what the collector refused keeps the collector's own code and words."""

from evidence.errors import CodedError


class ClientError(CodedError):
    """A question to a collector was not answered."""

    code = "E_CLIENT"


class QuestionError(ClientError):
    """The question cannot be sent as it is."""

    code = "E_CLIENT_QUESTION"
    en = "{what}; it must be {limit}"
    zh = "{what}；必须为 {limit}"


class UnreachableError(ClientError):
    """No collector answers at the address, or its answer broke off."""

    code = "E_CLIENT_UNREACHABLE"
    en = "no answer: {what}; check the address, the network, and whether the collector runs"
    zh = "没有应答：{what}；请检查地址、网络及采集器是否运行"


class AnswerError(ClientError):
    """What answers is no collector, or of a version that is not understood."""

    code = "E_CLIENT_ANSWER"
    en = "the answer cannot be read: {what}; check that the address is a collector's"
    zh = "无法读取应答：{what}；请确认该地址是采集器"


class DigestError(AnswerError):
    """What came does not have the digest that it is said to have."""

    code = "E_CLIENT_DIGEST"
    en = "{what} has digest {found}, not {expected}; it was altered on its way: ask again"
    zh = "{what} 的摘要为 {found}，而不是 {expected}；传输中被改动：请重新请求"


class CutError(AnswerError):
    """A long answer ended before its end."""

    code = "E_CLIENT_CUT"
    en = "the answer ended too early: {what}; nothing of it is known to be whole: ask again"
    zh = "应答提前结束：{what}；无法确认其完整：请重新请求"


class LinkError(ClientError):
    """A channel has no exchange in the analyst's inventory."""

    code = "E_CLIENT_LINK"
    en = "channel '{channel}' is linked to nothing; add it to the links: {limit}"
    zh = "通道 '{channel}' 没有关联；请在 links 中补充：{limit}"


class PackageError(ClientError):
    """A package that a call needs is not installed."""

    code = "E_CLIENT_PACKAGE"
    en = "this needs '{package}'; install it with: pip install 'carbonmeter[client]'"
    zh = "此功能需要 '{package}'；请安装：pip install 'carbonmeter[client]'"


class RefusedError(ClientError):
    """The collector refused.

    Attributes:
        code: The collector's own, such as E_RANGE_LIMIT.
        status: Of HTTP.
        detail: What is wrong, which limit, what to do, in the language that was asked for.
    """

    en = "{detail} (HTTP {status})"
    zh = "{detail}（HTTP {status}）"

    def __init__(self, where: str, *, code: str, status: int, detail: str) -> None:
        self.code = code  # type: ignore[misc]
        self.status = status
        self.detail = detail
        super().__init__(where, status=status, detail=detail)
