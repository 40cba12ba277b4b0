"""The web server's settings, for the demo and for production: `gunicorn -c python:config.gunicorn config.wsgi`."""

import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
control_socket_disable = True
preload_app = True  # one load, shared memory
timeout = 60
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("WEB_PROXIES", "127.0.0.1")
