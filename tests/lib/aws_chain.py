#!/usr/bin/python3
"""aws_chain.py TTLSWEEP DIRECTORY [NAME...]: with the same ~/.aws, the AWS CLI
(its botocore) and ttlsweep must find the same keys in the same place, or both
none.

A server (tools/aws_mock.py) that knows only the keys that botocore found checks
ttlsweep's signatures. DIRECTORY is the home of each case in turn. NAMEs: run
only these cases.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

PROGRAM, HOME = sys.argv[1], os.path.abspath(sys.argv[2])
for variable in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
    del os.environ[variable]
os.environ["HOME"] = HOME  # botocore reads it when it is loaded
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))

import awscli  # noqa: E402,F401 pylint: disable=unused-import; from now on botocore is the CLI's
import botocore.session  # noqa: E402
from aws_mock import Mock, made  # noqa: E402

MOCK = Mock()
ROLE = "arn:aws:iam::123456789012:role/"
KEYS = {"A": ("AKIAAAAAAAAAAAAAAAAA", "a/+=secretA/+="), "B": ("AKIABBBBBBBBBBBBBBBB", "b/+=secretB/+="),
        "E": ("AKIAEEEEEEEEEEEEEEEE", "e/+=secretE/+=")}
ENV = {"AWS_ACCESS_KEY_ID": KEYS["E"][0], "AWS_SECRET_ACCESS_KEY": KEYS["E"][1]}
PLACES = {"env": "environment$", "assume-role": "role .*with the keys of", "assume-role-with-web-identity":
          "by the web identity", "sso": "single sign-on, ", "shared-credentials-file": r"profile .*\(.*/(credentials|k)\)$",
          "config-file": r"profile .*\(.*/config\)$", "custom-process": "process of ", "container-role": "container ",
          "iam-role": "role .* of this instance"}


def static(which, more=""):
    return "aws_access_key_id = %s\naws_secret_access_key = %s\n%s" % (KEYS[which] + (more,))


def sha1(text):
    return hashlib.sha1(text.encode()).hexdigest()


def token(kind, **more):
    """A token's file."""
    stamp = "%Y-%m-%dT%H:%M:%S" + ("UTC" if more.pop("old", False) else "Z")
    content = {"startUrl": "https://corp.example/start", "region": "eu-west-1", "accessToken": "sso/token+=",
               "expiresAt": time.strftime(stamp, time.gmtime(time.time() + more.pop("left", 3600)))}
    content.update(more)
    return {".aws/sso/cache/%s.json" % sha1(kind): json.dumps(content)}


def registered(**more):
    return dict({"clientId": "id", "clientSecret": "client/secret+=", "refreshToken": "refresh/1+=",
                 "registrationExpiresAt": "2099-01-01T00:00:00Z"}, **more)


PROCESS = """#!/bin/sh
[ $# -eq 2 ] && [ "$1" = "two words" ] && [ "$2" = '$HOME' ] || { echo "arguments: $*" >&2; exit 1; }
echo '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s", "SessionToken": "process/token+=", "Expiration":
"2099-01-01T00:00:00+00:00"}'
""" % KEYS["B"]
RUN = "credential_process = ~proc 'two words' \"$HOME\"\n"
SSO_OLD = "sso_start_url = https://corp.example/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\n" \
          "sso_role_name = Reader\n"
SSO_NEW = "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n"
SESSION = "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n" \
          "sso_registration_scopes = sso:account:access\n"
IMDS = {"imds": {"token": "imds/token==", "role": "web", "region": "us-east-1", "keys": "web"}}
SSO = {"sso": {"token": "sso/token+=", "roles": {"123456789012/Reader": "sso"}}}
OIDC = {"sso": dict(SSO["sso"]), "oidc": {"clientId": "id", "clientSecret": "client/secret+=", "refreshToken":
        "refresh/1+=", "accessToken": "sso/new+=", "expiresIn": 28800, "next": "refresh/2+="}}
CONTAINER = {"container": {"path": "/creds/x", "authorization": None, "keys": "task"}}
AGENT = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": MOCK.url + "/creds/x"}


def roles(**more):
    return {"roles": {ROLE + name: dict(role, keys=name) for name, role in more.items()}}


