"""kill -9 of a process that admits leaves: never a receipt without its leaf."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from collector.ledger import open_ledger
from collector.ledger_check import first_damage
from evidence.log.envelope import unseal_wanted
from evidence.log.receipt import open_receipt
from tests.unit.collector.agent_log import SIGNER, filled
from tests.unit.collector.appending_process import GROUP, LEAVES

LOG = filled(LEAVES)
COMMAND = [sys.executable, "-m", "tests.unit.collector.appending_process"]
ROOT = Path(__file__).parents[3]


def run(folder: Path, statement: int, *control: str) -> tuple[int, int]:
    """Exit code of a process that kills itself at a statement, and the size it receipted."""
    done = subprocess.run(
        [*COMMAND, str(folder), str(statement), *control],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    return done.returncode, receipted(done.stdout)


def receipted(printed: bytes) -> int:
    """The largest size receipted; each receipt's signature and root are checked."""
    sizes = [0]
    for line in printed.splitlines():
        receipt = open_receipt(unseal_wanted(bytes.fromhex(line.decode())).receipt, SIGNER.verifier)
        assert receipt.checkpoint.root == LOG.root(receipt.checkpoint.size)
        sizes.append(receipt.checkpoint.size)
    return max(sizes)


def held(folder: Path) -> int:
    """How many leaves are in the ledger, all of them found whole."""
    with open_ledger(folder) as ledger:
        assert first_damage(ledger) is None
        stored = [leaf.leaf for leaf in ledger.leaves(LOG.agent, LOG.epoch)]
    assert stored == LOG.leaves[: len(stored)]
    assert len(stored) % GROUP == 0
    return len(stored)


def test_no_receipt_without_its_leaf_whatever_statement_is_the_last(tmp_path: Path) -> None:
    before = 0
    for statement in (1, 5, 9, 18, 23, 30, 34, 38, 41, 45, 50, 56, 63, 71):
        code, promised = run(tmp_path, statement)
        assert code == -signal.SIGKILL
        kept = held(tmp_path)
        assert promised <= kept
        assert kept >= before
        before = kept
    assert before > GROUP
    assert run(tmp_path, 0) == (0, LEAVES)
    assert held(tmp_path) == LEAVES


@pytest.mark.parametrize("lines", [1, 20, 60])
def test_no_receipt_without_its_leaf_when_it_is_killed_from_outside(
    tmp_path: Path, lines: int
) -> None:
    with subprocess.Popen(
        [*COMMAND, str(tmp_path), "0"], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        printed = b"".join(process.stdout.readline() for _ in range(lines))
        process.kill()
        printed += process.stdout.read()
    assert GROUP * lines <= receipted(printed) <= held(tmp_path)


def test_signing_before_the_commit_would_be_caught_by_these_tests(tmp_path: Path) -> None:
    promised, kept = 0, 0
    for statement in (30, 34, 38):
        _, said = run(tmp_path, statement, "receipt-first")
        promised, kept = max(promised, said), held(tmp_path)
        if promised > kept:
            break
    assert promised > kept
