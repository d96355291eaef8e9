"""The page before any answer: one of everything, named, and without data."""

from __future__ import annotations

import pytest

from dashboard.host import Host
from dashboard.ids import Act, Id, Part, part_id
from dashboard.panels import PANELS
from layouts.page import delay, foot, freshness, page
from tests.layouts.tree import attribute, elements, parts, with_id, words


@pytest.fixture
def skeleton():
    return page(PANELS, switches_accounts=True)


def test_each_landmark_stands_once(skeleton):
    counts = {kind: len(elements(skeleton, kind)) for kind in ("Header", "Nav", "Main", "Footer")}
    assert {"Header": 1, "Nav": 2, "Main": 1, "Footer": 1} == counts
    navs = elements(skeleton, "Nav")
    assert ["Breadcrumb", "Credits"] == [attribute(nav, "aria-label") for nav in navs]


def test_there_is_one_h1_and_one_h2_a_card(skeleton):
    assert ["Credits"] == [words(part) for part in elements(skeleton, "H1")]
    # the last is the sheet's, which has its title once something is opened
    named = ["This billing month", *(panel.question for panel in PANELS), ""]
    assert named == [words(part) for part in elements(skeleton, "H2")]


def test_every_id_of_the_page_is_there_once_and_no_other(skeleton):
    ids = [str(part.id) for part in parts(skeleton) if getattr(part, "id", None)]
    of_panels = [part_id(panel.key, part) for panel in PANELS for part in Part]
    assert sorted([*map(str, Id), *of_panels]) == sorted(ids)


def test_a_button_that_does_nothing_is_not_on_the_page(skeleton):
    acts = {attribute(button, "data-act") for button in elements(skeleton, "Button")}
    at_first = {Act.EARLIER, Act.LATER, Act.APPLY, Act.CANCEL, Act.THEME, Act.RETRY, Act.RELOAD}
    at_first |= {Act.REFRESH, Act.TABLE, Act.COMPARE, Act.DOWNLOAD, Act.PICTURE, Act.COPY}
    at_first |= {Act.CLOSE, Act.MORE, Act.DAY_BEFORE, Act.DAY_AFTER, Act.RANGE}  # of the sheet
    assert at_first == acts


def test_every_button_has_words_or_a_label(skeleton):
    for button in elements(skeleton, "Button"):
        assert words(button) or attribute(button, "aria-label")


def test_steps_are_disabled_until_an_answer_says_where_they_lead(skeleton):
    states = [
        attribute(with_id(skeleton, name), "aria-disabled") for name in (Id.EARLIER, Id.LATER)
    ]
    assert ["true", "true"] == states


def test_the_range_picker_is_a_named_group_of_radios(skeleton):
    group = next(part for part in parts(skeleton) if attribute(part, "role") == "radiogroup")
    assert "Time range" == attribute(group, "aria-label")
    labels = [words(option["label"]) for option in group.children.options]
    assert "This billing month Month" == labels[0]
    assert ["month", "7d", "30d", "90d", "custom"] == [o["value"] for o in group.children.options]


def test_the_short_labels_are_for_eyes_only(skeleton):
    short = [p for p in parts(skeleton) if attribute(p, "className") == "label-short"]
    assert ["true"] * 5 == [attribute(part, "aria-hidden") for part in short]


def test_each_date_field_has_its_label_and_place_for_its_error(skeleton):
    fields = {label.htmlFor: words(label) for label in elements(skeleton, "Label")}
    assert {"From", "To"} == {fields[Id.FROM], fields[Id.TO]}
    assert ["date", "date"] == [with_id(skeleton, name).type for name in (Id.FROM, Id.TO)]
    assert ["alert", "alert"] == [with_id(skeleton, e).role for e in (Id.FROM_ERROR, Id.TO_ERROR)]


def test_the_account_switcher_is_hidden_where_the_host_names_the_account():
    hidden = [
        next(
            p for p in parts(page(PANELS, switches_accounts=shown)) if _class(p) == "accounts"
        ).hidden
        for shown in (True, False)
    ]
    assert [False, True] == hidden


def test_no_account_is_in_the_page_before_an_answer(skeleton):
    assert [] == with_id(skeleton, Id.ACCOUNTS).options


