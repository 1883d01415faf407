"""Orders: buying and redeeming every kind of product, in one machine."""
