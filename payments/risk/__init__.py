"""Whether an act looks like fraud: rules as data, each decision kept with what it was made from, a queue for people, and lists."""
