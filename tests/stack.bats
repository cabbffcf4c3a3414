#!/usr/bin/env bats
# --stack and --expect-account: the exact requests to CloudFormation and STS,
# their signatures, and what good and bad answers lead to.

load lib/common
load lib/cloud

NOW=1795000000

setup_file() {
	start_local
	start_cloud "$LOCAL_URL"
	TABLE=$(new_table stack)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 200 --now "$NOW"
}

teardown_file() { stop_servers; }

setup() {
	unset AWS_ENDPOINT_URL_DYNAMODB
	export AWS_ENDPOINT_URL=$CLOUD_URL
	cloud_set '{"fail": {}, "deny": [], "table": {}, "clock": 0,
	    "secret_key": "testsecret", "session_token": null,
	    "account": "123456789012"}'
	resources '{"logical": "DynamoDBCache", "physical": "'"$TABLE"'"}'
	cloud_log >/dev/null
}

# resources JSON[,JSON...] [STATUS]: those of the stack TSAGallery
resources() {
	cloud_set '{"stacks": {"TSAGallery": {
	    "status": "'"${2:-CREATE_COMPLETE}"'", "resources": ['"$1"']}}}'
}

# fails MESSAGE COMMAND...: it exits with 1 and says MESSAGE
fails() {
	local says=$1
	shift
	run --separate-stderr "$@"
	[[ $status -eq 1 && $output == '' ]] || return 1
	[[ $stderr == *"$says"* ]] || { echo "$stderr"; return 1; }
}

lookup() { ttlsweep list --stack TSAGallery --limit 1 "$@"; }

@test "every command finds a table by its stack" {
	ttlsweep inspect --stack TSAGallery --now "$NOW" --format json |
	    jq -e --arg table "$TABLE" '.table == $table
		and .scanned.items == 200'
	ttlsweep export --stack TSAGallery -o "$BATS_TEST_TMPDIR/all.json"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/all.json") -eq 200 ]]
	ttlsweep purge --stack=TSAGallery --now "$NOW" --format json |
	    jq -e '.executed == false and .matched > 0'
	# the stack on the command line overrides the table in the environment
	CACHETABLE=another lookup
	CACHETABLE=another ttlsweep restore --stack TSAGallery \
	    "$BATS_TEST_TMPDIR/all.json" --format json |
	    jq -e '.present == 200 and .skipped == 0 and .matched == 200'
	[[ $(cloud_log | jq -r 'select(.wrong)') == '' ]]
	# but not the one that a journal names
	ttlsweep purge -q --stack TSAGallery --now "$NOW" --max-items 1 --yes \
	    --journal "$BATS_TEST_TMPDIR/j" || [[ $? -eq 4 ]]
	sed '1s/"table":"[^"]*"/"table":"another"/' "$BATS_TEST_TMPDIR/j" >"$BATS_TEST_TMPDIR/other"
	run -1 --separate-stderr ttlsweep restore --stack TSAGallery "$BATS_TEST_TMPDIR/other"
	[[ $stderr == *"a journal of table another, but this is table $TABLE; to put its entries here anyway, give --table $TABLE, not --stack"* ]]
	[[ $stderr != *"as asked"* ]]
	ttlsweep restore -q --yes --table "$TABLE" "$BATS_TEST_TMPDIR/other"
}

@test "a lookup makes two requests with valid signatures" {
	local secret=wJalr/XUtn+FEMI/K7MDENG/bPx==KEY
	lookup
	cloud_log >"$BATS_TEST_TMPDIR/log"
	jq -se '.[:2] | map([.scope, .form, .token, .wrong]) == [
	    ["us-east-1/cloudformation", "Action=DescribeStackResource&Version=2010-05-15&StackName=TSAGallery&LogicalResourceId=DynamoDBCache", null, null],
	    ["us-east-1/cloudformation", "Action=DescribeStacks&Version=2010-05-15&StackName=TSAGallery", null, null]]' \
	    "$BATS_TEST_TMPDIR/log"
	# a long token, and a secret with all characters of base64
	cloud_set '{"secret_key": "'"$secret"'", "session_token": "a/+='"$(printf '%0900d')"'"}'
	AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=a/+=$(printf '%0900d') \
	    lookup
	cloud_log | jq -se '(.[0].token | length) == 904 and all(.wrong == null)'
}

