"""Audit: who did what, why and when. Rows are only ever added; a job seals them into a hash chain."""
