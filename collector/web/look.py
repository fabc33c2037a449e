"""How somebody wants pages: language, light or dark, time zone. From the address, else a cookie."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from collector.api.language import language_of
from collector.api.period import zone_of
from collector.api.refusal import TimeZoneError

THEMES: Final = ("auto", "light", "dark")
DEFAULT_ZONE: Final = "Asia/Shanghai"
_YEAR_S: Final = 365 * 86_400
_NAMES: Final = ("lang", "theme", "tz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was chosen.

    Attributes:
        language: "en" or "zh".
        theme: "light", "dark", or "auto": as the machine has it.
        zone: Of days, months and clock times.
    """

    language: str
    theme: str
    zone: ZoneInfo


def look_of(request: Request) -> Look:
    """What was chosen for a request; what is not usable is passed over."""
    return Look(
        language=language_of(_said(request, "lang"), request.headers.get("accept-language", "")),
        theme=_theme(_said(request, "theme")),
        zone=_zone(_said(request, "tz")),
    )


def remember(request: Request, response: Response, *, secure: bool) -> None:
    """Keeps what the address chose, for the next pages."""
    for name in _NAMES:
        value = request.query_params.get(name)
        if value is not None and value == _said(request, name) and _is_usable(name, value):
            response.set_cookie(
                f"cm_{name}",
                value,
                max_age=_YEAR_S,
                secure=secure,
                httponly=True,
                samesite="lax",
                path="/",
            )


def _said(request: Request, name: str) -> str | None:
    return request.query_params.get(name) or request.cookies.get(f"cm_{name}")


def _theme(said: str | None) -> str:
    return said if said in THEMES else THEMES[0]


def _zone(said: str | None) -> ZoneInfo:
    try:
        return zone_of(said or DEFAULT_ZONE)
    except TimeZoneError:
        return zone_of(DEFAULT_ZONE)


def _is_usable(name: str, value: str) -> bool:
    if name == "lang":
        return value in ("en", "zh")
    return value in THEMES if name == "theme" else _zone(value).key == value
