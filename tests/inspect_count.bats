# The report against an independent count, field by field, for tables of
# every key type with every kind of trouble in them.

load lib/common

setup_file() { start_local; start_dynalite; export NOW=$(($(date +%s) + 86400 * 3650)); }
teardown_file() { stop_servers; }

# same ENDPOINT SEED-OPTION...: seed, count and inspect agree. --now lies
# years ahead, and TTL has little to delete; where it did so in between, they
# are asked again.
same()
{
	local endpoint=$1 table
	shift
	table=$(new_table count)
	seed --endpoint "$endpoint" --table "$table" --mixed 400 --now "$NOW" "$@"
	for _ in 1 2 3 4; do
		count --endpoint "$endpoint" --table "$table" --now "$NOW" >"$BATS_TEST_TMPDIR/count"
		ttlsweep inspect --endpoint-url "$endpoint" -t "$table" --now "$NOW" --format json >"$BATS_TEST_TMPDIR/report"
		"$PYTHON" "$ROOT/tests/lib/same_report.py" "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/count" && return
	done
	false
}

@test "string keys, TTL on" { same "$LOCAL_URL" --ttl on; }
@test "string keys, TTL off" { same "$LOCAL_URL"; }
@test "another TTL attribute" { same "$LOCAL_URL" --ttl on --ttl-attribute expires; }
@test "number keys" { same "$LOCAL_URL" --ttl on --key-type N; }
@test "binary keys" { same "$LOCAL_URL" --ttl on --key-type B; }
@test "string sort keys" { same "$LOCAL_URL" --ttl on --sort-key --sort-type S; }
@test "number keys, number sort keys" { same "$LOCAL_URL" --ttl on --key-type N --sort-key when --sort-type N; }
@test "binary keys, binary sort keys" { same "$LOCAL_URL" --ttl on --key-type B --sort-key --sort-type B; }
@test "dynalite" { same "$DYNALITE_URL"; }

@test "TTL on another attribute than that of the entries: both sides say so" {
	local table now
	table=$(new_table renamed)
	now=$(date +%s)
	seed --endpoint "$LOCAL_URL" --table "$table" --ttl-attribute expires \
	    --case past=20 --case future=5 --now "$now"
	ddb "$LOCAL_URL" update_time_to_live '{"TableName": "'"$table"'",
	    "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "ttl"}}'
	run -0 ttlsweep inspect -t "$table" --color never
	[[ $output == *"No entry has the TTL attribute ttl: "*"are in expires."* ]]
	[[ $output != *"up to date"* ]]
	# the command that it gives tells the rest
	command=$(grep -o 'ttlsweep inspect .*--ttl-attribute expires$' <<<"$output")
	eval "run -0 $command"
	[[ $output == *"TTL acts on ttl, not on expires."* ]]
	[[ $output == *"Move TTL to expires, and all 20 expired entries"* ]]
	[[ $output != *"TTL is off"* ]]
	[[ $(grep -c "    aws .* --region us-east-1 --endpoint-url $LOCAL_URL" <<<"$output") == 2 ]]
}
