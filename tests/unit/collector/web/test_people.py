"""People and tokens by browser: who may, what the journal says of it, what takes effect at once."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.app import create_app
from collector.people.password import SALT_BYTES
from collector.people.users import User
from collector.rights import Role
from collector.token_errors import TokenIssueError
from collector.web.pages import add_pages
from collector.web.people.forms import days_of, new_user, sites_of, stated_reason
from collector.web.people.listing import ON_A_PAGE
from evidence.log.entry import Action
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.conftest import Browser

SALT = b"s" * SALT_BYTES
NEW = {
    "name": "wang",
    "role": "engineer",
    "sites": "jinan, weifang",
    "password": "a long new password",
    "reason": "joins the works",
}


def csrf_of(browser: Browser) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/about").text)
    assert found is not None
    return found[1]


def sent(browser: Browser, path: str, **form: str) -> Any:  # noqa: ANN401 - an answer
    return browser.post(path, {"csrf": csrf_of(browser), **form})


def last_entry(plant: Plant) -> Any:  # noqa: ANN401 - an entry
    with plant.parts().journal() as journal:
        return journal.entries()[-1].entry


@pytest.fixture
def administrator(browser: Browser) -> Browser:
    browser.sign_in("administrator")
    return browser


@pytest.mark.parametrize("name", ["analyst", "auditor", "engineer"])
def test_only_an_administrator_sees_and_changes_people(browser: Browser, name: str) -> None:
    browser.sign_in(name)
    refused = browser.get("/people", accept="text/html")
    assert refused.status_code == 403
    assert "this needs an administrator: ask an administrator" in refused.text
    assert sent(browser, "/people/users", **NEW).status_code == 403
    assert 'href="/people"' not in browser.get("/about").text


def test_somebody_is_added_and_the_journal_says_by_whom_and_why(
    people: Plant, administrator: Browser
) -> None:
    assert sent(administrator, "/people/users", **NEW).status_code == 303
    entry = last_entry(people)
    assert (entry.who, entry.role, entry.action) == (
        "administrator",
        "administrator",
        Action.USER_ADDED,
    )
    assert (entry.subject, entry.reason) == ("wang", "joins the works")
    assert entry.new["sites"] == ["jinan", "weifang"]
    assert "password" not in entry.reason
    wang = Browser(administrator.asked)
    assert wang.sign_in("wang", NEW["password"]).status_code == 303
    assert wang.get("/about").status_code == 200


def test_a_site_at_which_no_agent_stands_is_told_beside_whom_it_limits(
    administrator: Browser,
) -> None:
    """It may be new, or mistyped: then they see nothing."""
    sent(administrator, "/people/users", **{**NEW, "sites": "jinan, wiefang"})
    shown = administrator.get("/people?lang=en").text
    assert "no agent stands at &#39;wiefang&#39;" in shown
    assert "no agent stands at &#39;jinan&#39;" not in shown
    assert "厂区 &#39;wiefang&#39; 没有代理" in administrator.get("/people?lang=zh").text


def test_a_form_without_the_pages_word_or_without_a_reason_does_nothing(
    people: Plant, administrator: Browser
) -> None:
    assert administrator.post("/people/users", NEW).status_code == 403
    refused = sent(administrator, "/people/users", **{**NEW, "reason": " "})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert [each.name for each in people.parts().users.all()] == list(Role)


def test_who_is_disabled_is_out_at_once(people: Plant, administrator: Browser) -> None:
    other = Browser(administrator.asked)
    other.sign_in("auditor")
    form = {"name": "auditor", "role": "auditor", "disabled": "yes", "reason": "left"}
    assert sent(administrator, "/people/users/change", **form).status_code == 303
    assert other.get("/about").status_code == 303
    assert other.sign_in("auditor").status_code == 403
    entry = last_entry(people)
    assert (entry.old["disabled"], entry.new["disabled"]) == (False, True)


def test_nobody_takes_their_own_administration_away(people: Plant, administrator: Browser) -> None:
    for change in ({"disabled": "yes"}, {"role": "auditor"}, {"sites": "jinan"}):
        form = {"name": "administrator", "role": "administrator", "reason": "x", **change}
        assert sent(administrator, "/people/users/change", **form).status_code == 422
    assert people.parts().users.named("administrator").role is Role.ADMINISTRATOR


def test_a_token_is_shown_once_works_and_is_withdrawn(
    people: Plant, administrator: Browser
) -> None:
    form = {"name": "robot", "role": "analyst", "days": "30", "sites": "jinan", "reason": "export"}
    shown = sent(administrator, "/people/tokens", **form)
    found = re.search(r">(cmt_[A-Za-z0-9_-]+)<", shown.text)
    assert found is not None
    assert found[1] not in administrator.get("/people").text
    assert shown.headers["cache-control"] == "no-store"
    bearer = {"authorization": f"Bearer {found[1]}"}
    assert administrator.asked.get("/api/v1/channels", **bearer).status_code == 200
    withdrawn = sent(administrator, "/people/tokens/withdraw", name="robot", reason="not needed")
    assert withdrawn.status_code == 303
    assert administrator.asked.get("/api/v1/channels", **bearer).status_code == 401
    assert last_entry(people).action is Action.TOKEN_WITHDRAWN


def test_what_is_written_comes_back_as_text(administrator: Browser) -> None:
    refused = sent(administrator, "/people/users", **{**NEW, "name": "<b>x</b>"})
    assert refused.status_code == 422
    assert "<b>x" not in refused.text


def test_while_nobody_is_known_nobody_administers_without_a_name(fresh: Plant) -> None:
    parts = fresh.parts()
    nobody = Browser(Asked(add_pages(create_app(parts), parts)))
    assert nobody.get("/people").status_code == 303
    parts.sources.close()


@given(st.dictionaries(st.sampled_from([*NEW, "days"]), st.text()))
def test_any_form_is_read_or_refused_in_words(form: dict[str, str]) -> None:
    for read in (
        lambda: new_user({**form, "password": ""}, SALT, 0),
        lambda: days_of(form),
        lambda: stated_reason(form),
        lambda: sites_of(form),
    ):
        with suppress(TokenIssueError):  # and nothing else
            read()


def test_hundreds_of_people_are_shown_page_by_page_and_found_by_name(
    administrator: Browser, people: Plant
) -> None:
    users = people.parts().users
    for number in range(100):
        users.add(User(name=f"shift-{number:02}", role=Role.ANALYST, created_ns=0))
    first = administrator.get("/people").text
    assert first.count("/people/users/change") == ON_A_PAGE
    assert '<option value="shift-99">' in first
    assert "page=2" in first
    last = administrator.get("/people?page=99").text
    assert "<strong>shift-99</strong>" in last
    assert "page=4" not in last
    found = administrator.get("/people?q=Shift-42").text
    assert found.count("/people/users/change") == 1
    assert "Nothing of this name." in administrator.get("/people?q=nobody").text
