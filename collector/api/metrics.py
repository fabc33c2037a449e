"""What a monitoring system watches, in the Prometheus text format."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from fastapi import APIRouter, Request, Response

from collector.api.agents import AgentSeen, agent_seen
from collector.api.alarms import is_for
from collector.api.asked import Plain
from collector.api.certificates import due_days
from collector.api.exposition import MEDIA_TYPE, Metric, Sample, exposition
from collector.api.health import Readiness, readiness, views_seen
from collector.api.parts import Here
from collector.api.schema import PROBLEMS
from collector.api.security import Asker
from collector.api.traffic import Traffic, TrafficSeen
from collector.views.seen import ViewSeen
from evidence.clock import NS_PER_S, parse_utc

router: Final = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_model=None,
    responses={
        200: {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **PROBLEMS,
    },
)
def metrics(request: Request, asked: Plain, parts: Here, reader: Asker) -> Response:  # noqa: ARG001 - refuses unknown parameters
    """Counts and states: base units, `_total` for what only grows."""
    traffic: Traffic = request.app.state.traffic
    with parts.sources.lease() as sources:
        agents = [
            agent_seen(sources, parts, agent)
            for agent in sorted({*parts.sites, *sources.ledger.agents()})
            if reader.sees(parts.sites.get(agent, ""))
        ]
        found = [
            *_state(readiness(sources, parts)),
            *_views(views_seen(sources, parts)),
            *_agents(agents),
            _due(due_days(sources, parts, reader)),
        ]
    shown = Counter(each.code for each in parts.alarms() if is_for(each.subject, parts, reader))
    found += [_alarms(shown), _receiving(parts.counters()), *_http(traffic.seen())]
    text = exposition(metric for metric in found if metric.samples)
    return Response(text, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})


def _state(found: Readiness) -> Iterable[Metric]:
    values = {
        "ledger_writable": ("Whether a commit would succeed, 0 or 1.", found.ledger_writable),
        "broker_connected": ("Whether the broker is connected, 0 or 1.", found.broker_connected),
        "judge_lag_leaves": ("Committed leaves that were not judged.", found.judge_lag_leaves),
    }
    for name, (words, value) in values.items():
        yield _gauge(f"carbonmeter_collector_{name}", words, [Sample({}, float(value))])


def _views(seen: Iterable[ViewSeen]) -> Iterable[Metric]:
    labelled = [(each, {"view": each.name}) for each in seen]
    yield Metric(
        "carbonmeter_collector_view_written_total",
        "counter",
        "Readings and misses that a view took since the start.",
        tuple(Sample(label, each.written) for each, label in labelled),
    )
    values = {
        "lag_leaves": "Judged leaves that a view does not show yet.",
        "aside": "Readings and misses that a view does not take.",
        "differing_hours": "Hours of channels in which a view is not like the ledger.",
    }
    for name, words in values.items():
        field = name.removesuffix("_hours")
        samples = [Sample(label, float(getattr(each, field))) for each, label in labelled]
        yield _gauge(f"carbonmeter_collector_view_{name}", words, samples)
    yield _gauge(
        "carbonmeter_collector_view_degraded",
        "Whether a view is behind or differs, 0 or 1.",
        [Sample({**label, "code": each.code}, float(bool(each.code))) for each, label in labelled],
    )


def _agents(agents: Iterable[AgentSeen]) -> Iterable[Metric]:
    held = [(each, {"agent": each.id}) for each in agents if each.epochs]
    yield Metric(
        "carbonmeter_collector_leaves_total",
        "counter",
        "Leaves of an agent that are held.",
        tuple(Sample(label, sum(log.size for log in each.epochs)) for each, label in held),
    )
    yield _gauge(
        "carbonmeter_collector_last_seen_timestamp_seconds",
        "When an agent's last leaf was committed, POSIX seconds.",
        [Sample(label, _seconds(each.last_seen)) for each, label in held if each.last_seen],
    )
    yield _gauge(
        "carbonmeter_collector_last_receipt_timestamp_seconds",
        "When an agent's last receipt was signed, POSIX seconds.",
        [Sample(label, _seconds(each.last_receipt)) for each, label in held if each.last_receipt],
    )
    yield _gauge(
        "carbonmeter_collector_clock_standard_uncertainty_seconds",
        "Standard uncertainty of an agent's clock, as it stated it.",
        [Sample(label, each.clock.standard_uncertainty_s) for each, label in held if each.clock],
    )


def _alarms(open_ones: Mapping[str, int]) -> Metric:
    samples = [Sample({"code": code}, count) for code, count in sorted(open_ones.items())]
    return _gauge("carbonmeter_collector_alarms_open", "Alarms that are open, by code.", samples)


def _due(days: Mapping[str, int]) -> Metric:
    samples = [Sample({"instrument": serial}, days[serial]) for serial in sorted(days)]
    words = "Days until an instrument's confirmation is overdue; negative when it is."
    return _gauge("carbonmeter_collector_cert_days_left", words, samples)


def _receiving(counters: Mapping[tuple[str, str], int]) -> Metric:
    return Metric(
        "carbonmeter_collector_intake_events_total",
        "counter",
        "What happened to messages, by event and code.",
        tuple(
            Sample({"event": event, "code": code}, count)
            for (event, code), count in sorted(counters.items())
        ),
    )


def _http(seen: TrafficSeen) -> Iterable[Metric]:
    yield Metric(
        "carbonmeter_collector_http_requests_total",
        "counter",
        "Requests answered.",
        tuple(
            Sample({"method": method, "route": route, "status": str(status)}, count)
            for (method, route, status), count in sorted(seen.requests.items())
        ),
    )
    yield Metric(
        "carbonmeter_collector_http_request_duration_seconds_total",
        "counter",
        "Time spent on answering, seconds.",
        tuple(Sample({"route": route}, seconds) for route, seconds in sorted(seen.seconds.items())),
    )


def _gauge(name: str, words: str, samples: Iterable[Sample]) -> Metric:
    return Metric(name, "gauge", words, tuple(samples))


def _seconds(text: str) -> float:
    return float(parse_utc(text) // NS_PER_S)
