"""The market where customers sell fixed-term holdings to each other."""
