"""The team account that people see first: its weeks, spikes, allowances and workspaces.

Its figures for 22 November 2026 are those of the pictures that the page was drawn from; on any
other day the same weeks end there. Never anything but values.
"""

from __future__ import annotations

from data.demo.story import CellKey, Extra, Job, Member, Mix, Spike, Story, Workspace

MEMBERS = tuple(
    Member(f"acme-m{place}", name)
    for place, name in enumerate(
        (
            "Hannah Okafor",
            "Luis Ferreira",
            "Priya Raman",
            "Tom Lindgren",
            "Mei Tanaka",
            "Owen Gallagher",
            "Sofia Marchetti",
            "Daniel Weiss",
            "Amara Diallo",
        ),
        1,
    )
)

WORKSPACES = (
    Workspace("acme-contracts", "Acme contracts"),
    Workspace("northwind", "Northwind diligence"),
    Workspace("invoices", "Invoices intake"),
    Workspace("research", "Research library"),
    Workspace("my-workspace", "My workspace", "personal", "acme-m1"),
    Workspace("suppliers", "Supplier onboarding"),
    Workspace("drafts", "Drafts", "personal", "acme-m3"),
    Workspace("hr", "HR handbook"),
    Workspace("leases", "Office leases"),
    Workspace("insurance", "Insurance claims"),
    Workspace("board", "Board papers"),
    Workspace("reading", "Reading list", "personal", "acme-m7"),
)


def _reasons(
    ocr: int, runs: tuple[int, int, int, int], chat: int, compose: int
) -> dict[CellKey, float]:
    contract, invoice, report, enrichment = runs
    return {
        ("enhanced_ocr", None): ocr,
        ("workflow_run", "contract_review"): contract,
        ("workflow_run", "invoice_extraction"): invoice,
        ("workflow_run", "report_drafting"): report,
        ("workflow_run", "data_enrichment"): enrichment,
        ("premium_chat", None): chat,
        ("compose_render", None): compose,
    }


def _workspaces(*shares: float) -> dict[str | None, float]:
    return {space.id: share for space, share in zip(WORKSPACES, shares, strict=True)}


LEAN = {
    ("acme-contracts", "enhanced_ocr"): 2.2,
    ("acme-contracts", "contract_review"): 1.5,
    ("northwind", "contract_review"): 3.0,
    ("northwind", "report_drafting"): 1.8,
    ("invoices", "invoice_extraction"): 5.0,
    ("invoices", "enhanced_ocr"): 1.6,
    ("research", "premium_chat"): 2.5,
    ("research", "report_drafting"): 2.0,
    ("my-workspace", "premium_chat"): 3.0,
    ("suppliers", "data_enrichment"): 6.0,
    ("drafts", "premium_chat"): 2.5,
    ("drafts", "compose_render"): 4.0,
    ("hr", "premium_chat"): 2.0,
    ("board", "compose_render"): 5.0,
    ("reading", "premium_chat"): 4.0,
}

# About the credits, without the jobs of spikes, of the running month and of a month before it.
MIXES = (
    Mix(
        _reasons(5330, (1770, 1210, 670, 310), 3655, 725),
        _workspaces(3901, 2399, 2132, 1383, 1141, 802, 602, 492, 318, 252, 168, 80),
        LEAN,
    ),
    Mix(
        _reasons(5560, (2220, 1670, 920, 430), 5640, 1060),
        _workspaces(4420, 3120, 2595, 1955, 1800, 1150, 880, 630, 400, 315, 220, 100),
        LEAN,
    ),
)

# Monday to Sunday, the running week first; spikes come on top.
RECENT = (
    (936, 808, 902, 789, 645, 244, 226),
    (1065, 1018, 922, 858, 795, 189, 159),
    (655, 878, 1143, 980, 894, 225, 129),
    (794, 800, 828, 725, 516, 187, 108),
    (810, 929, 972, 595, 757, 161, 135),
    (707, 690, 870, 844, 518, 150, 201),
    (825, 852, 792, 750, 664, 133, 81),
    (694, 761, 790, 864, 637, 171, 122),
    (788, 827, 861, 675, 503, 168, 120),
    (711, 575, 630, 566, 556, 131, 131),
    (808, 730, 653, 769, 488, 131, 121),
    (500, 529, 529, 614, 643, 111, 92),
    (555, 538, 739, 558, 434, 110, 81),
)

SPIKES = (
    Spike(10, "enhanced_ocr", None, "acme-contracts", (Job(9, 41, 612), Job(9, 52, 568))),
    Spike(
        26,
        "workflow_run",
        "contract_review",
        "northwind",
        (Job(10, 12, 318), Job(10, 47, 289), Job(15, 30, 265)),
    ),
    Spike(
        67,
        "workflow_run",
        "invoice_extraction",
        "invoices",
        (Job(8, 20, 420), Job(11, 5, 390)),
    ),
    Spike(
        620,
        "enhanced_ocr",
        None,
        "acme-contracts",
        (Job(9, 15, 540), Job(10, 2, 480), Job(13, 40, 360)),
    ),
)

TOTALS = (
    *(22_300, 18_214, 16_958, 14_021, 15_236, 16_780, 15_988, 14_508, 13_942, 12_193, 11_286),
    *(9_874, 10_617, 10_143, 9_582, 8_231, 8_906, 9_794, 9_118, 9_437, 10_906, 8_319),
    *(7_924, 6_412, 7_937, 7_206, 6_644, 5_127, 5_418, 6_031, 6_096, 5_624),
)

ACME = Story(
    id="acme-legal",
    name="Acme Legal",
    plan="team",
    timezone="UTC",
    anchor_day=3,
    workspaces=WORKSPACES,
    members=MEMBERS,
    allowances=((4, 20_000), (19, 15_000), (31, 10_000)),
    totals=TOTALS,
    mixes=MIXES,
    recent=RECENT,
    spikes=SPIKES,
    extras=(
        Extra(168, "purchase", 1_000),
        Extra(121, "adjustment", 250),
        Extra(75, "adjustment", -40),
        Extra(630, "purchase", 1_000),
    ),
    closed_on=frozenset({(12, 25), (12, 26), (12, 27)}),
    carry=4_000,
    last_minutes_ago=0,
)
