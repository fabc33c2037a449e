"""The auditor's fifteen checks of a channel in a period, in order (pure).

Each looks at what is on record, says what it looked at, and names what it did not: a check that
could look at nothing is "not_checked", never "ok".
"""

from collections import Counter
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from calibration.errors import CalibrationError
from evidence.audit.checks import changed, dates, hours, numbers, papers, results, substituted
from evidence.audit.material import Material
from evidence.audit.outcome import Audit, CheckOutcome, Look, digest_of, not_checked_of
from evidence.clock import utc_text
from evidence.errors import CodedError

CHECKS: Final[tuple[Callable[[Material], CheckOutcome], ...]] = (
    papers.identity,
    papers.laboratory,
    dates.dates,
    results.traceability,
    results.results,
    numbers.corrections,
    dates.adjustments,
    dates.intervals,
    hours.recomputation,
    substituted.substitutes,
    hours.clock,
    changed.changes,
    changed.place,
    hours.balance,
    papers.authenticity,
)


def audit(material: Material, software: str) -> Audit:
    """The fifteen outcomes.

    Args:
        material: What is known.
        software: Name and version that looks.
    """
    checks = tuple(_made(number, check, material) for number, check in enumerate(CHECKS, 1))
    told = Audit(
        channel=material.channel,
        start=utc_text(material.span[0]),
        end=utc_text(material.span[1]),
        instruments=tuple(dict.fromkeys(each.serial for each in material.stood)),
        checks=checks,
        counts=dict(sorted(Counter(each.outcome for each in checks).items())),
        not_checked=not_checked_of(checks),
        software=software,
    )
    return replace(told, digest=digest_of(told))


def _made(
    number: int, check: Callable[[Material], CheckOutcome], material: Material
) -> CheckOutcome:
    """A check's outcome; papers that contradict themselves are its finding, not the audit's end."""
    try:
        return check(material)
    except (CalibrationError, CodedError) as wrong:
        look = Look(number)
        look.find(wrong.say("en"), wrong.say("zh"))
        return look.tell("the papers of this check", "本项核查的文件")
