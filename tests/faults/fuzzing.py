"""Questions to an interface, made from its own OpenAPI description; and what is wrong with answers.

Half of them fit the description, half do not; and of either kind some parameters are put right,
for hardly any text that is made up is the name of a channel.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import jsonschema
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok, Result
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXPECTED: Final = frozenset({501, 503, 507})
"""What a server may say of itself: something is not installed, not now, no room."""
AT_THE_DOOR: Final = frozenset({401, 403, 413, 414, 429, 431, 503})
"""Answers that can be given before it is known what is asked for."""
CHECKS: Final = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PROBLEM: Final = "application/problem+json"
_MOST: Final = 20
Known = Mapping[str, Sequence[str]]
"""Parameters of questions, and what is right for each."""


Question = Case[Any]
Answer = Response


@dataclass(slots=True, kw_only=True)
class Fuzz:
    """Asks questions, and remembers what was wrong.

    Attributes:
        description: The OpenAPI document.
        known: What is right of some parameters.
        ask: Puts a question; gives the answer, or None where there was none in good time.
        bearers: What is shown as `Authorization`, in turn for each operation; "" is nothing.
        wrong: What was wrong, in words.
        tally: Answers by their status.
        asked: Questions by operation.
        past: Those of them that were let in, and so came to what the operation does.
    """

    description: dict[str, object]
    known: Known
    ask: Callable[[Question], Answer | None]
    bearers: Sequence[str] = ("",)
    wrong: list[str] = field(default_factory=list)
    tally: Counter[int] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    past: Counter[str] = field(default_factory=Counter)

    def run(self, number: int, each: int, only: str = "") -> None:
        """Asks so many questions of each operation and kind.

        Args:
            number: decides which.
            each: how many.
            only: the one path that is asked; all if empty.
        """
        schema = schemathesis.openapi.from_dict(self.description)
        operations = [_sound(found) for found in schema.get_all_operations()]
        for operation in operations:
            if only in ("", operation.path):
                for mode in GenerationMode:
                    _ask(self, operation, mode, number, each)

    def unreached(self) -> list[str]:
        """The operations that nobody was let in to."""
        return sorted(name for name in self.asked if not self.past[name])

    def show(self, case: Question) -> None:
        """Lets a question show the token whose turn it is with its operation."""
        bearer = self.bearers[self.asked[_named(case)] % len(self.bearers)]
        if bearer:
            case.headers["authorization"] = bearer

    def look(self, case: Question, answer: Answer | None) -> None:
        """Counts an answer, and notes what is wrong with it."""
        self.asked[_named(case)] += 1
        if answer is None:
            self.wrong.append(f"{case.as_curl_command()}: it was not answered")
            return
        self.tally[answer.status_code] += 1
        self.past[_named(case)] += answer.status_code not in AT_THE_DOOR
        said = complaints(case, answer, self.description)
        self.wrong += [f"{case.as_curl_command()}: {each}" for each in said]


def _sound(
    found: Result[APIOperation[Any, Any, Any, Any], InvalidSchema],
) -> APIOperation[Any, Any, Any, Any]:
    """An operation, if its description can be read."""
    assert isinstance(found, Ok), found
    return found.ok()


def _ask(
    fuzz: Fuzz,
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    number: int,
    each: int,
) -> None:
    known = {name: st.sampled_from(values) for name, values in fuzz.known.items()}
    right = st.fixed_dictionaries(known) | st.fixed_dictionaries({}, optional=known)

    @seed(number)
    @settings(
        max_examples=each,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), put=right, rare=st.integers(0, 9))
    def asked(case: Question, put: Mapping[str, str], rare: int) -> None:
        if rare < 9:  # a token that is none would end most questions
            case.headers.pop("authorization", "")
            fuzz.show(case)
        for part in (case.query, case.path_parameters, case.body):
            _put_right(part, put)
        if len(fuzz.wrong) < _MOST:  # else it was said often enough
            fuzz.look(case, fuzz.ask(case))

    asked()


def _put_right(part: object, put: Mapping[str, str]) -> None:
    """Exchanges what is known better in a part of a question, however deep it is."""
    if isinstance(part, list):
        for each in part:
            _put_right(each, put)
    if isinstance(part, dict):
        for name, value in part.items():
            if name in put:
                part[name] = put[name]
            else:
                _put_right(value, put)


def _named(case: Question) -> str:
    return f"{case.method} {case.path}"


def complaints(case: Question, answer: Answer, description: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer: a mistake of the server, or what the description denies."""
    found = []
    if answer.status_code >= 500 and answer.status_code not in EXPECTED:
        found.append(f"{answer.status_code} {answer.text[:300]}")
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as wrong:
        found += [f"{each.title}: {each.message[:300]}" for each in wrong.exceptions]
    if answer.status_code >= 400 and not _is_readiness(case):
        found += _no_problem(answer, description)
    return found


def _is_readiness(case: Question) -> bool:
    """503 is what it is there to say, in its own form."""
    return case.path == "/readyz"


def _no_problem(answer: Answer, description: Mapping[str, object]) -> list[str]:
    (media,) = answer.headers.get("content-type", ["-"])
    if media != PROBLEM:
        return [f"{answer.status_code} is told as {media}"]
    schema = {"$ref": "#/components/schemas/Problem", "components": description["components"]}
    try:
        jsonschema.validate(answer.json(), schema)
    except jsonschema.ValidationError as wrong:
        return [f"the problem does not fit its schema: {wrong.message[:200]}"]
    return []
