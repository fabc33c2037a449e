"""Alarms over HTTP: the signature is the published one, and only 2xx is an arrival."""

import json
import socket

import pytest

from collector.alarms.config import WebhookSection
from collector.alarms.course import Event, Notice, Open, notice_of
from collector.alarms.errors import AlarmDeliveryError, AlarmSecretError
from collector.alarms.webhook import Webhook, body_of, secret_of, signature
from tests.unit.collector.alarms.receiver_server import listening

NOW_NS = 1_774_972_800_500_000_000
KEY = b"k" * 32
ALARM = Open(
    code="E_ALARM_DISK", subject="/state", en="full", zh="满", first_ns=NOW_NS, told_ns=NOW_NS
)
NOTICE: Notice = notice_of(ALARM, Event.RAISED, NOW_NS)
# The example that the libraries of the Standard Webhooks specification are tested with.
PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def hook(url: str, timeout_s: float = 5.0) -> Webhook:
    section = WebhookSection(url=url, secret_file="hook", timeout_s=timeout_s)  # noqa: S106 - a name
    return Webhook(section, KEY, "works")


def test_the_signature_is_that_of_the_published_example() -> None:
    assert signature(secret_of(PUBLISHED, "test"), *VECTOR) == SIGNED


@pytest.mark.parametrize(
    "line",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_c2hvcnQ=",
        "whsec_?",
        "whsec_MfKQ9r8G\u00e9KYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + "A" * 400,
    ],
)
def test_a_secret_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(AlarmSecretError):
        secret_of(line, "test")


def test_a_notice_arrives_signed_and_says_all_in_both_languages() -> None:
    with listening() as server:
        hook(server.url).deliver(NOTICE, NOW_NS)
        ((headers, body),) = server.got
    assert body == body_of(NOTICE, "works")
    assert headers["webhook-id"] == NOTICE.id
    assert headers["webhook-timestamp"] == "1774972800"
    assert headers["webhook-signature"] == signature(KEY, NOTICE.id, 1774972800, body)
    assert json.loads(body) == {
        "type": "alarm.raised",
        "timestamp": "2026-03-31T16:00:00Z",
        "data": {
            "collector": "works",
            "event": "raised",
            "code": "E_ALARM_DISK",
            "subject": "/state",
            "since": "2026-03-31T16:00:00Z",
            "message": {"en": "full", "zh": "满"},
        },
    }


@pytest.mark.parametrize("status", [302, 400, 410, 429, 500])
def test_another_answer_than_2xx_is_no_arrival_and_no_redirect_is_followed(status: int) -> None:
    with listening(status) as server:
        with pytest.raises(AlarmDeliveryError, match=str(status)):
            hook(server.url).deliver(NOTICE, NOW_NS)
        assert len(server.got) == 1


def test_nobody_there_and_no_answer_are_told_by_a_code() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(AlarmDeliveryError):
        hook(url).deliver(NOTICE, NOW_NS)
    with listening(0) as server, pytest.raises(AlarmDeliveryError):
        hook(server.url, 1.0).deliver(NOTICE, NOW_NS)
