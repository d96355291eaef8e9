"""The small demo accounts, each with one thing that the page must show well; values only."""

from __future__ import annotations

from data.demo.story import CellKey, Extra, Job, Member, Mix, Spike, Story, Workspace


def _members(account: str, *names: str) -> tuple[Member, ...]:
    return tuple(Member(f"{account}-m{place}", name) for place, name in enumerate(names, 1))


PLAIN = ("enhanced_ocr", "premium_chat", "compose_render", "image_generation")
UNTYPED = "untyped"


def _reasons(**shares: float) -> dict[CellKey, float]:
    """Shares by reason; a name that is no reason is a type of workflow run."""
    return {_key(name): share for name, share in shares.items()}


def _key(name: str) -> CellKey:
    if name in PLAIN:
        return (name, None)
    return ("workflow_run", None if name == UNTYPED else name)


LINDQVIST = Story(
    id="mara-lindqvist",
    name="Mara Lindqvist",
    plan="personal",
    timezone="Europe/Stockholm",
    anchor_day=15,
    workspaces=(
        Workspace("mara", "My workspace", "personal", "mara-m1"),
        Workspace("thesis", "Thesis", "personal", "mara-m1"),
    ),
    members=_members("mara", "Mara Lindqvist"),
    allowances=((24, 500),),
    totals=(
        *(680, 492, 455, 388, 300, 471, 505, 440, 418, 397, 352, 290),
        *(330, 402, 365, 310, 280, 150, 244, 301, 268, 212, 190, 120),
    ),
    mixes=(
        Mix(
            _reasons(premium_chat=62, enhanced_ocr=22, compose_render=10, report_drafting=6),
            {"mara": 58, "thesis": 42},
        ),
    ),
    rhythm=(1.0, 0.9, 1.1, 0.9, 0.7, 0.8, 1.2),
    size=0.4,
    step_micro=10_000,
    bundle=100,
    last_minutes_ago=12,
)

BLUE_FINCH = Story(
    id="blue-finch",
    name="Blue Finch Notaries",
    plan="team",
    timezone="Europe/London",
    anchor_day=None,
    workspaces=(Workspace("first", "My first workspace"),),
    members=_members("finch", "Ruth Adeyemi"),
    allowances=((0, 2_000),),
    totals=(0,),
    mixes=(Mix(_reasons(premium_chat=1), {"first": 1}),),
    opened_hours_ago=2,
)

FENWICK = Story(
    id="fenwick-studio",
    name="Fenwick Studio",
    plan="team",
    timezone="Europe/Berlin",
    anchor_day=14,
    workspaces=(
        Workspace("brochures", "Brochures"),
        Workspace("pitches", "Pitch decks"),
        Workspace("briefs", "Client briefs"),
        Workspace("jonas", "Jonas's sketches", "personal", "fenwick-m2"),
    ),
    members=_members("fenwick", "Clara Fenwick", "Jonas Brandt", "Ines Moreau"),
    allowances=((14, 5_000),),
    totals=(
        *(2_500, 2_618, 2_407, 2_183, 1_962, 2_296, 2_541, 2_214, 2_079, 1_903, 1_738, 1_352),
        *(1_127, 864, 391),
    ),
    mixes=(
        Mix(
            _reasons(
                compose_render=34,
                premium_chat=36,
                report_drafting=14,
                data_enrichment=6,
                enhanced_ocr=10,
            ),
            {"brochures": 41, "pitches": 27, "briefs": 22, "jonas": 10},
            {("brochures", "compose_render"): 3.0, ("briefs", "enhanced_ocr"): 4.0},
        ),
    ),
    spikes=(
        Spike(
            12,
            "compose_render",
            None,
            "brochures",
            (Job(14, 5, 148), Job(14, 38, 148), Job(16, 20, 96)),
            refunded_days_ago=4,
        ),
    ),
    refund_rate=0.12,
    carry=1_000,
    last_minutes_ago=7,
)

HIMAL = Story(
    id="himal-law",
    name="Himal Law Chambers",
    plan="team",
    timezone="Asia/Kathmandu",
    anchor_day=31,
    workspaces=(
        Workspace("land", "Land titles"),
        Workspace("hydro", "Hydropower permits"),
        Workspace("court", "Court bundles"),
        Workspace("trekking", "Trekking insurers"),
        Workspace("notes", "Case notes", "personal", "himal-m1"),
        Workspace("nepali", "Translations", "personal", "himal-m4"),
    ),
    members=_members("himal", "Sunita Gurung", "Bikash Shrestha", "Anil Thapa", "Maya Rai"),
    allowances=((18, 8_000),),
    totals=(
        *(6_900, 7_312, 6_094, 6_823, 7_047, 6_381, 5_936, 6_208, 5_577, 5_142, 5_296, 4_811),
        *(4_423, 4_659, 4_087),
    ),
    mixes=(
        Mix(
            _reasons(enhanced_ocr=52, premium_chat=24, contract_review=15, report_drafting=9),
            {"land": 34, "hydro": 22, "court": 19, "trekking": 10, "notes": 9, "nepali": 6},
            {("land", "enhanced_ocr"): 2.0, ("notes", "premium_chat"): 4.0},
        ),
    ),
    rhythm=(1.0, 1.0, 1.05, 0.95, 0.8, 0.25, 0.9),  # Sunday is a working day
    extras=(Extra(210, "purchase", 1_000),),
    carry=2_000,
    last_minutes_ago=2,
)

OAKLINE = Story(
    id="oakline",
    name="Oakline Property",
    plan="team",
    timezone="America/Chicago",
    anchor_day=8,
    workspaces=(
        Workspace("lettings", "Lettings"),
        Workspace("sales", "Sales contracts"),
        Workspace("surveys", "Surveys"),
        Workspace("harbour", "Harbour View sale", closed_days_ago=12),
        Workspace("riverside", "Riverside portfolio", closed_days_ago=40),
        Workspace("archive", "Old intake", closed_days_ago=160),
        Workspace("greta", "Greta's notes", "personal", "oakline-m2"),
        Workspace("marcus", "Marcus's drafts", "personal", "oakline-m3", closed_days_ago=75),
    ),
    members=_members("oakline", "Paul Whitaker", "Greta Olsen", "Marcus Bell", "Yuki Arai"),
    allowances=((20, 6_000),),
    totals=(
        *(5_300, 6_614, 6_352, 6_287, 5_731, 5_406, 5_894, 5_218, 4_709, 4_925, 4_317, 4_033),
        *(3_642, 3_908, 3_276),
    ),
    mixes=(
        Mix(
            _reasons(
                enhanced_ocr=30,
                premium_chat=24,
                contract_review=16,
                invoice_extraction=9,
                untyped=6,
                compose_render=6,
                image_generation=9,
            ),
            {
                "lettings": 24,
                "sales": 19,
                "surveys": 11,
                "harbour": 13,
                "riverside": 12,
                "archive": 7,
                "greta": 6,
                "marcus": 4,
                None: 4,
            },
            {("surveys", "image_generation"): 3.0, ("sales", "contract_review"): 2.5},
        ),
    ),
    stored_months=8,
    shows_balance=False,
    last_minutes_ago=5,
)
