"""Data sheets as files: a Coriolis flow meter and a pressure transmitter that is set down."""

CORIOLIS = """\
schema = 1
kind = "Coriolis flow meter"
maker = "Example"
model = "C-50"
document = "TI 50/en, 2024-03"
unit = "kg/h"
measuring_interval = [0.0, 1000.0]
resolution = 0.1
years_since_calibration = 2.0

[ambient]
reference_Cel = 23.0
low_Cel = 10.0
high_Cel = 45.0
distribution = "arcsine"

[[terms]]
name = "accuracy"
of = "reading"
percent = 0.1

[[terms]]
name = "accuracy"
absolute = 0.2

[[terms]]
name = "temperature"
of = "span"
percent = 0.02
per_K = 10

[[terms]]
name = "drift"
of = "reading"
percent = 0.1
per_year = 5

[[terms]]
name = "resolution"
digits = 0.5

[[terms]]
name = "repeatability"
of = "reading"
percent = 0.05
distribution = "normal"
coverage_factor = 2
scatter = "fresh"
aspect = "repeatability"

[combination]
accuracy = "larger"
"""

PRESSURE = """\
schema = 1
kind = "pressure transmitter"
document = "data sheet 11/2023, compared 2026-02-03"
status = "S"
unit = "kPa"
measuring_interval = [0.0, 50.0]
upper_range_limit = 500.0
years_since_calibration = 1.0

[[terms]]
name = "accuracy"
of = "span"
percent = 0.04

[[terms]]
name = "accuracy"
of = "upper_range_limit"
percent = 0.005

[[terms]]
name = "static_pressure"
of = "upper_range_limit"
percent = 0.01

[[terms]]
name = "drift"
of = "upper_range_limit"
percent = 0.1
per_year = 5
"""
