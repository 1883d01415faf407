"""The product's settings on the `bench` instance of the embedded services, with the trivial endpoint beside it."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench._transfer_site"
LOG_LEVEL = "WARNING"
