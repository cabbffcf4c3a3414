#!/usr/bin/python3
"""STS, CloudFormation, and a door to a DynamoDB server, on 127.0.0.1.

    aws.py [--to http://127.0.0.1:8000]

Its port is printed when it is ready; it ends with its parent. Every request
must be one that the real services would take: method, path, headers, form,
and a signature that botocore computes likewise from what came (Debian's
python3-botocore); what is wrong is answered as AWS answers it, and noted.
Requests of DynamoDB (X-Amz-Target) go on to --to, and what comes back can be
changed.

Control, on the same port, JSON in and out:
 PUT /_set   any of
   "access_key", "secret_key", "session_token"   whose signature to expect
   "region"                 in which
   "account", "arn"         what GetCallerIdentity tells
   "clock"                  seconds that this server's clock is ahead
   "stacks"  {"NAME": {"status": "CREATE_COMPLETE", "resources": [
              {"logical": ..., "physical": ..., "type": ..., "status": ...}]}}
   "page"                   resources in a page of ListStackResources (2)
   "fail"    {"DescribeStacks": ["503", "garbage"]}: the next ones of that
             action; a last one that ends in "!" goes on for ever; KINDS below
   "table"   members that DescribeTable's Table gets
   "backups" what DescribeContinuousBackups answers
   "deny"    ["dynamodb:Scan", "dynamodb:PartiQLDelete"]
 GET /_log   [{"action":..., "service":..., "region":..., "form":...,
               "token":..., "wrong":...}], and it is empty again
"""

import argparse
import contextlib
import email.utils
import http.client
import http.server
import json
import re
import socketserver
import time
import urllib.parse
import uuid
from xml.sax.saxutils import escape

import botocore.auth
import botocore.awsrequest
import botocore.credentials

FORM = "application/x-www-form-urlencoded; charset=utf-8"
VERSIONS = {"sts": "2011-06-15", "cloudformation": "2010-05-15"}
SERVICES = {"GetCallerIdentity": "sts", "DescribeStackResource": "cloudformation",
            "DescribeStacks": "cloudformation", "ListStackResources": "cloudformation"}
SPACES = {"sts": "https://sts.amazonaws.com/doc/2011-06-15/",
          "cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/"}
KINDS = {
    # kind: (status, code, message)
    "403": (403, "AccessDenied", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: it"),
    "500": (500, "InternalFailure", "An internal error"),
    "503": (503, "ServiceUnavailable", "Service is unable to handle request."),
    "throttle": (400, "Throttling", "Rate exceeded"),
    "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
    "keys": (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
}
BROKEN = {
    # kind: (status, type, body)
    "html": (503, "text/html", b"<html><body><h1>503</h1></body></html>"),
    "empty": (200, "text/xml", b""),
    "garbage": (200, "text/xml", b"\x00\xff not <xml"),
    "torn": (200, "text/xml", b"<DescribeStackResourceResponse><DescribeStackResourceResult>"),
    "other": (200, "text/xml", b"<ListBucketResult/>"),
    "bomb": (200, "text/xml", b'<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                              b"<DescribeStackResourceResponse>&b;</DescribeStackResourceResponse>"),
}

STATE = {
    "access_key": "testaccess", "secret_key": "testsecret", "session_token": None, "region": "us-east-1",
    "account": "123456789012", "arn": "arn:aws:iam::123456789012:user/ann", "clock": 0,
    "stacks": {}, "page": 2, "fail": {}, "table": {}, "backups": None, "deny": [],
}
LOG = []


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__("%s: %s" % (code, message))
        self.status, self.code, self.message = status, code, message


def now():
    return time.time() + STATE["clock"]


def check_signature(handler, body):
    """The service that the request is signed for; raises Refusal."""
    value = handler.headers.get("Authorization", "")
    m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z]+)/aws4_request, "
                     r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})", value)
    if not m:
        raise Refusal(403, "IncompleteSignature", "not an Authorization: " + value[:40])
    key, day, region, service, signed, signature = m.groups()
    date = handler.headers.get("X-Amz-Date", "")
    if key != STATE["access_key"]:
        raise Refusal(403, "InvalidClientTokenId", "no such access key")
    if handler.headers.get("X-Amz-Security-Token") != STATE["session_token"]:
        raise Refusal(403, "InvalidClientTokenId", "not that session token")
    if region != STATE["region"]:
        raise Refusal(403, "SignatureDoesNotMatch", "signed for region " + region)
    if not re.fullmatch(day + r"T\d{6}Z", date):
        raise Refusal(403, "IncompleteSignature", "x-amz-date " + date)
    names = signed.split(";")
    must = {"host", "x-amz-date", "content-type"}
    must |= {name.lower() for name in handler.headers if name.lower().startswith("x-amz-")}
    if names != sorted(names) or not must <= set(names):
        raise Refusal(403, "SignatureDoesNotMatch", "signed headers are " + signed)
    request = botocore.awsrequest.AWSRequest(
        method=handler.command, url="http://%s%s" % (handler.headers["Host"], handler.path), data=body)
    for name in names:
        request.headers[name] = handler.headers[name]
    request.context["timestamp"] = date
    auth = botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(key, STATE["secret_key"], STATE["session_token"]), service, region)
    computed = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if computed != signature:
        raise Refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")
    sent = time.strptime(date, "%Y%m%dT%H%M%SZ")
    off = now() - (time.mktime(sent) - time.timezone)
    if abs(off) > 300:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now()))
        raise Refusal(403, "SignatureDoesNotMatch", "Signature %s: %s is now %s than %s (5 min.)"
                      % (("expired", date, "earlier", stamp) if off > 0 else ("not yet current", date, "later", stamp)))
    return service


