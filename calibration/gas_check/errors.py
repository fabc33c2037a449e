"""What can be wrong with zero and span checks: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class GasCheckError(CalibrationError):
    """Zero and span checks cannot be evaluated."""

    code = "E_GAS_CHECK"
    en = "{what}; it must be {limit}"
    zh = "{what}；必须满足 {limit}"


class SpanPairError(GasCheckError):
    """Two checks do not make a correction."""

    code = "E_GAS_CHECK_PAIR"
    en = "{what}; a correction needs {limit}"
    zh = "{what}；修正需要 {limit}"
