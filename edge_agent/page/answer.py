"""What is answered to a request. Pure, but for what `Source` looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import msgspec

from edge_agent.page.device_page import device_page
from edge_agent.page.frame import RENEW_S, framed
from edge_agent.page.gate import Gate
from edge_agent.page.health import DeviceTold, Health
from edge_agent.page.look import Look, look_of
from edge_agent.page.markup import tag
from edge_agent.page.overview import overview
from edge_agent.page.request import Refused, Request
from edge_agent.page.zone import MACHINE, Zone

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
_STYLE: Final = Path(__file__).with_name("style.css")
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Connection": "close",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
_OWN: Final[Mapping[int, Mapping[str, str]]] = MappingProxyType(
    {
        401: {"WWW-Authenticate": 'Basic realm="carbonmeter agent", charset="UTF-8"'},
        405: {"Allow": "GET, HEAD"},
        503: {"Retry-After": "5"},
    }
)


class Source(Protocol):
    """What is asked how the agent is."""

    def health(self) -> Health:
        """How it is now."""
        ...

    def device(self, name: str) -> DeviceTold | None:
        """How a device is now, with its channels; None if there is none of this name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer: status, kind of content, content, and fields of its own."""

    status: int = 200
    kind: str = HTML
    body: bytes = b""
    fields: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self, *, body: bool = True) -> bytes:
        """As it travels; without its body to HEAD."""
        length = str(len(self.body))
        own = {"Content-Type": self.kind, "Content-Length": length, **_FIELDS, **self.fields}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in own.items()]
        head = "\r\n".join(lines).encode("ascii") + b"\r\n\r\n"
        return head + self.body if body else head


def answer(request: Request, source: Source, gate: Gate, zone: Zone = MACHINE) -> Response:
    """What is answered to a request.

    Args:
        request: As it was read.
        source: Says how the agent is.
        gate: Who may look.
        zone: Of times on the page.
    """
    look = look_of(request, zone)
    if (wrong := gate.refused(request)) is not None:
        return refusal(wrong, look)
    found = _found(request, source, look)
    return refusal(Refused(status=404), look) if found is None else found


def _found(request: Request, source: Source, look: Look) -> Response | None:
    """What stands at an address; None where nothing does."""
    if request.path == "/":
        return _page(overview(source.health(), look), look)
    if request.path == "/health.json":
        return _json(source.health())
    if request.path == "/healthz":
        return Response(kind="text/plain; charset=utf-8", body=b"ok\n")
    if request.path == "/style.css":
        return Response(kind="text/css; charset=utf-8", body=_STYLE.read_bytes())
    return _of_device(request.path, source, look)


def refusal(refused: Refused, look: Look | None = None) -> Response:
    """How a request is refused, in words."""
    look = look or Look()
    status = refused.status
    title, text = HTTPStatus(status).phrase, look.t(f"refused_{status}")
    body = framed(look, title, "/", tag("h1", f"{status}"), tag("p", text, class_="problem"))
    return Response(status=status, body=body, fields=_OWN.get(status, {}))


def _of_device(path: str, source: Source, look: Look) -> Response | None:
    kind, _, name = path[1:].partition("/")
    if not name or kind not in {"devices", "health.json"}:
        return None
    told = source.device(name)
    if told is None:
        return None
    return _page(device_page(told, look), look) if kind == "devices" else _json(told)


def _page(body: bytes, look: Look) -> Response:
    return Response(body=body, fields={"Refresh": str(RENEW_S)} if look.renew else {})


def _json(found: Health | DeviceTold) -> Response:
    return Response(kind=JSON, body=msgspec.json.encode(found) + b"\n")