def find_stack(name):
    for stack, what in STATE["stacks"].items():
        if name in (stack, stack_id(stack)):
            return stack, what
    raise Refusal(400, "ValidationError", "Stack '%s' does not exist" % name)


def stack_id(name):
    return "arn:aws:cloudformation:%s:%s:stack/%s/1b2c" % (STATE["region"], STATE["account"], name)


def element(name, value):
    return "" if value is None else "<%s>%s</%s>" % (name, escape(value), name)


def resource(stack, what):
    return (element("StackName", stack) + element("StackId", stack_id(stack)) +
            element("LogicalResourceId", what["logical"]) + element("PhysicalResourceId", what.get("physical")) +
            element("ResourceType", what.get("type", "AWS::DynamoDB::Table")) +
            element("LastUpdatedTimestamp", "2026-11-22T08:12:00.123Z") +
            element("ResourceStatus", what.get("status", "CREATE_COMPLETE")))


def get_caller_identity(form):
    return element("Arn", STATE["arn"]) + element("UserId", "AIDAX") + element("Account", STATE["account"])


def describe_stack_resource(form):
    stack, what = find_stack(form["StackName"])
    for r in what["resources"]:
        if r["logical"] == form["LogicalResourceId"]:
            return "<StackResourceDetail>%s</StackResourceDetail>" % resource(stack, r)
    raise Refusal(400, "ValidationError", "Resource %s does not exist for stack %s" % (form["LogicalResourceId"], stack))


def describe_stacks(form):
    stack, what = find_stack(form["StackName"])
    return "<Stacks><member>%s%s%s</member></Stacks>" % (
        element("StackId", stack_id(stack)), element("StackName", stack),
        element("StackStatus", what.get("status", "CREATE_COMPLETE")))


def list_stack_resources(form):
    stack, what = find_stack(form["StackName"])
    first = int(form.get("NextToken", "next+0").partition("+")[2])
    after = first + STATE["page"]
    members = "".join("<member>%s</member>" % resource(stack, r) for r in what["resources"][first:after])
    return "<StackResourceSummaries>%s</StackResourceSummaries>%s" % (
        members, element("NextToken", "next+%d" % after if after < len(what["resources"]) else None))


