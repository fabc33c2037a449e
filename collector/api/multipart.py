"""Forms with files as browsers send them: multipart/form-data (RFC 7578). Pure.

Strict: what a browser never sends is refused, and nothing here grows faster than the body.
"""

import re
from dataclasses import dataclass
from typing import Final

from collector.api.refusal import FormError
from evidence.errors import Words

KIND: Final = "multipart/form-data"
MOST_PARTS: Final = 50
_MOST_HEAD: Final = 4_096
_BOUNDARY: Final = re.compile(r"""boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_NAMED: Final = re.compile(
    r'^content-disposition: *form-data; *name="([^"\r\n]*)"(?:; *filename="([^"\r\n]*)")?[^\r\n]*$',
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED: Final = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """A field of a form, or a file.

    Attributes:
        name: Of the field.
        filename: As the browser names it; None of a field that is no file.
        data: Its exact bytes.
    """

    name: str
    filename: str | None
    data: bytes


def form_parts(body: bytes, content_type: str) -> tuple[FormPart, ...]:
    """The parts of a form, in order.

    Args:
        body: All of it.
        content_type: The header, with the boundary.

    Raises:
        FormError: it cannot be read.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _unreadable("no boundary", "没有边界标记")
    mark = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark, MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise _unreadable(f"more than {MOST_PARTS} parts", f"超过 {MOST_PARTS} 个部分")
    if len(pieces) < 2 or pieces[0] or pieces[-1] not in (b"--", b"--\r\n"):
        raise _unreadable("it is not complete", "内容不完整")
    return tuple(_part(each) for each in pieces[1:-1])


def _part(piece: bytes) -> FormPart:
    head, mark, data = piece.partition(b"\r\n\r\n")
    if not piece.startswith(b"\r\n") or not mark or len(head) > _MOST_HEAD:
        raise _unreadable("a part has no head", "某部分缺少头部")
    try:
        named = _NAMED.search(head.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        named = None
    if named is None:
        raise _unreadable("a part has no name", "某部分没有名称")
    return FormPart(name=_plain(named[1]), filename=_file(named[2]), data=data)


def _file(text: str | None) -> str | None:
    return None if text is None else _plain(text)


def _plain(text: str) -> str:
    """A name as it was before the browser wrote it into a header."""
    for quoted, character in _QUOTED.items():
        text = text.replace(quoted, character)
    return text


def _unreadable(en: str, zh: str) -> FormError:
    return FormError("body", what=Words(en, zh))
