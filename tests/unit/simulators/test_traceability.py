"""The chain of the shipped factory: from each certificate up to a national standard."""

from pathlib import Path

import pytest
from msgspec.structs import replace

import simulators
from calibration.history.chain import Link, chain
from calibration.load import SourceFile, register_of
from calibration.register import CalibrationRegister
from simulators.certification import certify, documents
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.stack.build import first_documents
from simulators.traceability import standard_documents

FACTORY = Path(simulators.__file__).parent / "scenarios" / "factory.toml"


@pytest.fixture(scope="module")
def factory() -> Plant:
    return load_plant(FACTORY)


@pytest.fixture(scope="module")
def register(factory: Plant) -> CalibrationRegister:
    texts = standard_documents(factory.scenario) | documents(certify(factory))
    texts |= first_documents(factory)
    files = (SourceFile(name=name, data=text.encode()) for name, text in texts.items())
    return register_of(each for each in files if not each.name.startswith("SET-"))


def ends(links: tuple[Link, ...]) -> list[Link]:
    """The last standards of a chain."""
    return [end for each in links for end in (ends(each.upstream) or [each])]


def all_of(links: tuple[Link, ...]) -> list[Link]:
    return [one for each in links for one in (each, *all_of(each.upstream))]


def test_each_chain_of_the_factory_ends_at_a_national_standard(
    register: CalibrationRegister,
) -> None:
    chains = {each.id: chain(register, each) for each in register.certificates}
    calibrated = {name: links for name, links in chains.items() if links}
    assert len([name for name in calibrated if name.startswith("SIMLAB-")]) == 6
    for links in calibrated.values():
        assert all(end.certificate.startswith("NATIONAL-") for end in ends(links))
        assert all(each.validity == "valid" for each in all_of(links))
        assert all(each.relative_standard_uncertainty for each in all_of(links))


def test_a_share_grows_smaller_the_higher_a_standard_stands(
    register: CalibrationRegister,
) -> None:
    for certificate in register.certificates:
        for link in chain(register, certificate):
            above = [each.relative_standard_uncertainty or 0.0 for each in link.upstream]
            assert all(share < (link.relative_standard_uncertainty or 0.0) for share in above)


def test_every_paper_above_says_that_it_is_simulated(factory: Plant) -> None:
    for text in standard_documents(factory.scenario).values():
        assert 'name = "Simulated national institute"' in text
        assert 'accreditation = "none (simulated)"' in text


def test_a_standard_that_is_not_traced_has_no_paper(factory: Plant) -> None:
    energy, *others = factory.scenario.standards
    without = replace(factory.scenario, standards=(replace(energy, traced=None), *others))
    written = standard_documents(factory.scenario).keys() - standard_documents(without).keys()
    assert written == {"STD-ENERGY.toml", "NATIONAL-ENERGY.toml"}
