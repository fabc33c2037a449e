"""Why a request is refused: a stable code and an HTTP status, in two languages."""

from typing import ClassVar

from collector.errors import CollectorError


class RequestError(CollectorError):
    """A request cannot be answered as it was asked."""

    code = "E_REQUEST"
    status: ClassVar[int] = 400


class HttpError(RequestError):
    """The request does not follow HTTP as it is spoken here."""

    code = "E_HTTP"
    en = "the request was refused: {what}; correct it and send it again"
    zh = "请求被拒绝：{what}；请更正后重新发送"


class QueryError(RequestError):
    """A parameter is missing, unknown, given twice or outside its limits."""

    code = "E_QUERY"
    status = 422
    en = "{what}; the parameters of each address are listed in /openapi.json"
    zh = "{what}；各地址的参数见 /openapi.json"


class RangeOrderError(RequestError):
    """A period does not begin before it ends."""

    code = "E_RANGE_ORDER"
    status = 422
    en = "start {start} does not come before end {end}; exchange the two"
    zh = "start {start} 不早于 end {end}；请交换两者"


class RangeLimitError(RequestError):
    """More was asked for than one answer holds."""

    code = "E_RANGE_LIMIT"
    status = 422
    en = "this asks for {found} {name}; one answer holds {limit}; ask for it in parts"
    zh = "请求包含 {found} 个{name}；单次应答上限为 {limit}；请分段请求"


class TimeZoneError(RequestError):
    """A time zone is unknown, or periods in it are not made of full hours from the first on."""

    code = "E_TIME_ZONE"
    status = 422
    en = "'{zone}' cannot be used: {what}; use a name such as Asia/Shanghai or UTC"
    zh = "无法使用时区 '{zone}'：{what}；请使用 Asia/Shanghai 或 UTC 等名称"


class CursorError(RequestError):
    """A cursor is not one of ours, or belongs to another question."""

    code = "E_CURSOR"
    status = 422
    en = "the cursor {what}; take that of the page before, and leave the rest of the question as is"
    zh = "游标{what}；请使用上一页给出的游标，并保持请求的其余部分不变"


class TermsError(RequestError):
    """Channels and factors do not make a sum."""

    code = "E_TERMS"
    status = 422
    en = "{what}; give each channel once, and one factor for each"
    zh = "{what}；每个通道给出一次，并各给一个系数"


class DoubleCountError(RequestError):
    """A sum adds channels that measure the same thing."""

    code = "E_DOUBLE_COUNT"
    status = 422
    en = (
        "{channels} are of group '{group}': they measure the same thing, and their sum counts it "
        "twice; leave out all but one, or give factors of opposite sign for a difference, or add "
        "allow_double_count with the name of the group"
    )
    zh = (
        "{channels} 同属分组 '{group}'：测量的是同一对象，相加会重复计算；请只保留其一，"
        "或用相反符号的系数求差，或以 allow_double_count 指明该分组"
    )


class SizesError(RequestError):
    """Two sizes of the ledger are not in order, or it has not that many leaves."""

    code = "E_LEDGER_SIZES"
    status = 422
    en = "{old} and {new} are not two sizes of this ledger in order; it has {limit} leaves"
    zh = "{old} 与 {new} 不是该账本按序的两个大小；它现有 {limit} 个叶"


class LockedLostError(RequestError):
    """A locked statement is kept no more, and what is known of its time gives another one."""

    code = "E_LOCKED_LOST"
    status = 409
    en = (
        "the locked statement {digest} is not kept here any more, and cannot be made again by this "
        "version; restore derived.sqlite, or unlock it with a reason"
    )
    zh = (
        "已锁定的陈述 {digest} 此处不再保存，且本版本无法重新生成；"
        "请恢复 derived.sqlite，或说明原因后解锁"
    )


class PathUnknownError(RequestError):
    """Nothing answers at this address."""

    code = "E_PATH_UNKNOWN"
    status = 404
    en = "there is nothing at this address (for programs: /openapi.json lists the addresses)"
    zh = "该地址不存在（程序接口地址见 /openapi.json）"


class MethodError(RequestError):
    """The address answers another method."""

    code = "E_METHOD"
    status = 405
    en = (
        "{method} is not answered here; open the page again and use its buttons "
        "(for programs: /openapi.json lists what is)"
    )
    zh = "此处不接受 {method}；请重新打开页面并使用其按钮（程序接口方法见 /openapi.json）"


class BodySizeError(RequestError):
    """The request brings more bytes than any request needs."""

    code = "E_BODY"
    status = 413
    en = "a body of {found} bytes; at most {limit} are taken, with a stated length"
    zh = "请求体为 {found} 字节；至多接受 {limit} 字节，且须声明长度"


class MediaTypeError(RequestError):
    """The body is called something else than what is taken."""

    code = "E_MEDIA_TYPE"
    status = 415
    en = "the body is called '{found}'; send it as {limit}"
    zh = "请求体声明为 '{found}'；请以 {limit} 发送"


