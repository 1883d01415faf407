CREATE TABLE IF NOT EXISTS meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS merchants (
    id             TEXT PRIMARY KEY,
    account_no     TEXT NOT NULL,
    public_key_pem TEXT NOT NULL,
    notify_url     TEXT NOT NULL,
    fee_bp         INTEGER NOT NULL CHECK (fee_bp BETWEEN 0 AND 10000),
    overdraft_fen  INTEGER NOT NULL CHECK (overdraft_fen >= 0),
    balance_fen    INTEGER NOT NULL DEFAULT 0,
    settled_on     TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS people (
    id_number     TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    mobile        TEXT NOT NULL,
    verify_result TEXT NOT NULL CHECK (verify_result IN ('match', 'mismatch', 'not_found', 'unavailable'))
) STRICT, WITHOUT ROWID;

-- holder '*': a magic card, everybody's.
CREATE TABLE IF NOT EXISTS cards (
    number           TEXT PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('debit', 'credit')),
    bank_code        TEXT NOT NULL,
    holder           TEXT NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('active', 'frozen', 'expired', 'closed')),
    expires_on       TEXT NOT NULL,
    balance_fen      INTEGER NOT NULL CHECK (balance_fen >= 0),
    single_limit_fen INTEGER NOT NULL CHECK (single_limit_fen >= 0),
    day_limit_fen    INTEGER NOT NULL CHECK (day_limit_fen >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cards_by_holder ON cards (holder);

CREATE TABLE IF NOT EXISTS card_movements (
    id          INTEGER PRIMARY KEY,
    card_number TEXT NOT NULL REFERENCES cards,
    at          TEXT NOT NULL,
    amount_fen  INTEGER NOT NULL,
    balance_fen INTEGER NOT NULL,
    merchant    TEXT NOT NULL,
    request_no  TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('opening', 'adjustment', 'payment', 'refund', 'payout', 'payout_return'))
) STRICT;
CREATE INDEX IF NOT EXISTS card_movements_by_card ON card_movements (card_number, id);
CREATE UNIQUE INDEX IF NOT EXISTS card_movements_once ON card_movements (merchant, request_no, kind) WHERE request_no <> '';

