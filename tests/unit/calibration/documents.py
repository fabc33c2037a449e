"""A certificate and a confirmation as files, and how to spoil them."""

CERTIFICATE = """\
schema = 1
id = "NIM-2026-0417"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-09T08:00:00Z
document_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

[instrument]
maker = "ABB"
model = "B23"
serial = "2301-8812"

[laboratory]
name = "Metrology Centre"
accreditation = "CNAS L0001"
scope = "AC energy"

[[standards]]
influence = "std:NIM/REF-7"
certificate = "REF-7-2025"
relative_standard_uncertainty = 0.0001

[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [0.5, 40.0]

[[results.points]]
at = 0.5
value = 0.004
expanded_uncertainty = 0.002

[[results.points]]
at = 40.0
value = -0.001
expanded_uncertainty = 0.001
coverage_factor = 2.0

[[results]]
kind_of_quantity = "active_power"
unit = "kW"
result = "value"
argument = "indication"
argument_unit = "kW"
measuring_interval = [0.5, 40.0]

[results.function]
form = "polynomial"
centre = 20.0
coefficients = [19.98, 0.999]
covariance = [[0.0004, 0.0], [0.0, 0.000001]]
degrees_of_freedom = 9.0
"""

CONFIRMATION = """\
schema = 1
id = "MC-2026-012"
certificate = "NIM-2026-0417"
serial = "2301-8812"
requirement = "class 0.5"
mpe_relative = 0.005
decision = "pass"
rule = "simple acceptance"
fitted_by = "Metrology Centre"
effective_from = 2026-01-10T00:00:00Z
due_on = 2027-01-09
due_reason = "yearly"
confirmed_by = "Li Wei"
recorded_at = 2026-01-09T09:00:00Z

[drift]
relative_standard_uncertainty_per_year = 0.0005

[temperature]
relative_standard_uncertainty_per_K = 0.00003
reference_Cel = 23.0
operating_Cel = 35.0

[[influences]]
id = "std:CT/0.2S-4711"
relative_standard_uncertainty = 0.0012
distribution = "rectangular"
"""


def spoiled(document: str, old: str, new: str) -> bytes:
    """The document with `old`, which stands in it, replaced once by `new`."""
    if old not in document:
        raise ValueError(old)
    return document.replace(old, new, 1).encode()
