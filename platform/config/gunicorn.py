"""The web server: one worker a core with few threads, each keeping its database connection (measured: docs/adr)."""

import multiprocessing

workers = multiprocessing.cpu_count()
threads = 2
worker_class = "gthread"
preload_app = False
keepalive = 30
timeout = 30
graceful_timeout = 20
accesslog = None
errorlog = "-"
loglevel = "warning"
