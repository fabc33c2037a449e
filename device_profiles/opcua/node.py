"""Node ids as text: which node of a server is meant (OPC 10000-6, 5.1.12 and 5.2.2.9).

    ns=2;s=Line1.Energy    a text, in the namespace that is the server's second today
    nsu=urn:maker;i=1201   a number, in the namespace of that URI, wherever the server has it
    i=2258                 a number, in the standard's own namespace

Only a namespace's URI is stable: a server may number its namespaces anew at every start.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from device_profiles.opcua.errors import NodeIdError

Identifier: TypeAlias = int | str | UUID | bytes
LONGEST: Final = 4096
"""Characters of an identifier; 5.2.2.9 and Part 3, 8.2.4 allow as many bytes."""
_FORM = re.compile(r"(?:ns=([0-9]{1,5});|nsu=([^;]{1,1024});)?([isgb])=(.*)", re.DOTALL)
_NUMBER = re.compile("[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node.

    Attributes:
        namespace: Index, 0 to 65535, or URI.
        identifier: A number of 0 to 2**32 - 1, a text, a GUID, or bytes.
    """

    namespace: int | str = 0
    identifier: Identifier


def parse(text: str, where: str = "node") -> Node:
    """The node that a text names.

    Raises:
        NodeIdError: it names none.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise _no_node(text, where, "no form that is known", "形式未知")
    index, uri, kind, rest = found.groups()
    if index is not None and int(index) > 0xFFFF:
        raise _no_node(text, where, "a namespace above 65535", "命名空间大于 65535")
    namespace = int(index or 0) if uri is None else _unescaped(uri)
    return Node(namespace=namespace, identifier=_identifier(kind, rest, text, where))


def text_of(node: Node) -> str:
    """The text that `parse` reads as this node."""
    if isinstance(node.namespace, str):
        lead = f"nsu={node.namespace.replace('%', '%25').replace(';', '%3B')};"
    else:
        lead = f"ns={node.namespace};" if node.namespace else ""
    return f"{lead}{_identifier_text(node.identifier)}"


def index_in(node: Node, namespaces: Sequence[str]) -> int | None:
    """The node's namespace as a server numbers it; None if the server has no such URI.

    Args:
        node: Any node.
        namespaces: The server's NamespaceArray.
    """
    if isinstance(node.namespace, int):
        return node.namespace
    return namespaces.index(node.namespace) if node.namespace in namespaces else None


def _identifier(kind: str, rest: str, text: str, where: str) -> Identifier:
    if kind == "i":
        if _NUMBER.fullmatch(rest) is None or int(rest) > 0xFFFF_FFFF:
            raise _no_node(text, where, "i= needs a number up to 4294967295", "i= 须为数字")
        return int(rest)
    if not rest or len(rest) > LONGEST:
        what, zh = f"it needs 1 to {LONGEST} characters", f"须为 1 至 {LONGEST} 个字符"
        raise _no_node(text, where, what, zh)
    if kind == "s":
        return rest
    try:
        return UUID(rest) if kind == "g" else base64.b64decode(rest, validate=True)
    except (ValueError, binascii.Error):
        what, zh = "g= needs a GUID, b= needs base64", "g= 须为 GUID，b= 须为 base64"
        raise _no_node(text, where, what, zh) from None


def _identifier_text(identifier: Identifier) -> str:
    if isinstance(identifier, int):
        return f"i={identifier}"
    if isinstance(identifier, str):
        return f"s={identifier}"
    if isinstance(identifier, UUID):
        return f"g={identifier}"
    return f"b={base64.b64encode(identifier).decode()}"


def _unescaped(uri: str) -> str:
    return uri.replace("%3B", ";").replace("%3b", ";").replace("%25", "%")


def _no_node(text: str, where: str, what: str, what_zh: str) -> NodeIdError:
    return NodeIdError(where, key="node", found=text[:120], what=what, what_zh=what_zh)
