#!/usr/bin/python3
"""A small DynamoDB client for tests: one kept-alive connection a thread, no
signatures (the local servers check none), no slow imports. Operations have
boto3's names, arguments and replies.

    client = connect("http://127.0.0.1:8000")
    client.put_item(TableName="t", Item={"key": {"B": b"..."}})

    ddb.py URL put_item '{"TableName":...}'      prints the reply
"""

import base64
import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

HEADERS = {
    "content-type": "application/x-amz-json-1.0", "x-amz-date": "20261122T081200Z",
    "authorization": "AWS4-HMAC-SHA256 Credential=testaccess/20261122/us-east-1/dynamodb/aws4_request, "
                     "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"}


class ClientError(Exception):
    pass


class _Exceptions:
    """client.exceptions.NAME: a class for each error code."""

    def __getattr__(self, name):
        kind = type(name, (ClientError,), {})
        return self.__dict__.setdefault(name, kind)


def typed(value):
    """An AttributeValue from JSON, with bytes instead of base64."""
    (kind, v), = value.items()
    if kind == "B":
        return {"B": base64.b64decode(v)}
    if kind == "BS":
        return {"BS": [base64.b64decode(x) for x in v]}
    if kind == "L":
        return {"L": [typed(x) for x in v]}
    if kind == "M":
        return {"M": {k: typed(x) for k, x in v.items()}}
    return value


def typed_item(item):
    return {name: typed(value) for name, value in item.items()}


class Client:
    exceptions = _Exceptions()

    def __init__(self, endpoint):
        self.address = urlsplit(endpoint)
        self.own = threading.local()

    def __getattr__(self, name):
        operation = "".join(word.capitalize() for word in name.split("_"))
        return lambda **request: self.ask(operation, request)

    def send(self, operation, body):
        """Status and text of the reply."""
        line = getattr(self.own, "line", None)
        fresh = line is None
        if fresh:
            line = self.own.line = http.client.HTTPConnection(
                self.address.hostname, self.address.port, timeout=300)
        try:
            line.request("POST", "/", body, dict(HEADERS, **{"x-amz-target": "DynamoDB_20120810." + operation}))
            reply = line.getresponse()
            return reply.status, reply.read()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.own.line = None
            if fresh:
                raise
            # the server closed it while it was idle
            return self.send(operation, body)

    def ask(self, operation, request):
        body = json.dumps(request, default=lambda b: base64.b64encode(b).decode())
        for wait in (.05, .2, 1, 3, None):
            status, text = self.send(operation, body)
            if status < 500 or wait is None:
                break
            time.sleep(wait)
        try:
            document = json.loads(text)
        except ValueError:
            raise ClientError("%s: HTTP %d: %r" % (operation, status, text[:200])) from None
        if status != 200:
            code = document.get("__type", "HTTP%d" % status).rpartition("#")[2]
            raise getattr(self.exceptions, code)("%s: %s: %s" % (operation, code, document.get("message", document)))
        for name in ("Item", "Attributes"):
            if name in document:
                document[name] = typed_item(document[name])
        if "Items" in document:
            document["Items"] = [typed_item(item) for item in document["Items"]]
        return document


def connect(endpoint):
    return Client(endpoint)


if __name__ == "__main__":
    reply = getattr(connect(sys.argv[1]), sys.argv[2])(**json.loads(sys.argv[3]))
    print(json.dumps(reply, default=lambda b: base64.b64encode(b).decode()))
