"""Crowdfunding: campaigns, pledges and what creators are paid."""
