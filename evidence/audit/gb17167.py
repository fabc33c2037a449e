"""The ledger of instruments as the table of GB 17167: columns, rows of text, CSV (pure).

The columns come from a data file that says how far each is confirmed. A cell that a spreadsheet
would take for a formula is led by an apostrophe: what stands in it came from foreign papers.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from calibration.unit_symbol import with_symbol
from device_profiles.page_words import kind
from evidence.audit.instruments import InstrumentRow
from evidence.audit.load import layout
from evidence.audit.paper_words import rule_said, subject_said
from evidence.audit.said import Said, said
from evidence.audit.status import STATUS_WORDS

MOST_CHARACTERS: Final = 32_000
"""Of a cell; a spreadsheet holds 32,767."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
KIND_WORDS: Final[Mapping[str, Said]] = {
    "calibration": said("calibration", "校准"),
    "verification": said("verification", "检定"),
    "reference_material": said("reference material", "标准物质"),
}
DECISION_WORDS: Final[Mapping[str, Said]] = {
    "pass": said("pass", "合格"),
    "fail": said("fail", "不合格"),
}
LEGEND: Final[Mapping[str, Said]] = {
    "unconfirmed": said(
        "*: layout from a source whose standard was not at hand; confirm before use",
        "*：版式来自未能核对标准原文的资料，使用前须确认",
    ),
    "own": said("+: further column of this software", "+：本软件增加的列"),
}
ACCURACY_RULE: Final = said(
    "The accuracy class is that of the valid verification or calibration certificate, not that of "
    "the name-plate; empty where no certificate is valid.",
    "准确度等级按有效的检定或校准证书填写，不取自铭牌；无有效证书时为空。",
)


def table(rows: Sequence[InstrumentRow], language: str) -> list[list[str]]:
    """Headings, then a row of text for each instrument.

    Args:
        rows: In order.
        language: "en" or "zh", of headings and closed vocabularies.
    """
    return [headings(language), *body(rows, language)]


def headings(language: str) -> list[str]:
    """The first line of the table."""
    return [each.heading(language) for each in layout().columns]


def body(rows: Iterable[InstrumentRow], language: str, first: int = 1) -> Iterator[list[str]]:
    """The other lines, as the rows come.

    Args:
        rows: In order.
        language: As of `table`.
        first: Number of the first of them.
    """
    columns = layout().columns
    for number, row in enumerate(rows, first):
        yield [safe(_CELLS[each.key](row, number, language)) for each in columns]


def notes(language: str) -> list[list[str]]:
    """What a reader of the table must know: the marks, the rule of the class, the source."""
    own = layout()
    lines = [ACCURACY_RULE, *LEGEND.values()]
    return [
        *([each.say(language)] for each in lines),
        [f"layout {own.version}, {own.status}: {own.source}"],
    ]


def to_csv(cells: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 in UTF-8, with the mark by which spreadsheets know it."""
    return codecs.BOM_UTF8 + csv_lines(cells)


def csv_lines(cells: Iterable[Sequence[str]]) -> bytes:
    """Lines of such a file after the mark."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    return text.getvalue().encode("utf-8")


def safe(text: str) -> str:
    """A cell's text without what a spreadsheet takes for a formula, or cannot hold."""
    clean = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)[:MOST_CHARACTERS]
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


def _range(row: InstrumentRow) -> str:
    if row.measuring_interval is None:
        return ""
    low, high = row.measuring_interval
    return with_symbol(f"{low:g} .. {high:g}", row.argument_unit)


def _percent(share: float | None) -> str:
    return "" if share is None else f"±{100.0 * share:g} %"


def _interval(row: InstrumentRow, language: str) -> str:
    if row.interval_months is None:
        return ""
    return f"{row.interval_months} {'个月' if language == 'zh' else 'months'}"


def _quantity(row: InstrumentRow, language: str) -> str:
    """What the instrument measures; English has the code, which machines look for."""
    return kind(row.kind_of_quantity, "zh") if language == "zh" else row.kind_of_quantity


def _kind(row: InstrumentRow, language: str) -> str:
    return "" if row.kind is None else KIND_WORDS[row.kind].say(language)


def _decision(row: InstrumentRow, language: str) -> str:
    if row.decision is None:
        return ""
    decision = DECISION_WORDS[row.decision].say(language)
    return _joined((decision, rule_said(row.rule).say(language)), language)


def _joined(parts: Iterable[str], language: str) -> str:
    """Statements of a cell, without empty ones."""
    return ("；" if language == "zh" else "; ").join(filter(None, parts))


_CELLS: Final[Mapping[str, Callable[[InstrumentRow, int, str], str]]] = {
    "number": lambda _row, number, _language: str(number),
    "name": lambda row, _number, language: _quantity(row, language),
    "model": lambda row, _number, _language: row.model,
    "accuracy": lambda row, _number, _language: row.accuracy,
    "range": lambda row, _number, _language: _range(row),
    "maker": lambda row, _number, _language: row.maker,
    "serial": lambda row, _number, _language: row.serial,
    "management_number": lambda _row, _number, _language: "",
    "place": lambda row, _number, _language: row.channel,
    "interval": lambda row, _number, language: _interval(row, language),
    "status": lambda row, _number, language: STATUS_WORDS[row.status].say(language),
    "source_stream": lambda row, _number, language: subject_said(row.subject).say(language),
    "in_use_from": lambda row, _number, _language: row.in_use_from,
    "in_use_until": lambda row, _number, _language: row.in_use_until or "",
    "kind": lambda row, _number, language: _kind(row, language),
    "certificate": lambda row, _number, _language: row.certificate,
    "laboratory": lambda row, _number, _language: row.laboratory,
    "accreditation": lambda row, _number, _language: row.accreditation,
    "performed_on": lambda row, _number, _language: str(row.performed_on or ""),
    "due_on": lambda row, _number, _language: str(row.due_on or ""),
    "mpe": lambda row, _number, _language: _percent(row.mpe_relative),
    "error": lambda row, _number, _language: row.largest_error.text if row.largest_error else "",
    "decision": lambda row, _number, language: _decision(row, language),
    "correction": lambda row, _number, language: _joined(
        (row.applied.say(language), *row.settings), language
    ),
    "seals": lambda row, _number, _language: ", ".join(row.seals),
    "because": lambda row, _number, language: row.words.say(language),
}
