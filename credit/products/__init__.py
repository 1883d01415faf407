"""Credit products: what is lent, at what price, and how it is paid back."""
