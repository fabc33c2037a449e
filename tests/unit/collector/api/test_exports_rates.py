"""Days of a rate in files that carry what ties rows to each other."""

from tests.unit.collector.api.plant import POWER, Asked

DATA = "/api/v1/activity-data"


def test_days_of_a_rate_have_joint_samples_though_each_was_sampled_otherwise(asked: Asked) -> None:
    days = f"channel={POWER}&start=2026-03-30&end=2026-04-01&by=day"
    rows = asked.get(f"{DATA}?{days}").json()
    sampled = [
        part["degrees_of_freedom"]
        for row in rows
        for part in row["components"]
        if part["influence"] == f"sampling:{POWER}"
    ]
    assert len(set(sampled)) == 2
    answer = asked.get(f"{DATA}/export?format=brightway&samples=4&{days}")
    assert answer.status_code == 200, answer.text