@test "for a name that is not a table of the stack, the message lists its tables" {
	resources '{"logical": "Web", "type": "AWS::EC2::Instance", "physical": "i-1"},
	    {"logical": "Old", "physical": "old", "status": "DELETE_COMPLETE"},
	    {"logical": "Sessions", "physical": "gallery-sessions"},
	    {"logical": "Data", "type": "AWS::CloudFormation::Stack",
	     "physical": "arn:aws:cloudformation:us-east-1:123456789012:stack/Data/1"},
	    {"logical": "Global", "type": "AWS::DynamoDB::GlobalTable", "physical": "g1"}'
	fails 'stack TSAGallery has no resource DynamoDBCache; its DynamoDB tables are Sessions (gallery-sessions), Global (g1): give one of them with --logical-id; not looked into is the nested stack Data (arn:aws:cloudformation:us-east-1:123456789012:stack/Data/1)' lookup
	[[ $stderr != *Old* ]]
	[[ $(cloud_log | grep -c ListStackResources) -eq 3 ]]
	fails 'Web is not a DynamoDB table but AWS::EC2::Instance; its DynamoDB tables' \
	    lookup --logical-id Web
	resources '{"logical": "Web", "type": "AWS::EC2::Instance"}'
	fails 'has no resource Nothing; it has no DynamoDB table' \
	    lookup --logical-id Nothing
}

@test "a stack or table that is deleted or not complete is refused" {
	for status in DELETE_IN_PROGRESS DELETE_FAILED DELETE_COMPLETE; do
		resources '{"logical": "DynamoDBCache", "physical": "'"$TABLE"'", "status": "'$status'"}'
		fails "is $status: it is being or was deleted" lookup
	done
	resources '{"logical": "DynamoDBCache", "physical": "'"$TABLE"'"}' DELETE_IN_PROGRESS
	fails 'stack TSAGallery is DELETE_IN_PROGRESS' \
	    ttlsweep purge --yes --stack TSAGallery --no-journal
	resources '{"logical": "DynamoDBCache", "status": "CREATE_IN_PROGRESS"}'
	fails 'has no name yet (CREATE_IN_PROGRESS)' lookup
	fails 'stack Another: not found in region us-east-1' \
	    ttlsweep inspect --stack Another
	fails 'is not in region us-east-1; give its region with --region' \
	    ttlsweep inspect --stack arn:aws:cloudformation:eu-west-1:123456789012:stack/TSAGallery/1b2c
	resources '{"logical": "DynamoDBCache", "physical": "'"$TABLE"'"}'
	lookup --stack arn:aws:cloudformation:us-east-1:123456789012:stack/TSAGallery/1b2c
}

@test "bad replies are retried, then reported" {
	cloud_set '{"fail": {"DescribeStackResource": ["503", "throttle", "html"]}}'
	lookup
	for kind in garbage torn empty bomb; do
		cloud_set '{"fail": {"DescribeStackResource": ["'$kind'!"]}}'
		fails 'no usable reply' lookup
	done
	[[ $stderr == *'document type'* ]]
	cloud_set '{"fail": {"DescribeStackResource": ["other!"]}}'
	fails 'has no type for DynamoDBCache' lookup
	cloud_set '{"fail": {"DescribeStackResource": ["500!"]}}'
	fails 'gave up after 4 tries: InternalFailure: An internal error; the service has problems' lookup
	cloud_set '{"fail": {"DescribeStackResource": ["403!"]}}'
	fails 'cloudformation:DescribeStackResource is not allowed' lookup
	cloud_set '{"fail": {"DescribeStackResource": ["keys!"]}}'
	fails 'the credentials were refused' lookup
	# a role that may not describe stacks
	cloud_set '{"fail": {"DescribeStacks": ["403!"]}}'
	run --separate-stderr lookup
	[[ $status -eq 0 && $stderr == *'cannot tell whether the stack TSAGallery is being deleted: cloudformation:DescribeStacks was refused'* ]]
	AWS_ENDPOINT_URL_CLOUDFORMATION=http://127.0.0.1:1 \
	    fails 'http://127.0.0.1:1' lookup
	[[ $stderr == *'; check the address, any proxy (http_proxy, https_proxy, no_proxy), and that a server is listening'* ]]
}

