"""By what hours rest on a paper, in words; and of which days they are. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from collector.web.decoded import decoded
from collector.web.words import say
from evidence.audit.resting import RestsOn
from evidence.clock import NS_PER_S, parse_utc

_KINDS: Final = ("std", "crm")
"""Of influences: those that name a thing that people know."""


def by_words(names: Sequence[str], language: str) -> list[str]:
    """Papers and influences in words, each thing once: a certificate acts by its own function.

    Args:
        names: Ids of papers, and influences.
        language: "en" or "zh".
    """
    told = (_told(each, names, language) for each in names)
    return list(dict.fromkeys(each for each in told if each))


def _told(name: str, names: Sequence[str], language: str) -> str:
    kind, _, subject = name.partition(":")
    if kind == "cert":
        own = decoded(subject.rpartition("/")[0])
        return "" if own in names else say("chain.by_cert", language, id=own)
    return (
        say(f"chain.by_{kind}", language, id=decoded(subject)) if kind in _KINDS else decoded(name)
    )


def days_of(found: RestsOn | None, zone: ZoneInfo) -> tuple[str, str]:
    """The first day of hours, and the day after the last; "" where there are none."""
    if found is None or not found.channels:
        return "", ""
    first = min(_days((each.first for each in found.channels), zone))
    last = max(_days((each.last for each in found.channels), zone))
    return str(first), str(last + dt.timedelta(days=1))


def _days(instants: Iterator[str], zone: ZoneInfo) -> Iterator[dt.date]:
    for each in instants:
        yield dt.datetime.fromtimestamp(parse_utc(each) // NS_PER_S, zone).date()
