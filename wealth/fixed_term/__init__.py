"""Fixed terms: money put away for a while at a rate that is kept, until its day, rolled on, or taken early."""
