"""How a merchant's program drives the sandbox. Answers 404 wherever there is no sandbox bank."""
