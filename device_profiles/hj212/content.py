"""The content of CP: parameters, factors with their sub-fields, equipment (table 4).

A factor keeps the text it came in, so that what was computed from it can be computed again. A
value without a data flag has the flag UNKNOWN: silence is not "normal".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from device_profiles.hj212.finding import Finding, finding
from device_profiles.hj212.items import Pair, pairs
from device_profiles.hj212.times import is_time
from device_profiles.hj212.value import Value, read_value, text_of

MEASURED: Final = (
    *("Rtd", "Min", "Avg", "Max", "Cou", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax"),
    *("Data", "DayData", "NightData"),
)
"""Sub-fields that hold a number: real-time, interval, cumulative, converted (Zs), noise."""
DETAILS: Final = ("EFlag", "SampleTime", "Info", "SN")
"""Sub-fields that hold a text."""
TIMES: Final = ("DataTime", "BeginTime", "EndTime", "SystemTime", "RestartTime")
_CASELESS: Final = {name.lower(): name for name in (*MEASURED, *DETAILS, "Flag")}


class DataFlag(StrEnum):
    """The data flag of a factor (table 8), a closed list."""

    NORMAL = "N"
    STOPPED = "F"
    MAINTENANCE = "M"
    MANUAL = "S"
    FAULT = "D"
    CALIBRATION = "C"
    OVER_RANGE = "T"
    NO_COMMUNICATION = "B"
    UNKNOWN = "unknown"


LISTED: Final = MappingProxyType({each.value: each for each in DataFlag if len(each.value) == 1})
"""The flags that table 8 lists, by their letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What a packet says of one factor.

    Attributes:
        code: as it stands: a21026, or 02 in 2005 style.
        raw: the bytes of its pairs as they stand, separators between them.
        values: the numbers, by sub-field.
        flag: the data flag; UNKNOWN where none, or none of table 8, was sent.
        details: EFlag, SampleTime, Info, SN and sub-fields the standard does not know.
    """

    code: str
    raw: bytes
    values: Mapping[str, Value]
    flag: DataFlag
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """State and run time of one piece of treatment equipment.

    Attributes:
        code: SB and its number.
        raw: the bytes of its pairs as they stand.
        state: SBxxx-RS, a code of `equipment_states`; None where not sent.
        run_time_h: SBxxx-RT, hours of the day, 0..24; None where not sent.
        details: sub-fields the standard does not know.
    """

    code: str
    raw: bytes
    state: Value | None
    run_time_h: Value | None
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of CP.

    Attributes:
        parameters: names without a factor: DataTime, BeginTime, QnRtn, RtdInterval ...
        factors: in order; a factor whose sub-field came twice stands twice.
        equipment: in order.
        unread: what is no name=value, and parameters that came again.
        findings: how the content deviates from clause 6.3.3.
    """

    parameters: Mapping[str, str]
    factors: tuple[Factor, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    unread: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def data_time(self) -> str | None:
        """DataTime as it stands: local time without a zone."""
        return self.parameters.get("DataTime")


def read_content(content: bytes) -> Content:
    """What `content`, the bytes between the two `&&` of CP, says; nothing of it is refused."""
    found: list[Finding] = []
    parameters: dict[str, str] = {}
    unread: list[str] = []
    gathered = _Gathered()
    for pair in pairs(content):
        if pair.raw != pair.name + b"=" + (pair.text or b"") and b" " in pair.raw:
            found.append(finding("spaces", pair.name))
        if pair.text is None or not pair.name:
            found.append(finding("item_form", "", pair.raw))
            unread.append(_text(pair.raw, "", found))
        elif b"-" in pair.name:
            gathered.add(pair, found)
        else:
            _parameter(pair, parameters, unread, found)
    groups = gathered.groups
    found.extend(_item_findings(groups))
    read = [_factor(group, found) for group in groups if not group.is_equipment]
    equipment = [_equipment(group, found) for group in groups if group.is_equipment]
    if read and "DataTime" not in parameters and any(each.values for each in read):
        found.append(finding("time_missing", "DataTime"))
    return Content(
        parameters=parameters,
        factors=tuple(read),
        equipment=tuple(equipment),
        unread=tuple(unread),
        findings=tuple(found),
    )


@dataclass(slots=True, kw_only=True)
class _Group:
    """The pairs of one factor while they are gathered."""

    code: str
    items: list[int] = field(default_factory=list)
    raw: bytes = b""
    texts: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_equipment(self) -> bool:
        return self.code.startswith("SB") and not self.texts.keys().isdisjoint(("RS", "RT"))

    def add(self, pair: Pair, name: str) -> None:
        between = b"" if not self.items else b"," if self.items[-1] == pair.item else b";"
        self.raw += between + pair.raw
        self.items.append(pair.item)
        self.texts[name] = pair.text or b""


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """All groups in order, and the latest of each code."""

    groups: list[_Group] = field(default_factory=list)
    latest: dict[str, _Group] = field(default_factory=dict)

    def add(self, pair: Pair, found: list[Finding]) -> None:
        """Add `pair` to its factor's group; a sub-field that came already opens another one."""
        code, _, written = _text(pair.name, pair.name, found).partition("-")
        name = _CASELESS.get(written.lower(), written)
        if name != written:
            found.append(finding("subfield_case", code, written))
        group = self.latest.get(code)
        if group is not None and name in group.texts:
            found.append(finding("subfield_twice", code, name))
            group = None
        if group is None:
            group = self.latest[code] = _Group(code=code)
            self.groups.append(group)
        group.add(pair, name)


def _item_findings(groups: Iterable[_Group]) -> list[Finding]:
    """Factors spread over items, and items that hold several factors."""
    found, owners = [], dict[int, str]()
    for group in groups:
        if group.code and not group.is_equipment and len(set(group.items)) > 1:
            found.append(finding("item_split", group.code))
        if owners.setdefault(group.items[0], group.code) != group.code:
            found.append(finding("item_codes", group.code, owners[group.items[0]]))
    return found


def _factor(group: _Group, found: list[Finding]) -> Factor:
    values, details, flag_text = {}, {}, None
    for name, raw in group.texts.items():
        text = _text(raw, f"{group.code}-{name}", found)
        if name in MEASURED:
            values[name] = _value(text, f"{group.code}-{name}", found)
        elif name == "Flag":
            flag_text = text
        else:
            details[name] = text
            if name == "SampleTime" and not is_time(text):
                found.append(finding("time_form", f"{group.code}-{name}", text))
            if name not in DETAILS:
                found.append(finding("subfield_unknown", group.code, name))
    _flag_finding(group.code, flag_text, found, measured=bool(values))
    flag = LISTED.get(flag_text or "", DataFlag.UNKNOWN)
    if flag_text and flag is DataFlag.UNKNOWN:
        details["Flag"] = flag_text
    return Factor(code=group.code, raw=group.raw, values=values, flag=flag, details=details)


def _flag_finding(
    code: str, flag_text: str | None, found: list[Finding], *, measured: bool
) -> None:
    if flag_text is None and measured:
        found.append(finding("data_flag_missing", code))
    elif flag_text is not None and flag_text not in LISTED:
        found.append(finding("data_flag_unknown", code, flag_text))


def _equipment(group: _Group, found: list[Finding]) -> Equipment:
    texts = {name: _text(raw, group.code, found) for name, raw in group.texts.items()}
    values = {
        name: _value(texts.pop(name), f"{group.code}-{name}", found)
        for name in ("RS", "RT")
        if name in texts
    }
    found.extend(finding("subfield_unknown", group.code, name) for name in texts)
    return Equipment(
        code=group.code,
        raw=group.raw,
        state=values.get("RS"),
        run_time_h=values.get("RT"),
        details=texts,
    )


def _parameter(
    pair: Pair, parameters: dict[str, str], unread: list[str], found: list[Finding]
) -> None:
    name = _text(pair.name, "", found)
    text = _text(pair.text or b"", name, found)
    if name in parameters:
        found.append(finding("parameter_twice", name, text))
        unread.append(_text(pair.raw, name, found))
        return
    if name in TIMES and not is_time(text):
        found.append(finding("time_form", name, text))
    parameters[name] = text


def _value(text: str, where: str, found: list[Finding]) -> Value:
    value, code = read_value(text)
    if code:
        found.append(finding(code, where, text))
    return value


def _text(raw: bytes, where: bytes | str, found: list[Finding]) -> str:
    text, code = text_of(raw)
    if code:
        found.append(finding(code, where, raw))
    return text
