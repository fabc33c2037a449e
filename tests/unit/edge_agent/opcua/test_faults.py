"""Errors of OPC UA: families by StatusCode, both languages, nothing foreign gets through."""

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.indication import MissReason
from device_profiles.opcua.status_names import NAMES
from device_profiles.wire_errors import WireLengthError
from edge_agent.drivers import opcua_errors
from edge_agent.drivers.opcua_errors import (
    OpcUaAnswerError,
    OpcUaBusyError,
    OpcUaRefusedError,
    OpcUaSecurityRefusedError,
    OpcUaSessionLimitError,
    OpcUaSessionLostError,
    OpcUaUserRefusedError,
)
from edge_agent.drivers.opcua_faults import fault, refusal
from edge_agent.errors import (
    AgentError,
    AnswerTimeoutError,
    ConnectionClosedError,
    DeviceAnswerError,
)

OWN = [
    kind
    for kind in vars(opcua_errors).values()
    if isinstance(kind, type)
    and issubclass(kind, AgentError)
    and kind.__module__ == opcua_errors.__name__
]
CODES = {name: code for code, name in NAMES.items()}


def test_every_error_has_its_own_code_both_languages_and_a_known_reason() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert len({kind.code for kind in OWN}) == len(OWN) > 9
    for kind in OWN:
        assert kind.code.startswith("E_OPCUA")
        assert fields(kind.en) == fields(kind.zh)
        assert kind.miss_reason in set(MissReason)


def test_the_reference_page_names_every_error() -> None:
    page = (Path(__file__).parents[4] / "docs" / "reference" / "opcua.md").read_text("utf-8")
    assert {kind.code for kind in OWN} == set(re.findall(r"`(E_OPCUA_\w+)`", page))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("BadTooManySessions", OpcUaSessionLimitError),
        ("BadMaxConnectionsReached", OpcUaSessionLimitError),
        ("BadSessionIdInvalid", OpcUaSessionLostError),
        ("BadSecureChannelClosed", OpcUaSessionLostError),
        ("BadCertificateUntrusted", OpcUaSecurityRefusedError),
        ("BadSecurityChecksFailed", OpcUaSecurityRefusedError),
        ("BadUserAccessDenied", OpcUaUserRefusedError),
        ("BadIdentityTokenRejected", OpcUaUserRefusedError),
        ("BadTooManyOperations", OpcUaBusyError),
        ("BadServiceUnsupported", OpcUaRefusedError),
    ],
)
def test_a_refusal_is_filed_by_its_status_code(name: str, kind: type[AgentError]) -> None:
    error = refusal(CODES[name] | 0x0480, "server")
    assert type(error) is kind
    assert name in error.say("en")
    assert name in error.say("zh")


def test_any_status_code_makes_an_error() -> None:
    for code in (*NAMES, 0x8FFF_0000, 0):
        assert isinstance(refusal(code, "server"), AgentError)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (TimeoutError(), AnswerTimeoutError),
        (ConnectionResetError(), ConnectionClosedError),
        (WireLengthError("meter", raw=b"\1", found=1), OpcUaAnswerError),
        (ValueError("\ud800"), OpcUaAnswerError),
        (RecursionError(), OpcUaAnswerError),
        (KeyError("x"), OpcUaAnswerError),
        (OpcUaSessionLostError("server", status="-"), OpcUaSessionLostError),
    ],
)
def test_whatever_is_raised_becomes_an_error_of_the_agent(
    wrong: Exception, kind: type[AgentError]
) -> None:
    error = fault(wrong, "meter", 1.0)
    assert type(error) is kind
    if isinstance(error, DeviceAnswerError):
        assert error.device == "meter"


def test_the_library_is_loaded_only_where_a_line_needs_it() -> None:
    program = """
import sys
import edge_agent.cli, edge_agent.drivers.opcua_settings, edge_agent.drivers.opcua_errors
from edge_agent.drivers.on_demand import opcua_drivers
before = "asyncua" in sys.modules
print(before, opcua_drivers("line").OpcUaDriver.__name__, "asyncua" in sys.modules)
"""
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "OpcUaDriver", "True"]


def test_where_it_is_not_installed_it_is_said() -> None:
    program = """
import sys
sys.modules["asyncua"] = None
from edge_agent.drivers.on_demand import opcua_drivers
try:
    opcua_drivers("line 3")
except Exception as wrong:
    print(wrong)
"""
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("E_OPCUA_MISSING line 3: ")
    assert "carbonmeter[opcua]" in done.stdout
