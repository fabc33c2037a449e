"""A site whose folder holds a monitoring plan: what its agent logs before the first batch."""

from pathlib import Path

import pytest

from edge_agent.config_errors import ConfigCalibrationError
from edge_agent.installation import load_installation
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, TEST, ZERO
from tests.unit.edge_agent.site import write_certificate, write_site

SITE = {
    "plan": PLAN,
    "by-channel": TEST.replace("works/cems/co2", "works/feeder-1/active_energy_import"),
    "by-serial": TEST.replace("A7731", "SIM-1").replace("RATA-2026-03", "RATA-2026-04"),
    "of-others": TEST.replace("RATA-2026-03", "RATA-2026-05"),
    "cylinder": CYLINDER,
    "zero": ZERO,
    "spare": CYLINDER.replace("L2231", "L99"),
}


def written(folder: Path, site: dict[str, str]) -> Path:
    path = write_site(folder)
    write_certificate(folder)
    for name, text in site.items():
        (folder / "certificates" / f"{name}.toml").write_text(text, "utf-8")
    return path


def test_certificates_of_cylinders_are_logged_before_the_plan_that_cites_them(
    tmp_path: Path,
) -> None:
    found = load_installation(written(tmp_path, SITE)).documents
    assert [each.kind for each in found[:2]] == ["configuration", "profile"]
    assert [(each.kind, each.name) for each in found[2:]] == [
        ("certificate", "c.toml"),
        ("certificate", "cylinder.toml"),
        ("certificate", "zero.toml"),
        ("confirmation", "m.toml"),
        ("plan", "plan.toml"),
        ("test", "by-channel.toml"),
        ("test", "by-serial.toml"),
    ]


def test_a_plan_that_cannot_be_read_stops_the_agent_with_a_code(tmp_path: Path) -> None:
    path = written(tmp_path, {"plan": PLAN.replace("= 20.0", "= -20.0")})
    with pytest.raises(ConfigCalibrationError, match=r"E_PLAN_VALUE plan\.toml"):
        load_installation(path)
