"""The first page: what is to be repaired, then devices, delivery, spool, clock. Pure."""

from typing import Final

from edge_agent.page.device_list import devices_section
from edge_agent.page.frame import framed
from edge_agent.page.health import ClockHealth, Cost, DeviceState, Health, Repair, SpoolLevel
from edge_agent.page.look import Look
from edge_agent.page.markup import Content, Markup, tag
from edge_agent.page.parts import facts, mark, moment, section, table
from edge_agent.page.words import COSTS, LEVELS, STANDINGS, percent, size
from evidence.clock_standing import ClockStanding

MOST_REPAIRS: Final = 30
MOST_NAMED: Final = 5
_OWN_PLACES: Final = ("clock", "spool")
"""What findings of the page's own are about, beside devices: in words, unlike an address."""
_COSTS: Final = {Cost.LOST: "bad", Cost.WAITING: "warn", Cost.DOUBT: "warn", Cost.SOON: "none"}
_LEVELS: Final = {SpoolLevel.ROOMY: "good", SpoolLevel.WARN: "warn"}
_STANDINGS: Final = {
    ClockStanding.SYNCHRONISED: "good",
    ClockStanding.HOLDOVER: "warn",
    ClockStanding.UNKNOWN: "warn",
}
"""Nobody's word is a doubt, as its repair says, and no fault that was seen."""


def overview(health: Health, look: Look) -> bytes:
    """The page of an agent's health."""
    title = look.t("title", agent=health.agent)
    as_of: list[Content] = [[look.dated("as_of", health.at), " ", look.zoned(health.at)]]
    if health.clock.simulated:
        as_of.append(look.t("simulated"))
    return framed(
        look,
        title,
        "/",
        tag("h1", title),
        [tag("p", each, class_="soft") for each in as_of],
        _cards(health, look),
        _repairs(health, look),
        tag(
            "div", [each(health, look) for each in (_delivery, _spool, _clock)], class_="cards wide"
        ),
        devices_section(health, look),
        _lines(health, look),
        _agent(health, look),
    )


def _cards(health: Health, look: Look) -> Markup:
    good = sum(each.state is DeviceState.GOOD for each in health.devices)
    used = health.spool.used_bytes / health.spool.limit_bytes
    cards = (
        (str(len(health.repairs)), look.t("repairs"), "#repairs"),
        (str(good), look.t("devices_good", count=len(health.devices)), "#devices-title"),
        (str(health.delivery.waiting), look.t("leaves_wait"), "#delivery"),
        (percent(used), look.t("spool_used"), "#spool"),
    )
    shown = [
        tag("a", tag("span", value, class_="value"), " ", name, class_="card", href=to)
        for value, name, to in cards
    ]
    return tag("div", shown, class_="cards")


def _repairs(health: Health, look: Look) -> Markup:
    heads = [look.t(key) for key in ("where", "cost", "what", "since")]
    rows = [_repair(each, health, look) for each in health.repairs[:MOST_REPAIRS]]
    more = len(health.repairs) - MOST_REPAIRS
    content: list[Content] = [
        table(look.t("repairs"), heads, rows, "repair-list")
        if rows
        else tag("p", look.t("no_repairs"), class_="empty")
    ]
    if more > 0:
        content.append(tag("p", look.t("more", count=more)))
    return section(look.t("repairs"), *content, name="repairs")


def _repair(repair: Repair, health: Health, look: Look) -> list[Content]:
    told = repair.said.zh if look.language == "zh" else repair.said.en
    what = [told, " ", tag("code", repair.said.code, class_="soft")]
    cost = mark(look.of(COSTS[repair.cost]), _COSTS[repair.cost])
    return [_where(repair, look), cost, what, _since(repair, health, look)]


def _since(repair: Repair, health: Health, look: Look) -> Content:
    if repair.due_on is not None:
        return look.on_day("due_on", repair.due_on)
    return moment(look, repair.since, health.at, "not_known")


