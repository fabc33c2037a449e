"""A derivation as a person writes it."""

TEXT = """\
schema = 1
derivation = "works/stack-1/co2"
subject = "works/stack-1"
kind_of_quantity = "mass_flow"
model = "HJ75-CO2"
effective_from = 2026-01-01T00:00:00Z
recorded_at = 2025-12-20T08:00:00Z
decided_by = "Q. Ma"
reason = "first operation"
[inputs]
v_p = "works/cems/velocity"
t_s = "works/cems/temperature"
[settings]
area = "stack_area"
k_v = "velocity_coefficient"
"""
