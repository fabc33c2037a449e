"""The devices of an agent as a list: what is wrong first, searched, and paged. Pure."""

from typing import Final

from edge_agent.page.health import DeviceHealth, DeviceState, Health
from edge_agent.page.look import Look
from edge_agent.page.markup import Content, Markup, tag
from edge_agent.page.parts import confirmed_until, mark, moment, section, table
from edge_agent.page.words import MISS_REASONS, QUALITIES, STATES
from evidence.errors import Words

A_PAGE: Final = 50
KINDS: Final = {
    DeviceState.GOOD: "good",
    DeviceState.WAITING: "none",
    DeviceState.OVERDUE: "warn",
    DeviceState.MARKED: "warn",
}
_RANKS: Final = {state: rank for rank, state in enumerate(DeviceState)}


def devices_section(health: Health, look: Look) -> Markup:
    """The part of the page with the devices."""
    found = found_devices(health, look.search)
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(look.page, 1), pages)
    here = found[(page - 1) * A_PAGE : page * A_PAGE]
    keys = ("device", "state", "line", "last_reading", "missing", "due")
    heads = [look.t(key) for key in keys]
    rows = [_row(each, health, look) for each in here]
    shown = (
        table(look.t("devices"), heads, rows, "devices")
        if rows
        else tag("p", look.t("none_found"), class_="empty")
    )
    note = tag("p", look.t("due_note"), class_="soft")
    many = len(health.devices) > A_PAGE or look.search
    search = [_search(look)] if many else []
    turning = [_pages(look, page, pages)] if pages > 1 else []
    return section(look.t("devices"), search, shown, note, turning, name="devices-title")


def found_devices(health: Health, search: str) -> list[DeviceHealth]:
    """The devices with a text in name, serial number or line; what is wrong first."""
    asked = search.casefold()
    found = [
        each
        for each in health.devices
        if any(asked in text.casefold() for text in (each.name, each.serial, each.line))
    ]
    return sorted(found, key=lambda each: _RANKS[each.state])


def state_mark(device: DeviceHealth, look: Look) -> Markup:
    """How a device is, in a word."""
    return mark(look.of(STATES[device.state]), KINDS.get(device.state, "bad"))


def reasons(device: DeviceHealth, look: Look) -> str:
    """Why channels have no reading, or what is said against those they have."""
    missing = [look.of(MISS_REASONS[each.reason]) for each in device.missing]
    against = [look.of(QUALITIES[each]) for each in device.qualities]
    return ("、" if look.language == "zh" else ", ").join(missing + against)


def _row(device: DeviceHealth, health: Health, look: Look) -> list[Content]:
    address = look.link(f"/devices/{device.name}", q="", page="")
    gone = sum(each.channels for each in device.missing)
    missing = look.t("of_channels", count=gone, channels=device.channels)
    why = reasons(device, look)
    if device.said is not None:
        why = look.of(Words(device.said.en, device.said.zh))
    return [
        tag("a", device.name, href=address),
        state_mark(device, look),
        device.line,
        moment(look, device.last_reading, health.at),
        [missing, tag("span", f" {why}", class_="soft") if why else ""],
        confirmed_until(look, device.due, health.at),
    ]


def _search(look: Look) -> Markup:
    kept = [
        tag("input", type="hidden", name=key, value=value)
        for key, value in look.query.items()
        if key not in {"q", "page"}
    ]
    field = tag("input", type="search", name="q", id="q", value=look.search, maxlength="64")
    label = tag("label", look.t("search"), for_="q")
    reset = (
        [tag("a", look.t("show_all"), href=look.link("/", q="", page=""))] if look.search else []
    )
    button = tag("button", look.t("show"))
    return tag("form", kept, tag("div", label, field), button, reset, class_="row", role="search")


def _pages(look: Look, page: int, pages: int) -> Markup:
    def to(key: str, number: int) -> Content:
        if not 1 <= number <= pages:
            return ""
        return tag("a", look.t(key), href=look.link("/", page=str(number)) + "#devices-title")

    where = tag("span", look.t("page_of", page=page, pages=pages))
    steps = [to("previous", page - 1), where, to("next", page + 1)]
    return tag("nav", steps, class_="turn", aria_label=look.t("pages_devices"))
