#!/usr/bin/env bats
# Purge and restore through a proxy ("road") that throttles, truncates, garbles
# and resets, on both servers: tests/lib/faults.py says what must hold. `make
# soak` runs more seeds.

load lib/common
load lib/road

NOW=1795000000

setup_file() {
	start_local
	start_dynalite
}

teardown_file() { stop_servers; }
teardown() { stop_servers; } # the proxy that the test started

faults() {
	"$PYTHON" "$ROOT/tests/lib/faults.py" --local "$LOCAL_URL" \
	    --dynalite "$DYNALITE_URL" --dir "$BATS_TEST_TMPDIR" \
	    --at-once 6 "$@"
}

@test "purge and restore survive each kind of fault on its own" { faults --each; }
@test "purge and restore survive all kinds of faults (10 seeds)" { faults --seeds 1-10; }
@test "with few attempts, failures are reported and restored (10 seeds)" {
	faults --rough --seeds 1-10
}

@test "without --yes no write is sent" {
	local table journal=$BATS_TEST_TMPDIR/journal
	table=$(new_table dry)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 200 --now "$NOW"
	dump --endpoint "$LOCAL_URL" --table "$table" >"$BATS_TEST_TMPDIR/before"
	start_road "$LOCAL_URL"
	export AWS_ENDPOINT_URL_DYNAMODB=$ROAD_URL
	ttlsweep purge -t "$table" --now "$NOW"
	run -4 ttlsweep purge -t "$table" --now "$NOW" --state any \
	    --batch single --max-items 3 --journal "$journal"
	ttlsweep repair -t "$table" --now "$NOW" --ttl-for-missing 1d
	ttlsweep export -t "$table" -o "$BATS_TEST_TMPDIR/export.json"
	ttlsweep restore -t "$table" "$BATS_TEST_TMPDIR/export.json"
	road GET counts | jq -e '.writes == 0 and .write_units == 0 and
	    (.operations | keys - ["BatchGetItem", "DescribeTable", "DescribeTimeToLive",
	    "Scan"]) == []'
	[[ ! -e $journal ]]
	dump --endpoint "$LOCAL_URL" --table "$table" |
	    cmp - "$BATS_TEST_TMPDIR/before"
	# the proxy does see writes
	ttlsweep purge -t "$table" --now "$NOW" --yes --journal "$journal"
	road GET counts | jq -e '.writes > 0 and .write_units > 60'
}

@test "a hot key range is left alone while the others are read" {
	local table log=$BATS_TEST_TMPDIR/log
	table=$(new_table hot)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 200 --now "$NOW"
	start_road "$LOCAL_URL" --log "$log"
	road PUT set '{"hot":[0,2]}'
	AWS_ENDPOINT_URL_DYNAMODB=$ROAD_URL ttlsweep inspect -t "$table" \
	    --segments 4 --jobs 1 --format json >"$BATS_TEST_TMPDIR/report"
	jq -e '.scanned.items == 200 and .scanned.retries == 2 and .complete' \
	    "$BATS_TEST_TMPDIR/report"
	# segments read, and refused (h), in order
	run jq -rs 'map(select(.operation == "Scan") |
	    "\(.segment)\(.fault // "" | .[:1])") | join(" ")' "$log"
	[[ $output == "0h 2 1 3 0h 0" ]]
}

@test "the pace is kept over any five seconds" {
	"$PYTHON" "$ROOT/tests/lib/pace.py" --server "$LOCAL_URL"
}
