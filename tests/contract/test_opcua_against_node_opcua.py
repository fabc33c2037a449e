"""OPC UA against a foreign implementation: node-opcua, in JavaScript, in processes of its own.

Our driver reads its server, its client reads our simulated server, with and without security.
`make .venv/.foreign` installs it.
"""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from device_profiles.opcua.datavalue import DataValue, decode
from device_profiles.opcua.delivery import Delivery, Gap, split
from device_profiles.opcua.instant import ticks_of, utc_text
from device_profiles.opcua.request import NodesRequest
from device_profiles.wire_errors import WireValueError
from edge_agent.driver import Identification
from edge_agent.drivers.opcua import OpcUaConnection, OpcUaDriver
from edge_agent.drivers.opcua_browse import Variable, variables
from edge_agent.drivers.opcua_credentials import first_certificate
from edge_agent.drivers.opcua_errors import OpcUaUntrustedError
from edge_agent.drivers.opcua_session import Session
from edge_agent.drivers.opcua_settings import (
    NoSecurity,
    OpcUaEndpoint,
    Sampling,
    SignAndEncrypt,
    UserPassword,
)
from edge_agent.drivers.opcua_subscription import OpcUaSubscriptionDriver
from edge_agent.field.cli import probe
from evidence.clock import SystemClock
from simulators.servers.opcua import OpcUaSettings
from simulators.servers.opcua_security import ServerSecurity
from tests.conftest import Require
from tests.unit.edge_agent.opcua.bench import (
    BAD,
    COUNT,
    NODES,
    TEXT,
    UNCERTAIN,
    Bench,
    delivered,
    met,
    values,
)
from tests.unit.edge_agent.opcua.certificates import pair

