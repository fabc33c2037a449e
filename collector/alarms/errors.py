"""What keeps an alarm from being delivered."""

from collector.errors import CollectorError


class AlarmDeliveryError(CollectorError):
    """An alarm did not arrive where it should; it is sent again."""

    code = "E_ALARM_DELIVERY"
    en = "the alarm did not arrive: {what}; it is sent again: check address, account and network"
    zh = "告警未送达：{what}；系统会重发：请检查地址、账号和网络"


class AlarmSecretError(CollectorError):
    """The secret of a webhook is none."""

    code = "E_ALARM_SECRET"
    en = "this is no secret: {what}; write one line, whsec_ and 24 to 64 bytes in base64"
    zh = "这不是有效的密钥：{what}；请写入一行：whsec_ 加 24 至 64 字节的 base64"


class AlarmStateError(CollectorError):
    """What was told before cannot be read or written."""

    code = "E_ALARM_STATE"
    en = "what was told before is not known: {what}; open alarms are told anew"
    zh = "无法得知先前的告警：{what}；将重新发送未结束的告警"
