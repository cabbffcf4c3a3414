#!/usr/bin/env bats
# The main job from end to end, on many mixed entries, against both servers:
# inspect reports what is there, export writes all of it, purge deletes what
# expired, and restore puts it back. The tests of one server depend on each
# other.

load lib/common

# Long past, so that purge accepts it; TTL stays off, or DynamoDB Local would
# delete entries itself.
NOW=1795000000
# 20 000 in make soak: most of the time is spent in the independent count.
ENTRIES=${ENTRIES:-3000}

setup_file() {
	start_local
	start_dynalite
	TABLE=$(new_table main)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed "$ENTRIES" \
	    --now "$NOW" --max-size 8000 &
	seed --endpoint "$DYNALITE_URL" --table "$TABLE" --mixed "$ENTRIES" \
	    --now "$NOW" --max-size 8000
	wait $!
}

teardown_file() { stop_servers; }

setup() {
	case $BATS_TEST_DESCRIPTION in
	*dynalite*) URL=$DYNALITE_URL ;;
	*) URL=$LOCAL_URL ;;
	esac
	export AWS_ENDPOINT_URL_DYNAMODB=$URL
	SIDE=$BATS_FILE_TMPDIR/${URL##*:}
	mkdir -p "$SIDE"
}

same_as_counted() {
	ttlsweep inspect -t "$TABLE" --now "$NOW" --format json >"$SIDE/report"
	count --boto3 --endpoint "$URL" --table "$TABLE" --now "$NOW" \
	    >"$SIDE/count"
	"$PYTHON" "$ROOT/tests/lib/same_report.py" "$SIDE/report" "$SIDE/count"
	jq -e --argjson n "$ENTRIES" '.complete and .scanned.items == $n' \
	    "$SIDE/report"
}

exported() {
	ttlsweep export -t "$TABLE" -o "$SIDE/export.json"
	dump --items "$SIDE/export.json" >"$SIDE/exported"
	dump --boto3 --endpoint "$URL" --table "$TABLE" >"$SIDE/before"
	cmp "$SIDE/exported" "$SIDE/before"
}

dry_run() {
	ttlsweep purge -t "$TABLE" --now "$NOW" --format json >"$SIDE/dry"
	dump --endpoint "$URL" --table "$TABLE" | cmp - "$SIDE/before"
	jq -e --slurpfile count "$SIDE/count" '
	    .executed == false and .matched == .skipped and .deleted == 0
	    and .matched == $count[0].purge.items
	    and .write_units == $count[0].purge.write_units' "$SIDE/dry"
	# not even a journal
	run ls "$XDG_STATE_HOME/ttlsweep"
	[[ $output != *"$TABLE"* || $URL == "$DYNALITE_URL" ]]
}

purged() {
	ttlsweep purge -t "$TABLE" --now "$NOW" --yes --format json \
	    --journal "$SIDE/purge.journal" >"$SIDE/purge"
	jq -e --slurpfile dry "$SIDE/dry" '.executed
	    and .matched == $dry[0].matched and .deleted == .matched
	    and .matched == .deleted + .refreshed + .gone + .failed + .skipped
	    and .unconfirmed == 0 and .stopped == null' "$SIDE/purge"
	dump --endpoint "$URL" --table "$TABLE" >"$SIDE/after"
	# exactly the expired ones, judged by the independent count
	count --endpoint "$URL" --table "$TABLE" --now "$NOW" >"$SIDE/left"
	jq -e --slurpfile was "$SIDE/count" '
	    .states.pending.items == 0 and .states.stuck.items == 0
	    and .states.live == $was[0].states.live
	    and .states.immortal == $was[0].states.immortal' "$SIDE/left"
	# what was deleted is in the journal, byte for byte
	ttlsweep export -i "$SIDE/purge.journal" -o "$SIDE/gone.json"
	dump --items "$SIDE/gone.json" >"$SIDE/gone"
	sort "$SIDE/after" "$SIDE/gone" | cmp - <(sort "$SIDE/before")
	[[ $(stat -c %a "$SIDE/purge.journal") == 600 ]]
}

