"""Documents and tables of a stack, read by those who will read them."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from calibration.load import SourceFile, parse_certificate, parse_setting, register_of
from simulators.cli import simulate
from simulators.laboratory_form import LaboratoryForm
from simulators.load import load_plant, load_stack, shipped
from simulators.stack.build import first_documents, first_traverse
from simulators.stack.comparison import KINDS, comparison_certificate
from simulators.stack.cylinder import cylinder
from simulators.stack.reference import parallel_runs, running_from_ns
from simulators.stack.truth import Stack, co2_t
from tests.unit.simulators.stack.stacks import BEGIN_NS, DAY_NS
from tests.unit.simulators.stack.stacks import stack as stack_of

SHIPPED = shipped(Path("stack"))
UTC_BEGIN_NS = BEGIN_NS + DAY_NS // 3
"""The shipped scenario begins at midnight UTC."""


@pytest.fixture(scope="module")
def boiler() -> Stack:
    return load_stack(SHIPPED, "boiler")[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("told")
    span = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-03T00:00:00Z"]
    assert simulate(["stack", "stack", "boiler", *span, "--out", str(found)]) == 0
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_documents_of_stacks_are_read_by_the_factory() -> None:
    texts = first_documents(load_plant(SHIPPED))
    register = register_of(
        [SourceFile(name=name, data=text.encode()) for name, text in texts.items()]
    )
    kinds = sorted(one.kind for one in register.certificates)
    assert kinds == ["calibration"] * 14 + ["reference_material"] * 4
    assert {one.serial for one in register.confirmations} == {
        f"{stack}-{quantity}" for stack in ("sinter", "boiler") for quantity in KINDS
    }
    assert all(one.decision == "pass" for one in register.confirmations)
    assert {(one.setting, one.subject) for one in register.settings} == {
        (setting, stack)
        for setting in ("stack_area", "velocity_coefficient")
        for stack in ("sinter", "boiler")
    }


def test_k_v_is_declared_by_the_document_that_found_it(boiler: Stack, folder: Path) -> None:
    certificates = folder / "certificates"
    data = (certificates / "SET-KV-boiler-2026-01-01.toml").read_bytes()
    setting, found = parse_setting(data, "SET-KV"), first_traverse(boiler)
    assert setting.after.value == found.kv
    assert setting.after.standard_uncertainty == found.standard_uncertainty
    rests_on = (certificates / f"{setting.document}.toml").read_bytes()
    assert setting.document_sha256 == hashlib.sha256(rests_on).hexdigest()


@pytest.mark.parametrize("seed", range(12))
def test_what_a_comparison_states_is_honest(seed: int) -> None:
    """Corrected by it, each instrument shows what is true, within four standard uncertainties."""
    stack = stack_of("boiler", seed=seed)
    runs = parallel_runs(stack, running_from_ns(stack, BEGIN_NS, 9 * 60))
    for quantity in KINDS:
        own = [one for one in runs if one.quantity == quantity and one.valid_min]
        certificate = comparison_certificate(stack, LaboratoryForm(), quantity, own)
        (point,) = certificate.results[0].points
        shown = sum(one.indicated for one in own) / len(own)
        true = sum(one.true_value for one in own) / len(own)
        assert point.at == pytest.approx(shown)
        assert abs(point.value - true) < 2 * point.expanded_uncertainty, quantity


def test_a_cylinders_certificate_says_its_value_and_hides_the_truth(
    boiler: Stack, folder: Path
) -> None:
    data = (folder / "certificates" / "RM-boiler-co2-001.toml").read_bytes()
    gas, found = cylinder(boiler, "co2", 0), parse_certificate(data, "RM.toml")
    (certified,) = found.certified
    assert (certified.value, certified.expanded_uncertainty) == (
        gas.value,
        gas.expanded_uncertainty,
    )
    assert found.instrument.serial == gas.serial
    assert found.valid_until == gas.expires_on
    assert repr(gas.true_value).encode() not in data


def test_a_traverse_s_certificate_corrects_the_flow_meter_to_the_section(
    boiler: Stack, folder: Path
) -> None:
    (path,) = (folder / "certificates").glob("KV-*.toml")
    (result,) = parse_certificate(path.read_bytes(), path.name).results
    assert result.function is not None
    found = first_traverse(boiler)
    assert found.indicated / (1 + result.points[0].value) == pytest.approx(found.mean_velocity)
    assert result.points[0].expanded_uncertainty == pytest.approx(
        2 * found.standard_uncertainty / found.kv**2
    )


def test_minutes_are_written_with_flags_and_truth_and_give_the_true_mass(
    boiler: Stack, folder: Path
) -> None:
    found = rows(folder / "minutes.csv")
    assert len(found) == 2 * 1440
    assert found[0]["time"] == "2026-01-01T00:00:00Z"
    assert {row["co2_flag"] for row in found} == {"N", "C", "M"}
    mass = sum(float(row["true_co2_t_h"]) for row in found) / 60
    assert mass == pytest.approx(co2_t(boiler, UTC_BEGIN_NS, UTC_BEGIN_NS + 2 * DAY_NS), rel=1e-9)
    row = found[600]
    assert float(row["co2_%"]) == pytest.approx(float(row["true_co2_dry_%"]), abs=0.5)


def test_checks_and_comparisons_are_written(folder: Path) -> None:
    checks = rows(folder / "checks.csv")
    assert [row["quantity"] for row in checks] == ["co2", "o2"] * 2
    parallel = rows(folder / "parallel.csv")
    assert {row["run"] for row in parallel} == {str(number) for number in range(1, 10)}
    assert len(rows(folder / "injections.csv")) == 18
    assert len(rows(folder / "traverses.csv")) == 1


def test_an_unknown_stack_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    span = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-03T00:00:00Z"]
    assert simulate(["stack", "stack", "kiln", *span, "--out", str(tmp_path)]) == 78
    assert "sinter, boiler" in capsys.readouterr().err
    assert json.dumps(list(tmp_path.iterdir())) == "[]"