def _where(repair: Repair, look: Look) -> Content:
    if not repair.devices:
        where = repair.said.where
        return look.t(where) if where in _OWN_PLACES else where
    named = repair.devices[:MOST_NAMED]
    shown: list[Content] = []
    for name in named:
        address = look.link(f"/devices/{name}", q="", page="")
        shown += [tag("a", name, href=address), " "]
    if more := len(repair.devices) - len(named):
        shown.append(look.t("and_more", count=more))
    return shown


def _delivery(health: Health, look: Look) -> Markup:
    delivery = health.delivery
    state = ("connected", "good") if delivery.connected else ("not_connected", "warn")
    rows: list[tuple[str, Content]] = [
        (look.t("broker"), mark(look.t(state[0]), state[1])),
        (look.t("waiting"), str(delivery.waiting)),
        (look.t("leaves"), str(delivery.leaves)),
        (look.t("pending"), str(delivery.pending)),
        (look.t("last_receipt"), moment(look, delivery.last_receipt, health.at)),
    ]
    if health.connection_until is not None:
        rows.append((look.t("connection_until"), look.time(health.connection_until)))
    note = [] if delivery.connected else [tag("p", look.t("offline"), class_="soft")]
    return _card(look.t("delivery"), [facts(rows), *note], "delivery")


def _spool(health: Health, look: Look) -> Markup:
    spool = health.spool
    used, limit = size(spool.used_bytes), size(spool.limit_bytes)
    rows: list[tuple[str, Content]] = [
        (look.t("state"), mark(look.of(LEVELS[spool.level]), _LEVELS.get(spool.level, "bad"))),
        (look.t("used"), look.t("used_of", used=used, limit=limit)),
        (look.t("disk_free"), size(spool.disk_free_bytes)),
    ]
    return _card(look.t("spool"), facts(rows), "spool")


def _clock(health: Health, look: Look) -> Markup:
    clock = health.clock
    bound = look.t("not_known") if clock.bound_s is None else f"{clock.bound_s:.3g} s"
    rows: list[tuple[str, Content]] = [
        (look.t("standing"), _standing(clock, look)),
        (look.t("stamp_u"), f"{clock.standard_uncertainty_s:.2g} s"),
        (look.t("bound"), bound),
        (look.t("last_right"), moment(look, clock.since, health.at, "not_known")),
    ]
    return _card(look.t("clock"), facts(rows), "clock")


def _standing(clock: ClockHealth, look: Look) -> Markup:
    """How the clock stands; of one that is not the real time, that nobody keeps it is no fault."""
    if clock.simulated:
        return mark(look.t("simulated_clock"), "none")
    if clock.suspect:
        return mark(look.t("suspect"), "bad")
    kind = _STANDINGS.get(clock.standing, "bad")
    return mark(look.of(STANDINGS[clock.standing]), kind)


def _agent(health: Health, look: Look) -> Markup:
    memory = health.memory_bytes
    rows: list[tuple[str, Content]] = [
        (look.t("site"), health.site),
        (look.t("software"), health.software),
        (look.t("started"), moment(look, health.started, health.at)),
        (look.t("memory"), look.t("not_known") if memory is None else size(memory)),
        (look.t("configuration"), tag("code", health.configuration)),
        (look.t("epoch"), tag("code", health.delivery.epoch)),
    ]
    return section(look.t("agent"), facts(rows), name="agent")


def _lines(health: Health, look: Look) -> Markup:
    heads = [look.t(key) for key in ("line", "kind", "place", "devices", "keeps_up")]
    rows = [
        (
            each.name,
            each.kind,
            tag("code", each.place),
            str(each.devices),
            mark(look.t("yes"), "good") if each.overload is None else mark(look.t("no"), "bad"),
        )
        for each in health.lines
    ]
    return section(look.t("lines"), table(look.t("lines"), heads, rows, "line-list"), name="lines")


def _card(title: str, content: Content, name: str) -> Markup:
    return tag("section", tag("h2", title, id=name), content, class_="card", aria_labelledby=name)


_PARTS: Final = (_delivery, _spool, _clock)
