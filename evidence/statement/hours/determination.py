"""What is told of a period of a series, and its digest (pure)."""

import hashlib

import msgspec

from evidence.statement.hours.availability import QuarterCapture
from evidence.statement.hours.best_estimate import GapEstimate
from evidence.statement.hours.calendar import MonthValidity
from evidence.statement.hours.finding import Finding
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.settings import Kind
from evidence.statement.hours.totals import Totals


class RulesUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The rule pack behind a determination; `unconfirmed`: ids of rules that are recalled."""

    id: str
    version: str
    sha256: str
    unconfirmed: tuple[str, ...]


class Determination(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a period and what they come to.

    Args:
        availability: percent monitor data availability at the end; None where the scheme takes
            another one.
        quarters: capture rates, where the scheme takes these.
        provisional: whether a substitute may still change; it is then issued anew.
        issue, supersedes: number, and digest of the issue before.
        digest: SHA-256 of canonical JSON of all this without the digest.
    """

    schema: str = "carbonmeter/hours/v1"
    series: str
    quantity: str
    unit: str
    kind: Kind
    rules: RulesUsed
    start: str
    end: str
    issue: int
    provisional: bool
    supersedes: str | None
    totals: Totals
    availability: float | None
    quarters: tuple[QuarterCapture, ...]
    months: tuple[MonthValidity, ...]
    gaps: tuple[GapEstimate, ...]
    findings: tuple[Finding, ...]
    hours: tuple[Hour, ...]
    digest: str = ""


def digest_of(told: Determination) -> str:
    """SHA-256 of a determination's canonical JSON without `digest`."""
    bare = {key: each for key, each in msgspec.structs.asdict(told).items() if key != "digest"}
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
