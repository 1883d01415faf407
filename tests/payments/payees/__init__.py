"""Orders that pay a payee, one the floor has never seen."""
