"""The page of one device: why it fails, and what each of its channels last showed. Pure."""

from calibration.indication import Quality
from calibration.unit_symbol import symbol
from edge_agent.page.device_list import state_mark
from edge_agent.page.frame import framed
from edge_agent.page.health import ChannelHealth, DeviceTold
from edge_agent.page.look import Look
from edge_agent.page.markup import Content, Markup, tag
from edge_agent.page.parts import confirmed_until, facts, mark, moment, section, table
from edge_agent.page.words import BASES, MISS_REASONS, QUALITIES


def device_page(told: DeviceTold, look: Look) -> bytes:
    """The page of a device and its channels."""
    device = told.device
    path = f"/devices/{device.name}"
    back = tag("a", look.t("overview"), href=look.link("/", q="", page=""))
    return framed(
        look,
        device.name,
        path,
        tag("p", back),
        tag("h1", device.name),
        tag("p", state_mark(device, look)),
        tag("p", look.zoned(told.at), class_="soft"),
        _problem(told, look),
        _facts(told, look),
        _channels(told, look),
    )


def _problem(told: DeviceTold, look: Look) -> Content:
    said = told.device.said
    if said is None:
        return ""
    text = said.zh if look.language == "zh" else said.en
    since = moment(look, told.device.lacking_since, told.at, "not_known")
    code = tag("code", said.code, class_="soft")
    return tag(
        "div", tag("p", text, " ", code), tag("p", look.t("since"), " ", since), class_="problem"
    )


def _facts(told: DeviceTold, look: Look) -> Markup:
    device = told.device
    return facts(
        [
            (look.t("line"), device.line),
            (look.t("profile"), tag("code", device.profile)),
            (look.t("serial"), device.serial),
            (look.t("period"), f"{device.period_s:g} s"),
            (look.t("last_poll"), moment(look, device.last_poll, told.at)),
            (look.t("last_reading"), moment(look, device.last_reading, told.at)),
            (look.t("failures"), str(device.failures)),
            (look.t("rests_on"), look.of(BASES[device.basis])),
        ]
    )


def _channels(told: DeviceTold, look: Look) -> Markup:
    keys = ("channel", "shows", "read_at", "quality", "rests_on", "due")
    heads = [look.t(key) for key in keys]
    rows = [_row(each, told, look) for each in told.channels]
    note = tag("p", look.t("as_shown"), " ", look.t("due_note"), class_="soft")
    shown = table(look.t("channels"), heads, rows, "channels")
    return section(look.t("channels"), note, shown, name="channels-title")


def _row(channel: ChannelHealth, told: DeviceTold, look: Look) -> list[Content]:
    number = (
        look.t("none")
        if channel.number is None
        else f"{channel.number:.10g} {symbol(channel.unit)}"
    )
    basis: list[Content] = [look.of(BASES[channel.basis])]
    if channel.certificate:
        basis += [" ", tag("code", channel.certificate)]
    return [
        channel.name,
        number,
        moment(look, channel.read_at, told.at),
        _quality(channel, look),
        basis,
        confirmed_until(look, channel.due, told.at),
    ]


def _quality(channel: ChannelHealth, look: Look) -> Content:
    if channel.missing is not None:
        return mark(look.of(MISS_REASONS[channel.missing]), "bad")
    if channel.quality is None:
        return look.t("not_known")
    kind = "good" if channel.quality is Quality.GOOD else "warn"
    return mark(look.of(QUALITIES[channel.quality]), kind)