restored() {
	ttlsweep restore -t "$TABLE" "$SIDE/purge.journal" --format json \
	    >"$SIDE/dry-restore"
	dump --endpoint "$URL" --table "$TABLE" | cmp - "$SIDE/after"
	ttlsweep restore -t "$TABLE" "$SIDE/purge.journal" --yes \
	    --format json >"$SIDE/restore"
	jq -e --slurpfile purge "$SIDE/purge" '
	    .matched == .restored + .present + .failed + .skipped
	    and .restored == $purge[0].deleted' "$SIDE/restore"
	dump --endpoint "$URL" --table "$TABLE" | cmp - "$SIDE/before"
	# a second time everything is present
	ttlsweep restore -t "$TABLE" "$SIDE/purge.journal" --yes \
	    --format json | jq -e '.restored == 0 and .present == .matched'
}

@test "inspect counts what boto3 counts (DynamoDB Local)" { same_as_counted; }
@test "inspect counts what boto3 counts (dynalite)" { same_as_counted; }
@test "export writes what boto3 scans (DynamoDB Local)" { exported; }
@test "export writes what boto3 scans (dynalite)" { exported; }
@test "purge without --yes changes nothing (DynamoDB Local)" { dry_run; }
@test "purge without --yes changes nothing (dynalite)" { dry_run; }
@test "purge deletes exactly the expired entries (DynamoDB Local)" { purged; }
@test "purge deletes exactly the expired entries (dynalite)" { purged; }
@test "restore puts back the whole table (DynamoDB Local)" { restored; }
@test "restore puts back the whole table (dynalite)" { restored; }

@test "inspect counts right with TTL on and --now years ahead (DynamoDB Local)" {
	local table now=$(($(date +%s) + 300000000))
	table=$(new_table ahead)
	seed --endpoint "$URL" --table "$table" --mixed 3000 --now "$now" \
	    --ttl on
	# again, if TTL deleted something in between
	for tries in 1 2 3 4 5; do
		[[ $tries -lt 5 ]]
		ttlsweep inspect -t "$table" --now "$now" --format json >"$SIDE/report"
		count --endpoint "$URL" --table "$table" --now "$now" >"$SIDE/count"
		! "$PYTHON" "$ROOT/tests/lib/same_report.py" "$SIDE/report" "$SIDE/count" || break
	done
	jq -e '.ttl_status == "ENABLED" and .states.pending.items > 0' \
	    "$SIDE/report"
}

@test "keys of type N and B with sort keys are purged and restored (DynamoDB Local)" {
	local table keys sort
	# formats.bats has all pairs of types
	for keys in SN SB N NS B BB; do
		table=$(new_table "k$keys") sort=${keys:1}
		seed --endpoint "$URL" --table "$table" --mixed 300 \
		    --now "$NOW" --key-type "${keys:0:1}" \
		    ${sort:+--sort-key --sort-type "$sort"}
		dump --endpoint "$URL" --table "$table" >"$SIDE/k0"
		ttlsweep purge -t "$table" --now "$NOW" --yes \
		    --state any --journal "$SIDE/$table" --format json |
		    jq -e '.deleted == .matched and .matched == 300'
		[[ $(ttlsweep inspect -t "$table" --format json | jq .scanned.items) == 0 ]]
		ttlsweep restore -t "$table" --yes "$SIDE/$table"
		dump --endpoint "$URL" --table "$table" | cmp - "$SIDE/k0"
	done
}

@test "every command accepts an empty table (DynamoDB Local)" {
	local table
	table=$(new_table empty)
	seed --endpoint "$URL" --table "$table" --mixed 0 --now "$NOW"
	ttlsweep inspect -t "$table" --format json |
	    jq -e '.complete and .scanned.items == 0 and .overdue == {"histogram":[]}'
	run -0 --separate-stderr ttlsweep export -t "$table"
	[[ -z $output ]]
	ttlsweep purge -t "$table" --yes --format json |
	    jq -e '.matched == 0 and .stopped == null'
	[[ -z $(ls "$XDG_STATE_HOME/ttlsweep" 2>/dev/null | grep "$table") ]]
}
