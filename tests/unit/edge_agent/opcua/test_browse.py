"""Browsing servers that refuse, go round in circles, or have no end: answers made by asyncua."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary

from edge_agent.drivers.opcua_browse import Variable, variables
from edge_agent.drivers.opcua_session import Session

BAD = 0x8034_0000
OBJECTS = "i=85"


class Scripted:
    """A session with a server that shows these nodes below each; what it lacks is refused.

    Args:
        below: Node ids below a node, by its own.
        pages: Continuation points that it hands out before it comes to an end.
    """

    def __init__(self, below: Mapping[str, Sequence[str]], pages: int = 0) -> None:
        self.below, self.pages, self.asked = below, pages, 0

    def node_id(self, text: str) -> ua.NodeId:
        return ua.NodeId.from_string(text)

    def lasting(self, text: str) -> str:
        return text

    async def ask(self, request: Any) -> Buffer:  # noqa: ANN401 - asyncua's
        self.asked += 1
        if isinstance(request, ua.BrowseNextRequest):
            answer: Any = ua.BrowseNextResponse()
            answer.Parameters.Results = [self._result(())]
        else:
            wanted = request.Parameters.NodesToBrowse[0].NodeId.to_string()
            answer = ua.BrowseResponse()
            answer.Results = [self._result(self.below.get(wanted))]
        return Buffer(struct_to_binary(answer))

    def _result(self, nodes: Sequence[str] | None) -> ua.BrowseResult:
        if nodes is None:
            return ua.BrowseResult(ua.StatusCode(BAD), None, [])
        self.pages -= 1
        return ua.BrowseResult(
            ua.StatusCode(0), b"more" if self.pages >= 0 else None, [_shown(each) for each in nodes]
        )


def _shown(text: str) -> ua.ReferenceDescription:
    node = ua.NodeId.from_string(text)
    return ua.ReferenceDescription(
        NodeId=ua.ExpandedNodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType),
        BrowseName=ua.QualifiedName(text[-1], 2),
        DisplayName=ua.LocalizedText(text[-1]),
        NodeClass=ua.NodeClass.Variable,
    )


def found(session: Scripted) -> list[Variable]:
    async def walk() -> list[Variable]:
        return [each async for each in variables(cast("Session", session))]

    return asyncio.run(walk())


def test_a_node_that_lets_nobody_look_hides_only_what_is_below_it() -> None:
    session = Scripted({OBJECTS: ["ns=2;s=a", "ns=2;s=b"], "ns=2;s=b": ["ns=2;s=c"]})
    shown = [(each.node, each.path) for each in found(session)]
    assert shown == [("ns=2;s=a", "a"), ("ns=2;s=b", "b"), ("ns=2;s=c", "b/c")]


def test_a_beginning_that_is_refused_is_an_error() -> None:
    with pytest.raises(ua.UaStatusCodeError):
        found(Scripted({}))


def test_nodes_that_hold_each_other_are_shown_once() -> None:
    circle = {OBJECTS: ["ns=2;s=a"], "ns=2;s=a": ["ns=2;s=b"], "ns=2;s=b": ["ns=2;s=a", OBJECTS]}
    assert [each.node for each in found(Scripted(circle))] == ["ns=2;s=a", "ns=2;s=b"]


def test_pages_without_an_end_are_given_up() -> None:
    session = Scripted({OBJECTS: ["ns=2;s=a"]}, pages=1_000_000)
    assert len(found(session)) == 1
    assert session.asked < 2000


def test_a_page_is_followed_by_the_next() -> None:
    session = Scripted({OBJECTS: ["ns=2;s=a"]}, pages=2)
    found(session)
    assert session.asked == 4
