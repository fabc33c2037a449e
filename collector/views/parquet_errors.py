"""Errors of the lake: nothing that is evidence depends on it, and a later try may work."""

from collector.errors import CollectorError


class LakeError(CollectorError):
    """The folder of the lake cannot be used."""

    code = "E_LAKE"
    en = "{what}; the ledger has everything, it is tried again: see to the folder of [lake]"
    zh = "{what}；账本数据完整，系统会重试：请检查 [lake] 的目录"


class LakeFullError(LakeError):
    """There is no room for the next segment."""

    code = "E_LAKE_FULL"
    en = "the disk of the lake is full ({what}); make room, it is tried again and nothing is lost"
    zh = "lake 所在磁盘已满（{what}）；请释放空间，系统会重试，数据不会丢失"


class LakeLedgerError(LakeError):
    """The lake was made from another ledger, or from more of it than there is."""

    code = "E_LAKE_LEDGER"
    en = "the lake was made from another ledger: {what}; run `collector rebuild parquet`"
    zh = "lake 由另一个账本生成：{what}；请运行 `collector rebuild parquet`"


class LakeNotSetError(LakeError):
    """A lake is asked for that is not configured."""

    code = "E_LAKE_NOT_SET"
    en = "there is no [lake] in the configuration; add one with its directory"
    zh = "配置中没有 [lake]；请添加并给出 directory"


class LakeDayError(LakeError):
    """A text is no day, or two are in the wrong order."""

    code = "E_LAKE_DAY"
    en = "{what}; write UTC days like 2026-03-31, the first one first"
    zh = "{what}；请按 2026-03-31 的形式书写 UTC 日期，起始日在前"


class LakeChangedError(LakeError):
    """A segment is not what was written."""

    code = "E_LAKE_CHANGED"
    en = "the segment is {what}, not {limit}; run `collector rebuild parquet` for its day"
    zh = "该分段为 {what}，应为 {limit}；请对该日运行 `collector rebuild parquet`"
