"""What changes debts."""
