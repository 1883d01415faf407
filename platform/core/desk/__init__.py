"""The desk: what operators see. The site with its forced second factor, roles, and the base classes of every page."""
