#!/usr/bin/python3
"""The AWS services around DynamoDB, for tests: an instance's metadata service, a
container's credential agent, single sign-on (portal and OIDC), STS; and, like
signed.py, DynamoDB itself.

    aws_mock.py [--to http://127.0.0.1:8000] [--region us-east-1]

An HTTP/1.1 server on 127.0.0.1 that prints its port when it is ready, and ends
with its parent. Method, path, headers, body and signature of each request must
be exactly as the real service wants them; else it is refused, and logged as
"wrong". Keys have a name, such as "web-1": the same name gives the same keys,
and each request for keys gets the next number.

State (PUT /_mock/state merges, PUT /_mock/reset clears; in the same process it
is the member state of class Mock):

 imds       {"token": "…", "role": "web", "region": "us-east-1", "keys": NAME}
 container  {"path": "/creds?x=1", "authorization": "…" or null, "keys": NAME,
             "rotate": a file, where the next token is put each time}
 sso        {"token": "…", "roles": {"123456789012/Reader": NAME}}
 oidc       {"clientId", "clientSecret", "refreshToken"; given: "accessToken",
             "expiresIn", "next" (refresh token; null: none)}
 roles      {"arn:…": {"keys": NAME, "callers": [AKID], "external_id", "serial",
             "code", "duration", "session"}}
 assume     how often a role may be assumed; null: no limit
 web        {"arn:…": {"keys": NAME, "token", "session"}}
 lifetime   seconds until keys expire (3600)
 requests   how many DynamoDB requests they are valid for; null: no limit
 fixed      true: always the same number
 faults     {ROUTE: {"status": 500, "body": "…", "sleep": 3, "times": 2}};
            routes: imds-token imds-role imds-keys imds-region container sso
            oidc sts dynamodb

GET /_mock/log: {"requests": [ROUTE, …], "wrong": ["ROUTE: why", …]}
"""

import argparse
import collections
import hashlib
import json
import re
import time
import urllib.parse

from signed import Handler, Refused, Server, serve, verify

STS = "https://sts.amazonaws.com/doc/2011-06-15/"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
METADATA = "/latest/meta-data/"
ROLES = METADATA + "iam/security-credentials/"
SESSION = re.compile(r"[\w+=,.@-]{2,64}$")


class Wrong(Exception):
    pass


def must(is_so, *why):
    if not is_so:
        raise Wrong(" ".join(map(str, why)))


def made(name, n):
    """Keys that break careless code: with / + = and great length."""
    text = hashlib.sha256(("%s#%d" % (name, n)).encode()).hexdigest()
    return {"id": "ASIA" + text[:16].upper(), "secret": "s/%s+=" % text[16:48],
            "token": ("t//%s++==" % text) * 12}


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Mock(Server):
    def __init__(self, to=None, region="us-east-1"):
        super().__init__(MockHandler, to=to, region=region)
        self.clear()

    def clear(self):
        self.state = {"lifetime": 3600, "requests": None, "fixed": False, "faults": {}}
        self.log, self.wrong, self.given = [], [], collections.Counter()
        self.keys, self.shift = {}, 0

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server_address[1]

    def give(self, name):
        """New keys, which are valid from now on."""
        n = 0
        if not self.state["fixed"]:
            n = self.given[name] = self.given[name] + 1
        keys = made(name, n)
        self.keys[keys["id"]] = {"secret": keys["secret"], "token": keys["token"], "requests": self.state["requests"]}
        return dict(keys, ends=int(self.now()) + self.state["lifetime"])


