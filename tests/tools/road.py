#!/usr/bin/python3
"""A proxy of a DynamoDB server that causes faults.

    road.py --to http://127.0.0.1:8000 [--seed 7] [--rates all=.02,cut=.1]

An HTTP/1.1 proxy on 127.0.0.1 that forwards requests and harms some of them.
Prints its port when it is ready, and ends with its parent. The seed, the
operation, the body, and how often that body was seen decide what is harmed: the
same requests meet the same faults, however the client's threads are scheduled.

A request meets at most one of these (each has a rate, of all requests; -after:
the server acts on it; -before: the server never gets it):

 throttle        400, in one of the service's forms
 error-before    500 or 503                          error-after
 reset-before    the connection is reset             reset-after
 hangup-before   it is closed without a reply        hangup-after
 html-before     a load balancer's page, 503 or 200  html-after
 foreign-before  a proxy's or filter's own reply:    foreign-after
                 302, 401, 403, 404, 429, 502, an empty
                 204 or 207, or 200 and other JSON
 cut             fewer bytes than Content-Length     cut-chunked
 garbage         200 without JSON
 crc             a byte that does not match x-amz-crc32
 slow            late                                drip (bit by bit)
 gzip            compressed, x-amz-crc32 over the compressed bytes

and a statement of a BatchExecuteStatement one of these (a rate of all statements)

 s-throttle  s-conflict  s-error-before  s-error-after

"all=R" sets the rate of each. After --in-a-row harmed attempts (2; 0: no limit)
the next attempt of the same request or statement succeeds.

Other replies may be changed (set "lie": a list of these):

 no-images        no images of deleted or existing entries
 no-batch-images  none in replies to batches
 old-no-key       old images have no partition key
 old-other-key    … are those of other entries
 old-impossible   … have an invalid number
 scan-impossible  so has the first entry of each page of a Scan
 get-others       a BatchGetItem's first item has a key that was not requested
 get-twice        … is in the reply twice
 get-left         … is among the UnprocessedKeys, too
 get-left-others  a key that was not requested is among the UnprocessedKeys
 circle-1, -2, …  a Scan of small pages returns to the page so many before
 empty-key        the last page of a Scan has an empty LastEvaluatedKey
 null-key         … null
 reflect          the session token is the request id, and, escaped, part of the
                  errors of writes

--as-real: reply to batches as the service does, unlike DynamoDB Local: a DELETE
of an absent key succeeds, and the reply says what the batch cost.

Control, on the same port, JSON in and out; also methods of class Road:
 PUT /_road/set      {"seed":7,"rates":{"cut":0.1},"in_a_row":2,
                      "as_real":true,"delay":{"DeleteItem":0.05},
                      "only":["DeleteItem"]: harm nothing else,
                      "retry_after":5000: throttled replies ask for that, ms,
                      "foreign":403: always this one,
                      "deny":["BatchGetItem"]: refuse these,
                      "hot":[0,3]: segment 0 is too hot three times}
 PUT /_road/reset    reset the counts
 GET /_road/counts   operations, faults, units, lost requests and replies
 PUT /_road/hold     {"operation":"DeleteItem","when":"before"|"after",
                      "skip":3}: the fourth one stops here
 GET /_road/held     wait until it has (30 s)
 PUT /_road/release  {"how":"go"|"drop"}
 GET /_road/quiet    wait until all connections are closed (30 s)
"""

import argparse
import base64
import collections
import contextlib
import email.utils
import gzip
import html
import http.client
import json
import os
import random
import re
import socket
import struct
import sys
import threading
import time
import zlib
from decimal import Decimal
from urllib.parse import quote, urlsplit

HARMLESS = ("slow", "drip", "gzip")
KINDS = ("throttle", "error-before", "error-after", "reset-before", "reset-after", "hangup-before", "hangup-after",
         "html-before", "html-after", "foreign-before", "foreign-after", "cut", "cut-chunked", "garbage", "crc") + HARMLESS
