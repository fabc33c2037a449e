"""What can be wrong with tests of analysers and the schemes that count them."""

from evidence.errors import EvidenceError


class StandingError(EvidenceError):
    """A quality-assurance state cannot be derived."""

    code = "E_STANDING"


class SchemeFileError(StandingError):
    """A scheme's file cannot be read, or does not say what it must."""

    code = "E_STANDING_SCHEME"
    en = "the scheme says {found}; it must be {limit}"
    zh = "方案文件内容为 {found}；必须满足 {limit}"


class QaTestError(StandingError):
    """A test of an analyser does not say what it must."""

    code = "E_STANDING_TEST"
    en = "{what}; it must be {limit}: correct the record"
    zh = "{what}；必须满足 {limit}：请更正该记录"


class RecordConflictError(StandingError):
    """Two versions of one record were recorded at one instant and differ."""

    code = "E_STANDING_CONFLICT"
    en = "record '{record}' has two contents recorded at {at}; record the valid one again, later"
    zh = "记录 '{record}' 在 {at} 有两个不同内容；请以更晚的时间重新登记有效的一个"


class AnalyserError(StandingError):
    """Tests of several analysers were given where those of one are needed."""

    code = "E_STANDING_ANALYSER"
    en = "the tests are of {found}; ask for one analyser at a time"
    zh = "试验属于 {found}；请每次只查询一台分析仪"


class HoursError(StandingError):
    """Hours do not ascend, or do not begin at full hours of UTC."""

    code = "E_STANDING_HOURS"
    en = "hour {value} is not usable; starts of hours must be {limit}"
    zh = "小时起点 {value} 不可用；必须满足 {limit}"
