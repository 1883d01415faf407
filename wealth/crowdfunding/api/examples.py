"""Examples of crowdfunding, for the OpenAPI document."""

from payments.merchants.api.examples import AT

ID = "cfc_06a1m5x9q0e7z8r2k4w6t1y3v5"
MILESTONE_ID = "cfm_06a1m5x9q0e7z8r2k4w6t1y3v5"
TITLES = {"title_en": "A song book", "title_zh": "一本歌集"}
STRETCH = {"goal": 200000, "text_en": "In colour", "text_zh": "彩色印刷"}
MILESTONE_IN = {"title_en": "Printed", "title_zh": "印刷完成", "weight": 40}
CAMPAIGN_IN = {
    **TITLES,
    "story_en": "Songs of our valley, written down.",
    "story_zh": "把家乡的歌记录下来。",
    "goal": 100000,
    "scheme": "all_or_nothing",
    "days": 30,
    "person_cap": None,
    "stretch_goals": [STRETCH],
    "rewards": [{"title_en": "The book", "title_zh": "歌集一本", "price": 5000, "stock": 100}],
    "milestones": [{"title_en": "Begun", "title_zh": "启动", "weight": 60}, MILESTONE_IN],
}
SHORT = {
    "id": ID,
    "product_id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "state": "online",
    **TITLES,
    "scheme": "all_or_nothing",
    "goal": 100000,
    "pledged": 25000,
    "progress_bp": 2500,
    "backers": 4,
    "currency": "CNY",
    "online_at": AT,
    "ends_at": AT,
    "days_left": 12,
    "created_at": AT,
}
UPDATE_IN = {"title": "Printed", "words": "All copies are here.", "milestone_id": MILESTONE_ID}
UPDATE = {"id": "cfu_06a1m5x9q0e7z8r2k4w6t1y3v5", "number": 1, **UPDATE_IN, "created_at": AT}
FIRST = {"id": MILESTONE_ID, "number": 1, **TITLES, "weight": 60, "state": "planned", "amount": None}
CAMPAIGN = SHORT | {
    "story_en": CAMPAIGN_IN["story_en"],
    "story_zh": CAMPAIGN_IN["story_zh"],
    "person_cap": None,
    "days": 30,
    "fee_bp": 500,
    "stretch_goals": [STRETCH],
    "stretch_reached": 0,
    "rewards": [{"id": "cfr_06a1m5x9q0e7z8r2k4w6t1y3v5", "title_en": "The book", "title_zh": "歌集一本", "price": 5000, "left": 96}],
    "milestones": [FIRST],
    "updates": [],
}
OWN = CAMPAIGN | {"why": "", "raised": None, "settled_at": None}
DRAFT = OWN | {"product_id": None, "state": "draft", "pledged": 0, "progress_bp": 0, "backers": 0, "online_at": None, "ends_at": None}
DRAFT |= {"days_left": 0, "fee_bp": 0}
HANDED_IN = DRAFT | {"state": "review"}
CANCELLED = DRAFT | {"state": "cancelled", "why": "given up by its creator", "raised": 0, "settled_at": AT}
