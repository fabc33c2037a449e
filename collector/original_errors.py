"""What is wrong with a document that was handed in: stable codes, in English and Chinese."""

from collector.errors import CollectorError


class OriginalError(CollectorError):
    """A document cannot be kept, or given back, as it is."""

    code = "E_ORIGINAL"


class OriginalSizeError(OriginalError):
    """A document has no bytes, or too many."""

    code = "E_ORIGINAL_SIZE"
    en = "the document has {found} bytes; from 1 to {limit} are taken; scan it with less resolution"
    zh = "文件为 {found} 字节；接受 1 至 {limit} 字节；请降低扫描分辨率"


class OriginalSiteError(OriginalError):
    """A document is handed in for a site that has no agent."""

    code = "E_ORIGINAL_SITE"
    en = "no agent stands on site '{site}'; the sites are: {limit}"
    zh = "厂区 '{site}' 没有代理；现有厂区：{limit}"


class OriginalUnknownError(OriginalError):
    """No document has this digest, or it is not for the reader."""

    code = "E_ORIGINAL_UNKNOWN"
    en = "no document with SHA-256 {digest} was handed in here; compare all 64 digits"
    zh = "此处没有 SHA-256 为 {digest} 的原件；请核对全部 64 位"


class OriginalDamagedError(OriginalError):
    """What is on the disk is not what was handed in."""

    code = "E_ORIGINAL_DAMAGED"
    en = "its bytes have the SHA-256 {found}, not that of what was kept; hand it in again"
    zh = "其字节的 SHA-256 为 {found}，与所保存的不符；请重新提交"


class OriginalFullError(OriginalError):
    """There is no room for a document; those that are kept are still given back."""

    code = "E_ORIGINAL_FULL"
    en = "the disk is full; nothing of the document was kept: make room, and hand it in again"
    zh = "磁盘已满；未保存该文件的任何内容：请释放空间后重新提交"


class OriginalFileError(OriginalError):
    """The disk does not keep it."""

    code = "E_ORIGINAL_FILE"
    en = "the file cannot be used: {what}; make room or correct its rights, and try again"
    zh = "无法使用该文件：{what}；请释放空间或更正权限后重试"


class OriginalNewerError(OriginalError):
    """The documents' file was written by a newer version of this software."""

    code = "E_ORIGINAL_NEWER"
    en = "the file has schema {found}, this software knows up to {limit}; install the newer one"
    zh = "文件结构版本为 {found}，本软件最高支持 {limit}；请安装较新的版本"
