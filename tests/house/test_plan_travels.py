"""A plan on its way: from an agent's folder through its leaves to a collector's library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.load import parse_plan, parse_test
from calibration.monitoring.checks import check_gases, check_rules
from calibration.register import CalibrationRegister
from edge_agent.batcher import Place, packed_documents
from edge_agent.installation import load_installation
from evidence.judging.judge import Judge
from evidence.judging.judgement import Position
from evidence.judging.library import Library
from evidence.judging.planned import plans_of
from evidence.judging.planned import tests_of as records_of
from evidence.log.batch import Document, decode
from evidence.log.envelope import decompress
from simulators.load import load_plant, shipped
from simulators.stack.build import first_documents
from tests.unit.calibration.monitoring.texts import PLAN, TEST
from tests.unit.edge_agent.site import write_site

AGENT, EPOCH = "line-1", "0" * 32
SITES = {AGENT: "works"}
RECORD = TEST.replace("A7731", "SIM-1")


@pytest.fixture(scope="module")
def issued() -> dict[str, str]:
    """What the laboratory of the simulated stacks issues."""
    return first_documents(load_plant(shipped(Path("stack"))))


@pytest.fixture
def plan(issued: dict[str, str]) -> str:
    """A plan whose analyser is checked with two of the laboratory's cylinders."""
    zero, span, *_ = [
        name.removesuffix(".toml")
        for name, text in sorted(issued.items())
        if 'kind = "reference_material"' in text and 'name = "CO2"' in text
    ]
    return PLAN.replace("GBW-N2", zero).replace("GBW-L2231", span)


@pytest.fixture
def leaves(tmp_path: Path, issued: dict[str, str], plan: str) -> list[bytes]:
    """What the agent logs before its first batch."""
    path = write_site(tmp_path)
    folder = tmp_path / "certificates"
    folder.mkdir()
    for name, text in {**issued, "0-plan.toml": plan, "0-test.toml": RECORD}.items():
        (folder / name).write_text(text, "utf-8")
    documents = load_installation(path).documents
    place = Place(agent=AGENT, epoch=EPOCH, sequence=0)
    return [decompress(each.frame) for each in packed_documents(documents, place, b"s" * 32)]


def judged(leaves: list[bytes]) -> Iterator[tuple[Document, CalibrationRegister, Judge]]:
    """After each leaf, what it is and what the collector knows by then."""
    judge = Judge(SITES)
    for number, leaf in enumerate(leaves):
        place = Position(position=number, agent=AGENT, epoch=EPOCH, sequence=number, received_ns=1)
        judgement = judge.judge(leaf, place)
        assert judgement.faults == []
        assert not judgement.late
        found = decode(leaf)
        assert isinstance(found, Document)
        yield found, judge.libraries.get(AGENT, Library()).register, judge


def test_when_a_plan_arrives_the_certificates_of_its_gases_are_there(
    leaves: list[bytes], plan: str
) -> None:
    written = parse_plan(plan.encode(), "0-plan.toml")
    (register,) = [known for leaf, known, _ in judged(leaves) if leaf.kind == "plan"]
    assert register.plans == (written,)
    gases = check_gases(written.analysers[0], register)
    assert {each.certificate for each in gases} == written.certificates
    assert [each.point for each in gases] == ["zero", "span"]
    assert check_rules(written.analysers[0]).analyser == "works/cems/co2"


def test_cylinders_that_no_plan_cites_stay_where_they_are(leaves: list[bytes], plan: str) -> None:
    *_, (_, register, judge) = judged(leaves)
    materials = [each for each in register.certificates if each.kind == "reference_material"]
    assert {each.id for each in materials} == parse_plan(plan.encode(), "p").certificates
    assert len(plans_of(judge.libraries, SITES)) == 1
    assert records_of(judge.libraries, SITES) == (parse_test(RECORD.encode(), "t"),)
    assert plans_of(judge.libraries, {AGENT: "mill"}) == ()
