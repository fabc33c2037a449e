"""That nobody knows how an entered amount was spread over its time. Pure.

At each instant the rate lies between 0 and twice the mean, a rectangle. What flowed more at one
time flowed less at another, so that all parts add up to the amount as it was entered, or as a
register counted it between two readings.

Both say what a part may deviate by. Let d(t) be the deviation of what flowed until t, in as many
independent influences as it takes. That parts add up makes it a closed curve, from nothing to
nothing; the rectangle makes its speed at most mean/sqrt(3). A curve that goes straight out and back
has parts in its middle that deviate by nothing. Of all closed curves of one length the
circle has the greatest mean square of the chord over every share of time, and chords of one share
are all alike. So u of a part with a share p of the time is amount/sqrt(3) * sin(pi*p)/pi: the whole
rectangle of a short part, and never more than that of the part or of the rest.
"""

import math
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from calibration.distribution import Distribution, from_half_width
from calibration.uncertainty import Influence, UncertaintyComponent, name_of

_SPREAD: Final = re.compile(
    r"substitution:(?P<channel>[^/\s]+/~[^/\s]+/[^/\s]+) (?P<entries>\d+(?:~\d+)?) (halves|ends)"
)
Shares = tuple[float, float]
"""Of an amount's time, before the begin and before the end of a part of it; 0 to 1."""


def spread(
    channel: str, entries: str, amount: float, shares: Shares
) -> Iterator[UncertaintyComponent]:
    """What a part of an amount deviates by: the chord of the part; nothing of the whole.

    Args:
        channel: of what people enter.
        entries: number of the amount's entry, or of both readings of a register: `10~11`.
        amount: that was spread.
        shares: of its time.
    """
    if shares == (0.0, 1.0):
        return
    radius = from_half_width(abs(amount), Distribution.RECTANGULAR) / math.tau
    first, last = (math.tau * share for share in shares)
    chord = {"halves": math.cos(last) - math.cos(first), "ends": math.sin(last) - math.sin(first)}
    for where, part in chord.items():
        if radius * part != 0.0:
            yield UncertaintyComponent(
                influence=_influence(channel, entries, where), contribution=radius * part
            )


def deviation(amount: float, share: float) -> float:
    """Standard uncertainty of what flowed of an amount in a share of its time, from its begin."""
    u = from_half_width(abs(amount), Distribution.RECTANGULAR)
    return u * math.sin(math.pi * share) / math.pi


def _influence(channel: str, entries: str, where: str) -> Influence:
    """Less in the first of both halves than in the second; more at both ends than between."""
    name = name_of(f"{channel} {entries} {where}")
    return Influence(id=f"substitution:{name}", distribution=Distribution.RECTANGULAR)


def divided_entry(influence: str) -> tuple[str, str] | None:
    """The channel and the entry, or both, that an influence says the spread over time of.

    Args:
        influence: Its id.

    Returns:
        Numbers as in `spread`; None of any other influence.
    """
    found = _SPREAD.fullmatch(unquote(influence))
    return None if found is None else (found["channel"], found["entries"])
