"""Issuers: who makes the products we sell, what is asked of them and what they answer, in calls and in files of a day."""
