#!/usr/bin/env bats
# Servers, proxies and filters after which nobody knows whether a write happened,
# or which send false replies (tests/tools/road.py): nothing is lost, and restore
# puts everything back.

# shellcheck disable=SC2154 # bats sets $stderr

load lib/common
load lib/road

NOW=1795000000

setup_file() {
	start_local
	start_dynalite
}

teardown_file() { stop_servers; }

# ready [SERVER_URL]: a table of 60 entries to be purged, and a proxy ("road").
ready() {
	SERVER=${1:-$LOCAL_URL}
	TABLE=$(new_table unsure)
	JOURNAL=$BATS_TEST_TMPDIR/$TABLE.journal
	seed --endpoint "$SERVER" --table "$TABLE" --now "$NOW" \
	    --case past=40 --case milliseconds-past=10 --case missing=10
	dump --endpoint "$SERVER" --table "$TABLE" >"$BATS_TEST_TMPDIR/before"
	start_road "$SERVER"
}

# swept STATUS JQ [OPTION...]: purge them through the proxy.
swept() {
	local status=$1 holds=$2
	shift 2
	run -"$status" --separate-stderr ttlsweep purge -t "$TABLE" --yes \
	    --now "$NOW" --state any \
	    --journal "$JOURNAL" --format json --jobs 2 --segments 4 \
	    --endpoint-url "$ROAD_URL" "$@"
	jq -e ".matched == .deleted + .refreshed + .gone + .failed + .skipped
	    and ($holds)" <<<"$output" || {
		echo "$output" "$stderr"
		return 1
	}
}

left() { dump --endpoint "$SERVER" --table "$TABLE" | wc -l; }

# restored: restore from the journal without the proxy; the table is as before.
restored() {
	ttlsweep restore -t "$TABLE" --yes "$JOURNAL" \
	    --endpoint-url "$SERVER" --now "$NOW"
	dump --endpoint "$SERVER" --table "$TABLE" |
	    cmp - "$BATS_TEST_TMPDIR/before"
}

@test "after a filter replied to all writes itself, everything is restored" {
	local code
	for code in 302 401 403 404 429 502 204 207 200; do
		ready
		road PUT set "{\"foreign\":$code,\"in_a_row\":0,
		    \"rates\":{\"foreign-after\":1},
		    \"only\":[\"BatchExecuteStatement\",\"DeleteItem\"]}"
		AWS_MAX_ATTEMPTS=2 run -1 ttlsweep purge -t "$TABLE" --yes \
		    --now "$NOW" --journal "$JOURNAL" --state expired \
		    --endpoint-url "$ROAD_URL"
		[[ $(left) -lt 60 ]]
		# no outcome says that a write had no effect
		if grep -F '"Outcome"' "$JOURNAL"; then return 1; fi
		restored
		stop_road
	done
}

@test "after a filter replied to each write once, entries are deleted and can be restored" {
	local batch
	for batch in auto single; do
		ready
		road PUT set '{"rates":{"foreign-after":1},"in_a_row":1,
		    "only":["BatchExecuteStatement","DeleteItem","PutItem"]}'
		swept 0 '.deleted == 60 and .unconfirmed == 60' --batch "$batch"
		[[ $(left) -eq 0 ]]
		# so it does for puts, which count as restored, too
		run -0 --separate-stderr ttlsweep restore -t "$TABLE" --yes \
		    "$JOURNAL" --endpoint-url "$ROAD_URL" --format json
		jq -e '.restored == 60 and .present == 0 and
		    .unconfirmed == 60' <<<"$output"
		dump --endpoint "$SERVER" --table "$TABLE" |
		    cmp - "$BATS_TEST_TMPDIR/before"
		stop_road
	done
}

