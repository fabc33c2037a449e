"""How somebody wants the page: language, theme, what of it; and texts made so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from edge_agent.page.markup import Markup, joined, tag
from edge_agent.page.request import Request
from edge_agent.page.texts import TEXTS
from edge_agent.page.zone import MACHINE, Zone
from evidence.errors import Words

_KEPT: Final = ("lang", "theme", "renew", "q", "page")
_SPANS: Final = (
    (timedelta(days=2), timedelta(days=1), Words("{n} days", "{n} 天")),
    (timedelta(hours=2), timedelta(hours=1), Words("{n} h", "{n} 小时")),
    (timedelta(minutes=2), timedelta(minutes=1), Words("{n} min", "{n} 分钟")),
    (timedelta(0), timedelta(seconds=1), Words("{n} s", "{n} 秒")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody wants the page.

    Attributes:
        language: "en" or "zh".
        theme: "light", "dark", or "" for what the reader's system has.
        renew: Whether the page loads itself again.
        search: What devices must have in their name, serial number or line.
        page: Of the devices, from 1.
        query: What stands in the address of all this.
        zone: Of the times that are shown.
    """

    language: str = "en"
    theme: str = ""
    renew: bool = False
    search: str = ""
    page: int = 1
    query: Mapping[str, str] = field(default_factory=dict)
    zone: Zone = MACHINE

    def t(self, key: str, **facts: object) -> str:
        """A text of the page."""
        return self.of(TEXTS[key]).format(**facts)

    def of(self, words: Words) -> str:
        """Words in the reader's language."""
        return words.zh if self.language == "zh" else words.en

    def link(self, path: str, **changed: str) -> str:
        """An address that keeps the look, with some of it changed; "" leaves one out."""
        kept = {key: value for key, value in ({**self.query, **changed}).items() if value}
        return path + (f"?{urlencode(kept)}" if kept else "")

    def time(self, at: datetime) -> Markup:
        """An instant in the zone that is shown, to the second."""
        shown = at.astimezone(self.zone.info)
        offset = shown.strftime("%z")
        text = f"{shown:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"
        return tag("time", text, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def day(self, on: date) -> Markup:
        """A day of a paper: that of no zone."""
        return tag("time", str(on), datetime=str(on))

    def zoned(self, at: datetime) -> str:
        """Which zone the times are of, at an instant."""
        key = "zone_chosen" if self.zone.is_chosen else "zone_machine"
        return self.t(key, zone=self.zone.named(at))

    def dated(self, key: str, at: datetime) -> Markup:
        """A text of the page with an instant in it."""
        before, _, behind = self.of(TEXTS[key]).partition("{time}")
        return joined([before, self.time(at), behind])

    def on_day(self, key: str, on: date) -> Markup:
        """A text of the page with a day in it."""
        before, _, behind = self.of(TEXTS[key]).partition("{day}")
        return joined([before, self.day(on), behind])

    def age(self, at: datetime, now: datetime) -> str:
        """How long ago an instant was."""
        gone = max(now - at, timedelta(0))
        unit, words = next((one, words) for least, one, words in _SPANS if gone >= least)
        return self.t("ago", time=self.of(words).format(n=gone // unit))


def look_of(request: Request, zone: Zone = MACHINE) -> Look:
    """How the sender of a request wants the page; what makes no sense is as if not said."""
    query = {key: request.query[key][:64] for key in _KEPT if key in request.query}
    number = query.get("page", "")
    theme = query.get("theme", "")
    return Look(
        language=_language(query.get("lang", ""), request.fields.get("accept-language", "")),
        theme=theme if theme in {"light", "dark"} else "",
        renew=query.get("renew") == "1",
        search=query.get("q", "").strip(),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        query=query,
        zone=zone,
    )


def _language(asked: str, accepted: str) -> str:
    if asked in {"en", "zh"}:
        return asked
    tags = (part.strip().lower()[:2] for part in accepted.split(","))
    return next((each for each in tags if each in {"en", "zh"}), "en")