class JsonBodyError(RequestError):
    """The body is not the JSON that this address takes."""

    code = "E_JSON_BODY"
    status = 422
    en = "the body cannot be used: {what}; its schema is in /openapi.json"
    zh = "请求体无法使用：{what}；其结构见 /openapi.json"


class ReleasedBeforeError(RequestError):
    """Somebody looked at it before."""

    code = "E_RELEASED_BEFORE"
    status = 409
    en = "it was released before, by entry {position} of the journal; that entry stands"
    zh = "此前已由日志记录 {position} 处理；该记录仍然有效"


class TargetLengthError(RequestError):
    """The address is too long."""

    code = "E_TARGET"
    status = 414
    en = "the address has {found} bytes; at most {limit} are taken; ask for fewer channels"
    zh = "地址长 {found} 字节；至多接受 {limit} 字节；请减少通道数"


class HeaderSizeError(RequestError):
    """The header fields are too long together."""

    code = "E_HEADER"
    status = 431
    en = "the header fields have {found} bytes; at most {limit} are taken; send fewer"
    zh = "请求头共 {found} 字节；至多接受 {limit} 字节；请减少请求头"


class RateError(RequestError):
    """Somebody asks more often than they may."""

    code = "E_RATE"
    status = 429
    en = "too many requests; ask again after {wait_s} s, and at most {limit} times a minute"
    zh = "请求过于频繁；请在 {wait_s} 秒后重试，每分钟至多 {limit} 次"


class AnonymousError(RequestError):
    """The request names nobody, and anonymous reading is for this machine only."""

    code = "E_ANONYMOUS"
    status = 401
    en = "a token is needed: send 'Authorization: Bearer ...'; issue one with `collector token new`"
    zh = "需要令牌：请发送 'Authorization: Bearer ...'；可用 `collector token new` 签发"


class CsrfError(RequestError):
    """A write that does not come from a page that this collector made for this person."""

    code = "E_CSRF"
    status = 403
    en = (
        "this does not come from a page of this collector; load the page again and repeat it, "
        "with cookies allowed"
    )
    zh = "该请求并非来自本采集器的页面；请重新加载页面后再试，并允许使用 Cookie"


class FormError(RequestError):
    """A form that was sent cannot be read."""

    code = "E_FORM"
    status = 422
    en = "the form cannot be used: {what}; correct it and send it again"
    zh = "无法使用该表单：{what}；请更正后重新提交"


class StoreBusyError(RequestError):
    """The derived data cannot be read just now."""

    code = "E_STORE_BUSY"
    status = 503
    en = "the derived data cannot be read now: {what}; try again in some seconds"
    zh = "暂时无法读取派生数据：{what}；请数秒后重试"


class PapersUnreadError(RequestError):
    """The collector has just started, and still reads certificates."""

    code = "E_PAPERS_UNREAD"
    status = 503
    en = "{unread} of {papers} papers are still to be read after the start; try again in seconds"
    zh = "启动后尚有 {unread} 份文件（共 {papers} 份）待读取；请数秒后重试"


class StoreFullError(RequestError):
    """The disk is full: what is held is answered, what is new cannot be kept."""

    code = "E_STORE_FULL"
    status = 507
    en = "the collector's disk is full: a statement that is new cannot be kept; make room there"
    zh = "采集器磁盘已满：无法保存新的陈述；请释放空间"


class FormatUnavailableError(RequestError):
    """A form of file needs a package that is not installed beside this collector."""

    code = "E_FORMAT_UNAVAILABLE"
    status = 501
    en = (
        "{format} needs '{package}', which is not installed here; ask for another format, or have "
        "it installed with: pip install 'carbonmeter[collector]'"
    )
    zh = (
        "{format} 需要 '{package}'，此处未安装；请改用其他格式，"
        "或安装：pip install 'carbonmeter[collector]'"
    )


class DccRefusedError(RequestError):
    """A document is no DCC that can be used."""

    code = "E_DCC_REFUSED"
    status = 422
    en = "the document is refused: {what}"
    zh = "该文件被拒绝：{what}"


class DccGoneError(RequestError):
    """A document that somebody brought waits no more to be accepted."""

    code = "E_DCC_GONE"
    status = 404
    en = (
        "the document is not here, or not any more: what is brought waits {limit}, and no longer "
        "than the collector runs; bring the file again"
    )
    zh = "该文件不在此处，或已不再保留：提交的文件仅保留 {limit}，采集器重启后即不保留；请重新提交"


class DccLimitError(RequestError):
    """Reading a document took more than any certificate takes."""

    code = "E_DCC_LIMIT"
    status = 422
    en = "reading the document took more than {limit}; import it with `carbonmeter calibration`"
    zh = "读取该文件超出 {limit}；请用 `carbonmeter calibration` 导入"


class InternalError(RequestError):
    """A mistake of this software."""

    code = "E_INTERNAL"
    status = 500
    en = "this is a mistake of the software; it was logged: report it with the time {at}"
    zh = "这是软件自身的错误，已写入日志；请附上时间 {at} 反馈"
