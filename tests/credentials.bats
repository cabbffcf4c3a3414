#!/usr/bin/env bats
# Where keys come from: the AWS CLI's order, places that fail, keys that expire
# during a run, and that no secret is ever shown. tests/tools/aws_mock.py checks
# the exact requests to these places.

load lib/common
load lib/aws

NOW=1795000000
ROLE=arn:aws:iam::123456789012:role

setup_file() {
	start_local
	start_mock --to "$LOCAL_URL"
	export TABLE
	TABLE=$(new_table credentials)
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 200 \
	    --now "$NOW" --max-size 2000
	# The output of all tests; the last test searches it for secrets.
	export SAID=$WORLD/said
	mkdir "$SAID"
}

teardown_file() { stop_servers; }

setup() {
	own_aws
	control "$MOCK_URL/_mock/reset" '{}' >/dev/null
	for service in DYNAMODB STS SSO SSO_OIDC; do
		export "AWS_ENDPOINT_URL_$service=$MOCK_URL"
	done
	export AWS_EC2_METADATA_SERVICE_ENDPOINT=$MOCK_URL
}

# state JSON: how the servers behave
state() { control "$MOCK_URL/_mock/state" "$1" >/dev/null; }
log() { control "$MOCK_URL/_mock/log"; }
counts() { control "$MOCK_URL/_signed/counts"; }

# asked ROUTE: how often it was asked
asked() { log | jq --arg r "$1" '[.requests[] | select(. == $r)] | length'; }

# Whether the services would accept all that was sent.
nothing_wrong() { log | jq -e '.wrong == []'; }

# says STATUS ARGUMENT...: run it, with both streams in $output, which is kept
# for the last test
says() {
	local want=$1
	shift
	run timeout 60 "$TTLSWEEP" "$1" -vv -t "$TABLE" "${@:2}"
	echo "$output" >>"$SAID/$BATS_TEST_NUMBER"
	if [[ $status -ne $want ]]; then
		grep -v ': try ' <<<"$output" >&2
		return 1
	fi
}

static_keys() {
	state '{"requests": null}'
	control "$MOCK_URL/_signed/keys" \
	    '{"AKSTATIC": {"secret": "s/static/+==", "token": null}}' >/dev/null
	printf '[%s]\naws_access_key_id = AKSTATIC\n%s\n' "$1" \
	    'aws_secret_access_key = s/static/+==' >>"$HOME/.aws/credentials"
}

a_role() {
	static_keys base
	cat >>"$HOME/.aws/config" <<-END
		[profile admin]
		role_arn = $ROLE/Admin
		source_profile = base
		$*
	END
	export AWS_PROFILE=admin
	state '{"roles": {"'$ROLE'/Admin": {"keys": "admin",
	    "callers": ["AKSTATIC"]}}}'
}

single_sign_on() {
	local sum
	sum=$(printf corp | sha1sum | cut -d ' ' -f 1)
	CACHE=$HOME/.aws/sso/cache/$sum.json
	mkdir -p "${CACHE%/*}"
	cat >"$HOME/.aws/config" <<-END
		[profile s]
		sso_session = corp
		sso_account_id = 123456789012
		sso_role_name = Reader
		[sso-session corp]
		sso_start_url = https://corp.example/start
		sso_region = eu-west-1
	END
	jq -n --arg ends "$(date -u -d "$1" +%FT%TZ)" '{
	    startUrl: "https://corp.example/start", region: "eu-west-1",
	    accessToken: "sso/token+1=", expiresAt: $ends, clientId: "cid",
	    clientSecret: "client/secret+=", refreshToken: "refresh/1+=",
	    registrationExpiresAt: "2099-01-01T00:00:00Z"}' >"$CACHE"
	export AWS_PROFILE=s
	state '{"sso": {"token": "sso/token+1=",
	    "roles": {"123456789012/Reader": "reader"}},
	    "oidc": {"clientId": "cid", "clientSecret": "client/secret+=",
	    "refreshToken": "refresh/1+=", "accessToken": "sso/token+2=",
	    "expiresIn": 28800, "next": "refresh/2+="}}'
}

on_instance() {
	# a busy machine may not answer within the default of one second
	export AWS_METADATA_SERVICE_TIMEOUT=30
	state '{"imds": {"token": "imds/token==", "role": "web",
	    "region": "us-east-1", "keys": "web"}}'
}

@test "ttlsweep finds the same keys as the AWS CLI in about seventy configurations" {
	"$PYTHON" "$ROOT/tests/lib/aws_chain.py" "$TTLSWEEP" \
	    "$BATS_TEST_TMPDIR/home" >"$SAID/$BATS_TEST_NUMBER"
	cat "$SAID/$BATS_TEST_NUMBER"
}

