"""Examples of suitability, for the OpenAPI document."""

from payments.merchants.api.examples import AT

QUESTIONNAIRE_ID = "sqn_06a1m5x9q0e7z8r2k4w6t1y3v5"
OPTIONS = [{"id": "none", "text": "none"}, {"id": "ten", "text": "up to 10 %"}]
QUESTIONNAIRE = {
    "id": QUESTIONNAIRE_ID,
    "basis": "SAC and AMAC, guidelines on investor suitability, in force 2017-07-01",
    "valid_days": 365,
    "questions": [{"id": "loss", "text": "Which loss could you bear?", "several": False, "options": OPTIONS}],
}
ANSWERS = {"questionnaire_id": QUESTIONNAIRE_ID, "answers": {"loss": ["ten"]}}
PROFILE = {
    "id": "spf_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "level": "C3",
    "score": 45,
    "expires_at": "2027-11-23T08:00:00+08:00",
    "created_at": AT,
}
STANDING = {"state": "valid", "profile": PROFILE}
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PRODUCT_ID = "prd_06a1m5x9q0e7z8r2k4w6t1y3v5"
FIT = {
    "product_id": PRODUCT_ID,
    "risk": "R4",
    "level": "C3",
    "ruling": "warn_and_confirm",
    "code": "",
    "warning": {"text": "By your answers you are of type C3; this product is of risk R4...", "sha256": SHA},
}
INSIST = {"product_id": PRODUCT_ID, "text_sha256": SHA}
WARNING = {
    "id": "swn_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_id": PRODUCT_ID,
    "risk": "R4",
    "level": "C3",
    "used": False,
    "expires_at": AT,
    "created_at": AT,
}
