"""What can be wrong with hours and the rules they are judged by: stable codes, two languages."""

from evidence.errors import EvidenceError, ForeignEvidenceError


class RulePackError(EvidenceError):
    """A rule pack cannot be read, or does not say what it must."""

    code = "E_HOURS_RULES"
    en = "the rule pack says {found}; it must be {limit}"
    zh = "规则包内容为 {found}；必须满足 {limit}"


class RuleMissingError(EvidenceError):
    """A rule pack says nothing about what is asked."""

    code = "E_HOURS_RULE_MISSING"
    en = "the rule pack has no rule for {found}; choose one of: {limit}"
    zh = "规则包中没有 {found} 的规则；请选择其一：{limit}"


class HoursOptionError(EvidenceError):
    """Something is asked for that the rules or the data do not allow."""

    code = "E_HOURS_OPTION"
    en = "'{name}' is {found}; it must be {limit}"
    zh = "'{name}' 为 {found}；必须满足 {limit}"


class RecordError(ForeignEvidenceError):
    """A record does not say what a minute or an hour was."""

    code = "E_HOURS_RECORD"
    en = "'{name}' is '{found}'; it must be {limit}; correct the record, it is not guessed"
    zh = "'{name}' 为 '{found}'；必须满足 {limit}；请更正该记录，程序不作猜测"


class RecordOrderError(ForeignEvidenceError):
    """Two records are of one interval, or stand in the wrong order."""

    code = "E_HOURS_ORDER"
    en = "{found} does not come after {before}; give each interval once, in ascending order"
    zh = "{found} 不晚于 {before}；每个时段只给出一次，并按时间升序排列"


class HoursFileError(ForeignEvidenceError):
    """A file of records cannot be read, or is no table of records."""

    code = "E_HOURS_FILE"
    en = "the file says {found}; it must be {limit}"
    zh = "文件内容为 {found}；必须满足 {limit}"
