"""How gunicorn serves the portal; it reads this file by itself. Figures in docs/deployment.md."""

import os

wsgi_app = "immunoportal.wsgi:application"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
worker_class = "gthread"
threads = 4
preload_app = True
# A leak in some library must not grow for weeks; the jitter keeps workers from
# restarting together.
max_requests = 20_000
max_requests_jitter = 2_000
# The control socket would be written to the home directory, shared by all instances.
control_socket_disable = True
# gunicorn's own default also lets loopback set SCRIPT_NAME.
forwarder_headers = ""
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
errorlog = "-"
