"""What happened on each day, counted once and kept: charts read a few small rows however long the history is."""
