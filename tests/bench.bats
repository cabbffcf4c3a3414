#!/usr/bin/env bats
# The bench does its work, as its server confirms. How fast it is does not
# matter here.

load lib/common

@test "make bench reads and deletes entries, and puts them back as they were" {
	make -s -C "$ROOT" SAN="${SAN:-}" bench-built
	BENCH=inspect,purge,restore,files BENCH_ITEMS=500 BENCH_RUNS=1 \
	    BENCH_PEERS=0 BENCH_DIR=$WORLD run -0 --separate-stderr \
	    "$ROOT/tests/bench/bench.py"
	[[ $output == *'### purge, 20 ms'* ]]
	[[ $output != *wrong:* ]]
	[[ -z $(ls -d "$WORLD"/run.* 2>/dev/null) ]]
}

@test "the bench's server does not perform throttled deletes, and performs all others" {
	local port url
	make -s -C "$ROOT" SAN="${SAN:-}" bench-built
	_server replay "${TTLSWEEP%/*}/bench/replay" --items 2000 --wcu 200 \
	    --filled 0
	_wait_for replay _printed_port
	port=$(_printed_port) url=http://127.0.0.1:$port
	export AWS_ENDPOINT_URL_DYNAMODB=$url
	run -0 --separate-stderr ttlsweep -t bench purge --yes --no-journal \
	    --format json
	[[ $(jq '.deleted == .matched and .failed == 0' <<<"$output") == true ]]
	run -0 curl -s --noproxy '*' "$url/_stats"
	[[ $(jq '.deleted == .expired and .write_units == .deleted and
	    .live_deleted == 0 and .throttled > 0 and .refused > 0' \
	    <<<"$output") == true ]]
	run -0 --separate-stderr ttlsweep -t bench inspect --format json
	[[ $(jq '.states.pending.items + .states.stuck.items' <<<"$output") == 0 ]]
	stop_servers
}

teardown() { stop_servers; }
