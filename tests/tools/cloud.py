#!/usr/bin/python3
"""STS, CloudFormation, and a proxy of a DynamoDB server, on 127.0.0.1.

    cloud.py [--to http://127.0.0.1:8000]

Prints its port when it is ready, and ends with its parent. The real services
must accept every request: method, path, headers, form, and the signature, which
botocore computes again from what arrived (signed.py). Others get AWS's error,
and are logged. Requests of DynamoDB (X-Amz-Target) are forwarded to --to; the
replies can be changed.

Control, on the same port, JSON in and out:
 PUT /_set   any of
   "access_key", "secret_key", "session_token"   the keys to expect
   "region"                 the region to expect
   "account", "arn"         the answer of GetCallerIdentity
   "clock"                  seconds that this server's clock is ahead
   "stacks"  {"NAME": {"status": "CREATE_COMPLETE", "resources": [
              {"logical": ..., "physical": ..., "type": ..., "status": ...}]}}
   "page"                   resources in a page of ListStackResources (2)
   "fail"    {"DescribeStacks": ["503", "garbage"]}: the next ones of that
             action; a last one that ends in "!" repeats for ever; see KINDS
   "table"   members to add to DescribeTable's Table
   "backups" the answer of DescribeContinuousBackups
   "deny"    ["dynamodb:Scan", "dynamodb:PartiQLDelete"]
   "replies" {"DescribeTimeToLive": {...}}: replies to send instead
 GET /_log   [{"action":..., "form" or "body":..., "token":..., "wrong":...,
               "scope": "us-east-1/sts"}]; empties the log
"""

import argparse
import json
import time
import urllib.parse
from xml.sax.saxutils import escape

from signed import Handler, Refused, Server, serve, verify

FORM = "application/x-www-form-urlencoded; charset=utf-8"
VERSIONS = {"sts": "2011-06-15", "cloudformation": "2010-05-15"}
SPACES = {"sts": "https://sts.amazonaws.com/doc/2011-06-15/",
          "cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/"}
# DynamoDB's error codes: those of the other services.
CODES = {"InvalidSignatureException": "SignatureDoesNotMatch", "UnrecognizedClientException": "InvalidClientTokenId",
         "IncompleteSignatureException": "IncompleteSignature"}
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
    "stacks": {}, "page": 2, "fail": {}, "table": {}, "backups": None, "deny": [], "replies": {},
}
LOG = []


def find_stack(name):
    for stack, what in STATE["stacks"].items():
        if name in (stack, stack_id(stack)):
            return stack, what
    raise Refused("ValidationError", "Stack '%s' does not exist" % name)


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
    raise Refused("ValidationError", "Resource %s does not exist for stack %s" % (form["LogicalResourceId"], stack))


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


ANSWERS = {
    "GetCallerIdentity": ("sts", get_caller_identity),
    "DescribeStackResource": ("cloudformation", describe_stack_resource),
    "DescribeStacks": ("cloudformation", describe_stacks),
    "ListStackResources": ("cloudformation", list_stack_resources),
}


