"""Settings: the environment at the top, then Django. Business limits and rates are dated rows, never settings."""

import os
from pathlib import Path

from config.database import database
from config.environment import Environment
from core.embedded import current_instance

ROOT = Path(__file__).resolve().parents[2]

env = Environment()
PRODUCTION = env.production
SECRET_KEY = env.text("SECRET_KEY", development="development-only-secret-key-0123456789-0123456789-0123", secret=True)
FIELD_KEYS = env.text("FIELD_KEYS", development="dev1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE=", secret=True)
BLIND_INDEX_KEY = env.text("BLIND_INDEX_KEY", development="development-only-blind-index-key-0123456789", secret=True)
DATABASE_URL = env.optional("DATABASE_URL") or ("" if PRODUCTION else current_instance().database_url())
REDIS_URL = env.optional("REDIS_URL") or ("" if PRODUCTION else current_instance().redis_url())
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default="" if PRODUCTION else "127.0.0.1,localhost,testserver")
PUBLIC_URL = env.text("PUBLIC_URL", development="http://127.0.0.1:8000")
PASSKEY_ORIGINS = env.items("PASSKEY_ORIGINS", default="")
SANDBOX_BANK_URL = env.optional("SANDBOX_BANK_URL", "" if PRODUCTION else "http://127.0.0.1:8090")
SANDBOX_ISSUER_URL = env.optional("SANDBOX_ISSUER_URL", "" if PRODUCTION else "http://127.0.0.1:8091")
WECHAT_PAY_URL = env.address("WECHAT_PAY_URL", "https://api.mch.weixin.qq.com" if PRODUCTION else "")
ALIPAY_GATEWAY_URL = env.address("ALIPAY_GATEWAY_URL", "https://openapi.alipay.com/gateway.do" if PRODUCTION else "")
ALIPAY_BILL_URL = env.address("ALIPAY_BILL_URL", "https://dwbillcenter.alipay.com" if PRODUCTION else "")
STRIPE_URL = env.address("STRIPE_URL", "https://api.stripe.com" if PRODUCTION else "")
TEST_DATABASE = env.optional("TEST_DATABASE", "test_banyan")
LOG_LEVEL = env.optional("LOG_LEVEL", "INFO")
LOG_JSON = env.flag("LOG_JSON", default=PRODUCTION)
METRICS_TOKEN = env.optional("METRICS_TOKEN")
COMMIT = env.optional("COMMIT")
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", default=0)
if PRODUCTION and not env.optional("TRUSTED_PROXIES"):
    env.problems.append("TRUSTED_PROXIES is not set (how many proxies stand before this process; 0 when it ends TLS itself)")
