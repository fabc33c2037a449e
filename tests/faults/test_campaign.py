"""The runner of campaigns: it can fail, it can be taken up again, and its page says what it did."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import __main__ as runner
from tests.faults import record
from tests.faults.campaign import Campaign, Control, Tally, added, fails_without, played, sample
from tests.faults.progress import Done, read_done, write_done
from tests.faults.record import Result, page, read_results
from tests.faults.registry import PLACES, campaigns


def _even_or_small(seed: int, folder: Path) -> Tally:
    assert folder.is_dir()
    assert seed < 7, "too large"
    return {"rounds": 1, "most_seed": seed}


def _finds(seed: int, _folder: Path) -> Sequence[str]:
    return ["one is lost"] if seed == 3 else []


CONTROL = Control(defence="the ledger", find=_finds)
SMALL = Campaign(
    name="small",
    rows=(1,),
    fault="numbers grow",
    holds="they stay small",
    counted="rounds",
    figure=5,
    play=_even_or_small,
    controls=(CONTROL,),
)


def test_a_tally_adds_counts_and_keeps_the_largest_of_what_is_called_most() -> None:
    assert added({"kills": 2, "most_ms": 9}, {"kills": 3, "most_ms": 4, "leaves": 0}) == {
        "kills": 5,
        "most_ms": 9,
        "leaves": 0,
    }


def test_a_sample_adds_up_its_rounds(tmp_path: Path) -> None:
    assert sample(SMALL, tmp_path, range(4)) == {"rounds": 4, "most_seed": 3}


def test_a_round_that_did_not_hold_names_its_seed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"small, seed 8: .*too large"):
        played(SMALL, 8, tmp_path / "8")


def test_a_control_that_finds_nothing_proves_nothing(tmp_path: Path) -> None:
    assert fails_without(CONTROL, tmp_path / "a", range(5)) == ["one is lost"]
    with pytest.raises(AssertionError, match="nothing was found wrong without: the ledger"):
        fails_without(CONTROL, tmp_path / "b", range(3))


def test_what_was_played_counts_only_for_the_same_tree(tmp_path: Path) -> None:
    done = Done(tree="a")
    done.add({"rounds": 1}, 0.5)
    write_done(tmp_path, SMALL, done)
    assert read_done(tmp_path, SMALL, "a") == done
    assert read_done(tmp_path, SMALL, "b") == Done(tree="b")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runner with its state and its page in a folder of the test's."""
    monkeypatch.setattr(runner, "STATE", tmp_path / "state")
    monkeypatch.setattr(record, "RESULTS", tmp_path / "faults.json")
    monkeypatch.setattr(record, "PAGE", tmp_path / "faults.md")
    return tmp_path


def test_a_campaign_is_played_to_its_figure_and_recorded(elsewhere: Path) -> None:
    assert runner._to_the_end(f"{__name__}:SMALL", SMALL, 1)
    (result,) = read_results().values()
    assert result.tally == {"rounds": 5, "most_seed": 4}
    assert result.controls == {"the ledger": "one is lost"}
    assert "5 rounds" in (elsewhere / "faults.md").read_text()


def test_a_campaign_is_taken_up_where_it_was_interrupted(elsewhere: Path) -> None:
    done = Done(tree=record.tree(), seed=6, tally={"rounds": 4}, controls={"the ledger": "lost"})
    write_done(elsewhere / "state", SMALL, done)
    assert runner._to_the_end(f"{__name__}:SMALL", SMALL, 1)
    assert read_results()["small"].tally == {"rounds": 5, "most_seed": 6}


def test_a_campaign_that_did_not_hold_is_not_recorded(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_done(elsewhere / "state", SMALL, Done(tree=record.tree(), seed=7))
    assert not runner._to_the_end(f"{__name__}:SMALL", SMALL, 1)
    assert "seed 7" in capsys.readouterr().err
    assert read_results() == {}


def test_every_registered_campaign_has_a_name_of_its_own_and_a_control() -> None:
    found = campaigns()
    assert len({each.name for each in found.values()}) == len(PLACES)
    assert all(each.controls for each in found.values())
    with pytest.raises(LookupError, match="nobody"):
        campaigns(["nobody"])


def test_of_what_is_counted_for_each_address_the_page_says_how_many_least_and_most() -> None:
    told = record._told({"let in: GET /a": 3, "calls": 1_200, "let in: GET /b": 1_100})
    assert list(told) == ["calls 1,200", "let in 2, each 3 to 1,100 times"]


def test_the_page_shows_the_recorded_results() -> None:
    ordered: list[Result] = sorted(read_results().values(), key=lambda each: (each.rows, each.name))
    assert ordered
    assert record.PAGE.read_text() == page(ordered)
