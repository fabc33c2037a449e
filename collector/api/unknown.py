"""What is asked for and not here, or not for the asker: a stable code, in two languages."""

from collector.api.refusal import RequestError


class ChannelUnknownError(RequestError):
    """No reading of this channel was ever judged good, or the token does not extend to it."""

    code = "E_CHANNEL_UNKNOWN"
    status = 404
    en = (
        "there is no channel '{channel}' here; "
        "the list of channels names all (for programs: /api/v1/channels)"
    )
    zh = "此处没有通道 '{channel}'；请见通道列表（程序接口：/api/v1/channels）"


class LogUnknownError(RequestError):
    """No leaf of such a log is held, or it is not for the reader."""

    code = "E_LOG_UNKNOWN"
    status = 404
    en = (
        "no log {agent}/{epoch} is held here; "
        "the list of logs names all (for programs: /api/v1/agents)"
    )
    zh = "此处没有日志 {agent}/{epoch}；请见日志列表（程序接口：/api/v1/agents）"


class EntryUnknownError(RequestError):
    """The journal has no such entry, or it is not for the reader."""

    code = "E_ENTRY_UNKNOWN"
    status = 404
    en = (
        "there is no entry {position} here; "
        "the list of changes names all (for programs: /api/v1/journal)"
    )
    zh = "此处没有记录 {position}；请见变更记录（程序接口：/api/v1/journal）"


class BoundaryUnknownError(RequestError):
    """No boundary of this name was saved, or it is not for the reader."""

    code = "E_BOUNDARY_UNKNOWN"
    status = 404
    en = (
        "there is no boundary '{id}' here; "
        "the list of boundaries names all (for programs: /api/v1/boundaries)"
    )
    zh = "此处没有边界 '{id}'；请见边界列表（程序接口：/api/v1/boundaries）"


class DeclarationUnknownError(RequestError):
    """Nothing is declared of this, or it is not for the asker."""

    code = "E_DECLARATION_UNKNOWN"
    status = 404
    en = "nothing is declared of '{of}' here; /api/v1/declarations lists what is"
    zh = "此处没有针对 '{of}' 的声明；见 /api/v1/declarations"


class StatementUnknownError(RequestError):
    """No statement has this digest."""

    code = "E_STATEMENT_UNKNOWN"
    status = 404
    en = "no statement with digest {digest} was made here; compare all 64 digits"
    zh = "此处没有摘要为 {digest} 的陈述；请核对全部 64 位"


class NothingFollowsError(RequestError):
    """A statement is here, and nothing would be stated in its place now."""

    code = "E_NOTHING_FOLLOWS"
    status = 404
    en = (
        "nothing follows now for the channel and period of statement {digest}: what it was made of "
        "was withdrawn or moved, or the question would be refused; the statement stays readable"
    )
    zh = (
        "陈述 {digest} 的通道与时段现在得不出任何结果：其依据已撤回或改至其他时段，"
        "或该查询现会被拒绝；该陈述仍可查阅"
    )


class PaperUnknownError(RequestError):
    """No register that may be seen knows a certificate, a standard or a cylinder."""

    code = "E_PAPER_UNKNOWN"
    status = 404
    en = (
        "no register knows '{id}'; the list of certificates names all, and their standards "
        "(for programs: /api/v1/certificates)"
    )
    zh = "台账中没有 '{id}'；请见证书及其标准器列表（程序接口：/api/v1/certificates）"


class DocumentUnknownError(RequestError):
    """No document has this digest."""

    code = "E_DOCUMENT_UNKNOWN"
    status = 404
    en = "no document with SHA-256 {digest} was logged by an agent; compare all 64 digits"
    zh = "没有代理记录过 SHA-256 为 {digest} 的文件；请核对全部 64 位"


class SetAsideUnknownError(RequestError):
    """Nothing of this kind was set aside there, or it is not for the asker."""

    code = "E_SET_ASIDE_UNKNOWN"
    status = 404
    en = "{code} of '{subject}' was not set aside at {place}; /api/v1/quarantine lists what was"
    zh = "{place} 处没有因 {code} 被隔离的 '{subject}'；见 /api/v1/quarantine"
