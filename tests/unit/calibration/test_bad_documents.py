"""Certificates and confirmations that are refused, each with code, file, key, limit and remedy."""

import pytest

from calibration.errors import CalibrationError
from calibration.load import parse_certificate, parse_confirmation
from tests.unit.calibration.documents import CERTIFICATE, CONFIRMATION, spoiled

POINT = "expanded_uncertainty = 0.002"
ENERGY = 'kind_of_quantity = "active_energy"'
COVARIANCE = "covariance = [[0.0004, 0.0], [0.0, 0.000001]]"

BAD_CERTIFICATES = (
    ("schema = 1", "schema = 2", "E_CERT", "schema", "2", "correct"),
    ('id = "NIM-2026-0417"', 'id = "a b"', "E_CERT", "id", "'a b'", "use no space"),
    ('id = "NIM-2026-0417"\n', "", "E_CERT", "id", "missing", "add it"),
    ("schema = 1", "schema = 1\nkomment = 1", "E_CERT", "komment", "unknown", "use only"),
    ('"calibration"', '"inspection"', "E_CERT", "kind", "inspection", "correct"),
    ('"calibration"', '"verification"', "E_CERT", "", "conformity", "add [conformity]"),
    ("2026-01-09T08:00:00Z", "2026-01-09T08:00:00", "E_CERT", "", "time zone", "UTC"),
    ("2026-01-05", '"5 January"', "E_CERT", "performed_on", "date", "correct"),
    ("std:NIM/REF-7", "REF-7", "E_INFLUENCE_GRAMMAR", "standards[0]", "'REF-7'", "std:"),
    ("= 0.0001", "= -0.0001", "E_NUM_RANGE", "standards[0]", "-0.0001", ">= 0"),
    ("= 0.0001", "= nan", "E_NUM_RANGE", "standards[0]", "nan", ">= 0"),
    (
        "= 0.0001",
        "= 0.0001\ndegrees_of_freedom = -1.0",
        "E_NUM_RANGE",
        "standards[0]",
        "-1.0",
        "> 0",
    ),
    ('unit = "kW.h"', 'unit = "kWh"', "E_UNIT_UNKNOWN", "results[0]", "'kWh'", "use one of"),
    (
        'unit = "kW.h"',
        'unit = "kV.A{reactive}.h"',
        "E_UNIT_MISMATCH",
        "results[0]",
        "'energy'",
        "same kind",
    ),
    ('argument_unit = "kW"', 'argument_unit = "kw"', "E_UNIT_UNKNOWN", "results[0]", "kw", "kW"),
    (ENERGY, 'kind_of_quantity = "energy"', "E_CERT", "kind_of_quantity", "energy", "correct"),
    ('"relative_error"', '"percent"', "E_CERT", "results[0].result", "percent", "correct"),
    ('"relative_error"', '"value"', "E_CERT", "results[0]", "load", "relative_error"),
    ("[0.5, 40.0]", "[40.0, 0.5]", "E_CERT", "measuring_interval", "[40.0, 0.5]", "lower one"),
    ("[0.5, 40.0]", "[0.5, inf]", "E_CERT", "measuring_interval", "inf", "finite"),
    ("[0.5, 40.0]", "[0.5]", "E_CERT", "measuring_interval", "2", "correct"),
    (ENERGY, f"{ENERGY}\nrepeatability = nan", "E_NUM_RANGE", "repeatability", "nan", ">= 0"),
    (POINT, "expanded_uncertainty = -0.002", "E_CERT", "points[0]", "U = -0.002", ">= 0"),
    (POINT, "expanded_uncertainty = nan", "E_CERT", "points[0]", "not finite", "read"),
    (POINT, f"{POINT}\ncoverage_factor = 0.0", "E_CERT", "points[0]", "k = 0.0", "k > 0"),
    (POINT, "", "E_CERT", "points[0].expanded_uncertainty", "missing", "add it"),
    ("at = 0.5", "at = 99.0", "E_CERT", "results.points", "do not ascend", "sort"),
    ("centre = 20.0", "centre = nan", "E_CERT", "results[1].function", "finite", "compare"),
    (COVARIANCE, "covariance = [[1.0]]", "E_CERT", "results[1].function", "2 by 2", "compare"),
    (
        COVARIANCE,
        "covariance = [[0.0, 1.0], [1.0, 0.0]]",
        "E_CERT",
        "results[1].function",
        "semi-definite",
        "compare",
    ),
    (
        COVARIANCE,
        "covariance = [[1.0, 0.1], [0.2, 1.0]]",
        "E_CERT",
        "results[1].function",
        "symmetric",
        "compare",
    ),
    ("= 9.0", "= 0.0", "E_CERT", "results[1].function", "must be > 0", "compare"),
    (
        "[instrument]",
        "[conformity]\nmpe_relative = inf\nstatement = 'pass'\n[instrument]",
        "E_NUM_RANGE",
        "conformity",
        "inf",
        ">= 0",
    ),
    ("schema = 1", "schema = = 1", "E_CERT", "", "not TOML", "correct the line"),
    ("schema = 1", f"schema = {'1' * 5000}", "E_CERT", "", "not TOML", "correct the line"),
)
BAD_CONFIRMATIONS = (
    ("2026-01-10T00:00:00Z", "2026-01-10T00:00:00", "E_CERT", "", "effective_from", "UTC"),
    ("2026-01-09T09:00:00Z", "2026-01-09T09:00:00", "E_CERT", "", "recorded_at", "UTC"),
    ('"pass"', '"maybe"', "E_CERT", "decision", "maybe", "correct"),
    ("due_on = 2027-01-09\n", "", "E_CERT", "due_on", "missing", "add it"),
    ("mpe_relative = 0.005", "mpe_relative = -0.005", "E_NUM_RANGE", "MC-2026-012", "-0.005", ">="),
    ("per_year = 0.0005", "per_year = nan", "E_NUM_RANGE", "drift", "nan", ">= 0"),
    ("per_K = 0.00003", "per_K = -1.0", "E_NUM_RANGE", "temperature", "-1.0", ">= 0"),
    ("Cel = 35.0", "Cel = inf", "E_NUM_NOT_FINITE", "temperature", "inf", "finite"),
    ("std:CT/0.2S-4711", "CT 4711", "E_INFLUENCE_GRAMMAR", "influences[0]", "CT 4711", "std:"),
    ("uncertainty = 0.0012", "uncertainty = nan", "E_NUM_RANGE", "influences[0]", "nan", ">= 0"),
    (
        "relative_standard_uncertainty = 0.0012\n",
        "",
        "E_CERT",
        "influences[0]",
        "neither",
        "is not 0",
    ),
    ('"rectangular"', '"uniform"', "E_CERT", "influences[0].distribution", "uniform", "correct"),
)