@test "requests are signed with the keys that the aws command exports" {
	local keys
	static_keys base
	printf '#!/bin/sh\ncat <<END\n%s\nEND\n' '{"Version": 1,
	    "AccessKeyId": "AKPROCESS", "SecretAccessKey": "s/process/+==",
	    "SessionToken": "t/process/+=="}' >"$HOME/process"
	chmod 700 "$HOME/process"
	printf '[profile p]\ncredential_process = "%s"\n' "$HOME/process" \
	    >"$HOME/.aws/config"
	for profile in base p; do
		keys=$(/usr/bin/aws configure export-credentials \
		    --profile "$profile")
		control "$MOCK_URL/_signed/keys" "$(jq '{(.AccessKeyId):
		    {secret: .SecretAccessKey, token: .SessionToken}}' \
		    <<<"$keys")" >/dev/null
		says 0 inspect --profile "$profile"
	done
	counts | jq -e '.refused == {}'
}

@test "keys that expire during a run are renewed once for all workers" {
	a_role
	state '{"requests": 30}'
	says 0 inspect --segments 64 --jobs 16 --format json
	counts
	# each set was used up before the next was requested
	counts | jq -e '[.keys[] | select(. == 30)] | length >= 2'
	[[ $(asked sts) -eq $(counts | jq '.keys | length') ]]
	counts | jq -e '.refused | keys | all(contains("ExpiredToken"))'
	[[ $output == *'"items":200,'* && $output == *"credentials renewed, valid until"* ]]
	nothing_wrong
}

@test "--expect-account renews expired keys before it asks STS" {
	a_role
	state '{"requests": 0, "fixed": true}'
	says 1 inspect --expect-account 123456789012
	[[ $output == *"the security token has expired"* ]]
	state '{"requests": 1, "fixed": false}'
	says 0 inspect --expect-account 123456789012 --segments 1
	[[ $(asked sts) -ge 4 ]]
	state '{"requests": null}'
	says 1 inspect --expect-account 210987654321
	[[ $output == *123456789012* ]]
	nothing_wrong
}

@test "keys expire during a purge: no entry is lost or counted twice" {
	a_role
	state '{"requests": 30}'
	says 0 purge --yes --now "$NOW" --batch single --jobs 8 --format json \
	    --journal "$WORLD/ends.journal"
	jq -e '.matched > 50 and .deleted == .matched and .unconfirmed == 0' \
	    <<<"$(grep '^{' <<<"$output")"
	[[ $(asked sts) -ge 3 ]]
	state '{"requests": null}'
	says 0 restore "$WORLD/ends.journal" --yes
	nothing_wrong
}

@test "keys that expire soon are renewed before they expire" {
	on_instance
	state '{"lifetime": 700}' # advisory: one worker renews, the others continue
	says 0 inspect --segments 32
	[[ $(asked imds-keys) -eq 2 && $output == *"credentials renewed"* ]]
	control "$MOCK_URL/_mock/reset" '{}' >/dev/null
	on_instance
	state '{"lifetime": 300}' # mandatory: the others wait
	says 0 inspect --segments 32
	[[ $(asked imds-keys) -eq 2 ]]
	counts | jq -e '.refused == {}'
	# a failed renewal does not end the run
	control "$MOCK_URL/_mock/reset" '{}' >/dev/null
	a_role
	state '{"lifetime": 300, "fixed": true}'
	says 0 inspect --segments 4
	counts | jq -e '.refused == {}'
}

@test "keys expire and cannot be renewed: the message says why" {
	a_role
	# the role is no longer allowed while the first keys are valid
	state '{"requests": 5, "assume": 1}'
	says 1 inspect --segments 64 --jobs 2
	[[ $output == *"the security token has expired: no credentials; tried, in this order: environment (AWS_ACCESS_KEY_ID is not set), assumed role: "* ]]
	[[ $output == *"sts:AssumeRole of role $ROLE/Admin was refused: AccessDenied: "* ]]
}

@test "static keys that the service calls expired are an error" {
	static_keys default
	control "$MOCK_URL/_signed/keys" '{"AKSTATIC": {"secret":
	    "s/static/+==", "token": null, "requests": 3}}' >/dev/null
	says 1 inspect --segments 16
	[[ $output == *"the security token has expired (from: profile default ("*"get new credentials and run again"* ]]
}

