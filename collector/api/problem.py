"""Errors as application/problem+json (RFC 9457), from one table of classes and statuses."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError, UnitMismatchError, UnknownUnitError
from collector.api.phrases import phrase, unknown_parameter
from collector.api.refusal import QueryError, RequestError
from collector.enrolment.errors import (
    BrokerFilesError,
    EnrolmentAgentError,
    EnrolmentCsrError,
    EnrolmentError,
    EnrolmentHistoryError,
    EnrolmentUnavailableError,
)
from collector.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    RevokedKeyError,
)
from collector.original_errors import (
    OriginalDamagedError,
    OriginalError,
    OriginalFullError,
    OriginalSiteError,
    OriginalSizeError,
    OriginalUnknownError,
)
from collector.token_errors import (
    DisabledUserError,
    ExpiredTokenError,
    PasswordError,
    SignInWaitError,
    TokenError,
    TokenFileError,
    TokenScopeError,
    UnknownTokenError,
)
from evidence.errors import (
    CodedError,
    CountedTwiceError,
    KeyMaterialError,
    PeriodError,
    SignatureError,
    TimestampError,
    UnlikeInfluenceError,
    Words,
)
from evidence.log.enrolment import EnrolmentRequestError
from evidence.log.entry import EntryError
from evidence.statement.boundary.errors import (
    BoundaryChangedError,
    BoundaryError,
    BoundaryUnreadError,
    BoundaryWithdrawnError,
)
from evidence.statement.declaration.errors import (
    DeclarationChangedError,
    DeclarationError,
    DeclarationUnreadError,
)
from evidence.statement.entered.errors import EntryRefusedError, EntryUnreadError
from evidence.statement.exports.errors import ExportError, ExportNumberError
from evidence.statement.hours.errors import HoursOptionError, RuleMissingError
from evidence.statement.locks import LockError
from evidence.statement.monitoring.errors import MonitoredError
from evidence.statement.standing.errors import StandingError

MEDIA_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = "/docs/errors#"
_STATUS: Final[Mapping[type[Exception], int]] = {
    TimestampError: 422,
    PeriodError: 422,
    UnitMismatchError: 422,
    UnknownUnitError: 422,
    UnknownTokenError: 401,
    ExpiredTokenError: 401,
    DisabledUserError: 401,
    PasswordError: 401,
    TokenScopeError: 403,
    TokenFileError: 503,
    SignInWaitError: 429,
    TokenError: 403,
    OriginalSizeError: 413,
    OriginalSiteError: 422,
    OriginalUnknownError: 404,
    OriginalDamagedError: 409,
    OriginalFullError: 507,
    OriginalError: 503,
    LedgerFullError: 507,
    LedgerDamagedError: 409,
    LedgerError: 503,
    EnrolmentCsrError: 422,
    EnrolmentAgentError: 409,
    EnrolmentError: 403,
    EnrolmentRequestError: 422,
    EnrolmentHistoryError: 503,
    EnrolmentUnavailableError: 501,
    BrokerFilesError: 503,
    RevokedKeyError: 403,
    SignatureError: 403,
    KeyMaterialError: 422,
    EntryError: 422,
    EntryUnreadError: 409,
    EntryRefusedError: 422,
    LockError: 409,
    BoundaryChangedError: 409,
    BoundaryUnreadError: 409,
    BoundaryWithdrawnError: 409,
    BoundaryError: 422,
    DeclarationChangedError: 409,
    DeclarationUnreadError: 409,
    DeclarationError: 422,
    CountedTwiceError: 422,
    UnlikeInfluenceError: 409,
    CalibrationError: 409,
    MonitoredError: 409,
    RuleMissingError: 409,
    HoursOptionError: 409,
    StandingError: 409,
    ExportNumberError: 409,
    ExportError: 422,
}
_TITLES: Final = {
    400: Words("The request cannot be read", "请求无法读取"),
    401: Words("A valid token is needed", "需要有效令牌"),
    403: Words("You may not do this", "您无此权限"),
    404: Words("Not found", "未找到"),
    405: Words("The method is not allowed", "不允许该方法"),
    409: Words("What is held does not allow an answer", "现有数据无法给出应答"),
    412: Words("The condition is not met", "前提条件不成立"),
    413: Words("The request is too large", "请求过大"),
    415: Words("The media type is not taken", "不接受该媒体类型"),
    414: Words("The address is too long", "地址过长"),
    422: Words("The request cannot be used", "请求无法使用"),
    429: Words("Too many requests", "请求过于频繁"),
    431: Words("The header fields are too long", "请求头过长"),
    500: Words("A mistake of the software", "软件错误"),
    501: Words("Not installed here", "此处未安装"),
    503: Words("Not available now", "暂不可用"),
    507: Words("No room on the disk", "磁盘空间不足"),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a request, and where."""

    where: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, for programs and people (RFC 9457).

    Args:
        type: where the kind of problem is explained.
        title: the kind in words.
        status: of HTTP.
        detail: what is wrong, which limit, what to do.
        code: stable, such as E_RANGE_LIMIT.
        where: the parameter, channel or file that is wrong.
        errors: every parameter that is wrong, where several are.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    where: str
    errors: tuple[Finding, ...] = ()


def status_of(error: CodedError | CalibrationError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, RequestError):
        return error.status
    return status_of_class(type(error))


def status_of_class(kind: type[Exception]) -> int:
    """The HTTP status of a class of errors; 500 for what no request can cause."""
    if issubclass(kind, RequestError):
        return kind.status
    return next((_STATUS[each] for each in kind.__mro__ if each in _STATUS), 500)


def problem_of(error: CodedError | CalibrationError, language: str) -> Problem:
    """An error as a problem in `language`, "en" or "zh"."""
    status = status_of(error)
    return Problem(
        type=TYPE_BASE + error.code,
        title=title(status, language),
        status=status,
        detail=error.say(language).removeprefix(f"{error.code} {error.where}: "),
        code=error.code,
        where=error.where,
    )


def title(status: int, language: str) -> str:
    """The words for a status."""
    words = _TITLES.get(status, _TITLES[400 if status < 500 else 500])
    return words.zh if language == "zh" else words.en


def validation_problem(errors: Iterable[Mapping[str, Any]], language: str) -> Problem:
    """The problem of a request whose parameters do not fit the schema, all of them named."""
    found = [(_place(each), _phrase(each)) for each in errors]
    where, what = found[0]
    problem = problem_of(QueryError(where, what=what), language)
    return msgspec.structs.replace(
        problem,
        errors=tuple(
            Finding(where=place, detail=words.zh if language == "zh" else words.en)
            for place, words in found
        ),
    )


def _phrase(error: Mapping[str, Any]) -> Words:
    if error["type"] == "extra_forbidden":
        return unknown_parameter(str(error["loc"][-1]))
    return phrase(error["type"], error.get("ctx", {}))


def _place(error: Mapping[str, Any]) -> str:
    return " ".join(str(part)[:80] for part in error.get("loc", ()))
