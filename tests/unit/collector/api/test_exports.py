"""Files over HTTP: the same statements as the list, named, digested, in every form."""

import base64
import csv
import hashlib
import importlib
import io
import json
import sys
from typing import Any

import httpx
import jsonschema
import msgspec
import numpy as np
import pytest

from collector.api.exports import Format
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData
from tests.conftest import Require
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, Asked
from tests.unit.collector.api.test_openapi import described

WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
LIST = "/api/v1/activity-data"
EXPORT = f"{LIST}/export"
SCHEMA = "https://example.org/activity-data/1.0.0/schema.json"
OWN = {"pact": f"&data_schema={SCHEMA}"}
MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "components-csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "json-lines": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "brightway": "application/json",
    "brightway-lognormal": "application/json",
    "pact": "application/json",
}


def exported(asked: Asked, form: str, question: str = f"{WHOLE}&by=day") -> httpx.Response:
    answer = asked.get(f"{EXPORT}?{question}&format={form}{OWN.get(form, '')}")
    assert answer.status_code == 200, answer.text
    return answer


def digests(form: str, data: bytes) -> list[str]:
    """The digests of the statements in a file, in their order, each once."""
    if form.endswith("csv"):
        rows = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
        return list(dict.fromkeys(row["digest"] for row in rows))
    if form == "parquet":
        table = importlib.import_module("pyarrow.parquet").read_table(io.BytesIO(data))
        found: list[str] = table.column("digest").to_pylist()
        return found
    if form == "json-lines":
        *lines, last = map(json.loads, data.splitlines())
        assert set(last) == {"end"}
        return [each["digest"] for each in lines]
    body = json.loads(data)
    if form == "json":
        return [each["digest"] for each in body]
    if form == "pact":
        return [each["statementDigest"] for each in body["data"]["activityData"]]
    return [each["carbonmeter"]["digest"] for each in body["exchanges"]]


def listed(asked: Asked, question: str = f"{WHOLE}&by=day") -> list[ActivityData]:
    return msgspec.json.decode(asked.get(f"{LIST}?{question}").content, type=list[ActivityData])


@pytest.mark.parametrize("form", [each.value for each in Format])
def test_a_file_holds_the_statements_of_the_list_and_says_what_it_is(
    asked: Asked, form: str, require: Require
) -> None:
    if form == "parquet" and importlib.util.find_spec("pyarrow") is None:
        require("pyarrow", "it is not installed")
    answer = exported(asked, form)
    stated = listed(asked)
    expected = [each.digest for each in stated if each.components or form != "components-csv"]
    assert digests(form, answer.content) == expected
    assert answer.headers["content-type"] == MEDIA[form]
    assert answer.headers["carbonmeter-statements"] == str(len(stated))
    assert answer.headers["carbonmeter-time-zone"] == "Asia/Shanghai"
    sha256 = hashlib.sha256(answer.content)
    assert answer.headers["etag"] == f'"{sha256.hexdigest()}"'
    told = answer.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
    assert base64.b64decode(told) == sha256.digest()
    again = asked.get(str(answer.request.url), if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("form", "channel", "name"),
    [
        ("csv", LINE_1, "activity-data_jinan-line-1-energy_20260330_20260404_day.csv"),
        ("components-csv", None, "activity-data_all_20260330_20260404_day.components.csv"),
        (
            "brightway",
            LINE_1,
            "activity-data_jinan-line-1-energy_20260330_20260404_day.brightway.json",
        ),
    ],
)
def test_a_file_is_named_by_channel_days_of_the_zone_and_periods(
    asked: Asked, form: str, channel: str | None, name: str
) -> None:
    question = f"{WHOLE}&by=day" + (f"&channel={channel}" if channel else "")
    disposition = exported(asked, form, question).headers["content-disposition"]
    assert disposition == f'attachment; filename="{name}"'


def test_brightway_s_samples_of_two_meters_deviate_as_their_shared_standard_says(
    asked: Asked,
) -> None:
    rows = []
    for channel in (LINE_1, LINE_2):
        answer = exported(asked, "brightway", f"{WHOLE}&channel={channel}&samples=4000&seed=3")
        body = answer.json()
        assert (body["samples"]["seed"], body["samples"]["count"]) == (3, 4000)
        rows += body["samples"]["values"]
    two = [each for each in listed(asked, WHOLE) if each.channel in (LINE_1, LINE_2)]
    expected = covariance(two).correlation[0, 1]
    assert expected > 0.5
    assert np.corrcoef(np.array(rows))[0, 1] == pytest.approx(expected, abs=0.03)