CREATE TABLE IF NOT EXISTS requests (
    merchant    TEXT NOT NULL,
    request_no  TEXT NOT NULL,
    operation   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    response    TEXT NOT NULL,
    PRIMARY KEY (merchant, request_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS signings (
    sign_id      TEXT PRIMARY KEY,
    merchant     TEXT NOT NULL,
    card_number  TEXT NOT NULL REFERENCES cards,
    mobile       TEXT NOT NULL,
    code         TEXT NOT NULL,
    sent_at      TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    tries_left   INTEGER NOT NULL CHECK (tries_left BETWEEN 0 AND 3),
    agreement_no TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS agreements (
    agreement_no TEXT PRIMARY KEY,
    merchant     TEXT NOT NULL,
    card_number  TEXT NOT NULL REFERENCES cards,
    status       TEXT NOT NULL CHECK (status IN ('ACTIVE', 'CANCELLED')),
    signed_at    TEXT NOT NULL,
    cancelled_at TEXT NOT NULL DEFAULT '',
    cancelled_by TEXT NOT NULL DEFAULT '' CHECK (cancelled_by IN ('', 'merchant', 'bank')),
    cancel_due   REAL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agreements_to_cancel ON agreements (cancel_due) WHERE cancel_due IS NOT NULL;

-- decide_due, return_due: unix seconds of the wall clock; null when nothing is planned.
CREATE TABLE IF NOT EXISTS orders (
    id            INTEGER PRIMARY KEY,
    merchant      TEXT NOT NULL,
    request_no    TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'payout')),
    bank_no       TEXT NOT NULL UNIQUE,
    status        TEXT NOT NULL CHECK (status IN ('PROCESSING', 'SUCCESS', 'FAILED', 'RETURNED')),
    code          TEXT NOT NULL DEFAULT '',
    original_no   TEXT NOT NULL DEFAULT '',
    agreement_no  TEXT NOT NULL,
    card_number   TEXT NOT NULL,
    amount_fen    INTEGER NOT NULL CHECK (amount_fen >= 0),
    fee_fen       INTEGER NOT NULL DEFAULT 0 CHECK (fee_fen >= 0),
    refunded_fen  INTEGER NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND amount_fen),
    subject       TEXT NOT NULL DEFAULT '',
    accepted_at   TEXT NOT NULL,
    finished_at   TEXT NOT NULL DEFAULT '',
    booked_on     TEXT NOT NULL DEFAULT '',
    returned_at   TEXT NOT NULL DEFAULT '',
    returned_on   TEXT NOT NULL DEFAULT '',
    planned       TEXT NOT NULL DEFAULT '',
    planned_code  TEXT NOT NULL DEFAULT '',
    decide_due    REAL,
    return_due    REAL,
    return_plan   TEXT NOT NULL DEFAULT '',
    notice_faults TEXT NOT NULL DEFAULT '[]',
    UNIQUE (merchant, request_no),
    CHECK ((status IN ('SUCCESS', 'RETURNED')) = (booked_on <> '')),
    CHECK ((status = 'RETURNED') = (returned_on <> ''))
) STRICT;
CREATE INDEX IF NOT EXISTS orders_by_day ON orders (merchant, booked_on);
CREATE INDEX IF NOT EXISTS orders_by_return_day ON orders (merchant, returned_on) WHERE returned_on <> '';
CREATE INDEX IF NOT EXISTS orders_by_card_day ON orders (card_number, booked_on);
CREATE INDEX IF NOT EXISTS orders_by_original ON orders (merchant, original_no) WHERE original_no <> '';
CREATE INDEX IF NOT EXISTS orders_to_decide ON orders (decide_due) WHERE decide_due IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_to_return ON orders (return_due) WHERE return_due IS NOT NULL;

-- The merchant's settlement account; amount_fen is positive, direction says which way.
CREATE TABLE IF NOT EXISTS entries (
    id          INTEGER PRIMARY KEY,
    merchant    TEXT NOT NULL REFERENCES merchants,
    booked_on   TEXT NOT NULL,
    booked_at   TEXT NOT NULL,
    entry_ref   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    direction   TEXT NOT NULL CHECK (direction IN ('CRDT', 'DBIT')),
    amount_fen  INTEGER NOT NULL CHECK (amount_fen > 0),
    request_no  TEXT NOT NULL DEFAULT '',
    balance_fen INTEGER NOT NULL,
    UNIQUE (merchant, entry_ref)
) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_day ON entries (merchant, booked_on, id);

CREATE TABLE IF NOT EXISTS messages (
    id      INTEGER PRIMARY KEY,
    sent_at TEXT NOT NULL,
    mobile  TEXT NOT NULL,
    text    TEXT NOT NULL,
    source  TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_mobile ON messages (mobile, id);

CREATE TABLE IF NOT EXISTS notices (
    id          INTEGER PRIMARY KEY,
    event_id    TEXT NOT NULL UNIQUE,
    merchant    TEXT NOT NULL,
    event       TEXT NOT NULL,
    request_no  TEXT NOT NULL,
    body        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'held', 'delivered', 'dead', 'lost', 'not_sent')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due         REAL NOT NULL,
    last_result TEXT NOT NULL DEFAULT '',
    faults      TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX IF NOT EXISTS notices_due ON notices (due) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS notices_held ON notices (merchant, id) WHERE state = 'held';
CREATE INDEX IF NOT EXISTS notices_by_request ON notices (request_no);

CREATE TABLE IF NOT EXISTS faults (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    operations TEXT NOT NULL,
    match      TEXT NOT NULL,
    params     TEXT NOT NULL,
    times_left INTEGER,
    hits       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What merchants' programs would have received: `receivers` answer as they were told, then 200.
CREATE TABLE IF NOT EXISTS receivers (
    name    TEXT PRIMARY KEY,
    answers TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deliveries (
    id       INTEGER PRIMARY KEY,
    receiver TEXT NOT NULL,
    at       TEXT NOT NULL,
    headers  TEXT NOT NULL,
    body     TEXT NOT NULL,
    answered INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (receiver, id);

CREATE TABLE IF NOT EXISTS bills_paid (
    biller     TEXT NOT NULL,
    bill_no    TEXT NOT NULL,
    account_no TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    request_no TEXT NOT NULL,
    PRIMARY KEY (biller, bill_no)
) STRICT, WITHOUT ROWID;
