"""What is wrong with the archive, or keeps a month from being moved to it."""

from collector.errors import LedgerDamagedError, LedgerError


class ArchiveError(LedgerError):
    """A month cannot be archived; what is in the ledger stays there."""

    code = "E_ARCHIVE"
    en = "{what}; nothing was taken out of the ledger"
    zh = "{what}；账本内容未被移出"


class ArchiveFullError(ArchiveError):
    """There is no room for the files of a month."""

    code = "E_ARCHIVE_FULL"
    en = "no room for the files of the month ({what}); make room, nothing was taken out"
    zh = "没有空间存放该月文件（{what}）；请释放空间，账本内容未被移出"


class ArchiveOpenError(ArchiveError):
    """A month is not settled yet."""

    code = "E_ARCHIVE_OPEN"
    en = "the month is not settled: {what}; it is archived later"
    zh = "该月尚未封存：{what}；稍后再归档"


class ArchiveDamagedError(LedgerDamagedError):
    """The files of a month are not what was written."""

    code = "E_ARCHIVE_DAMAGED"
    en = "the archive is not what was written: {what}; put a copy of the file back"
    zh = "归档与写入时不同：{what}；请用备份替换该文件"