def test_parquet_has_types_units_aside_and_the_components_inside(
    asked: Asked, require: Require
) -> None:
    if importlib.util.find_spec("pyarrow") is None:
        require("pyarrow", "it is not installed")
    read = importlib.import_module("pyarrow.parquet").read_table
    table = read(io.BytesIO(exported(asked, "parquet").content))
    assert table.schema.metadata[b"carbonmeter.format"] == b"carbonmeter-activity-data-1"
    assert str(table.schema.field("period_start").type) == "timestamp[ns, tz=UTC]"
    for row, datum in zip(table.to_pylist(), listed(asked), strict=True):
        assert row["value"] == datum.value
        assert row["standard_uncertainty"] == datum.standard_uncertainty
        assert row["components"] == [msgspec.to_builtins(part) for part in datum.components]
        assert row["period_start"].isoformat().replace("+00:00", "Z") == datum.period.start


def test_without_pyarrow_parquet_is_refused_with_what_to_do(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = asked.get(f"{EXPORT}?{WHOLE}&format=parquet")
    assert answer.status_code == 501
    assert answer.json()["code"] == "E_FORMAT_UNAVAILABLE"
    assert "pip install" in answer.json()["detail"]
    assert asked.get(f"{EXPORT}?{WHOLE}&format=csv").status_code == 200


@pytest.mark.parametrize(
    ("question", "code", "where"),
    [
        (f"{WHOLE}", "E_QUERY", "query format"),
        (f"{WHOLE}&format=xlsx", "E_QUERY", "query format"),
        (f"{WHOLE}&format=csv&samples=5", "E_QUERY", "query samples"),
        (f"{WHOLE}&format=csv&seed=5", "E_QUERY", "query seed"),
        (f"{WHOLE}&format=brightway&data_schema={SCHEMA}", "E_QUERY", "query data_schema"),
        (f"{WHOLE}&format=pact", "E_QUERY", "query data_schema"),
        (f"{WHOLE}&format=pact&data_schema=http://x/y", "E_QUERY", "query data_schema"),
        (f"{WHOLE}&format=pact&data_schema=https://x/%0Ay", "E_QUERY", "query data_schema"),
        (f"{WHOLE}&format=brightway&samples=-1", "E_QUERY", "query samples"),
        (f"{WHOLE}&format=brightway&seed=1e3", "E_QUERY", "query seed"),
        (
            f"{WHOLE}&by=hour&format=brightway&channel={LINE_1}&samples=10000",
            "E_EXPORT_SAMPLES",
            "samples",
        ),
        (f"{WHOLE}&format=brightway&channel={MILL}&samples=5", "E_PERIOD", MILL),
        ("start=2000-01-01&end=2009-01-01&by=hour&format=brightway", "E_RANGE_LIMIT", "by"),
        (f"{WHOLE}&format=csv&channel=a/b/c", "E_CHANNEL_UNKNOWN", "channel"),
    ],
)
def test_what_cannot_be_a_file_is_refused(
    asked: Asked, question: str, code: str, where: str
) -> None:
    answer = asked.get(f"{EXPORT}?{question}")
    assert answer.json()["code"] == code
    assert answer.json()["where"] == where
    assert answer.status_code in (404, 422)


def test_json_files_fit_the_schemas_of_the_description(asked: Asked) -> None:
    document = described(asked)
    content = document["paths"][EXPORT]["get"]["responses"]["200"]["content"]
    assert set(content) == {media.split(";")[0] for media in MEDIA.values()}
    schema = {**content["application/json"]["schema"], "components": document["components"]}
    for form in ("json", "brightway", "brightway-lognormal", "pact"):
        jsonschema.validate(exported(asked, form).json(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"exchanges": []}, schema)


def test_the_schema_for_pact_is_there_to_be_published_and_its_file_fits(asked: Asked) -> None:
    answer: Any = asked.get(f"{EXPORT}/pact-schema").json()
    jsonschema.validate(exported(asked, "pact").json()["data"], answer)