class MockHandler(Handler):
    def one(self, name):
        """The header's only value, None when it is missing."""
        values = self.headers.get_all(name) or []
        must(len(values) <= 1, name, "came", len(values), "times")
        return values[0] if values else None

    def plain(self, method, body=False):
        must(self.command == method, self.command, "in place of", method)
        must(bool(self.body) == body, "a body" if self.body else "no body")
        for name in ("Proxy-Connection", "Via", "X-Forwarded-For", "Cookie"):
            must(self.one(name) is None, name)
        must((self.one("User-Agent") or "").lower().startswith(("ttlsweep/", "boto", "aws-cli", "python-urllib3")),
             self.one("User-Agent"))

    def unsigned(self):
        for name in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token"):
            must(self.one(name) is None, name)

    def imds_token(self, state):
        self.plain("PUT")
        must(self.one("x-aws-ec2-metadata-token-ttl-seconds") == "21600", "no lifetime")
        must(self.one("x-aws-ec2-metadata-token") is None, "a token already")
        self.answer(200, state["token"].encode(), [("Content-Type", "text/plain")])

    def imds_get(self, state):
        self.plain("GET")
        self.unsigned()
        must(self.one("x-aws-ec2-metadata-token") == state["token"], "another token")

    def imds_role(self, state):
        self.imds_get(state)
        if state.get("role") is None:
            return self.answer(404, b"Not Found")
        self.answer(200, state["role"].encode(), [("Content-Type", "text/plain")])

    def imds_keys(self, state):
        self.imds_get(state)
        must(self.path == ROLES + state["role"], self.path)
        keys = self.server.give(state["keys"])
        self.answer(200, {"Code": "Success", "LastUpdated": iso(self.server.now()), "Type": "AWS-HMAC",
                          "AccessKeyId": keys["id"], "SecretAccessKey": keys["secret"], "Token": keys["token"],
                          "Expiration": iso(keys["ends"])})

    def imds_region(self, state):
        self.imds_get(state)
        if self.path.endswith("availability-zone/"):
            return self.answer(200, state["region"].encode() + b"a")
        self.answer(200, state["region"].encode(), [("Content-Type", "text/plain")])

    def container(self, state):
        self.plain("GET")
        must(self.one("Authorization") == state.get("authorization"), "Authorization:", self.one("Authorization"))
        must(self.one("Accept") == "application/json", "Accept:", self.one("Accept"))
        keys = self.server.give(state["keys"])
        if state.get("rotate"):
            state["authorization"] = "agent/token+%d=" % self.server.given[state["keys"]]
            with open(state["rotate"], "w", encoding="ascii") as f:
                f.write(state["authorization"])
        self.answer(200, {"RoleArn": "arn:aws:iam::123456789012:role/task", "AccessKeyId": keys["id"],
                          "SecretAccessKey": keys["secret"], "Token": keys["token"],
                          "Expiration": iso(keys["ends"])})

    def sso(self, state):
        self.plain("GET")
        self.unsigned()
        query = urllib.parse.parse_qs(self.path.partition("?")[2], strict_parsing=True)
        must(sorted(query) == ["account_id", "role_name"], self.path)
        if self.one("x-amz-sso_bearer_token") != state["token"]:
            return self.answer(401, {"message": "Session token not found or invalid"},
                               [("x-amzn-ErrorType", "UnauthorizedException")])
        name = state["roles"].get("%s/%s" % (query["account_id"][0], query["role_name"][0]))
        if name is None:
            return self.answer(403, {"message": "No access"}, [("x-amzn-ErrorType", "ForbiddenException")])
        keys = self.server.give(name)
        self.answer(200, {"roleCredentials": {"accessKeyId": keys["id"], "secretAccessKey": keys["secret"],
                                              "sessionToken": keys["token"], "expiration": keys["ends"] * 1000 + 7}})

    def oidc(self, state):
        self.plain("POST", body=True)
        self.unsigned()
        must(self.one("Content-Type") == "application/json", self.one("Content-Type"))
        got = json.loads(self.body)
        must(sorted(got) == ["clientId", "clientSecret", "grantType", "refreshToken"], sorted(got))
        must(got["grantType"] == "refresh_token", got["grantType"])
        if any(got[name] != state[name] for name in ("clientId", "clientSecret", "refreshToken")):
            return self.answer(400, {"error": "invalid_grant", "error_description": "Invalid refresh token provided"})
        reply = {"accessToken": state["accessToken"], "expiresIn": state["expiresIn"], "tokenType": "Bearer"}
        if state.get("next"):
            reply["refreshToken"] = state["refreshToken"] = state["next"]
        if "sso" in self.server.state:
            self.server.state["sso"]["token"] = state["accessToken"]
        self.answer(200, reply)

    def sts_error(self, status, code, message):
        self.answer(status, ("<ErrorResponse xmlns=\"%s\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>%s</Code>\n"
                             "    <Message>%s</Message>\n  </Error>\n  <RequestId>1-2-3</RequestId>\n</ErrorResponse>\n"
                             % (STS, code, message)).encode(), [("Content-Type", "text/xml")])

    def sts(self, _):
        self.plain("POST", body=True)
        must(self.path == "/", self.path)
        must((self.one("Content-Type") or "").replace(" ", "") == FORM.replace(" ", ""), self.one("Content-Type"))
        pairs = urllib.parse.parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        form = dict(pairs)
        must(len(form) == len(pairs), "a name twice")
        must(form.pop("Version") == "2011-06-15", "Version")
        action = form.pop("Action")
        must(action in ("AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"), action)
        if action != "GetCallerIdentity":
            must(SESSION.match(form.get("RoleSessionName", "")), "RoleSessionName:", form.get("RoleSessionName"))
        getattr(self, action)(form)

    def caller(self):
        """The access key that signed the request; refuses a wrong signature."""
        try:
            with self.server.lock:
                return verify(self.request_read, self.server.keys, self.server.now(), "sts", self.server.region)
        except Refused as no:
            code = {"InvalidSignatureException": "SignatureDoesNotMatch",
                    "UnrecognizedClientException": "InvalidClientTokenId",
                    "ExpiredTokenException": "ExpiredToken"}.get(no.code, no.code)
            if "does not match the signature" in no.message or "SignedHeaders" in no.message:
                self.server.wrong.append("sts: " + no.message)
            self.sts_error(403, code, no.message)
        return None

    def GetCallerIdentity(self, form):
        must(not form, form)
        if self.caller():
            self.answer(200, ("""<GetCallerIdentityResponse xmlns="%s">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::123456789012:assumed-role/Admin/x</Arn>
    <UserId>AROAX:x</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>1-2-3</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
""" % STS).encode(), [("Content-Type", "text/xml")])

    def AssumeRole(self, form):
        server, caller = self.server, self.caller()
        if caller is None:
            return None
        role = server.state.get("roles", {}).get(form["RoleArn"])
        with server.lock:
            if server.state.get("assume") is not None:
                server.state["assume"] -= 1
                role = role if server.state["assume"] >= 0 else None
        if role is None or caller not in role.get("callers", [caller]):
            return self.sts_error(403, "AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on "
                                  "resource: %s" % (caller, form["RoleArn"]))
        want = {"RoleArn": form["RoleArn"], "RoleSessionName": role.get("session", form["RoleSessionName"])}
        for name, key in (("ExternalId", "external_id"), ("SerialNumber", "serial"), ("TokenCode", "code"),
                          ("DurationSeconds", "duration")):
            if role.get(key) is not None:
                want[name] = str(role[key])
        if form.get("TokenCode") != want.get("TokenCode") and "TokenCode" in want:
            return self.sts_error(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time "
                                  "pass code.")
        must(form == want, form, "in place of", want)
        self.assumed("AssumeRole", form, role)

    def AssumeRoleWithWebIdentity(self, form):
        self.unsigned()
        role = self.server.state.get("web", {}).get(form["RoleArn"])
        if role is None or form.get("WebIdentityToken") != role["token"]:
            return self.sts_error(400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity "
                                  "provider")
        want = {"RoleArn": form["RoleArn"], "RoleSessionName": role.get("session", form["RoleSessionName"]),
                "WebIdentityToken": role["token"]}
        must(form == want, sorted(form), "in place of", sorted(want))
        self.assumed("AssumeRoleWithWebIdentity", form, role)

    def assumed(self, action, form, role):
        keys = self.server.give(role["keys"])
        account, name = form["RoleArn"].split(":")[4], form["RoleArn"].rpartition("/")[2]
        # in no order that a client may rely on, with a fraction of a second
        self.answer(200, ("""<%sResponse xmlns="%s">
  <%sResult>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::%s:assumed-role/%s/%s</Arn>
      <AssumedRoleId>AROAX:%s</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <SessionToken>%s</SessionToken>
      <Expiration>%s</Expiration>
      <SecretAccessKey>%s</SecretAccessKey>
      <AccessKeyId>%s</AccessKeyId>
    </Credentials>
  </%sResult>
  <ResponseMetadata><RequestId>1-2-3</RequestId></ResponseMetadata>
</%sResponse>
""" % (action, STS, action, account, name, form["RoleSessionName"], form["RoleSessionName"], keys["token"],
            iso(keys["ends"]).replace("Z", ".25Z"), keys["secret"], keys["id"], action, action)).encode(),
                    [("Content-Type", "text/xml")])

    def dynamodb_route(self, _):
        if self.server.to is not None:
            return self.dynamodb(self.request_read)
        self.forward = lambda: self.answer(400, {
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": "User is not authorized to perform: dynamodb:DescribeTable"})
        return self.dynamodb(self.request_read)

    def route(self):
        path = self.path
        container = self.server.state.get("container", {}).get("path")
        if path == "/latest/api/token":
            return "imds-token", self.imds_token
        if path == ROLES:
            return "imds-role", self.imds_role
        if path.startswith(ROLES):
            return "imds-keys", self.imds_keys
        if path.startswith(METADATA + "placement/"):
            return "imds-region", self.imds_region
        if path == container:
            return "container", self.container
        if path.startswith("/federation/credentials?"):
            return "sso", self.sso
        if path == "/token":
            return "oidc", self.oidc
        if self.headers.get("X-Amz-Target", "").startswith("DynamoDB_20120810."):
            return "dynamodb", self.dynamodb_route
        if (self.headers.get("Content-Type") or "").startswith("application/x-www-form-urlencoded"):
            return "sts", self.sts
        return None, None

    def harmed(self, route):
        """Whether this request fails because of "faults"."""
        fault = self.server.state["faults"].get(route)
        if fault is None or fault.get("times", 1) <= 0:
            return False
        with self.server.lock:
            fault["times"] = fault.get("times", 1 << 30) - 1
        time.sleep(fault.get("sleep", 0))
        if "status" not in fault and "body" not in fault:
            return False
        self.answer(fault.get("status", 200), fault.get("body", "").encode())
        return True

    def mock_control(self):
        server, what = self.server, self.path.split("/")[2]
        with server.lock:
            if what == "reset":
                server.clear()
                server.forget()
            elif what == "state":
                server.state.update(json.loads(self.body))
            elif what == "give":
                return self.answer(200, server.give(json.loads(self.body)["name"]))
            self.answer(200, {"requests": server.log, "wrong": server.wrong, "state": server.state})

    def do_GET(self):
        self.request_read = self.read()
        if self.path.startswith("/_signed/"):
            return self.control()
        if self.path.startswith("/_mock/"):
            return self.mock_control()
        name, run = self.route()
        with self.server.lock:
            self.server.log.append(name or "%s %s" % (self.command, self.path))
        if self.harmed(name):
            return None
        state = self.server.state.get((name or "").partition("-")[0], {})
        try:
            must(name is not None, self.command, self.path, "is nobody's")
            if not state and name not in ("sts", "dynamodb"):
                return self.answer(404, b"")
            return run(state)
        except Wrong as wrong:
            with self.server.lock:
                self.server.wrong.append("%s: %s" % (name, wrong))
            return self.answer(400, {"wrong": str(wrong)})

    do_PUT = do_POST = do_HEAD = do_DELETE = do_CONNECT = do_GET


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", metavar="URL")
    p.add_argument("--region", default="us-east-1")
    o = p.parse_args()
    serve(Mock(to=o.to, region=o.region))


if __name__ == "__main__":
    main()