@pytest.fixture
def hosted():
    return page(PANELS, Host(ledger="/app/ledger", account="https://host.example/account"))


def links(root):
    """Those that lead away: the menu's entry leads to this page on paper."""
    return {words(link): link.href for link in elements(root, "A") if link.target == "_top"}


def test_a_host_that_told_no_address_gets_no_link(skeleton):
    assert {} == links(skeleton)
    crumbs, places = elements(skeleton, "Nav")
    assert ("Account Credits", "Usage") == (words(crumbs), words(places))


def test_account_and_ledger_lead_to_the_host_and_out_of_its_frame(hosted):
    account = "https://host.example/account"
    expected = {"Account": account, "Ledger": "/app/ledger", "Back to account": account}
    assert expected | {"Open in the ledger": "/app/ledger"} == links(hosted)


def entries(menu):
    return [words(one) for one in parts(menu) if attribute(one, "className") == "menu-entry"]


def test_the_export_menu_has_each_format_and_paper(skeleton):
    assert [
        "Entries (CSV)",
        "Chart data (CSV)",
        "Chart data (JSON)",
        "Chart data (Excel)",
        "Entries (FOCUS 1.2)",
        "Print or save as PDF",
    ] == entries(with_id(skeleton, Id.EXPORT))


def test_each_panel_has_a_menu_of_its_own_with_a_name(skeleton):
    menus = elements(skeleton, "Details")[1:]  # the first is Export
    names = [attribute(elements(menu, "Summary")[0], "aria-label") for menu in menus]
    assert [f"More for {panel.name}" for panel in PANELS] == names
    expected = ["Data (CSV)", "Image (PNG)", "Copy link to this view"]
    assert [expected] * len(PANELS) == [entries(menu) for menu in menus]


def test_without_files_what_is_left_is_paper_and_the_link():
    root = page(PANELS, Host(exports=False))
    menus = elements(root, "Details")
    assert [["Print or save as PDF"], *[["Copy link to this view"]] * len(PANELS)] == [
        entries(menu) for menu in menus
    ]
    assert Act.DOWNLOAD not in {attribute(one, "data-act") for one in elements(root, "Button")}


def test_the_view_for_paper_opens_in_a_page_of_its_own(skeleton):
    entry = with_id(skeleton, Id.PRINT)
    assert ("Print or save as PDF", "_blank", "noopener") == (
        words(entry),
        entry.target,
        entry.rel,
    )


def test_usage_is_the_current_place(hosted):
    current = [words(p) for p in parts(hosted) if attribute(p, "aria-current") == "page"]
    assert ["Credits", "Usage"] == current


def test_refresh_is_a_button_with_a_name(skeleton):
    refresh = next(b for b in elements(skeleton, "Button") if attribute(b, "data-act") == "refresh")
    assert "Refresh" == attribute(refresh, "aria-label")


def test_the_page_says_that_it_waits(skeleton):
    assert "true" == attribute(with_id(skeleton, Id.MAIN), "aria-busy")


def test_changes_are_told_in_one_polite_line_and_in_one_of_the_sheet(skeleton):
    """A line outside an open dialog is told to nobody."""
    told = [part.id for part in parts(skeleton) if attribute(part, "role") == "status"]
    assert [Id.STATUS, Id.SHEET_STATUS] == told


def test_the_foot_names_the_zone_of_the_days():
    assert (
        "Days and billing months are in Asia/Kathmandu. "
        "Usage arrives within a few minutes. The ledger is the record for billing."
    ) == words(foot("Asia/Kathmandu"))


def test_the_foot_ends_with_how_the_ledger_compares_where_that_is_known():
    assert words(foot("UTC", "Matches the ledger.")).endswith("for billing. Matches the ledger.")


def test_freshness_shows_a_mark_of_its_state():
    mark, label = freshness("late", "Updated 24 min ago")
    assert "icon icon-late" == mark.className
    assert "Updated 24 min ago" == words(label)


def test_a_delay_is_said_in_one_line():
    assert "Usage is delayed. Charts are complete." == words(
        delay("Usage is delayed.", "Charts are complete.")
    )


def _class(part):
    return attribute(part, "className")
