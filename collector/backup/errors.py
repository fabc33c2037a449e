"""What is wrong with a backup, or keeps one from being made or put back."""

from collector.errors import CollectorError


class BackupError(CollectorError):
    """A backup cannot be made, checked or put back."""

    code = "E_BACKUP"
    en = "{what}; nothing that is in use was changed"
    zh = "{what}；使用中的数据未被改动"


class BackupFullError(BackupError):
    """There is no room for the copy."""

    code = "E_BACKUP_FULL"
    en = "no room for the copy ({what}); make room there, the backups before it are kept"
    zh = "没有空间存放备份（{what}）；请在该处释放空间，先前的备份均保留"


class BackupSourceError(BackupError):
    """What is to be copied cannot be read, or is damaged already."""

    code = "E_BACKUP_SOURCE"
    en = "the copy is not sound: {what}; it is not kept: see to the file that was copied"
    zh = "备份内容不完好：{what}；该备份未保留：请检查被复制的文件"


class BackupAlteredError(BackupError):
    """A backup is not what was written."""

    code = "E_BACKUP_ALTERED"
    en = "the backup is not what was written: {what}; take another one"
    zh = "备份与写入时不同：{what}；请改用另一份备份"


class RestoreOccupiedError(BackupError):
    """There is a ledger where a backup was to be put back."""

    code = "E_RESTORE_OCCUPIED"
    en = "there is {found} already; move it aside and keep it, it may know more than the backup"
    zh = "该处已有 {found}；请移开并保留，其内容可能比备份更新"
