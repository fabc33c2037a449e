"""What line protocol cannot carry: stable codes, in English and Chinese."""

from collector.errors import CollectorError


class LineError(CollectorError):
    """A reading cannot be written as a line; it stays in the ledger and is set aside by name."""

    code = "E_LP"


class LineNumberError(LineError):
    """A number that line protocol has no form for."""

    code = "E_LP_NUMBER"
    en = "'{name}' is {found}; a line holds {limit}; see the reading in the ledger"
    zh = "'{name}' 的值为 {found}；一行只能写入 {limit}；请在账本中查看该读数"


class LineTextError(LineError):
    """A text that line protocol cannot carry."""

    code = "E_LP_TEXT"
    en = "'{name}' cannot be written: {what}; correct the name at the agent"
    zh = "'{name}' 无法写入：{what}；请在代理处更正该名称"


class LineStampError(LineError):
    """An instant that has no nanoseconds in 64 bits."""

    code = "E_LP_STAMP"
    en = "the stamp {found} ns does not lie in {limit}; set the agent's clock right"
    zh = "时间戳 {found} ns 不在 {limit} 范围内；请校准代理时钟"


class LineSizeError(LineError):
    """A line, or what a database tells series by, is too long."""

    code = "E_LP_SIZE"
    en = "the {name} has {found} bytes; at most {limit} are taken; shorten the names at the agent"
    zh = "{name} 为 {found} 字节；最多 {limit} 字节；请在代理处缩短名称"
