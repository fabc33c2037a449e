"""The figures of an instrument's page in the language that is asked for."""

from functools import partial
from typing import Final

from markupsafe import Markup

from calibration.event import CalibrationEvent
from calibration.gas_check.check import GasCheck
from calibration.unit_symbol import symbol
from collector.web.instrument import chart, control, timeline
from collector.web.instrument.applied import Applied
from collector.web.instrument.checks import Checked, ControlChart, Limit
from collector.web.instrument.resting import Resting
from collector.web.instrument.spells import Spell
from collector.web.instrument.troubles import Trouble
from collector.web.instrument.view import Shown
from collector.web.look import Look
from collector.web.numbers import significant
from collector.web.words import has, say

_ENDED_BY_HAND: Final = frozenset({"maintenance", "standby"})


def cause_of(kind: str, code: str, language: str) -> str:
    """A cause in words; a code that is newer than they stands for itself.

    Args:
        kind: "missing" or "quality".
        code: Reason of a miss, or quality.
        language: "en" or "zh".
    """
    key = f"factory.state_{code}" if kind == "quality" else f"instrument.miss_{code}"
    return say(key, language) if has(key) else code


def to_do_of(trouble: Trouble, language: str) -> str:
    """What to do about it, and why a device was not asked meanwhile; "" of a code without words.

    Of a state that somebody ends at the device, and has ended, nothing.
    """
    is_missing = trouble.kind == "missing"
    if trouble.is_over and trouble.code in _ENDED_BY_HAND:
        return say("instrument.do_nothing", language)
    key = f"instrument.do_{trouble.code}" if is_missing else f"factory.repair_{trouble.code}"
    told = [key, "instrument.do_rested"] if trouble.is_rested else [key]
    return " ".join(say(each, language) for each in told if has(each))


def event_words(event: CalibrationEvent, language: str) -> str:
    """What happened to an instrument, and whether its confirmation ended by it."""
    said = say(f"instrument.event_{event.event}", language)
    return f"{said} ({say('instrument.ends', language)})" if event.ends_confirmation else said


def drawn_readings(channel: str, shown: Shown, look: Look) -> Markup | None:
    """The figure of what was shown; None where there is nothing to draw."""
    if not shown.has_values:
        return None
    language = look.language

    def cause(spell: Spell) -> str:
        return cause_of(spell.kind, spell.code, language)

    words = chart.Words(
        name=say(f"instrument.figure_{shown.kind}", language, channel=channel),
        description=say("instrument.figure_text", language, count=len(shown.points)),
        unit=symbol(shown.unit),
        cause=cause,
    )
    period, zone = shown.period, look.zone
    return chart.chart(shown.points, shown.spells, period, zone, shown.gap_ns, words)


def drawn_papers(channel: str, rests: Resting, now_ns: int, look: Look) -> Markup | None:
    """The figure of certificates over time; None where there are none."""
    if not rests.applied:
        return None
    language = look.language

    def state(row: Applied) -> str:
        return say(f"instrument.paper_{row.state}", language)

    words = timeline.Words(
        name=say("instrument.figure_papers", language, channel=channel),
        description=say("instrument.figure_papers_text", language, count=len(rests.applied)),
        now=say("instrument.now_mark", language),
        state=state,
        event=partial(event_words, language=language),
    )
    return timeline.timeline(rests.applied, rests.events, now_ns, look.zone, words)


def drawn_checks(channel: str, checked: Checked, look: Look) -> list[Markup]:
    """The control charts of an analyser."""
    return [_control(channel, each, look) for each in checked.charts]


def _unit(found: ControlChart, language: str) -> str:
    """Of the figures of a chart; of a percentage, of what it is."""
    if found.of_full_scale:
        return say("instrument.of_full_scale", language)
    unit = symbol(found.unit)
    return say("instrument.of_content", language) if unit == "%" else unit


def _control(channel: str, found: ControlChart, look: Look) -> Markup:
    language = look.language

    def limit(each: Limit) -> str:
        outcome = say(f"instrument.outcome_{each.outcome}", language)
        at_most = significant(each.at_most)
        return say("instrument.limit_line", language, outcome=outcome, limit=at_most)

    def outcome(each: GasCheck) -> str:
        return say(f"instrument.outcome_{each.outcome}", language)

    point = say(f"instrument.point_{found.point}", language)
    words = control.Words(
        name=say("instrument.figure_control", language, point=point, channel=channel),
        description=say("instrument.figure_control_text", language, count=len(found.figures)),
        unit=_unit(found, language),
        limit=limit,
        outcome=outcome,
    )
    return control.control(found, look.zone, words)