WEB_THREADS = env.whole("WEB_THREADS", default=2, least=2)
OUTBOUND_SEATS = env.whole("OUTBOUND_SEATS", default=WEB_THREADS - 1, least=1)
CHANNEL_SEATS = env.whole("CHANNEL_SEATS", default=max(1, WEB_THREADS // 2), least=1)
if not CHANNEL_SEATS <= OUTBOUND_SEATS < WEB_THREADS:
    env.problems.append("CHANNEL_SEATS may not be more than OUTBOUND_SEATS, which must leave one of WEB_THREADS free")
for needed, value in {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL, "ALLOWED_HOSTS": ALLOWED_HOSTS}.items():
    if not value:
        env.problems.append(f"{needed} is not set")
env.check()

DEBUG = False
FLOORS = ["core", "accounts", "payments", "wealth", "credit", "growth"]
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_celery_beat",
    "django_structlog",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    *FLOORS,
    "config",
]
MIDDLEWARE = [
    "core.observe.middleware.MeasureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.observe.middleware.PolicyMiddleware",
    "core.observe.middleware.LogMiddleware",
    "core.desk.middleware.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.desk.middleware.Operators",
    "core.desk.middleware.SecondFactors",
    "core.desk.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "platform" / "core" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": database(
        DATABASE_URL,
        max_age=env.whole("CONN_MAX_AGE", default=600),
        statement_timeout_ms=env.whole("STATEMENT_TIMEOUT_MS", default=0),
        test_name=TEST_DATABASE,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["core.passwords.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "platform" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["core.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "var" / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.identity.authentication.DeviceSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.identity.permissions.ActiveCustomer"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.json.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.json.OrjsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.json.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "core.api.pages.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Banyan",
    "DESCRIPTION": "One customer, one account, one ledger, many money products.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # Without `validatorUrl` Swagger shows the schema to a validator outside.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "ENUM_NAME_OVERRIDES": {
        "CreditKind": "credit.products.states.CreditKind",
        "CreditProductState": "credit.products.states.CreditProductState",
        "CreditLineState": "credit.lines.states.LineState",
        "CreditLineChange": "credit.lines.states.LineChange",
        "CreditRaiseState": "credit.lines.states.RaiseState",
        "CreditDrawState": "credit.debts.states.DrawState",
        "CreditTxnKind": "credit.debts.states.TxnKind",
        "ProductKind": "wealth.catalog.states.Kind",
        "ProductState": "wealth.catalog.states.ProductState",
        "YieldKind": "wealth.catalog.states.YieldKind",
        "FixedTermInstruction": "wealth.fixed_term.states.Instruction",
        "FixedTermState": "wealth.fixed_term.states.LotState",
        "FixedTermOrigin": "wealth.fixed_term.states.Origin",
        "TransferOfferState": "wealth.transfer.states.OfferState",
        "TransferTradeState": "wealth.transfer.states.TradeState",
        "WealthOrderSide": "wealth.orders.states.Side",
        "InvestingState": "wealth.advisor.states.InvestingState",
        "InvestingRunState": "wealth.advisor.states.RunState",
        "CardKind": "payments.cards.models.CardKind",
        "TopUpState": "payments.wallet.models.TopUpState",
        "WithdrawalState": "payments.wallet.models.WithdrawalState",
        "TransferState": "payments.wallet.models.TransferState",
        "RedPacketState": "payments.red_packets.models.RedPacketState",
        "CollectShareState": "payments.collects.models.CollectShareState",
        "RedPacketKind": "payments.red_packets.models.Kind",
        "MerchantKind": "payments.merchants.models.MerchantKind",
        "MerchantScene": "payments.merchants.states.Scene",
        "MerchantState": "payments.merchants.states.MerchantState",
        "StoreState": "payments.merchants.states.StoreState",
        "AppState": "payments.merchants.states.AppState",
        "KeyState": "payments.merchants.states.KeyState",
        "ResultEnum": "payments.wallet.api.shapes.RESULTS",
        "PaymentResult": "payments.cashier.states.PaymentResult",
        "AgreementState": "payments.agreements.states.AgreementState",
        "DeductionState": "payments.agreements.states.DeductionState",
        "AgreementPeriod": "payments.agreements.states.Period",
        "QrCodeState": "payments.qr.states.QrCodeState",
        "BillState": "payments.bills.states.BillState",
        "BillerCategory": "payments.bills.states.BillerCategory",
        "NoticeState": "payments.notices.states.NoticeState",
        "LegKind": "payments.cashier.states.LegKind",
        "RefundStatus": "payments.refunds.states.RefundStatus",
        "DisputeState": "payments.disputes.states.DisputeState",
        "DisputeKind": "payments.disputes.states.DisputeKind",
        "SplitReceiverKind": "payments.splits.states.ReceiverKind",
        "SplitReceiverState": "payments.splits.states.ReceiverState",
        "SplitReturnCause": "payments.splits.states.ReturnCause",
        "SplitOrderState": "payments.splits.states.SplitOrderState",
        "SettlementState": "payments.settlement.api.shapes.STATES",
        "SettlementLineKind": "payments.settlement.states.LineKind",
        "MerchantPayoutState": "payments.settlement.states.PayoutState",
        "InsuranceApplicationState": "wealth.insurance.states.ApplicationState",
        "PolicyState": "wealth.insurance.states.PolicyState",
        "PremiumState": "wealth.insurance.states.PremiumState",
        "InsuranceClaimState": "wealth.insurance.states.ClaimState",
        "CampaignState": "wealth.crowdfunding.states.CampaignState",
        "CampaignScheme": "wealth.crowdfunding.states.Scheme",
        "MilestoneState": "wealth.crowdfunding.states.MilestoneState",
        "PolicyPayoutKind": "wealth.insurance.states.PayoutKind",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "core.api.schema.add_problem"],
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
LOGIN_REDIRECT_URL = "admin:index"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}
UNFOLD = {
    "SITE_TITLE": "Banyan",
    "SITE_HEADER": "Banyan",
    "SITE_SUBHEADER": "core.desk.navigation.motto",
    "SITE_SYMBOL": "park",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/desk/favicon.svg"}],
    "STYLES": ["/static/desk/pages.css"],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "/admin/language/"},
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {"show_search": False, "navigation": "core.desk.navigation.sidebar"},
    "COLORS": {
        "primary": {
            "50": "oklch(98.2% .018 155.826)",
            "100": "oklch(96.2% .044 156.743)",
            "200": "oklch(92.5% .084 155.995)",
            "300": "oklch(87.1% .15 154.449)",
            "400": "oklch(79.2% .209 151.711)",
            "500": "oklch(62.7% .17 149.214)",
            "600": "oklch(52.7% .134 150.069)",
            "700": "oklch(44.8% .109 151.328)",
            "800": "oklch(39.3% .085 152.535)",
            "900": "oklch(33.3% .065 152.934)",
            "950": "oklch(26.6% .065 152.934)",
        }
    },
}
OTP_TOTP_ISSUER = "Banyan"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
LOGGING_CONFIG = "core.observe.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": LOG_JSON}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(ROOT / "var" / "metrics"))
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)
