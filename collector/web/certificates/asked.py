"""Which lines of the register are shown: what an address asks for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from collector.api.certificates import DUE_SOON_DAYS
from collector.web.certificates.due import DueLine, State

ATTENTION: Final = "attention"
"""Of the choice: every state but in date, and of instruments that were taken out."""
PLACES: Final = ("channel", "elsewhere")
_MOST: Final = 200
_MOST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAsked:
    """What was asked for; what is not usable asks for nothing.

    Attributes:
        words: All must stand in the instrument, its channels, its papers or the laboratory.
        site: Of one alone; "" for all.
        state: One of `State`, or `ATTENTION`; "" for all.
        place: "channel": instruments that stand at one now; "elsewhere": the others; "" for all.
        soon_days: From how many days on something is due soon.
        page: >= 1.
    """

    words: tuple[str, ...] = ()
    site: str = ""
    state: str = ""
    place: str = ""
    soon_days: int = DUE_SOON_DAYS
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.words or self.site or self.state or self.place)


def asked_of(query: Mapping[str, str]) -> RegisterAsked:
    """What the parameters of an address ask for."""
    state, place = query.get("state", ""), query.get("place", "")
    return RegisterAsked(
        words=tuple(query.get("q", "")[:_MOST].casefold().split()),
        site=query.get("site", "")[:_MOST],
        state=state if state in (*State, ATTENTION) else "",
        place=place if place in PLACES else "",
        soon_days=min(_number(query.get("soon", ""), DUE_SOON_DAYS), _MOST_DAYS),
        page=max(1, _number(query.get("page", ""), 1)),
    )


def _number(text: str, otherwise: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return int(text) if is_number else otherwise


def chosen(lines: Iterable[DueLine], asked: RegisterAsked) -> list[DueLine]:
    """Those that were asked for, in their order."""
    return [each for each in lines if _is_asked(each, asked)]


def _is_asked(line: DueLine, asked: RegisterAsked) -> bool:
    if asked.site not in ("", line.site):
        return False
    if asked.state == ATTENTION and line.state in (State.IN_DATE, State.REMOVED):
        return False
    if asked.state not in ("", ATTENTION, line.state):
        return False
    if asked.place and (asked.place == "channel") != bool(line.channels):
        return False
    text = _text(line).casefold() if asked.words else ""
    return all(word in text for word in asked.words)


def _text(line: DueLine) -> str:
    certificate, confirmation = line.certificate, line.confirmation
    return " ".join(
        (
            line.site,
            line.serial,
            line.instrument,
            *line.channels,
            *(() if certificate is None else (certificate.id, certificate.laboratory.name)),
            *(() if confirmation is None else (confirmation.id,)),
        )
    )
