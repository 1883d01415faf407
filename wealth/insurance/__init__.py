"""Insurance: quotes, policies, premiums and claims."""