@test "a clock that is two hours off is corrected" {
	cloud_set '{"clock": 7200}'
	lookup
	[[ $(cloud_log | jq -c 'select(.wrong) | .action' | sort | uniq -c | sort -n | awk '{ print $1 }' | tail -1) -le 1 ]]
}

@test "CloudFormation's endpoint can be set by variable or services section" {
	local config=$BATS_TEST_TMPDIR/config
	export AWS_ENDPOINT_URL_DYNAMODB=$LOCAL_URL
	unset AWS_ENDPOINT_URL
	AWS_ENDPOINT_URL_CLOUDFORMATION=$CLOUD_URL lookup
	printf '[default]\nservices = here\n[services here]\ncloudformation =\n  endpoint_url = %s\n' \
	    "$CLOUD_URL" >"$config"
	AWS_CONFIG_FILE=$config lookup
	[[ $(cloud_log | grep -c DescribeStackResource) -eq 2 ]]
}

@test "options that cannot be used together are refused" {
	for line in 'list --stack S -t T' 'list --logical-id X' \
	    'list -i f --stack S' 'list -i f --expect-account 123456789012' \
	    'list --stack' 'list --stack=' 'list --expect-account 12345' \
	    'list --expect-account 12345678901x'; do
		# shellcheck disable=SC2086
		run ttlsweep $line
		[[ $status -eq 2 ]] || { echo "$line: $status"; return 1; }
	done
}

expect() { lookup --expect-account "$@"; }

@test "--expect-account compares the account in the table's ARN" {
	cloud_set '{"table": {"TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/x"}}'
	expect 123456789012
	fails 'belongs to account 123456789012, not to 111122223333' \
	    expect 111122223333
	# without asking STS
	[[ $(cloud_log | grep -c GetCallerIdentity) -eq 0 ]]
}

@test "--expect-account asks STS when the ARN has no account" {
	for arn in arn:aws:dynamodb:ddblocal:000000000000:table/x x ''; do
		cloud_set '{"table": {"TableArn": "'"$arn"'"}}'
		expect 123456789012
		fails 'belong to account 123456789012, not to 111122223333' \
		    expect 111122223333
	done
	cloud_log | jq -se 'map(select(.action == "GetCallerIdentity")) |
	    length == 6 and all(.scope == "us-east-1/sts" and .wrong == null
	    and .form == "Action=GetCallerIdentity&Version=2011-06-15")'
	cloud_set '{"account": "42"}'
	fails 'names no account' expect 123456789012
	cloud_set '{"fail": {"GetCallerIdentity": ["garbage!"]}}'
	fails 'STS could not say' expect 123456789012
	cloud_set '{"fail": {"GetCallerIdentity": ["403!"]}}'
	fails 'sts:GetCallerIdentity is not allowed' expect 123456789012
}

@test "--expect-account: nothing is written before the account is known" {
	dump --endpoint "$LOCAL_URL" --table "$TABLE" >"$BATS_TEST_TMPDIR/before"
	fails 'not to 111122223333' ttlsweep purge --yes -t "$TABLE" \
	    --state any --now "$NOW" --expect-account 111122223333
	fails 'not to 111122223333' ttlsweep repair --yes -t "$TABLE" \
	    --now "$NOW" --expect-account 111122223333
	cloud_log | jq -se 'map(.action) | unique - ["DescribeTable",
	    "DescribeTimeToLive", "GetCallerIdentity"] == []'
	dump --endpoint "$LOCAL_URL" --table "$TABLE" |
	    cmp - "$BATS_TEST_TMPDIR/before"
	[[ ! -e $XDG_STATE_HOME/ttlsweep ]]
	# the account of DynamoDB Local counts too
	ttlsweep purge --yes -t "$TABLE" --now "$NOW" \
	    --expect-account 000000000000 --journal "$BATS_TEST_TMPDIR/j"
}
