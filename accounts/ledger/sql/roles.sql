-- What a role an application connects with may do: read everything, execute the functions, keep the books' rules, block an
-- account; never write, change or empty what the functions write.
CREATE FUNCTION ledger_grant(p_role name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  item record;
BEGIN
  FOR item IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname LIKE 'ledger\_%' LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %I', item.relname, p_role);
    EXECUTE format('GRANT SELECT ON %I TO %I', item.relname, p_role);
  END LOOP;
  FOR item IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND (proname LIKE 'ledger\_%' OR proname = 'core_now') AND proname <> 'ledger_grant' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', item.name, p_role);
  END LOOP;
  EXECUTE format('GRANT SELECT ON core_businessday, core_sandboxclock TO %I', p_role);
  EXECUTE format('GRANT UPDATE (state, mode, changed_at) ON ledger_account TO %I', p_role);
  EXECUTE format('GRANT UPDATE (blocked, mode, floor, ceiling) ON ledger_balance TO %I', p_role);
  EXECUTE format('GRANT INSERT ON ledger_periodclose, ledger_sealmanifest, ledger_halt TO %I', p_role);
  EXECUTE format('GRANT INSERT, UPDATE (finished_at, findings, through_on, root_hash) ON ledger_proof TO %I', p_role);
  EXECUTE format('GRANT UPDATE (lifted_at, lifted_by, lift_proposed_by, findings, found, findings_hash) ON ledger_halt TO %I', p_role);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON ledger_backdating, ledger_asset, ledger_glcode, ledger_role, ledger_event, ledger_glrule TO %I', p_role);
END $$;

-- Nobody but the owner and roles granted by name runs what writes.
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'ledger\_%' AND prosecdef LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', item.name);
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_grant(name) FROM PUBLIC;
