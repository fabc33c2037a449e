"""What can be wrong with a conformity assessment: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class ConformityError(CalibrationError):
    """No statement of conformity can be made."""

    code = "E_CONFORMITY"


class ConformityNumberError(ConformityError):
    """A number cannot be what it is said to be."""

    code = "E_CONFORMITY_NUMBER"
    en = "'{name}' is {value}; it must be {limit}"
    zh = "'{name}' 为 {value}；必须满足 {limit}"


class ConformityUncertaintyError(ConformityError):
    """The uncertainty is given twice, or not at all."""

    code = "E_CONFORMITY_UNCERTAINTY"
    en = "the uncertainty is given by {found}; give it by {limit}; one that is not known is not 0"
    zh = "不确定度由 {found} 给出；请用 {limit} 给出；未知的不确定度不等于 0"


class RequirementError(ConformityError):
    """The limits are none."""

    code = "E_CONFORMITY_LIMITS"
    en = "the limits are lower = {lower}, upper = {upper}; they must be {limit}"
    zh = "限值为下限 {lower}、上限 {upper}；必须满足 {limit}"


class GuardBandError(ConformityError):
    """A guard band cannot be read, or leaves nothing to accept."""

    code = "E_CONFORMITY_GUARD_BAND"
    en = "the guard band is {found}; it must be {limit}"
    zh = "保护带为 {found}；必须满足 {limit}"


class ConformityRuleError(ConformityError):
    """A decision rule is asked for without what it needs, or with what it does not take."""

    code = "E_CONFORMITY_RULE"
    en = "the rule {rule} is given {found}; it takes {limit}"
    zh = "判定规则 {rule} 给定了 {found}；应为 {limit}"


class ConformityFileError(ConformityError):
    """A file of points cannot be read, or does not say what such a file says."""

    code = "E_CONFORMITY_FILE"
    en = "the file says {found}; it must be {limit}"
    zh = "文件内容为 {found}；必须满足 {limit}"
