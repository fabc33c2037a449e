"""From foreign bytes to a tree that is safe to walk: no DTD, no entities, no network, bounded."""

import re
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from calibration.dcc.errors import (
    DccMissingError,
    DccRootError,
    DccSizeError,
    DccSyntaxError,
    DccVersionError,
)
from calibration.errors import Words

MOST_BYTES: Final = 4_000_000
MOST_TAGS: Final = 25_000
MOST_ATTRIBUTES: Final = 50_000
MOST_QUANTITIES: Final = 5_000
MOST_LIST_CHARACTERS: Final = 1_000_000
DCC: Final = "https://ptb.de/dcc"
SI: Final = "https://ptb.de/si"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
ROOT: Final = f"{{{DCC}}}digitalCalibrationCertificate"
VERSIONS: Final = "2.3.0 to 3.3.x"
_VERSION: Final = re.compile(r"(2\.[34]|3\.[0-3])\.[0-9]{1,3}")
_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']")


def parse_document(data: bytes, where: str) -> Element:
    """The root of a DCC.

    Comments and processing instructions are left out, so that no text is cut in two by one.

    Args:
        data: a document in UTF-8, at most 4 MB, 25,000 tags, 50,000 attributes, 5,000
            quantities and lists of them, and 1,000,000 characters in D-SI lists.
        where: name of the file, for errors.

    Raises:
        DccSizeError, DccSyntaxError: it is too large, or no plain XML.
        DccRootError, DccVersionError: it is no DCC, or not of a version that is read.
    """
    _check_bytes(data, where)
    try:
        root = etree.fromstring(data, plain_parser())
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise DccSyntaxError(
            where, found=_told(cause), limit=Words("well-formed XML", "格式良好的 XML")
        ) from cause
    if root.tag != ROOT:
        raise DccRootError(where, found=str(root.tag)[:200], limit=ROOT)
    version = root.get("schemaVersion", "")
    if not _VERSION.fullmatch(version):
        raise DccVersionError(where, found=version[:40], limit=VERSIONS)
    _check_content(root, where)
    return root


def _told(cause: Exception) -> str:
    """What the parser says, without the place that it names twice."""
    return str(cause).partition(" (<string>")[0][:200]


def plain_parser() -> etree.XMLParser:
    """A parser that reads nothing but the bytes it is given."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _check_bytes(data: bytes, where: str) -> None:
    """Refuses what would cost much to parse, before it is parsed."""
    sizes: tuple[tuple[Words, int, int], ...] = (
        (Words("bytes", "字节"), len(data), MOST_BYTES),
        (Words("tags", "个标签"), data.count(b"<"), MOST_TAGS),
        (Words("attributes", "个属性"), data.count(b'="') + data.count(b"='"), MOST_ATTRIBUTES),
    )
    for name, count, limit in sizes:
        if count > limit:
            raise DccSizeError(where, name=name, found=count, limit=limit)
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if encoding and encoding[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        found = encoding[1].decode("latin-1")
        raise DccSyntaxError(
            where, found=Words(f"encoding {found}", f"编码 {found}"), limit="UTF-8"
        )
    if b"<!DOCTYPE" in data:
        raise DccSyntaxError(
            where,
            found=Words("a DOCTYPE", "含 DOCTYPE"),
            limit=Words("XML without a DTD and entities", "不含 DTD 与实体的 XML"),
        )


def _check_content(root: Element, where: str) -> None:
    """Refuses more numbers than a certificate has; each costs far more than its text."""
    lists = (each for each in root.iter(f"{{{SI}}}*") if local_name(each).endswith("XMLList"))
    quantities = root.iter(f"{{{DCC}}}quantity", f"{{{DCC}}}list")
    sizes = (
        (Words("quantities", "个量"), sum(1 for _ in quantities), MOST_QUANTITIES),
        (
            Words("characters in lists", "个列表字符"),
            sum(len(each.text or "") for each in lists),
            MOST_LIST_CHARACTERS,
        ),
    )
    for name, found, limit in sizes:
        if found > limit:
            raise DccSizeError(where, name=name, found=found, limit=limit)


def children(element: Element, name: str, namespace: str = DCC) -> list[Element]:
    """The children of that name, in their order."""
    return list(element.iterchildren(f"{{{namespace}}}{name}")) if len(element) else []


def child(element: Element, name: str, namespace: str = DCC) -> Element | None:
    """The first child of that name."""
    return next(element.iterchildren(f"{{{namespace}}}{name}"), None) if len(element) else None


def within(element: Element, *names: str) -> list[Element]:
    """The descendants along a path of names: all children, of all of them."""
    found = [element]
    for name in names:
        found = [inner for each in found for inner in children(each, name)]
    return found


def placed(element: Element, path: str, *names: str) -> list[tuple[Element, str]]:
    """The descendants along a path of names, each with its own path in the document.

    `path` is that of `element`, empty for the root.
    """
    found = [(element, path)]
    for name in names:
        found = [inner for each, place in found for inner in _numbered(each, place, name)]
    return found


def _numbered(element: Element, path: str, name: str) -> list[tuple[Element, str]]:
    found = children(element, name)
    if not found:
        return []
    named = f"{path}/{name}".lstrip("/")
    if len(found) == 1:
        return [(found[0], named)]
    return [(each, f"{named}[{k}]") for k, each in enumerate(found, start=1)]


def needed(element: Element, name: str) -> Element:
    """The child of that name.

    Raises:
        DccMissingError: there is none.
    """
    found = child(element, name)
    if found is None:
        raise DccMissingError(path_of(element), name=name)
    return found


def text_of(element: Element | None) -> str:
    """The text of an element without white space around it; empty where there is no element."""
    return "" if element is None else (element.text or "").strip()


def child_text(element: Element | None, name: str, namespace: str = DCC) -> str:
    """The text of the first child of that name; empty where there is none."""
    return "" if element is None else text_of(child(element, name, namespace))


def words(element: Element, attribute: str) -> tuple[str, ...]:
    """The words of an attribute that is a list, such as refType."""
    return tuple((element.get(attribute) or "").split())


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def path_of(element: Element) -> str:
    """Where an element lies below the root, like measurementResults/measurementResult[2]/name."""
    steps = [element, *element.iterancestors()][:-1]
    return "/".join(_step(each) for each in reversed(steps))


def _step(element: Element) -> str:
    before = sum(each.tag == element.tag for each in element.itersiblings(preceding=True))
    alone = before == 0 and all(each.tag != element.tag for each in element.itersiblings())
    return local_name(element) if alone else f"{local_name(element)}[{before + 1}]"