class Cloud(Handler):
    def do_GET(self):
        self.read()
        if self.path != "/_log":
            return self.answer(200, b"healthy: dynamodb")
        self.answer(200, LOG)
        LOG.clear()

    def do_PUT(self):
        self.read()
        asked = json.loads(self.body)
        if set(asked) - set(STATE):
            return self.answer(400, {"unknown": sorted(set(asked) - set(STATE))})
        STATE.update(asked)
        self.server.shift = STATE["clock"]
        self.answer(200, {})

    def do_POST(self):
        request = self.read()
        if "X-Amz-Target" in self.headers:
            self.dynamodb(request)
        else:
            self.query(request)

    def check(self, request, service):
        keys = {STATE["access_key"]: {"secret": STATE["secret_key"], "token": STATE["session_token"]}}
        verify(request, keys, self.server.now(), service, STATE["region"])

    # STS and CloudFormation

    def refuse(self, service, code, message, status):
        self.answer(status, (
            '<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>'
            "<RequestId>7c1b</RequestId></ErrorResponse>" % (SPACES[service], code, escape(message))).encode(),
            [("Content-Type", "text/xml")])

    def next_failure(self, action):
        kinds = STATE["fail"].get(action, [])
        if not kinds:
            return None
        return kinds[0][:-1] if kinds[0].endswith("!") else kinds.pop(0)

    def query(self, request):
        form = dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))
        action = form.get("Action", "")
        entry = {"action": action, "form": self.body.decode(), "token": self.headers.get("X-Amz-Security-Token"),
                 "scope": self.headers.get("Authorization", "").partition("/")[2].partition("/aws4")[0][9:],
                 "wrong": None}
        LOG.append(entry)
        service, answer = ANSWERS.get(action, ("cloudformation", None))
        try:
            if answer is None:
                raise Refused("InvalidAction", "Could not find operation " + action)
            if self.path != "/" or self.headers["Content-Type"] != FORM or form.get("Version") != VERSIONS[service]:
                raise Refused("MalformedQueryString", "path, content-type or version")
            self.check(request, service)
        except Refused as no:
            entry["wrong"] = "%s: %s" % (no.code, no.message)
            return self.refuse(service, CODES.get(no.code, no.code), no.message, 403)
        failure = self.next_failure(action)
        if failure in KINDS:
            status, code, message = KINDS[failure]
            return self.refuse(service, code, message, status)
        if failure in BROKEN:
            status, kind, body = BROKEN[failure]
            return self.answer(status, body, [("Content-Type", kind)])
        if failure == "slow":
            time.sleep(1)
        try:
            result = answer(form)
        except Refused as no:
            return self.refuse(service, no.code, no.message, no.status)
        self.answer(200, (
            '<%sResponse xmlns="%s"><%sResult>%s</%sResult><ResponseMetadata><RequestId>7c1b</RequestId>'
            "</ResponseMetadata></%sResponse>" % (action, SPACES[service], action, result, action, action)).encode(),
            [("Content-Type", "text/xml")])

    # DynamoDB

    def error(self, name, message):
        self.answer(400, {"__type": "com.amazon.coral.service#" + name, "message": message},
                    [("Content-Type", "application/x-amz-json-1.0")])

    def denied(self, action, table):
        return "User: %s is not authorized to perform: %s on resource: arn:aws:dynamodb:%s:%s:table/%s because no " \
               "identity-based policy allows the %s action" % (
                   STATE["arn"], action, STATE["region"], STATE["account"], table, action)

    def dynamodb(self, request):
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        asked = json.loads(self.body)
        table = asked.get("TableName", "")
        entry = {"action": operation, "body": asked, "wrong": None}
        LOG.append(entry)
        try:
            self.check(request, "dynamodb")
        except Refused as no:
            entry["wrong"] = "%s: %s" % (no.code, no.message)
            return self.error(no.code, no.message)
        if "dynamodb:" + operation in STATE["deny"]:
            return self.error("AccessDeniedException", self.denied("dynamodb:" + operation, table))
        if operation == "BatchExecuteStatement":
            verb = asked["Statements"][0]["Statement"].partition(" ")[0]
            entry["action"] = "PartiQL" + verb.capitalize()
            if "dynamodb:" + entry["action"] in STATE["deny"]:
                code = {"Code": "AccessDenied", "Message": self.denied("dynamodb:" + entry["action"], "T")}
                return self.answer(200, {"Responses": [{"Error": code} for _ in asked["Statements"]]})
        if operation == "DescribeContinuousBackups" and STATE["backups"] is not None:
            return self.answer(200, {"ContinuousBackupsDescription": STATE["backups"]})
        if operation in STATE["replies"]:
            return self.answer(200, STATE["replies"][operation])
        self.operation = operation
        self.forward()

    def answer(self, status, body, headers=()):
        """Change the reply of DescribeTable."""
        if getattr(self, "operation", None) == "DescribeTable" and status == 200 and STATE["table"]:
            document = json.loads(body)
            document["Table"].update(STATE["table"])
            body, headers = json.dumps(document).encode(), [h for h in headers if h[0].lower() != "x-amz-crc32"]
        self.operation = None
        super().answer(status, body, headers)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", required=True, metavar="URL")
    serve(Server(Cloud, to=p.parse_args().to))


if __name__ == "__main__":
    main()
