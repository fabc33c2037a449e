"""The configuration of a simulated agent, and the certificate that may come late."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from edge_agent.installation import Installation, load_installation

_AGENT: Final = """\
schema = 1
[agent]
id = "{agent}"
site = "{agent}-works"
state_dir = "state"
[batch]
max_age_s = {max_age_s}
readings_per_channel = {readings}
[spool]
limit_MiB = {limit_MiB}
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
"""
_PROFILE: Final = """\
schema = 1
id = "counter"
maker = "Nobody"
model = "C-1"
protocol = "modbus"
title.en = "A meter that counts its answers"
title.zh = "对应答计数的仪表"
sources = [
  { key = "none", document = "made for a test", page = "-", grade = "C", note = "No such meter." },
]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
[[channels]]
name = "energy"
kind_of_quantity = "active_energy"
unit = "kW.h"
accumulation = "register"
source = { address = 0, format = "uint64", sentinels = ["FFFF FFFF FFFF FFFF"] }
scale = 0.01
resolution = 0.01
required = true
"""
_DEVICE: Final = """\
[[lines.devices]]
name = "meter-{unit}"
profile = "counter.toml"
unit_id = {unit}
serial = "SN-{unit}"
period_s = {period_s}
"""
_CERTIFICATE: Final = """\
schema = 1
id = "E-{unit}"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
[instrument]
maker = "ABB"
model = "B23"
serial = "SN-{unit}"
[laboratory]
name = "Laboratory"
[[standards]]
influence = "std:lab/S-1"
certificate = "S-1"
relative_standard_uncertainty = 0.0004
[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [0.0, 400.0]
[results.function]
form = "polynomial"
coefficients = [0.002]
covariance = [[1e-8]]
"""
_CONFIRMATION: Final = """\
schema = 1
id = "K-{unit}"
certificate = "E-{unit}"
serial = "SN-{unit}"
requirement = "class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "laboratory"
effective_from = 2026-01-07T00:00:00Z
due_on = 2027-01-06
confirmed_by = "A. Nother"
recorded_at = 2026-01-07T00:00:00Z
"""


@lru_cache(maxsize=256)
def _loaded(text: str, units: tuple[int, ...]) -> Installation:
    """An installation with the certificates of `units`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "agent.toml"
        path.write_text(text)
        (path.parent / "counter.toml").write_text(_PROFILE)
        certificates = path.parent / "certificates"
        certificates.mkdir()
        for unit in units:
            (certificates / f"e-{unit}.toml").write_text(_CERTIFICATE.format(unit=unit))
            (certificates / f"k-{unit}.toml").write_text(_CONFIRMATION.format(unit=unit))
        return load_installation(path)


def installation(
    folder: Path, agent: str, units: tuple[int, ...], certified: tuple[int, ...], **terms: float
) -> Installation:
    """The installation of an agent on a folder.

    Args:
        folder: Where its state directory is.
        agent: Its id.
        units: Of its meters.
        certified: Those whose certificates have come.
        terms: period_s, max_age_s, readings, limit_MiB.
    """
    text = _AGENT.format(agent=agent, **terms)
    text += "".join(_DEVICE.format(unit=unit, **terms) for unit in units)
    return replace(_loaded(text, certified), path=folder / "agent.toml")
