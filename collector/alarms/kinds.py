"""What an alarm can be about: a stable code, in two languages, and what to do."""

from collector.errors import CollectorError


class Alarm(CollectorError):  # noqa: N818 - said, not raised
    """Something needs a person; nothing is lost by it yet. `where` names the subject."""

    code = "E_ALARM"


class CertificateDueAlarm(Alarm):
    """A confirmation will soon be overdue."""

    code = "E_ALARM_CERTIFICATE_DUE"
    en = "its confirmation is due on {due_on}, in {days} d; have the instrument calibrated"
    zh = "计量确认将在 {days} 天后（{due_on}）到期；请安排校准"


class CertificateOverdueAlarm(Alarm):
    """A confirmation is overdue; results go on, and say so."""

    code = "E_ALARM_CERTIFICATE_OVERDUE"
    en = "its confirmation was due on {due_on}; results are marked overdue: have it calibrated"
    zh = "计量确认已于 {due_on} 到期；结果已标记为超期：请安排校准"


class CheckFailedAlarm(Alarm):
    """An instrument failed a check or a test, and none that passed followed."""

    code = "E_ALARM_CHECK_FAILED"
    en = (
        "its {test} of {since} failed: it is out of control until one passes, and what it showed "
        "since {doubt_from} is in doubt; adjust it and repeat the check"
    )
    zh = (
        "{since} 的{test}不合格：合格之前其读数失控，自 {doubt_from} 起的读数存疑；"
        "请调整仪表并重新核查"
    )


class CheckBrokenOffAlarm(CheckFailedAlarm):
    """A check or a test of an instrument was broken off, and none that passed followed.

    It says nothing of what was shown before it.
    """

    en = (
        "its {test} of {since} was broken off: by its plan it is out of control until one passes; "
        "repeat the check"
    )
    zh = "{since} 的{test}中断：按其监测计划，再次合格之前视为失控；请重新核查"


class CertificateFailedAlarm(Alarm):
    """An instrument did not pass a certificate, as found or as left."""

    code = "E_ALARM_CERTIFICATE_FAILED"
    en = (
        "it did not pass {certificate} of {performed_on}, {condition}: what it showed since "
        "{doubt_from} is in doubt; see what that did to the amounts{remedy}"
    )
    zh = (
        "证书 {certificate}（{performed_on}，{condition}）不合格：自 {doubt_from} 起的读数存疑；"
        "请查看其对用量的影响{remedy}"
    )


class AgentSilentAlarm(Alarm):
    """Nothing comes from an agent."""

    code = "E_ALARM_AGENT_SILENT"
    en = "nothing was received since {since}; see to its power, network and broker account"
    zh = "最近一次收到数据：{since}；请检查其电源、网络及消息服务器账号"


class DeviceDeadAlarm(Alarm):
    """A device gives no readings while its agent is heard."""

    code = "E_ALARM_DEVICE_DEAD"
    en = "no reading since {since}, its agent '{agent}' is heard; see to the device and its line"
    zh = "自 {since} 起没有读数，而代理 '{agent}' 在线；请检查该设备及其线路"


class SpoolAlarm(Alarm):
    """An agent's spool is filling up."""

    code = "E_ALARM_SPOOL"
    en = "its spool is at level '{level}' since {since}; at 'thin' and 'stop' readings are left out"
    zh = "其缓存自 {since} 起处于 '{level}' 级；达到 'thin'、'stop' 时会减少或停止读数"


class ReceiptMissingAlarm(Alarm):
    """Leaves are held for which the agent has no receipt."""

    code = "E_ALARM_RECEIPT_MISSING"
    en = "leaves held without a receipt: {found}; see to the disk and the collector's log"
    zh = "已保存 {found} 个叶但未签发回执；请检查磁盘和采集器日志"


class BranchAlarm(Alarm):
    """Two histories were signed for one log, and nobody looked at it yet."""

    code = "E_ALARM_BRANCH"
    en = "histories that contradict what is held: {found}; see `collector branches list`"
    zh = "有 {found} 个历史与已保存的内容矛盾；见 `collector branches list`"


class ViewStuckAlarm(Alarm):
    """A view is behind the ledger or differs from it."""

    code = "E_ALARM_VIEW"
    en = "the view is behind or differs: {what}"
    zh = "视图落后或与账本不同：{what}"


class JudgeBehindAlarm(Alarm):
    """Leaves that were committed wait to be judged."""

    code = "E_ALARM_JUDGE"
    en = "{found} leaves wait to be judged, at most {limit} should; see the collector's log"
    zh = "{found} 个叶等待评判，正常不超过 {limit}；请查看采集器日志"


class DiskAlarm(Alarm):
    """The collector's disk is filling up."""

    code = "E_ALARM_DISK"
    en = "{found} MiB are free, below {limit}; make room: when it is full nothing is receipted"
    zh = "剩余 {found} MiB，低于 {limit}；请释放空间：磁盘写满后不再签发回执"


class LedgerAlarm(Alarm):
    """Nothing can be committed."""

    code = "E_ALARM_LEDGER"
    en = "nothing can be committed, agents keep their data; see to the disk and the log"
    zh = "无法提交数据，代理将保留数据；请检查磁盘和日志"


class BrokerAlarm(Alarm):
    """The broker is not connected."""

    code = "E_ALARM_BROKER"
    en = "the broker is not connected, agents keep their data; see to the broker and the network"
    zh = "消息服务器未连接，代理将保留数据；请检查消息服务器和网络"


class BackupAlarm(Alarm):
    """The last backup is too old, or there is none."""

    code = "E_ALARM_BACKUP"
    en = "last backup: {since}; one is due at least every {limit} h: see to the timer and its disk"
    zh = "最近备份：{since}；至少每 {limit} 小时应备份一次：请检查定时任务和备份磁盘"


class QuotaAlarm(Alarm):
    """An agent sends more than it may, and is slowed down."""

    code = "E_ALARM_QUOTA"
    en = "it sends more than {limit} a day and is slowed down; nothing is lost: find out why"
    zh = "其每日发送量超过 {limit}，已被限速；数据不会丢失：请查明原因"
