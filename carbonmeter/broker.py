"""The embedded broker of the demo and the replay: rumqttd in a child process, loopback only."""

import logging
from pathlib import Path
from typing import Final

from iotcore import Broker

_CONFIGURATION: Final = """\
id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 10485760
max_segment_count = 4
[v5.1]
name = "v5-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 10000
max_payload_size = 1048576
max_inflight_count = 200
dynamic_filters = true
"""


def embedded_broker(folder: Path, port: int) -> Broker:
    """A running MQTT 5 broker on 127.0.0.1:`port`; its configuration is written to `folder`.

    It ends with `stop()`, and by itself when this process ends.
    """
    path = folder / "broker.toml"
    path.write_text(_CONFIGURATION.format(port=port), encoding="utf-8")
    logging.getLogger("iotcore").setLevel(logging.WARNING)
    return Broker(config_path=str(path)).start()