@test "single sign-on: a token that expires soon is renewed and saved" {
	single_sign_on '10 minutes'
	chmod 644 "$CACHE"
	says 0 inspect
	[[ $(asked oidc) -eq 1 && $(stat -c %a "$CACHE") == 600 ]]
	jq -e '.accessToken == "sso/token+2=" and .refreshToken == "refresh/2+="
	    and .clientSecret == "client/secret+=" and
	    .startUrl == "https://corp.example/start"' "$CACHE"
	[[ $(ls "${CACHE%/*}" | wc -l) -eq 1 ]]
	# the saved token is used
	says 0 inspect
	[[ $(asked oidc) -eq 1 ]]
	nothing_wrong
}

@test "single sign-on: expired, missing, denied, failing: the message says what to do" {
	single_sign_on '1 hour ago'
	state '{"oidc": null}'
	jq 'del(.refreshToken)' "$CACHE" >"$CACHE.x" && mv "$CACHE.x" "$CACHE"
	says 1 inspect
	[[ $output == *'single sign-on: the sign-on has expired'*'; run "aws sso login --profile s"'* ]]
	rm "$CACHE"
	says 1 inspect
	[[ $output == *'not signed on; run "aws sso login --profile s"'* ]]
	single_sign_on '1 hour'
	state '{"sso": {"token": "another", "roles": {}}}'
	says 1 inspect
	[[ $output == *'the sign-on has expired; run "aws sso login --profile s"'* ]]
	state '{"sso": {"token": "sso/token+1=", "roles": {}}}'
	says 1 inspect
	[[ $output == *"config:4: role Reader in account 123456789012 is not available to this sign-on"* ]]
	state '{"faults": {"sso": {"status": 500, "body": "sso/token+1="}}}'
	says 1 inspect
	[[ $output == *"/federation/credentials"*"HTTP 500"* ]]
}

@test "an instance that is slow, refuses, sends garbage or is missing" {
	local start
	on_instance
	state '{"faults": {"imds-token": {"sleep": 50, "times": 1}}}'
	start=$SECONDS
	AWS_METADATA_SERVICE_TIMEOUT='' says 1 inspect
	[[ $((SECONDS - start)) -lt 40 ]]
	[[ $output == *"instance metadata ($MOCK_URL: "*"AWS_METADATA_SERVICE_TIMEOUT"* ]]
	state '{"faults": {"imds-token": {"sleep": 2, "times": 1}}}'
	says 0 inspect
	state '{"faults": {"imds-token": {"status": 403}}}'
	says 1 inspect
	[[ $output == *"HTTP 403 to a request for a token"* ]]
	state '{"faults": {"imds-keys": {"status": 500, "times": 1}}}'
	says 0 inspect
	state '{"faults": {"imds-keys": {"status": 200, "body":
	    "{\"SecretAccessKey\": \"s/cut"}}}'
	says 1 inspect
	[[ $output == *"role web of this instance"*"not a JSON object"* ]]
	nothing_wrong
	# nobody answers
	AWS_METADATA_SERVICE_TIMEOUT='' \
	    AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1 says 1 inspect
	[[ $output == *"no credentials; do one of: \"export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\" (a server on this machine, such as DynamoDB Local, takes any), \"aws configure\" (your own keys), "*"; tried, in this order: environment (AWS_ACCESS_KEY_ID is not set), credentials file ($HOME/.aws/credentials: No such file or directory), config file ("*"), container ("*"), instance metadata (http://127.0.0.1:1: "* ]]
}

@test "without any setting the region of the instance is used" {
	unset AWS_REGION AWS_DEFAULT_REGION
	export AWS_EC2_METADATA_DISABLED=true
	AWS_ENDPOINT_URL_DYNAMODB=http://192.0.2.1 says 1 inspect
	[[ $output == *"no region; give --region NAME, or set AWS_REGION; tried, in this order: --region, AWS_REGION, AWS_DEFAULT_REGION, region in profile"*"instance metadata (switched off by AWS_EC2_METADATA_DISABLED)" ]]
	unset AWS_EC2_METADATA_DISABLED
	on_instance
	http_proxy=$MOCK_URL AWS_ENDPOINT_URL_DYNAMODB=http://dynamodb.invalid \
	    says 0 inspect
	[[ $output == *"region us-east-1, endpoint http://dynamodb.invalid "* ]]
	[[ $(asked imds-region) -eq 1 ]]
	nothing_wrong
}

@test "instance and container are never asked through a proxy" {
	on_instance
	export http_proxy=http://127.0.0.1:1 no_proxy=
	says 1 inspect
	[[ $(asked imds-keys) -eq 1 && $output == *"DescribeTable: no usable reply"*"port 1"* ]]
	state '{"container": {"path": "/creds", "authorization": null,
	    "keys": "task"}}'
	AWS_CONTAINER_CREDENTIALS_FULL_URI=$MOCK_URL/creds says 1 inspect
	[[ $(asked container) -eq 1 ]]
	nothing_wrong
}

