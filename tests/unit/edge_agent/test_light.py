"""A running agent is light: what only other rooms need is never loaded on a gateway."""

import subprocess
import sys
from pathlib import Path

from evidence.load import write_signing_key
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY
from tests.unit.edge_agent.site import KEY, device, write_certificate, write_site
from tests.unit.edge_agent.test_cli import meter_in_thread

HEAVY = ("scipy", "pandas", "asyncua", "fastapi", "uvicorn", "influxdb_client", "pydantic")
ONCE = """
import sys
from carbonmeter.cli import main
code = main(["agent", "once", "--wait", "0", "--config", sys.argv[1]])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_an_agent_that_polled_and_calibrated_has_loaded_nothing_heavy(tmp_path: Path) -> None:
    with meter_in_thread() as port:
        config = write_site(tmp_path, device(channels=["active_power"]), port)
        write_certificate(tmp_path)
        (tmp_path / "state").mkdir(mode=0o700)
        write_signing_key(tmp_path / "state" / "agent.key", KEY)
        line = f'[uplink]\nport = 9\ncollector_key = "{COLLECTOR_KEY.verifier.to_text()}"\n'
        config.write_text(config.read_text().replace("[batch]", f"{line}[batch]"))
        words = [sys.executable, "-c", ONCE, str(config)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    code, *loaded = done.stdout.split()
    assert code == "69", done.stderr  # it polled, and no broker was there
    assert {"numpy", "pymodbus", "paho"} <= set(loaded)
    assert not set(HEAVY) & set(loaded)
