"""Errors of exports."""

from evidence.errors import EvidenceError


class ExportError(EvidenceError):
    """A statement cannot be written in a form."""

    code = "E_EXPORT"


class ExportNumberError(ExportError):
    """A statement holds what is no number."""

    code = "E_EXPORT_NUMBER"
    en = "'{name}' is {value}; files hold finite numbers only: leave this period out"
    zh = "'{name}' 为 {value}；文件只能包含有限数值：请去掉该时段"


class ExportDistributionError(ExportError):
    """A statement's value has no distribution of the kind that was asked for."""

    code = "E_EXPORT_DISTRIBUTION"
    en = "the value {value} with u = {u} has no {kind} distribution; ask for the normal one"
    zh = "值 {value}（u = {u}）没有{kind}分布；请改用正态分布"


class SampleSizeError(ExportError):
    """More samples are asked for than one matrix holds, or by what is no seed."""

    code = "E_EXPORT_SAMPLES"
    en = "'{name}' is {found} for {rows} rows; it must be {limit}: ask for it in parts, of one seed"
    zh = "{rows} 行的 '{name}' 为 {found}；必须满足 {limit}：请用同一种子分批请求"
