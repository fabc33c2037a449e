"""The command `carbonmeter cems hours`."""

import sys
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from calibration.printing import print_fields, print_json, print_table
from calibration.uncertainty import combine
from evidence.clock import utc_text
from evidence.errors import CodedError
from evidence.statement.hours.asked import determined
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.options import parser

OK, FINDING, BAD_CONFIGURATION = 0, 1, 78
MOST_OF_A_KIND: Final = 3
MORE: Final = {
    "en": "{count} more of '{kind}'; --json has them all",
    "zh": "另有 {count} 条 '{kind}'；完整列表见 --json",
}
COLUMNS: Final = (
    "hour",
    "state",
    "method",
    "compliance",
    "best estimate",
    "u",
    "quality",
    "because",
    "final",
)


def hours(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter cems hours`: 0 ok, 1 findings, 2 usage, 78 bad file.

    Args:
        argv: options, and the file of records.
    """
    arguments = parser().parse_args(argv)
    try:
        told = determined(arguments)
    except (CodedError, CalibrationError) as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        return BAD_CONFIGURATION
    if arguments.json:
        print_json(record(told, arguments.language))
    else:
        _show(told, arguments.language)
    lacking = told.totals.compliance.without + told.totals.best_estimate.without
    return FINDING if lacking else OK


def record(told: Determination, language: str = "en") -> dict[str, Any]:
    """A determination as plain data, with findings in words and instants as text."""
    document: dict[str, Any] = msgspec.to_builtins(told)
    document["findings"] = [
        {**msgspec.to_builtins(each), "text": each.say(language)} for each in told.findings
    ]
    for each in [*document["hours"], *document["gaps"]]:
        each["start"] = utc_text(each["start_ns"])
    return document


def _show(told: Determination, language: str) -> None:
    print_table(COLUMNS, [_row(each) for each in told.hours])
    print()
    print_fields(_totals(told))
    if told.findings:
        print()
    for text in _findings(told, language):
        print(text)


def _findings(told: Determination, language: str) -> list[str]:
    """The findings in words; of each kind so many, and the number of the others."""
    by_kind: dict[FindingKind, list[str]] = {}
    for each in told.findings:
        by_kind.setdefault(each.kind, []).append(each.say(language))
    return [text for kind, texts in by_kind.items() for text in _some(kind, texts, language)]


def _some(kind: FindingKind, texts: list[str], language: str) -> list[str]:
    left = len(texts) - MOST_OF_A_KIND
    more = MORE[language].format(count=left, kind=kind.value)
    return [*texts[:MOST_OF_A_KIND], more] if left > 0 else texts


def _row(hour: Hour) -> tuple[str, ...]:
    u = combine(hour.components) if hour.components else None
    return (
        utc_text(hour.start_ns),
        hour.state.value,
        hour.method,
        _short(hour.compliance),
        _short(hour.best_estimate),
        "-" if u is None else f"{u:.3g}",
        hour.quality.value,
        hour.because or "-",
        "no" if hour.provisional else "yes",
    )


def _totals(told: Determination) -> dict[str, object]:
    found = told.totals
    compliance, best, u = found.compliance, found.best_estimate, found.standard_uncertainty
    return {
        "series": f"{told.series} ({told.quantity}, {told.unit}, {told.kind})",
        "rules": f"{told.rules.id} {told.rules.version} {told.rules.sha256}",
        "period": f"{told.start} .. {told.end}",
        "issue": f"{told.issue}{' (provisional)' if told.provisional else ''}",
        "hours by state": dict(found.by_state),
        "hours by method": dict(found.by_method),
        "operating hours": found.operating_hours,
        "not measured, share of hours": found.substituted_share_of_hours,
        "compliance: sum, mean": f"{_short(compliance.value)}, {_short(compliance.mean)}",
        "compliance: substituted share": _share(compliance.substituted_share),
        "compliance: hours without": compliance.without,
        "best estimate: sum, mean": f"{_short(best.value)}, {_short(best.mean)}",
        "best estimate: u of the sum": "-" if u is None else float(f"{u:.4g}"),
        "best estimate: substituted share": _share(best.substituted_share),
        "best estimate: hours without": best.without,
        "availability at the end, %": told.availability,
        "capture rate by quarter, %": {each.quarter: each.percent for each in told.quarters},
        "valid months": {each.month: each.valid for each in told.months},
        "digest": told.digest,
    }


def _share(known: float | None) -> float | str:
    return "-" if known is None else known


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.10g}"
