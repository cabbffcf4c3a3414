#!/usr/bin/env bats
# inspect --watch: reports are redrawn in place on a terminal, and follow one
# another elsewhere, with what changed; never faster than --max-rcu.

load lib/common
load lib/road

setup_file() {
	start_local
	TABLE=$(new_table watch)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --case future=30 \
	    --case past=20 --now "$(date +%s)"
}

teardown_file() { stop_servers; }

setup() {
	export TERM=xterm-256color
	OUT=$BATS_TEST_TMPDIR/out
}

# watch REGEX TIMES OPTION...: to $OUT, until it said REGEX that many times; its
# status in $STATUS
watch() {
	local regex=$1 times=$2
	shift 2
	STATUS=0
	until_said INT "${SEEN_IN:-$OUT}" "$regex" "$times" \
	    "$TTLSWEEP" inspect -t "$TABLE" --watch 1 "$@" >"$OUT" || STATUS=$?
}

# seen TIMES REGEX: wait for lines of $OUT
seen() {
	until [[ $(grep -cE "$2" "$OUT" 2>/dev/null) -ge $1 ]]; do sleep 0.05; done
}

put() {
	printf '{"Item":{"key":{"S":"%s"},"ttl":{"N":"%d"}}}\n' "$1" "$2" |
	    seed --endpoint "$LOCAL_URL" --table "$TABLE" --no-create --items -
}

@test "without a terminal, reports follow one another, each judged at its own time" {
	(seen 1 '^STATE' && put "late:$RANDOM" $(($(date +%s) + 6000))) >/dev/null &
	watch '^live .* \+1 ' 1
	wait
	[[ $STATUS -eq 130 ]]
	run ! grep -q $'\033' "$OUT"
	n=$(grep -c '^STATE' "$OUT")
	((n >= 2))
	# the first report has no change, each later one has a column for it
	[[ $(grep -c '^STATE.*CHANGE' "$OUT") -eq $((n - 1)) ]]
	[[ $(grep -cE '^live .* \+1 ' "$OUT") -eq 1 ]]
	[[ $(grep -o 'judged at [^.]*' "$OUT" | sort -u | wc -l) -ge 2 ]]
}

@test "JSON has one object per line" {
	watch '^{' 3 --format json
	[[ $STATUS -eq 130 ]]
	[[ $(jq -s 'length >= 2 and all(.complete) and (map(.now) | unique | length) >= 2' "$OUT") == true ]]
	# what a report took is its own
	[[ $(jq -s 'map(.scanned.capacity_units) | unique | length' "$OUT") == 1 ]]
}

@test "a file contains the last report" {
	SEEN_IN=$BATS_TEST_TMPDIR/metrics watch last_success 1 \
	    --format prometheus -o "$BATS_TEST_TMPDIR/metrics"
	[[ $STATUS -eq 130 && ! -s $OUT ]]
	grep -q 'last_success_timestamp_seconds' "$BATS_TEST_TMPDIR/metrics"
	[[ $(grep -c '# HELP ttlsweep_items' "$BATS_TEST_TMPDIR/metrics") == 1 ]]
}

@test "on a terminal, reports are redrawn in place, cut to its lines, with the rest erased" {
	status=0
	"$PYTHON" "$ROOT/tests/lib/terminal.py" --rows 12 --columns 70 \
	    --interrupt-when '\x1b\[H' 3 "$TTLSWEEP" inspect -t "$TABLE" --watch 1 \
	    --color never --progress never >"$OUT" || status=$?
	[[ $status -eq 130 ]]
	[[ $(grep -c $'\033\[2J' "$OUT") -eq 1 ]]
	frames=$(grep -o $'\033\[H' "$OUT" | wc -l)
	((frames >= 3))
	[[ $(grep -o $'\033\[J' "$OUT" | wc -l) -eq $frames ]]
	[[ $(grep -c 'more lines: enlarge the window' "$OUT") -eq $frames ]]
	# never more lines than the terminal has
	awk -v RS=$'\033\\[H' 'NR > 1 && gsub(/\n/, "") > 12 { bad = 1 } END { exit bad }' "$OUT"
}

@test "a terminal of common size shows the short report, and all of it" {
	local table ttl
	for ttl in off on; do
		table=$(new_table short)
		seed --endpoint "$LOCAL_URL" --table "$table" --mixed 600 --now "$(date +%s)" --ttl $ttl
		status=0
		"$PYTHON" "$ROOT/tests/lib/terminal.py" --rows 24 --columns 80 \
		    --interrupt-when 'Ctrl-C' 2 "$TTLSWEEP" inspect -t "$table" --watch 1 \
		    --color never --progress never >"$OUT" || status=$?
		[[ $status -eq 130 ]]
		run ! grep -qE 'more lines|^Why|^Groups' "$OUT"
		grep -q '^STATE.*CHANGE' "$OUT"
		grep -q '^immortal ' "$OUT"
		grep -q '^What to do first' "$OUT"
		[[ $ttl == off ]] || grep -q 'Once the application uses seconds, repair: it fixes the times of [0-9]* entries' "$OUT"
		# one command; a line wider than the terminal takes several of its lines
		awk -v RS=$'\033\\[H' -F '\n' 'NR > 1 {
			rows = commands = 0
			for (i = 1; i < NF; i++) {
				gsub(/\033\[[KJm]|\r/, "", $i)
				rows += length($i) > 80 ? int((length($i) + 79) / 80) : 1
				commands += $i ~ /^    (aws|ttlsweep) /
			}
			if (rows > 23 || commands != 1) bad = 1
		} END { exit bad }' "$OUT" || { cat "$OUT"; false; }
	done
}

