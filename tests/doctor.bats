#!/usr/bin/env bats
# doctor on tables with and without faults, with credentials, clocks and
# services that fail one by one; and its policies.

load lib/common
load lib/cloud

setup_file() {
	start_local
	start_dynalite
	start_cloud "$LOCAL_URL"
	NOW=$(date +%s)
	export NOW
	seed --endpoint "$LOCAL_URL" --table TSAGalleryCache --now "$NOW" \
	    --case future=30 --ttl on
	seed --endpoint "$LOCAL_URL" --table mixed --now "$NOW" \
	    --case past=20 --case future=10 --case milliseconds-past=40 \
	    --case string-future=5
	seed --endpoint "$DYNALITE_URL" --table TSAGalleryCache --now "$NOW" \
	    --case future=30
	"$PYTHON" - >"$BATS_FILE_TMPDIR/actions" <<-'END'
		import json
		import botocore.session
		session = botocore.session.get_session()
		print(json.dumps(["dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert"] + [
		    "%s:%s" % (service, name) for service in ("dynamodb", "cloudformation")
		    for name in session.get_service_model(service).operation_names]))
	END
}

teardown_file() { stop_servers; }

setup() {
	unset AWS_ENDPOINT_URL_DYNAMODB
	export AWS_ENDPOINT_URL=$CLOUD_URL
	cloud_set '{"fail": {}, "deny": [], "table": {}, "clock": 0,
	    "backups": null, "replies": {}, "stacks": {}}'
	cloud_log >/dev/null
}

# doctor [STATUS] OPTION...: its JSON in $json; it exits with that
doctor() {
	local want=0 got=0
	[[ $1 != [01] ]] || { want=$1 && shift; }
	json=$BATS_TEST_TMPDIR/json
	ttlsweep doctor --format json "$@" >"$json" || got=$?
	[[ $got -eq $want ]] || { cat "$json"; return 1; }
}

# is RESULT TEXT CHECK: the check has this result, and TEXT in its text or fix
is() {
	jq -e --arg r "$1" --arg t "$2" --arg c "$3" '.checks |
	    map(select(.check == $c)) | length == 1 and .[0].result == $r
	    and ((.[0].text + "\n" + (.[0].fix // "")) | contains($t))' \
	    "$json" >/dev/null ||
	    { jq -c --arg c "$3" '.checks[] | select(.check == $c)' "$json"; return 1; }
}

# new_keys NAME TYPES: create an empty table with a partition key and a sort key
# of these types, such as "SN"
new_keys() {
	curl -sSf --noproxy '*' -o /dev/null "$LOCAL_URL" \
	    -H 'X-Amz-Target: DynamoDB_20120810.CreateTable' \
	    -H 'Content-Type: application/x-amz-json-1.0' \
	    -H 'Authorization: AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0' \
	    -d '{"TableName": "'"$1"'", "BillingMode": "PAY_PER_REQUEST",
	    "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "'"${2%?}"'"},
		{"AttributeName": "sort", "AttributeType": "'"${2#?}"'"}],
	    "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"},
		{"AttributeName": "sort", "KeyType": "RANGE"}]}'
}

absent() { jq -e --arg c "$1" '.checks | all(.check != $c)' "$json" >/dev/null; }

# print the DynamoDB operations that were requested
operations() { cloud_log | jq -r 'select(.body) | .action' | sort | uniq -c | awk '{ print $2 "=" $1 }' | xargs; }

@test "a table like the lab's passes all checks" {
	cloud_set '{"backups": {"ContinuousBackupsStatus": "ENABLED",
	    "PointInTimeRecoveryDescription": {
		"PointInTimeRecoveryStatus": "ENABLED",
		"EarliestRestorableDateTime": 1795000000.123,
		"LatestRestorableDateTime": 1.795e9}}}'
	doctor
	jq -e '.schema == "ttlsweep.doctor/1" and .table == "TSAGalleryCache"
	    and (keys == ["checks", "schema", "table"])
	    and ([.checks[].check] == ["configuration", "endpoint", "clock",
		"credentials", "identity", "table", "key", "billing",
		"indexes", "stream", "replicas", "protection", "backups",
		"gallery", "scan", "ttl", "entries", "journal", "cost"])
	    and (.checks | all(.result == "ok" and (has("fix") | not)))' "$json"
	is ok 'account 123456789012, arn:aws:iam::123456789012:user/ann' identity
	is ok 'goes back to 2026-11-18T11:06:40Z' backups
	is ok 'all 30 looked at: 30 live, 0 pending, 0 stuck, 0 immortal' entries
	is ok 'judged by ttl, nothing is expired' cost
	is ok "the table that the template of the TSA Gallery (an AWS lab) creates" gallery
	# it only read
	[[ $(operations) == 'DescribeContinuousBackups=1 DescribeTable=1 DescribeTimeToLive=1 Scan=2' ]]
	[[ ! -e $XDG_STATE_HOME/ttlsweep ]]
}

@test "a table on dynalite" {
	AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL doctor --probe-write
	is ok 'not available on this server' backups
	is ok 'no PartiQL' partiql
	is ok 'dynamodb:DeleteItem' delete
	is warning 'DISABLED' ttl
	is ok '30 live' entries
}

@test "differences from the lab's table, and bad entries, are reported" {
	doctor -t mixed
	is warning 'Enabled=true,AttributeName=ttl' ttl
	is warning '10 live, 0 pending, 60 stuck (40 milliseconds, 20 ttl-off), 5 immortal (5 string)' entries
	is warning 'ttlsweep repair --table mixed' entries
	is warning 'once it writes and reads seconds, repair fixes 45 of these (without --yes, a dry run)' entries
	is ok '60 entries are expired; purging them takes' cost
	is ok 'no profile, region us-east-1' configuration
	absent gallery
	# the same table as the stack's own
	cloud_set '{"stacks": {"TSAGallery": {"resources": [{"logical": "DynamoDBCache", "physical": "mixed"}]}},
	    "table": {"KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
		"BillingModeSummary": {"BillingMode": "PROVISIONED"},
		"ProvisionedThroughput": {"ReadCapacityUnits": 40, "WriteCapacityUnits": 2}}}'
	doctor --stack TSAGallery
	jq -e '.table == "mixed"' "$json"
	is ok 'is the table mixed (CREATE_COMPLETE)' stack
	is warning 'provisioned, not PAY_PER_REQUEST; TTL off, not on' gallery
	is ok '40 read and 2 write units a second; the pace of a purge: 10 read units and 1 write unit a second' billing
	is ok 'that takes 1 min' cost
	# the sample takes no more than a quarter of the pace: 10 units of 4 KB
	cloud_log | jq -se 'map(select(.action == "Scan")) | last.body.Limit < 1000'
	doctor -t mixed --ttl-attribute other
	is warning 'none has the attribute other, but numbers that look like times are in ttl' entries
	is warning 'entries are judged by other, but no entry that was read has it' ttl
	is warning 'find out which attribute is the expiry time (' ttl
	is warning 'ttlsweep inspect --ttl-attribute ttl --table mixed' ttl
	run ! grep -q update-time-to-live "$json"
	doctor -t mixed
	is warning 'turn it on, and it deletes what expires free of charge, except what it never can (see entries); it has no undo: aws dynamodb update-time-to-live' ttl
}

