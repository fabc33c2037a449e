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


class FitFileError(FitError):
    """A file of points cannot be read."""

    code = "E_FIT_FILE"
    en = "the file cannot be read ({found}); it must be {limit}"
    zh = "无法读取文件（{found}）；必须满足：{limit}"


class FitColumnError(FitError):
    """A column of a file is not there, or there twice."""

    code = "E_FIT_COLUMN"
    en = "the first line names the column '{name}' {found} times; it must name it once"
    zh = "首行中列名 '{name}' 出现 {found} 次；必须出现一次"


class FitMethodError(FitError):
    """A method needs what the file does not hold."""

    code = "E_FIT_METHOD"
    en = "the method {method} needs {limit}"
    zh = "方法 {method} 需要 {limit}"


class FitSizeError(FitError):
    """There are more points than the method takes."""

    code = "E_FIT_SIZE"
    en = "there are {found} points; the method {method} takes {limit} at most"
    zh = "共有 {found} 个测量点；方法 {method} 最多接受 {limit} 个"
