"""A monitoring plan, a test record and certificates of cylinders, as people write them."""

PLAN = """\
schema = 1
plan = "works/stack-1/co2"
rules = "hj75"
quantity = "mass"
effective_from = 2026-03-01T00:00:00+08:00
recorded_at = 2026-02-20T08:00:00Z
decided_by = "Q. Ma"
reason = "monitoring plan of 2026, version 1"
utc_offset_s = 28800
operation = { channel = "works/cems/velocity", above = 2.0 }

[[analysers]]
channel = "works/cems/co2"
scheme = "hj75-2017"
policy = "from_detection"
kinds = ["daily_check", "rata"]

[analysers.checks]
kind = "daily_check"
limits = "hj75-2017"
measurand = "co2"
unit = "%"
full_scale = { "" = 20.0 }
purge_s = 120.0
averaging_s = 180.0

[[analysers.checks.gases]]
point = "zero"
certificate = "GBW-N2"
property = "CO2"
connected_at = 2026-02-28T00:00:00Z

[[analysers.checks.gases]]
point = "span"
certificate = "GBW-L2231"
property = "CO2"
connected_at = 2026-02-28T00:00:00Z

[[analysers]]
channel = "works/cems/velocity"
scheme = "hj75-2017"
"""
TEST = """\
schema = 1
test = "rata"
id = "RATA-2026-03"
channel = "works/cems/co2"
serial = "A7731"
at = 2026-03-12T15:00:00+08:00
outcome = "passed"
recorded_at = 2026-03-14T08:00:00Z
recorded_by = "Q. Ma"
document = "RATA-2026-1"
relative_error = -0.012
standard_uncertainty = 0.008
"""
CYLINDER = """\
schema = 1
id = "GBW-L2231"
kind = "reference_material"
performed_on = 2026-01-20
recorded_at = 2026-02-01T00:00:00Z
valid_until = 2027-01-19
[instrument]
maker = "NIM"
model = "GBW(E)060166"
serial = "L2231"
[laboratory]
name = "NIM"
[[certified]]
name = "CO2"
kind_of_quantity = "amount_fraction"
unit = "%"
value = 15.02
expanded_uncertainty = 0.15
"""
ZERO = (
    CYLINDER.replace("GBW-L2231", "GBW-N2")
    .replace("L2231", "N2-1")
    .replace("15.02", "0.0")
    .replace("0.15", "0.002")
)
