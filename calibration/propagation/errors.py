"""What can be wrong with a propagation: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class PropagationError(CalibrationError):
    """No uncertainty can be stated for this model and these inputs."""

    code = "E_PROPAGATION"


class QuantityError(PropagationError):
    """An input quantity is described with a number that cannot be."""

    code = "E_QUANTITY"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 为 {value}；必须满足 {limit}"


class QuantityNameError(PropagationError):
    """A name is used twice, or for nothing."""

    code = "E_QUANTITY_NAME"
    en = "the quantity '{found}' is named {limit}"
    zh = "量 '{found}' 的命名次数：{limit}"


class CorrelationError(PropagationError):
    """The correlations of the inputs are none."""

    code = "E_CORRELATION"
    en = "the correlations R have {found}; they must have {limit}"
    zh = "相关系数矩阵 R：{found}；必须满足 {limit}"


class ModelError(PropagationError):
    """The model has no value, or no derivative, at the estimates."""

    code = "E_MODEL"
    en = "'{found}' is not finite at the estimates; change the model or the estimates"
    zh = "在估计值处 '{found}' 不是有限数；请更换模型或估计值"


class VanishingSensitivityError(PropagationError):
    """All sensitivities are 0 at the estimates, and yet the inputs are uncertain."""

    code = "E_SENSITIVITY_VANISHES"
    en = (
        "at the estimates the model does not change with any uncertain input, to first order; "
        "u = 0 would be wrong: ask for second order, or for Monte Carlo"
    )
    zh = (
        "在估计值处模型对各不确定输入的一阶灵敏系数均为 0；u = 0 是错误的：请使用二阶项或蒙特卡洛法"
    )


class SecondOrderError(PropagationError):
    """Second-order terms are known for independent inputs only."""

    code = "E_SECOND_ORDER"
    en = "second-order terms need independent inputs; {found} are correlated: ask for Monte Carlo"
    zh = "二阶项要求输入量相互独立；{found} 相关：请使用蒙特卡洛法"


class SamplingError(PropagationError):
    """Correlated inputs that are not normal cannot be drawn."""

    code = "E_SAMPLING"
    en = "'{found}' is correlated and {limit}; only normal quantities are drawn together"
    zh = "'{found}' 与其他量相关且分布为 {limit}；仅支持正态分布量的联合抽样"


class BudgetFileError(PropagationError):
    """A budget file cannot be read, or does not say what a budget says."""

    code = "E_BUDGET_FILE"
    en = "the file says {found}; it must be {limit}"
    zh = "文件内容为 {found}；必须满足 {limit}"


class TrialsError(PropagationError):
    """So many trials are not made."""

    code = "E_TRIALS"
    en = "{found} trials are asked for; it must be {limit}"
    zh = "要求的试验次数为 {found}；必须满足 {limit}"
