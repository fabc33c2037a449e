"""The ThingsBoard IoT gateway (PyPI) on the same devices; a broker stands in for its server."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.peers.environment import environment
from benchmarks.processes import running
from benchmarks.works import POINTS

NAME, TOPIC = "ThingsBoard gateway", "v1/gateway/telemetry"
FLAT_OUT_S = 0.25
"""Near what it can do: beyond that it delivers next to nothing."""


def prepare() -> Path:
    """Its program; raises UnavailableError where it does not install."""
    return environment("thingsboard", ["thingsboard-gateway==3.8.5"]) / "python"


@contextlib.contextmanager
def at_work(
    folder: Path, broker: int, port: int, devices: int, period_s: float | None
) -> "Iterator[subprocess.Popen[str]]":
    """Its process; where no period is given, with one near what it can do."""
    program, config = prepare(), folder / "thingsboard"
    config.mkdir()
    gateway = config / "tb_gateway.json"
    gateway.write_text(json.dumps(_gateway(broker)))
    period_ms = round(1000 * (period_s or FLAT_OUT_S))
    slaves = [_slave(unit, port, period_ms) for unit in range(1, devices + 1)]
    (config / "modbus.json").write_text(json.dumps({"master": {"slaves": slaves}}))
    (config / "logs.json").write_text(json.dumps(_LOGS))
    words, log = [program, "-c", _START, gateway], folder / "thingsboard.log"
    with _server(broker), running(words, log, cwd=config) as process:
        yield process


@contextlib.contextmanager
def _server(broker: int) -> Iterator[None]:
    """Answers the gateway's question for limits, without which it publishes nothing: none."""

    def answer(client: Client, _userdata: object, message: MQTTMessage) -> None:
        client.publish(message.topic.replace("request", "response"), json.dumps(_LIMITS), qos=1)

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = answer
    client.connect("127.0.0.1", broker)
    client.subscribe("v1/devices/me/rpc/request/+", qos=1)
    client.loop_start()
    try:
        yield
    finally:
        client.disconnect()
        client.loop_stop()


_NONE = {"messages": "0:0,", "telemetryMessages": "0:0,", "telemetryDataPoints": "0:0,"}
_LIMITS = {
    "maxPayloadSize": 65536,
    "maxInflightMessages": 1000,
    "rateLimits": _NONE,
    "gatewayRateLimits": _NONE,
}
_START = """
import sys
from thingsboard_gateway.gateway.tb_gateway_service import TBGatewayService
TBGatewayService(sys.argv[1])
"""
_LOGS = {
    "version": 1,
    "disable_existing_loggers": True,
    "formatters": {},
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "root": {"level": "ERROR", "handlers": ["none"]},
    "loggers": {},
}


def _gateway(broker: int) -> dict[str, object]:
    return {
        "thingsboard": {
            "host": "127.0.0.1",
            "port": broker,
            "remoteShell": False,
            "remoteConfiguration": False,
            "statistics": {"enable": False},
            "security": {"type": "accessToken", "accessToken": "bench"},
            "qos": 1,
            "checkConnectorsConfigurationInSeconds": 600,
        },
        "storage": {"type": "memory", "read_records_count": 100, "max_records_count": 100000},
        "grpc": {"enabled": False},
        "connectors": [{"name": "bus", "type": "modbus", "configuration": "modbus.json"}],
    }


def _slave(unit: int, port: int, period_ms: int) -> dict[str, object]:
    series = [
        {
            "tag": f"power_{n}", "type": "32float", "functionCode": 3,
            "objectsCount": 2, "address": 2 * n,
        }
        for n in range(POINTS)
    ]  # fmt: skip
    return {
        "type": "tcp", "method": "socket", "host": "127.0.0.1", "port": port, "unitId": unit,
        "deviceName": f"meter-{unit}", "deviceType": "meter", "pollPeriod": period_ms,
        "timeout": 35, "byteOrder": "BIG", "wordOrder": "BIG", "retries": True,
        "retryOnEmpty": True, "retryOnInvalid": True, "sendDataOnlyOnChange": False,
        "connectAttemptTimeMs": 5000, "connectAttemptCount": 5, "waitAfterFailedAttemptsMs": 30000,
        "attributes": [], "timeseries": series, "attributeUpdates": [], "rpc": [],
    }  # fmt: skip
