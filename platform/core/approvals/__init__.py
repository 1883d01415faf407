"""Approvals: a sensitive act is proposed by one person and applied by another (maker-checker)."""
