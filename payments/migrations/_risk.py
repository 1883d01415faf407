"""The first rules and terms of risk, which operators follow with others at the desk."""

from datetime import UTC, datetime

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)
BOTH, TRANSFER, WITHDRAWAL = ["transfer", "withdrawal"], ["transfer"], ["withdrawal"]
RULES = [
    ("many_acts_an_hour", "velocity_count", BOTH, "review", {"window": "hour", "most": 30}, "More than 30 acts within an hour: a script. 一小时内超过 30 笔,疑似脚本。"),
    ("large_day_out", "velocity_sum", BOTH, "review", {"window": "day", "amount_fen": 5_000_000}, "Over 50,000.00 within a day. 一天内超过 5 万元。"),
    ("large_week_out", "velocity_sum", BOTH, "review", {"window": "week", "amount_fen": 20_000_000}, "Over 200,000.00 within a week. 一周内超过 20 万元。"),
    ("large_amount", "amount", BOTH, "review", {"amount_fen": 3_000_000}, "One act over 30,000.00. 单笔超过 3 万元。"),
    ("new_device", "new_device", BOTH, "review", {"hours": 24, "amount_fen": 200_000}, "Over 2,000.00 a day on a device of the last 24 hours. 24 小时内的新设备当日超过 2,000 元。"),
    ("new_payee", "new_payee", TRANSFER, "review", {"hours": 24, "amount_fen": 300_000}, "Over 3,000.00 to a payee first paid in the last 24 hours. 向 24 小时内的新收款方累计超过 3,000 元。"),
    ("new_account", "account_age", BOTH, "review", {"hours": 72, "amount_fen": 300_000}, "Over 3,000.00 a day from an account of the last three days. 三天内的新账户当日超过 3,000 元。"),
    ("night", "night", BOTH, "step_up", {"from_hour": 0, "to_hour": 5, "amount_fen": 100_000}, "From 0 to 5 o'clock, 1,000.00 a day passed: no act without a proof. 0 至 5 点当日超过 1,000 元须验证。"),
    ("just_under_pin_free", "just_under_limit", TRANSFER, "step_up", {"amount_fen": 20_000, "share_bp": 500, "most": 5}, "The sixth in a day just under what needs no proof. 当日第六笔贴近免密额度。"),
    ("shared_device", "shared_device", BOTH, "review", {"most": 5, "amount_fen": 100_000}, "Over 1,000.00 a day on a device that more than five other customers used. 超过五名其他客户共用的设备当日超过 1,000 元。"),
]  # fmt: skip


def load(apps):
    Rule = apps.get_model("payments", "RiskRule")
    Rule.objects.bulk_create(
        Rule(
            code=code,
            kind=kind,
            scenes=scenes,
            verdict=verdict,
            factors=1 if verdict == "step_up" else None,
            note=note,
            starts_at=STARTS_AT,
            created_at=STARTS_AT,
            **parameters,
        )
        for code, kind, scenes, verdict, parameters, note in RULES
    )
    apps.get_model("payments", "RiskTerms").objects.create(starts_at=STARTS_AT, two_people_fen=1_000_000, review_hours=72)


def unload(apps, schema_editor):
    take_back(
        schema_editor,
        apps.get_model("payments", "RiskRule").objects.filter(starts_at=STARTS_AT),
        apps.get_model("payments", "RiskTerms").objects.filter(starts_at=STARTS_AT),
    )
