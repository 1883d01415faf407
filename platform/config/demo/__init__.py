"""The demo: invented customers living through simulated days, by the platform's own services and the sandbox bank over HTTP."""
