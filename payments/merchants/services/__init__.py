"""Every write of merchants, by what is written."""
