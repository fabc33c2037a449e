"""The page that the type of a problem leads to: every code, what it says, in two languages."""

import html
import re
from typing import Final

from fastapi import APIRouter, Response

from calibration.errors import (
    CalibrationError,
    InfluenceConflictError,
    UnitMismatchError,
    UnknownUnitError,
    WindowMergeError,
)
from collector.api import as_of_errors, refusal, sent, stream_errors, unknown
from collector.api.asked import Plain
from collector.api.problem import status_of_class
from collector.api.schema import PROBLEMS
from collector.archive.errors import ArchiveDamagedError
from collector.enrolment.errors import (
    BrokerFilesError,
    EnrolmentAgentError,
    EnrolmentCodeUnknownError,
    EnrolmentCsrError,
    EnrolmentHistoryError,
    EnrolmentKeyError,
    EnrolmentUnavailableError,
)
from collector.errors import (
    LedgerAbsentError,
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
    RevokedKeyError,
)
from collector.journal_errors import (
    JournalAbsentError,
    JournalBusyError,
    JournalDamagedError,
    JournalError,
    JournalFullError,
    JournalKeyError,
    JournalNewerError,
    JournalReasonError,
    JournalRestoredError,
)
from collector.original_errors import (
    OriginalDamagedError,
    OriginalFileError,
    OriginalFullError,
    OriginalNewerError,
    OriginalSiteError,
    OriginalSizeError,
    OriginalUnknownError,
)
from collector.token_errors import (
    DisabledUserError,
    ExpiredTokenError,
    PasswordError,
    SignInWaitError,
    TokenFileError,
    TokenScopeError,
    UnknownTokenError,
)
from evidence.errors import (
    CodedError,
    CountedTwiceError,
    KeyAlgorithmError,
    KeyTextError,
    PeriodError,
    SignatureError,
    TimestampError,
    UnlikeInfluenceError,
)
from evidence.log.enrolment import EnrolmentRequestError
from evidence.log.entry import EntryError
from evidence.statement.boundary.errors import (
    BoundaryChangedError,
    BoundaryPeriodError,
    BoundarySiteError,
    BoundaryUnreadError,
    BoundaryValueError,
    BoundaryWithdrawnError,
)
from evidence.statement.declaration.errors import (
    DeclarationChangedError,
    DeclarationUnreadError,
    DeclarationValueError,
)
from evidence.statement.entered.errors import (
    EntryAgainstError,
    EntryChannelError,
    EntryCorrectsError,
    EntryOrderError,
    EntryOverlapError,
    EntrySiteError,
    EntryTableError,
    EntryUnreadError,
    EntryValueError,
)
from evidence.statement.exports.errors import (
    ExportDistributionError,
    ExportNumberError,
    SampleSizeError,
)
from evidence.statement.locks import LockError

