#!/usr/bin/env bats
# Purge and restore over a road that throttles, cuts, garbles and resets, on
# both servers: tests/lib/faults.py says what has to hold. `make soak` plays
# more seeds.

load lib/common
load lib/road

NOW=1795000000

setup_file() {
	start_local
	start_dynalite
}

teardown_file() { stop_servers; }
teardown() { stop_servers; } # the road that the test started

faults() {
	"$PYTHON" "$ROOT/tests/lib/faults.py" --local "$LOCAL_URL" \
	    --dynalite "$DYNALITE_URL" --dir "$BATS_TEST_TMPDIR" \
	    --at-once 6 "$@"
}

@test "each kind of fault by itself" { faults --each; }
@test "all kinds of faults, 10 seeds" { faults --seeds 1-10; }
@test "few tries: what fails is told, and restored, 10 seeds" {
	faults --rough --seeds 1-10
}

@test "without --yes nothing that writes is sent" {
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
	# and the road does see what writes
	ttlsweep purge -t "$table" --now "$NOW" --yes --journal "$journal"
	road GET counts | jq -e '.writes > 0 and .write_units > 60'
}

@test "a hot key range rests; the others go on at their pace" {
	local table log=$BATS_TEST_TMPDIR/log
	table=$(new_table hot)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 200 --now "$NOW"
	start_road "$LOCAL_URL" --log "$log"
	road PUT set '{"hot":[0,2]}'
	AWS_ENDPOINT_URL_DYNAMODB=$ROAD_URL ttlsweep inspect -t "$table" \
	    --segments 4 --jobs 1 --format json >"$BATS_TEST_TMPDIR/report"
	jq -e '.scanned.items == 200 and .scanned.retries == 2 and .complete' \
	    "$BATS_TEST_TMPDIR/report"
	# what it read and what was refused, in order
	run jq -rs 'map(select(.operation == "Scan") |
	    "\(.segment)\(.fault // "" | .[:1])") | join(" ")' "$log"
	[[ $output == "0h 2 1 3 0h 0" ]]
}

@test "the pace holds over any five seconds" {
	"$PYTHON" "$ROOT/tests/lib/pace.py" --server "$LOCAL_URL"
}
