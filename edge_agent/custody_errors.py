"""Errors of keeping and delivering: the spool, the uplink, and what the collector says."""

from edge_agent.errors import AgentError


class SpoolError(AgentError):
    """Something is wrong with the durable store on this machine."""

    code = "E_SPOOL"


class SpoolLockedError(SpoolError):
    """Another process has this state directory."""

    code = "E_SPOOL_LOCKED"
    en = "another agent runs on this state directory; stop it, or give this one its own"
    zh = "另有代理正在使用该状态目录；请停止它，或为本代理另设目录"


class SpoolForeignError(SpoolError):
    """The spool belongs to another agent."""

    code = "E_SPOOL_AGENT"
    en = "the spool is of agent '{found}', not of '{limit}'; correct agent.id or agent.state_dir"
    zh = "该缓存属于代理 '{found}'，而非 '{limit}'；请更正 agent.id 或 agent.state_dir"


class SpoolVersionError(SpoolError):
    """The spool was written by a newer version."""

    code = "E_SPOOL_VERSION"
    en = "the spool has version {found}, this program reads {limit}; install the newer program"
    zh = "缓存版本为 {found}，本程序可读 {limit}；请安装较新的程序"


class SpoolFullError(SpoolError):
    """There is no room; nothing was lost, and nothing more is kept until there is."""

    code = "E_SPOOL_FULL"
    en = "no room: {found}; the limit is {limit}; restore the uplink, or free the disk"
    zh = "空间不足：{found}；限值为 {limit}；请恢复上行链路或清理磁盘"


class SpoolStorageError(SpoolError):
    """The disk, or the database on it, failed."""

    code = "E_SPOOL_STORAGE"
    en = "the store failed: {found}; check the disk of this machine, then restart the agent"
    zh = "存储失败：{found}；请检查本机磁盘后重启代理"


class SpoolDamagedError(SpoolError):
    """The spool's bytes are not what was written."""

    code = "E_SPOOL_DAMAGED"
    en = "the spool is damaged: {found}; what is sound was kept and is sent in a new epoch"
    zh = "缓存已损坏：{found}；完好部分已保留，并将在新的 epoch 中发送"


class UplinkError(AgentError):
    """Something keeps leaves from reaching the collector; they stay in the spool."""

    code = "E_UPLINK"


class BrokerUnreachableError(UplinkError):
    """No connection to the broker."""

    code = "E_UPLINK_UNREACHABLE"
    en = "no connection to the broker ({found}); check address, port, network and user"
    zh = "无法连接消息服务器（{found}）；请检查地址、端口、网络和用户"


class TakenOverError(UplinkError):
    """Another client connected with this agent's client id, and the broker let it."""

    code = "E_UPLINK_TAKEN_OVER"
    en = (
        "another client connected as '{found}': a copy of this agent runs elsewhere, or its "
        "account is shared; stop the other one; the next try is in {limit} s"
    )
    zh = "另一客户端以 '{found}' 连接：本代理有副本或账号被共用；请停用另一个；{limit} 秒后重试"


class BrokerRefusedError(UplinkError):
    """The broker refuses what the agent needs."""

    code = "E_UPLINK_REFUSED"
    en = "the broker refused: {found}; check the user's password and rights"
    zh = "消息服务器拒绝：{found}；请检查该用户的密码与权限"


class PacketSizeError(UplinkError):
    """The broker takes no message as large as the next leaf; a signed leaf is never cut."""

    code = "E_UPLINK_PACKET_SIZE"
    en = "a message has {found} bytes, the broker takes {limit}; raise its largest packet to 64 KiB"
    zh = "消息为 {found} 字节，消息服务器最大接受 {limit}；请将其最大报文调至 64 KiB"


class NoReceiptError(UplinkError):
    """Leaves were sent, and no receipt came."""

    code = "E_UPLINK_NO_RECEIPT"
    en = "{found} leaves wait, no receipt for {limit} s; check that the collector runs and receives"
    zh = "{found} 个叶待回执，{limit} 秒内无回执；请检查汇集端是否运行并接收"


class LeafEndsLinkError(UplinkError):
    """Each connection ended when one leaf was sent on it: that is how brokers refuse its size."""

    code = "E_UPLINK_ENDS"
    en = "{limit} connections ended at a message of {found} bytes; let the broker take 64 KiB"
    zh = "发送 {found} 字节的消息时连接已中断 {limit} 次；请将消息服务器的消息上限调至 64 KiB"


class CollectorHoldsError(UplinkError):
    """The collector names a cause that keeps it from going on."""

    code = "E_UPLINK_HELD"
    en = "the collector does not go on at leaf {limit}: {found}; look into the collector's log"
    zh = "汇集端在叶 {limit} 处停止：{found}；请查看汇集端日志"


class KeyNotPinnedError(UplinkError):
    """The collector does not know the key that signs this log."""

    code = "E_UPLINK_KEY"
    en = (
        "the collector does not know this agent's key; pin there the line that `agent init` or "
        "`agent rotate-key` printed, or run `agent enrol`; until then everything waits here"
    )
    zh = (
        "汇集端不认识本代理的密钥；请在汇集端登记 `agent init` 或 `agent rotate-key` "
        "打印的那一行，或执行 `agent enrol`；在此之前数据保存在本机"
    )


class SharedIdError(UplinkError):
    """Somebody else sends under this agent's id, and is refused."""

    code = "E_UPLINK_SHARED_ID"
    en = "someone else sends as this agent and is refused by the collector ({found}); look for it"
    zh = "有人以本代理的标识发送数据，已被汇集端拒绝（{found}）；请查明来源"


class ReceiptRefusedError(UplinkError):
    """A receipt cannot be believed."""

    code = "E_UPLINK_RECEIPT"
    en = "a receipt was not believed: {found}; compare the pinned key of the collector"
    zh = "回执不可信：{found}；请核对登记的汇集端密钥"