@test "of attributes that may be the expiry time, those with times ahead come first" {
	local table
	table=$(new_table made)
	for key in 1 2 3; do
		printf '{"Item":{"key":{"S":"session:%s"},"created":{"N":"%d"},"expires":{"N":"%d"}}}\n' \
		    "$key" $((NOW - 86400)) $((NOW + 86400))
	done | seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table" --now "$NOW"
	is warning "ttlsweep inspect --table $table" ttl
	is warning 'look again with the one that is the expiry time' entries
	run ! grep -q update-time-to-live "$json"
	run -0 ttlsweep inspect -t "$table" --now "$NOW"
	[[ $output == *"If expires is the expiry time:"*"If created is the expiry time:"* ]]
}

@test "doctor turns TTL on for no attribute that it only guesses" {
	local table
	table=$(new_table guess)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" --case past=0
	doctor -t "$table"
	is warning "turn it on for the attribute that the application writes; ttl is only the default here, and there is no entry to see it by" ttl
	jq -e '.checks | map(select(.check == "ttl"))[0].fix | contains("update-time-to-live") | not' "$json"
	doctor -t "$table" --ttl-attribute expires
	is warning "AttributeName=expires" ttl
	# names that the AWS CLI's shorthand would cut up are given as JSON
	doctor -t "$table" --ttl-attribute "exp,'at'"
	eval "$(jq -r '.checks | map(select(.check == "ttl"))[0].fix' "$json" | grep -o 'aws dynamodb .*')" >/dev/null
	aws dynamodb describe-time-to-live --table-name "$table" --endpoint-url "$LOCAL_URL" |
	    jq -e '.TimeToLiveDescription.AttributeName == "exp,'"'at'"'"'
	# an attribute that no entry has is a typing error, not where TTL should go
	printf '{"Item":{"key":{"S":"a"},"ttl":{"N":"%s"}}}\n' "$NOW" |
	    ttlsweep restore -q -t "$table" --yes -
	doctor -t "$table" --ttl-attribute nope
	is warning "no entry that was read has nope; leave out --ttl-attribute to judge by exp,'at'" ttl
	run -0 --separate-stderr ttlsweep purge -q -t "$table" --ttl-attribute nope --state any
	[[ $stderr == "ttlsweep: no entry that was read (1) has the attribute nope of --ttl-attribute; TTL is on for exp,'at'" ]]
}

@test "doctor says what only a purge deletes, and how to find out a zone" {
	local table
	table=$(new_table only)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" --case past=20 --case too-old=1
	doctor -t "$table" --now "$NOW"
	is warning "TTL will not delete 1 of the stuck ones even once it is on for ttl; turn it on first, and then 'purge --state stuck' deletes only that one" entries
	jq -e '.checks | map(select(.check == "entries"))[0].fix | contains("ttlsweep purge") | not' "$json"
	table=$(new_table zone)
	printf '{"Item":{"key":{"S":"a"},"ttl":{"S":"2020-01-01T00:00:00"}}}\n' |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table" --now "$NOW"
	# TTL would leave it alone even with a zone
	is warning "only a purge deletes it, even once TTL is on for ttl" entries
	is warning "ttlsweep purge --state stuck --table $table" entries
	# also those that have not expired, as inspect and repair count them
	table=$(new_table zones)
	{
		for i in {1..4}; do printf '{"Item":{"key":{"S":"%s"},"ttl":{"S":"%s"}}}\n' "$i" "$(date -ud "@$((NOW - 864000))" +%FT%T)"; done
		for i in {5..6}; do printf '{"Item":{"key":{"S":"%s"},"ttl":{"S":"%s"}}}\n' "$i" "$(date -ud "@$((NOW + 864000))" +%FT%T)"; done
	} | seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table" --now "$NOW"
	is warning "6 have a time without a zone: 'repair --zone ZONE' fixes them if the application's zone is known, and TTL deletes them once it is on for ttl; if the zone is not known, 'purge --state stuck' deletes the 4 that are expired (without --yes, these are dry runs)" entries
	ttlsweep purge -q -t "$table" --now "$NOW" --yes --no-journal
	doctor -t "$table" --now "$NOW"
	is warning "2 have a time without a zone: 'repair --zone ZONE' fixes them if the application's zone is known, and TTL deletes them once it is on for ttl (without --yes, a dry run)" entries
	is warning "(without --yes, a dry run). If the zone is UTC: ttlsweep repair --zone UTC --table $table" entries
}

@test "what TTL did not read may be the time of creation" {
	local table
	table=$(new_table misread)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" --case milliseconds-past=3 --ttl on >/dev/null
	doctor -t "$table" --now "$NOW"
	is warning "by ttl, every entry has expired. If it is the time of creation, these are live: inspect by the expiry time (--ttl-attribute NAME); if not, the application writes TTL in the wrong format" entries
	run -0 --separate-stderr ttlsweep repair -q -t "$table" --now "$NOW"
	[[ $output == *"TTL deletes repaired entries, typically within a few days."* ]]
	[[ $stderr == "ttlsweep: by ttl, every entry has expired. If it is the time of creation, TTL then deletes what is live; name the expiry time with --ttl-attribute" ]]
	seed --endpoint "$LOCAL_URL" --table "$table" --no-create --now "$NOW" --case milliseconds-future=1 >/dev/null
	doctor -t "$table" --now "$NOW"
	is warning "the application writes TTL in the wrong format; once it writes and reads seconds, repair fixes " entries
	run -0 --separate-stderr ttlsweep repair -q -t "$table" --now "$NOW"
	[ -z "$stderr" ]
}

