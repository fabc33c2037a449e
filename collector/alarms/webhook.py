"""Alarms as signed JSON over HTTP, after the Standard Webhooks specification (symmetric, `v1`).

The receiver recomputes HMAC-SHA256 over `id.timestamp.body` with the secret that both hold.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from collector.alarms.config import WebhookSection
from collector.alarms.course import Notice
from collector.alarms.errors import AlarmDeliveryError, AlarmSecretError
from evidence.clock import NS_PER_S
from evidence.errors import Words

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
MOST_ANSWER_BYTES: Final = 4096


def secret_of(line: str, where: str) -> bytes:
    """The key in a line `whsec_<base64>`.

    Raises:
        AlarmSecretError: It is none, or too short or too long.
    """
    try:
        key = base64.b64decode(line.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise AlarmSecretError(where, what=Words("it is not base64", "不是 base64")) from None
    if not line.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        what = Words(f"it has {len(key)} bytes, or another prefix", f"{len(key)} 字节或前缀不符")
        raise AlarmSecretError(where, what=what)
    return key


def signature(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """What stands in `webhook-signature`: version and HMAC-SHA256 in base64.

    Args:
        key: The secret both sides hold.
        message_id: Of the message; the same whenever it is sent again.
        timestamp_s: When it is sent, POSIX seconds.
        body: The exact bytes of the body.
    """
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    code = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}"


def body_of(notice: Notice, collector: str) -> bytes:
    """The JSON of a notice: `type`, `timestamp` and `data`."""
    data = {
        "collector": collector,
        "event": notice.event.value,
        "code": notice.code,
        "subject": notice.subject,
        "since": notice.since,
        "message": {"en": notice.en, "zh": notice.zh},
    }
    whole = {"type": f"alarm.{notice.event.value}", "timestamp": notice.at, "data": data}
    return msgspec.json.encode(whole)


class Webhook:
    """A receiver of alarms over HTTP."""

    name = "webhook"

    def __init__(self, section: WebhookSection, key: bytes, collector: str) -> None:
        self._section, self._key, self._collector = section, key, collector
        timeout = urllib3.Timeout(connect=section.timeout_s, read=section.timeout_s)
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=1, retries=False, timeout=timeout, ca_certs=section.ca_file
        )

    def deliver(self, notice: Notice, now_ns: int) -> None:
        """Sends a notice; returns when the receiver answered with 2xx.

        Raises:
            AlarmDeliveryError: It did not.
        """
        body, sent_s = body_of(notice, self._collector), now_ns // NS_PER_S
        headers = {
            "content-type": "application/json",
            "user-agent": "carbonmeter",
            "webhook-id": notice.id,
            "webhook-timestamp": str(sent_s),
            "webhook-signature": signature(self._key, notice.id, sent_s, body),
        }
        status = self._posted(body, headers)
        if not 200 <= status < 300:
            what = Words(f"the answer is HTTP {status}", f"应答为 HTTP {status}")
            raise AlarmDeliveryError(self._section.url, what=what)

    def _posted(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            answer = self._pool.request(
                "POST",
                self._section.url,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            answer.read(MOST_ANSWER_BYTES, decode_content=False)  # the rest is of no interest
            answer.close()
        except (HTTPError, OSError, ValueError) as problem:
            reason = getattr(problem, "reason", None) or problem
            what = " ".join(str(reason).split())[:200] or type(problem).__name__
            raise AlarmDeliveryError(self._section.url, what=what) from problem
        return answer.status
