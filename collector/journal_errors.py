"""What is wrong with the journal: stable codes, in English and Chinese."""

from collector.errors import LedgerError
from evidence.log.entry import EntryError


class JournalError(LedgerError):
    """The journal cannot do what was asked; nothing was entered, and nothing was done."""

    code = "E_JOURNAL"
    en = "{what}; nothing was entered, so nothing was done: try again"
    zh = "{what}；未写入操作日志，因此未执行任何操作：请重试"


class JournalFullError(JournalError):
    """There is no room on the disk."""

    code = "E_JOURNAL_FULL"
    en = "the disk is full; nothing was entered, so nothing was done: make room"
    zh = "磁盘已满；未写入操作日志，因此未执行任何操作：请释放空间"


class JournalBusyError(JournalError):
    """Another process writes an entry for too long."""

    code = "E_JOURNAL_BUSY"
    en = "another process is writing into the journal; nothing was done: try again"
    zh = "另一个进程正在写入操作日志；未执行任何操作：请重试"


class JournalDamagedError(JournalError):
    """What is stored contradicts itself."""

    code = "E_JOURNAL_DAMAGED"
    en = "the journal is damaged: {what}; stop the collector and restore a copy"
    zh = "操作日志已损坏：{what}；请停止采集器并恢复备份"


class JournalNewerError(JournalError):
    """The journal was written by a newer version of this software."""

    code = "E_JOURNAL_NEWER"
    en = "the journal has schema {found}, this software knows up to {limit}; install the newer one"
    zh = "操作日志结构版本为 {found}，本软件最高支持 {limit}；请安装较新的版本"


class JournalRestoredError(JournalError):
    """The journal is older than, or other than, the one that was signed."""

    code = "E_JOURNAL_RESTORED"
    en = "another journal was signed here before: {what}; see `collector accept-restored`"
    zh = "此处曾签署过另一份操作日志：{what}；须由人工用 `collector accept-restored` 确认接受"


class JournalAbsentError(JournalError):
    """Something was asked for that the journal does not hold."""

    code = "E_JOURNAL_ABSENT"
    en = "{what} is not in the journal; check the name and the position"
    zh = "操作日志中没有 {what}；请检查名称与位置"


class JournalKeyError(JournalError):
    """The key that signed the journal is not the one that is here."""

    code = "E_JOURNAL_KEY"
    en = "{what}; put back the key file that was made with this journal"
    zh = "{what}；请放回与该操作日志一同生成的密钥文件"


class JournalReasonError(EntryError):
    """A person's act brings no reason, so it is neither entered nor done."""

    code = "E_JOURNAL_REASON"
    en = "no reason is given for '{action}'; say in some words why: it stands in the journal"
    zh = "未说明 '{action}' 的原因；请用文字说明原因：它将记入操作日志"