ANSWERS = {"GetCallerIdentity": get_caller_identity, "DescribeStackResource": describe_stack_resource,
           "DescribeStacks": describe_stacks, "ListStackResources": list_stack_resources}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "aws", ""

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(now(), usegmt=True)

    def reply(self, status, kind, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def reply_json(self, document, status=200):
        self.reply(status, "application/json", json.dumps(document).encode())

    def refuse(self, service, refusal):
        self.reply(refusal.status, "text/xml", (
            '<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>'
            "<RequestId>%s</RequestId></ErrorResponse>" % (
                SPACES.get(service, ""), refusal.code, escape(refusal.message), uuid.uuid4())).encode())

    def do_GET(self):
        if self.path == "/_log":
            self.reply_json(LOG)
            LOG.clear()
        else:
            self.reply(200, "text/plain", b"healthy: dynamodb")

    def do_PUT(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        unknown = set(asked) - set(STATE)
        if unknown:
            self.reply_json({"unknown": sorted(unknown)}, 400)
            return
        STATE.update(asked)
        self.reply_json({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "X-Amz-Target" in self.headers:
            self.dynamodb(body)
        else:
            self.query(body)

    def next_failure(self, action):
        kinds = STATE["fail"].get(action, [])
        if not kinds:
            return None
        return kinds[0][:-1] if kinds[0].endswith("!") else kinds.pop(0)

    def query(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        action = form.get("Action", "")
        entry = {"action": action, "form": body.decode(), "token": self.headers.get("X-Amz-Security-Token"),
                 "wrong": None}
        LOG.append(entry)
        service = SERVICES.get(action)
        try:
            if service is None:
                raise Refusal(400, "InvalidAction", "Could not find operation " + action)
            if self.path != "/" or self.headers["Content-Type"] != FORM or form.get("Version") != VERSIONS[service]:
                raise Refusal(400, "MalformedQueryString", "path, content-type or version")
            entry["service"] = check_signature(self, body)
            entry["region"] = STATE["region"]
            if entry["service"] != service:
                raise Refusal(403, "SignatureDoesNotMatch", "Credential should be scoped to correct service")
        except Refusal as refusal:
            entry["wrong"] = str(refusal)
            self.refuse(service, refusal)
            return
        failure = self.next_failure(action)
        if failure in KINDS:
            self.refuse(service, Refusal(*KINDS[failure]))
        elif failure in BROKEN:
            self.reply(*BROKEN[failure])
        else:
            if failure == "slow":
                time.sleep(1)
            try:
                result = ANSWERS[action](form)
            except Refusal as refusal:
                self.refuse(service, refusal)
                return
            self.reply(200, "text/xml", (
                '<%sResponse xmlns="%s"><%sResult>%s</%sResult><ResponseMetadata><RequestId>%s</RequestId>'
                "</ResponseMetadata></%sResponse>" % (
                    action, SPACES[service], action, result, action, uuid.uuid4(), action)).encode())

    # DynamoDB

    def error(self, name, message, status=400):
        self.reply(status, "application/x-amz-json-1.0", json.dumps(
            {"__type": "com.amazon.coral.service#" + name, "message": message}).encode())

    def deny(self, action, table):
        return "User: %s is not authorized to perform: %s on resource: arn:aws:dynamodb:%s:%s:table/%s because no " \
               "identity-based policy allows the %s action" % (
                   STATE["arn"], action, STATE["region"], STATE["account"], table, action)

    def dynamodb(self, body):
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        asked = json.loads(body)
        entry = {"action": operation, "body": asked, "wrong": None}
        LOG.append(entry)
        try:
            check_signature(self, body)
        except Refusal as refusal:
            entry["wrong"] = str(refusal)
            name = {"InvalidClientTokenId": "UnrecognizedClientException",
                    "SignatureDoesNotMatch": "InvalidSignatureException"}.get(refusal.code, refusal.code)
            self.error(name, refusal.message)
            return
        table = asked.get("TableName", "")
        if "dynamodb:" + operation in STATE["deny"]:
            self.error("AccessDeniedException", self.deny("dynamodb:" + operation, table))
        elif operation == "BatchExecuteStatement" and "dynamodb:PartiQLDelete" in STATE["deny"]:
            self.reply_json({"Responses": [
                {"Error": {"Code": "AccessDenied", "Message": self.deny("dynamodb:PartiQLDelete", table)}}
                for _ in asked["Statements"]]})
        elif operation == "DescribeContinuousBackups" and STATE["backups"] is not None:
            self.reply_json({"ContinuousBackupsDescription": STATE["backups"]})
        else:
            self.forward(operation, body)

    def forward(self, operation, body):
        to = http.client.HTTPConnection(*TO, timeout=30)
        to.request("POST", "/", body, {name: self.headers[name] for name in
                                       ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target")})
        answer = to.getresponse()
        data = answer.read()
        if operation == "DescribeTable" and answer.status == 200 and STATE["table"]:
            document = json.loads(data)
            document["Table"].update(STATE["table"])
            data = json.dumps(document).encode()
        self.reply(answer.status, answer.headers["Content-Type"], data)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def main():
    global TO
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--to", default="http://127.0.0.1:8000")
    to = urllib.parse.urlsplit(options.parse_args().to)
    TO = (to.hostname, to.port)
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