FOLDER = Path(__file__).with_name("opcua_node")
SOURCE = ticks_of(1_767_268_800_123_000_000)
SCALARS = {
    "Boolean": True,
    "SByte": -128,
    "Byte": 255,
    "Int16": -32_768,
    "UInt16": 65_535,
    "Int32": -(2**31),
    "UInt32": 2**32 - 1,
    "Int64": -(2**63),
    "UInt64": 2**64 - 1,
    "Float": 1.5,
    "Double": 12.345678901234567,
    "String": "12.5 千瓦时",
    "DateTime": SOURCE,
}


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A running foreign server."""

    url: str
    namespace: str
    certificate: x509.Certificate

    def connection(self, **more: object) -> OpcUaConnection:
        settings: dict[str, Any] = {"security": NoSecurity(), "connect_timeout_s": 20.0, **more}
        return OpcUaConnection(OpcUaEndpoint(url=self.url, **settings), clock=SystemClock())

    def node(self, name: str) -> str:
        return f"nsu={self.namespace};s={name}"


@pytest.fixture(scope="session")
def node(require: Require) -> str:
    """The program that runs JavaScript, with node-opcua installed."""
    beside = Path(sys.executable).with_name("node")
    program = str(beside) if beside.exists() else shutil.which("node")
    if program is None:
        require("node-opcua", "no node on the path")
    if not (FOLDER / "node_modules").is_dir():
        require("node-opcua", "its packages are not installed (make .venv/.foreign)")
    return program


@pytest.fixture(scope="session")
def foreign(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    folder = tmp_path_factory.mktemp("node-opcua")
    words = [node, str(FOLDER / "server.mjs"), str(folder)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(next(line for line in process.stdout if line.startswith("{")))
        der = first_certificate(base64.b64decode(told["certificate"]))
        yield Foreign(
            url=told["url"],
            namespace=told["namespace"],
            certificate=x509.load_der_x509_certificate(der),
        )
        process.stdin.close()
        assert process.wait(30) == 0


def read(foreign: Foreign, *names: str, **endpoint: object) -> list[DataValue]:
    nodes = [foreign.node(name) for name in names]
    return met(foreign.connection(**endpoint), lambda driver: values(driver, *nodes), 20.0)


def test_every_scalar_is_read_exactly_with_both_timestamps_and_picoseconds(
    foreign: Foreign,
) -> None:
    before = ticks_of(SystemClock().now_ns() - 10_000_000)
    for (name, value), found in zip(SCALARS.items(), read(foreign, *SCALARS), strict=True):
        assert (found.type, found.value, type(found.value)) == (name, value, type(value))
        assert (found.source_ticks, found.source_picoseconds) == (SOURCE, 1234), name
        assert found.server_ticks is not None
        assert before <= found.server_ticks <= ticks_of(SystemClock().now_ns() + 10_000_000)


def test_read_by_asyncua_alone_the_servers_timestamp_is_another(foreign: Foreign) -> None:
    """The reason for a codec of our own; if this fails, asyncua was corrected."""

    async def meeting() -> int | None:
        async with Client(foreign.url, timeout=20) as client:
            index = await client.get_namespace_index(foreign.namespace)
            found = await client.get_node(ua.NodeId("Double", index)).read_data_value()
            return None if found.ServerTimestamp is None else int(found.ServerTimestamp.timestamp())

    told = asyncio.run(meeting())
    assert told is None or abs(told - SystemClock().now_ns() / 1e9) > 86_400


def test_a_probe_finds_every_variable_of_a_foreign_server(
    foreign: Foreign, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--opcua", foreign.url, "--count", "1000", "--timeout", "20", "--json"]
    assert probe(where) == 0
    found = {each["node"]: each for each in json.loads(capsys.readouterr().out)["variables"]}
    assert {foreign.node(name) for name in SCALARS} <= found.keys()
    assert {foreign.node(f"n{number}") for number in range(200)} <= found.keys()
    assert found[foreign.node("Double")]["value"] == SCALARS["Double"]
    assert found[foreign.node("Double")]["path"] == "Meter/Double"
    assert found[foreign.node("Array")]["value"] is None


def test_a_foreign_server_is_browsed_page_by_page(foreign: Foreign) -> None:
    async def meeting(page: int) -> list[Variable]:
        connection = foreign.connection()
        try:
            session = await connection.session()
            return [each async for each in variables(session, page=page)]
        finally:
            await connection.close()

    paged, whole = asyncio.run(meeting(7)), asyncio.run(meeting(1000))
    assert paged == whole
    assert len(whole) > 200


def test_statuses_are_kept_and_what_is_no_scalar_spoils_nothing(foreign: Foreign) -> None:
    async def meeting(driver: OpcUaDriver) -> tuple[Delivery, ...]:
        names = ("Uncertain", "Bad", "Array", "Text", "nobody", "n7")
        nodes = tuple(foreign.node(name) for name in names)
        return delivered(await driver.exchange(NodesRequest(nodes=nodes)), 6)

    found = met(foreign.connection(), meeting, 20.0)
    uncertain, bad = decode(found[0].latest), decode(found[1].latest)
    assert (uncertain.status_code, uncertain.value) == (0x4094_0000, 3.5)
    assert bad.status_code == 0x808C_0000
    for odd in found[2:4]:
        with pytest.raises(WireValueError):
            decode(odd.latest)
    assert decode(found[4].latest).status_code == 0x8034_0000
    assert decode(found[5].latest).value == 7.0


def test_more_nodes_than_the_server_allows_are_read_in_parts(foreign: Foreign) -> None:
    names = [f"n{number}" for number in range(200)]
    assert [each.value for each in read(foreign, *names)] == [float(n) for n in range(200)]

    async def at_once() -> None:
        async with Client(foreign.url, timeout=20) as client:
            index = await client.get_namespace_index(foreign.namespace)
            await client.read_values([client.get_node(ua.NodeId(name, index)) for name in names])

    with pytest.raises(ua.UaStatusCodeError) as caught:
        asyncio.run(at_once())
    assert caught.value.code == ua.StatusCodes.BadTooManyOperations


def test_the_server_says_who_it_is(foreign: Foreign) -> None:
    async def meeting(driver: OpcUaDriver) -> Identification:
        return await driver.identify()

    assert met(foreign.connection(), meeting, 20.0) == Identification(
        maker="foreign maker", model="foreign product", revision="9.8.7"
    )


def secured(folder: Path, trusted: x509.Certificate) -> dict[str, Any]:
    certificate, key = pair("agent").write(folder, "agent")
    (folder / "trusted.der").write_bytes(trusted.public_bytes(Encoding.DER))
    (folder / "password").write_text("秘密 pass", encoding="utf-8")
    trust = str(folder / "trusted.der")
    return {
        "security": SignAndEncrypt(certificate=certificate, key=key, trust=trust),
        "user": UserPassword(name="meter", password_file=str(folder / "password")),
    }


def test_a_signed_and_encrypted_channel_with_a_user_is_understood(
    foreign: Foreign, tmp_path: Path
) -> None:
    settings = secured(tmp_path, foreign.certificate)
    (found,) = read(foreign, "Double", **settings)
    assert (found.value, found.source_picoseconds) == (SCALARS["Double"], 1234)
    settings = secured(tmp_path, pair("other").certificate)
    with pytest.raises(OpcUaUntrustedError):
        read(foreign, "Double", **settings)


class ShortQueue(OpcUaSubscriptionDriver):
    """Asks the server to keep two values a node; of a queue of one it would not even say so."""

    async def _created(self, session: Session) -> tuple[int, int]:
        number, _enough = await super()._created(session)
        return number, 2


def counted(foreign: Foreign, kind: type[OpcUaSubscriptionDriver]) -> tuple[list[object], set[Gap]]:
    """Values of a counter, and which gaps were stated after the first exchange."""
    sampling = Sampling(sampling_s=0.02, publishing_s=0.8)

    async def meeting() -> tuple[list[object], set[Gap]]:
        driver = kind(foreign.connection(), "meter", sampling, timeout_s=20.0)
        request = NodesRequest(nodes=(foreign.node("Counter"),))
        await driver.exchange(request)
        numbers, gaps, messages = list[object](), set[Gap](), 0
        while messages < 2:
            await asyncio.sleep(0.05)
            (found,) = split((await driver.exchange(request)).raw, 1)
            numbers += [decode(value).value for value in found.values]
            messages += bool(found.values)
            gaps.add(found.gap)
        await driver.close()
        return numbers, gaps

    return asyncio.run(meeting())


def test_all_samples_of_a_subscription_come_in_order(foreign: Foreign) -> None:
    numbers, gaps = counted(foreign, OpcUaSubscriptionDriver)
    assert numbers == sorted(set(numbers))  # type: ignore[type-var]
    assert gaps == {Gap.NONE}
    assert len(numbers) > 12


def test_what_too_short_a_queue_of_the_server_loses_is_stated(foreign: Foreign) -> None:
    numbers, gaps = counted(foreign, ShortQueue)
    assert Gap.SERVER_QUEUE in gaps
    assert isinstance(numbers[0], int)
    assert isinstance(numbers[-1], int)
    assert numbers[-1] - numbers[0] >= len(
        numbers
    )  # a busy server counts slowly, yet some are lost


@pytest.mark.parametrize("security", [False, True])
def test_a_foreign_client_reads_our_simulated_server(
    node: str, tmp_path: Path, *, security: bool
) -> None:
    server = pair("server")
    guarded = ServerSecurity(
        certificate=server.pem, key=server.key_pem, passwords={"meter": "秘密 pass"}
    )
    settings = OpcUaSettings(sampling_s=0.02, security=guarded if security else None)
    with Bench(settings, clock=SystemClock()) as bench:
        wanted = [NODES[3], UNCERTAIN, BAD, TEXT, "ns=2;s=nobody", COUNT, NODES[0]]
        url = f"opc.tcp://127.0.0.1:{bench.port}/"
        told = client(node, tmp_path, url, wanted, security=security)
    found = told["values"]
    assert (int(found[0]["value"]), found[0]["status"], found[0]["type"]) == (3, 0, 11)
    assert (found[1]["value"], found[1]["status"]) == (1.5, 0x4094_0580)
    assert (found[2]["value"], found[2]["status"]) == (None, 0x808C_0000)
    assert (found[3]["value"], found[3]["source"]) == ("12.5", None)
    assert found[4]["status"] == 0x8034_0000
    assert found[5]["type"] == 8
    assert found[0]["source"][:4] == (utc_text(ticks_of(SystemClock().now_ns())) or "")[:4]
    assert len(set(told["changes"])) >= 10


def client(
    node: str, folder: Path, url: str, nodes: list[str], *, security: bool
) -> dict[str, Any]:
    """What the foreign client prints."""
    words = [node, str(FOLDER / "client.mjs"), str(folder), url, *nodes]
    environment = os.environ | {
        "SECURED": "yes" if security else "no",
        "PASSWORD": "秘密 pass",
    }
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=90, check=False, cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    told: dict[str, Any] = json.loads(
        next(line for line in done.stdout.splitlines() if line.startswith("{"))
    )
    return told