# name: (settings: config, credentials, env, profile, state, files), the method or None (no keys)
CASES = {
    "environment": (dict(env=ENV), "env"),
    "environment with a token": (dict(env=dict(ENV, AWS_SESSION_TOKEN="env/token+=")), "env"),
    "environment, the token's old name first":
        (dict(env=dict(ENV, AWS_SESSION_TOKEN="env/new", AWS_SECURITY_TOKEN="env/old+=")), "env"),
    "environment before AWS_PROFILE":
        (dict(env=dict(ENV, AWS_PROFILE="dev"), credentials="[dev]\n" + static("A")), "env"),
    "--profile before the environment":
        (dict(env=ENV, profile="dev", credentials="[dev]\n" + static("A")), "shared-credentials-file"),
    "environment before a role":
        (dict(env=ENV, config="[default]\nrole_arn = %sx\nsource_profile = default\n" % ROLE), "env"),
    "half an environment": (dict(env={"AWS_ACCESS_KEY_ID": "AK"}, credentials="[default]\n" + static("A")), None),
    "credentials file": (dict(credentials="[default]\n" + static("A", "aws_session_token = file/token+=\n")),
                         "shared-credentials-file"),
    "config file": (dict(config="[default]\n" + static("A")), "config-file"),
    "credentials file before config file":
        (dict(config="[profile dev]\n" + static("B"), credentials="[dev]\n" + static("A"), profile="dev"),
         "shared-credentials-file"),
    "profile of both files": (dict(config="[profile dev]\nregion = eu-west-1\n", credentials="[dev]\n" + static("A"),
                                   env={"AWS_PROFILE": "dev"}), "shared-credentials-file"),
    "AWS_PROFILE before AWS_DEFAULT_PROFILE":
        (dict(config="[profile a]\n" + static("A") + "[profile b]\n" + static("B"),
              env={"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}), "config-file"),
    "a quoted name, odd spacing, capitals, comments":
        (dict(config="# c\n[profile \"my dev\"]\n  AWS_Access_Key_ID   =  %s  \n; x\n  aws_secret_access_key=%s\n"
              % KEYS["A"], profile="my dev"), "config-file"),
    "values with # and ; and =": (dict(config="[default]\n" + static("A", "aws_session_token = a#b;c=d\n")),
                                  "config-file"),
    "[default] after [profile default]":
        (dict(config="[profile default]\n" + static("B") + "[default]\n" + static("A")), "config-file"),
    "files elsewhere": (dict(env={"AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "$HOME/k"},
                             files={"c": "[profile dev]\nregion = x-y-1\n", "k": "[dev]\n" + static("A")},
                             profile="dev"), "shared-credentials-file"),
    "no such profile": (dict(profile="dev", credentials="[default]\n" + static("A")), None),
    "half a profile": (dict(credentials="[default]\naws_access_key_id = AK\n"), None),
    "a line that is none": (dict(config="[default]\nregion\n", credentials="[default]\n" + static("A")), None),

    "process": (dict(config="[default]\n" + RUN, files={"proc": PROCESS}), "custom-process"),
    "process after static credentials":
        (dict(config="[default]\n" + RUN, credentials="[default]\n" + static("A"), files={"proc": PROCESS}),
         "shared-credentials-file"),
    "process before static config": (dict(config="[default]\n" + RUN + static("A"), files={"proc": PROCESS}),
                                     "custom-process"),
    "process that fails": (dict(config="[default]\n" + RUN, files={"proc": "#!/bin/sh\necho no >&2\nexit 3\n"},
                                env=AGENT, state=CONTAINER), None),
    "process that writes garbage": (dict(config="[default]\n" + RUN, files={"proc": "#!/bin/sh\necho '{'\n"}), None),
    "process of version 2": (dict(config="[default]\n" + RUN, files={"proc": PROCESS.replace(": 1,", ": 2,")}), None),
    "process that is not there": (dict(config="[default]\ncredential_process = ~proc\n"), None),

    "role by source_profile":
        (dict(config="[profile admin]\nrole_arn = %sAdmin\nsource_profile = base\n" % ROLE,
              credentials="[base]\n" + static("A"), profile="admin",
              state=roles(Admin={"callers": [KEYS["A"][0]]})), "assume-role"),
    "role with all options":
        (dict(config="[profile admin]\nrole_arn = %sAdmin\nsource_profile = base\nexternal_id = ext/1 2&3\n"
              "role_session_name = me@here\nduration_seconds = 900\n" % ROLE, credentials="[base]\n" + static("A"),
              profile="admin", state=roles(Admin={"external_id": "ext/1 2&3", "session": "me@here",
                                                  "duration": 900})), "assume-role"),
    "role and keys in one profile":
        (dict(config="[default]\nrole_arn = %sAdmin\nsource_profile = default\n" % ROLE + static("A"),
              state=roles(Admin={"callers": [KEYS["A"][0]]})), "assume-role"),
    "role by way of a role":
        (dict(config="[profile a]\nrole_arn = %sA\nsource_profile = b\n[profile b]\nrole_arn = %sB\n"
              "source_profile = c\n[profile c]\n" % (ROLE, ROLE) + static("A"), profile="a",
              state=roles(A={"callers": [made("B", 0)["id"]]}, B={"callers": [KEYS["A"][0]]})), "assume-role"),
    "role whose source has keys and a role: the keys":
        (dict(config="[profile a]\nrole_arn = %sA\nsource_profile = b\n[profile b]\nrole_arn = %sB\n"
              "source_profile = a\n" % (ROLE, ROLE) + static("B"), profile="a",
              state=roles(A={"callers": [KEYS["B"][0]]})), "assume-role"),
    "role by a process":
        (dict(config="[profile a]\nrole_arn = %sA\nsource_profile = b\n[profile b]\n" % ROLE + RUN,
              files={"proc": PROCESS}, profile="a", state=roles(A={"callers": [KEYS["B"][0]]})), "assume-role"),
    "role by single sign-on":
        (dict(config="[profile a]\nrole_arn = %sA\nsource_profile = b\n[profile b]\n" % ROLE + SSO_OLD,
              files=token("https://corp.example/start"), profile="a",
              state=dict(SSO, **roles(A={"callers": [made("sso", 0)["id"]]}))), "assume-role"),
    "role by the environment":
        (dict(config="[profile a]\nrole_arn = %sA\ncredential_source = Environment\n" % ROLE, env=ENV, profile="a",
              state=roles(A={"callers": [KEYS["E"][0]]})), "assume-role"),
    "role by the container":
        (dict(config="[profile a]\nrole_arn = %sA\ncredential_source = EcsContainer\n" % ROLE, env=AGENT, profile="a",
              state=dict(CONTAINER, **roles(A={"callers": [made("task", 0)["id"]]}))), "assume-role"),
    "role by the instance":
        (dict(config="[profile a]\nrole_arn = %sA\ncredential_source = Ec2InstanceMetadata\n" % ROLE, profile="a",
              state=dict(IMDS, **roles(A={"callers": [made("web", 0)["id"]]}))), "assume-role"),
    "role in the credentials file":
        (dict(credentials="[base]\n" + static("A") + "[admin]\nrole_arn = %sA\nsource_profile = base\n" % ROLE,
              env={"AWS_PROFILE": "admin"}, state=roles(A={})), "assume-role"),
    "role that is denied":
        (dict(config="[default]\nrole_arn = %sA\nsource_profile = default\n" % ROLE + static("A"),
              state={"roles": {}}), None),
    "roles in a circle":
        (dict(config="[profile a]\nrole_arn = %sA\nsource_profile = b\n[profile b]\nrole_arn = %sB\n"
              "source_profile = a\n" % (ROLE, ROLE), profile="a", state=roles(A={}, B={})), None),
    "role of itself": (dict(config="[default]\nrole_arn = %sA\nsource_profile = default\n" % ROLE), None),
    "role with both sources":
        (dict(config="[default]\nrole_arn = %sA\nsource_profile = default\ncredential_source = Environment\n" % ROLE
              + static("A"), state=roles(A={})), None),
    "role with neither": (dict(config="[default]\nrole_arn = %sA\n" % ROLE + static("A")), None),
    "role of a profile that is not there":
        (dict(config="[default]\nrole_arn = %sA\nsource_profile = nobody\n" % ROLE + static("A")), None),
    "role of an unknown source":
        (dict(config="[default]\nrole_arn = %sA\ncredential_source = environment\n" % ROLE, profile="default",
              env=ENV), None),

    "web identity in the environment":
        (dict(env={"AWS_WEB_IDENTITY_TOKEN_FILE": "~token", "AWS_ROLE_ARN": ROLE + "web",
                   "AWS_ROLE_SESSION_NAME": "pod-1"}, files={"token": "web.identity-token_1"},
              state={"web": {ROLE + "web": {"keys": "pod", "token": "web.identity-token_1", "session": "pod-1"}}}),
         "assume-role-with-web-identity"),
    "web identity in the profile":
        (dict(config="[profile w]\nrole_arn = %sweb\nweb_identity_token_file = ~token\n" % ROLE, profile="w",
              env={"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"}, files={"token": "web.identity-token_1"},
              state={"web": {ROLE + "web": {"keys": "pod", "token": "web.identity-token_1"}}}),
         "assume-role-with-web-identity"),
    "web identity before static keys":
        (dict(env={"AWS_WEB_IDENTITY_TOKEN_FILE": "~token", "AWS_ROLE_ARN": ROLE + "web"},
              files={"token": "web.identity-token_1"}, credentials="[default]\n" + static("A"),
              state={"web": {ROLE + "web": {"keys": "pod", "token": "web.identity-token_1"}}}),
         "assume-role-with-web-identity"),
    "web identity without a role": (dict(env={"AWS_WEB_IDENTITY_TOKEN_FILE": "~token"}, files={"token": "t"},
                                         credentials="[default]\n" + static("A")), None),
    "web identity without its token":
        (dict(env={"AWS_WEB_IDENTITY_TOKEN_FILE": "~token", "AWS_ROLE_ARN": ROLE + "web"},
              credentials="[default]\n" + static("A")), None),

    "single sign-on, old": (dict(config="[default]\n" + SSO_OLD, files=token("https://corp.example/start", old=True),
                                 state=SSO), "sso"),
    "single sign-on, new": (dict(config="[profile s]\n" + SSO_NEW + SESSION, files=token("corp"), profile="s",
                                 state=SSO), "sso"),
    "single sign-on before static keys":
        (dict(config="[default]\n" + SSO_NEW + static("A") + SESSION, files=token("corp"),
              credentials="[default]\n" + static("B"), state=SSO), "sso"),
    "single sign-on, renewed": (dict(config="[default]\n" + SSO_NEW + SESSION,
                                     files=token("corp", left=600, **registered()), state=OIDC), "sso"),
    "single sign-on, renewed when over":
        (dict(config="[default]\n" + SSO_NEW + SESSION, files=token("corp", left=-60, **registered()), state=OIDC),
         "sso"),
    "single sign-on, renewal refused, still good":
        (dict(config="[default]\n" + SSO_NEW + SESSION,
              files=token("corp", left=600, **registered(refreshToken="another")), state=OIDC), "sso"),
    "single sign-on, old, over": (dict(config="[default]\n" + SSO_OLD, files=token("https://corp.example/start",
                                                                                  left=-60),
                                       state={"sso": dict(SSO["sso"], token="a newer one")}), None),
    "single sign-on, nobody signed on": (dict(config="[default]\n" + SSO_NEW + SESSION, state=SSO), None),
    "single sign-on, token not known": (dict(config="[default]\n" + SSO_NEW + SESSION,
                                             files=token("corp", accessToken="other"), state=SSO), None),
    "single sign-on, role not assigned":
        (dict(config="[default]\n" + SSO_NEW.replace("Reader", "Writer") + SESSION, files=token("corp"), state=SSO),
         None),
    "single sign-on, no such session": (dict(config="[default]\n" + SSO_NEW, files=token("corp"), state=SSO), None),
    "single sign-on, two regions": (dict(config="[default]\nsso_region = us-east-1\n" + SSO_NEW + SESSION,
                                         files=token("corp"), state=SSO), None),
    "single sign-on, no role": (dict(config="[default]\nsso_session = corp\nsso_account_id = 1\n" + SESSION,
                                     files=token("corp"), state=SSO), None),
    "a session alone makes no single sign-on":
        (dict(config="[default]\nsso_session = corp\n" + static("A") + SESSION, state=SSO), "config-file"),

    "container": (dict(env=AGENT, state=CONTAINER), "container-role"),
    "container with a token": (dict(env=dict(AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN="Basic a/b+="),
                                    state={"container": dict(CONTAINER["container"], authorization="Basic a/b+=")}),
                               "container-role"),
    "container after static keys": (dict(env=AGENT, state=CONTAINER, config="[default]\n" + static("A")),
                                    "config-file"),
    "container before the instance": (dict(env=AGENT, state=dict(CONTAINER, **IMDS)), "container-role"),
    "container beside --profile": (dict(env=AGENT, state=CONTAINER, profile="dev", config="[profile dev]\n"),
                                   "container-role"),
    "container of another host": (dict(env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/creds"}), None),
    "instance": (dict(state=IMDS), "iam-role"),
    "instance, switched off": (dict(state=IMDS, env={"AWS_EC2_METADATA_DISABLED": "TRUE"}), None),
    "instance without a role": (dict(state={"imds": dict(IMDS["imds"], role=None)}), None),
    "nothing at all": ({}, None),
}


def redirected(create):
    def wrapper(self, service, *words, **more):
        if service in ("sts", "sso", "sso-oidc"):
            more["endpoint_url"] = MOCK.url
        return create(self, service, *words, **more)
    return wrapper


def place(path, text):
    path = os.path.join(HOME, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("~proc", HOME + "/proc"))
    os.chmod(path, 0o700)


def lay(case):
    """Make the case's home and server state; returns its environment."""
    shutil.rmtree(HOME, ignore_errors=True)
    os.makedirs(HOME)
    for name in ("config", "credentials"):
        if name in case:
            place(".aws/" + name, case[name].replace("~token", HOME + "/token"))
    for path, text in case.get("files", {}).items():
        place(path, text)
    MOCK.clear()
    MOCK.forget()
    MOCK.state.update(json.loads(json.dumps(case.get("state", {}))), fixed=True)
    MOCK.keys = {access: {"secret": secret, "token": None} for access, secret in KEYS.values()}
    MOCK.keys[KEYS["B"][0]]["token"] = "process/token+=" if "proc" in case.get("files", {}) else None
    env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": MOCK.url + "/", "AWS_METADATA_SERVICE_TIMEOUT": "60"}
    env.update({name: value.replace("~token", HOME + "/token") for name, value in case.get("env", {}).items()})
    return env


def by_botocore(case):
    """Access key, secret, token and method, or why there are none."""
    env = lay(case)
    os.environ.update(env, AWS_DEFAULT_REGION="us-east-1", AWS_REGION="us-east-1")
    try:
        found = botocore.session.Session(profile=case.get("profile")).get_credentials()
        if found is None:
            return None, "none"
        frozen = found.get_frozen_credentials()
        return (frozen.access_key, frozen.secret_key, frozen.token or None, found.method), ""
    except Exception as error:  # any exception: the CLI has no keys
        return None, "%s: %s" % (type(error).__name__, error)
    finally:
        for name in list(env) + ["AWS_DEFAULT_REGION", "AWS_REGION"]:
            del os.environ[name]


def by_ttlsweep(case, keys):
    env = lay(case)
    MOCK.keys.update(keys)
    for service in ("STS", "SSO", "SSO_OIDC", "DYNAMODB"):
        env["AWS_ENDPOINT_URL_" + service] = MOCK.url
    words = [PROGRAM, "inspect", "-vv", "-t", "Table", "--region", "us-east-1"]
    if case.get("profile"):
        words += ["--profile", case["profile"]]
    result = subprocess.run(words, env=dict(env, HOME=HOME, PATH=os.environ["PATH"], LC_ALL="C.UTF-8"),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                            check=False, start_new_session=True, encoding="utf-8")
    said = re.search("^ttlsweep: credentials: (.*)$", result.stdout, re.M)
    return result, said.group(1) if said else None


def play(name, told):
    """What is wrong with the case, or None."""
    case, method = CASES[name]
    theirs, why = by_botocore(case)
    if (theirs and theirs[3]) != method:
        return "botocore: %s in place of %s (%s)" % (theirs and theirs[3], method, why)
    wrong = list(MOCK.wrong)
    keys = {} if theirs is None else {theirs[0]: {"secret": theirs[1], "token": theirs[2]}}
    result, said = by_ttlsweep(case, keys)
    told.append(result.stdout)
    if theirs is None:
        # services that give keys get requests; DynamoDB never
        if result.returncode != 1 or MOCK.counts["ok"] or MOCK.counts["refused"] or MOCK.wrong:
            return "botocore has none (%s), ttlsweep: %s %s\n%s" % (why, dict(MOCK.counts["ok"]), MOCK.wrong,
                                                                   result.stdout)
        if not re.search("^ttlsweep: .{20}", result.stdout):
            return "no message: " + result.stdout
        return None
    if MOCK.counts["keys"] != {theirs[0]: 1} or MOCK.counts["refused"] or MOCK.wrong or wrong:
        return "%s, ttlsweep: %s, refused %s, wrong %s %s\n%s" % (
            theirs[0], dict(MOCK.counts["keys"]), dict(MOCK.counts["refused"]), wrong, MOCK.wrong, result.stdout)
    if said is None or not re.search(PLACES[method], said):
        return "%s, ttlsweep: %s" % (method, said)
    return None


def main():
    threading.Thread(target=MOCK.serve_forever, daemon=True).start()
    botocore.session.Session.create_client = redirected(botocore.session.Session.create_client)
    bad, said = 0, []
    for name in sys.argv[3:] or CASES:
        wrong = play(name, said)
        if wrong:
            bad += 1
            print("not ok - %s: %s" % (name, wrong))
    if not bad:
        print("".join(said))  # for the test that looks for secrets in it
    print("%d cases, %d wrong" % (len(sys.argv[3:] or CASES), bad))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
