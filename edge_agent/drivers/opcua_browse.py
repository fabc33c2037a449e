"""Which variables an OPC UA server shows: its nodes from one on, level by level.

Source: OPC 10000-4, 5.9.2 (Browse) and 5.9.3 (BrowseNext).
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from asyncua import ua

from device_profiles.opcua.errors import NodeIdError
from edge_agent.drivers.opcua_session import Session, decoded

OBJECTS: Final = "i=85"
"""The folder under which a server shows what it is about."""
_SERVER: Final = "i=2253"
_MOST_PAGES: Final = 1000
_MOST_NODES: Final = 100_000
"""Nodes that are looked behind; a server that makes them up on the way has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A node with a value.

    Attributes:
        node: Its id, by the URI of its namespace where the server tells it.
        path: Display names from the first node on, joined by /.
    """

    node: str
    path: str


async def variables(
    session: Session, first: str = OBJECTS, page: int = 1000
) -> AsyncIterator[Variable]:
    """Every variable below a node, each once; the nodes about the server itself only if named.

    Args:
        session: With the server.
        first: Where to begin.
        page: Nodes of one answer, at most.

    Raises:
        NodeIdError: `first` names no node of the server.
        Exception: What asyncua, the network and the codec raise; see `opcua_faults.fault`.
    """
    begin = session.node_id(first)
    if begin is None:
        why = {"what": "an unknown namespace", "what_zh": "命名空间未知"}
        raise NodeIdError("--address", key="node", found=first, **why)
    waiting: deque[tuple[Any, str]] = deque([(begin, "")])
    seen = {begin.to_string()} | ({_SERVER} - {begin.to_string()})
    while waiting and len(seen) < _MOST_NODES:
        node, path = waiting.popleft()
        for below in await _below(session, node, page, must=node is begin):
            own = below.NodeId
            text = ua.NodeId(own.Identifier, own.NamespaceIndex, own.NodeIdType).to_string()
            if text in seen or getattr(own, "ServerIndex", None):
                continue
            seen.add(text)
            named = f"{path}/{below.DisplayName.Text or below.BrowseName.Name}".lstrip("/")
            waiting.append((session.node_id(text), named))
            if below.NodeClass == ua.NodeClass.Variable:
                yield Variable(node=session.lasting(text), path=named)


async def _below(session: Session, node: ua.NodeId, page: int, *, must: bool) -> list[Any]:
    """The nodes that a node contains or organises, all pages of them.

    Args:
        session: With the server.
        node: That is looked behind.
        page: Nodes of one answer, at most.
        must: Whether it has to be there; else a node that lets nobody look has nothing below it.
    """
    request = ua.BrowseRequest()
    request.Parameters.RequestedMaxReferencesPerNode = page
    request.Parameters.NodesToBrowse = [_description(node)]
    answer = decoded(ua.BrowseResponse, await session.ask(request)).Results[0]
    if must:
        answer.StatusCode.check()
    found = list(answer.References or ())
    for _ in range(_MOST_PAGES):
        if not answer.ContinuationPoint:
            break
        more = ua.BrowseNextRequest()
        more.Parameters.ReleaseContinuationPoints = False
        more.Parameters.ContinuationPoints = [answer.ContinuationPoint]
        found_more = decoded(ua.BrowseNextResponse, await session.ask(more))
        answer = found_more.Parameters.Results[0]
        found += answer.References or ()
    return found


def _description(node: ua.NodeId) -> Any:  # noqa: ANN401 - asyncua's
    return ua.BrowseDescription(
        NodeId=node,
        BrowseDirection=ua.BrowseDirection.Forward,
        ReferenceTypeId=ua.NodeId(ua.ObjectIds.HierarchicalReferences),
        IncludeSubtypes=True,
        NodeClassMask=ua.NodeClass.Object | ua.NodeClass.Variable,
        ResultMask=ua.BrowseResultMask.All,
    )
