"""What can be wrong with a fit: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class FitError(CalibrationError):
    """No function can be fitted to these points, or it cannot be read there."""

    code = "E_FIT"


class FitLengthError(FitError):
    """A column has another length than the arguments."""

    code = "E_FIT_LENGTH"
    en = "'{name}' has {found} numbers; it must have {limit}, one per point"
    zh = "'{name}' 有 {found} 个数；必须有 {limit} 个，每个测量点一个"


class FitNumberError(FitError):
    """A number of a point cannot be used."""

    code = "E_FIT_NUMBER"
    en = "'{name}' of point {place} is {value}; it must be {limit}; correct or leave out the point"
    zh = "第 {place} 点的 '{name}' 为 {value}；必须满足 {limit}；请更正或删除该点"


class FitCountError(FitError):
    """There are fewer points than parameters."""

    code = "E_FIT_COUNT"
    en = "there are {found} points for {parameters} parameters; at least {limit} are needed"
    zh = "{parameters} 个参数只有 {found} 个测量点；至少需要 {limit} 个"


class FitDegreeError(FitError):
    """No polynomial of this degree is fitted."""

    code = "E_FIT_DEGREE"
    en = "the degree is {found}; it must be {limit}"
    zh = "次数为 {found}；必须满足 {limit}"


class FitCovarianceError(FitError):
    """The points' covariance V is not one."""

    code = "E_FIT_COVARIANCE"
    en = "the covariance V of the points has {found}; it must have {limit}"
    zh = "测量点的协方差矩阵 V：{found}；必须满足 {limit}"


class FitRankError(FitError):
    """The points do not determine all parameters."""

    code = "E_FIT_RANK"
    en = "the points do not determine {limit} parameters; lower the degree or spread the points"
    zh = "测量点不足以确定 {limit} 个参数；请降低次数或使测量点更分散"


class FitConvergenceError(FitError):
    """No minimum was found."""

    code = "E_FIT_CONVERGENCE"
    en = "no minimum was found in {limit} steps; try another form, or compare the points"
    zh = "{limit} 步内未找到最小值；请更换函数形式或核对测量点"


class FitFormError(FitError):
    """A function of this form is not applied by an agent."""

    code = "E_FIT_FORM"
    en = "an agent applies no function of this form; fit a {limit}"
    zh = "代理不能应用该形式的函数；请拟合 {limit}"


class NotMonotonicError(FitError):
    """A value may have several arguments."""

    code = "E_FIT_NOT_MONOTONIC"
    en = "the function turns or is level within {limit}: {found} may have several arguments there"
    zh = "函数在 {limit} 内不单调：{found} 可能对应多个自变量"


class NotReachedError(FitError):
    """A value has no argument."""

    code = "E_FIT_NOT_REACHED"
    en = "the function does not reach {found} within {limit} or a tenth beyond it"
    zh = "函数在 {limit} 及其外延十分之一范围内未取到 {found}"
