"""Errors of the collector: a stable code, what, where, which limit, what to do, in two languages.

`AdmissionError`: the other side is wrong, the same bytes will be refused again.
`LedgerError` and `BrokerError`: nothing was kept or reached; a later try may work.
"""

from evidence.errors import CodedError


class CollectorError(CodedError):
    """Something keeps the collector from receiving, keeping or serving."""

    code = "E_COLLECTOR"


class AdmissionError(CollectorError):
    """A message cannot be admitted as it is; sending it again does not help."""

    code = "E_ADMISSION"


class TopicSpoofError(AdmissionError):
    """The topic names another agent than the one that signed."""

    code = "E_TOPIC_SPOOF"
    en = "signed by agent '{signer}', so it must come on {limit}; correct the id or the topic"
    zh = "消息由代理 '{signer}' 签名，只能发布到 {limit}；请更正代理标识或消息服务器的访问控制"


class OriginSpoofError(AdmissionError):
    """The log's name belongs to another agent than the one that signed."""

    code = "E_ORIGIN_SPOOF"
    en = "the log '{origin}' is signed by the key of '{signer}'; pin the key under its own agent"
    zh = "日志名为 '{origin}'，但签名密钥属于代理 '{signer}'；请将密钥登记到实际使用它的代理"


class RevokedKeyError(AdmissionError):
    """The key was revoked; what was admitted before stays valid."""

    code = "E_KEY_REVOKED"
    en = "the key '{key}' is revoked; make a new one with `agent rotate-key --at-once` and pin it"
    zh = "密钥 '{key}' 已吊销；请用 `agent rotate-key --at-once` 生成新密钥并登记"


class MessageSizeError(AdmissionError):
    """A part of a message is larger than it may be."""

    code = "E_SIZE"
    en = "the {name} has {found} bytes; at most {limit} are taken; close batches earlier"
    zh = "{name} 为 {found} 字节；最多接受 {limit} 字节；请让代理更早结束批次"


class PositionError(AdmissionError):
    """A message contradicts itself about its place in the log."""

    code = "E_POSITION"
    en = "'{name}' is {found}; the signed checkpoint asks for {limit}; update the agent's software"
    zh = "'{name}' 的值为 {found}；按签名的检查点应为 {limit}；请升级代理软件"


class AlteredLeafError(AdmissionError):
    """The position is held with the same signed root; only the bytes sent along differ."""

    code = "E_LEAF_ALTERED"
    en = "leaf {sequence} is held, and other bytes came under its root: altered by the broker?"
    zh = "叶 {sequence} 已保存，但同一签名根下的字节不同；可能在传输中被改动：请检查消息服务器"


class LogRootError(AdmissionError):
    """Our leaves and the one sent do not lead to the root that the agent signed."""

    code = "E_LOG_ROOT"
    en = (
        "leaf {sequence} and the leaves held here do not give the signed root; the message was "
        "altered on its way, or the log was rewritten: the agent sends it again or opens an epoch"
    )
    zh = "叶 {sequence} 得不到所签名的根；消息被改动或日志被改写：代理应重发或开启新的 epoch"


class EquivocationError(AdmissionError):
    """One position of one log was signed twice with different histories."""

    code = "E_EQUIVOCATION"
    en = (
        "position {sequence} of this log was signed with another root before; two agents share "
        "one key, or an old copy was restored: both branches are kept, start a new epoch"
    )
    zh = "位置 {sequence} 此前以另一个根签名；两个代理共用密钥或恢复了旧备份：两个分支均已保存"


class ConfigError(CollectorError):
    """The collector's configuration cannot be used."""

    code = "E_CONFIG"


class ConfigFileError(ConfigError):
    """A file of the configuration cannot be read."""

    code = "E_CONFIG_FILE"
    en = "the file cannot be used: {what}; correct the path or write it with `collector init`"
    zh = "文件不可用：{what}；请更正路径，或用 `collector init` 生成"


class ConfigModeError(ConfigFileError):
    """Others than the owner may read a secret."""

    code = "E_CONFIG_MODE"
    en = "the file holds a secret and has mode {mode:04o}; run: chmod 600 {path}"
    zh = "该文件含机密且权限为 {mode:04o}；请执行：chmod 600 {path}"


class ConfigSyntaxError(ConfigError):
    """The file is not TOML."""

    code = "E_CONFIG_TOML"
    en = "this is not TOML: {what}; correct the line"
    zh = "不是有效的 TOML：{what}；请更正该行"


class UnknownKeyConfigError(ConfigError):
    """A key is in the file that no version of it knows."""

    code = "E_CONFIG_UNKNOWN_KEY"
    en = "'{key}' is not a key of this table; remove it or correct its spelling"
    zh = "'{key}' 不是该表的键；请删除或更正拼写"


