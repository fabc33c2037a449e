"""The commands as a person gives them, and what they print."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.cli import collector
from collector.journal_read import read_journal
from evidence.log.enrolment import parse_code
from tests.unit.collector.enrolment.office import key_of

WHY = ("--reason", "new gateway")

KEY = key_of("line-1")
Said = tuple[int, str, str]
Give = Callable[..., Said]


@pytest.fixture
def give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Give:
    """A command's exit code, stdout and stderr, on a collector that was initialised."""
    config = str(tmp_path / "collector.toml")
    assert collector(["init", "--config", config]) == 0
    capsys.readouterr()

    def given(*words: str) -> Said:
        code = collector([*words, "--config", config])
        said = capsys.readouterr()
        return code, said.out, said.err

    return given


def test_a_code_is_printed_alone_on_stdout(give: Give) -> None:
    code, out, err = give("enrol", "line-1", "--site", "works", *WHY, "--hours", "2")
    assert code == 0
    assert parse_code(out).to_text() == out.strip()
    assert "good once, for 2 h" in err
    assert out.strip() not in err


def test_keys_are_pinned_listed_and_revoked(give: Give, tmp_path: Path) -> None:
    line, why = KEY.verifier.to_text(), ("--reason", "by telephone", "--by", "Q. Wang")
    assert give("pin", "line-1", line, "--site", "works", *why)[0] == 0
    code, _, err = give("enrol", "line-1", "--site", "works", *WHY)
    assert code == 0
    assert f"it has the key {KEY.verifier.label} already" in err
    assert give("agents")[1].startswith(f"line-1\tworks\t{KEY.verifier.label}\tjournal\tcounts")
    code, _, err = give("revoke", "line-1", "--reason", "stolen", "--by", "Q. Wang")
    assert (code, f"revoked {KEY.verifier.label}" in err) == (0, True)
    (listed,) = json.loads(give("agents", "--json")[1])["keys"]
    assert listed["revoked"]
    with read_journal(tmp_path / "state", "collector") as journal:
        who = [(each.entry.who, each.entry.role) for each in journal.entries()]
    assert who[0] == who[2] == ("Q. Wang", "host")
    assert who[1][0].startswith("host:")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("enrol", "line-1", "--site", "works", *WHY, "--hours", "48"), "E_ENROL_AGENT"),
        (("enrol", "no/name", "--site", "works", *WHY), "E_ENROL_AGENT"),
        (("enrol", "line-1", "--site", "no site", *WHY), "E_ENROL_AGENT"),
        (("pin", "line-1", "junk", "--site", "works", "--reason", "r"), "E_KEY_TEXT"),
        (("revoke", "line-1", "--reason", "r"), "E_ENROL_AGENT"),
        (("broker",), "E_BROKER_FILES"),
    ],
)
def test_what_cannot_be_done_is_said_in_both_languages(
    give: Give, words: tuple[str, ...], code: str
) -> None:
    exit_code, out, err = give(*words)
    assert exit_code == 78
    assert out == ""
    assert err.count(code) == 2


def test_the_brokers_files_are_written_and_the_section_printed(give: Give, tmp_path: Path) -> None:
    code, out, err = give("broker", str(tmp_path / "b"), "--host", "broker.example")
    assert code == 0
    assert 'host = "broker.example"' in out
    assert "written for the broker: mosquitto.conf" in err
    assert "no broker runs" in err
    code, out, err = give("broker")
    assert (code, 'host = "broker.example"' in out) == (0, True)
    assert "written" not in err
