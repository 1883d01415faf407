"""Bills: what customers owe billers (water, power, gas, phone), looked up, paid at the cashier, told to the biller, or given back."""