@test "deletes and updates without any reply are looked up" {
	local seconds
	# of a batch that ends the run, and statement by statement
	ready
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":0,
	    "only":["BatchExecuteStatement","DeleteItem"]}'
	AWS_MAX_ATTEMPTS=2 swept 1 '.deleted > 0 and .unconfirmed == .deleted and .failed == 0'
	[[ $(left) -eq $((60 - $(jq .deleted <<<"$output"))) ]]
	restored
	rm "$JOURNAL"
	road PUT set '{"rates":{"s-error-after":1},"in_a_row":0}'
	AWS_MAX_ATTEMPTS=2 swept 0 '.deleted == 60 and .unconfirmed == 60' --batch partiql
	[[ $(left) -eq 0 ]]
	restored
	rm "$JOURNAL"
	# nothing was done: they have failed for certain
	road PUT set '{"rates":{"s-error-before":1},"in_a_row":0}'
	AWS_MAX_ATTEMPTS=2 swept 3 '.deleted == 0 and .failed == 60' --batch partiql
	[[ $stderr != *"all the same"* ]]
	rm "$JOURNAL"
	# the reads fail, too
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":0,
	    "only":["BatchExecuteStatement","DeleteItem","BatchGetItem"]}'
	AWS_MAX_ATTEMPTS=2 swept 1 '.deleted == 0 and .failed > 0' --jobs 1
	[[ $stderr == *" of the failed may be deleted all the same: no usable reply came, and they were not looked up; the undo restores those, too"* ]]
	restored
	rm "$JOURNAL"
	# so it is where the second try failed its condition
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":1,"only":["DeleteItem"],"deny":["BatchGetItem"]}'
	AWS_MAX_ATTEMPTS=2 swept 1 '.failed > 0' --jobs 1 --batch single
	[[ $stderr == *" of the failed may be deleted all the same: "* ]]
	if grep -F '"failed"' "$JOURNAL"; then return 1; fi
	[[ $(ttlsweep export -q -i "$JOURNAL" | wc -l) -ge $((60 - $(left))) ]]
	restored
	rm "$JOURNAL"
	road PUT set '{"deny":[]}'
	# a deadline ends the run all the same, without reads
	road PUT reset '{}'
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":0,
	    "only":["BatchExecuteStatement","DeleteItem","BatchGetItem"]}'
	# on a busy machine, it takes longer until something is sent
	for seconds in 2 4 8 16 32; do
		AWS_MAX_ATTEMPTS=1000 run --separate-stderr ttlsweep purge -t "$TABLE" --yes --now "$NOW" --state any \
		    --journal "$JOURNAL" --jobs 1 --deadline ${seconds}s --endpoint-url "$ROAD_URL"
		[[ $status -eq 4 ]] || break
		rm -f "$JOURNAL"
	done
	[[ $status -eq 3 && $output == *"stopped: deadline"* && $stderr == *" all the same: no usable reply came, and they were not looked up"* ]]
	road GET counts | jq -e '(.operations.BatchGetItem // 0) == 0'
	restored
	rm "$JOURNAL"
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":0,"only":["UpdateItem"]}'
	AWS_MAX_ATTEMPTS=2 run -1 --separate-stderr ttlsweep repair -t "$TABLE" --yes \
	    --now "$NOW" --journal "$JOURNAL" --endpoint-url "$ROAD_URL" --format json
	jq -e '.repaired > 0 and .unconfirmed == .repaired and .failed == 0' <<<"$output"
	restored
	rm "$JOURNAL"
	# nor is what undoes a repair taken for failed
	road PUT reset '{}'
	ttlsweep repair -q -t "$TABLE" --yes --now "$NOW" --journal "$JOURNAL" --endpoint-url "$SERVER"
	road PUT set '{"rates":{"hangup-before":1},"in_a_row":0,"only":["UpdateItem"]}'
	AWS_MAX_ATTEMPTS=2 run -1 --separate-stderr ttlsweep restore -t "$TABLE" --yes --jobs 1 \
	    --now "$NOW" "$JOURNAL" --endpoint-url "$ROAD_URL" --format json
	jq -e '.restored == 0 and .failed == 1 and .stopped == "failed"' <<<"$output"
	road PUT set '{"rates":{"hangup-after":1},"in_a_row":0,"only":["UpdateItem"]}'
	AWS_MAX_ATTEMPTS=2 run -1 --separate-stderr ttlsweep restore -t "$TABLE" --yes --jobs 1 \
	    --now "$NOW" "$JOURNAL" --endpoint-url "$ROAD_URL" --format json
	jq -e '.restored == 1 and .unconfirmed == 1 and .failed == 0 and .stopped == "failed"' <<<"$output"
	restored
}

