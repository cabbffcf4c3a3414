#!/usr/bin/python3
"""A DynamoDB that checks signatures, as the real one does.

    signed.py --to http://127.0.0.1:8000 [--keys FILE] [--shift SECONDS]
        [--region NAME] [--tls CERT KEY]

An HTTP/1.1 proxy on 127.0.0.1. botocore computes the signature of each request
again from what arrived; a wrong one is refused with AWS's message, before the
server behind sees it. Prints its port when it is ready, and ends with its
parent.

Keys: {"AKID": {"secret": "…", "token": "…" or null, "requests": N}}; after N
requests they are expired. --shift: seconds that this service's clock is ahead of
ours, in its Date header and in its tolerance of five minutes.

Control, on the same port, JSON in and out:
 PUT /_signed/keys    replace the keys
 PUT /_signed/shift   {"seconds": 7200}
 PUT /_signed/reset   reset the counts
 GET /_signed/counts  {"ok": {"Scan": 3}, "refused": {"Scan: why": 1},
                       "keys": {"AKID": 4}}
"""

import argparse
import calendar
import collections
import ctypes
import email.utils
import http.server
import json
import re
import signal
import ssl
import sys
import threading
import time
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from road import Line

MINUTES_GRANTED = 5
SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
                   r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$")


class Refused(Exception):
    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def check_time(sent, now):
    """A refusal, with the service's message."""
    try:
        then = calendar.timegm(time.strptime(sent, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.") from None
    grant = MINUTES_GRANTED * 60
    if then < now - grant:
        raise Refused("InvalidSignatureException", "Signature expired: %s is now earlier than %s (%s - 5 min.)"
                      % (sent, stamp(now - grant), stamp(now)))
    if then > now + grant:
        raise Refused("InvalidSignatureException", "Signature not yet current: %s is still later than %s (%s + 5 min.)"
                      % (sent, stamp(now + grant), stamp(now)))


def verify(request, keys, now, service, region=None):
    """The access key that signed it, or Refused. ${path} has the query, ${headers}
    are pairs in order."""
    method, path, headers, body = request
    names = [name.lower() for name, _ in headers]
    for name in ("authorization", "x-amz-date", "host", "x-amz-security-token", "x-amz-target"):
        if names.count(name) > 1:
            raise Refused("IncompleteSignatureException", "%s came twice" % name)
    values = {name.lower(): value for name, value in headers}
    if "authorization" not in values:
        raise Refused("MissingAuthenticationToken", "Request is missing Authentication Token")
    parts = SCOPE.match(values["authorization"])
    if parts is None:
        raise Refused("IncompleteSignatureException", "Authorization is not of the form that it should have")
    access, day, at, which, signed, signature = parts.groups()
    if access not in keys:
        raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
    key = keys[access]
    if (values.get("x-amz-security-token") or None) != (key.get("token") or None):
        raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
    signed = signed.split(";")
    must = {"host", "content-type"} | {name for name in names if name.startswith("x-amz-")}
    missing = sorted((must & (set(names) | {"host"})) - set(signed))
    if missing or signed != sorted(signed) or not set(signed) <= set(names):
        raise Refused("InvalidSignatureException", "SignedHeaders: %s; missing: %s" % (signed, missing))
    if which != service or (region and at != region):
        raise Refused("InvalidSignatureException", "Credential should be scoped to %s in %s, not %s in %s"
                      % (service, region, which, at))
    check_time(values["x-amz-date"], now)
    if not values["x-amz-date"].startswith(day):
        raise Refused("InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601")
    again = AWSRequest(method, "http://%s%s" % (values["host"], path),
                       {name: values[name] for name in signed}, body)
    again.context["timestamp"] = values["x-amz-date"]
    auth = SigV4Auth(Credentials(access, key["secret"], key.get("token")), which, at)
    canonical = auth.canonical_request(again)
    to_sign = auth.string_to_sign(again, canonical)
    if auth.signature(to_sign, again) != signature:
        # the service prints the whole request, with the session token
        raise Refused("InvalidSignatureException", "The request signature we calculated does not match the signature "
                      "you provided. Check your AWS Secret Access Key and signing method. Consult the service "
                      "documentation for details.\n\nThe Canonical String for this request should have been\n'%s'\n\n"
                      "The String-to-Sign should have been\n'%s'\n" % (canonical, to_sign))
    if key.get("requests") is not None:
        if key["requests"] <= 0:
            raise Refused("ExpiredTokenException", "The security token included in the request is expired")
        key["requests"] -= 1
    return access


def live_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Handler(http.server.BaseHTTPRequestHandler):
    """Its server has: keys, shift, lock, to (or None), counts."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.server.now(), usegmt=True)

    def answer(self, status, body, headers=()):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def read(self):
        if self.path.startswith("http://"):  # the client uses us as its proxy
            self.path = "/" + self.path.split("/", 3)[3]
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return self.command, self.path, list(self.headers.items()), self.body

    def control(self):
        server, what = self.server, self.path.split("/")[2]
        with server.lock:
            if what == "keys":
                server.keys = json.loads(self.body)
            elif what == "shift":
                server.shift = json.loads(self.body)["seconds"]
            elif what == "reset":
                server.forget()
            reply = {name: dict(count) for name, count in server.counts.items()}
        self.answer(200, reply)

    def dynamodb(self, request):
        server, operation = self.server, self.headers.get("X-Amz-Target", "").partition(".")[2]
        try:
            with server.lock:
                access = verify(request, server.keys, server.now(), "dynamodb", server.region)
                server.counts["ok"][operation] += 1
                server.counts["keys"][access] += 1
        except Refused as no:
            with server.lock:
                server.counts["refused"]["%s: %s: %s" % (operation, no.code, no.message)] += 1
            return self.answer(no.status, {"__type": "com.amazon.coral.service#" + no.code, "message": no.message},
                               [("Content-Type", "application/x-amz-json-1.0")])
        self.forward()

    def forward(self):
        """Forward to the server, on a connection of its own."""
        if not hasattr(self, "behind"):
            self.behind = Line(self.server.to.netloc, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "host")}
        self.behind.request(self.command, "/", self.body, headers)
        reply = self.behind.getresponse()
        body = reply.read()
        kept = [(name, value) for name, value in reply.getheaders()
                if name.lower() in ("content-type", "x-amz-crc32", "x-amzn-requestid", "content-encoding")]
        self.answer(reply.status, body, kept)

    def do_POST(self):
        request = self.read()
        self.dynamodb(request)

    def do_GET(self):
        self.read()
        if self.path.startswith("/_signed/"):
            return self.control()
        self.answer(404, {})

    do_PUT = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler=Handler, to=None, keys=None, shift=0, region=None):
        super().__init__(("127.0.0.1", 0), handler)
        self.to = urllib.parse.urlsplit(to) if to else None
        self.keys, self.shift, self.region = keys or {}, shift, region
        self.lock = threading.RLock()
        self.forget()

    def now(self):
        return time.time() + self.shift

    def forget(self):
        self.counts = {name: collections.Counter() for name in ("ok", "refused", "keys")}

    def handle_error(self, *_):
        """A client that went away is not an error."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(*_)


def serve(server):
    live_with_parent()
    print(server.server_address[1], flush=True)
    server.serve_forever()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", required=True, metavar="URL")
    p.add_argument("--keys", metavar="FILE")
    p.add_argument("--shift", type=float, default=0, metavar="SECONDS")
    p.add_argument("--region")
    p.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    o = p.parse_args()
    keys = {}
    if o.keys:
        with open(o.keys, encoding="utf-8") as f:
            keys = json.load(f)
    server = Server(to=o.to, keys=keys, shift=o.shift, region=o.region)
    if o.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*o.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    serve(server)


if __name__ == "__main__":
    main()
