#!/usr/bin/env bats
# Signatures of every command, with every kind of key and with wrong clocks. A
# server computes each one again (botocore's SigV4) before it passes the request
# on to DynamoDB Local.

load lib/common
load lib/aws

NOW=1795000000
# characters that careless code gets wrong
SECRET='ab/cd+ef=gh//ij++kl=='
TOKEN=$(printf 'IQoJ/b3+Jp==Z2%.0s' {1..90})

setup_file() {
	start_local
	start_signed --to "$LOCAL_URL" --region us-east-1
}

teardown_file() { stop_servers; }

setup() {
	# before the keys below are set, which DynamoDB Local does not know
	TABLE=$(new_table signed)
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 120 \
	    --now "$NOW" --max-size 2000
	SAID=$BATS_TEST_TMPDIR/said
	unset AWS_SESSION_TOKEN
	export AWS_ENDPOINT_URL_DYNAMODB=$SIGNED_URL
	export AWS_ACCESS_KEY_ID=AKIDSIGNED AWS_SECRET_ACCESS_KEY=$SECRET
	COMMANDS=0
	shift_by 0
}

# keys TOKEN-OR-EMPTY
keys() {
	control "$SIGNED_URL/_signed/keys" "$(jq -n --arg s "$SECRET" \
	    --arg t "$1" '{AKIDSIGNED: {secret: $s,
	    token: (if $t == "" then null else $t end)}}')" >/dev/null
	control "$SIGNED_URL/_signed/reset" '{}' >/dev/null
}

shift_by() {
	control "$SIGNED_URL/_signed/shift" "{\"seconds\": $1}" >/dev/null
}

counts() { control "$SIGNED_URL/_signed/counts"; }

does() {
	COMMANDS=$((COMMANDS + 1))
	ttlsweep "$1" -vv -t "$TABLE" --now "$NOW" "${@:2}" \
	    >>"$SAID" 2>&1 || {
		local status=$?
		tail -5 "$SAID" >&2
		return "$status"
	}
}

# Every command, so that every kind of request is made.
all_commands() {
	local dir=$BATS_TEST_TMPDIR/$RANDOM
	mkdir "$dir"
	does inspect --segments 4
	does list --format csv --reveal
	ttlsweep list -t "$TABLE" --now "$NOW" --format tsv --no-headings \
	    --reveal --columns key >"$dir/keys"
	COMMANDS=$((COMMANDS + 1))
	does show "$(head -n 1 "$dir/keys")"
	does export -o "$dir/all.json.gz"
	does repair --yes --journal "$dir/repair.journal"
	does purge --kind session --yes --journal "$dir/purge.journal"
	does purge --kind item --yes --batch single \
	    --journal "$dir/single.journal"
	does restore "$dir/purge.journal" --yes
	does restore "$dir/single.journal" --yes
	does restore "$dir/repair.journal" --yes
}

# The operations that the server accepted.
operations() { counts | jq -r '.ok | keys | join(" ")'; }

all_seen() {
	local seen operation
	seen=$(operations)
	echo "seen: $seen; refused: $(counts | jq -c .refused)"
	for operation in BatchExecuteStatement DeleteItem DescribeTable \
	    DescribeTimeToLive PutItem Scan UpdateItem; do
		[[ " $seen " == *" $operation "* ]]
	done
}

none_refused() { counts | jq -e '.refused == {}'; }

# Each command has one request refused; then it knows the clock.
one_refused_each() {
	counts | jq -e --argjson n "$COMMANDS" --arg why "$1" '
	    (.refused | add) == $n and
	    (.refused | keys | all(startswith("DescribeTable: " +
	    "InvalidSignatureException: " + $why)))'
}

@test "every request of every command has a valid signature" {
	keys ''
	all_commands
	all_seen
	none_refused
}

@test "every request has a valid signature with a session token" {
	keys "$TOKEN"
	export AWS_SESSION_TOKEN=$TOKEN
	all_commands
	all_seen
	none_refused
	# the refusal quotes the request
	AWS_SECRET_ACCESS_KEY=other run ttlsweep inspect -t "$TABLE" -vv
	[[ $status -eq 1 && $output == *"and signing method. "*"; check that the secret"* ]]
	[[ $output != *$'\n'"POST"* ]]
	counts | jq -e '.refused | keys[0] | test("x-amz-security-token:IQoJ")'
	echo "$output" >>"$SAID"
	AWS_SECRET_ACCESS_KEY=other ttlsweep doctor -t "$TABLE" -vv \
	    >>"$SAID" 2>&1 || [[ $? -eq 1 ]]
	run ! grep -F -e "$SECRET" -e "$TOKEN" -e IQoJ -e Canonical "$SAID"
}

@test "clocks four minutes apart are reported, and no request is refused" {
	keys ''
	shift_by 240
	does inspect
	does purge --yes --no-journal
	shift_by -240
	does inspect
	none_refused
	# Date has whole seconds, and a busy machine takes some to answer
	grep -E 'clock is (3 min [345][0-9] s|4 min|4 min [0-9]+ s) behind' "$SAID"
	grep -E 'clock is (3 min [345][0-9] s|4 min|4 min [0-9]+ s) ahead' "$SAID"
}

