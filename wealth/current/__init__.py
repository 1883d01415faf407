"""Current products: units of money funds, their quotes and the income of every natural day."""
