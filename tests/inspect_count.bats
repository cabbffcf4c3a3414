# The report is compared with an independent count, field by field, for tables
# of all key types with all kinds of broken entries.

load lib/common

setup_file() { start_local; start_dynalite; export NOW=$(($(date +%s) + 86400 * 3650)); }
teardown_file() { stop_servers; }

# same ENDPOINT SEED-OPTION...: seed, count and inspect agree. --now is years
# ahead, so TTL deletes little; if it did so between them, they are run again.
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

@test "inspect counts string keys with TTL on" { same "$LOCAL_URL" --ttl on; }
@test "inspect counts string keys with TTL off" { same "$LOCAL_URL"; }
@test "inspect counts by another TTL attribute" { same "$LOCAL_URL" --ttl on --ttl-attribute expires; }
@test "inspect counts number keys" { same "$LOCAL_URL" --ttl on --key-type N; }
@test "inspect counts binary keys" { same "$LOCAL_URL" --ttl on --key-type B; }
@test "inspect counts string sort keys" { same "$LOCAL_URL" --ttl on --sort-key --sort-type S; }
@test "inspect counts number keys with number sort keys" { same "$LOCAL_URL" --ttl on --key-type N --sort-key when --sort-type N; }
@test "inspect counts binary keys with binary sort keys" { same "$LOCAL_URL" --ttl on --key-type B --sort-key --sort-type B; }
@test "inspect counts a table of dynalite" { same "$DYNALITE_URL"; }

@test "a table whose TTL is on an attribute that its entries lack is reported" {
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
	# what was not read is not said to be missing
	run -0 ttlsweep inspect -t "$table" --color never --no-sizes
	output=${output//$'\n '/}
	[[ $output == *"Other attributes were not read (--no-sizes)"* ]]
	[[ $output != *"No other attribute"* && $output != *--ttl-for-missing* ]]
	run -0 ttlsweep inspect -t "$table" --color never
	# the suggested command reports the rest
	command=$(grep -o 'ttlsweep inspect .*--ttl-attribute expires$' <<<"$output")
	eval "run -0 $command"
	[[ $output == *"TTL acts on ttl, not on expires."* ]]
	[[ ${output//$'\n '/} == *"If the application writes expires now, move TTL to expires, and all 20 expired entries"* ]]
	[[ $output != *"TTL is off"* ]]
	[[ $(grep -c "    aws .* --region us-east-1 --endpoint-url $LOCAL_URL" <<<"$output") == 2 ]]
}
