"""What `agent init` makes: an example configuration, and the agent's key."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge_agent.config_errors import ConfigFileError
from edge_agent.installation import Installation
from evidence.load import read_signing_key, write_signing_key
from evidence.log.key import Verifier, generate

_EXAMPLE: Final = """\
#:schema agent-v1.schema.json
schema = 1

[agent]
id = "{agent}"
site = "{site}"
# Holds spool.sqlite and agent.key; on a gateway: /var/lib/carbonmeter/{agent}
state_dir = "state"

[uplink]
host = "127.0.0.1"
port = 1883
username = ""
password_file = ""           # a file with one line, never the password itself
tls_ca = ""                  # certificate authority of the broker; empty: no TLS
tls_cert = ""                # the agent's own certificate and key; `agent enrol` fills this in
collector_key = ""           # the line that `carbonmeter collector init` printed

[batch]
max_age_s = 10.0
readings_per_channel = 10

[spool]
limit_MiB = 512              # what may wait here while the collector is away

[clock]
standard_uncertainty_s = 0.05  # of a stamp, where the operating system does not know better
drift_ppm = 50.0             # once nothing keeps the clock any more; 50 is 4.3 s a day

[calibration]
directory = "certificates"   # certificates and confirmations as TOML

# [page]                     # how the agent is, on this machine: http://localhost:8079/
# port = 8079
# zone = "Asia/Shanghai"     # of its times; the machine's where nothing is said

[[lines]]
name = "bus-1"
kind = "modbus-tcp"
host = "127.0.0.1"
port = 502
timeout_s = 1.0
gap_s = 0.0

[[lines.devices]]
name = "feeder-1"
profile = "abb-b23"          # `carbonmeter profile list` shows all; or a path to a .toml file
unit_id = 1
serial = "SIM-0001"          # as on the name-plate
period_s = 60.0
channels = ["active_energy_import"]
nameplate_mpe_relative = 0.01
rated_rate = {{ active_energy_import = 100.0 }}
subject = "feeder 1"
"""


def write_example(path: Path, *, site: str, agent: str) -> bool:
    """Whether an example was written to `path`; a file that is there is left as it is.

    Raises:
        ConfigFileError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_EXAMPLE.format(agent=agent, site=site))
    except FileExistsError:
        return False
    except OSError as wrong:
        found = wrong.strerror or type(wrong).__name__
        raise ConfigFileError(str(path), key="--config", found=found, limit="writable") from None
    return True


def make_key(installation: Installation, entropy: Callable[[int], bytes]) -> tuple[Verifier, bool]:
    """The public half of the agent's key, and whether the key was made just now (mode 0600).

    Raises:
        KeyMaterialError: the key that is there cannot be used, or none can be written.
        ConfigFileError: the state directory cannot be made.
    """
    folder = installation.beside(installation.config.agent.state_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        found = wrong.strerror or type(wrong).__name__
        where, key = str(installation.path), "agent.state_dir"
        raise ConfigFileError(where, key=key, found=found, limit="writable") from None
    path = folder / "agent.key"
    if path.exists():
        return read_signing_key(path).verifier, False
    made = generate(installation.config.agent.id, entropy(32))
    write_signing_key(path, made)
    return made.verifier, True