@test "our clock is two hours behind: requests are signed by the service's" {
	keys "$TOKEN"
	export AWS_SESSION_TOKEN=$TOKEN
	shift_by 7200
	all_commands
	all_seen
	one_refused_each 'Signature expired: '
	# once for each command; one list wrote its output elsewhere
	[[ $(grep -cE "clock is (1 h 59 min|2 h) behind" "$SAID") -eq $((COMMANDS - 1)) ]]
}

@test "our clock is two hours ahead: requests are signed by the service's" {
	keys ''
	shift_by -7200
	does inspect --jobs 8 --segments 16
	does purge --yes --no-journal
	one_refused_each 'Signature not yet current: '
	# reported once, unless quiet
	run --separate-stderr ttlsweep inspect -t "$TABLE" --jobs 8
	[[ $status -eq 0 && $(grep -cE 'clock is (2 h|1 h 59 min) ahead' <<<"$stderr") -eq 1 ]]
	run --separate-stderr ttlsweep inspect -q -t "$TABLE"
	[[ $status -eq 0 && $stderr == '' ]]
}

@test "no entry is deleted by a wrong clock" {
	keys ''
	shift_by 7200
	run ttlsweep purge -t "$TABLE" --yes --no-journal
	[[ $status -eq 1 && $output == *clock* ]]
	[[ " $(operations) " != *" BatchExecuteStatement "* ]]
}

@test "keys are refused: the message says why and what to check" {
	keys ''
	AWS_SECRET_ACCESS_KEY=other run ttlsweep inspect -t "$TABLE" -vv
	[[ $status -eq 1 ]]
	[[ $output == *"the credentials (from: the environment) were refused: InvalidSignatureException: "* ]]
	[[ $output == *"check that the secret key belongs to the access key"* ]]
	AWS_ACCESS_KEY_ID=AKIDOTHER run ttlsweep inspect -t "$TABLE" -vv
	[[ $status -eq 1 && $output == *"UnrecognizedClientException: "*"check that the access key is active"* ]]
	AWS_SESSION_TOKEN=none run ttlsweep inspect -t "$TABLE" -vv
	[[ $status -eq 1 && $output == *"check that the access key is active"* ]]
	# tried once each
	counts | jq -e '(.refused | add) == 3'
}

@test "an endpoint may have a path or be behind a proxy" {
	keys ''
	AWS_ENDPOINT_URL_DYNAMODB=$SIGNED_URL/a/b%20c does inspect
	http_proxy=$SIGNED_URL \
	    AWS_ENDPOINT_URL_DYNAMODB=http://dynamodb.invalid:8000 does inspect
	http_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1 does inspect
	none_refused
	http_proxy=http://127.0.0.1:1 run ttlsweep inspect -t "$TABLE"
	[[ $status -eq 1 && $output == *"port 1"*"(http_proxy, https_proxy, no_proxy)"* ]]
	# a password in its address is not shown, however wrong the address
	local proxy
	for proxy in foo://user:SECRETPW@127.0.0.1:9 \
	    'http://user:SECRETPW@bad host:80' http://user:SECRETPW@h:99999 \
	    'user:SECRETPW@[::1' "http://user:SECRETPW$(printf 'x%.0s' {1..300})@h h"; do
		AWS_MAX_ATTEMPTS=1 http_proxy=$proxy run ttlsweep inspect \
		    -t "$TABLE" -vv
		[[ $status -eq 1 && $output == *" proxy"* ]]
		[[ $output != *SECRETPW* ]]
		AWS_MAX_ATTEMPTS=1 http_proxy=$proxy run ttlsweep doctor -t "$TABLE" -vv
		[[ $status -eq 1 && $output != *SECRETPW* ]]
	done
}

@test "TLS: certificates are verified, also with a private authority" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
	    -addext subjectAltName=DNS:localhost -keyout "$BATS_TEST_TMPDIR/key" \
	    -out "$BATS_TEST_TMPDIR/cert" 2>/dev/null
	start_signed --to "$LOCAL_URL" --tls "$BATS_TEST_TMPDIR/cert" \
	    "$BATS_TEST_TMPDIR/key"
	local tls=https://localhost:${SIGNED_URL##*:}
	curl -sSf --cacert "$BATS_TEST_TMPDIR/cert" -X PUT \
	    -d '{"AKIDSIGNED": {"secret": "'"$SECRET"'"}}' \
	    "$tls/_signed/keys" >/dev/null
	export AWS_ENDPOINT_URL_DYNAMODB=$tls
	AWS_CA_BUNDLE=$BATS_TEST_TMPDIR/cert does inspect
	REQUESTS_CA_BUNDLE=$BATS_TEST_TMPDIR/cert does inspect --jobs 2
	run ttlsweep inspect -t "$TABLE"
	[[ $status -eq 1 && $output == *"certificate"*"name its file in AWS_CA_BUNDLE"* ]]
	AWS_CA_BUNDLE=/nowhere run ttlsweep inspect -t "$TABLE"
	[[ $status -eq 1 && $output == *"/nowhere: No such file"* ]]
	AWS_CA_BUNDLE=/dev/null run ttlsweep inspect -t "$TABLE"
	[[ $status -eq 1 && $output == *"certificate"*"/dev/null"* ]]
	# the certificate is for another name
	AWS_ENDPOINT_URL_DYNAMODB=https://127.0.0.1:${tls##*:} \
	    AWS_CA_BUNDLE=$BATS_TEST_TMPDIR/cert run ttlsweep inspect -t "$TABLE"
	[[ $status -eq 1 && $output == *certificate* ]]
}
