"""Whether equal influence ids in several statements stand for one thing. Pure.

An id names an instrument by its serial number and a certificate by its number. Two makers may use
one serial, two laboratories one number. Taken for one deviation, two would cancel in a difference
or a ratio, and its uncertainty would be understated. So what is not known to be one thing is
refused: things that papers tell apart anywhere, and across sites also those of which no paper
says that they are one. Within a site serials and numbers are of one house.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from msgspec import UNSET

from calibration.uncertainty import name_of
from evidence.errors import UnlikeInfluenceError, Words
from evidence.statement.datum import ActivityData
from evidence.statement.entered.channel import is_entered

Mark = tuple[str, ...]
CERTIFICATE: Final = "cert"
INSTRUMENT: Final = "inst"
_BY_NAME: Final = frozenset({CERTIFICATE, INSTRUMENT, "span", "factor"})
"""Kinds of ids that are as unique as the names that people give; others have a house in them."""
_OF_FORMULATIONS: Final = frozenset({"factor:if97"})
"""Ids of what a published formulation leaves open: it is one wherever it is applied."""
_SEPARATOR: Final = ", "


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What an influence id stands for in one statement, as far as that is known.

    Attributes:
        site: Of the statement's channel.
        marks: What papers know it by, each enough: a digest, laboratory with instrument and day,
            or maker with model.
        types: Maker and model by the profiles that it is read with.
        kind: Of the quantity that it shows.
        is_entered: Whether a person said its serial number.
    """

    site: str
    marks: frozenset[Mark] = frozenset()
    types: frozenset[Mark] = frozenset()
    kind: str = ""
    is_entered: bool = False


Telling = Callable[[ActivityData, str], Thing]
"""What an influence id stands for in a statement."""


def named_by(influence: str) -> tuple[str, str]:
    """Kind of an id and the name in it: that of an instrument or certificate without its aspect."""
    kind, _, rest = influence.partition(":")
    return kind, rest.rpartition("/")[0] if kind in {CERTIFICATE, INSTRUMENT} else rest


def serial_of(serials: Sequence[str], name: str) -> str | None:
    """Whose instrument's name in an id it is, or that of a part of it; None if of none."""
    fitting = [each for each in serials if is_of(each, name)]
    return max(fitting, key=len, default=None)


def is_of(serial: str, name: str) -> bool:
    """Whether a name in an id is that of an instrument, or of a part such as `4711.phase`."""
    own = name_of(serial)
    return bool(own) and (name == own or name.startswith(f"{own}."))


def stated_thing(datum: ActivityData, influence: str) -> Thing:
    """What a statement alone tells of an influence's thing; nobody else is asked."""
    kind, name = named_by(influence)
    thing = Thing(site=datum.channel.partition("/")[0], marks=_documents(datum, kind, name))
    if kind != INSTRUMENT:
        return thing
    quantity = datum.measurand.kind_of_quantity.value
    return replace(thing, kind=quantity, is_entered=is_entered(datum.channel))


def _documents(datum: ActivityData, kind: str, name: str) -> frozenset[Mark]:
    """Digests of the document that a declared number was taken from, where the id names it."""
    return frozenset(
        (each.document_sha256,)
        for each in (() if datum.settings is UNSET else datum.settings)
        if each.document_sha256 and _names(kind, name, name_of(each.document))
    )


def _names(kind: str, name: str, document: str) -> bool:
    if kind == CERTIFICATE:
        return name == document
    return kind == "factor" and name.partition(".")[2] == document


def require_one_thing(
    data: Sequence[ActivityData], telling: Telling = stated_thing, known: Collection[str] = ()
) -> None:
    """Returns if each influence id that several channels have stands for one thing.

    Args:
        data: that are to be put together.
        telling: what is known of an id in a statement; else what the statement says.
        known: ids that are known to stand for one thing each; they are not looked at.

    Raises:
        UnlikeInfluenceError: one does not, or it is not known to.
    """
    for influence, sharing in _shared(data, known):
        things = [(each.channel, telling(each, influence)) for each in sharing]
        for (first, one), (second, other) in combinations(things, 2):
            what = None if first == second else unlike(one, other)
            if what is not None:
                raise UnlikeInfluenceError(
                    influence, influence=influence, first=first, second=second, what=what
                )


def _shared(
    data: Sequence[ActivityData], known: Collection[str]
) -> Iterator[tuple[str, list[ActivityData]]]:
    """Ids of names that people give, and the statements of several channels that have them."""
    found: dict[str, dict[tuple[str, tuple[str, ...]], ActivityData]] = {}
    for datum in data:
        for part in datum.components:
            if part.shared and _is_by_name(part.influence):
                found.setdefault(part.influence, {})[datum.channel, datum.serials] = datum
    for influence, held in sorted(found.items()):
        if influence not in known and len({channel for channel, _ in held}) > 1:
            yield influence, [held[key] for key in sorted(held)]


def _is_by_name(influence: str) -> bool:
    return influence.partition(":")[0] in _BY_NAME and influence not in _OF_FORMULATIONS


def unlike(one: Thing, other: Thing) -> Words | None:
    """Why two things of one name are not known to be one; None if they are."""
    for name, first, second in (
        (Words("papers say", "文件记载"), one.marks, other.marks),
        (Words("device profiles say", "设备配置记载"), one.types, other.types),
    ):
        if first and second and not _alike(first, second):
            return _against(name, _said(first), _said(second))
    if (one.is_entered or other.is_entered) and one.kind != other.kind:
        return _against(Words("they show", "所示量为"), one.kind, other.kind)
    if one.site == other.site or _alike(one.marks, other.marks):
        return None
    return Words(
        f"no paper says that the one at {one.site} is the one at {other.site}",
        f"没有文件说明厂区 {one.site} 的与厂区 {other.site} 的是同一个",
    )


def _alike(first: frozenset[Mark], second: frozenset[Mark]) -> bool:
    """Whether one paper, or one maker and model, is on both sides; capitals do not count."""
    return bool(set(map(_folded, first)) & set(map(_folded, second)))


def _folded(one: Mark) -> Mark:
    return tuple(" ".join(word.split()).casefold() for word in one)


def _against(name: Words, first: str, second: str) -> Words:
    return Words(f"{name.en} {first}, and {second}", f"{name.zh} {first}，以及 {second}")


def _said(marks: frozenset[Mark]) -> str:
    """The fullest of what papers say."""
    fullest = max(sorted(marks), key=len)
    return _SEPARATOR.join(word[:40] for word in fullest if word)