STATEMENT_KINDS = ("s-throttle", "s-conflict", "s-error-before", "s-error-after")
WRITES = ("BatchExecuteStatement", "BatchWriteItem", "DeleteItem", "ExecuteStatement", "ExecuteTransaction",
          "PutItem", "TransactWriteItems", "UpdateItem", "CreateTable", "DeleteTable", "UpdateTable",
          "UpdateTimeToLive", "TagResource", "UntagResource")
SETTINGS = {"seed": 1, "rates": {}, "in_a_row": 2, "as_real": False, "delay": {}, "only": None, "retry_after": 0, "hot": None, "foreign": None, "lie": [], "deny": []}
WAIT = 50  # seconds that anything is held at most; clients wait 60
PAGE = b"""<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>\r\n"""
INSERT = re.compile(r'INSERT INTO "(?:[^"]|"")*" VALUE {(.*)}')
DELETE = re.compile(r'DELETE FROM "((?:[^"]|"")*)" WHERE "((?:[^"]|"")*)"=\?(?: AND "((?:[^"]|"")*)"=\?)?')


def number_size(text):
    """The size of a number, as DynamoDB counts it."""
    sign, digits, exponent = Decimal(text).as_tuple()
    digits = "".join(map(str, digits)).lstrip("0")
    exponent += len(digits) - len(digits.rstrip("0"))
    digits = digits.rstrip("0")
    if not digits:
        return 1
    whole = max(0, min(len(digits), len(digits) + exponent))
    return 1 + -(-whole // 2) + -(-(len(digits) - whole) // 2) + sign


def value_size(value):
    (kind, v), = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(x) for name, x in v.items())
    if kind == "L":
        return 3 + sum(1 + value_size(x) for x in v)
    sizes = {"S": lambda s: len(s.encode()), "N": number_size, "B": lambda b: len(base64.b64decode(b)),
             "BOOL": lambda _: 1, "NULL": lambda _: 1}
    if kind in ("SS", "NS", "BS"):
        return sum(map(sizes[kind[0]], v))
    return sizes[kind](v)


