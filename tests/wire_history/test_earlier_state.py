"""State folders of every earlier version are opened, brought up, and hold what was put in."""

import hashlib
import json
import math
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector import ledger_schema
from collector.backup.drill import Expected, drill
from collector.backup.making import Wish, make_backup
from collector.enrolment.registered import Registered
from collector.judging import Judging
from collector.ledger import open_ledger
from collector.ledger_check import first_damage
from collector.ledger_read import read_ledger
from collector.opening import open_store, open_witnessed_ledger
from collector.store import SCHEMA_VERSION
from edge_agent import spool_schema
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.installation import load_installation
from edge_agent.line import Line
from evidence.clock import SteppedClock
from evidence.log import merkle
from evidence.log.batch import Batch
from evidence.log.checkpoint import Checkpoint, origin
from evidence.log.column import progressed
from evidence.log.receipt import cosign
from tests.unit.collector.agent_log import SIGNER, AgentLog, agents_of, key_of
from tests.unit.collector.api.plant import SITES, START_NS
from tests.unit.collector.intake_bench import Bench, covered
from tests.unit.edge_agent.collector_stub import AT_NS, COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.site import KEY, S, world
from tests.wire_history.state_now import main

FOLDER = Path(__file__).parents[1] / "vectors" / "earlier"
LEDGERS = sorted(FOLDER.glob("ledger-*.zip"))
SPOOLS = sorted(FOLDER.glob("spool-*.zip"))
FILES = {
    "ledger-1-derived-1": "0d7ea59866edeea20708459d9f867680cf474898d91ca95fb43959967d20e2dd",
    "ledger-2-derived-1": "2373b508560b1b84676150a04916a5527178d708ee44096f7baf2f0150bfb0be",
    "ledger-3-derived-1": "3f4ce9b099886667b44a657fec3506593cc65c29e91a0af0749a20eae6d4d8ae",
    "ledger-3-derived-2": "d923a29765c79a2021ade6e72331ae4481ce55e163bc807b869dc9bf58f173be",
    "ledger-3-derived-3": "f3f9a3ce4ba5a4522c448ddafee459e6c0c4cdb18ecd1ac6ed108723fd5ded25",
    "ledger-3-derived-4": "c16e6b2df6b62a7a649ee4743f510ad9d6eeaead0054a38dea991e549bcbd2e3",
    "ledger-4-derived-4": "2de2c501d37beba703dd6632ff47abdc2753bafd7a2a64d4dc2d962a790d1636",
    "ledger-4-derived-5": "c60e94bafe8e1fad0afd0b9fdf7ae9e75d582ca7399aba629462d414fbf2b85f",
    "ledger-5-derived-5": "2f6875216cee8f1a672f72898be332b9f32a499fda7c6b64dd321c7403ba5859",
    "ledger-5-derived-6": "0e83f0f873fd9ca48beb0da0c737992559a2fbd1e5108eeca43bd8112408ebb1",
    "ledger-5-derived-7": "25cfb23afbf05aaea237768aec721473407cc197fa5122a58af3b00f82282adf",
    "spool-1": "a594c6fd12d5c2ff34f5aaa4746417401e958367c9a79e9d466573a60722b94c",
    "spool-2": "3824e133f176d34c7b4a4d690fe939131c8da8a2301a0951f0435517cd3e55a7",
    "spool-3": "2a34d908fa9ffed207c5205f33e63c044d498ba6ad7a6e1042bcb2b654fe28fc",
}
each_ledger = pytest.mark.parametrize("earlier", LEDGERS, ids=lambda path: path.stem)


def unpacked(path: Path, folder: Path) -> dict[str, Any]:
    """Unpacks a folder; what its own software found in it."""
    with zipfile.ZipFile(path) as file:
        file.extractall(folder)
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    (folder / "expected.json").unlink()
    return found


def logs_of(state: Path) -> tuple[AgentLog, AgentLog]:
    """The agents' logs as far as the ledger holds them."""
    made = tuple(AgentLog(agent=agent, key=key_of(agent)) for agent in SITES)
    with read_ledger(state) as ledger:
        for log in made:
            log.leaves.extend(each.leaf for each in ledger.leaves(log.agent, log.epoch))
    return made[0], made[1]


@pytest.mark.parametrize(("name", "sha256"), FILES.items())
def test_an_earlier_file_is_what_it_was(name: str, sha256: str) -> None:
    assert hashlib.sha256((FOLDER / f"{name}.zip").read_bytes()).hexdigest() == sha256


def test_there_is_a_file_of_every_version() -> None:
    stems = {path.stem for path in (*LEDGERS, *SPOOLS)}
    assert stems == FILES.keys()
    ledgers = {int(stem.split("-")[1]) for stem in stems if stem.startswith("ledger")}
    derived = {int(stem.split("-")[3]) for stem in stems if stem.startswith("ledger")}
    assert ledgers == set(range(1, ledger_schema.SCHEMA.version + 1))
    assert derived == set(range(1, SCHEMA_VERSION + 1))
    spools = {int(stem.split("-")[1]) for stem in stems if stem.startswith("spool")}
    assert spools == set(range(1, spool_schema.VERSION + 1))


