"""What can be wrong with a Type B evaluation: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class TypeBError(CalibrationError):
    """No limit, or no uncertainty, follows from what was stated."""

    code = "E_TYPE_B"


class ClassUnknownError(TypeBError):
    """There is no table of this standard, or no such class in it."""

    code = "E_CLASS_UNKNOWN"
    en = "there is no class '{found}' here; known are: {limit}"
    zh = "没有等级 '{found}'；已知：{limit}"


class ClassPointError(TypeBError):
    """A quantity that decides on the limit is not stated, or cannot be."""

    code = "E_CLASS_POINT"
    en = "the limit depends on '{name}', which is {value}; state a number that is {limit}"
    zh = "限值取决于 '{name}'，而其值为 {value}；请给出满足 {limit} 的数值"


class ClassMarkError(TypeBError):
    """A value of the name-plate that decides on the limit is not stated."""

    code = "E_CLASS_MARK"
    en = "the limit depends on '{name}' of the name-plate; state it, as in --mark {name}=..."
    zh = "限值取决于铭牌上的 '{name}'；请给出该值，例如 --mark {name}=..."


class ClassConditionError(TypeBError):
    """A condition that decides on the limit is not stated, or is none of those known."""

    code = "E_CLASS_CONDITION"
    en = "the limit depends on '{name}', which is {value}; state one of: {limit}"
    zh = "限值取决于 '{name}'，而其为 {value}；请选择：{limit}"


class NoLimitError(TypeBError):
    """The standard states no limit at this point; that is not a limit of 0."""

    code = "E_CLASS_NO_LIMIT"
    en = "no limit of '{name}' is stated for {found}; limits are stated for: {limit}"
    zh = "标准没有给出 {found} 时 '{name}' 的限值；有限值的条件为：{limit}"


class PowerFactorError(TypeBError):
    """A text does not name a power factor."""

    code = "E_POWER_FACTOR"
    en = "'{found}' is not a power factor; write {limit}"
    zh = "'{found}' 不是功率因数；请写成 {limit}"


class SheetFileError(TypeBError):
    """A file of a data sheet cannot be read, or does not say what one says."""

    code = "E_SHEET_FILE"
    en = "the file says {found}; it must be {limit}"
    zh = "文件内容为 {found}；必须满足 {limit}"


class TableFileError(TypeBError):
    """A table of this package is damaged."""

    code = "E_CLASS_TABLE"
    en = "the table says {found}; it must be {limit}"
    zh = "等级表内容为 {found}；必须满足 {limit}"


class TypeBNumberError(TypeBError):
    """A number of a limit or of an operating point cannot be used."""

    code = "E_TYPE_B_NUMBER"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 的值为 {value}；必须满足 {limit}"


class TypeBUsageError(TypeBError):
    """The command's options do not belong together."""

    code = "E_TYPE_B_USAGE"
    en = "{found}; give {limit}"
    zh = "{found}；请给出 {limit}"
