"""The form by which the channels of an address are saved as a boundary: its fields. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from calibration.errors import CalibrationError
from collector.activity.acts import Known
from collector.web.activity.asked import Chosen
from collector.web.activity.spans import midnight_ns, written
from evidence.clock import utc_text
from evidence.errors import CodedError, TimestampError, Words
from evidence.statement.boundary.content import Boundary, BoundaryTerm
from evidence.statement.boundary.errors import BoundaryValueError

TEXTS: Final = (
    "name",
    "name_zh",
    "line",
    "line_zh",
    "product",
    "product_zh",
    "kind",
    "kind_zh",
)
FIELDS: Final = ("id", *TEXTS, "effective_from", "reason", "replaces")
FACTOR: Final = "factor_"
_FIELD_OF: Final = {"boundary": "id", "channel": "factor", "channels": "factor", "terms": "factor"}


def boundary_of(form: Mapping[str, str], chosen: Chosen, zone: ZoneInfo) -> Boundary:
    """What a form saves.

    Args:
        form: Its fields; a factor of each channel by its place, the first is `factor_0`.
        chosen: The channels.
        zone: Whose days count.

    Raises:
        BoundaryError: a field has a value that it cannot have.
    """
    site = chosen.channels[0].partition("/")[0] if chosen.channels else ""
    return Boundary(
        id=f"{site}/{form.get('id', '').strip()}",
        **{name: form.get(name, "").strip() for name in TEXTS},
        terms=tuple(
            BoundaryTerm(
                channel=each, factor=form.get(f"{FACTOR}{number}", chosen.exact(each)).strip()
            )
            for number, each in enumerate(chosen.channels)
        ),
        effective_from=_instant(form.get("effective_from", "").strip(), zone),
    )


def replaces_of(form: Mapping[str, str]) -> int | None:
    """The number of the entry in whose place it shall stand; None for a new one."""
    text = form.get("replaces", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def form_of_saved(chosen: Chosen, known: Known, zone: ZoneInfo) -> dict[str, str]:
    """The fields of an empty form, or of the boundary that the channels were taken from."""
    found = dict.fromkeys(FIELDS, "")
    last = known.boundaries.last(chosen.origin) if chosen.origin else None
    if last is None or last.boundary is None:
        return found
    said = last.boundary
    from_ns = said.from_ns
    return {
        **found,
        **{name: getattr(said, name) for name in TEXTS},
        "id": said.id.partition("/")[2],
        "effective_from": "" if from_ns is None else written(from_ns, zone)[:10],
        "replaces": str(last.entry),
    }


def field_of(refused: CodedError | CalibrationError) -> str:
    """The field that a refusal is about; "" where it is about none alone."""
    if refused.code in ("E_BOUNDARY_CHANGED", "E_UNIT_MISMATCH"):
        return "id" if refused.code == "E_BOUNDARY_CHANGED" else "factor"
    named = _FIELD_OF.get(refused.where, refused.where)
    return named if named in (*FIELDS, "factor") else ""


def _instant(text: str, zone: ZoneInfo) -> str:
    """The day of a form as the instant at which it begins; "" for none."""
    if not text:
        return ""
    try:
        return utc_text(midnight_ns(dt.date.fromisoformat(text), zone))
    except (ValueError, OverflowError, TimestampError):
        what = Words(f"'{text[:32]}' is no day", f"'{text[:32]}' 不是日期")
        limit = Words("a day such as 2026-01-01", "日期，例如 2026-01-01")
        raise BoundaryValueError("effective_from", what=what, limit=limit) from None
