"""What can be wrong with a performance test: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class PerformanceError(CalibrationError):
    """A test of an installed analyser cannot be evaluated."""

    code = "E_PERFORMANCE"


class PerformanceFileError(PerformanceError):
    """A file of readings cannot be read."""

    code = "E_PERFORMANCE_FILE"
    en = "the file cannot be read ({found}); it must be {limit}"
    zh = "无法读取文件（{found}）；必须满足：{limit}"


class PerformanceColumnError(PerformanceError):
    """A column of a file is not there, or there twice."""

    code = "E_PERFORMANCE_COLUMN"
    en = "the first line names the column '{name}' {found} times; it must name it once"
    zh = "首行中列名 '{name}' 出现 {found} 次；必须出现一次"


class UnknownColumnError(PerformanceError):
    """A column has a name that this test does not know; it may be a slip of the pen."""

    code = "E_PERFORMANCE_COLUMN_UNKNOWN"
    en = "the column '{name}' is not known here; use {limit}, or name it 'remark'"
    zh = "此处没有列名 '{name}'；请使用 {limit}，或命名为 'remark'"


class PerformanceValueError(PerformanceError):
    """A field of a line cannot be used."""

    code = "E_PERFORMANCE_VALUE"
    en = "'{name}' in row {place} is {value}; it must be {limit}; correct the row"
    zh = "第 {place} 行的 '{name}' 为 {value}；必须满足 {limit}；请更正该行"


class PerformanceCountError(PerformanceError):
    """There are too few or too many rows to compute anything."""

    code = "E_PERFORMANCE_COUNT"
    en = "there are {found} rows ({name}); it must be {limit}"
    zh = "共有 {found} 行（{name}）；必须满足 {limit}"


class PerformanceOptionError(PerformanceError):
    """A number that the test needs was not given, or cannot be."""

    code = "E_PERFORMANCE_OPTION"
    en = "'{name}' is {value}; it must be {limit}; give it with the command"
    zh = "'{name}' 为 {value}；必须满足 {limit}；请在命令中给出"


class NotDefinedError(PerformanceError):
    """A ratio has no meaning for these readings."""

    code = "E_PERFORMANCE_UNDEFINED"
    en = "the {name} is {value}; it must be {limit}: compare the readings and their units"
    zh = "{name} 为 {value}；必须满足 {limit}：请核对读数及其单位"


class ReferenceMaterialError(PerformanceError):
    """The rules ask for readings of reference material, and there are none."""

    code = "E_PERFORMANCE_REFERENCE_MATERIAL"
    en = (
        "the emissions are low, and the rules ask for method C: add rows of kind 'reference', "
        "or choose a method; found {found}, needed {limit}"
    )
    zh = (
        "排放浓度低，规则要求方法 C：请添加 kind 为 'reference' 的行，或指定方法；"
        "现有 {found}，需要 {limit}"
    )


class LimitsFileError(PerformanceError):
    """A file of limits cannot be read, or does not say what it must."""

    code = "E_PERFORMANCE_LIMITS"
    en = "the limits say {found}; they must be {limit}"
    zh = "限值文件内容为 {found}；必须满足 {limit}"


class LimitMissingError(PerformanceError):
    """A file of limits has none for this test, or several."""

    code = "E_PERFORMANCE_LIMIT_MISSING"
    en = "{found} limits are there for '{name}'; choose one of: {limit}"
    zh = "'{name}' 对应 {found} 个限值；请选择其一：{limit}"
