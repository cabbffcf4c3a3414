#!/usr/bin/env bats
# The metrics, checked by Prometheus' own promtool.

load ../lib/common

NOW=1795335120

setup_file() {
	start_local
	TABLE=$(new_table prom)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 1000 \
	    --now "$NOW" --max-size 8000
}

teardown_file() { stop_servers; }

setup() {
	M=$BATS_TEST_TMPDIR/metrics
	PATH=$PATH:$SERVERS/promtool
}

metrics() { ttlsweep inspect --now "$NOW" --format prometheus "$@" >"$M"; }

good() {
	run promtool check metrics <"$M"
	[[ $status -eq 0 && -z $output ]] || { echo "$output"; false; }
	# each has table and region
	! grep -vE '^#|^ttlsweep_[a-z_]+\{table="[^"]*",region="[^"]*"[,}]' "$M"
}

# The value of the metric that begins with this.
value() { awk -v m="$1" 'index($0, m) == 1 { print $NF }' "$M"; }

@test "the figures of a table are those of the JSON report" {
	metrics -t "$TABLE"
	good
	ttlsweep inspect -t "$TABLE" --now "$NOW" --format json >"$M.json"
	labels="{table=\"$TABLE\",region=\"us-east-1\""
	for kind in session item; do
		for state in live pending stuck immortal; do
			[[ $(value "ttlsweep_items$labels,kind=\"$kind\",state=\"$state\"}") \
			    == $(jq ".kinds.$kind.$state" "$M.json") ]]
		done
	done
	for state in live pending stuck immortal; do
		sum=$(awk -v s="state=\"$state\"" '/^ttlsweep_bytes/ && index($0, s) { n += $NF } END { print n }' "$M")
		[[ $sum == $(jq ".states.$state.bytes" "$M.json") ]]
	done
	jq -r '.reasons[] | select(.state == "stuck") | "\(.reason) \(.items)"' "$M.json" |
	    while read -r reason n; do
		[[ $(value "ttlsweep_stuck_items$labels,reason=\"$reason\"}") == "$n" ]]
	    done
	[[ $(value "ttlsweep_overdue_seconds_count$labels}") == $(jq .purge.items "$M.json") ]]
	[[ $(value "ttlsweep_overdue_seconds$labels,quantile=\"0.5\"}") == $(jq .overdue.p50 "$M.json") ]]
	age=$(($(date +%s) - $(value "ttlsweep_last_success_timestamp_seconds$labels,command=\"inspect\"}")))
	((age >= -5 && age < 600))
}

@test "metrics are valid without sizes, of a sample, of a file, of an empty table" {
	metrics -t "$TABLE" --no-sizes
	good
	run ! grep -q ttlsweep_bytes "$M"
	metrics -t "$TABLE" --sample 50
	good
	ttlsweep export -t "$TABLE" -o "$BATS_TEST_TMPDIR/export.json"
	metrics -i "$BATS_TEST_TMPDIR/export.json"
	good
	run ! grep -q ttlsweep_scan_capacity_units "$M"
	: >"$BATS_TEST_TMPDIR/none.json"
	metrics -i "$BATS_TEST_TMPDIR/none.json"
	good
	[[ $(grep -c quantile "$M") == 0 ]]
}

# The names of the metrics in $M, including those in comments.
names() { grep -oE '\bttlsweep_[a-z_]+' "$M" | sort -u | xargs; }

@test "a purge, a repair and a restore write their metrics" {
	local t j=$BATS_TEST_TMPDIR/journal labels
	local all="ttlsweep_executed ttlsweep_journal_bytes ttlsweep_last_success_timestamp_seconds ttlsweep_purge_entries"
	t=$(new_table swept)
	seed --endpoint "$LOCAL_URL" --table "$t" --mixed 200 --now "$NOW"
	labels="{table=\"$t\",region=\"us-east-1\""
	ttlsweep purge -t "$t" --now "$NOW" --yes --journal "$j" --format json \
	    --metrics-file "$M" >"$M.json"
	good
	[[ $(names) == "$all" ]]
	for outcome in deleted refreshed gone failed skipped; do
		[[ $(value "ttlsweep_purge_entries$labels,command=\"purge\",outcome=\"$outcome\"}") == \
		    "$(jq ".$outcome" "$M.json")" ]]
	done
	[[ $(jq .deleted "$M.json") -gt 0 ]]
	[[ $(value "ttlsweep_journal_bytes$labels,command=\"purge\"}") == "$(stat -c %s "$j")" ]]
	age=$(($(date +%s) - $(value "ttlsweep_last_success_timestamp_seconds$labels,command=\"purge\"}")))
	((age >= -5 && age < 600))
	ttlsweep repair -t "$t" --now "$NOW" --yes --journal "$j.2" --metrics-file "$M"
	good
	[[ $(names) == "$all" ]]
	grep -q 'outcome="repaired"' "$M"
	ttlsweep restore -t "$t" --yes "$j" --format json --metrics-file "$M" >"$M.json"
	good
	[[ $(names) == "${all/ttlsweep_journal_bytes /}" ]]
	for outcome in restored present failed skipped; do
		[[ $(value "ttlsweep_purge_entries$labels,command=\"restore\",outcome=\"$outcome\"}") == \
		    "$(jq ".$outcome" "$M.json")" ]]
	done
	# a run that failed has no time of success
	run -4 ttlsweep purge -t "$t" --now "$NOW" --yes --no-journal --max-items 1 --metrics-file "$M"
	good
	[[ $(names) == "ttlsweep_executed ttlsweep_purge_entries" ]]
}

@test "metrics of a part of a table come with a warning" {
	local success=ttlsweep_last_success_timestamp_seconds
	metrics -t "$TABLE" --kind session 2>"$M.err"
	good
	grep -q 'kind="session"' "$M"
	run ! grep -q 'kind="item"' "$M"
	grep -q "$success" "$M" # it did end well
	[[ $(grep -c "the selected entries only" "$M.err") == 1 ]]
	metrics -t "$TABLE" --prefix image: 2>"$M.err"
	good
	[[ $(<"$M.err") == *"the selected entries only"* ]]
	metrics -t "$TABLE" --sample 50 2>"$M.err"
	[[ $(<"$M.err") == *"are estimates"* ]]
	run -2 metrics -t "$TABLE" --shard 1/2
	for i in 1 2; do
		ttlsweep inspect -t "$TABLE" --now "$NOW" --format json \
		    --kind session --shard $i/2 -o "$M.$i"
	done
	ttlsweep inspect --merge --format prometheus "$M.1" "$M.2" >"$M"
	good
	run ! grep -q 'kind="item"' "$M"
	run -1 ttlsweep inspect --merge --partial --format prometheus "$M.1"
	[[ $output == *"no metrics from a part of a table"* ]]
}

@test "an interrupted pass writes no metrics" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$TTLSWEEP" inspect -i "$BATS_TEST_TMPDIR/pipe" --format prometheus >"$M" &
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	printf '{"Item":{"key":{"S":"a"}}}\n' >&9
	sleep 0.3
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 9>&-
	[[ $status -eq 143 && ! -s $M ]]
}
