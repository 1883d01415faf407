-- Journal and entry: partitioned by month, append-only, balanced by a CHECK that every writer meets; a leg is at most 2^50.
-- The CHECK calls a function, since a statement reads each CHECK's expression anew before it writes its first row: short is fast.

CREATE FUNCTION ledger_balanced(p_accounts uuid[], p_amounts bigint[], p_assets varchar[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  legs int := cardinality(p_amounts);
BEGIN
  IF legs < 2 OR legs <> cardinality(p_accounts) OR legs <> cardinality(p_assets) THEN
    RETURN false;
  END IF;
  IF legs = 2 THEN
    RETURN p_amounts[1] <> 0 AND p_amounts[1] = -p_amounts[2] AND p_assets[1] = p_assets[2]
      AND p_accounts[1] IS NOT NULL AND p_accounts[2] IS NOT NULL;
  END IF;
  RETURN array_position(p_accounts, NULL) IS NULL AND array_position(p_assets, NULL) IS NULL
    AND array_position(p_amounts, NULL) IS NULL AND array_position(p_amounts, 0::bigint) IS NULL
    AND NOT EXISTS (
      SELECT FROM unnest(p_amounts, p_assets) AS leg (amount, asset) GROUP BY asset HAVING sum(amount) <> 0
    );
END $$;

CREATE TABLE ledger_journal (
  id uuid NOT NULL PRIMARY KEY,
  posted_at timestamptz NOT NULL,
  transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  business_on date NOT NULL,
  effective_on date NOT NULL,
  shard smallint NOT NULL,
  event varchar(64) NOT NULL,
  reference varchar(120) NOT NULL DEFAULT '',
  accounts uuid[] NOT NULL,
  amounts bigint[] NOT NULL,
  assets varchar(16)[] NOT NULL,
  reverses uuid,
  hold_id uuid,
  metadata jsonb,
  CONSTRAINT ledger_journal_balanced CHECK (coalesce(ledger_balanced(accounts, amounts, assets), false)),
  CONSTRAINT ledger_journal_effective CHECK (effective_on <= business_on),
  CONSTRAINT ledger_journal_range CHECK (1125899906842624 >= ALL (amounts) AND -1125899906842624 <= ALL (amounts))
) PARTITION BY RANGE (id);
CREATE INDEX ledger_journal_transaction ON ledger_journal (transaction);
CREATE INDEX ledger_journal_day ON ledger_journal USING brin (business_on);
CREATE TABLE ledger_journal_rest PARTITION OF ledger_journal DEFAULT;

CREATE TABLE ledger_entry (
  account_id uuid NOT NULL,
  journal_id uuid NOT NULL,
  amount bigint NOT NULL,
  balance_after bigint NOT NULL,
  version bigint NOT NULL,
  posted_at timestamptz NOT NULL,
  business_on date NOT NULL,
  effective_on date NOT NULL,
  sub smallint NOT NULL,
  leg smallint NOT NULL,
  PRIMARY KEY (account_id, sub, posted_at, version)
) PARTITION BY RANGE (posted_at);
CREATE INDEX ledger_entry_backdated ON ledger_entry (account_id, effective_on) WHERE effective_on < business_on;
CREATE INDEX ledger_entry_day ON ledger_entry USING brin (business_on);
CREATE TABLE ledger_entry_rest PARTITION OF ledger_entry DEFAULT;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused; post a reversal instead', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger_journal FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_journal EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_entry EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_journal_rest EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_entry_rest EXECUTE FUNCTION ledger_refuse_change();

-- The smallest version-7 id of an instant: where a month of journals begins.
CREATE FUNCTION ledger_first_id(p_from timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM p_from) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of a month where they are missing and returns how many it made. A month whose rows already lie
-- in the default partition is left there: they are found all the same.
CREATE FUNCTION ledger_make_month(p_month date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  starts timestamptz := date_trunc('month', p_month::timestamp) AT TIME ZONE 'UTC';
  ends timestamptz := (date_trunc('month', p_month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
  suffix text := to_char(p_month, 'YYYYMM');
  made integer := 0;
BEGIN
  IF to_regclass('ledger_journal_' || suffix) IS NULL AND NOT EXISTS (
    SELECT FROM ledger_journal_rest WHERE id >= ledger_first_id(starts) AND id < ledger_first_id(ends)
  ) THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF ledger_journal FOR VALUES FROM (%L) TO (%L)',
      'ledger_journal_' || suffix, ledger_first_id(starts), ledger_first_id(ends));
    EXECUTE format('CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON %I EXECUTE FUNCTION ledger_refuse_change()',
      'ledger_journal_' || suffix);
    made := made + 1;
  END IF;
  IF to_regclass('ledger_entry_' || suffix) IS NULL AND NOT EXISTS (
    SELECT FROM ledger_entry_rest WHERE posted_at >= starts AND posted_at < ends
  ) THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF ledger_entry FOR VALUES FROM (%L) TO (%L)', 'ledger_entry_' || suffix, starts, ends);
    EXECUTE format('CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON %I EXECUTE FUNCTION ledger_refuse_change()',
      'ledger_entry_' || suffix);
    made := made + 1;
  END IF;
  RETURN made;
END $$;

ALTER TABLE ledger_balance SET (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE ledger_hold SET (fillfactor = 70);
ALTER TABLE ledger_openitem SET (fillfactor = 70);
