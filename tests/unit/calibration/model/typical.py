"""Typical estimates of every input of every model, in the model's unit."""

from typing import Final

from calibration.model.catalogue import MeasurementModel
from calibration.model.influenced import influenced
from calibration.model.stated import Stated
from tests.unit.calibration.model.stating import given

TYPICAL: Final[dict[str, float]] = {
    "co2_wet": 12.0,
    "co2_dry": 13.0,
    "o2_wet": 5.5,
    "o2_dry": 6.0,
    "flow_wet": 5e7,
    "moisture": 9.0,
    "f_c": 1800.0,
    "f_d": 9780.0,
    "heat_input": 3300.0,
    "co2_rate": 340.0,
    "operating_time": 0.75,
    "co2_of_quarter": 7e5,
    "k_v": 1.02,
    "v_p": 11.2,
    "v_s": 11.4,
    "area": 19.6,
    "q_s": 8e5,
    "t_s": 55.0,
    "b_a": 100_000.0,
    "p_s": -150.0,
    "x_sw": 12.5,
    "rho_wet": 90.0,
    "rho_dry": 100.0,
    "rho_co2": 230.0,
    "o2_reference": 6.0,
    "co2_max": 18.4,
    "q_sn": 5.8e5,
    "g_h": 135.0,
    "hours": 1.0,
    "concentration": 212.4,
    "volume": 4e5,
    "em_total": 430.0,
    "hours_of_operation": 5.0,
    "volume_total": 2e6,
    "others": 86.0,
    "air": 1e5,
    "co2": 12.0,
    "co": 0.03,
    "mass": 1000.0,
    "enthalpy": 2768.3,
    "pressure": 1.0,
    "temperature": 95.0,
    "dryness": 0.95,
    "heat": 2684.0,
    "heat_factor": 0.11,
    "energy": 1234.0,
    "electricity_factor": 0.57,
    "v": 940.0,
    "p": 413_100.0,
    "p_ref": 101_325.0,
    "t": 291.65,
    "t_ref": 293.15,
    "z": 0.99,
    "z_ref": 1.0,
    "fc": 1250.0,
    "ncv": 21.85,
    "ncv_volume": 35.0,
    "cc": 0.026,
    "of": 0.9,
    "carbon": 0.58,
    "fuel_moisture": 0.09,
    "ef_heat": 0.0946,
    "ef_mass": 0.44,
    "ef_volume": 1.95,
    "liquid": 12.5,
    "purchased": 1000.0,
    "exported": 50.0,
    "stock_begin": 200.0,
    "stock_end": 180.0,
    "indication": 1010.0,
    "reference": 1000.0,
    "e": 0.01,
    "ct_ratio": 40.0,
    "vt_ratio": 100.0,
    "e_meter": 0.001,
    "e_ct": 0.002,
    "e_vt": -0.001,
    "d_ct": 0.004,
    "d_vt": 0.001,
    "phi": 0.7,
    "c": 0.6,
    "d": 0.05,
    "pipe": 0.1,
    "epsilon": 0.99,
    "dp": 120.0,
    "rho": 0.9,
    "k_p": 0.84,
    "reading": 12.4,
    "zero_before": 0.02,
    "zero_after": 0.3,
    "span_before": 19.98,
    "span_after": 20.6,
    "span_gas": 20.0,
    "elapsed": 0.5,
}


def typical(
    model: MeasurementModel, parts: dict[str, dict[str, float]] | None = None
) -> dict[str, Stated]:
    """Inputs of a model at their typical estimates, with contributions by influence, if any."""
    row = given(model.id, **{name: TYPICAL[name] for name in model.input_names})[1]
    own = parts or {}
    return {
        name: influenced(each.value, each.unit, own.get(name, {}), each.reference_conditions)
        for name, each in row.items()
    }
