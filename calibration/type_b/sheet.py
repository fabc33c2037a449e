"""Data sheets: what a maker states of an instrument, as a file holds it (pure)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec

from calibration.distribution import Distribution
from calibration.type_b.errors import TypeBNumberError
from calibration.type_b.evaluation import Aspect
from calibration.type_b.number import bounded, not_negative, positive, shown
from calibration.type_b.signal import Ambient
from calibration.type_b.source import Source, Status
from calibration.unit import unit

Combination = Literal["sum", "rss", "larger"]
Percentage = Literal["reading", "span", "upper_range_limit"]
MOST_TERMS: Final = 200
_Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure of a data sheet. Terms of one name are combined into one limit.

    Args:
        name: such as "accuracy", "repeatability", "resolution", "temperature".
        of, percent: per cent of the reading, of the span or of the upper range limit.
        absolute: in the sheet's unit, instead of `percent`.
        digits: of the last place, instead of `percent`; 0.5 is the resolution itself.
        per_K: the figure is stated for so many kelvin away from the reference temperature.
        per_year: the figure is stated for so many years since calibration.
        distribution: within the limit; "normal" needs `coverage_factor`.
        coverage_factor: of a figure that is stated as an expanded uncertainty, such as 2.
        aspect: of the instrument; left out: temperature with `per_K`, drift with `per_year`,
            otherwise class.
        scatter: "fresh" where each reading deviates anew, otherwise "shared".
    """

    name: _Name
    of: Percentage | None = None
    percent: float | None = None
    absolute: float | None = None
    digits: float | None = None
    per_K: float | None = None
    per_year: float | None = None
    distribution: Distribution = Distribution.RECTANGULAR
    coverage_factor: float | None = None
    aspect: Aspect | None = None
    scatter: Literal["shared", "fresh"] = "shared"

    def __post_init__(self) -> None:
        given = [n for n in ("percent", "absolute", "digits") if getattr(self, n) is not None]
        one, of = len(given) == 1, (self.of is not None) == ("percent" in given)
        self._require("percent, absolute, digits", given, "one of them", ok=one)
        self._require("of", self.of, "stated with percent, and only with it", ok=of)
        both = self.per_K is not None and self.per_year is not None
        self._require("per_K, per_year", "both", "one at most", ok=not both)
        stated = self.coverage_factor
        known = (self.distribution == Distribution.NORMAL) == (stated is not None)
        limit = "stated for a normal distribution, and only for it"
        self._require("coverage_factor", stated, limit, ok=known)
        not_negative(f"terms {self.name}", **{given[0]: getattr(self, given[0])})
        divisors = {"per_K": self.per_K, "per_year": self.per_year, "coverage_factor": stated}
        positive(f"terms {self.name}", **{n: v for n, v in divisors.items() if v is not None})

    def _require(self, name: str, value: object, limit: str, *, ok: bool) -> None:
        if not ok:
            raise TypeBNumberError(f"terms {self.name}", name=name, value=value, limit=limit)

    @property
    def manner(self) -> tuple[object, ...]:
        """All in which terms of one name must agree."""
        return (
            self.per_K is None,
            self.per_year is None,
            self.distribution,
            self.coverage_factor,
            self.aspect,
            self.scatter,
        )


class DataSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a maker states of an instrument.

    Args:
        schema: 1.
        kind, maker, model: for people.
        document: the data sheet, with number and date.
        status: "S" once somebody has compared the file with the document.
        unit: UCUM code of the reading.
        measuring_interval: of the reading, as set; its width is the span.
        upper_range_limit: of the sensor, where it is set to less (turndown).
        resolution: step of the last place.
        acts_on: "register" for a counter, whose increments deviate relatively; `at` is then
            the rate at which it counts.
        ambient: where it works, and the temperature for which its figures hold.
        years_since_calibration: at which drift is asked for.
        terms, combination: figures, 1 to 200; those of one name are added ("sum", if left out),
            taken as root of the sum of squares ("rss"), or the larger one counts.
    """

    schema: Literal[1]
    kind: str
    document: str
    unit: str
    measuring_interval: tuple[float, float]
    terms: Annotated[tuple[Term, ...], msgspec.Meta(min_length=1, max_length=MOST_TERMS)]
    maker: str = ""
    model: str = ""
    status: Status = Status.RECALLED
    upper_range_limit: float | None = None
    resolution: float | None = None
    acts_on: Literal["indication", "register"] = "indication"
    ambient: Ambient | None = None
    years_since_calibration: float = 0.0
    combination: dict[str, Combination] = {}

    def __post_init__(self) -> None:
        unit(self.unit, "unit")
        low, high = self.measuring_interval
        bounded("measuring_interval", low=low, high=high)
        if not low < high:
            value = f"[{shown(low)}, {shown(high)}]"
            name = "measuring_interval"
            raise TypeBNumberError(name, name=name, value=value, limit="low < high")
        not_negative("sheet", years_since_calibration=self.years_since_calibration)
        given = {"upper_range_limit": self.upper_range_limit, "resolution": self.resolution}
        positive("sheet", **{n: v for n, v in given.items() if v is not None})
        self._check_groups()

    def _check_groups(self) -> None:
        groups = self.groups
        for name in self.combination:
            if name not in groups:
                limit = " | ".join(groups) or "the name of a term"
                raise TypeBNumberError("combination", name="key", value=name[:40], limit=limit)
        for name, terms in groups.items():
            if len({term.manner for term in terms}) > 1:
                limit = "the same in all terms of a name"
                what = "per_K, per_year, distribution, coverage_factor, aspect, scatter"
                raise TypeBNumberError(f"terms {name}", name=what, value="different", limit=limit)

    @property
    def groups(self) -> Mapping[str, tuple[Term, ...]]:
        """The terms by name, in the order of the file."""
        found: dict[str, tuple[Term, ...]] = {}
        for term in self.terms:
            found[term.name] = (*found.get(term.name, ()), term)
        return found

    @property
    def source(self) -> Source:
        """Where the figures are stated."""
        standard = " ".join(filter(None, (self.maker, self.model))) or self.kind
        return Source(
            standard=standard,
            clause=self.document,
            status=self.status,
            seen_as="text" if self.status == Status.SEEN else "",
        )
