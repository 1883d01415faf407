"""The product's settings with one write endpoint of the benchmark beside the product's own."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench._endpoint_site"
LOG_LEVEL = "WARNING"
