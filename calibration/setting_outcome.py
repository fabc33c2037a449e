"""What can be said of a site's settings: one outcome each, in English and Chinese (pure)."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

import msgspec

from calibration.setting import Setting, SettingValue
from calibration.settings import alike, as_known
from calibration.unit_symbol import with_symbol

Weight = Literal["note", "finding"]
_SAID: Final[Mapping[str, tuple[Weight, str, str]]] = {
    "superseded": (
        "note",
        "{subject} {kind}: {id} gave way to {other} on {since}",
        "{subject} {kind}：{id} 自 {since} 起由 {other} 取代",
    ),
    "overlap": (
        "finding",
        "{subject} {kind}: {other} begins on {since}, before {id} ends; {other} holds",
        "{subject} {kind}：{other} 自 {since} 起生效，早于 {id} 的终止；以 {other} 为准",
    ),
    "contradiction": (
        "finding",
        (
            "{subject} {kind}: {id} and {other} both begin on {since} and say {what}; none is "
            "applied: correct one of them"
        ),
        (
            "{subject} {kind}：{id} 与 {other} 均自 {since} 起生效而数值不同（{what}）；"
            "均不采用：请更正其一"
        ),
    ),
    "before_differs": (
        "finding",
        "{subject} {kind}: {other} says it was {what}: a change in between is not on record",
        "{subject} {kind}：{other} 记载的原值不符（{what}）：其间的变更没有记录",
    ),
    "gap": (
        "finding",
        "{subject} {kind}: nothing is set between {id} and {other}, which begins on {since}",
        "{subject} {kind}：{id} 与 {other}（自 {since} 起）之间没有设置",
    ),
    "uncertainty_unknown": (
        "finding",
        "{subject} {kind}: {id} states no uncertainty; unknown is not 0: state one",
        "{subject} {kind}：{id} 未给出不确定度；未知不等于 0：请补充",
    ),
    "recorded_late": (
        "note",
        (
            "{subject} {kind}: {id} has effect from {since} and was recorded on {what}: results "
            "of the time between have a new version"
        ),
        "{subject} {kind}：{id} 自 {since} 起生效，于 {what} 登记：其间的结果须重新计算",
    ),
}
CODES: Final = tuple(_SAID)


class SettingOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of looking through settings.

    Args:
        code: which; a closed vocabulary.
        subject, kind: what it is about.
        id, other: the setting, and the one that follows.
        since: instant that it is about.
        what: values, or an instant.
    """

    code: str
    subject: str
    kind: str
    id: str
    since: dt.datetime
    other: str = ""
    what: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it speaks against something, or only tells."""
        return _SAID[self.code][0]

    def say(self, language: str) -> str:
        """The outcome in words, in `language` ("en" or "zh")."""
        text = _SAID[self.code][2 if language == "zh" else 1]
        facts = msgspec.structs.asdict(self)
        return text.format(**{**facts, "since": self.since.isoformat()})


def setting_outcomes(
    settings: Iterable[Setting], as_known_at: dt.datetime | None = None
) -> tuple[SettingOutcome, ...]:
    """What is to be said of settings, by subject, kind and instrument, in order of their begin.

    Args:
        settings: All versions, in any order.
        as_known_at: Only what was recorded by then; None for all.

    Raises:
        SettingConflictError: a setting has two contents of one instant of recording.
    """
    alike_ones: dict[tuple[str, str, str], list[Setting]] = {}
    for each in as_known(settings, as_known_at):
        alike_ones.setdefault((each.subject, each.setting, each.serial), []).append(each)
    found: list[SettingOutcome] = []
    for _, own in sorted(alike_ones.items(), key=lambda item: item[0]):
        found += [outcome for each in own for outcome in _alone(each)]
        found += [
            outcome for one, other in itertools.pairwise(own) for outcome in _turn(one, other)
        ]
    return tuple(found)


def _alone(setting: Setting) -> Iterator[SettingOutcome]:
    if setting.after.standard_uncertainty is None:
        yield _about("uncertainty_unknown", setting)
    if setting.recorded_at > setting.effective_from:
        yield _about("recorded_late", setting, what=setting.recorded_at.isoformat())


def _turn(one: Setting, other: Setting) -> Iterator[SettingOutcome]:
    """Two that follow each other."""
    until, since = one.effective_until, other.effective_from
    if one.effective_from == since:
        if not alike(one.after, other.after):
            what = f"{_text(one.after)} / {_text(other.after)}"
            yield _about("contradiction", one, other, what)
        return
    if until is None:
        yield _about("superseded", one, other)
    elif since != until:
        yield _about("overlap" if since < until else "gap", one, other)
    if not alike(other.before, one.after):
        what = f"{_text(other.before)} / {_text(one.after)}"
        yield _about("before_differs", one, other, what)


def _about(
    code: str, setting: Setting, other: Setting | None = None, what: str = ""
) -> SettingOutcome:
    return SettingOutcome(
        code=code,
        subject=setting.subject,
        kind=setting.setting,
        id=setting.id,
        since=setting.effective_from if other is None else other.effective_from,
        other="" if other is None else other.id,
        what=what,
    )


def _text(value: SettingValue | None) -> str:
    return "-" if value is None else with_symbol(f"{value.value:g}", value.unit)
