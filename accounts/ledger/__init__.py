"""The ledger: the one place that holds balances. See docs/ledger.md for the journals, the locks and the proofs."""