def write_units(item):
    """The units to write this item (or none)."""
    size = sum(len(name.encode()) + value_size(value) for name, value in (item or {}).items())
    return max(1, -(-size // 1024))


def inserted(statement):
    """The item of an INSERT statement, or None."""
    names = INSERT.match(statement["Statement"])
    return names and dict(zip(re.findall(r"'([^']*)':\?", names[1]), statement["Parameters"]))


def units_told(reply):
    told = reply.get("ConsumedCapacity") or []
    return sum(entry.get("CapacityUnits", 0) for entry in (told if isinstance(told, list) else [told]))


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.at = time.monotonic()
        self.operation = headers.get("x-amz-target", "").rpartition(".")[2]
        self.json = None
        if self.operation:
            with contextlib.suppress(ValueError):
                self.json = json.loads(body)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.acts = []  # images of the entries that the server wrote or deleted

    @classmethod
    def error(cls, status, name, message, **more):
        space = "com.amazon.coral.availability" if name == "ThrottlingException" else "com.amazonaws.dynamodb.v20120810"
        return cls.json(dict({"__type": space + "#" + name, "message": message}, **more), status)

    @classmethod
    def json(cls, document, status=200):
        return cls(status, {"content-type": "application/x-amz-json-1.0"},
                   json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


class Pace:
    """Consumed units by the time of their request, and the most in any few seconds."""

    def __init__(self):
        self.total, self.spent = 0, []

    def add(self, at, units):
        if units > 0:
            self.total += units
            self.spent.append((at, units))

    def busiest(self, span):
        most = window = first = 0
        spent = sorted(self.spent)
        for at, units in spent:
            window += units
            while spent[first][0] < at - span:
                window -= spent[first][1]
                first += 1
            most = max(most, window)
        return most


class Road:
    def __init__(self, to, log=None, **settings):
        split = urlsplit(to)
        self.to = (split.hostname, split.port or 80)
        self.log_file = open(log, "w", encoding="utf-8") if log else None
        self.lock = threading.Condition()
        self.held_request = self.hold_spec = self.verdict = None
        self.open = 0  # connections, except control
        self.set(**dict(SETTINGS, **settings))
        self.reset()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        # Wakes the thread in accept; close alone does not.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    # Control.

    def set(self, **settings):
        wrong = [name for name in settings if name not in SETTINGS]
        wrong += [kind for kind in settings.get("rates", ()) if kind not in KINDS + STATEMENT_KINDS + ("all",)]
        if wrong:
            raise ValueError("there is no " + ", ".join(wrong))
        with self.lock:
            vars(self).update(settings)
            every = self.rates.get("all", 0)
            self.rates = {kind: self.rates.get(kind, every) for kind in KINDS + STATEMENT_KINDS}

    def reset(self):
        with self.lock:
            self.operations, self.faults = collections.Counter(), collections.Counter()
            self.met, self.row = collections.Counter(), collections.Counter()
            self.read, self.write = Pace(), Pace()
            self.lost, self.seen = 0, collections.defaultdict(list)

    def counts(self, span=5):
        with self.lock:
            return {
                "operations": dict(self.operations), "faults": dict(self.faults),
                "writes": sum(self.operations[name] for name in WRITES), "lost": self.lost,
                "read_units": self.read.total, "write_units": self.write.total,
                "busiest": {"seconds": span, "read": self.read.busiest(span), "write": self.write.busiest(span)}}

    def hold(self, operation=None, when="before", skip=0):
        """Hold one of the next requests."""
        with self.lock:
            self.hold_spec = {"operation": operation, "when": when, "skip": skip}
            self.held_request = self.verdict = None

    def held(self, wait=WAIT):
        """Wait for the request that is held."""
        with self.lock:
            self.lock.wait_for(lambda: self.held_request is not None, wait)
            return self.held_request

    def release(self, how="go"):
        """Forward or "drop" it; hold no other request."""
        with self.lock:
            self.hold_spec, self.verdict = None, how
            self.lock.notify_all()

    def quiet(self, wait=WAIT):
        """Wait until no request is under way, not even of killed clients."""
        # Connections are accepted in order: all earlier ones are, too.
        with socket.create_connection(("127.0.0.1", self.port)) as sock:
            sock.sendall(b"GET /_road/counts HTTP/1.1\r\n\r\n")
            sock.recv(1)
        with self.lock:
            return self.lock.wait_for(lambda: self.open == 0, wait)

    # Random choices.

    def chance(self, kind, what):
        """A random generator for this request or statement, and whether it was harmed often enough."""
        key = (kind, zlib.crc32(what))
        with self.lock:
            self.met[key] += 1
            spared = self.in_a_row and self.row[key] >= self.in_a_row
            return random.Random("%s %s %s %d" % (self.seed, kind, key[1], self.met[key])), spared, key

    def draw(self, kinds, kind, what):
        rng, spared, key = self.chance(kind, what)
        at, fault = rng.random(), None
        for name in kinds:
            at -= self.rates.get(name, 0)
            if at < 0:
                fault = name
                break
        if spared and fault not in HARMLESS:
            fault = None
        with self.lock:
            if fault:
                self.faults[fault] += 1
            self.row[key] = self.row[key] + 1 if fault and fault not in HARMLESS else 0
        return fault, rng

    # Connections.

    def accept(self):
        number = 0
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            number += 1
            self.count_open(1)
            threading.Thread(target=self.connection, args=(sock, number), daemon=True).start()

    def count_open(self, more):
        with self.lock:
            self.open += more
            self.lock.notify_all()

    def connection(self, sock, number):
        server, controls = Server(self.to), False
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with sock, sock.makefile("rb") as lines:
                while (request := read_request(lines, sock)) is not None:
                    if request.path.startswith("/_road/"):
                        if not controls:
                            controls = True
                            self.count_open(-1)
                        send(sock, self.control(request))
                    elif not self.pass_on(sock, server, request, number):
                        return
        except (OSError, http.client.HTTPException):
            pass  # the client went away, or the server did
        finally:
            server.close()
            if not controls:
                self.count_open(-1)

    def control(self, request):
        what = request.path[len("/_road/"):]
        words = json.loads(request.body or b"{}")
        try:
            known = {"PUT": ("set", "reset", "hold", "release"), "GET": ("counts", "held", "quiet")}
            if what not in known.get(request.method, ()):
                return Reply.json({"error": "no such control"}, 404)
            return Reply.json(getattr(self, what)(**words))
        except (TypeError, ValueError) as wrong:
            return Reply.json({"error": str(wrong)}, 400)

    def pass_on(self, sock, server, request, number):
        """Answer or harm one request; whether the connection is still open."""
        with self.lock:
            self.operations[request.operation] += 1
        if request.operation in self.delay:
            time.sleep(self.delay[request.operation])
        fault = rng = None
        if self.is_hot(request):
            reply = throttle_reply(1, request)
            self.note(request, number, "hot", reply)
            return deliver(sock, request, reply, None, None)
        if request.operation in self.deny:
            reply = Reply.error(400, "AccessDeniedException", "not authorized to perform: dynamodb:" + request.operation)
            self.note(request, number, "deny", reply)
            return deliver(sock, request, reply, None, None)
        if request.operation and (self.only is None or request.operation in self.only):
            fault, rng = self.draw(KINDS, request.operation, request.body)
        if not self.stop_here("before", request):
            return False
        before = {
            "throttle": lambda: throttled(rng, request),
            "error-before": lambda: broken(rng), "html-before": lambda: page(rng),
            "foreign-before": lambda: foreign(rng, self.foreign),
            "reset-before": lambda: None, "hangup-before": lambda: None,
        }
        if fault in before:
            reply = before[fault]()
            if fault == "throttle" and self.retry_after:
                reply.headers["x-amz-retry-after"] = self.retry_after
        else:
            reply = self.forward(server, request, whole=fault is None or fault in HARMLESS)
        acts = reply.acts if reply else []
        if fault == "foreign-after":
            reply = foreign(rng, self.foreign)
        self.note(request, number, fault, reply)
        if not self.stop_here("after", request):
            return False
        if fault and fault not in HARMLESS and acts:
            with self.lock:
                self.lost += len(acts)
        return deliver(sock, request, reply, fault, rng)

    def is_hot(self, request):
        with self.lock:
            if not self.hot or request.operation != "Scan" or request.json["Segment"] != self.hot[0] or self.hot[1] < 1:
                return False
            self.hot[1] -= 1
            self.faults["hot"] += 1
            return True

    def stop_here(self, when, request):
        """Hold the request if it is the one to hold. False: drop it."""
        with self.lock:
            spec = self.hold_spec
            if not spec or spec["when"] != when or spec["operation"] not in (None, request.operation):
                return True
            spec["skip"] -= 1
            if spec["skip"] >= 0 or self.held_request is not None:
                return True
            self.held_request = {"operation": request.operation, "when": when, "request": request.json}
            self.lock.notify_all()
            self.lock.wait_for(lambda: self.verdict is not None, WAIT)
            return self.verdict != "drop"

    def note(self, request, number, fault, reply):
        if self.log_file is None:
            return
        line = {"at": round(time.time(), 4), "connection": number, "operation": request.operation, "fault": fault,
                "status": reply and reply.status, "acts": len(reply.acts) if reply else 0}
        if request.operation in ("BatchExecuteStatement", "DeleteItem", "PutItem", "UpdateItem"):
            line["request"], line["reply"] = request.json, reply and reply.body.decode(errors="replace")
        if request.operation == "Scan":
            line["segment"] = request.json.get("Segment")
        with self.lock:
            print(json.dumps(line), file=self.log_file, flush=True)

    # Towards the server.

    def forward(self, server, request, whole):
        if request.operation == "BatchExecuteStatement" and request.json is not None:
            return self.forward_batch(server, request, whole)
        body = request.body
        if request.operation == "Scan" and any(lie.startswith("circle-") for lie in self.lie):
            body = json.dumps(dict(request.json, Limit=3)).encode()
        reply = server.ask(request.method, request.path, request.headers, body)
        document = {}
        if request.operation and request.json is not None:
            with contextlib.suppress(ValueError):
                document = json.loads(reply.body)
        self.charge(request, reply, document)
        return self.lied(request, reply, document)

    def lied(self, request, reply, document):
        if not self.lie or not request.operation:
            return reply
        with self.lock:
            for lie in self.lie:
                tell(lie, request, reply.status, document, self.seen)
        if "reflect" in self.lie:
            return reflection(request, reply, document)
        made = Reply.json(document, reply.status)
        made.headers, made.acts = dict(reply.headers, **made.headers), reply.acts
        return made

    def charge(self, request, reply, document):
        """Count its units, and note what it did."""
        failed = document.get("__type", "").endswith("#ConditionalCheckFailedException")
        units = units_told(document)
        if request.operation == "DeleteItem" and reply.status == 200:
            units = units or write_units(document.get("Attributes"))
            if document.get("Attributes"):
                reply.acts.append(document["Attributes"])
        elif request.operation == "UpdateItem" and reply.status == 200:
            units = units or write_units(document.get("Attributes"))
            reply.acts.append(document.get("Attributes"))
        elif request.operation == "PutItem" and reply.status == 200:
            units = units or write_units(request.json["Item"])
            reply.acts.append(request.json["Item"])
        elif failed:
            units = write_units(document.get("Item"))
        with self.lock:
            (self.write if request.operation in WRITES else self.read).add(request.at, units)

    def forward_batch(self, server, request, whole):
        """Forward the statements that are not harmed, and merge all results into one reply."""
        statements = request.json.get("Statements", [])
        answers, go = [None] * len(statements), []
        after = {}
        for i, statement in enumerate(statements):
            fault, rng = None, None
            if whole:
                fault, rng = self.draw(STATEMENT_KINDS, "statement", json.dumps(statement).encode())
            if fault == "s-throttle":
                code = rng.choice(["ThrottlingError", "ThrottlingError", "ProvisionedThroughputExceeded",
                                   "RequestLimitExceeded"])
                answers[i] = refusal(code, "Throughput exceeds the current capacity of your table or index.")
            elif fault == "s-conflict":
                answers[i] = refusal("TransactionConflict", "Transaction is ongoing for the item")
            elif fault == "s-error-before":
                answers[i] = refusal("InternalServerError", "Internal server error")
            else:
                go.append(i)
                if fault:
                    after[i] = refusal("InternalServerError", "Internal server error")
        if not go and statements:
            return Reply.json({"Responses": answers})
        body = json.dumps(dict(request.json, Statements=[statements[i] for i in go])).encode()
        reply = server.ask(request.method, request.path, request.headers, body)
        if reply.status != 200:
            with self.lock:
                self.write.add(request.at, 1 if reply.status == 400 else 0)
            return reply
        document = json.loads(reply.body)
        units, acts = 0, []
        for i, answer in zip(go, document["Responses"]):
            error, item = answer.get("Error", {}).get("Code"), answer.get("Item") or inserted(statements[i])
            if error == "ConditionalCheckFailed" and self.as_real:
                item = self.look(server, request, statements[i])
                if item is None:
                    answer = {"TableName": answer.get("TableName", "")}
            if error in (None, "ConditionalCheckFailed", "DuplicateItem"):
                units += write_units(item)
            if error is None and item:
                if i in after:
                    with self.lock:
                        self.lost += 1
                else:
                    acts.append(item)
            answers[i] = after.get(i, answer)
        document["Responses"] = answers
        # One entry a table, including failed conditions; none when all failed.
        if self.as_real and any("Error" not in answer for answer in answers):
            document["ConsumedCapacity"] = [{"TableName": "", "CapacityUnits": float(units)}]
        with self.lock:
            self.write.add(request.at, units)
        made = Reply.json(document)
        made.headers, made.acts = dict(reply.headers, **made.headers), acts
        return self.lied(request, made, document)

    def look(self, server, request, statement):
        """The item that a DELETE names, or None."""
        names = DELETE.match(statement["Statement"])
        if names is None:
            return None
        table, *keys = (name and name.replace('""', '"') for name in names.groups())
        key = dict(zip((k for k in keys if k is not None), statement["Parameters"]))
        headers = dict(request.headers, **{"x-amz-target": "DynamoDB_20120810.GetItem"})
        body = json.dumps({"TableName": table, "Key": key, "ConsistentRead": True}).encode()
        return json.loads(server.ask("POST", "/", headers, body).body).get("Item")


class Line(http.client.HTTPConnection):
    """A kept-alive connection; servers close idle ones, so it is not used again then."""

    used = 0

    def request(self, *args, **kwargs):
        if time.monotonic() - self.used > 2:
            self.close()
        self.used = time.monotonic()
        super().request(*args, **kwargs)


class Server:
    """One kept-alive connection to the server."""

    def __init__(self, to):
        self.line = Line(*to, timeout=120)

    def close(self):
        self.line.close()

    def ask(self, method, path, headers, body):
        drop = ("host", "connection", "accept-encoding", "content-length", "expect", "transfer-encoding")
        try:
            self.line.request(method, path, body, {n: v for n, v in headers.items() if n not in drop})
            got = self.line.getresponse()
            data = got.read()
        except Exception:
            self.close()
            raise
        keep = ("content-type", "date", "x-amzn-requestid")
        return Reply(got.status, {n.lower(): v for n, v in got.getheaders() if n.lower() in keep}, data)


def read_request(lines, sock):
    first = lines.readline(65536)
    if not first.strip():
        return None
    method, path, _ = first.decode("latin-1").split(None, 2)
    headers = {}
    while (line := lines.readline(65536)) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = int(headers.get("content-length", 0))
    body = lines.read(length)
    return Request(method, path, headers, body) if len(body) == length else None


def refusal(code, message):
    return {"Error": {"Code": code, "Message": message}}


def throttled(rng, request):
    return throttle_reply(rng.randrange(5), request)


def throttle_reply(which, request):
    side = "Write" if request.operation in WRITES else "Read"
    reason = lambda what: [{"reason": "Table%s%s" % (side, what),
                            "resource": "arn:aws:dynamodb:us-east-1:000000000000:table/t"}]
    return [
        lambda: Reply.error(400, "ProvisionedThroughputExceededException", "The level of configured provisioned throughput "
                            "for the table was exceeded.", ThrottlingReasons=reason("ProvisionedThroughputExceeded")),
        lambda: Reply.error(400, "ProvisionedThroughputExceededException", "Throughput exceeds the partition's.",
                            ThrottlingReasons=reason("KeyRangeThroughputExceeded")),
        lambda: Reply.error(400, "ThrottlingException", "Throughput exceeds the maximum OnDemandThroughput configured.",
                            throttlingReasons=reason("MaxOnDemandThroughputExceeded")),
        lambda: Reply.error(400, "ThrottlingException", "Throughput exceeds the partition's.",
                            throttlingReasons=reason("KeyRangeThroughputExceeded")),
        lambda: Reply.error(400, "RequestLimitExceeded", "Throughput exceeds the current throughput limit for your account.",
                            ThrottlingReasons=reason("AccountLimitExceeded")),
    ][which]()


def broken(rng):
    return rng.choice([
        lambda: Reply.error(500, "InternalServerError", "The request processing has failed because of an unknown error"),
        lambda: Reply.error(503, "ServiceUnavailable", "The service is temporarily unavailable"),
        lambda: Reply(500, {}, b""),
    ])()


def page(rng):
    status, title = rng.choice([(503, b"503 Service Temporarily Unavailable"), (504, b"504 Gateway Time-out"),
                                (502, b"502 Bad Gateway"), (200, b"Please wait")])
    return Reply(status, {"content-type": "text/html", "server": "awselb/2.0"}, PAGE % (title, title))


def reflection(request, reply, document):
    token = request.headers["x-amz-security-token"]
    status = reply.status
    if request.operation == "BatchExecuteStatement":
        document = {"Responses": [{"Error": {"Code": "ItemCollectionSizeLimitExceeded", "Message": "no: " + said}}
                                  for _, said in zip(document["Responses"], 25 * [token, quote(token, safe="")])]}
    elif request.operation in WRITES:
        status, document = 400, {"__type": "x#ItemCollectionSizeLimitExceededException", "message": "no: " + html.escape(token)}
    made = Reply.json(document, status)
    # JSON may escape any character
    made.body = made.body.replace(b"no: " + token.encode(), b"no: " + b"".join(b"\\u%04x" % c for c in token.encode()))
    made.headers["x-amzn-requestid"] = token
    return made


def tell(lie, request, status, document, seen):
    """Change the document of a reply."""
    operation = request.operation
    if lie.startswith("old-") or lie in ("no-images", "no-batch-images"):
        # The objects with images: the responses of a batch, or the reply.
        places = [(answer, "Item") for answer in document.get("Responses", [])] if operation == "BatchExecuteStatement" else []
        if operation in ("DeleteItem", "UpdateItem", "PutItem"):
            places = [(document, "Attributes" if status == 200 else "Item")]
        if lie == "no-batch-images" and operation != "BatchExecuteStatement":
            return
        places = [(at, name) for at, name in places if at.get(name)]
        images = [at[name] for at, name in places]
        for i, (at, name) in enumerate(places):
            if lie.startswith("no-"):
                del at[name]
            elif lie == "old-no-key":
                at[name] = {k: v for k, v in images[i].items() if k != "key"}
            elif lie == "old-impossible":
                at[name] = dict(images[i], wrong={"N": "abc"})
            else:
                at[name] = images[i - 1] if len(images) > 1 else dict(images[i], key={"S": "somebody-else"})
    elif operation == "Scan" and status == 200:
        told, start = document.get("LastEvaluatedKey"), request.json.get("ExclusiveStartKey")
        if lie == "scan-impossible" and document["Items"]:
            document["Items"][0]["wrong"] = {"N": "abc"}
        elif lie in ("empty-key", "null-key") and told is None:
            document["LastEvaluatedKey"] = {} if lie == "empty-key" else None
        elif lie.startswith("circle-") and told is not None:
            keys, length = seen[request.json["Segment"]], int(lie[7:])
            if len(keys) <= length:
                keys.append(told)
            elif start == keys[length]:
                document["LastEvaluatedKey"] = keys[1]
    elif operation == "BatchGetItem" and status == 200:
        (table, items), = document["Responses"].items()
        other = {"key": {"S": "somebody-else"}, "ttl": {"N": "1"}}
        if lie == "get-others" and items:
            items[0] = dict(items[0], **other)
        elif lie == "get-twice" and items:
            items.append(items[0])
        elif lie in ("get-left", "get-left-others") and items:
            key = items[0]["key"] if lie == "get-left" else other["key"]
            document["UnprocessedKeys"] = {table: {"Keys": [{"key": key}], "ConsistentRead": True}}


FOREIGN = {
    302: ({"location": "http://192.0.2.1/login", "content-type": "text/html"}, b""),
    401: ({"content-type": "text/html", "www-authenticate": "Basic realm=proxy"}, PAGE % (b"Unauthorized", b"Who are you?")),
    403: ({"content-type": "text/html"}, PAGE % (b"Forbidden", b"Request blocked")),
    404: ({"content-type": "application/json"}, b'{"message":"Not Found"}'),
    429: ({"content-type": "text/plain"}, b"slow down"),
    502: ({"content-type": "text/html"}, b""),
    204: ({}, b""),
    207: ({"content-type": "application/json"}, b"{}"),
    200: ({"content-type": "application/json"}, b'{"status":"ok"}'),
}


def foreign(rng, status):
    status = status or rng.choice(list(FOREIGN))
    return Reply(status, *FOREIGN[status])


def rubbish(rng, body):
    """What a broken proxy might send with 200; never JSON."""
    return rng.choice([
        lambda: b"", lambda: body[:len(body) // 2], lambda: rng.randbytes(200), lambda: b"\0" * 64,
        lambda: b"upstream connect error or disconnect/reset before headers",
        lambda: body[:-1] + b"\xff", lambda: body + body,
    ])()


def head(status, headers):
    words = "HTTP/1.1 %d %s\r\n" % (status, http.client.responses.get(status, "What"))
    return (words + "".join("%s: %s\r\n" % pair for pair in headers.items()) + "\r\n").encode("latin-1")


def send(sock, reply, **headers):
    sock.sendall(head(reply.status, dict(reply.headers, **{"content-length": len(reply.body)}, **headers)) + reply.body)


def deliver(sock, request, reply, fault, rng):
    """Send the reply, harmed by the fault; whether the connection is still open."""
    if fault in ("hangup-before", "hangup-after"):
        sock.shutdown(socket.SHUT_RDWR)
        return False
    if fault in ("reset-before", "reset-after"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False  # closing it sends the reset
    if fault == "error-after":
        reply = broken(rng)
    elif fault == "html-after":
        reply = page(rng)
    elif fault == "garbage":
        reply = Reply(200, reply.headers, rubbish(rng, reply.body))
    body = reply.body
    headers = dict({"date": email.utils.formatdate(usegmt=True)}, **reply.headers)
    if fault == "gzip" and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        headers["content-encoding"] = "gzip"
    if "text/html" not in headers.get("content-type", "") and not (fault or "").startswith("foreign") and (fault != "garbage" or rng.random() < .5):
        headers["x-amz-crc32"] = zlib.crc32(body)
        if fault == "crc" and body:
            at = rng.randrange(len(body))
            body = body[:at] + bytes([body[at] ^ rng.choice([1, 2, 4, 16])]) + body[at + 1:]
    if fault == "cut-chunked":
        half = body[:rng.randrange(len(body) + 1)]
        sock.sendall(head(reply.status, dict(headers, **{"transfer-encoding": "chunked"})) +
                     (b"%x\r\n%s\r\n" % (len(half), half) if half else b""))
        return False
    headers["content-length"] = len(body)
    if fault == "cut":
        sock.sendall(head(reply.status, headers) + body[:rng.randrange(max(1, len(body)))])
        return False
    if fault == "slow":
        time.sleep(rng.uniform(.02, .3))
    start = head(reply.status, headers)
    if fault == "drip":
        step = max(1, (len(start) + len(body)) // 5)
        for at in range(0, len(start) + len(body), step):
            sock.sendall((start + body)[at:at + step])
            time.sleep(.01)
        return True
    sock.sendall(start + body)
    return True


def rates(text):
    try:
        return {kind: float(rate) for kind, _, rate in (word.partition("=") for word in text.split(",") if word)}
    except ValueError:
        raise argparse.ArgumentTypeError("%r is not KIND=RATE,..." % text) from None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", required=True, metavar="URL")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rates", type=rates, default={}, metavar="KIND=RATE,...")
    p.add_argument("--in-a-row", type=int, default=2, metavar="N")
    p.add_argument("--as-real", action="store_true")
    p.add_argument("--log", metavar="FILE", help="a JSON line for each request")
    options = p.parse_args()
    parent = os.getppid()
    road = Road(options.to, log=options.log, seed=options.seed, rates=options.rates,
                in_a_row=options.in_a_row, as_real=options.as_real)
    print(road.port, flush=True)
    while os.getppid() == parent:
        time.sleep(.2)
    sys.exit(0)


if __name__ == "__main__":
    main()
