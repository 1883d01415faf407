"""What customers owe: draws, their plans and instalments, what was paid, and the days it is late."""
