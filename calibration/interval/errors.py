"""What can be wrong with a history of calibrations: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class IntervalError(CalibrationError):
    """Nothing can be said of the calibration interval."""

    code = "E_INTERVAL"


class IntervalNumberError(IntervalError):
    """A number cannot be what it is said to be."""

    code = "E_INTERVAL_NUMBER"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 为 {value}；必须满足 {limit}"


class HistoryError(IntervalError):
    """A history of calibrations does not say what the method needs."""

    code = "E_INTERVAL_HISTORY"
    en = "the history has {found}; the method needs {limit}"
    zh = "校准历史记录为 {found}；该方法需要 {limit}"


class IntervalFileError(IntervalError):
    """A file cannot be read or written."""

    code = "E_INTERVAL_FILE"
    en = "the file cannot be used ({found}); it must be {limit}"
    zh = "无法使用文件（{found}）；必须满足：{limit}"


class PlotError(IntervalError):
    """No picture can be drawn."""

    code = "E_INTERVAL_PLOT"
    en = "no picture can be drawn with {found}; it needs {limit}"
    zh = "无法绘图（{found}）；需要 {limit}"
