"""Asks the server in this container whether it is alive; the exit status is the answer."""

import http.client
import os
import ssl
import sys

port = int(os.environ.get("DESKSIDE_LISTEN_PORT", "8080"))
connection: http.client.HTTPConnection
if os.environ.get("DESKSIDE_TLS_CERT"):
    # The certificate is for the name that people use, not for the loopback address.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=4, context=context)
else:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
try:
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"port {port}: {error}")
sys.exit(0 if status == 200 else f"port {port}: status {status}")