@pytest.mark.parametrize(("old", "new", "code", "key", "limit", "remedy"), BAD_CERTIFICATES)
def test_a_bad_certificate_is_refused_with_code_file_key_limit_and_remedy(
    old: str, new: str, code: str, key: str, limit: str, remedy: str
) -> None:
    with pytest.raises(CalibrationError) as raised:
        parse_certificate(spoiled(CERTIFICATE, old, new), "nim.toml")
    _check(raised.value, "nim.toml", code, key, limit, remedy)


@pytest.mark.parametrize(("old", "new", "code", "key", "limit", "remedy"), BAD_CONFIRMATIONS)
def test_a_bad_confirmation_is_refused_with_code_file_key_limit_and_remedy(
    old: str, new: str, code: str, key: str, limit: str, remedy: str
) -> None:
    with pytest.raises(CalibrationError) as raised:
        parse_confirmation(spoiled(CONFIRMATION, old, new), "mc.toml")
    _check(raised.value, "mc.toml", code, key, limit, remedy)


def _check(
    refused: CalibrationError, file: str, code: str, key: str, limit: str, remedy: str
) -> None:
    assert refused.code == code
    assert refused.where.startswith(file)
    assert key in refused.where
    said = refused.say("en")
    assert limit in said
    assert remedy in said
    assert refused.say("zh").startswith(f"{code} {file}")