@test "a large terminal shows the whole report, and when the next one comes" {
	status=0
	"$PYTHON" "$ROOT/tests/lib/terminal.py" --rows 90 --columns 70 \
	    --interrupt-when 'Ctrl-C to end' 1 "$TTLSWEEP" inspect -t "$TABLE" --watch 5 >"$OUT" || status=$?
	[[ $status -eq 130 ]]
	grep -q 'Report 1, the next in 5 s. Press Ctrl-C to end.' "$OUT"
	# this is how it is meant to end
	run ! grep -q interrupted "$OUT"
	run ! grep -q 'more lines' "$OUT"
}

@test "a dumb terminal is treated like no terminal" {
	status=0
	TERM=dumb "$PYTHON" "$ROOT/tests/lib/terminal.py" --interrupt-when STATE 2 \
	    "$TTLSWEEP" inspect -t "$TABLE" --watch 1 --progress never >"$OUT" || status=$?
	[[ $status -eq 130 ]]
	run ! grep -q $'\033\[[H2J]' "$OUT"
}

@test "read units never exceed --max-rcu" {
	local table begun
	table=$(new_table units)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 1500 --now 1795335120 --max-size 4000
	begun=$(date +%s%N)
	TABLE=$table watch '^{' 3 --format json --max-rcu 60
	[[ $STATUS -eq 130 ]]
	# the units of a report, over the time from its start to the end of the
	# next one; a burst of a quarter second is allowed
	units=$(jq -s 'map(.scanned.capacity_units) | add' "$OUT")
	seconds=$(awk -v b="$begun" -v e="$(date +%s%N)" 'BEGIN { print (e - b) / 1e9 }')
	awk -v u="$units" -v s="$seconds" 'BEGIN { exit !(u > 60 && u <= 60 * (s + 0.5)) }' || {
		echo "$units units in $seconds s"
		false
	}
}

@test "TTL that is turned on between reports is noticed" {
	local table
	table=$(new_table switched)
	seed --endpoint "$LOCAL_URL" --table "$table" --case future=3 --now "$(date +%s)"
	(seen 1 '^{' && seed --endpoint "$LOCAL_URL" --table "$table" \
	    --no-create --ttl on) >/dev/null &
	TABLE=$table watch '"ttl_status":"ENABLED"' 1 --format json
	wait
	[[ $(jq -s 'first.ttl_status == "DISABLED" and last.ttl_status == "ENABLED"' "$OUT") == true ]]
}

@test "each report repeats an alert; the status is that of the signal" {
	SEEN_IN=$BATS_TEST_TMPDIR/err watch alert: 2 --alert-expired 19 -q 2>"$BATS_TEST_TMPDIR/err"
	[[ $STATUS -eq 130 ]]
	n=$(grep -c 'alert: 20 expired entries (limit 19)' "$BATS_TEST_TMPDIR/err")
	((n >= 2))
	((n == $(grep -c '^STATE' "$OUT")))
}

@test "wrong usage of --watch is refused" {
	run -2 ttlsweep inspect -t "$TABLE" --watch 0
	run -2 ttlsweep inspect -t "$TABLE" --watch 5 --now 1
	run -2 ttlsweep inspect -i /dev/null --watch 5
	run -2 ttlsweep inspect -t "$TABLE" --watch 5 --format html
	[[ $output == *"needs --output"* ]]
	run -2 ttlsweep inspect --merge x --watch 5
}

@test "--watch ends if the table cannot be read at first" {
	run -1 ttlsweep inspect -t none-such --watch 1
}

@test "a server that ends is reported, and when the next try is" {
	local pid status=0 out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
	start_road "$LOCAL_URL"
	AWS_MAX_ATTEMPTS=1 "$TTLSWEEP" inspect -t "$TABLE" --watch 1s \
	    --endpoint-url "$ROAD_URL" >"$out" 2>"$err" 3>&- &
	pid=$!
	until grep -q '^STATE' "$out"; do
		kill -0 "$pid"
		sleep 0.05
	done
	stop_road
	until grep -q 'ttlsweep: the next try is in 1 s' "$err"; do
		kill -0 "$pid"
		sleep 0.05
	done
	grep -q "$ROAD_URL" "$err"
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[[ $status -eq 143 ]]
}