Kind = type[CodedError] | type[CalibrationError]
KINDS: Final[tuple[Kind, ...]] = (
    refusal.HttpError,
    refusal.QueryError,
    TimestampError,
    refusal.TimeZoneError,
    refusal.RangeOrderError,
    refusal.RangeLimitError,
    as_of_errors.AsOfLimitError,
    PeriodError,
    refusal.CursorError,
    refusal.TermsError,
    refusal.DoubleCountError,
    UnitMismatchError,
    UnknownUnitError,
    unknown.ChannelUnknownError,
    unknown.StatementUnknownError,
    unknown.NothingFollowsError,
    refusal.LockedLostError,
    CountedTwiceError,
    UnlikeInfluenceError,
    EntryValueError,
    EntryChannelError,
    EntryAgainstError,
    EntryOverlapError,
    EntryOrderError,
    EntryCorrectsError,
    EntrySiteError,
    EntryTableError,
    EntryUnreadError,
    LockError,
    unknown.BoundaryUnknownError,
    BoundaryValueError,
    BoundarySiteError,
    BoundaryPeriodError,
    BoundaryChangedError,
    BoundaryWithdrawnError,
    BoundaryUnreadError,
    unknown.DeclarationUnknownError,
    DeclarationValueError,
    DeclarationChangedError,
    DeclarationUnreadError,
    unknown.DocumentUnknownError,
    unknown.PaperUnknownError,
    unknown.EntryUnknownError,
    refusal.SizesError,
    unknown.SetAsideUnknownError,
    refusal.ReleasedBeforeError,
    refusal.MediaTypeError,
    sent.ContentCodingError,
    sent.ConditionError,
    refusal.JsonBodyError,
    refusal.PathUnknownError,
    refusal.MethodError,
    refusal.AnonymousError,
    refusal.CsrfError,
    refusal.FormError,
    SignInWaitError,
    UnknownTokenError,
    ExpiredTokenError,
    DisabledUserError,
    PasswordError,
    TokenScopeError,
    WindowMergeError,
    InfluenceConflictError,
    refusal.BodySizeError,
    OriginalSizeError,
    OriginalSiteError,
    OriginalUnknownError,
    OriginalDamagedError,
    OriginalFileError,
    OriginalFullError,
    OriginalNewerError,
    refusal.DccRefusedError,
    refusal.DccGoneError,
    refusal.DccLimitError,
    refusal.TargetLengthError,
    refusal.HeaderSizeError,
    refusal.RateError,
    stream_errors.StreamsError,
    stream_errors.StreamsFullError,
    ExportDistributionError,
    ExportNumberError,
    SampleSizeError,
    refusal.FormatUnavailableError,
    refusal.StoreBusyError,
    stream_errors.StreamTimeError,
    refusal.PapersUnreadError,
    refusal.StoreFullError,
    TokenFileError,
    LedgerError,
    LedgerAbsentError,
    LedgerDamagedError,
    ArchiveDamagedError,
    LedgerFullError,
    LedgerLockedError,
    EntryError,
    JournalError,
    JournalAbsentError,
    JournalBusyError,
    JournalDamagedError,
    JournalFullError,
    JournalKeyError,
    JournalNewerError,
    JournalReasonError,
    JournalRestoredError,
    EnrolmentCodeUnknownError,
    EnrolmentKeyError,
    EnrolmentCsrError,
    EnrolmentAgentError,
    EnrolmentRequestError,
    EnrolmentUnavailableError,
    EnrolmentHistoryError,
    BrokerFilesError,
    RevokedKeyError,
    SignatureError,
    KeyTextError,
    KeyAlgorithmError,
    refusal.InternalError,
)
_FIELD: Final = re.compile(r"\{(\w+)[^}]*\}")
_HEADING: Final = ("code", "HTTP", "meaning", "English", "中文")
_TITLE: Final = "Problem types of the HTTP interface"
_LEAD: Final = (
    "A problem's `type` ends in its code and leads here. Words in angle brackets stand for "
    "facts of the case; `where` names the parameter, channel or file."
)
router: Final = APIRouter(tags=["documentation"])


def rows() -> list[tuple[str, str, str, str, str]]:
    """Code, status, meaning and both texts of every problem."""
    return [
        (
            kind.code,
            str(status_of_class(kind)),
            (kind.__doc__ or "").split("\n", 1)[0],
            _FIELD.sub(r"<\1>", kind.en),
            _FIELD.sub(r"<\1>", kind.zh),
        )
        for kind in KINDS
    ]


def markdown() -> str:
    """The text of docs/reference/errors.md."""
    lines = [f"# {_TITLE}", "", _LEAD, "", _md(_HEADING), _md(["---"] * len(_HEADING))]
    lines += [
        _md([f'<a id="{code}"></a>`{code}`', *(_md_safe(text) for text in rest)])
        for code, *rest in rows()
    ]
    return "\n".join(lines) + "\n"


def _md(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _md_safe(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def page() -> str:
    """The same as a page of HTML."""
    head = "".join(f"<th>{html.escape(word)}</th>" for word in _HEADING)
    body = "".join(
        f'<tr id="{code}">' + "".join(f"<td>{html.escape(text)}</td>" for text in (code, *rest))
        for code, *rest in rows()
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_TITLE}</title>'
        f"<h1>{_TITLE}</h1><p>{html.escape(_LEAD)}</p><table><tr>{head}{body}</table></html>"
    )


@router.get(
    "/docs/errors",
    response_model=None,
    responses={
        200: {"description": "The page.", "content": {"text/html": {"schema": {"type": "string"}}}},
        **PROBLEMS,
    },
)
async def error_page(asked: Plain) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """What each problem's code means."""
    return Response(page(), media_type="text/html", headers={"Cache-Control": "no-cache"})
