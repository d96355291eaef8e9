"""Text inside figures: what a host wrote is shown as it is and never read as markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import hover

M = 1_000_000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Acme contracts", "Acme contracts"),
        ("<b>x</b><img onerror=alert(1)>", "&lt;b&gt;x&lt;/b&gt;&lt;img onerror=alert(1)&gt;"),
        ('<a href="https://e.example">', '&lt;a href="https://e.example"&gt;'),
        ("R&D &lt;", "R&amp;D &amp;lt;"),
        ("%{x} %{customdata}", "%{x} %{customdata}"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("a\u202eb", "a b"),
        ("Überprüfung 日本", "Überprüfung 日本"),
    ],
)
def test_escape(name, text):
    assert hover.escape(name) == text


@given(st.text())
def test_no_escaped_text_holds_a_tag_or_a_line(name):
    text = hover.escape(name)
    assert "<" not in text
    assert ">" not in text
    assert text.isprintable()


def test_a_tooltip_is_bold_first_and_leaves_empty_lines_out():
    assert hover.tooltip("R&D", "12 credits", "", "more") == "<b>R&amp;D</b><br>12 credits<br>more"


def test_long_names_are_cut():
    assert hover.clip("a" * 28, 28) == "a" * 28
    assert hover.clip("a" * 29, 28) == "a" * 28 + "…"
    assert len(hover.tooltip("a" * 10_000)) < 100


def test_refunds_are_told_wherever_there_are_any():
    assert hover.refund_line(5 * M, 0, 5 * M) == ""
    assert hover.refund_line(2100 * M, 62 * M, 2038 * M) == "Used 2,100 · refunded 62 · net 2,038"
    assert hover.refund_line(1, M, 1 - M) == "Used &lt;1 · refunded 1 · net −1"


def test_amounts_and_context_share_a_line():
    assert hover.amount_line(2038 * M, "12%", "") == "2,038 credits · 12%"
    assert hover.amount_line(1, "<1%") == "&lt;1 credit · &lt;1%"


def test_tooltips_are_texts_and_no_templates():
    assert hover.shown_on(["%{x}"]) == {"hoverinfo": "text", "hovertext": ["%{x}"]}
