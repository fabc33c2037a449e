"""What keeps the InfluxDB view from being like the ledger: stable codes, two languages.

Nothing of it holds up receiving, judging or answering: the ledger has everything, and the view
goes on from its cursor.
"""

from collector.errors import CollectorError


class InfluxError(CollectorError):
    """The view in InfluxDB is behind the ledger, or differs from it.

    `retry_after_s` is what the server asks to wait, seconds; None if it does not.
    """

    code = "E_INFLUX"
    retry_after_s: float | None = None


class InfluxUnreachableError(InfluxError):
    """There is no answer, or one that is none."""

    code = "E_INFLUX_UNREACHABLE"
    en = "no answer: {what}; nothing is lost, it is written when it answers; check [influx] url"
    zh = "无应答：{what}；数据未丢失，恢复后将补写；请检查 [influx] url"


class InfluxRefusedError(InfluxError):
    """The account or token may not do this."""

    code = "E_INFLUX_REFUSED"
    en = "refused with {status}: {what}; give [influx] a token or account that may read and write"
    zh = "被拒绝（{status}）：{what}；请为 [influx] 配置可读写的令牌或账户"


class InfluxAbsentError(InfluxError):
    """The database or bucket is not there."""

    code = "E_INFLUX_ABSENT"
    en = "'{name}' is not there: {what}; create it, or correct [influx] database, bucket or org"
    zh = "'{name}' 不存在：{what}；请创建，或更正 [influx] 的 database、bucket 或 org"


class InfluxBusyError(InfluxError):
    """The server asks to be asked later, or failed."""

    code = "E_INFLUX_BUSY"
    en = "answered {status}: {what}; nothing is lost, it is tried again; see the server's log"
    zh = "应答 {status}：{what}；数据未丢失，将重试；请查看服务器日志"


class InfluxSpeechError(InfluxError):
    """What answers there is no InfluxDB, or speaks otherwise than it should."""

    code = "E_INFLUX_SPEECH"
    en = "unexpected answer: {what}; check that [influx] url and api are those of an InfluxDB"
    zh = "应答异常：{what}；请确认 [influx] 的 url 与 api 指向 InfluxDB"


class InfluxRefusesAllError(InfluxError):
    """Not one line is taken: the database is wrong, not the lines."""

    code = "E_INFLUX_REFUSES_ALL"
    en = (
        "all of {found} lines are refused: {what}; if they are older than the database keeps, set "
        "[influx] keep_days; if a field has another type there, write into a database of its own"
    )
    zh = (
        "{found} 行全部被拒绝：{what}；若早于数据库保留期，请设置 [influx] keep_days；"
        "若字段类型冲突，请使用单独的数据库"
    )


class LineRefusedError(InfluxError):
    """The database refuses one line, also alone."""

    code = "E_INFLUX_LINE"
    en = "refused with {status}: {what}; the reading stays in the ledger; it is tried again hourly"
    zh = "被拒绝（{status}）：{what}；读数仍在账本中；每小时重试"


class InfluxDiffersError(InfluxError):
    """An hour in the database is not what the ledger has, also after it was written again."""

    code = "E_INFLUX_DIFFERS"
    en = (
        "{found} hours of channels differ from the ledger although they were written again; the "
        "database loses or alters what it takes: see the quarantine, and the server's log"
    )
    zh = "{found} 个通道小时重写后仍与账本不符；数据库丢失或改动了数据：请查看隔离区与服务器日志"


class InfluxSeriesError(InfluxError):
    """An agent has more series than it may; those beyond are not in the database."""

    code = "E_INFLUX_SERIES"
    en = (
        "agent '{agent}' has more than {limit} series: {found} readings and misses of further "
        "ones are in the ledger and not in the database; see the quarantine, correct the names of "
        "channels at the agent, or raise series_per_agent and run `collector rebuild influx`"
    )
    zh = (
        "代理 '{agent}' 的序列超过 {limit} 个：超出部分的 {found} 个读数与缺测仅存于账本，"
        "未写入数据库；请查看隔离区，在代理处更正通道名称，"
        "或提高 series_per_agent 并运行 `collector rebuild influx`"
    )


class InfluxStateError(InfluxError):
    """The view's own file cannot be used."""

    code = "E_INFLUX_STATE"
    en = "{what}; this program reads up to {limit}; delete the file, the view is written anew"
    zh = "{what}；本程序最高支持 {limit}；请删除该文件，视图会重新写入"


class InfluxFileError(InfluxError):
    """The view's own file cannot be read or written."""

    code = "E_INFLUX_FILE"
    en = "{what}; make room or give the file back to the collector; nothing is lost, it is retried"
    zh = "{what}；请释放空间或恢复该文件的访问权限；数据未丢失，将重试"


class InfluxFileDamagedError(InfluxFileError):
    """The view's own file is damaged."""

    code = "E_INFLUX_FILE_DAMAGED"
    en = "{what}; the file is made anew, and the view written from the beginning"
    zh = "{what}；该文件将重建，视图从头写入"


class InfluxSlowError(InfluxError):
    """A request is waiting for longer than an answer may take."""

    code = "E_INFLUX_SLOW"
    en = "no whole answer for {found} s, the limit is {limit} s; see the database and the network"
    zh = "{found} 秒内没有完整应答，上限为 {limit} 秒；请检查数据库与网络"


class InfluxUnmappedError(InfluxSpeechError):
    """InfluxQL does not find what is written to; a bucket of 2.x is found by a DBRP mapping."""

    code = "E_INFLUX_UNMAPPED"
    en = (
        "written, and not compared: {what}; set [influx] database to a name that InfluxQL finds, "
        "or in 2.x map the bucket to it with 'influx v1 dbrp create'"
    )
    zh = (
        "已写入，但无法比对：{what}；请把 [influx] database 设为 InfluxQL 能找到的名称，"
        "或在 2.x 中用 'influx v1 dbrp create' 将存储桶映射到该名称"
    )


class InfluxAnswerSizeError(InfluxSpeechError):
    """An answer is cut off, by the server or by us."""

    code = "E_INFLUX_ANSWER_SIZE"
    en = "{what}; check [influx] url; if an hour has so many channels, raise the server's row limit"
    zh = "{what}；请检查 [influx] url；若一小时内通道确有如此之多，请提高服务器的行数上限"


class InfluxFailedError(InfluxError):
    """A mistake of this software stopped the view."""

    code = "E_INFLUX_FAILED"
    en = "the view failed: {what}; nothing is lost, it begins again from its cursor; see the log"
    zh = "视图出错：{what}；数据未丢失，将从游标处重新开始；请查看日志"


class InfluxPeriodError(InfluxError):
    """A period that ends before it begins was asked for."""

    code = "E_INFLUX_PERIOD"
    en = "from {begins} until {ends} is no period; exchange the two"
    zh = "从 {begins} 到 {ends} 不成时段；请交换两者"


class InfluxNotSetError(InfluxError):
    """There is no [influx] in the configuration."""

    code = "E_INFLUX_NOT_SET"
    en = "there is no [influx] table; add it with the url of the database"
    zh = "配置中没有 [influx]；请添加并给出数据库地址"
