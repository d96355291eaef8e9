"""What comes with the document: layout, callbacks and first request, as Dash would have them."""

from __future__ import annotations

import json
import re
from typing import Any

from callbacks.first_answer import request_of
from tests.callbacks.small_app import PREFIX, client, small_app


def handed(app: Any) -> dict[str, Any]:
    """What the document's first script holds."""
    browser = client(app)
    early = re.search(r'<script src="([^"]*/early\.[^"]*)"', browser.get(f"{PREFIX}/").text)
    assert early
    line = re.search(r"^window\.creditsGiven = (.*);$", browser.get(early[1]).text, re.MULTILINE)
    assert line
    return json.loads(line[1])


def test_layout_and_callbacks_are_those_that_the_server_answers():
    app = small_app()
    answers = handed(app)["answers"]
    assert set(answers) == {f"{PREFIX}/_dash-layout", f"{PREFIX}/_dash-dependencies"}
    for address, text in answers.items():
        assert text == client(app).get(address).text


def test_the_first_request_is_answered_once_it_has_its_value(page, two_accounts):
    served = page(two_accounts)
    body = handed(served.app)["request"]
    body["inputs"][0]["value"] = {"range": "7d", "theme": "light"}
    answer = served.client.post(handed(served.app)["update"], json=body)
    assert answer.status_code == 200
    assert answer.json["response"] == served.show("7d")


def dependency(*inputs: str, **more: Any) -> dict[str, Any]:
    found = [{"id": name, "property": "data"} for name in inputs]
    return {"output": "a.b", "inputs": found, "state": [], "clientside_function": None, **more}


def test_of_several_callbacks_the_servers_own_for_that_store_alone_is_asked():
    other = dependency("view", "act", output="c.d")
    browser = dependency("view", output="e.f", clientside_function={"namespace": "n"})
    found = request_of([other, browser, dependency("view")], "view")
    assert found
    assert (found["output"], found["outputs"]) == ("a.b", {"id": "a", "property": "b"})
    both = request_of([dependency("view", output="..a.b...c.d..")], "view")
    assert both
    assert both["outputs"] == [{"id": "a", "property": "b"}, {"id": "c", "property": "d"}]


def test_nothing_is_asked_early_where_it_is_not_plain_what():
    state = [{"id": "x", "property": "data"}]
    assert request_of([], "view") is None
    assert request_of([dependency("view"), dependency("view")], "view") is None
    assert request_of([dependency("view", state=state)], "view") is None
