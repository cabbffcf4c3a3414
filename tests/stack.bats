#!/usr/bin/env bats
# --stack and --expect-account: what is asked of CloudFormation and of STS, to
# the letter and rightly signed, and what their answers, good and bad, lead to.

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

# resources JSON[,JSON...] [STATUS]: what the stack TSAGallery has
resources() {
	cloud_set '{"stacks": {"TSAGallery": {
	    "status": "'"${2:-CREATE_COMPLETE}"'", "resources": ['"$1"']}}}'
}

# fails MESSAGE COMMAND...: with status 1, and says that
fails() {
	local says=$1
	shift
	run --separate-stderr "$@"
	[[ $status -eq 1 && $output == '' ]] || return 1
	[[ $stderr == *"$says"* ]] || { echo "$stderr"; return 1; }
}

lookup() { ttlsweep list --stack TSAGallery --limit 1 "$@"; }

@test "a table is found by its stack, for every command" {
	ttlsweep inspect --stack TSAGallery --now "$NOW" --format json |
	    jq -e --arg table "$TABLE" '.table == $table
		and .scanned.items == 200'
	ttlsweep export --stack TSAGallery -o "$BATS_TEST_TMPDIR/all.json"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/all.json") -eq 200 ]]
	ttlsweep purge --stack=TSAGallery --now "$NOW" --format json |
	    jq -e '.executed == false and .matched > 0'
	# the environment names a table, the command line the stack
	CACHETABLE=another lookup
	CACHETABLE=another ttlsweep restore --stack TSAGallery \
	    "$BATS_TEST_TMPDIR/all.json" --format json |
	    jq -e '.present == 200 and .skipped == 0 and .matched == 200'
	[[ $(cloud_log | jq -r 'select(.wrong)') == '' ]]
}

@test "what is asked for, and how it is signed" {
	local secret=wJalr/XUtn+FEMI/K7MDENG/bPx==KEY
	lookup
	cloud_log >"$BATS_TEST_TMPDIR/log"
	jq -se '.[:2] | map([.scope, .form, .token, .wrong]) == [
	    ["us-east-1/cloudformation", "Action=DescribeStackResource&Version=2010-05-15&StackName=TSAGallery&LogicalResourceId=DynamoDBCache", null, null],
	    ["us-east-1/cloudformation", "Action=DescribeStacks&Version=2010-05-15&StackName=TSAGallery", null, null]]' \
	    "$BATS_TEST_TMPDIR/log"
	# a token of some length, and a secret with all that base64 has
	cloud_set '{"secret_key": "'"$secret"'", "session_token": "a/+='"$(printf '%0900d')"'"}'
	AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=a/+=$(printf '%0900d') \
	    lookup
	cloud_log | jq -se '(.[0].token | length) == 904 and all(.wrong == null)'
}

@test "a name that is none of the stack's: its tables, of all pages" {
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

@test "what is deleted, or not there yet, is refused" {
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

@test "answers that are none" {
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
	# a role that may look, and no more
	cloud_set '{"fail": {"DescribeStacks": ["403!"]}}'
	run --separate-stderr lookup
	[[ $status -eq 0 && $stderr == *'cannot tell whether the stack TSAGallery is being deleted: cloudformation:DescribeStacks was refused'* ]]
	AWS_ENDPOINT_URL_CLOUDFORMATION=http://127.0.0.1:1 \
	    fails 'http://127.0.0.1:1' lookup
}

@test "a clock that is two hours off is corrected" {
	cloud_set '{"clock": 7200}'
	lookup
	[[ $(cloud_log | jq -c 'select(.wrong) | .action' | sort | uniq -c | sort -n | awk '{ print $1 }' | tail -1) -le 1 ]]
}

@test "where CloudFormation is" {
	local config=$BATS_TEST_TMPDIR/config
	export AWS_ENDPOINT_URL_DYNAMODB=$LOCAL_URL
	unset AWS_ENDPOINT_URL
	AWS_ENDPOINT_URL_CLOUDFORMATION=$CLOUD_URL lookup
	printf '[default]\nservices = here\n[services here]\ncloudformation =\n  endpoint_url = %s\n' \
	    "$CLOUD_URL" >"$config"
	AWS_CONFIG_FILE=$config lookup
	[[ $(cloud_log | grep -c DescribeStackResource) -eq 2 ]]
}

@test "what does not go together" {
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

@test "--expect-account: by the table's ARN" {
	cloud_set '{"table": {"TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/x"}}'
	expect 123456789012
	fails 'belongs to account 123456789012, not to 111122223333' \
	    expect 111122223333
	# it is not asked of STS, whatever that would say
	[[ $(cloud_log | grep -c GetCallerIdentity) -eq 0 ]]
}

@test "--expect-account: by STS, where the ARN tells none" {
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

@test "--expect-account: nothing is done before it is known" {
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
	# the account of a server of one's own is one, too
	ttlsweep purge --yes -t "$TABLE" --now "$NOW" \
	    --expect-account 000000000000 --journal "$BATS_TEST_TMPDIR/j"
}
