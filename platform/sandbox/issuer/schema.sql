-- The sandbox issuer's own store. Days are ISO text, money is whole fen.

CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS parties (id TEXT PRIMARY KEY, public_key_pem TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS products (
  code TEXT PRIMARY KEY,
  seed INTEGER NOT NULL,
  base_income_e4 INTEGER NOT NULL,
  fee_bp INTEGER NOT NULL CHECK (fee_bp BETWEEN 0 AND 999)
) STRICT;

-- status: taken | rejected (at the door) | cancelled | confirmed | refused (the last two by the file of confirm_on).
-- A number cancelled before it came has operation '' and fingerprint ''.
CREATE TABLE IF NOT EXISTS orders (
  party TEXT NOT NULL REFERENCES parties (id),
  number TEXT NOT NULL,
  issuer_no TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('subscribe', 'redeem', 'cancel', '')),
  fingerprint TEXT NOT NULL,
  product TEXT NOT NULL,
  original TEXT NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0),
  units_fen INTEGER NOT NULL CHECK (units_fen >= 0),
  trade_on TEXT NOT NULL,
  confirm_on TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('taken', 'rejected', 'cancelled', 'confirmed', 'refused')),
  code TEXT NOT NULL,
  taken_at TEXT NOT NULL,
  PRIMARY KEY (party, number)
) STRICT;
CREATE INDEX IF NOT EXISTS orders_day ON orders (party, confirm_on, number);

-- The lines of a day as they were fixed when its file was first asked for.
CREATE TABLE IF NOT EXISTS files (party TEXT NOT NULL, day TEXT NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (party, day)) STRICT;

CREATE TABLE IF NOT EXISTS revisions (
  product TEXT NOT NULL REFERENCES products (code),
  day TEXT NOT NULL,
  revision INTEGER NOT NULL,
  income_e4 INTEGER NOT NULL,
  PRIMARY KEY (product, day, revision)
) STRICT;

-- remaining: how many more requests it strikes; -1: all until it is switched off.
CREATE TABLE IF NOT EXISTS switches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  party TEXT NOT NULL,
  operation TEXT NOT NULL,
  number TEXT NOT NULL,
  product TEXT NOT NULL,
  day TEXT NOT NULL,
  params TEXT NOT NULL,
  remaining INTEGER NOT NULL
) STRICT;