class ConfigValueError(ConfigError):
    """A value is missing, of the wrong type or out of its limits."""

    code = "E_CONFIG_VALUE"
    en = "{what}; correct the value of this key"
    zh = "{what}；请更正该键的值"


class AgentEntryError(ConfigError):
    """Two agent entries contradict each other, or a key is no agent's key."""

    code = "E_CONFIG_AGENT"
    en = "{what}; paste the line that `agent init` printed on that agent, once"
    zh = "{what}；请将该代理 `agent init` 打印的那一行粘贴一次"


class LedgerError(CollectorError):
    """The ledger cannot do what was asked; nothing was acknowledged."""

    code = "E_LEDGER"
    en = "{what}; nothing of it was receipted, the agents keep it"
    zh = "{what}；未发出任何回执，代理仍保存数据"


class LedgerFullError(LedgerError):
    """There is no room on the disk."""

    code = "E_LEDGER_FULL"
    en = "the disk is full; nothing was receipted, the agents keep their data: make room"
    zh = "磁盘已满；未发出回执，代理仍保存数据：请释放空间"


class LedgerLockedError(LedgerError):
    """Another process writes this ledger."""

    code = "E_LEDGER_LOCKED"
    en = "another collector has this ledger open; stop it, or choose another state_dir"
    zh = "该账本已被另一个采集器打开；请停止它，或选择其他 state_dir"


class LedgerNewerError(LedgerError):
    """The ledger was written by a newer version of this software."""

    code = "E_LEDGER_NEWER"
    en = "the ledger has schema {found}, this software knows up to {limit}; install the newer one"
    zh = "账本结构版本为 {found}，本软件最高支持 {limit}；请安装较新的版本"


class LedgerOlderError(LedgerError):
    """The ledger's tables are those of an older version of this software."""

    code = "E_LEDGER_OLDER"
    en = "the ledger has schema {found}, {limit} is needed; start the collector, it brings it up"
    zh = "账本结构版本为 {found}，需要 {limit}；请启动采集器，它会自动升级账本"


class LedgerDamagedError(LedgerError):
    """What is stored contradicts itself."""

    code = "E_LEDGER_DAMAGED"
    en = "the ledger is damaged: {what}; stop the collector and restore a copy"
    zh = "账本已损坏：{what}；请停止采集器并恢复备份"


class LedgerRestoredError(LedgerError):
    """The ledger is older than, or other than, the one receipts were signed for."""

    code = "E_LEDGER_RESTORED"
    en = "receipts were signed for another ledger: {what}; see `collector accept-restored`"
    zh = "这不是签发回执时的账本：{what}；须由人工用 `collector accept-restored` 确认接受"


class LedgerPositionError(LedgerError):
    """A leaf does not stand where its log ends."""

    code = "E_LEDGER_POSITION"
    en = "leaf {found} cannot be appended, the log has {limit} leaves; read its state again"
    zh = "无法追加叶 {found}，日志现有 {limit} 个叶；请重新读取状态"


class LedgerAbsentError(LedgerError):
    """Something was asked for that the ledger does not hold."""

    code = "E_LEDGER_ABSENT"
    en = "{what} is not there; check its name or place, and that `state_dir` is the right folder"
    zh = "没有{what}；请检查其名称或位置，以及 state_dir 是否为正确的文件夹"


class StoreError(CollectorError):
    """The file of derived data cannot be used."""

    code = "E_STORE"
    en = "{what}; this program reads up to {limit}; delete the file, it is rebuilt from the ledger"
    zh = "{what}；本程序最高支持 {limit}；请删除该文件，系统会由账本重建"


class ApiAddressError(CollectorError):
    """The HTTP interface cannot listen where it should."""

    code = "E_API_ADDRESS"
    en = "{what}; choose another [api] host or port, or end the program that listens there"
    zh = "{what}；请更改 [api] 的 host 或 port，或结束占用该地址的程序"


class BrokerError(CollectorError):
    """The broker could not be reached, or it refused."""

    code = "E_BROKER"


class BrokerRefusedError(BrokerError):
    """The broker refused the connection or the subscription."""

    code = "E_BROKER_REFUSED"
    en = "the broker refused the {step}: {what}; check user, password and access list"
    zh = "消息服务器拒绝了 {step}：{what}；请检查用户名、密码与访问控制"


class BrokerUnreachableError(BrokerError):
    """No connection to the broker could be made."""

    code = "E_BROKER_UNREACHABLE"
    en = "no connection to the broker ({what}); check address, port, firewall and its log"
    zh = "无法连接消息服务器（{what}）；请检查地址、端口、防火墙及其日志"


class BrokerTakenOverError(BrokerError):
    """Another client connected with this client id."""

    code = "E_BROKER_TAKEN_OVER"
    en = "another client uses the client id '{client}'; give each collector its own [collector] id"
    zh = "另一个客户端使用了标识 '{client}'；请为每个采集器设置不同的 [collector] id"
