"""The first terms of the rooms, which operators follow with others at the desk."""

from datetime import UTC, date, datetime

from core.first_rows import take_back

FROM_THE_START = {"starts_at": datetime(2016, 7, 1, tzinfo=UTC)}
TERMS = {
    "WalletTerms": FROM_THE_START
    | {
        "free_fen_per_month": 1_000_000,
        "fee_bp": 10,
        "fee_min_fen": 10,
        "fee_cap_fen": 2_500,
        "acceptance_hours": 24,
        "top_up_hours": 24,
    },
    "RedPacketTerms": FROM_THE_START | {"share_most_fen": 20_000, "count_most": 100, "life_hours": 24, "per_day": 100},
    "CollectTerms": FROM_THE_START | {"people_most": 100, "reminders_most": 3, "per_day": 20, "life_days": 30},
    "QrTerms": FROM_THE_START
    | {
        "code_seconds": 60,
        "codes_per_minute": 10,
        "confirm_minutes": 5,
        "wrong_per_hour": 2000,
        "static_fen_per_day": 50_000,
    },
    "AgreementTerms": FROM_THE_START | {"sign_days": 7, "notice_hours": 2, "retry_hours": 24, "tries_most": 4},
    "SettlementTerms": {"merchant": None, "effective_on": date(2020, 1, 1), "reserve_days": 90, "approved_up_to_fen": 0},
    "DisputeTerms": {"effective_on": date(2016, 7, 1), "open_days": 180, "answer_days": 7},
}


def load(apps):
    for name, row in TERMS.items():
        apps.get_model("payments", name).objects.create(**row)


def unload(apps, schema_editor):
    for name, row in TERMS.items():
        first = {field: row[field] for field in ("merchant", "starts_at", "effective_on") if field in row}
        take_back(schema_editor, apps.get_model("payments", name).objects.filter(**first))
