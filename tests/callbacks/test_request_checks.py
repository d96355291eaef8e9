"""Bodies that our page cannot have sent are 400, too large ones 413, none is ever a 500."""

from __future__ import annotations

import copy
import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from callbacks.request_checks import LARGEST_BODY, MISSHAPEN, TOO_LARGE
from tests.callbacks.small_app import UPDATE, body, client, small_app

JSON = "application/json"
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    return client(small_app())


def send(browser: FlaskClient, content: Any) -> tuple[int, str]:
    answer = browser.post(UPDATE, data=json.dumps(content), content_type=JSON)
    return answer.status_code, answer.text


def test_what_the_page_sends_is_answered(browser):
    status, text = send(browser, body())
    assert (status, json.loads(text)["response"]["words"]) == (
        200,
        {"children": "{'range': '7d'}", "title": "5"},
    )


def test_a_callback_with_one_output_is_answered(browser):
    one = {
        "output": "length.children",
        "outputs": {"id": "length", "property": "children"},
        "inputs": [{"id": "view", "property": "data"}],
        "changedPropIds": [],
    }
    assert send(browser, one)[0] == 200


@pytest.mark.parametrize(
    "content",
    [
        [],
        None,
        0,
        "words.children",
        {},
        {"output": "length.children"},
        {"output": ["length.children"]},
        {"output": {"id": "length"}},
    ],
    ids=str,
)
def test_a_body_of_another_kind_is_refused(browser, content):
    assert send(browser, content) == (400, MISSHAPEN)


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The body of the page with one place changed; None as a value removes the key."""
    made = copy.deepcopy(body())
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("output",), None),
        (("output",), "words.children"),
        (("output",), "balance.children"),
        (("output",), "__proto__"),
        (("outputs",), None),
        (("outputs",), []),
        (("outputs", 1), None),
        (("outputs", 0, "id"), "foot"),
        (("outputs", 0, "property"), "style"),
        (("outputs", 0), "words.children"),
        (("outputs",), {"id": "words", "property": "children"}),
        (("inputs",), None),
        (("inputs",), []),
        (("inputs",), {}),
        (("inputs", 1), None),
        (("inputs", 0, "id"), "other"),
        (("inputs", 0, "id"), {"i": 1}),
        (("inputs", 0, "id"), None),
        (("inputs", 0, "property"), "children"),
        (("inputs", 0, "more"), 1),
        (("inputs", 0), "view.data"),
        (("inputs", 0), [{"id": "view", "property": "data"}]),
        (("state",), None),
        (("state",), [{"id": "length", "property": "title"}]),
        (("changedPropIds",), "view.data"),
        (("changedPropIds",), ["words.children"]),
        (("changedPropIds",), [1]),
        (("changedPropIds",), [{"id": "view"}]),
        (("parsedChangedPropsIds",), 1),
        (("cancelJob",), "1"),
        (("inputs", 0, "value"), "half a character \ud800"),
        (("inputs", 0, "value"), {"a NUL \0": 1}),
    ],
    ids=str,
)
def test_a_body_with_one_place_wrong_is_refused(browser, path, value):
    assert send(browser, changed(path, value)) == (400, MISSHAPEN)


def test_a_callback_that_the_browser_answers_itself_is_not_answered_here(browser):
    local = {
        "output": "local.children",
        "outputs": {"id": "local", "property": "children"},
        "inputs": [{"id": "view", "property": "data"}],
    }
    assert send(browser, local) == (400, MISSHAPEN)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b"NaN", b'{"output": Infinity}', b"[" * 60_000, b"9" * 60_000],
    ids=lambda raw: repr(raw[:12]),
)
def test_a_body_that_is_no_json_is_refused(browser, raw):
    answer = browser.post(UPDATE, data=raw, content_type=JSON)
    assert (answer.status_code, answer.text) == (400, MISSHAPEN)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_does_not_say_json_is_refused(browser, content_type):
    """So a form on another site can never call a callback."""
    answer = browser.post(UPDATE, data=json.dumps(body()), content_type=content_type)
    assert (answer.status_code, answer.text) == (400, MISSHAPEN)


def test_values_nested_deeper_than_any_component_sends_are_refused(browser):
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert send(browser, changed(("inputs", 0, "value"), deep)) == (400, MISSHAPEN)


def test_a_body_above_the_limit_is_413_and_one_at_the_limit_is_read(browser):
    content = json.dumps(body()).encode()
    at_the_limit = browser.post(UPDATE, data=content.ljust(LARGEST_BODY), content_type=JSON)
    above = browser.post(UPDATE, data=content.ljust(LARGEST_BODY + 1), content_type=JSON)
    assert at_the_limit.status_code == 200
    assert (above.status_code, above.text) == (413, TOO_LARGE)


def test_the_log_says_why_and_never_the_values(browser, caplog):
    with caplog.at_level(logging.WARNING, logger="callbacks.request_checks"):
        send(browser, changed(("state", 0, "id"), "secret-place"))
    assert [record.getMessage() for record in caplog.records] == [
        "refused a callback request: an input is not length.children"
    ]


@given(content=ANYTHING)
def test_no_json_whatever_is_an_error_of_the_server(browser, content):
    assert send(browser, content) == (400, MISSHAPEN)


@given(value=ANYTHING)
def test_any_value_of_an_input_reaches_the_callback_or_is_refused(browser, value):
    """Values are the callback's to judge; only depth, NUL, half characters and NaN are refused."""
    status, _text = send(browser, changed(("inputs", 0, "value"), [value]))
    assert status in {200, 400}


@given(
    key=st.sampled_from(sorted(body())),
    place=st.sampled_from([("outputs", 0), ("inputs", 0), ("state", 0)]),
    value=ANYTHING,
)
def test_a_wrong_part_anywhere_is_refused_and_never_an_error(browser, key, place, value):
    for path in ((key,), place):
        status, _text = send(browser, changed(path, [value]))
        assert status in {200, 400}
