"""Why an entry of a person is not taken: what, where, which limit, what to do; two languages."""

from evidence.errors import EvidenceError


class EntryRefusedError(EvidenceError):
    """What a person wants to enter cannot stand as it is."""

    code = "E_ENTRY"


class EntryValueError(EntryRefusedError):
    """A field is missing, or has a value that it cannot have."""

    code = "E_ENTRY_VALUE"
    en = "{what}; it must be {limit}; correct it and enter it again"
    zh = "{what}；须为 {limit}；请更正后重新录入"


class EntryChannelError(EntryRefusedError):
    """The name is not one that people's entries may have."""

    code = "E_ENTRY_CHANNEL"
    en = (
        "'{channel}' is not a name for what people enter: write <site>/~<meter>/<quantity>, such "
        "as works/~gas-1/volume; names without ~ are of instruments that are polled"
    )
    zh = (
        "'{channel}' 不能用于人工录入：请写成 <site>/~<meter>/<quantity>，"
        "例如 works/~gas-1/volume；不带 ~ 的名称属于自动采集的仪表"
    )


class EntrySiteError(EntryRefusedError):
    """No agent stands at the site, and nothing was entered for it before."""

    code = "E_ENTRY_SITE"
    en = (
        "no agent stands at the site '{site}', and nothing was entered for it before; known are "
        "{limit}: correct the name, or say that it is a new site"
    )
    zh = (
        "厂区 '{site}' 没有代理，此前也没有任何录入；已知厂区：{limit}；"
        "请更正名称，或说明这是一个新厂区"
    )


class EntryAgainstError(EntryRefusedError):
    """It does not fit what was entered of the channel before."""

    code = "E_ENTRY_AGAINST"
    en = "{what}, but entry {entry} of this channel has {limit}; use one channel for one quantity"
    zh = "{what}，而该通道的条目 {entry} 为 {limit}；一个通道只能对应一个量"


class EntryOverlapError(EntryRefusedError):
    """The time is taken by another entry."""

    code = "E_ENTRY_OVERLAP"
    en = "entry {entry} covers {limit} already; correct that one, or enter the part that is lacking"
    zh = "条目 {entry} 已覆盖 {limit}；请更正该条目，或只录入缺少的部分"


class EntryOrderError(EntryRefusedError):
    """A register stands lower than before, or higher than it did later."""

    code = "E_ENTRY_ORDER"
    en = (
        "{found} does not follow from entry {entry}, which reads {limit}; check the digits, or "
        "state a `rollover` above both, or the serial number of the meter that was put in its place"
    )
    zh = (
        "{found} 与条目 {entry} 的读数 {limit} 不相衔接；请核对数字，"
        "或填写大于两者的 `rollover`，或填写更换后仪表的出厂编号"
    )


class EntryCorrectsError(EntryRefusedError):
    """A correction names no entry that stands."""

    code = "E_ENTRY_CORRECTS"
    en = "entry {entry} cannot be corrected: {what}; list the entries that stand and name one"
    zh = "无法更正条目 {entry}：{what}；请列出现行条目并指明其一"


class EntryTableError(EntryRefusedError):
    """A table of entries cannot be read."""

    code = "E_ENTRY_CSV"
    en = "{what}; nothing of the table was entered"
    zh = "{what}；该表未录入任何内容"


class EntryUnreadError(EntryRefusedError):
    """An entry in the journal is not understood by this version."""

    code = "E_ENTRY_UNREAD"
    en = "entry {entry} of this channel is not understood here; install the version that wrote it"
    zh = "此处无法理解该通道的条目 {entry}；请安装写入它的版本"
