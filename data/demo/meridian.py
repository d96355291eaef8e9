"""The enterprise demo account: 300 workspaces, no allowance, a larger volume; values only."""

from __future__ import annotations

from random import Random

from data.demo.story import Member, Mix, Story, Workspace

PLACES = (
    *("Ohio", "Texas", "Florida", "Georgia", "Arizona", "Oregon", "Nevada", "Colorado"),
    *("Michigan", "Illinois", "Virginia", "New York", "New Jersey", "Pennsylvania", "California"),
    *("Washington", "Minnesota", "Missouri", "Tennessee", "Carolinas", "Maryland", "Ontario"),
)
TEAMS = (
    *("claims", "underwriting", "policy servicing", "litigation", "subrogation", "fraud review"),
    *("vendor contracts", "broker onboarding", "reinsurance", "medical records"),
    *("regulatory filings", "catastrophe response"),
)
FIRST_NAMES = (
    *("Ana", "Ben", "Carmen", "David", "Elena", "Frank", "Grace", "Hugo", "Irene", "James"),
    *("Karen", "Leon"),
)
LAST_NAMES = ("Castillo", "Nguyen", "Petrov", "Sullivan", "Osei")
PERSONAL = 36  # of the 300; the others are a team in a place
HEAD = 6  # places by which the largest workspaces are held together
FALL = 0.9  # how fast the rest falls off


def _members() -> tuple[Member, ...]:
    pairs = [(first, last) for last in LAST_NAMES for first in FIRST_NAMES]
    return tuple(
        Member(f"meridian-m{place}", f"{first} {last}")
        for place, (first, last) in enumerate(pairs, 1)
    )


def _workspaces(members: tuple[Member, ...]) -> tuple[Workspace, ...]:
    names = [f"{place} {team}" for team in TEAMS for place in PLACES]
    teams = [Workspace(f"w{number:03d}", name) for number, name in enumerate(names, 1)]
    personal = [
        Workspace(f"p{number:03d}", f"{owner.name}'s workspace", "personal", owner.id)
        for number, owner in enumerate(members[:PERSONAL], 1)
    ]
    return (*teams, *personal)


def _shares(workspaces: tuple[Workspace, ...]) -> dict[str | None, float]:
    """A few large workspaces and a long tail, in an order that no name gives away."""
    order = [workspace.id for workspace in workspaces]
    Random("meridian").shuffle(order)  # noqa: S311 - believable, not secret
    shares: dict[str | None, float] = {}
    for rank, workspace in enumerate(order):
        part = 0.4 if workspace.startswith("p") else 1.0
        shares[workspace] = part / (rank + HEAD) ** FALL
    return shares


def meridian() -> Story:
    """The account; its names are put together on request, so that importing does nothing."""
    members = _members()
    workspaces = _workspaces(members)
    return Story(
        id="meridian",
        name="Meridian Insurance Group",
        plan="enterprise",
        timezone="America/New_York",
        anchor_day=1,
        workspaces=workspaces,
        members=members,
        allowances=((30, None),),
        totals=(
            *(148_000, 141_562, 138_217, 129_084, 133_391, 136_845, 127_330, 121_908, 124_571),
            *(113_726, 108_449, 96_318, 102_790, 99_634),
        ),
        mixes=(
            Mix(
                {
                    ("enhanced_ocr", None): 38,
                    ("workflow_run", "claims_triage"): 17,
                    ("workflow_run", "contract_review"): 9,
                    ("workflow_run", "data_enrichment"): 6,
                    ("workflow_run", "invoice_extraction"): 5,
                    ("workflow_run", "policy_comparison"): 3,
                    ("workflow_run", "report_drafting"): 2,
                    ("premium_chat", None): 16,
                    ("compose_render", None): 4,
                },
                _shares(workspaces),
            ),
        ),
        size=8.0,
        bundle=250_000,
        refund_rate=0.3,
        last_minutes_ago=3,
    )
