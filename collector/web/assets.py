"""Files that pages load: style, scripts. Each is served under its own digest, and kept for ever."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from collector.api.answer import tagged
from collector.api.refusal import PathUnknownError
from collector.api.schema import PROBLEMS

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "LICENSE": "text/plain; charset=utf-8",
}
_DIGITS: Final = 16
_FOREVER: Final = "public, max-age=31536000, immutable"
router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file, and where it is served."""

    name: str
    data: bytes
    digest: str
    media_type: str

    @property
    def path(self) -> str:
        """Its address: another content is another one."""
        return f"/static/{self.digest}/{self.name}"


@cache
def assets() -> Mapping[str, Asset]:
    """All files, by name."""
    folder = resources.files(__package__) / "static"
    return {file.name: _asset(file.name, file.read_bytes()) for file in folder.iterdir()}


def _asset(name: str, data: bytes) -> Asset:
    digest = hashlib.sha256(data).hexdigest()[:_DIGITS]
    kind = _KINDS[name.rpartition(".")[2]]
    return Asset(name=name, data=data, digest=digest, media_type=kind)


def asset_path(name: str) -> str:
    """The address of a file.

    Raises:
        KeyError: There is none of this name: a mistake of this software.
    """
    return assets()[name].path


@router.get("/static/{digest}/{name}", response_model=None, responses=PROBLEMS)
def static_file(
    request: Request,
    digest: Annotated[str, Path(max_length=64)],
    name: Annotated[str, Path(max_length=64)],
) -> Response:
    """A file that pages load."""
    found = assets().get(name)
    if found is None or found.digest != digest:
        raise PathUnknownError(request.url.path[:200])
    headers = {"Cache-Control": _FOREVER}
    return tagged(request, found.data, found.digest, headers, found.media_type)
