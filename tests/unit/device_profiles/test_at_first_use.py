"""Codecs come when a profile of their protocol does, and not before."""

import subprocess
import sys

from device_profiles.dialects import DIALECTS
from device_profiles.spoken import SPOKEN

LOADED = (
    "import sys; import edge_agent.agent, edge_agent.assembly; "
    "from device_profiles.load import load_profile; load_profile('{profile}'); "
    "print(*(name for name in sys.modules if name.endswith('dialect')))"
)


def dialects_loaded(profile: str) -> set[str]:
    words = [sys.executable, "-c", LOADED.format(profile=profile)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return set(told) - {"device_profiles.dialect"}


def test_an_agent_of_modbus_meters_loads_no_other_protocol() -> None:
    assert dialects_loaded("abb-b23") == {"device_profiles.register_dialect"}


def test_a_profile_brings_its_own_protocol() -> None:
    assert dialects_loaded("dlt645-2007-single-phase") == {"device_profiles.dlt645.dialect"}


def test_every_name_of_a_table_has_its_part() -> None:
    assert all(DIALECTS[name].profile for name in DIALECTS)
    assert all(callable(SPOKEN[name].ask) for name in SPOKEN)
    assert "nonsense" not in DIALECTS
    assert (len(DIALECTS), len(SPOKEN)) == (7, 6)