@test "what TTL leaves alone, or has not deleted for long, may be the time of creation" {
	local table n=0 ask="by ttl, every entry has expired. If it is the time of creation, " cases
	# TTL is not really on: DynamoDB Local would delete what has expired
	local on='{"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}}'
	for cases in "--case milliseconds-old=3" "--case too-old=3" "off --case past=3" \
	    "--case future=1 --case too-old=3" "--case missing=1 --case just-past=3"; do
		table=$(new_table made)
		# shellcheck disable=SC2086
		seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" ${cases#off} >/dev/null
		if [[ $cases == off* ]]; then
			cloud_set '{"replies": {}}'
		else
			cloud_set '{"replies": {"DescribeTimeToLive": '"$on"'}}'
		fi
		doctor -t "$table" --now "$NOW"
		run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW"
		output=${output//$'\n '/}
		if ((n++ < 2)); then
			is warning "${ask}these are live: inspect by the expiry time (--ttl-attribute NAME); if not, only a purge deletes these" entries
			[[ $output == *"By${ask#by}these are live. Inspect by the expiry time instead:"*" --ttl-attribute NAME"*"What follows is right only if ttl is the expiry time."* ]]
			run -0 --separate-stderr ttlsweep purge -q -t "$table" --now "$NOW"
			[[ $stderr == "ttlsweep: ${ask}this deletes what is live; name the expiry time with --ttl-attribute" ]]
		else
			[[ $output != *creation* ]]
			run -0 --separate-stderr ttlsweep purge -q -t "$table" --now "$NOW"
			[ -z "$stderr" ]
		fi
	done
}

@test "a time in a string under another name: doctor says how to name it" {
	local table
	table=$(new_table string)
	printf '{"Item":{"key":{"S":"%s"},"expire_date":{"S":"2026-12-01T00:00:00Z"}}}\n' a b |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table" --now "$NOW"
	is warning "find out which attribute is the expiry time, and name it with --ttl-attribute" ttl
	is warning "(a time in a string under another name is not looked for: name it with --ttl-attribute)" entries
}

@test "TTL is not to be turned on where no entry has a time" {
	local table
	table=$(new_table timeless)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" --case duration=3 --case missing=1 >/dev/null
	doctor -t "$table" --now "$NOW"
	is warning "turning it on for ttl deletes nothing: no entry that was read has a time there (see entries)" ttl
	seed --endpoint "$LOCAL_URL" --table "$table" --no-create --now "$NOW" --case future=1 >/dev/null
	doctor -t "$table" --now "$NOW"
	is warning "turn it on, and it deletes what expires" ttl
}

@test "a TTL attribute that was renamed is named while entries still have the old one" {
	local table name time made
	# entries ATTRIBUTE TIME MORE KEY...
	entries() {
		for key in "${@:4}"; do printf '{"Item":{"key":{"S":"%s"},%s"%s":{"N":"%s"}}}\n' "$key" "$3" "$1" "$2"; done
	}
	while read -r name time; do
		table=$(new_table renamed)
		{
			entries ttl "$((NOW + 9000))" "" a b c
			entries "$name" "$((NOW + time))" "" d e f g
			entries views 7 "" h i j
			entries ttl "$((NOW + 9000))" "" k l m
		} | seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW" --ttl on
		doctor -t "$table"
		is warning "was ttl renamed? If $name is the expiry time, look again with it" entries
		is warning "entries without ttl have numbers that look like times in $name" entries
		run -0 --separate-stderr ttlsweep inspect -t "$table"
		output=${output//$'\n '/}
		[[ $output == *"7 entries lack the attribute ttl. Numbers that look like times are in $name. If $name is the expiry time:"*" --ttl-attribute $name"* ]]
		[[ $output == *"If the application writes the time there now, TTL does not see it, and what is live by it may be deleted, by TTL or a purge. Let it write ttl again, or move TTL to $name. If it wrote it there before, leave TTL as it is, and purge"* && $output != *--ttl-for-missing* ]]
		run -0 --separate-stderr ttlsweep inspect -q -t "$table" --format json
		[[ $stderr == "ttlsweep: some entries lack the TTL attribute ttl; numbers that look like times are in $name" ]]
		# the way back is only for an application that writes it now
		run -0 --separate-stderr ttlsweep inspect -t "$table" --ttl-attribute "$name"
		[[ ${output//$'\n '/} == *"If the application writes $name now, move TTL to $name, and "*"Until it is moved, it deletes by ttl, also what is live by $name. After that, it does not delete entries without $name (9), even if they have ttl. Switch TTL off:"* ]]
		doctor -t "$table" --ttl-attribute "$name"
		is warning "if the application writes $name now, see how to move TTL to it" ttl
	done <<-END
	expires 5000
	old -5000
	END
	# an entry that has both is judged by one alone: the dry run is loud
	table=$(new_table both)
	{
		entries expires "$((NOW - 5000))" "\"ttl\":{\"N\":\"$((NOW + 9000))\"}," a b
		entries expires "$((NOW - 5000))" "" d e
		entries ttl "$((NOW + 9000))" "" f g
	} | seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW" --ttl on
	run -0 --separate-stderr ttlsweep purge -t "$table" --ttl-attribute expires
	[[ $output == *"matched  4"*$'\n2 of them are LIVE by ttl, on which TTL acts, and would be deleted.\n'* ]]
	run -0 --separate-stderr ttlsweep purge -t "$table"
	[[ $output != *"LIVE by"* ]]
	run -0 --separate-stderr ttlsweep inspect -t "$table" --ttl-attribute expires
	output=${output//$'\n '/}
	[[ ${output//$'\n'/ } == *"By expires, TTL would never delete 2 of the others."* ]]
	[[ ${output//$'\n'/ } == *"If the application writes expires now, move TTL to expires, and all 4 expired entries are deleted free of charge, typically within a few days, also those that are live by ttl. TTL acts on the whole table and has no undo."* ]]
	[[ $output == *"delete all 4 expired entries now, also those that are live by ttl, which the dry run counts:"* ]]
	run -0 --separate-stderr ttlsweep repair -t "$table" --ttl-attribute expires
	[[ $output == *"There is nothing to repair. TTL acts on ttl, not on expires." ]]
	entries expires "$((NOW - 5000))000" "\"ttl\":{\"N\":\"$((NOW + 9000))\"}," h |
	    ttlsweep restore -q -t "$table" --yes -
	run -0 --separate-stderr ttlsweep repair -t "$table" --ttl-attribute expires --yes --journal "$BATS_TEST_TMPDIR/ms"
	[[ $stderr == *"TTL acts on ttl, not on expires: the repair changes nothing for it, and it may delete some of these by ttl"* ]]
	run -0 --separate-stderr ttlsweep show -t "$table" --ttl-attribute expires f
	[[ ${output//$'\n '/} == *"immortal: by expires, TTL would never delete it: the TTL attribute expires is missing."* ]]
	[[ ${output//$'\n '/} == *"By ttl, live: expires in 2 h "*" at "*"; TTL will delete it, free of charge, typically within a few days of that."* ]]
	# an alert cannot see what is deleted early
	for options in "--alert-overdue 2d" "--alert-expired 9" "--format prometheus"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep inspect -q -t "$table" --ttl-attribute expires --reason none,ttl-off $options
		[[ $stderr == *"TTL acts on ttl, not on expires: where it deletes entries before they expire by expires, none is overdue, and there is no alert"* ]]
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep inspect -q -t "$table" --ttl-attribute ttl --reason none,ttl-off $options
		[[ $stderr != *"acts on"* ]]
	done
	# what is live is deleted by the other one
	entries expires "$((NOW + 9000))" "\"ttl\":{\"N\":\"$((NOW + 3600))\"}," i |
	    ttlsweep restore -q -t "$table" --yes -
	run -0 --separate-stderr ttlsweep show -t "$table" --ttl-attribute expires --now "$((NOW + 7200))" i
	[[ ${output//$'\n '/} == *"live: expires in 30 min, at "*"; TTL acts on ttl, not on expires. By ttl, pending: expired 1 h ago, at "*"; TTL will delete it, free of charge, "* ]]
	# a name that could be read as TTL itself
	table=$(new_table name)
	{ entries ttl "$((NOW + 9000))" "" a b; entries TTL "$((NOW + 9000))" "" c d e f; } |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW" --ttl on
	run -0 --separate-stderr ttlsweep inspect -t "$table"
	[[ ${output//$'\n '/} == *"or move TTL to 'TTL'."* ]]
	run -0 --separate-stderr ttlsweep inspect -t "$table" --ttl-attribute TTL
	output=${output//$'\n'/ }
	[[ $output == *"TTL acts on ttl, not on 'TTL', by which TTL would never delete 2 entries."* ]]
	# while TTL is off, nothing says which is the right one
	table=$(new_table off)
	{ entries ttl "$((NOW + 9000))" "" a b c; entries expires "$((NOW + 9000))" "" d e f; } |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table"
	is warning "if the application writes ttl now, and not expires, turn it on" ttl
	run -0 --separate-stderr ttlsweep inspect -t "$table"
	[[ ${output//$'\n '/} == *"If the application writes ttl now, turn TTL on, and "* ]]
	# a time that others have, too, is that of creation
	table=$(new_table made)
	made="\"created\":{\"N\":\"$((NOW - 5000))\"},"
	{ entries ttl "$((NOW + 9000))" "$made" a b c; entries views 7 "$made" d e f; entries ttl "$((NOW + 9000))" "$made" g h i; } |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW" --ttl on
	doctor -t "$table"
	is warning "check whether these are meant to stay" entries
	run -0 --separate-stderr ttlsweep inspect -t "$table"
	[[ $output != *"look like times"* && $output == *--ttl-for-missing* ]]
	# a few are no sign
	table=$(new_table few)
	{ entries ttl "$((NOW + 9000))" "" a b c; entries expires "$((NOW + 9000))" "" d; entries views 7 "" e f; } |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW" --ttl on
	run -0 --separate-stderr ttlsweep inspect -t "$table"
	[[ $output != *"look like times"* ]]
}

@test "a time of creation is not taken for an expiry time without a warning" {
	local table all="entries that have it have expired. If it is the time of creation, "
	table=$(new_table created)
	{
		for i in {1..9}; do printf '{"Item":{"key":{"S":"%s"},"created":{"N":"%s"},"expires":{"N":"%s"}}}\n' "$i" "$((NOW - i))" "$((NOW + 86400))"; done
		printf '{"Item":{"key":{"S":"users"}}}\n'
	} | seed --endpoint "$LOCAL_URL" --table "$table" --items - --now "$NOW"
	doctor -t "$table" --now "$NOW" --ttl-attribute created
	is warning "by created, all 9 ${all}this deletes what is live: inspect by the expiry time (--ttl-attribute NAME); if not, turn it on" ttl
	run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW" --ttl-attribute created
	[[ ${output//$'\n '/} == *"By created, all 9 ${all}these are live. Inspect by the expiry time instead:"* ]]
	run -0 --separate-stderr ttlsweep purge -q -t "$table" --now "$NOW" --ttl-attribute created
	[[ $stderr == *"by created, all 9 ${all}this deletes what is live"* ]]
	# the command acts on the whole table, whatever is selected
	run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW" --ttl-attribute created --reason ttl-off
	[[ ${output//$'\n '/} == *"By created, all 9 ${all}these are live. Inspect by the expiry time instead:"*update-time-to-live* ]]
	# a file has no command that follows, and may be what was purged
	ttlsweep export -q -t "$table" --now "$NOW" --ttl-attribute created -o "$BATS_TEST_TMPDIR/x.json"
	run -0 --separate-stderr ttlsweep inspect -i "$BATS_TEST_TMPDIR/x.json" --now "$NOW" --ttl-attribute created
	[[ $output == *"What to do"* && $output != *creation* ]]
	for i in 1 2; do
		ttlsweep inspect -q -t "$table" --now "$NOW" --ttl-attribute created --shard $i/2 --format json -o "$BATS_TEST_TMPDIR/$i"
	done
	run -0 --separate-stderr ttlsweep inspect --merge "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
	[[ ${output//$'\n '/} == *"By created, all 9 ${all}these are live. Inspect by the expiry time instead:"* ]]
	doctor -t "$table" --now "$NOW" --ttl-attribute expires
	run ! grep -q creation "$json"
	run -0 --separate-stderr ttlsweep purge -t "$table" --now "$NOW" --ttl-attribute expires --state any
	[[ $output$stderr != *creation* ]]
	# what is selected is expired, but others are not
	seed --endpoint "$LOCAL_URL" --table "$table" --no-create --now "$NOW" --ttl-attribute created --case future=1 --case too-old=3 >/dev/null
	for all in "--overdue 1d" "--reason ttl-off" "--overdue 1d --prefix session"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW" --ttl-attribute created $all
		[[ $output == *"What to do"* && $output != *creation* ]]
	done
}

@test "a repair is not advised for what TTL would leave alone after it" {
	local table
	table=$(new_table old)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" \
	    --case milliseconds-old=20 --case string-past=5
	doctor -t "$table" --now "$NOW"
	is warning "repair fixes 25 of these; then, once TTL is on for ttl, 'purge --state stuck' deletes 20 that TTL never will" entries
	run -0 --separate-stderr ttlsweep repair -t "$table" --now "$NOW"
	[[ ${output//$'\n'/ } == *"20 entries expired five years ago or earlier: TTL will not delete these, repaired or not; after the repair, and once TTL is on, a purge with --reason too-old deletes them. TTL is off: it deletes none of these until that is changed. Repairing 25 entries takes about "* ]]
	# a run says so, too, wherever its totals go
	run -0 --separate-stderr ttlsweep repair -t "$table" --now "$NOW" --yes --no-journal
	[[ $stderr == *"20 entries expired five years ago or earlier: TTL will not delete these, repaired or not; once TTL is on, a purge with --reason too-old deletes them"*"TTL is off: it deletes none of these until that is changed"* ]]
	# nor what is in seconds, and that old
	table=$(new_table older)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" \
	    --case too-old=7 --case string-past=5
	doctor -t "$table" --now "$NOW"
	is warning "'purge --state stuck' deletes 7 that TTL never will" entries
}

@test "no entry has the TTL attribute, but a map contains it" {
	local table
	table=$(new_table map)
	printf '{"Item":{"key":{"S":"session:%s"},"sess":{"M":{"ttl":{"N":"1795332271"}}}}}\n' 1 2 >"$BATS_TEST_TMPDIR/map"
	seed --endpoint "$LOCAL_URL" --table "$table" --items "$BATS_TEST_TMPDIR/map"
	doctor -t "$table"
	is warning 'none has the attribute ttl, but it is inside a map: sess.ttl' entries
	is warning 'TTL reads only a top-level attribute of type Number' entries
}

@test "no entry has the TTL attribute: a likely one is named" {
	local table
	table=$(new_table expires)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" \
	    --ttl-attribute expires --case future=20
	doctor -t "$table"
	is warning 'none has the attribute ttl, but numbers that look like times are in expires' entries
	is warning "ttlsweep inspect --ttl-attribute expires --table $table" entries
	is warning 'ttlsweep inspect --ttl-attribute expires' ttl
	doctor -t "$table" --ttl-attribute expires
	is ok 'all 20 looked at: 20 live' entries
	# an empty table
	new_keys empty SS
	doctor -t empty
	is ok 'there are none' entries
}

@test "streams, replicas, indexes and states of TTL are reported" {
	cloud_set '{"table": {"TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/TSAGalleryCache",
	    "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "OLD_IMAGE"},
	    "Replicas": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}, {"RegionName": "sa-east-1"}],
	    "DeletionProtectionEnabled": true,
	    "WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000},
	    "GlobalSecondaryIndexes": [{"IndexName": "byUser", "KeySchema": [{"AttributeName": "u", "KeyType": "HASH"}],
		"Projection": {"ProjectionType": "ALL"}}]},
	    "replies": {"DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLING", "AttributeName": "ttl"}}},
	    "backups": {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}}'
	doctor 1 --expect-account 123456789012
	is warning 'no userIdentity dynamodb.amazonaws.com' stream
	is warning 'ttlsweep purge --state stuck ' stream
	is failure 'also in eu-west-1, sa-east-1' replicas
	is failure 'ttlsweep purge --overdue 15m --expect-account 123456789012' replicas
	doctor 1 --overdue 899s
	is failure 'purge --yes needs --overdue of at least 15m' replicas
	doctor --overdue 15m --expect-account 123456789012
	is warning 'also in eu-west-1, sa-east-1' replicas
	is ok 'byUser (global); with these, each delete takes up to 6 write units' indexes
	is ok 'deletion protection is on: it keeps' protection
	is ok '3 000 read units and 1 000 write units a second' billing
	is ok 'point-in-time recovery is off' backups
	is ok 'ENABLING on ttl (it takes up to an hour)' ttl
	is ok '123456789012, as expected' account
	cloud_set '{"replies": {"DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "other"}}},
	    "table": {"TableStatus": "ARCHIVED", "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "OLD_IMAGE"}}}'
	doctor 1 --ttl-attribute ttl
	is warning 'ENABLED on other, not on ttl' ttl
	is warning "or leave to TTL the entries it will delete: once it acts (see ttl), 'purge --state stuck' deletes only the others" stream
	is warning 'TTL on other, not on ttl' gallery
	is failure 'needs it ACTIVE or UPDATING' table
	doctor 1 --expect-account 111122223333
	is failure 'belong to account 123456789012, not to 111122223333' account
	# no more requests to another account's table
	absent scan
	cloud_log >/dev/null
	doctor 1 --expect-account 111122223333 --probe-write
	[[ $(operations) == DescribeTable=1 ]]
}

@test "all missing permissions are named in one run" {
	cloud_set '{"deny": ["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive",
	    "dynamodb:DescribeContinuousBackups", "dynamodb:Scan"]}'
	doctor 1 --probe-write
	for check in table:DescribeTable scan:Scan; do
		is failure "dynamodb:${check#*:} on table TSAGalleryCache is not allowed" "${check%:*}"
		is failure 'ttlsweep doctor --policy purge' "${check%:*}"
	done
	is warning 'dynamodb:DescribeTimeToLive on table TSAGalleryCache is not allowed' ttl
	is warning 'judged as if TTL were on for ttl' ttl
	is warning 'ttlsweep doctor --policy purge' ttl
	is ok 'no sweep needs it' backups
	is warning 'not tested' delete
	# without an entry, which attribute TTL is for is a guess
	cloud_set '{"deny": ["dynamodb:Scan"], "replies": {"DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}}}'
	doctor 1
	is warning "DISABLED: nothing is deleted automatically"$'\n'"turn it on for the attribute that the application writes; ttl is only the default here, and no entry could be read to see it by" ttl
	doctor 1 --ttl-attribute expires
	is warning "turn it on, and it deletes what expires free of charge; it has no undo: aws dynamodb update-time-to-live" ttl
	# what a purge says of it
	cloud_set '{"replies": {}, "deny": ["dynamodb:PartiQLDelete", "dynamodb:DeleteItem"]}'
	run -1 --separate-stderr ttlsweep purge --yes --state any --no-journal
	[[ $stderr == *"access denied: dynamodb:DeleteItem on table TSAGalleryCache is not allowed ("*"); add it to the policy of these credentials"* ]]
	[[ $stderr == *"ttlsweep doctor --policy purge -t TSAGalleryCache --region us-east-1 --endpoint-url "*" prints a policy that allows all it needs; then continue with: ttlsweep purge --yes --state any --no-journal --table TSAGalleryCache --region us-east-1 --endpoint-url $AWS_ENDPOINT_URL_DYNAMODB"* ]]
	[[ $(grep -c 'failed: ' <<<"$stderr") -le 1 || $stderr == *': for the same reason'* ]]
	cloud_set '{"deny": []}'
	run -0 ttlsweep doctor
	[[ ${output//$'\n'/ } == *": nothing was found that would stop a purge, but its deletes were not tested."* ]]
	run -0 ttlsweep doctor --probe-write
	[[ $output == *": nothing would stop a purge."* ]]
	cloud_set '{"deny": ["dynamodb:Scan"]}'
	doctor 1
	is ok ACTIVE table
	absent entries
	cloud_set '{"deny": ["dynamodb:DescribeContinuousBackups"]}'
	doctor
}

@test "--probe-write sends a purge's deletes for a key that does not exist" {
	local type table
	dump --endpoint "$LOCAL_URL" --table TSAGalleryCache >"$BATS_TEST_TMPDIR/before"
	doctor --probe-write
	is ok 'dynamodb:PartiQLDelete' partiql
	is ok 'dynamodb:DeleteItem' delete
	is ok 'dynamodb:BatchGetItem' batch-get
	dump --endpoint "$LOCAL_URL" --table TSAGalleryCache | cmp - "$BATS_TEST_TMPDIR/before"
	cloud_log >"$BATS_TEST_TMPDIR/log"
	jq -se 'map(select(.action == "PartiQLDelete" or .action == "DeleteItem"))
	    | length == 2 and (.[0].body.Statements | length == 1
		and (.[0].Statement | startswith("DELETE FROM \"TSAGalleryCache\" WHERE \"key\"=? AND \"ttl\" <"))
		and (.[0].Parameters[1] == {"N": "-9.9999999999999999999999999999999999999E+125"}))
	    and .[1].body.ConditionExpression == "#t < :a"' "$BATS_TEST_TMPDIR/log"
	cloud_set '{"deny": ["dynamodb:PartiQLDelete"]}'
	doctor --probe-write
	is warning 'a purge deletes one by one' partiql
	is ok '' delete
	cloud_set '{"deny": ["dynamodb:DeleteItem"]}'
	doctor --probe-write
	is ok '' partiql
	is warning 'dynamodb:DeleteItem on table TSAGalleryCache is not allowed' delete
	cloud_set '{"deny": ["dynamodb:DeleteItem", "dynamodb:BatchExecuteStatement"]}'
	doctor 1 --probe-write
	is failure 'not allowed' partiql
	is failure 'ttlsweep doctor --policy purge' delete
	cloud_set '{"deny": ["dynamodb:BatchGetItem"]}'
	doctor 1 --probe-write
	is ok '' delete
	is failure 'ttlsweep doctor --policy purge' batch-get
	cloud_set '{"deny": []}'
	for type in SS SN SB NS NN NB BS BN BB; do
		table=probe$type
		new_keys "$table" "$type"
		doctor -t "$table" --probe-write
		is ok 'allowed' partiql
		is ok 'allowed' delete
		is ok 'allowed' batch-get
	done
	# a TTL attribute that is a key
	doctor -t "$table" --probe-write --ttl-attribute key
	is ok 'allowed' partiql
	is ok 'allowed' delete
}

@test "a failure ends the checks that depend on it" {
	AWS_REGION='' AWS_DEFAULT_REGION='' doctor 1 --endpoint-url https://dynamodb.example.com
	is failure 'no region' configuration
	[[ $(jq '.checks | length' "$json") -eq 1 ]]
	AWS_PROFILE=nosuch doctor 1
	is failure '"nosuch"' configuration
	AWS_CA_BUNDLE=/nonexistent doctor 1
	is failure '/nonexistent' configuration
	AWS_ACCESS_KEY_ID='' doctor 1
	is ok "answers in" endpoint
	is ok "the service's" clock
	is failure "no credentials; do one of: " credentials
	absent table
	AWS_SECRET_ACCESS_KEY=another doctor 1
	is failure 'InvalidSignatureException' table
	absent scan
	doctor 1 --endpoint-url http://127.0.0.1:1
	is failure 'does not answer' endpoint
	is failure 'check the address, and that a server is listening there' endpoint
	run -1 grep 'the region name' "$json"
	is ok 'account 123456789012' identity
	absent table
	# a port without TLS
	doctor 1 --endpoint-url "https://${CLOUD_URL#http://}"
	is failure 'AWS_CA_BUNDLE' endpoint
	https_proxy=http://ann:secret@127.0.0.1:1 doctor 1 --endpoint-url https://dynamodb.example.invalid
	is failure 'the proxy in https_proxy' endpoint
	run -1 grep ann:secret "$json"
	doctor 1 -t TSAGalleryCach
	is failure 'not found in region us-east-1' table
	is failure 'similar name' table
	doctor 1 --stack TSAGallery
	is failure 'stack TSAGallery: not found' stack
	absent table
}

@test "an assumed region is reported" {
	doctor
	run -1 jq -e '.checks[0].text | contains("assumed")' "$json"
	AWS_REGION='' AWS_DEFAULT_REGION='' doctor
	is ok 'region us-east-1 (assumed: none is set' configuration
}

@test "an STS that cannot be reached is not a failure" {
	for kind in 403 garbage html 500; do
		cloud_set '{"fail": {"GetCallerIdentity": ["'$kind'!"]}}'
		doctor
		is warning 'only this check needs STS' identity
		is ok ACTIVE table
	done
	AWS_ENDPOINT_URL_STS=http://127.0.0.1:1 doctor
	is warning 'http://127.0.0.1:1' identity
	# AWS is not asked about a server on this machine
	AWS_ENDPOINT_URL='' AWS_ENDPOINT_URL_DYNAMODB=$LOCAL_URL doctor
	is ok 'not checked: on a local server, every account is 000000000000' identity
}

@test "a TTL status that cannot be read is unknown, not DISABLED" {
	local t why
	t=$(new_table unknown)
	seed --endpoint "$LOCAL_URL" --table "$t" --now "$NOW" --case past=20 \
	    --case future=5 --case milliseconds-past=3
	unknown() {
		run -0 --separate-stderr ttlsweep inspect -t "$t" --now "$NOW" --format json
		jq -e '(has("ttl_status") | not) and .states.pending.items == 20
		    and .states.live.items == 5 and .states.stuck.items == 3
		    and .purge.items == 23 and (.purge | has("free_by_ttl") | not)
		    and ([.reasons[].reason] | index("ttl-off") | not)' <<<"$output"
		[[ $stderr == *"TTL status unknown: $why"*"judged as if TTL were on for ttl"* ]]
		ttlsweep inspect -t "$t" --now "$NOW" --format json -q >"$BATS_TEST_TMPDIR/report"
		run -0 --separate-stderr ttlsweep inspect --merge --format json "$BATS_TEST_TMPDIR/report"
		jq -e '(has("ttl_status") | not) and (.purge | has("free_by_ttl") | not)' <<<"$output"
		run -0 --separate-stderr ttlsweep inspect -t "$t" --now "$NOW"
		[[ $output == *"TTL status unknown (taken to be on)"*"If TTL is on for ttl, it will delete 20 of the"* ]]
		[[ $output != *DISABLED* && $output != *"TTL is off"* ]]
		run -0 --separate-stderr ttlsweep purge -t "$t" --now "$NOW" --format json
		jq -e '.matched == 23 and (has("free_by_ttl") | not)' <<<"$output"
		run -0 --separate-stderr ttlsweep purge -t "$t" --now "$NOW"
		[[ $output == *"If TTL is on for ttl, it will delete 20 of them"* ]]
		doctor -t "$t" --now "$NOW"
		is warning "status unknown: $why" ttl
		is ok "TTL, if it is on, would delete 20" cost
	}
	cloud_set '{"deny": ["dynamodb:DescribeTimeToLive"]}'
	why='access denied: dynamodb:DescribeTimeToLive on table'
	unknown
	cloud_set '{"deny": [], "replies": {"DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "PONDERING"}}}}'
	why='DescribeTimeToLive answered "PONDERING"'
	unknown
	cloud_set '{"replies": {"DescribeTimeToLive": {}}}'
	why='DescribeTimeToLive answered without a status'
	unknown
	# with another attribute than the table's, expired entries are stuck
	for word in ENABLED PONDERING; do
		cloud_set "{\"replies\": {\"DescribeTimeToLive\": {\"TimeToLiveDescription\":
		    {\"TimeToLiveStatus\": \"$word\", \"AttributeName\": \"other\"}}}}"
		run -0 --separate-stderr ttlsweep inspect -t "$t" --now "$NOW" --ttl-attribute ttl --format json
		jq -e '.states.pending.items == 0 and .states.stuck.items == 23
		    and .table_ttl_attribute == "other"
		    and (.reasons[] | select(.reason == "ttl-off" and .state == "stuck").items == 20)' <<<"$output"
		run -0 --separate-stderr ttlsweep inspect -t "$t" --now "$NOW" --ttl-attribute ttl
		[[ $output == *"TTL acts on other, not on ttl"* ]]
	done
	# with DISABLING TTL is off, with ENABLING it is on
	for word in DISABLING DISABLED ENABLING; do
		cloud_set "{\"replies\": {\"DescribeTimeToLive\": {\"TimeToLiveDescription\":
		    {\"TimeToLiveStatus\": \"$word\", \"AttributeName\": \"ttl\"}}}}"
		run -0 --separate-stderr ttlsweep inspect -t "$t" --now "$NOW" --format json
		jq -e --arg s $word '.ttl_status == $s and .states.pending.items == (if $s == "ENABLING" then 20 else 0 end)' <<<"$output"
	done
}

@test "a wrong clock is a warning, then a failure" {
	cloud_set '{"clock": 35}' # fine up to 5 s, refused from 60 s on
	doctor
	is warning "s behind the service's" clock
	is warning 'timedatectl set-ntp true' clock
	# a busy machine may take half a minute
	cloud_set '{"clock": -7230}'
	doctor 1
	is failure "2 h ahead of the service's" clock
	is ok ACTIVE table
	is failure 'purge --yes refuses' clock
	# --now is allowed if it is in the past by both clocks
	doctor 1 --now "$NOW"
	is failure '--now is in the future' now
	doctor --now "$((NOW - 7300))"
	is warning "2 h ahead of the service's" clock
	absent now
}

@test "the cost is that of a purge with the same options" {
	local t
	t=$(new_table cost)
	seed --endpoint "$LOCAL_URL" --table "$t" --now "$NOW" --kind session \
	    --case past=20 --case too-old=7 >/dev/null
	doctor -t "$t" --now "$NOW"
	is ok '27 entries are expired; purging them takes' cost
	# a segment costs at least half a read unit, even an empty one
	jq -e '[.checks[] | select(.check == "cost").text | capture("units, and up to (?<n>[0-9]+) read units to find them").n | tonumber][0] >= 16' "$json"
	doctor -t "$t" --now "$NOW" --segments 2
	jq -e '[.checks[] | select(.check == "cost").text | capture("and up to (?<n>[0-9]+) read units? to find them").n | tonumber][0] | . >= 1 and . < 16' "$json"
	doctor -t "$t" --now "$NOW" --overdue 4000w
	is ok 'nothing has been expired for 28000 d or more' cost
	doctor -t "$t" --now "$NOW" --overdue 250w
	is ok 'entries have been expired for 1750 d or more; purging them takes' cost
	jq -e '[.checks[] | select(.check == "cost").text | capture("^(?<n>[0-9]+)").n | tonumber][0] | . >= 7 and . < 27' "$json"
}

@test "the journal's directory is checked" {
	XDG_STATE_HOME=/dev/full doctor 1
	is failure '--journal-dir' journal
	mkdir -m 777 "$BATS_TEST_TMPDIR/ttlsweep"
	XDG_STATE_HOME=$BATS_TEST_TMPDIR doctor 1
	is failure 'everyone may write there' journal
}

@test "--journal and --journal-dir are checked as a purge does" {
	local before
	# nobody can create files there
	XDG_STATE_HOME=/dev/null/nope doctor 1
	is failure '/dev/null/nope/ttlsweep: Not a directory' journal
	is failure 'name another with --journal-dir' journal
	jq -e '.checks[] | select(.check == "journal") | has("fix") | not' "$json"
	XDG_STATE_HOME=/dev/null/nope doctor --journal-dir "$BATS_TEST_TMPDIR/a/b"
	is ok "in $BATS_TEST_TMPDIR/a/b (a purge creates it), " journal
	[[ ! -e $BATS_TEST_TMPDIR/a ]]
	XDG_STATE_HOME=/dev/null/nope doctor --journal "$BATS_TEST_TMPDIR/x.journal"
	is ok "$BATS_TEST_TMPDIR/x.journal, " journal
	XDG_STATE_HOME=/dev/null/nope doctor --no-journal
	is warning 'could not be undone' journal
	: >"$BATS_TEST_TMPDIR/x.journal"
	doctor 1 --journal "$BATS_TEST_TMPDIR/x.journal"
	is failure 'file exists' journal
	# a link is not a new file, wherever it points
	local to what
	mkdir "$BATS_TEST_TMPDIR/dir"
	for to in nowhere dir x.journal; do
		ln -sfn "$to" "$BATS_TEST_TMPDIR/link"
		what='file exists'
		[[ $to != dir ]] || what='a directory'
		doctor 1 --journal "$BATS_TEST_TMPDIR/link"
		is failure "$what" journal
		run -2 ttlsweep purge -t TSAGalleryCache --yes --journal "$BATS_TEST_TMPDIR/link"
		[[ $output == *"$what"* ]]
	done
	doctor 1 --journal-dir /dev/null/nope
	is failure '/dev/null/nope: Not a directory' journal
	doctor -t mixed --journal-dir "$BATS_TEST_TMPDIR"
	is warning "ttlsweep repair --journal-dir $BATS_TEST_TMPDIR --table mixed" entries
	CACHETABLE=mixed doctor
	is warning "ttlsweep repair --table mixed --region us-east-1" entries
	# no command with a journal that would be refused
	doctor 1 -t mixed --journal "$BATS_TEST_TMPDIR/x.journal"
	is warning "ttlsweep repair --table mixed --region us-east-1" entries
	# it leaves no files behind
	before=$(ls -A "$BATS_TEST_TMPDIR")
	doctor --journal-dir "$BATS_TEST_TMPDIR"
	[[ $(ls -A "$BATS_TEST_TMPDIR") == "$before" ]]
	run -2 ttlsweep doctor --policy purge --journal-dir /tmp
}

@test "text at any width, with -q, and to a full disk" {
	local width
	for width in 80 40; do
		COLUMNS=$width run ttlsweep doctor -t mixed
		[[ $status -eq 0 && $output != *$'\e'* ]]
		[[ $output == 'Table mixed'$'\n\nAccess\n'* ]]
		[[ $output == *'No failures, 2 warnings'*'--probe-write'* ]]
		# commands are not wrapped, nor words longer than a line
		run -1 grep -vE " (aws|ttlsweep) |^ *[^ ]+$|^.{0,$width}\$" <<<"$output"
	done
	run ttlsweep doctor -q -t mixed
	[[ $status -eq 0 && $(grep -c '^  [a-z]' <<<"$output") -eq 2 && $output != *Access* ]]
	run ttlsweep doctor -q
	[[ $status -eq 0 && $output == '' ]]
	COLUMNS=80 ttlsweep doctor --color always | grep -q $'\e\[32mok\e\[m'
	LC_ALL=C run ttlsweep doctor -t mixed
	[[ $output == *'-> '* ]]
	LC_ALL=C run -1 grep '[^ -~]' <<<"$output"
	LC_ALL=C run -0 ttlsweep doctor --format json --journal-dir "$BATS_TEST_TMPDIR/ö"
	LC_ALL=C run -1 grep '[^ -~]' <<<"$output"
	run -1 bash -c '"$TTLSWEEP" doctor >/dev/full'
}

@test "no secret is printed" {
	local secret=hemligt/+=1234 token=geheim/+=5678
	cloud_set '{"secret_key": "'$secret'", "session_token": "'$token'"}'
	export AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=$token
	for line in '-vv' '-vv --probe-write --expect-account 000000000000' '-vv --format json' '-vv --policy purge'; do
		# shellcheck disable=SC2086
		ttlsweep doctor $line >>"$BATS_TEST_TMPDIR/out" 2>&1
	done
	cloud_set '{"fail": {"GetCallerIdentity": ["keys!"]}}'
	ttlsweep doctor -vv >>"$BATS_TEST_TMPDIR/out" 2>&1 || :
	# the service's message about a bad signature quotes the request
	cloud_set '{"fail": {}}'
	AWS_SECRET_ACCESS_KEY=other ttlsweep doctor -vv \
	    >>"$BATS_TEST_TMPDIR/out" 2>&1 || :
	grep -q 'does not match the signature' "$BATS_TEST_TMPDIR/out"
	cloud_set '{"secret_key": "testsecret", "session_token": null}'
	run -1 grep -e hemligt -e geheim -e Canonical "$BATS_TEST_TMPDIR/out"
	grep -q 'GetCallerIdentity\|Scan: try' "$BATS_TEST_TMPDIR/out"
}

# policy USE OPTION...: the policy in $json; each of its actions exists
policy() {
	json=$BATS_TEST_TMPDIR/policy
	ttlsweep doctor --policy "$@" >"$json"
	jq -e --slurpfile known "$BATS_FILE_TMPDIR/actions" '
	    keys == ["Statement", "Version"] and .Version == "2012-10-17"
	    and (.Statement | length > 0 and all(
		keys == ["Action", "Effect", "Resource", "Sid"]
		and .Effect == "Allow" and (.Sid | test("^[A-Za-z0-9]+$"))
		and (.Resource | test("^arn:aws[a-z-]*:(dynamodb|cloudformation):[a-z0-9-]+:[^:*]+:(table|stack)/[^*]+(/[*])?$"))
		and .Action == (.Action | unique) and .Action - $known[0] == []))' \
	    "$json" >/dev/null || { cat "$json"; return 1; }
}

@test "--policy names the existing table" {
	for use in read purge restore repair; do
		policy "$use"
		jq -e '.Statement | length == 1 and .[0].Resource ==
		    "arn:aws:dynamodb:ddblocal:000000000000:table/TSAGalleryCache"' "$json"
	done
	cloud_set '{"stacks": {"TSAGallery": {"resources": [{"logical": "DynamoDBCache", "physical": "mixed"}]}}}'
	policy purge --stack TSAGallery
	jq -e '.Statement | map(.Resource) == ["arn:aws:dynamodb:us-east-1:123456789012:table/mixed",
	    "arn:aws:cloudformation:us-east-1:123456789012:stack/TSAGallery/*"]' "$json"
	# a table that does not exist yet
	policy read -t nosuch
	jq -e '.Statement[0].Resource == "arn:aws:dynamodb:us-east-1:123456789012:table/nosuch"' "$json"
}

@test "--policy needs neither network nor credentials" {
	export AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_ACCESS_KEY_ID=''
	policy purge --expect-account 123456789012 --region cn-north-1 -t tab
	jq -e '.Statement[0].Resource == "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/tab"' "$json"
	[[ $(cloud_log) == '' ]]
	policy purge -t arn:aws:dynamodb:eu-west-1:123456789012:table/other
	jq -e '.Statement[0].Resource == "arn:aws:dynamodb:eu-west-1:123456789012:table/other"' "$json"
	for table in '*' 'a*' 'a/b' 'arn:aws:dynamodb:*:123456789012:table/t' \
	    'arn:aws:dynamodb:us-east-1:123456789012:table/*' 'arn:aws:s3:::b'; do
		run -2 --separate-stderr ttlsweep doctor --policy purge -t "$table" \
		    --expect-account 123456789012
		[[ $output == '' ]]
	done
	run -1 --separate-stderr ttlsweep doctor --policy purge --expect-account 111122223333 \
	    -t arn:aws:dynamodb:eu-west-1:123456789012:table/other
	[[ $stderr == *'not to 111122223333'* && $output == '' ]]
	run --separate-stderr ttlsweep doctor --policy purge
	[[ $status -eq 0 && $output == *'arn:aws:dynamodb:us-east-1:${Account}:table/TSAGalleryCache'* ]]
	[[ $stderr == *'no credentials'*'replace ${Account} by its number'*'--expect-account'* ]]
	for line in '--policy all' '--policy purge --format json' '--policy purge --probe-write'; do
		# shellcheck disable=SC2086
		run ttlsweep doctor $line
		[[ $status -eq 2 ]]
	done
}

# allow_only USE: the server allows only what the policy says
allow_only() {
	local all='["BatchGetItem", "BatchWriteItem", "DeleteItem", "DescribeTable",
	    "DescribeTimeToLive", "ExecuteStatement", "GetItem", "ListTables", "PartiQLDelete",
	    "PartiQLInsert", "PutItem", "Query", "Scan", "TransactWriteItems", "UpdateItem"]'
	policy "$1" -t sweep
	cloud_set "$(jq -c --argjson all "$all" '{"deny": (($all
	    | map("dynamodb:" + .)) - .Statement[0].Action)}' "$json")"
	cloud_log >/dev/null
}

# Actions that a policy grants and no request needed.
unused() {
	cloud_log | jq -sr --slurpfile policy "$json" '
	    (map(select(.body) | .action) | unique
	    | map("dynamodb:" + .)) as $used
	    | ($policy[0].Statement[0].Action - $used) | join(" ")'
}

@test "--policy allows what is needed and no more" {
	local dir=$BATS_TEST_TMPDIR
	seed --endpoint "$LOCAL_URL" --table sweep --now "$NOW" --case past=30 \
	    --case milliseconds-past=10 --case future=5
	dump --endpoint "$LOCAL_URL" --table sweep >"$dir/before"
	allow_only read
	ttlsweep inspect -t sweep >/dev/null
	ttlsweep export -t sweep -o "$dir/all.json"
	ttlsweep list -t sweep --reveal --format csv --limit 3 >"$dir/keys.csv"
	ttlsweep list -t sweep --keys-from "$dir/keys.csv" >/dev/null
	ttlsweep show -t sweep "$(ttlsweep list -t sweep --reveal --columns key --no-headings --limit 1)" >/dev/null
	allow_only repair
	ttlsweep repair -t sweep --now "$NOW" --yes --journal "$dir/repair"
	allow_only restore
	ttlsweep restore -t sweep --yes "$dir/repair"
	allow_only purge
	ttlsweep purge -t sweep --now "$NOW" --yes --journal "$dir/one"
	[[ $(unused) == 'dynamodb:BatchGetItem dynamodb:DeleteItem' ]]
	allow_only restore
	ttlsweep restore -t sweep --yes "$dir/one"
	[[ $(unused) != *PartiQLInsert* ]]
	allow_only purge
	ttlsweep purge -t sweep --now "$NOW" --yes --batch single --journal "$dir/two"
	allow_only restore
	cloud_set '{"deny": ["dynamodb:BatchGetItem"]}'
	run -1 --separate-stderr ttlsweep restore -t sweep "$dir/two"
	[[ $stderr == *"dynamodb:BatchGetItem"*"; a dry run needs it to look which keys are in use, a run only after a lost reply"* ]]
	cloud_set '{"deny": ["dynamodb:PartiQLInsert"]}'
	run -0 ttlsweep restore -t sweep --yes "$dir/two"
	[[ $output == *'batched puts (PartiQL) are not available here (dynamodb:PartiQLInsert is not allowed); continuing with one conditional PutItem per entry'* ]]
	dump --endpoint "$LOCAL_URL" --table sweep | cmp - "$dir/before"
}