@test "a container's token is read at each renewal" {
	export AWS_CONTAINER_CREDENTIALS_FULL_URI=$MOCK_URL/creds
	export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$HOME/token
	printf 'agent/token+0=' >"$HOME/token"
	state '{"requests": 10, "container": {"path": "/creds", "keys": "task",
	    "authorization": "agent/token+0=", "rotate": "'"$HOME/token"'"}}'
	says 0 inspect --segments 32 --jobs 1
	[[ $(asked container) -ge 3 ]]
	nothing_wrong
}

@test "an MFA code is only asked for at a terminal" {
	a_role "mfa_serial = arn:aws:iam::123456789012:mfa/ann"
	state '{"roles": {"'$ROLE'/Admin": {"keys": "admin", "code": "012345",
	    "serial": "arn:aws:iam::123456789012:mfa/ann"}}}'
	run setsid -w "$TTLSWEEP" inspect -vv \
	    -t "$TABLE" </dev/null
	echo "$output" >>"$SAID/$BATS_TEST_NUMBER"
	[[ $status -eq 1 && $output == *"config:4: mfa_serial needs a code: there is no terminal"* ]]
	[[ $(asked sts) -eq 0 ]]
	typed() {
		"$PYTHON" "$ROOT/tests/lib/terminal.py" --answer 'Enter MFA code' "$1" \
		    sh -c "$TTLSWEEP inspect -vv -t $TABLE </dev/null >$HOME/report" |
		    tee -a "$SAID/$BATS_TEST_NUMBER.typed" | tr -s ' \r\n' ' '
		return "${PIPESTATUS[0]}"
	}
	run typed 012345
	[[ $output == *"Enter MFA code for arn:aws:iam::123456789012:mfa/ann: "* ]]
	[[ $status -eq 0 && $(asked sts) -eq 1 ]]
	run typed 01234
	[[ $status -eq 1 && $output == *"an MFA code has 6 digits; nothing was sent"* ]]
	[[ $(asked sts) -eq 1 ]]
	run typed 543210
	[[ $status -eq 1 && $output == *"invalid MFA one time pass code"* ]]
	nothing_wrong
}

@test "STS recovers, sends garbage, refuses, or has another clock" {
	a_role
	state '{"faults": {"sts": {"status": 503, "times": 2}}}'
	says 0 inspect
	[[ $(asked sts) -eq 3 ]]
	state '{"faults": {"sts": {"status": 200, "body": "<html>t/x</html"}}}'
	says 1 inspect
	[[ $output == *"AssumeRole: no usable reply in 4 tries: the reply is not XML"* ]]
	AWS_ENDPOINT_URL_STS=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1 \
	    says 1 inspect
	[[ $output == *"http://127.0.0.1:1: AssumeRole: no usable reply in 1 try: "* ]]
	state '{"faults": {}}'
	control "$MOCK_URL/_signed/shift" '{"seconds": 7200}' >/dev/null
	says 0 inspect # signed by its clock
	control "$MOCK_URL/_signed/shift" '{"seconds": 0}' >/dev/null
	sed -i 's,s/static,s/other,' "$HOME/.aws/credentials"
	says 1 inspect # the message is cut before it quotes the request
	[[ $output == *"refused: "*" for details.; check that the secret key"* ]]
	[[ $output != *Canonical* ]]
	printf '[profile admin]\nrole_arn = x\nregion\n' >"$HOME/.aws/config"
	says 1 inspect
	[[ $output == *"$HOME/.aws/config:3: neither a [section] nor"* ]]
	rm "$HOME/.aws/config"
	printf '[profile foo]\naws_access_key_id = a\n' >"$HOME/.aws/credentials"
	says 1 inspect --profile foo
	[[ $output == *"; $HOME/.aws/credentials:1 has [profile foo], which that file takes for another name: write [foo] there; profiles there: "* ]]
}

@test "no secret was shown or left in a file by any test" {
	[[ $(ls "$SAID" | wc -l) -ge 14 ]]
	# the secrets of the servers (aws_mock.py, made)
	run ! grep -rE 's/[0-9a-f]{32}|t//[0-9a-f]{64}' "$WORLD"
	run ! grep -rF -e s/static -e s/process -e t/process -e sso/token \
	    -e client/secret -e refresh/ -e imds/token -e agent/token \
	    -e a/+= -e b/+= -e e/+= -e sso/new -e web.identity-token \
	    -e Basic -e file/token -e env/token -e env/old \
	    "$WORLD"
	# but the output does contain what was said about keys
	grep -rqF 'credentials: single sign-on, role Reader' "$SAID"
	grep -rqF 'credentials: role ' "$SAID"
}
