"""Node-RED with node-red-contrib-modbus (npm): the same polls as a flow, QoS 1."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers.environment import install
from benchmarks.processes import SCRATCH, UnavailableError, running
from benchmarks.works import POINTS, free_port

NAME, TOPIC = "Node-RED", "nodered/#"
PACKAGES = ["node-red@4", "node-red-contrib-modbus@5.23.3"]
"""Later versions of the second need a package that npm does not have."""
HOME = SCRATCH / "nodered"
_ASK = """
const asked = [];
for (let unit = 1; unit <= {devices}; unit++)
  asked.push({{payload: {{fc: 3, unitid: unit, address: 0, quantity: {registers}}}, unit: unit}});
return [asked];
"""
_DECODE = """
const buffer = msg.responseBuffer.buffer, found = {{}};
for (let n = 0; n < {points}; n++)
  found["power_" + n] = Math.round(buffer.readFloatBE(4 * n) * 1000) / 1000;
const out = {{topic: "nodered/meter-" + msg.unit, payload: found}};
return [out, msg.unit === {devices} && {again} ? {{payload: 0}} : null];
"""


def prepare() -> Path:
    """Its program; raises UnavailableError where it does not install."""
    program = HOME / "node_modules" / "node-red" / "red.js"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise UnavailableError("Node-RED needs node and npm")
    if not (program.exists() and (HOME / "node_modules" / "node-red-contrib-modbus").exists()):
        HOME.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(HOME), *PACKAGES]
        install(NAME, words, HOME)
    return program


@contextlib.contextmanager
def at_work(
    folder: Path, broker: int, port: int, devices: int, period_s: float | None
) -> "Iterator[subprocess.Popen[str]]":
    """Its process; a round begins when the last one ended where no period is given."""
    program, home = prepare(), folder / "node-red"
    home.mkdir()
    (home / "node_modules").symlink_to(HOME / "node_modules")
    (home / "package.json").write_text(
        json.dumps({"name": "bench", "dependencies": {"node-red-contrib-modbus": "*"}})
    )
    flow = home / "flow.json"
    flow.write_text(json.dumps(_flow(broker, port, devices, period_s)))
    words = ["node", program, "--userDir", home, "--port", free_port(), flow]
    with running(words, folder / "node-red.log") as process:
        yield process


def _flow(broker: int, port: int, devices: int, period_s: float | None) -> list[dict[str, object]]:
    again = "false" if period_s else "true"
    ask = _ASK.format(devices=devices, registers=2 * POINTS)
    decode = _DECODE.format(points=POINTS, devices=devices, again=again)
    begin = {"once": True, "onceDelay": 1, "repeat": str(period_s or ""), "wires": [["ask"]]}
    reading = {"server": "bus", "useIOFile": False, "keepMsgProperties": True}
    return [
        {"id": "tab", "type": "tab", "label": "bench"},
        {"id": "begin", "type": "inject", "z": "tab", "props": [], **begin},
        _function("ask", ask, [["get"]]),
        {
            "id": "get",
            "type": "modbus-flex-getter",
            "z": "tab",
            **reading,
            "wires": [["decode"], []],
        },
        _function("decode", decode, [["out"], ["ask"]]),
        {"id": "out", "type": "mqtt out", "z": "tab", "qos": "1", "broker": "mqtt", "wires": []},
        _broker(broker),
        _bus(port),
    ]


def _function(name: str, code: str, wires: list[list[str]]) -> dict[str, object]:
    outputs = len(wires)
    return {
        "id": name,
        "type": "function",
        "z": "tab",
        "func": code,
        "outputs": outputs,
        "wires": wires,
    }


def _broker(port: int) -> dict[str, object]:
    return {
        "id": "mqtt", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(port),
        "clientid": "nodered", "autoConnect": True, "protocolVersion": "5", "keepalive": "60",
        "cleansession": True,
    }  # fmt: skip


def _bus(port: int) -> dict[str, object]:
    return {
        "id": "bus", "type": "modbus-client", "clienttype": "tcp", "bufferCommands": True,
        "tcpHost": "127.0.0.1", "tcpPort": str(port), "tcpType": "DEFAULT", "unit_id": "1",
        "commandDelay": "1", "clientTimeout": "1000", "reconnectOnTimeout": True,
        "reconnectTimeout": "2000", "parallelUnitIdsAllowed": True,
    }  # fmt: skip
