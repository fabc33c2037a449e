"""How a leaf of version 2 is laid out in lines, so that its parts are the same to all readers.

Every part is by itself a whole piece of the JSON object: the head's fields, one stream, one
record, one field of a document. What is read here is turned into the text of version 1, which
holds the same fields, and decoded as that. A line that is withheld is None; what depends on it
is left out. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from evidence.errors import LeafError, Words
from evidence.log.parts import MAX_PARTS

Lines = Sequence[bytes | None]
RECORDS: Final = b'],"records":['
END: Final = b"]}"
BATCH_1: Final = b'{"carbonmeter":"batch/1",'
"""What the text of version 1 begins with in the place of line 0."""
STREAMS: Final = b',"streams":['
DOCUMENT_FIELDS: Final = ("kind", "name", "sha256", "content")
"""Of a document, a line each, behind the line of its place."""
DOCUMENT_LACKS: Final = {"name": b'""'}
"""What stands for a field of a document that may be withheld. Without the others it is of no use,
and is withheld as a whole."""
ENTRY_FIELDS: Final = ("who", "role", "action", "site", "subject", "reason", "old", "new")
"""Of an entry of a journal likewise, behind the line of its time and the ledger's head."""
ENTRY_LACKS: Final = {
    "who": b'"(withheld)"',
    "subject": b'""',
    "reason": b'""',
    "old": b"null",
    "new": b"null",
}
"""Likewise."""
_RAW: Final = msgspec.json.Decoder(msgspec.Raw)


class _Head(msgspec.Struct, frozen=True):
    """What no head may say again."""

    blind: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_HEAD: Final = msgspec.json.Decoder(_Head)


def text_of(kind: str, lines: Lines) -> bytes:
    """The JSON text of version 1 that says what the shown lines of a leaf say.

    Args:
        kind: what its first line says it is.
        lines: its parts.

    Raises:
        LeafError: they are not laid out as that kind is, or something is withheld without which
            nothing can be told of the leaf.
    """
    if kind == "batch/2":
        return _batch_text(lines)
    if kind == "document/2":
        return _fields_text(lines, "document/1", DOCUMENT_FIELDS, DOCUMENT_LACKS)
    if kind == "journal/2":
        return _fields_text(lines, "journal/1", ENTRY_FIELDS, ENTRY_LACKS)
    raise _refused(f"it is of kind {kind}", f"类型为 {kind}")


MAX_ITEMS: Final = MAX_PARTS - 3
"""Streams and records of a batch: its head, and where its lists part and end, are lines too."""
FIRST_STREAM: Final = 2
"""The number of the part that holds a batch's first stream; its head is part 1."""


def first_record(streams: int) -> int:
    """The number of the part that holds a batch's first record.

    Args:
        streams: how many the batch has.
    """
    return FIRST_STREAM + streams + 1


def batch_text(version_1: bytes, streams: Iterable[bytes], records: Iterable[bytes]) -> bytes:
    """A batch in version 1, with line feeds where version 2 has them.

    Args:
        version_1: the JSON text of the batch without streams and records, in version 1.
        streams: their lines, of `listed` or `listed_lines`.
        records: likewise.
    """
    head = version_1.removesuffix(b',"streams":[],"records":[]}') + STREAMS
    return b"\n".join((head, *streams, RECORDS, *records, END))


def listed(items: Sequence[bytes]) -> list[bytes]:
    """The lines of a list: a comma behind the JSON text of each item but the last."""
    return [*(each + b"," for each in items[:-1]), *items[-1:]]


def listed_lines(items: bytes) -> list[bytes]:
    """The same, all in one, of texts with a line feed behind each."""
    return [items[:-1].replace(b"\n", b",\n")] if items else []


def records_withheld(lines: Lines) -> int:
    """How many of a batch's records are withheld, or may be."""
    border = lines.index(RECORDS) if RECORDS in lines else 0
    return sum(line is None for line in lines[border:])


