"""The HJ 212 vectors, by kind."""

import json
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parents[3] / "vectors" / "hj212.json"
_ALL: Final = json.loads(_FILE.read_text("utf-8"))
PACKETS: Final[list[dict[str, Any]]] = _ALL["packets"]
SEGMENTS: Final[dict[str, bytes]] = {
    each["id"]: each["segment"].encode() for each in _ALL["segments"]
}
SOUND: Final = [each for each in PACKETS if each["kind"] in {"REAL", "SYNTH"}]
REJECTED: Final = [each for each in PACKETS if each["kind"] == "REJECT"]
BY_ID: Final = {each["id"]: each for each in PACKETS}


def by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def data(name: str) -> bytes:
    """The packet of the vector `name`, as found: without CR LF."""
    return str(BY_ID[name]["data"]).encode()
