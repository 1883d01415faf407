"""How the system is watched: redacted logs, probes, metrics, and errors that tell nothing but a trace id."""