def fields_lines(head: bytes, fields: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """The lines of a document: its place, then a field each.

    Args:
        head: the fields of the first line, as JSON without braces.
        fields: name and JSON text of each further one.
    """
    lines = [head, *(f'"{name}":'.encode() + text for name, text in fields)]
    return [*(each + b"," for each in lines[:-1]), lines[-1] + b"}"]


def _batch_text(lines: Lines) -> bytes:
    """The JSON text of version 1 that says what the shown lines of a batch say.

    Raises:
        LeafError: they are not laid out so, or the head or the border between streams and
            records is withheld.
    """
    if not lines or lines[-1] != END or RECORDS not in lines:
        raise _refused("the lines of its lists do not begin and end as they must", "列表起止行不符")
    border = lines.index(RECORDS)
    head = _head(lines[0], STREAMS)
    streams, records = lines[1:border], lines[border + 1 : -1]
    return b"".join(
        (
            BATCH_1,
            head,
            STREAMS,
            b",".join(_items(streams, FIRST_STREAM)),
            RECORDS,
            b",".join(_items(records, first_record(len(streams)))),
            END,
        )
    )


def _fields_text(
    lines: Lines, version_1: str, names: Sequence[str], lacks: Mapping[str, bytes]
) -> bytes:
    """The JSON text of version 1 of what has a field a line.

    Args:
        lines: the head, then a line a field.
        version_1: what it is called there.
        names: of the fields, in the order of their lines.
        lacks: what stands for those that may be withheld.

    Raises:
        LeafError: the lines are not laid out so.
    """
    if len(lines) != len(names) + 1:
        en, zh = f"it has {len(lines)} parts, not {len(names) + 1}", f"部分数为 {len(lines)}"
        raise _refused(en, zh)
    texts = [_head(lines[0], b",")]
    for name, line, end in zip(names, lines[1:], _ends(len(names)), strict=True):
        if line is None and name in lacks:
            texts.append(f'"{name}":'.encode() + lacks[name])
        else:
            texts.append(_field(line, name, end))
    return f'{{"carbonmeter":"{version_1}",'.encode() + b",".join(texts) + b"}"


def _ends(count: int) -> list[bytes]:
    return [b","] * (count - 1) + [b"}"]


def _head(line: bytes | None, end: bytes) -> bytes:
    """The fields of a head's line; they are whole fields of an object, the blind not among them."""
    if line is None:
        raise _refused("its head is withheld", "首部未给出")
    fields = line.removesuffix(end)
    if fields == line:
        raise _refused("its head does not end as it must", "首部结尾不符")
    try:
        again = _HEAD.decode(b"{%b}" % fields).blind
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise _refused(f"its head is no whole part ({cause})", f"首部不完整（{cause}）") from cause
    if again is not msgspec.UNSET:
        raise _refused("the key 'blind' stands twice", "键 'blind' 出现两次")
    return fields


def _field(line: bytes | None, name: str, end: bytes) -> bytes:
    """The text of a field that has a line to itself."""
    begin = f'"{name}":'.encode()
    if line is None or not line.startswith(begin) or not line.endswith(end):
        raise _refused(f"the line of '{name}' is not here, or not so", f"'{name}' 一行缺失或不符")
    _require_whole(line[len(begin) : -1], name)
    return line[:-1]


def _items(lines: Lines, first: int) -> Iterator[bytes]:
    """The items of a list whose lines are shown; each is a whole object.

    Args:
        lines: of all items, a comma behind each but the last.
        first: number of the part in which the first one stands.
    """
    last = len(lines) - 1
    for n, line in enumerate(lines):
        if line is None:
            continue
        ends = line.endswith(b",")
        item = line[:-1] if ends else line
        if ends is (n == last) or not (item.startswith(b"{") and item.endswith(b"}")):
            raise _refused(
                f"part {first + n} is no item of a list", f"第 {first + n} 部分不是列表项"
            )
        _require_whole(item, f"{first + n}")
        yield item


def _require_whole(text: bytes, name: str) -> None:
    """Returns if a text is one JSON value by itself."""
    try:
        _RAW.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        en, zh = f"part {name} is no whole one ({cause})", f"部分 {name} 不完整（{cause}）"
        raise _refused(en, zh) from cause


def _refused(en: str, zh: str) -> LeafError:
    return LeafError("leaf", what=Words(en, zh))
