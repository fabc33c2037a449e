"""What a boundary is: channels with exact factors, and what people call their sum. Pure.

A boundary has a name of its own, `<site>/<name>`, and channels of that site alone. It is one
quantity; electricity and gas of one product line are two boundaries of that line.
"""

import hashlib
import re
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from evidence.clock import parse_utc, utc_text
from evidence.errors import Words
from evidence.statement.boundary.errors import BoundarySiteError, BoundaryValueError

MAX_TERMS: Final = 100
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_ID: Final = re.compile(rf"[^\s/,\x00-\x1f\x7f]{{1,100}}/{_NAME}")
_CHANNEL: Final = re.compile(r"[^\s,\x00-\x1f\x7f]{1,200}")
_FACTOR: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_TEXTS: Final = {
    "name": 200,
    "name_zh": 200,
    "line": 100,
    "line_zh": 100,
    "product": 200,
    "product_zh": 200,
    "kind": 200,
    "kind_zh": 200,
}
_LATER: Final = ("line_zh", "product_zh", "kind_zh")
"""Fields that earlier versions do not know: empty ones are left out of what is kept."""


class BoundaryTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel within a boundary.

    Args:
        channel: its name.
        factor: an exact decimal other than 0, as text: "1", "-1", "0.35".
    """

    channel: str
    factor: str = "1"

    @property
    def number(self) -> float:
        """The factor as sums use it."""
        return float(self.factor)


class Boundary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A boundary as people describe it.

    Args:
        id: `<site>/<name>`; the name of A-Z a-z 0-9 . _ -, at most 64.
        name: in words.
        name_zh: in Chinese words; empty takes `name`.
        line: the product line whose instruments these are; empty for none.
        product: what the line makes; empty where nothing is said.
        kind: which kind of boundary it is in people's own words, such as "gate to gate".
        line_zh, product_zh, kind_zh: the same in Chinese; empty takes the other one.
        terms: 1 to 100, each channel once.
        effective_from: RFC 3339 with a zone; it counts for periods from then on. Empty: for all.

    Raises:
        BoundaryValueError: a field has a value that it cannot have.
        BoundarySiteError: a channel is of another site.
        TimestampError: `effective_from` is no instant.
    """

    id: str
    name: str
    terms: Annotated[tuple[BoundaryTerm, ...], Meta(min_length=1, max_length=MAX_TERMS)]
    name_zh: str = ""
    line: str = ""
    product: str = ""
    kind: str = ""
    line_zh: str = ""
    product_zh: str = ""
    kind_zh: str = ""
    effective_from: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            what = (
                f"'{self.id[:100]}' is no name of a boundary",
                f"'{self.id[:100]}' 不是边界标识",
            )
            _refuse("id", what, "<site>/<name>, A-Z a-z 0-9 . _ -")
        if not self.name.strip():
            _refuse(
                "name",
                ("it has no name", "未填写名称"),
                Words("1 to 200 characters", "1 至 200 个字符"),
            )
        for name, most in _TEXTS.items():
            _require_text(name, getattr(self, name), most)
        _require_terms(self)
        if self.effective_from:
            parse_utc(self.effective_from, "effective_from")

    @property
    def site(self) -> str:
        """Whose it is."""
        return self.id.partition("/")[0]

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of its channels, in their order."""
        return tuple(each.channel for each in self.terms)

    @property
    def factors(self) -> tuple[float, ...]:
        """Of each channel."""
        return tuple(each.number for each in self.terms)

    @property
    def from_ns(self) -> int | None:
        """From when on it counts, UTC ns; None for all periods."""
        return parse_utc(self.effective_from) if self.effective_from else None

    @property
    def digest(self) -> str:
        """SHA-256 of its JSON with sorted keys, hexadecimal; of `tidied` ones alike if alike."""
        return hashlib.sha256(msgspec.json.encode(plain(self), order="sorted")).hexdigest()

    def called(self, language: str) -> str:
        """Its name in a language, "en" or "zh"."""
        return self.told("name", language)

    def told(self, what: str, language: str) -> str:
        """What it says in a language, "en" or "zh".

        Args:
            what: "name", "line", "product" or "kind".
            language: in which; where nothing is said in Chinese, the other words.
        """
        chinese: str = getattr(self, f"{what}_zh") if language == "zh" else ""
        plainly: str = getattr(self, what)
        return chinese or plainly


def tidied(boundary: Boundary) -> Boundary:
    """The same with each factor, text and instant written in the one way in which it is kept."""
    texts = {name: getattr(boundary, name).strip() for name in _TEXTS}
    from_ns = boundary.from_ns
    return replace(
        boundary,
        **texts,
        terms=tuple(replace(each, factor=exact(each.factor)) for each in boundary.terms),
        effective_from="" if from_ns is None else utc_text(from_ns),
    )


def plain(boundary: Boundary) -> dict[str, Any]:
    """A boundary as JSON for the journal, as earlier versions wrote it where they could."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(boundary))
    return {name: value for name, value in found.items() if value or name not in _LATER}


def exact(factor: str) -> str:
    """A factor without signs, zeros and points that say nothing: "1.50" is "1.5".

    Raises:
        BoundaryValueError: it is no exact decimal, or 0.
    """
    text = factor.strip()
    if not _FACTOR.fullmatch(text) or not (value := Decimal(text)):
        what = (f"'{text[:32]}' is no usable factor", f"'{text[:32]}' 不是可用的系数")
        limit = Words("a decimal such as 1, -1 or 0.35, not 0", "非 0 小数，如 1、-1 或 0.35")
        _refuse("factor", what, limit)
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def is_id(text: str) -> bool:
    """Whether a text can be the name of a boundary."""
    return _ID.fullmatch(text) is not None


def _require_terms(boundary: Boundary) -> None:
    channels = boundary.channels
    if not channels or len(channels) > MAX_TERMS:
        found = len(channels)
        what = (f"it has {found} channels", f"含 {found} 个通道")
        limit = Words(f"1 to {MAX_TERMS} channels", f"1 至 {MAX_TERMS} 个通道")
        _refuse("terms", what, limit)
    for each in boundary.terms:
        if not _CHANNEL.fullmatch(each.channel):
            what = (f"'{each.channel[:100]}' is no channel", f"'{each.channel[:100]}' 不是通道")
            _refuse("channel", what, "<site>/<device>/<channel>")
        if each.channel.partition("/")[0] != boundary.site:
            raise BoundarySiteError("channel", channel=each.channel, site=boundary.site)
        exact(each.factor)
    twice = next((each for each in channels if channels.count(each) > 1), None)
    if twice is not None:
        what = (f"{twice} stands in it twice", f"{twice} 重复")
        _refuse("terms", what, Words("each channel once", "每个通道一次"))


def _require_text(name: str, text: str, most: int) -> None:
    if len(text) > most or _CONTROL.search(text):
        what = ("it is too long, or has a control character", "过长，或含控制字符")
        limit = Words(f"one line of at most {most} characters", f"一行，至多 {most} 个字符")
        _refuse(name, what, limit)


def _refuse(name: str, what: tuple[str, str], limit: str | Words) -> None:
    raise BoundaryValueError(name, what=Words(*what), limit=limit)
