"""What can be wrong with a formula: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class FormulaError(CalibrationError):
    """A formula cannot be used."""

    code = "E_FORMULA"


class FormulaSyntaxError(FormulaError):
    """The text is no expression of the grammar."""

    code = "E_FORMULA_SYNTAX"
    en = "at character {place} there is '{found}'; allowed are {limit}"
    zh = "第 {place} 个字符处为 '{found}'；允许的内容为 {limit}"


class FormulaFunctionError(FormulaError):
    """A function is not in the closed list."""

    code = "E_FORMULA_FUNCTION"
    en = "'{found}' is no function of formulas; use one of: {limit}"
    zh = "'{found}' 不是可用函数；可用函数：{limit}"


class FormulaNameError(FormulaError):
    """A name stands for no quantity."""

    code = "E_FORMULA_NAME"
    en = "'{found}' is no quantity of this budget; known are: {limit}"
    zh = "'{found}' 不是该不确定度评定中的量；已知的量：{limit}"


class FormulaSizeError(FormulaError):
    """The formula, or a derivative of it, is too long."""

    code = "E_FORMULA_SIZE"
    en = "the formula has {found} parts; at most {limit} are taken: split the model"
    zh = "公式含有 {found} 个部分；最多 {limit} 个：请拆分模型"
