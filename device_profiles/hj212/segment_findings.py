"""How the fields of a data segment deviate from tables 3, 5 and 9."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from device_profiles.hj212.finding import Finding, finding
from device_profiles.hj212.load import commands, systems
from device_profiles.hj212.times import is_request_number

MOST_CONTENT: Final = 950
"""The longest content of CP by the standard, in bytes."""

_MN: Final = re.compile(r"[0-9A-F]{24}")
_ANSWER_SYSTEM: Final = "91"


def head_findings(
    head: bytes, parts: Sequence[tuple[str, str | None]], known: Sequence[str]
) -> Iterator[Finding]:
    """How the fields before CP are put together."""
    if b"," in head or (head and not head.endswith(b";")):
        yield finding("field_separator", "", head[-20:])
    names = [name for name, text in parts if text is not None and name in known]
    if names != sorted(names, key=known.index):
        yield finding("field_order", "", ";".join(names))
    if not head.isascii():
        yield finding("field_ascii", "fields", head)
    if b" " in head:
        yield finding("spaces", "fields")
    for name, text in parts:
        if text is None:
            yield finding("field_form", name)
        elif name not in known:
            yield finding("field_unknown", name, text)


def field_findings(fields: Mapping[str, str], content: bytes) -> Iterator[Finding]:
    """How each field's text deviates from its width and characters."""
    yield from _request_number(fields.get("QN"))
    yield from _system(fields.get("ST"), fields["CN"])
    if fields["CN"] not in commands():
        yield finding("cn_unknown", "CN", fields["CN"])
    yield from _identity(fields)
    yield from _flag(fields)
    if len(content) > MOST_CONTENT:
        yield finding("content_over_limit", "CP", str(len(content)))


def _request_number(text: str | None) -> Iterator[Finding]:
    if text is None:
        yield finding("qn_missing", "QN")
    elif not is_request_number(text):
        yield finding("qn_form", "QN", text)


def _system(text: str | None, command: str) -> Iterator[Finding]:
    if text is None:
        yield finding("st_missing", "ST")
    elif len(text) != 2:
        yield finding("st_width", "ST", text)
    elif text not in systems():
        yield finding("st_unknown", "ST", text)
    if text != _ANSWER_SYSTEM and command in commands() and commands()[command].up == "answer":
        yield finding("st_answer", "ST", text or "")


def _identity(fields: Mapping[str, str]) -> Iterator[Finding]:
    password, identity = fields.get("PW"), fields.get("MN")
    if password is None:
        yield finding("pw_missing", "PW")
    elif len(password) != 6:
        yield finding("pw_width", "PW", f"{len(password)} characters")
    if identity is None:
        yield finding("mn_missing", "MN")
    elif not _MN.fullmatch(identity):
        yield finding("mn_form", "MN", identity)


def _flag(fields: Mapping[str, str]) -> Iterator[Finding]:
    text = fields.get("Flag")
    flag = field_number(text, 0, 255)
    if text is None:
        yield finding("flag_missing", "Flag")
    elif flag is None:
        yield finding("flag_form", "Flag", text)
    elif flag >> 2 != 1:
        yield finding("flag_version", "Flag", text)
    yield from _parts(fields, divided=bool(flag and flag & 2))


def _parts(fields: Mapping[str, str], *, divided: bool) -> Iterator[Finding]:
    texts = {name: fields[name] for name in ("PNUM", "PNO") if name in fields}
    if divided and len(texts) < 2:
        yield finding("part_missing", "PNUM")
    if texts and not divided:
        yield finding("part_unannounced", "PNUM")
    numbers = [field_number(text, 1, 9999) for text in texts.values()]
    if not all(numbers):
        yield finding("part_form", "PNUM", ";".join(texts.values()))
    elif len(numbers) == 2 and (numbers[0] or 0) < (numbers[1] or 0):
        yield finding("part_order", "PNO", f"{texts['PNO']} of {texts['PNUM']}")


def field_number(text: str | None, low: int, high: int) -> int | None:
    """The number that at most four digits show; None where they do not, or outside the limits."""
    if text is None or not (0 < len(text) <= 4 and text.isascii() and text.isdigit()):
        return None
    return int(text) if low <= int(text) <= high else None
