"""What the sandbox does in the name of the test payer, the bank and the operators: through the services everybody uses."""