@test "puts without any reply are looked up, a request for all of a batch" {
	local n
	ready
	swept 0 '.deleted == 60'
	road PUT reset '{}'
	road PUT set '{"rates":{"foreign-after":1},"in_a_row":0,
	    "only":["BatchExecuteStatement"]}'
	AWS_MAX_ATTEMPTS=2 run -1 --separate-stderr ttlsweep restore --yes \
	    -t "$TABLE" "$JOURNAL" --jobs 1 --endpoint-url "$ROAD_URL" --format json
	jq -e '.restored > 1 and .restored <= 25 and .failed == 0 and
	    .unconfirmed == .restored and .skipped == 60 - .restored' <<<"$output"
	n=$(jq .restored <<<"$output")
	[[ $(left) -eq $n ]]
	road GET counts | jq -e '.operations.BatchGetItem == 1'
	# those are present for the next run, and the others are put back
	run -0 --separate-stderr ttlsweep restore --yes -t "$TABLE" "$JOURNAL" --format json
	jq -e ".present == $n and .restored == 60 - $n" <<<"$output"
	dump --endpoint "$SERVER" --table "$TABLE" | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "without old images deletes are unconfirmed, and everything is restored" {
	local server batch
	for server in "$LOCAL_URL" "$DYNALITE_URL"; do
		for batch in auto single; do
			ready "$server"
			road PUT set '{"lie":["no-images"]}'
			swept 0 '.deleted == 60 and .unconfirmed == 60' \
			    --batch "$batch"
			[[ $stderr == *"does not return what it deletes"* ]]
			[[ $(left) -eq 0 ]]
			if grep -F '"Outcome"' "$JOURNAL"; then return 1; fi
			restored
			stop_road
		done
	done
}

@test "single deletes replace batches that return no old images" {
	ready
	road PUT set '{"lie":["no-batch-images"]}'
	swept 0 '.deleted == 60 and .unconfirmed > 0 and .unconfirmed <= 50' \
	    --jobs 1
	[[ $(grep -c "PartiQL.*return no old images" <<<"$stderr") -eq 1 ]]
	road GET counts | jq -e '.operations.BatchExecuteStatement == 1 and
	    .operations.DeleteItem >= 10'
	restored
	# with --batch it uses batches anyway
	ready
	road PUT set '{"lie":["no-batch-images"]}'
	swept 0 '.deleted == 60 and .unconfirmed == 60' --batch partiql
	[[ $stderr == *"does not return what it deletes"* ]]
	restored
}

@test "an entry that somebody else deleted is gone" {
	local file=$BATS_TEST_TMPDIR/keys
	ready
	stop_road
	start_road "$LOCAL_URL" --as-real
	road PUT hold '{"operation":"BatchExecuteStatement"}'
	swept 0 '.deleted == 50 and .gone == 10 and .unconfirmed == 0' \
	    --jobs 1 --segments 1 &
	road GET held | jq --arg table "$TABLE" '{($table):
	    [.request.Statements[:10][] |
	    {DeleteRequest: {Key: {key: .Parameters[0]}}}]}' >"$file"
	aws dynamodb batch-write-item --request-items "file://$file" \
	    --endpoint-url "$SERVER"
	road PUT release '{}'
	wait $!
}

@test "an old image of another entry is ignored" {
	local lie batch
	for lie in old-no-key old-other-key; do
		for batch in auto single; do
			ready
			road PUT set "{\"lie\":[\"$lie\"]}"
			swept 0 '.deleted == 60 and .unconfirmed == 60' \
			    --batch "$batch"
			[[ $(grep -c "ignored 60 old images" \
			    <<<"$stderr") -eq 1 ]]
			restored
			stop_road
		done
	done
}

@test "an invalid old image is ignored" {
	ready
	road PUT set '{"lie":["old-impossible"]}'
	swept 0 '.deleted == 60 and .unconfirmed == 0'
	[[ $(grep -c "ignored 60 old images" <<<"$stderr") -eq 1 ]]
	restored
	# the same with repair
	ready
	road PUT set '{"lie":["old-impossible"]}'
	run -0 ttlsweep repair -t "$TABLE" --yes --now "$NOW" \
	    --journal "$JOURNAL" --endpoint-url "$ROAD_URL"
	[[ $output == *"ignored 10 old images"* ]]
	restored
}

@test "an entry that could not be restored is not deleted" {
	ready
	road PUT set '{"lie":["scan-impossible"]}'
	swept 3 '.failed == 4 and .deleted == 56'
	[[ $stderr == *"could not be restored"* ]]
	[[ $(left) -eq 4 ]]
	restored
}

@test "a read-back with other entries than requested decides nothing" {
	local lie
	for lie in get-others get-twice get-left get-left-others; do
		ready
		# an entry that was changed: its condition fails
		road PUT hold '{"operation":"BatchExecuteStatement"}'
		AWS_MAX_ATTEMPTS=2 ttlsweep purge -t "$TABLE" --yes \
		    --now "$NOW" --state any --journal "$JOURNAL" --jobs 1 \
		    --segments 1 --format json --endpoint-url "$ROAD_URL" \
		    >"$BATS_TEST_TMPDIR/totals" 2>"$BATS_TEST_TMPDIR/err" &
		road GET held | jq '.request.Statements[0].Parameters[0] |
		    {key: ., ttl: {N: "1900000000"}}' >"$BATS_TEST_TMPDIR/item"
		aws dynamodb put-item --table-name "$TABLE" \
		    --item "file://$BATS_TEST_TMPDIR/item" \
		    --endpoint-url "$SERVER"
		road PUT set "{\"lie\":[\"$lie\"]}"
		road PUT release '{}'
		status=0
		wait $! || status=$?
		cat "$BATS_TEST_TMPDIR/err"
		[[ $status -eq 1 ]]
		grep -E "not asked for|twice" "$BATS_TEST_TMPDIR/err"
		jq -e '.refreshed == 0 and .gone == 0 and .failed == 1' \
		    "$BATS_TEST_TMPDIR/totals"
		stop_road
	done
}