@each_ledger
def test_an_earlier_ledger_comes_up_with_every_leaf(tmp_path: Path, earlier: Path) -> None:
    expected = unpacked(earlier, tmp_path)
    with read_ledger(tmp_path) as before:  # looked at before it is brought up
        assert ledger_schema.SCHEMA.known(before.database) == expected["ledger_version"]
        assert first_damage(before) is None
    with open_witnessed_ledger(tmp_path) as ledger:
        assert ledger_schema.SCHEMA.known(ledger.database) == ledger_schema.SCHEMA.version
        leaves = [hashlib.sha256(each.leaf).hexdigest() for each in ledger.since(0)]
        assert leaves == expected["leaves"]
        assert (ledger.head().size, ledger.head().root.hex()) == (
            expected["size"],
            expected["root"],
        )
        assert first_damage(ledger) is None
        assert [each.root.hex() for each in ledger.branches()] == expected["branches"]
        assert [each.is_open for each in ledger.branches()] == [True]
        assert [list(each) for each in ledger.events()] == expected["events"]


@each_ledger
def test_hours_follow_from_an_earlier_ledger_and_statements_stay(
    tmp_path: Path, earlier: Path
) -> None:
    expected = unpacked(earlier, tmp_path)
    with open_ledger(tmp_path) as ledger, closing(open_store(tmp_path)) as store:
        Judging(ledger, store, SITES).catch_up()
        assert store.cursor() == expected["size"]
        for channel, hours in expected["hours"].items():
            found = {str(w.start_ns): w.value for w in store.lookup.windows(channel, 0, 2**62)}
            assert found.keys() == hours.keys()
            assert len(hours) >= 6
            for start, value in hours.items():
                assert math.isclose(found[start], value, rel_tol=1e-12)
        for each in expected["statements"]:
            kept = store.lookup.activity(each["digest"])
            assert kept is not None
            assert (kept.channel, kept.unit) == (each["channel"], each["unit"])
            assert kept.value == each["value"]


@each_ledger
def test_agents_go_on_with_an_earlier_ledger(tmp_path: Path, earlier: Path) -> None:
    unpacked(earlier, tmp_path)
    log, other = logs_of(tmp_path)
    with open_ledger(tmp_path) as ledger:
        bench = Bench(ledger, log, other)
        (again,) = bench.take(log.topic, log.message(3))
        assert covered(again, log) == len(log.leaves)
        (reply,) = bench.take(log.topic, *log.grow([b"the next one"]))
        assert covered(reply, log) == len(log.leaves)


@pytest.mark.parametrize("earlier", LEDGERS[:2], ids=lambda path: path.stem)
def test_a_backup_of_an_earlier_version_is_put_back_by_this_one(
    tmp_path: Path, earlier: Path
) -> None:
    unpacked(earlier, tmp_path / "state")
    wish = Wish(collector="works", state_dir=tmp_path / "state")
    backup = make_backup(wish, tmp_path / "copies", START_NS)
    expected = Expected(
        registered=lambda _: Registered(
            agents=agents_of(*logs_of(tmp_path / "state")), sites=SITES, revoked_ns={}
        ),
        collector=SIGNER.verifier,
        journal=None,
        accept_simulated=False,
        running=tmp_path / "state",
    )
    steps = drill(backup, tmp_path / "scratch", expected)
    assert [each.outcome for each in steps] == ["ok", "ok", "ok", "not_checked", "ok", "ok"]


def collector_with(expected: dict[str, Any]) -> Collector:
    """A collector that holds what had its receipt."""
    collector, epoch = Collector(agent=KEY.verifier), str(expected["epoch"])
    leaves = [bytes.fromhex(each) for each in expected["leaves"]]
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier = merkle.append(frontier, merkle.leaf_hash(leaf))
    named = origin("line-1", epoch)
    head = Checkpoint(origin=named, size=frontier.size, root=merkle.root(frontier))
    collector.leaves[epoch], collector.frontiers[epoch] = leaves, frontier
    collector.receipts[epoch] = cosign(head.to_text(), COLLECTOR_KEY, AT_NS)
    collector.latest = collector.word(epoch)
    return collector


def raw_by_poll(batches: list[Batch], place: int) -> dict[int, str]:
    """The raw bytes of a channel by the poll's number; a poll that is there twice fails."""
    found: dict[int, str] = {}
    for stream in (batch.streams[place] for batch in batches if batch.streams):
        for number, raw in zip(progressed(stream.sequence, stream.rows), stream.raw, strict=True):
            assert number not in found
            found[number] = raw
    return found


@pytest.mark.parametrize("earlier", SPOOLS, ids=lambda path: path.stem)
def test_an_earlier_spool_comes_up_and_all_of_it_is_delivered(
    tmp_path: Path, earlier: Path
) -> None:
    expected = unpacked(earlier, tmp_path)
    clock, network = SteppedClock(expected["now_ns"]), SteppedClock(0)
    installation = load_installation(tmp_path / "agent.toml")
    lines = {"bus-1": Line([], clock=clock)}
    agent = open_agent(installation, KEY, world(clock), lines=lines)
    assert agent.spool.epoch == expected["epoch"]  # no new log: nothing was lost
    collector = collector_with(expected)
    link = CollectorLink(collector)
    uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier, network)
    link.connect()
    for _ in range(100):
        agent.pump()
        network.advance(S)
        agent.close_batch(clock.now_ns())
    assert uplink.delivered
    assert not agent.spool.waiting
    agent.spool.close()
    assert list(collector.leaves) == [expected["epoch"]]
    batches = collector.batches()
    for place in (0, 1):
        polls = {poll[0]: poll[1 + place] for poll in expected["polls"]}
        assert raw_by_poll(batches, place) == polls


def test_the_files_can_be_made_again_as_this_version_makes_them(tmp_path: Path) -> None:
    main(tmp_path / "made")
    for path in sorted((tmp_path / "made").glob("*.zip")):
        now = unpacked(path, tmp_path / path.stem)
        kept = unpacked(FOLDER / path.name, tmp_path / f"kept-{path.stem}")
        assert now.keys() <= kept.keys()
        assert now["size"] == kept["size"]