@test "page keys in a circle are an error" {
	local lie command
	ready
	for lie in circle-1 circle-2 circle-3; do
		for command in inspect "purge --state any"; do
			road PUT reset '{}'
			road PUT set "{\"lie\":[\"$lie\"]}"
			# shellcheck disable=SC2086 # words
			run -1 ttlsweep $command -t "$TABLE" --segments 1 \
			    --endpoint-url "$ROAD_URL"
			[[ $output == *"repeats itself"* ]]
			road GET counts | jq -e '.operations.Scan < 20'
		done
	done
	# many small pages are no circle
	road PUT reset '{}'
	road PUT set '{"lie":["circle-1000"]}'
	ttlsweep inspect -t "$TABLE" --segments 1 --format json \
	    --endpoint-url "$ROAD_URL" | jq -e '.complete and
	    .scanned.items == 60 and .scanned.pages > 10'
	stop_road
}

@test "an empty page key ends the scan" {
	local lie
	ready
	for lie in empty-key null-key; do
		road PUT set "{\"lie\":[\"$lie\"]}"
		ttlsweep inspect -t "$TABLE" --segments 4 --format json \
		    --endpoint-url "$ROAD_URL" |
		    jq -e '.complete and .scanned.items == 60'
		road GET counts | jq -e '.operations.Scan == 4'
		road PUT reset '{}'
	done
	stop_road
}

@test "a repair without an image in the reply is done" {
	ready
	road PUT set '{"lie":["no-images"]}'
	run -0 --separate-stderr ttlsweep repair -t "$TABLE" --yes \
	    --now "$NOW" --ttl-for-missing 1d --journal "$JOURNAL" \
	    --format json --endpoint-url "$ROAD_URL"
	jq -e '.repaired == 20 and .unconfirmed == 0' <<<"$output"
	run -0 --separate-stderr ttlsweep restore -t "$TABLE" --yes "$JOURNAL" \
	    --format json --endpoint-url "$ROAD_URL"
	jq -e '.restored == 20' <<<"$output"
	dump --endpoint "$SERVER" --table "$TABLE" |
	    cmp - "$BATS_TEST_TMPDIR/before"
}

@test "a token in a reply is not shown, however it is encoded" {
	local batch token="tok/en+tok=&<en>0123456789abcdefghij"
	for batch in auto single; do
		ready
		road PUT set '{"lie":["reflect"]}'
		AWS_SESSION_TOKEN=$token run -3 ttlsweep purge -t "$TABLE" \
		    --yes --now "$NOW" --state any --journal "$JOURNAL" -vv \
		    --batch "$batch" --endpoint-url "$ROAD_URL"
		[[ $output == *"failed: "*"no: *****"* ]]
		output=${output//"$JOURNAL"/}
		[[ $output != *tok* && $output != *fghij* && $output != *u0074* ]]
		stop_road
	done
}

@test "a password in the URL of a proxy is not shown, in any form" {
	local address
	for address in http://user:hunter22%40127.0.0.1:1 user:hunter22 \
	    http://user:hunter22@ foo://user:hunter22%40h \
	    http://us%65r:hunter22@127.0.0.1:1 "http://user:hunter 22@h:1" \
	    http://user%3Ahunter22; do
		http_proxy=$address no_proxy='' AWS_MAX_ATTEMPTS=1 \
		    run -1 ttlsweep inspect -t tab -vv \
		    --endpoint-url http://example.invalid
		[[ $output == *"no usable reply"* && $output != *hunter* ]]
		http_proxy=$address no_proxy='' AWS_MAX_ATTEMPTS=1 \
		    run -1 ttlsweep doctor -t tab --endpoint-url http://example.invalid
		[[ $output != *hunter* ]]
	done
	# a URL without a password is shown
	http_proxy=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1 run -1 ttlsweep \
	    inspect -t tab --endpoint-url http://example.invalid
	[[ $output == *"127.0.0.1 port 1"* ]]
}
