#!/usr/bin/env bats
# What stops a purge, what a repair fixes, and runs that continue.

load lib/common
load lib/cloud
load lib/road

NOW=1795000000

setup_file() { start_local; start_dynalite; }
teardown_file() { stop_servers; }

# table [SEED-OPTION...]: create a table with 60 pending-like and 40 live
# entries; its name in $T.
table()
{
	T=$(new_table purge)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" --now "$NOW" \
	    --case past=60 --case future=40 "$@" >/dev/null
}

sweep() { ttlsweep purge -t "$T" --now "$NOW" --journal-dir "$BATS_TEST_TMPDIR/j" "$@"; }
left() { dump --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" | wc -l; }

@test "--max-items is never exceeded: exit 4 if there are more, 0 if not" {
	table
	local n status=0
	for n in 0 1 24 25 26 59; do
		run -4 --separate-stderr sweep --yes --max-items "$n" --format json
		jq -e --argjson n "$n" '.deleted == $n and .matched == $n
		    and .stopped == "max-items"' <<<"$output"
		ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR"/j/* >/dev/null || [ "$n" = 0 ]
		rm -rf "$BATS_TEST_TMPDIR/j"
		[ "$(left)" -eq 100 ]
	done
	run -0 --separate-stderr sweep --yes --max-items 60 --format json
	jq -e '.deleted == 60 and .stopped == null' <<<"$output"
	[ "$(left)" -eq 40 ]
}

@test "how to continue is said also with -q" {
	table
	run -4 --separate-stderr sweep --yes --max-items 1 -q
	[[ $stderr == "ttlsweep: to continue: ttlsweep purge "* ]]
	run -0 --separate-stderr sweep --yes -q
	[[ -z $output$stderr ]]
}

@test "--max-items is exact with many workers" {
	table
	run -4 sweep --yes --max-items 30 --jobs 32
	[ "$(left)" -eq 70 ]
}

@test "--max-percent: exit 4 before any delete if more match" {
	table
	run -4 --separate-stderr sweep --yes --max-percent 59 --format json
	jq -e '.stopped == "max-percent" and .deleted == 0 and .scanned == 100
	    and .matched == 60 and .skipped == 60' <<<"$output"
	[ "$(left)" -eq 100 ]
	[ -z "$(ls "$BATS_TEST_TMPDIR/j")" ]
	run -4 sweep --yes --max-percent 59
	[[ $output == *"60 of 100 match"* ]]
	run -4 sweep --max-percent 59
	[[ $output == *"60 of 100 entries (60.0 %) match"* && $output != *"nothing to"* &&
	    $output != *"    ttlsweep "* ]]
	run -0 sweep --yes --max-percent 60
	[ "$(left)" -eq 40 ]
}

@test "--max-percent counts the whole table even with a checkpoint" {
	T=$(new_table percent)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --case past=40 --case future=360
	local c=$BATS_TEST_TMPDIR/c
	run -4 sweep --yes --checkpoint "$c" --max-items 35 --max-percent 12 --jobs 1 --segments 64
	run -0 --separate-stderr sweep --yes --checkpoint "$c" --max-percent 12 --format json
	jq -e '.deleted == 5' <<<"$output"
	[ ! -e "$c" ]
}

@test "--max-percent of a repair counts the entries it would repair" {
	table --case milliseconds-past=3
	run -4 ttlsweep repair -t "$T" --now "$NOW" --max-percent 2
	[[ $output == *"3 of 103 entries (2.9 %) need a repair, more than "* ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --yes --max-percent 3 --no-journal --format json
	jq -e '.repaired == 3' <<<"$output"
}

@test "--max-units and --max-cost reserve the estimate before a delete" {
	table --max-size 900
	run -4 --separate-stderr sweep --yes --max-units 20 --format json
	jq -e '.stopped == "max-units" and .deleted <= 20 and .deleted > 0
	    and .write_units <= 20' <<<"$output"
	run -2 sweep --yes --max-cost 1 --region eu-west-9
	[[ $output == *--price* ]]
	run -4 --separate-stderr sweep --yes --max-cost 0.01 --price 1000 --format json
	jq -e '.stopped == "max-cost" and .deleted >= 5 and .write_units <= 10 and .usd <= 0.01' <<<"$output"
}

@test "with limits, totals balance after INT and with a full journal" {
	table
	local pid status=0 out=$BATS_TEST_TMPDIR/out j=$BATS_TEST_TMPDIR/journal
	env --default-signal=INT "$TTLSWEEP" purge -t "$T" --now "$NOW" --yes --journal "$j" --max-wcu 1 \
	    --segments 8 --format json >"$out" 2>"$out.err" &
	pid=$!
	until grep -qs Outcome "$j"; do
		kill -0 $pid
		sleep .02
	done
	kill -INT $pid
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	jq -e '.stopped == "interrupted" and .deleted > 0
	    and .matched == .deleted + .refreshed + .gone + .failed + .skipped' "$out"
	run ! grep "do not add up" "$out.err"
	table
	ttlsweep purge -q -t "$T" --now "$NOW" --yes --journal "$j.whole"
	table
	run -1 --separate-stderr prlimit --fsize=$(($(stat -c %s "$j.whole") * 3 / 4)) "$TTLSWEEP" purge -t "$T" \
	    --now "$NOW" --yes --journal "$j.2" --max-wcu 40 --segments 8 --jobs 1 --format json
	jq -e '.stopped == "failed" and .deleted > 0
	    and .matched == .deleted + .refreshed + .gone + .failed + .skipped' <<<"$output"
	[[ $stderr != *"do not add up"* ]]
}

@test "--deadline stops a run at once" {
	table
	run -4 --separate-stderr sweep --yes --deadline 0s --format json
	jq -e '.stopped == "deadline" and .deleted == 0' <<<"$output"
	[ "$(left)" -eq 100 ]
}

@test "--deadline ends waiting for a retry" {
	table
	start_road "$LOCAL_URL"
	local kind begun seconds
	# on a busy machine, it takes longer to get a first reply
	for kind in s-throttle throttle; do
		road PUT set '{"rates": {"'$kind'": 1}, "in_a_row": 0, "retry_after": 300000,
		    "only": ["BatchExecuteStatement"]}'
		for seconds in 3 6 12 24 48; do
			begun=$SECONDS
			run -4 --separate-stderr sweep --yes --deadline ${seconds}s --format json \
			    --endpoint-url "$ROAD_URL"
			((SECONDS - begun < 200))
			[[ $(jq .matched <<<"$output") == 0 ]] || break
		done
		jq -e '.stopped == "deadline" and .deleted == 0 and .failed == 0
		    and .matched > 0 and .skipped == .matched' <<<"$output"
	done
	for seconds in 3 6 12 24 48; do
		run -4 --separate-stderr sweep --yes --deadline ${seconds}s --jobs 8 --segments 8 \
		    --endpoint-url "$ROAD_URL"
		# one that ends before anything is done would do so again
		[[ $output == *" 0 deleted, "*"; stopped: deadline; "* && $stderr != *"to continue"* ]]
		[[ $stderr == *"nothing was changed; raise --deadline, which passed before anything was done, or save the run's position with --checkpoint FILE"* ]]
		[[ $stderr != *"the service throttled "* ]] || break
	done
	# though most requests were reads, and none of these was throttled
	[[ $stderr == *"ttlsweep: the service throttled "*" write requests: slow down with --max-wcu, or raise the table's capacity"* ]]
	# it does not wait for units, either
	begun=$SECONDS
	run -4 --separate-stderr sweep --yes --deadline 3s --max-wcu 1 --format json
	((SECONDS - begun < 60))
	jq -e '.stopped == "deadline" and .matched == .deleted + .skipped' <<<"$output"
	jq -e '.deleted == 0' <<<"$output" ||
	    [[ $stderr == *"the next run reads the table from the beginning; with --checkpoint FILE, runs continue where they stopped"*"to continue: ttlsweep purge "* ]]
}

@test "what failed is not tried again at a checkpoint, which is said" {
	table
	start_road "$LOCAL_URL"
	local run="purge -t $T --now $NOW --yes --max-items 20 --segments 32 --checkpoint $BATS_TEST_TMPDIR/c --journal-dir $BATS_TEST_TMPDIR/j --endpoint-url $ROAD_URL"
	road PUT set '{"rates": {"s-error-before": 1}, "in_a_row": 0, "only": ["BatchExecuteStatement"]}'
	# shellcheck disable=SC2086
	AWS_MAX_ATTEMPTS=1 run -3 --separate-stderr ttlsweep $run -q --jobs 1
	[[ $output == *" 0 deleted, "*", 20 failed, "*"; stopped: max-items"* ]]
	[[ $stderr == *"to continue: ttlsweep purge "*"that does not retry what failed (20 entries): once it has ended with 0, run it once more, from the beginning" ]]
	road PUT set '{"rates": {}}'
	# shellcheck disable=SC2086
	run -4 --separate-stderr ttlsweep $run -q
	[[ $stderr != *"try again"* ]]
	run=${run/--max-items 20 /}
	# shellcheck disable=SC2086
	run -0 --separate-stderr ttlsweep $run -q
	[[ ! -e $BATS_TEST_TMPDIR/c ]]
	[[ $(left) -gt 40 ]]
	# shellcheck disable=SC2086
	run -0 --separate-stderr ttlsweep $run -q
	[[ $(left) -eq 40 ]]
}

@test "a journal is named by the clock, not by --now" {
	table
	run -0 sweep --yes
	[[ $(ls "$BATS_TEST_TMPDIR/j") == "$T-$(date -u +%Y%m%d)T"* ]] ||
	    [[ $(ls "$BATS_TEST_TMPDIR/j") == "$T-$(date -ud yesterday +%Y%m%d)T"* ]]
}

@test "a journal is stamped by the service's clock" {
	local ahead j stamp now
	start_cloud "$LOCAL_URL"
	for ahead in 0 7200 -7200; do
		table
		cloud_set "{\"clock\": $ahead}"
		j=$BATS_TEST_TMPDIR/stamps$ahead
		ttlsweep purge -t "$T" --now "$NOW" --yes -q --journal "$j" --endpoint-url "$CLOUD_URL"
		now=$(date +%s)
		stamp=$(jq -r '.Metadata.WriteTimestampMicros.N // empty' "$j" | sort -n | tail -1)
		stamp=$((stamp / 1000000 - ahead))
		# allow for a busy machine
		[[ $stamp -gt $((now - 600)) && $stamp -lt $((now + 600)) ]]
	done
}

@test "a TTL attribute that no entry has is reported, with -q, too" {
	table
	local command warns='no entry that was read (100) has the TTL attribute expires; if the time is in another one, name it with --ttl-attribute'
	for command in "purge" "purge --yes --overdue 2d" "repair --yes" \
	    "list --state expired" "export --state expired"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep $command -q -t "$T" --ttl-attribute expires
		[[ $stderr == *"$warns"* ]]
	done
	# nothing is wrong with what was chosen on purpose, or with the right one,
	# and nothing with the attribute if there is nothing to choose from
	for command in "purge --state any --prefix nosuch --ttl-attribute expires" "list --prefix nosuch --ttl-attribute expires" "list --ttl-attribute expires" "list --state immortal --ttl-attribute expires" "purge --overdue 9999d"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep $command -q -t "$T"
		[[ $stderr != *"no entry that was read"* ]]
	done
}

@test "advised commands work as printed in the C locale" {
	T=$(new_table ascii)
	local key command
	for key in 1 2 3; do
		printf '{"Item":{"key":{"S":"s\303\251arch:%s"},"ttl":{"N":"1600000000"}}}\n' "$key"
	done | seed --endpoint "$LOCAL_URL" --table "$T" --items - --now "$NOW"
	run -4 --separate-stderr env LC_ALL=C "$TTLSWEEP" purge -t "$T" --prefix $'s\303\251' \
	    --journal "$BATS_TEST_TMPDIR/d"$'\303\266' --yes --max-items 1 --endpoint-url "$LOCAL_URL"
	command=${stderr##*to continue: }
	grep -qF '"$(printf '"'s"'\303\251' <<<"$command"
	[[ $command != *xc3* ]]
	run -4 --separate-stderr bash -c "PATH=${TTLSWEEP%/*}:\$PATH; ${command%%$'\n'*}"
	[[ $output == *" 1 deleted"* ]]
	[[ -e $BATS_TEST_TMPDIR/d$'\303\266'-2 ]]
	# the account stays pinned
	run -0 ttlsweep inspect -t "$T" --now "$NOW" --expect-account 000000000000
	[[ $output == *"ttlsweep purge -t $T "*" --expect-account 000000000000"* ]]
	# backslashes are not doubled
	run -0 ttlsweep inspect -t "$T" --now "$NOW" --prefix $'s\303\251' --session-prefix 'a\b'
	[[ $output == *"--session-prefix 'a\b'"* ]]
}

@test "a dry run says when all entries match, and which keys were not selected" {
	table
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --state any
	[[ $output == *"This is EVERY entry that was read: all of the table."* ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --state any --shard 1/2
	[[ $output == *$'\nShard 1 of 2 only.\n'*"This is EVERY entry that was read: all of shard 1 of 2."* ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW"
	[[ $output != *EVERY* ]]
	ttlsweep list -t "$T" --now "$NOW" --reveal --format csv >"$BATS_TEST_TMPDIR/keys"
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --keys-from "$BATS_TEST_TMPDIR/keys"
	[[ $stderr == *"40 of the 100 keys have an entry that has not expired, and are left alone; --state any includes them"* ]]
	# other entries may be left alone for another reason
	local more
	for more in "--state stuck,pending" "--kind session" "--overdue 1d" "--prefix image:" "--max-items 3"; do
		# shellcheck disable=SC2086
		run --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --keys-from "$BATS_TEST_TMPDIR/keys" $more
		[[ $output == *"keys given"* && $stderr != *"not expired"* ]]
		[[ $more == --max-items* || $stderr == *" of the 100 keys have an entry that is not selected, and are left alone"* ]]
	done
	[[ $output == *"The rest of the list was not used."* ]]
	# an attribute that none has is no reason to take them all for immortal
	run -0 --separate-stderr ttlsweep purge -t "$T" --state any --ttl-attribute expires
	[[ $stderr == *"no entry that was read (100) has the TTL attribute expires"* ]]
	# a run says so, too, also with -q
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --now "$NOW" --keys-from "$BATS_TEST_TMPDIR/keys" --yes --no-journal
	[[ $stderr == *"40 of the 100 keys have an entry that has not expired, and are left alone; --state any includes them"* ]]
	# from a checkpoint on, that is not all of the table
	run -4 ttlsweep purge -q -t "$T" --now "$NOW" --state any --yes --no-journal --max-items 5 --segments 1 --checkpoint "$BATS_TEST_TMPDIR/c"
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --state any --segments 1 --checkpoint "$BATS_TEST_TMPDIR/c"
	[[ ${output//$'\n'/ } == *"This is EVERY entry that was read: all that is left of the table after the checkpoint."* ]]
}

@test "a journal that cannot be created is reported with and without --yes" {
	table
	local file=$BATS_TEST_TMPDIR/file
	touch "$file"
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal-dir "$file/x"
	[[ $stderr == *"with --yes this would be refused: the journal's directory $file/x: "*--journal-dir* ]]
	[[ $output != *"are free there"* && $output != *"    ttlsweep "* ]]
	[[ ${lines[-1]} == "Nothing was changed. With --yes this would be refused (see above)." ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now 2030-01-01T00:00:00Z
	[[ $stderr == *"with --yes this would be refused: --now is in the future"* ]]
	[[ $output != *"    ttlsweep "* ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now 2030-01-01T00:00:00Z
	[[ ${lines[-1]} == "Nothing was changed. With --yes this would be refused (see above)." ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW"
	[[ ${lines[-2]} == "Nothing was changed. To delete them:" ]]
	[[ ${lines[-1]} == "    ttlsweep purge -t $T --now $NOW --yes --region us-east-1 --endpoint-url $AWS_ENDPOINT_URL_DYNAMODB" ]]
	mkdir -m 777 "$BATS_TEST_TMPDIR/open"
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal-dir "$BATS_TEST_TMPDIR/open"
	[[ $stderr == *"everyone may write there"* && $output != *"No journal would be kept"* ]]
	run -1 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal-dir "$file/x" --yes
	[[ $stderr == *"the journal's directory $file"*--journal-dir* ]]
	local yes
	for yes in "" --yes; do
		run --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal-dir /proc/none/x $yes
		[[ $stderr == *"the journal's directory /proc/none/x: it does not exist and cannot be created (No such file or directory); name another with --journal-dir"* ]]
	done
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal "$BATS_TEST_TMPDIR/none/j"
	[[ $stderr == *"with --yes this would be refused: the journal's directory $BATS_TEST_TMPDIR/none: "* ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --journal "$file"
	[[ $stderr == *"with --yes this would be refused: "*"file exists"* && $output != *"$file"* ]]
	run -1 ttlsweep purge -t "$T" --now "$NOW" --journal /dev/full --yes
	[[ $output == *"/dev/full: not a regular file, so nothing"* ]]
	run -2 ttlsweep purge -t "$T" --now "$NOW" --journal "$BATS_TEST_TMPDIR" --yes
	[[ $output == *"a directory; use --journal-dir"* ]]
	# a full disk: the totals say that nothing was done
	run -1 --separate-stderr prlimit --fsize=10 "$TTLSWEEP" purge -t "$T" --now "$NOW" \
	    --yes --format json --journal "$BATS_TEST_TMPDIR/short"
	jq -e '.stopped == "failed" and .matched == 0 and .journal == null' <<<"$output"
	run -1 prlimit --fsize=10 "$TTLSWEEP" purge -t "$T" --now "$NOW" \
	    --yes --journal "$BATS_TEST_TMPDIR/short"
	[[ $output == *"$BATS_TEST_TMPDIR/short: cannot write the journal: File too large; raise the limit on a file's size (ulimit -f), or work in parts with --max-items"* && $output != *"to continue"* ]]
	# where people read it, the error says all
	run -1 "$PYTHON" "$ROOT/tests/lib/terminal.py" prlimit --fsize=10 "$TTLSWEEP" \
	    purge -t "$T" --now "$NOW" --yes --journal "$BATS_TEST_TMPDIR/short"
	[[ $output == *"cannot write"* && $output != *scanned* ]]
	[ "$(left)" -eq 100 ]
}

@test "the journal's path is printed before the first delete" {
	table
	start_road "$LOCAL_URL"
	road PUT hold '{"operation": "BatchExecuteStatement", "when": "before", "skip": 0}'
	local j=$BATS_TEST_TMPDIR/journal err=$BATS_TEST_TMPDIR/err
	"$TTLSWEEP" purge -t "$T" --now "$NOW" --yes --jobs 1 --journal "$j" \
	    --endpoint-url "$ROAD_URL" 2>"$err" &
	road GET held
	grep -qF "ttlsweep: journal $j (ttlsweep restore --yes --endpoint-url $ROAD_URL $j undoes this run)" "$err"
	kill -KILL $!
	wait $! || :
	road PUT release '{"how": "drop"}'
	# and none if no journal was needed
	run -0 --separate-stderr sweep --yes --prefix nothing
	[[ $stderr != *journal* ]]
	# a prefix that no key has is probably mistyped; one that no expired entry
	# has is not
	run -0 --separate-stderr sweep --yes -q --prefix nothing --prefix none
	[[ $stderr == "ttlsweep: "*"none of the 100 entries read matches --prefix nothing --prefix none" ]]
	run -0 --separate-stderr sweep --yes -q --prefix "$(ttlsweep list -t "$T" --now "$NOW" --state live --kind session --reveal --limit 1 --columns key --no-headings)"
	[ -z "$stderr" ]
	run -0 --separate-stderr sweep --yes -q
	[ -z "$stderr" ]
}

@test "INT on a terminal: the note about requests in flight is printed once" {
	table
	start_road "$LOCAL_URL"
	road PUT hold '{"operation": "BatchExecuteStatement", "when": "before", "skip": 0}'
	"$PYTHON" - "$TTLSWEEP" "$T" "$NOW" "$ROAD_URL" <<'PY'
import os, pty, signal, sys, urllib.request
binary, table, now, url = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(binary, [binary, "purge", "-t", table, "--now", now, "--yes", "--no-journal", "--jobs", "2",
                      "--progress", "never", "--endpoint-url", url])
open_ = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
open_(url + "/_road/held").read()
os.kill(pid, signal.SIGINT)
said = b""
while b"finishing requests in flight" not in said:
    said += os.read(fd, 4096)
open_(urllib.request.Request(url + "/_road/release", b'{"how": "go"}', method="PUT")).read()
try:
    while piece := os.read(fd, 4096):
        said += piece
except OSError:
    pass
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
assert said.count(b"finishing requests") == 1, said
PY
}

@test "a dry run creates no directory for the journal" {
	table
	run -0 sweep
	[[ $output == *"Nothing was changed"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/j" ]
}

@test "invalid ceilings are refused before any request" {
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	T=none
	run -2 sweep --max-percent 200
	run -2 sweep --price x
	run -2 sweep --max-percent many
	[[ $output == *"--max-percent 'many'"* ]]
	run -2 sweep --max-cost -1
	run -2 sweep --max-items -1
	run -2 sweep --deadline never
}

@test "--checkpoint: the next run continues where this one stopped" {
	table
	local c=$BATS_TEST_TMPDIR/c n=0
	while :; do
		run --separate-stderr sweep --yes --checkpoint "$c" --max-items 7 --jobs 2 --format json
		((n += $(jq .deleted <<<"$output")))
		[ "$status" -eq 4 ] || break
		[ -s "$c" ]
		[ "$(stat -c %a "$c")" = 600 ]
		[[ $stderr == *"to continue: "*--checkpoint* ]]
	done
	[ "$status" -eq 0 ]
	[ "$n" -eq 60 ]
	[ "$(left)" -eq 40 ]
	[ ! -e "$c" ]
}

# Run the command that the last run printed, as printed.
go_on() { eval "run --separate-stderr $(sed -En 's/^ttlsweep: (to continue|once that is fixed, continue with): //p' <<<"$stderr")"; }

@test "the command printed to continue works, also with a journal and a checkpoint" {
	table
	local j=$BATS_TEST_TMPDIR/"a journal.gz" c=$BATS_TEST_TMPDIR/c n=1
	run -4 --separate-stderr ttlsweep -v purge -t "$T" --now "$NOW" --yes --overdue 1s \
	    --journal "$j" --checkpoint "$c" --max-items 20 --max-percent 60.0
	while [ "$status" -eq 4 ]; do
		[ "$n" -lt 9 ]
		((n += 1))
		go_on
	done
	[ "$status" -eq 0 ]
	[ "$n" -eq 3 ]
	[ "$(left)" -eq 40 ]
	ls "$BATS_TEST_TMPDIR"
	[ -s "$BATS_TEST_TMPDIR/a journal-3.gz" ]
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes "$j" "${j%.gz}"-[23].gz
	[ "$(left)" -eq 100 ]
	# it stopped in the middle: the rest goes to another file
	run -1 --separate-stderr prlimit --fsize=9000 "$TTLSWEEP" purge -t "$T" \
	    --now "$NOW" --yes --jobs 1 --journal "$BATS_TEST_TMPDIR/x"
	go_on
	[ "$status" -eq 0 ]
	[ -s "$BATS_TEST_TMPDIR/x-2" ]
	[ "$(left)" -eq 40 ]
	# -q: why comes before the figures, and only once
	table
	run -1 prlimit --fsize=9000 "$TTLSWEEP" purge -q -t "$T" --now "$NOW" --yes \
	    --jobs 1 --max-percent 99 --journal "$BATS_TEST_TMPDIR/y"
	[[ ${lines[0]} == "ttlsweep: $BATS_TEST_TMPDIR/y: "* ]]
	[[ ${lines[1]} == "purge $T: "*"; stopped: failed; journal "* ]]
	[[ ${lines[2]} == "ttlsweep: once that is fixed, continue with: ttlsweep purge "* ]]
	[ "${#lines[@]}" -eq 3 ]
}

@test "if the same command would stop again, the message says what to change" {
	table
	local stop
	for stop in "items 0" "percent 5" "units 0" "cost 0.0000001"; do
		# shellcheck disable=SC2086
		run -4 --separate-stderr sweep --yes --max-$stop
		[[ $stderr == *"nothing was changed"*"raise "* && $stderr != *"to continue"* ]]
		[[ $stderr == *"--max-${stop% *}"* ]]
		# shellcheck disable=SC2086
		run -4 --separate-stderr sweep --max-$stop
		[[ $stderr == *"nothing was changed; "*"raise "* && $stderr == *"--max-${stop% *}"* ]]
		[[ $output != *"    ttlsweep "* ]]
	done
	[[ $stderr == *"max-cost"* ]]
	run -4 --separate-stderr sweep --yes --max-percent 5 --format json
	[[ $stderr == *"nothing was changed: 60 of 100 entries (60.0 %) match, more than --max-percent 5 allows; see why with a dry run without it, then raise it or narrow the selection" ]]
	# a person has read it above
	run -4 script -qec "'$TTLSWEEP' purge -t $T --now $NOW --max-percent 5 --yes --endpoint-url $LOCAL_URL --journal-dir '$BATS_TEST_TMPDIR/j'" /dev/null </dev/null
	output=$(tr -d '\r' <<<"$output")
	[[ $output == *"60 of 100 entries (60.0 %) match, more than "*"nothing was changed; see why with a dry run without --max-percent, then raise it or narrow the selection"* ]]
	[[ $(grep -c "60 of 100" <<<"$output") -eq 1 ]]
	# also when it passes while all are counted; no position is saved then
	local i
	for i in "" --yes; do
		# shellcheck disable=SC2086
		run -4 --separate-stderr sweep --max-percent 90 --deadline 0s $i
		[[ $stderr == *"nothing was changed; raise --deadline, which passed before anything was done" ]]
		[[ $output != *"    ttlsweep "* ]]
	done
	run -4 --separate-stderr sweep --yes --deadline 0s
	[[ $stderr == *"nothing was changed; raise --deadline"* && $stderr != *"to continue"* ]]
}

@test "the command printed to continue names what came from the environment" {
	table
	CACHETABLE=$T run -4 --separate-stderr ttlsweep -v purge --now "$NOW" --yes \
	    --max-items 20 --no-journal
	[[ $stderr == *"to continue: "*" --table $T --region us-east-1 --endpoint-url $LOCAL_URL" ]]
	# no default, and no environment, is needed
	unset CACHETABLE
	run -4 --separate-stderr env -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_ENDPOINT_URL_DYNAMODB \
	    PATH="$(dirname "$TTLSWEEP"):$PATH" bash -c "$(sed -n 's/^ttlsweep: to continue: //p' <<<"$stderr")"
	[ "$(left)" -eq 60 ]
}

@test "--checkpoint: a checkpoint of another run is refused" {
	table
	local c=$BATS_TEST_TMPDIR/c was=$T
	run -4 sweep --yes --checkpoint "$c" --max-items 7
	run -1 sweep --yes --checkpoint "$c" --state stuck,live
	run -1 sweep --yes --checkpoint "$c" --prefix x
	run -1 ttlsweep repair -t "$T" --now "$NOW" --checkpoint "$c"
	table
	run -1 sweep --yes --checkpoint "$c"
	[[ $output == *"$was"* ]]
	[ "$(left)" -eq 100 ]
	: >"$c"
	run -1 sweep --yes --checkpoint "$c"
	[ "$(left)" -eq 100 ]
}

# edit PROGRAM: edit the checkpoint $C with jq.
edit() { jq -c "$1" "$C" >"$C.new" && cat "$C.new" >"$C"; }

@test "--checkpoint: a time in the future is refused, as with --now" {
	table
	C=$BATS_TEST_TMPDIR/c
	run -4 ttlsweep purge -t "$T" --yes --no-journal --checkpoint "$C" --max-items 7
	edit '.now = 4000000000'
	run -1 ttlsweep purge -t "$T" --yes --no-journal --checkpoint "$C"
	[[ $output == *"$C: the checkpoint's time, 2096-10-02T07:06:40Z, is in the future"* ]]
	[[ $output != *"continuing at"* ]]
	[ "$(left)" -eq 93 ]
	run -0 ttlsweep purge -t "$T" --checkpoint "$C"
	[[ $output == *"with --yes this would be refused: $C: "* ]]
	# not a time
	edit '.now = 9223372036854775807'
	run -1 ttlsweep purge -t "$T" --checkpoint "$C"
	[[ $output == *"damaged: its \"now\" is not valid; name another file, or remove it to start over"* ]]
}

@test "--checkpoint: other --segments are refused" {
	table
	C=$BATS_TEST_TMPDIR/c
	run -4 sweep --yes --checkpoint "$C" --max-items 7 --shard 1/1
	edit '.segments = 4096 | .positions = [range(4096) | null]'
	run -1 sweep --yes --checkpoint "$C" --shard 1/1
	[[ $output == *"$C: "*"4096 segments, but shards have 1024"* ]]
	edit '.segments = 8 | .positions = [range(8) | null]'
	run -1 sweep --yes --checkpoint "$C" --shard 1/1
	[ "$(left)" -eq 93 ]
	rm "$C"
	run -4 sweep --yes --checkpoint "$C" --max-items 7 --segments 64
	run -2 sweep --yes --checkpoint "$C" --segments 32
	[[ $output == *"--segments: the checkpoint $C has 64;"* ]]
	run -0 sweep --yes --checkpoint "$C" --segments 64
	[[ $output == *"continuing at checkpoint $C; entries are judged at "*Z* ]]
	[ "$(left)" -eq 40 ]
}

@test "--checkpoint: links, and files that others may write, are refused" {
	table
	C=$BATS_TEST_TMPDIR/c
	run -4 sweep --yes --checkpoint "$C" --max-items 7
	chmod g+w "$C"
	run -1 sweep --yes --checkpoint "$C"
	[[ $output == *"$C: others may write to the checkpoint (mode 0620)"*"run: chmod 600 $C; otherwise"* ]]
	chmod 600 "$C"
	ln -s "$C" "$BATS_TEST_TMPDIR/link"
	run -2 sweep --yes --checkpoint "$BATS_TEST_TMPDIR/link"
	ln -s nowhere "$BATS_TEST_TMPDIR/dangling"
	run -2 sweep --yes --checkpoint "$BATS_TEST_TMPDIR/dangling"
	[ "$(left)" -eq 93 ]
	run -0 sweep --yes --checkpoint "$C"
	[ "$(left)" -eq 40 ]
}

@test "--shard: each entry is in exactly one shard" {
	table
	local i
	for i in 1 2 3; do
		run -0 --separate-stderr sweep --yes --shard $i/3 --format json
		echo "$output" >>"$BATS_TEST_TMPDIR/shards"
	done
	jq -es 'map(.deleted) | add == 60' "$BATS_TEST_TMPDIR/shards"
	# one line of totals says which shard it is of
	run -0 --separate-stderr sweep --yes --shard 2/3
	[[ $output == "purge $T: "*" s; shard 2/3" ]]
	[ "$(left)" -eq 40 ]
}

@test "--state live deletes live entries and no others" {
	table
	run -0 --separate-stderr sweep --yes --state live --format json
	jq -e '.deleted == 40' <<<"$output"
	[ "$(left)" -eq 60 ]
}

@test "every state and reason can be purged, in batches and one by one" {
	local how
	for how in partiql single; do
		T=$(new_table any)
		seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --mixed 300 >/dev/null
		run -0 --separate-stderr sweep --yes --state any --batch $how --format json
		jq -e '.deleted == 300 and .matched == 300' <<<"$output"
	done
}

@test "a dry run says which rewrites it could not detect" {
	local unseen="no TTL attribute: if an application rewrites"
	table --case missing=3 --case words=2
	run -0 sweep
	[[ $output != *"$unseen"* ]]
	run -0 sweep --state immortal
	[[ $(xargs <<<"$output") == *"3 of them have $unseen"* ]]
	run -0 sweep --state any --reason missing
	[[ $(xargs <<<"$output") == *"They have $unseen"* ]]
	run -0 sweep --state immortal --reason wrong-type
	[[ $output != *"$unseen"* ]]
	# it sets their TTL and changes nothing else
	run -0 ttlsweep repair -t "$T" --now "$NOW" --ttl-for-missing 1d
	[[ $output != *"$unseen"* ]]
}

@test "--batch partiql fails on a server without PartiQL" {
	export AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL
	table
	run -1 sweep --yes --batch partiql
	[[ $output == *"--batch auto or single"* ]]
	[ "$(left)" -eq 100 ]
	run -0 sweep --yes
	[[ $output == *DeleteItem* ]]
	[ "$(left)" -eq 40 ]
}

@test "repair writes the intended times, leaves the rest alone, and can be undone" {
	T=$(new_table repair)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --mixed 300 >/dev/null
	local j=$BATS_TEST_TMPDIR/j
	dump --endpoint "$LOCAL_URL" --table "$T" >"$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --format json
	local matched zoneless
	zoneless=$(jq .left.zoneless <<<"$output")
	[ "$zoneless" -gt 0 ]
	matched=$(jq '.matched - .left.zoneless' <<<"$output")
	[ "$matched" -gt 20 ]
	run -0 ttlsweep repair -t "$T" --now "$NOW"
	local ahead sessions text=${output//$'\n'/ }
	read -r ahead sessions < <(ttlsweep list -t "$T" --now "$NOW" --reason milliseconds,microseconds,nanoseconds,string \
	    --state immortal --no-headings --columns @ttl,kind --format tsv |
	    awk -F '\t' '$1 !~ /[T ].*:[0-9][0-9]:[0-9][0-9]$/ { n++; s += $2 == "session" } END { print n, s }')
	[[ $text == *" $ahead of the $matched entries to repair have not expired. Have the application write and read seconds first, or it may treat these as expired, and log out the users of $sessions sessions. "* ]]
	dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --yes --journal "$j" --format json
	jq -e --argjson n "$matched" '.schema == "ttlsweep.repair/1" and .repaired == $n
	    and .skipped == .left.zoneless and .matched == .repaired + .refreshed + .gone + .failed + .skipped' <<<"$output"
	# no wrong unit and no time in a string is left, except date-times
	# without a zone
	run -0 --separate-stderr ttlsweep list -t "$T" --now "$NOW" --no-headings \
	    --reason milliseconds,microseconds,nanoseconds,string --columns @ttl
	[ "$(grep -c . <<<"$output")" -eq "$zoneless" ]
	[ -z "$(grep 'Z$\|[+-][0-9][0-9]:' <<<"$output")" ]
	[ "$(left)" -eq 300 ]
	run -0 ttlsweep restore -t "$T" "$j"
	[[ $output == *"Each entry of a repair gets back the TTL value that it had, if any"* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes "$j" --format json
	jq -e --argjson n "$matched" '.restored == $n' <<<"$output"
	dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "live entries that are selected by key or kind are not said to be absent" {
	T=$(new_table left)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --kind session --case future=5 >/dev/null
	local options
	for options in "--kind session" "--prefix s"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" $options
		[[ $stderr == *"5 entries match $options, but have not expired; --state any includes them" ]]
		# as every night
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" $options -q --yes
		[ -z "$stderr" ]
	done
	for options in "" "--kind item" "--kind session --overdue 2d" "--kind session --state stuck"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" $options
		[[ $stderr != *"not expired"* ]]
	done
}

@test "a list of keys that are in no entry is a warning, with -q, too" {
	table
	local command
	for command in "purge --state any" repair; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep $command -q -t "$T" --yes --keys-from - <<<"f5ca38f748a1d6eaf726b8a42fb575c3"
		[[ $stderr == "ttlsweep: standard input: the key has no entry: the entry is gone already, or the key is incomplete (it includes the prefix, such as session:)" ]]
	done
	# one of several, with a run that deletes the others
	ttlsweep list -t "$T" --now "$NOW" --reveal --no-headings --columns key --limit 2 >"$BATS_TEST_TMPDIR/keys"
	echo sesion:none >>"$BATS_TEST_TMPDIR/keys"
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --now "$NOW" --state any --yes --no-journal --keys-from "$BATS_TEST_TMPDIR/keys"
	[[ $stderr == "ttlsweep: $BATS_TEST_TMPDIR/keys: 1 of 3 keys has no entry: it is gone already, or mistyped" ]]
}

@test "a TTL attribute that is a key is not repaired, and no repair is advised" {
	local key
	for key in "--index ttl" "--sort-key ttl"; do
		T=$(new_table repair)
		# shellcheck disable=SC2086
		seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" $key \
		    --case string-past=2 --case iso-future=1 --case local-past=1 >/dev/null
		run -1 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --ttl-attribute ttl
		[[ $stderr == *"ttl cannot become a number: it is a key of the index by-ttl, "*"; delete such entries with purge" ||
		    $stderr == *"ttl is part of the key and cannot be changed; delete such entries with purge" ]]
		run -0 --separate-stderr ttlsweep inspect -t "$T" --now "$NOW" --ttl-attribute ttl
		output=$(tr -s ' \n' ' ' <<<"$output")
		[[ $output == *"Repair cannot change a key. "*"ttlsweep purge -t $T "* ]]
		[[ $output != *"ttlsweep repair"* && $output != *--zone* ]]
		run -0 --separate-stderr ttlsweep doctor -t "$T" --now "$NOW" --ttl-attribute ttl
		[[ $output == *"only a purge deletes these"* && $output != *"repair "* ]]
	done
}

@test "repair --ttl-for-missing sets a TTL where there is none" {
	T=$(new_table missing)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --case missing=5 --case future=5 >/dev/null
	run -0 ttlsweep repair -t "$T" --now "$NOW" --ttl-for-missing 1d
	[[ $output == *"5 entries without a TTL get one: $(date -ud "@$((NOW + 86400))" +%FT%TZ)."* ]]
	[[ $output != *"such entries"* ]]
	# an attribute that none has may be the wrong one, whatever is selected
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --ttl-attribute expires --reason missing --ttl-for-missing 1d
	[[ $stderr == *"no entry that was read (10) has the TTL attribute expires; if the time is in another one"* ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --ttl-attribute expires --ttl-for-missing 1d
	[[ $stderr == *"no entry that was read (10) has the TTL attribute expires; if the time is in another one"* ]]
	# without it there is nothing that a repair could write
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --reason missing,too-old,string
	[[ $output == *"There is nothing to repair."* ]]
	[[ $stderr == *"--reason missing: such entries get a TTL only with --ttl-for-missing DUR"* ]]
	[[ $stderr == *"--reason too-old: repair changes no such entry"* && $stderr != *"--reason string"* ]]
	run -0 --separate-stderr ttlsweep list -q -t "$T" --now "$NOW" --reason too-old,ttl-off
	[[ -z $stderr ]]
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --reason too-old
	[[ $stderr == *"--reason too-old: while TTL does not act on ttl, such entries have the reason ttl-off"* ]]
	run -0 --separate-stderr ttlsweep list -i /dev/stdin --now "$NOW" --reason ttl-off <<<'{"Item":{"key":{"S":"k"}}}'
	[[ $stderr == *"--reason ttl-off: TTL is taken to be on for ttl, so no entry has this reason"* ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --state live,pending
	[[ $stderr == *"--state live,pending: repair changes no such entry"* ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --reason string --ttl-for-missing 1d
	[[ $stderr == *"--ttl-for-missing has no effect: --reason selects no entry without a TTL"* ]]
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --state stuck --ttl-for-missing 1d
	[[ $stderr == *"--ttl-for-missing has no effect: entries without a TTL are immortal, and --state selects no such entry"* ]]
	local state
	for state in "" "--state any" "--state stuck,immortal" "--state immortal"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" $state --ttl-for-missing 1d
		[[ $stderr != *effect* ]]
	done
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --yes \
	    --ttl-for-missing 1d --journal "$BATS_TEST_TMPDIR/j" --format json
	jq -e '.repaired == 5' <<<"$output"
	run -0 --separate-stderr ttlsweep inspect -t "$T" --now "$NOW" --format json
	jq -e '.states.live.items == 10' <<<"$output"
	run -0 ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR/j"
	run -0 --separate-stderr ttlsweep inspect -t "$T" --now "$NOW" --format json
	jq -e '.states.live.items == 5 and .states.immortal.items == 5' <<<"$output"
	run -0 ttlsweep restore -t "$T" "$BATS_TEST_TMPDIR/j"
	[[ $(tr -s ' ' <<<"$output") == *"present 5 left alone: no longer has the TTL value that repair wrote"* ]]
	[[ ${output//$'\n'/ } == *"There is nothing to change back: none still has the TTL value that repair wrote. Checking which keys are in use took "* ]]
}

@test "with replicas, purge and repair need --overdue 15m" {
	table --case milliseconds-past=3
	start_cloud "$LOCAL_URL"
	export AWS_ENDPOINT_URL_DYNAMODB=$CLOUD_URL
	cloud_set '{"table": {"Replicas": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}}'
	local command
	for command in purge repair; do
		run -1 ttlsweep $command -t "$T" --now "$NOW" --yes --no-journal
		[[ $output == *"a replica in eu-west-1"*"--overdue 15m"* ]]
		run -1 ttlsweep $command -t "$T" --now "$NOW" --yes --no-journal --overdue 14m
		run -0 ttlsweep $command -t "$T" --now "$NOW"
		[[ $output == *"this would be refused"*"--overdue 15m"* ]]
	done
	run -0 ttlsweep purge -t "$T" --now "$NOW"
	[[ ${output//$'\n'/ } == *" free of charge (but not in the replicas)"* ]]
	run -0 ttlsweep inspect -t "$T" --now "$NOW"
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"The table has replicas: there, deletes by TTL are charged, and a purge or repair with --yes needs --overdue of 15m or more."* ]]
	run -0 ttlsweep repair -t "$T" --now "$NOW" --yes --no-journal --overdue 15m
	cloud_set '{"table": {"MultiRegionConsistency": "STRONG", "Replicas": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}}'
	run -0 ttlsweep repair -t "$T" --now "$NOW" --yes --no-journal
}

@test "--keep-journals removes old journals of this table and no others" {
	table
	local j=$BATS_TEST_TMPDIR/j a=$BATS_TEST_TMPDIR/a.journal name
	ttlsweep purge -t "$T" --now "$NOW" --yes -q --max-items 1 --journal "$a" || [[ $? -eq 4 ]]
	mkdir -m 700 "$j"
	# the name does not matter
	cp "$a" "$j/old"
	gzip -c "$a" >"$j/$T-20200101T000000Z.journal.gz"
	cp "$a" "$j/young"
	sed '1s/us-east-1/eu-west-1/' "$a" >"$j/$T-20200101T000000Z.journal"
	sed "1s/$T/$T-2/" "$a" >"$j/$T-20200101T000000Z-2.journal"
	head -c 40 "$a" >"$j/$T-20200101T000000Z-3.journal"
	: >"$j/$T-20200101T000000Z-4.journal"
	cp "$a" "$j/held"
	for name in "$j"/*; do
		[[ $name == */young ]] || touch -d '40 days ago' "$name"
	done
	exec 8<"$j/held"
	flock -s 8
	run -0 sweep -v --keep-journals 30d
	[[ $output == *"would remove the old journal $j/old"* ]]
	[[ $output == *"after a run that ends with status 0, --keep-journals would remove 2 journals of this table, more than 30 d old, from $j"* ]]
	[[ $(find "$j" -type f | wc -l) -eq 8 ]]
	# not when something is wrong: they may be needed
	run -4 sweep --yes -q --keep-journals 30d --max-percent 1
	[[ $output == *"after a run that ends with status 0, --keep-journals would remove 2 journals of this table, more than 30 d old, from $j"* ]]
	run -4 sweep --keep-journals 30d --max-percent 1
	[[ $output != *"journals of this table"* ]]
	[[ $(find "$j" -type f | wc -l) -eq 8 ]]
	run -0 sweep --yes -v --keep-journals 30d
	[[ $output == *"removed the old journal $j/old"* ]]
	[[ $output == *"2 journals of this table, more than 30 d old, removed from $j"* ]]
	[[ ! -e $j/old && ! -e $j/$T-20200101T000000Z.journal.gz ]]
	[[ $(find "$j" -type f | wc -l) -eq 7 ]]
	exec 8<&-
	# the directory is that of the run's journal, whichever option gave it
	mkdir -m 700 "$j/other"
	cp "$a" "$j/other/old"
	touch -d '40 days ago' "$j/other/old"
	run -0 ttlsweep purge -t "$T" --now "$NOW" --yes --state any --journal "$j/other/new" --keep-journals 30d
	[[ $output == *"1 journal of this table, more than 30 d old, removed from $j/other"* && ! -e $j/other/old ]]
	run -2 ttlsweep purge -t "$T" --no-journal --keep-journals 30d
}

# slow_purge FILE: start a purge that takes more than a minute; its pid in $pid.
slow_purge()
{
	"$TTLSWEEP" purge -t "$T" --now "$NOW" --yes --max-wcu 1 --jobs 1 \
	    --journal "$1" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	until grep -q '"Outcome"' "$1" 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.02
	done
}

@test "a journal that is removed or replaced stops the run before the next delete" {
	local j=$BATS_TEST_TMPDIR/gone.journal how pid status undo
	for how in remove replace move; do
		table
		dump --endpoint "$LOCAL_URL" --table "$T" >"$BATS_TEST_TMPDIR/before"
		slow_purge "$j"
		status=0
		case $how in
		remove) rm "$j" ;;
		replace) cp "$j" "$j.new" && mv "$j.new" "$j" ;;
		move) mv "$j" "$j.moved" ;;
		esac
		wait "$pid" || status=$?
		[[ $status -eq 1 ]]
		grep -q "$j: the journal was .*; find out what " "$BATS_TEST_TMPDIR/err"
		run ! grep -E '; ;|and ;|again;' "$BATS_TEST_TMPDIR/err"
		[[ $(grep -c "the journal was " "$BATS_TEST_TMPDIR/err") -eq 1 ]]
		[[ $(left) -gt 40 ]]
		# what was deleted can be restored
		case $how in
		remove) undo=$j ;;
		replace) undo=${j/.journal/-2.journal} ;;
		move) undo=$j && rm "$j.moved" ;;
		esac
		grep -q "are saved as $undo" "$BATS_TEST_TMPDIR/err"
		grep -q "journal $undo (ttlsweep restore --yes.* $undo undoes this run)" "$BATS_TEST_TMPDIR/err"
		run -0 ttlsweep restore --yes "$undo"
		dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$BATS_TEST_TMPDIR/before"
		rm -f "$j" "$undo"
	done
}

@test "a journal that is truncated stops the run, and nobody is promised an undo" {
	local j=$BATS_TEST_TMPDIR/cut.journal pid status=0
	table
	slow_purge "$j"
	: >"$j"
	wait "$pid" || status=$?
	[[ $status -eq 1 && $(left) -gt 40 ]]
	grep -q "$j: the journal was truncated while .*; find out what truncates it; what this run has deleted or changed so far may be missing in it, and cannot be put back then" "$BATS_TEST_TMPDIR/err"
	run ! grep -E 'saved as|and ;' "$BATS_TEST_TMPDIR/err"
	run ! grep -F "$j" "$BATS_TEST_TMPDIR/out"
}

@test "a journal whose directory is removed is saved elsewhere" {
	local d=$BATS_TEST_TMPDIR/gone pid status=0 saved
	mkdir -p "$d" "$XDG_STATE_HOME/ttlsweep"
	chmod 700 "$XDG_STATE_HOME/ttlsweep"
	table
	dump --endpoint "$LOCAL_URL" --table "$T" >"$BATS_TEST_TMPDIR/before"
	slow_purge "$d/x.journal"
	rm -r "$d"
	wait "$pid" || status=$?
	[[ $status -eq 1 && $(left) -gt 40 ]]
	saved=$(sed -n 's/.*its contents are saved as //p' "$BATS_TEST_TMPDIR/err")
	[[ $saved == "$XDG_STATE_HOME/ttlsweep/x.journal" ]]
	run -0 ttlsweep restore --yes "$saved"
	dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "a metrics file that cannot be written is refused before any delete" {
	table
	local name long m=$BATS_TEST_TMPDIR/m
	long=$(printf 'm%.0s' {1..300})
	mkdir "$m"
	ln -s loop "$BATS_TEST_TMPDIR/loop"
	ttlsweep export -t "$T" -o "$BATS_TEST_TMPDIR/all.json"
	for name in "$m" "$m/missing/m" "$m/$long" "$BATS_TEST_TMPDIR/loop"; do
		run -1 --separate-stderr sweep --yes --metrics-file "$name"
		[[ -z $output && $stderr == "ttlsweep: --metrics-file: $name: "* ]]
		run -1 ttlsweep repair -t "$T" --yes --no-journal --metrics-file "$name"
		run -1 ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR/all.json" \
		    --metrics-file "$name"
	done
	[ "$(left)" -eq 100 ]
	[ ! -e "$BATS_TEST_TMPDIR/j" ]
}

@test "metrics of several commands on one table have no series in common" {
	table --case milliseconds-past=3
	local m=$BATS_TEST_TMPDIR/m j=$BATS_TEST_TMPDIR/j
	run -0 ttlsweep repair -t "$T" --now "$NOW" --yes --no-journal --metrics-file "$m.1"
	run -0 sweep --yes --metrics-file "$m.2"
	run -0 ttlsweep restore -t "$T" --yes "$j"/* --metrics-file "$m.3"
	run -0 ttlsweep inspect -t "$T" --format prometheus -o "$m.4"
	for i in 1 2 3; do grep -q '^ttlsweep_purge_entries' "$m.$i"; done
	run bash -c "grep -hv '^#' '$m'.? | sed 's/ [^ ]*\$//' | sort | uniq -d"
	[ -z "$output" ]
	# a metric has the same type and help everywhere
	run bash -c "grep -h '^# ' '$m'.? | sort -u | cut -d' ' -f2,3 | sort | uniq -d"
	[ -z "$output" ]
	for i in 1 2 3 4; do
		run bash -c "grep '^# ' '$m.$i' | cut -d' ' -f2,3 | sort | uniq -d"
		[ -z "$output" ]
	done
}

@test "cron: no output with -q, one line without, and metrics" {
	table
	local m=$BATS_TEST_TMPDIR/m
	run -0 sweep --metrics-file "$m"
	grep -q '^ttlsweep_executed{.*} 0$' "$m"
	grep -q '^ttlsweep_purge_entries{.*outcome="skipped"} 60$' "$m"
	run ! grep -q last_success "$m"
	run -0 ttlsweep repair -t "$T" --now "$NOW" --metrics-file "$m"
	grep -q '^ttlsweep_executed{.*} 0$' "$m"
	run -0 sweep --yes -q --metrics-file "$m" --max-items 60
	grep -q '^ttlsweep_executed{.*} 1$' "$m"
	[ -z "$output" ]
	grep -q "^ttlsweep_purge_entries{.*outcome=\"deleted\"} 60" "$m"
	grep -q "^ttlsweep_last_success_timestamp_seconds{.*command=\"purge\"" "$m"
	# it stays, to grow old, when a run stops or fails, and in a dry run
	local when command
	when=$(grep '^ttlsweep_last_success.*command="purge"' "$m")
	for command in "--state any --yes --max-items 0" "--state any" \
	    "--state any --yes --max-percent 1"; do
		# shellcheck disable=SC2086
		run ttlsweep purge -t "$T" --now "$NOW" --no-journal $command --metrics-file "$m"
		[[ $(grep '^ttlsweep_last_success' "$m") == "$when" ]]
	done
	[ "$(stat -c %a "$m")" = "$(printf '%o' $((0666 & ~$(umask))))" ]
	# also on a terminal
	run -0 ttlsweep restore -t "$T" "$BATS_TEST_TMPDIR"/j/* --metrics-file "$m"
	grep -q '^ttlsweep_executed{.*} 0$' "$m"
	ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR"/j/* >/dev/null
	run -0 script -qec "'$TTLSWEEP' purge -t $T --now $NOW --yes --no-journal -q" /dev/null
	[ -z "$output" ]
	table
	run -0 --separate-stderr sweep --yes
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "purge $T: 100 scanned, 60 matched, 60 deleted, "* ]]
}

@test "a repair that --max-percent stops reports what it left, too" {
	T=$(new_table left)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --case string-past=6 --case zero=4 >/dev/null
	zoneless() { printf '{"Item":{"key":{"S":"z%s"},"ttl":{"S":"2020-01-01T00:00:00"}}}\n' 1 2 3; }
	zoneless | ttlsweep restore -q -t "$T" --yes -
	local n
	n=$(ttlsweep repair -t "$T" --now "$NOW" --format json | jq -c '[.matched, .skipped, .left]')
	run -4 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --max-percent 1 --format json
	[[ $(jq -c '[.matched, .skipped, .left]' <<<"$output") == "$n" ]]
}

@test "a dry run that was interrupted while it counted says what it has counted" {
	table
	until_said TERM "$BATS_TEST_TMPDIR/err" 'scanned [1-9]' 1 \
	    "$TTLSWEEP" purge -t "$T" --now "$NOW" --max-percent 90 --max-rcu 2 --progress always \
	    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || [ $? -eq 143 ]
	grep -E '^ *scanned +[1-9]' "$BATS_TEST_TMPDIR/out"
	grep -q '^Nothing was changed. INCOMPLETE: ' "$BATS_TEST_TMPDIR/out"
}

@test "a second run on the same table ends with 75, however the server is named" {
	local url pid status=0 port=${LOCAL_URL##*:} j=$BATS_TEST_TMPDIR/first
	table
	slow_purge "$j"
	for url in "$LOCAL_URL" "http://localhost:$port" "HTTP://LOCALHOST:$port//"; do
		run -75 ttlsweep purge -t "$T" --now "$NOW" --yes --no-journal --endpoint-url "$url"
		[[ $output == *"another purge, repair or restore of "*"$T is running on this machine"* ]]
		[[ ! -r /proc/locks || $output == *"(process $pid holds the lock /"*"); wait for it to end, or end it with 'kill $pid': it settles what it has sent" ]]
	done
	run -75 ttlsweep restore -t "$T" --endpoint-url "$url" --yes "$j"
	run -0 sweep
	kill "$pid"
	wait "$pid" || status=$?
	[[ $status -eq 143 ]]
	run -0 sweep --yes -v
	# and nothing is left behind
	[[ $output =~ "lock /"([^$'\n']*) ]]
	[[ ! -e /${BASH_REMATCH[1]} ]]
	# a table with an id is the same at any address
	export AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL
	start_road "$DYNALITE_URL"
	table
	status=0
	slow_purge "$BATS_TEST_TMPDIR/second"
	run -75 sweep --yes --endpoint-url "$ROAD_URL"
	kill "$pid"
	wait "$pid" || status=$?
	[[ $status -eq 143 ]]
}

# 40 entries of 2 500 bytes, some of them expired; every fourth has the key of
# the index "sparse" (ALL), every second those of "keys" (KEYS_ONLY).
sparse()
{
	T=$(new_table sparse)
	PYTHONPATH=$ROOT/tests/lib "$PYTHON" - "$AWS_ENDPOINT_URL_DYNAMODB" "$T" "$NOW" <<'PY'
import sys
import seed
endpoint, table, now = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = seed.connect(endpoint)
key = lambda name, role="HASH": {"AttributeName": name, "KeyType": role}
index = lambda name, kind, *keys: {"IndexName": name, "KeySchema": list(keys), "Projection": {"ProjectionType": kind}}
client.create_table(
    TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[key("key")],
    AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in
                          (("key", "S"), ("user", "S"), ("other", "S"), ("ttl", "N"))],
    GlobalSecondaryIndexes=[index("sparse", "ALL", key("user")),
                            index("keys", "KEYS_ONLY", key("other"), key("ttl", "RANGE"))])
for i in range(40):
    item = {"key": {"S": "k%d" % i}, "ttl": {"N": str(now - 100 if i < 30 else now + 100)}, "big": {"S": "x" * 2500}}
    if i % 4 == 0:
        item["user"] = {"S": "u"}
    if i % 2 == 0:
        item["other"] = {"S": "o"}
    client.put_item(TableName=table, Item=item)
PY
}

@test "an index costs nothing for an entry outside it: inspect, dry run, doctor and purge agree" {
	sparse
	# 30 of 3 units; 8 in "sparse", of 3; 15 in "keys", of 1
	local units=$((30 * 3 + 8 * 3 + 15))
	run -0 ttlsweep inspect -t "$T" --now "$NOW" --format json
	jq -e --argjson n $units '.purge.items == 30 and .purge.write_units == $n' <<<"$output"
	run -0 --separate-stderr sweep --format json
	jq -e --argjson n $units '.write_units == $n' <<<"$output"
	run -0 ttlsweep doctor -t "$T" --now "$NOW" --format json
	jq -e --arg n $units '.checks[] | select(.check == "cost") |
	    .text | contains("takes \($n) write units")' <<<"$output"
	# exact to the unit: that ceiling is not met, one less is
	run -4 --separate-stderr sweep --yes --max-units $((units - 1)) --format json
	ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR"/j/* >/dev/null
	rm -r "$BATS_TEST_TMPDIR/j"
	run -0 --separate-stderr sweep --yes --max-units $units --format json
	jq -e --argjson n $units '.deleted == 30 and .write_units == $n' <<<"$output"
	run -0 --separate-stderr ttlsweep restore -t "$T" --format json "$BATS_TEST_TMPDIR"/j/*
	jq -e --argjson n $units '.write_units == $n' <<<"$output"
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes --format json "$BATS_TEST_TMPDIR"/j/*
	jq -e --argjson n $units '.restored == 30 and .write_units == $n' <<<"$output"
}

@test "repair counts the cost of an index only if the index has the TTL" {
	sparse
	# ten get milliseconds: DynamoDB refuses a wrong type for a key of an
	# index
	PYTHONPATH=$ROOT/tests/lib "$PYTHON" - "$AWS_ENDPOINT_URL_DYNAMODB" "$T" "$NOW" <<'PY'
import sys
import seed
endpoint, table, now = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = seed.connect(endpoint)
for i in range(10):
    ttl = {"N": str((now + 100) * 1000)}
    client.update_item(TableName=table, Key={"key": {"S": "k%d" % i}}, UpdateExpression="SET #t = :t",
                       ExpressionAttributeNames={"#t": "ttl"}, ExpressionAttributeValues={":t": ttl})
PY
	# 10 of 3; 3 in "sparse", of 3; 5 in "keys", which are moved there
	local units=$((10 * 3 + 3 * 3 + 5 * 2)) j=$BATS_TEST_TMPDIR/j.journal
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --format json
	jq -e --argjson n $units '.matched == 10 and .write_units == $n' <<<"$output"
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --format json \
	    --yes --journal "$j"
	jq -e --argjson n $units '.repaired == 10 and .write_units == $n' <<<"$output"
}

@test "doctor, dry run and purge have the same pace: that of the slowest index" {
	T=$(new_table paced)
	PYTHONPATH=$ROOT/tests/lib "$PYTHON" - "$AWS_ENDPOINT_URL_DYNAMODB" "$T" <<'PY'
import sys
import seed
client = seed.connect(sys.argv[1])
key = lambda name: [{"AttributeName": name, "KeyType": "HASH"}]
pace = lambda n: {"ReadCapacityUnits": n, "WriteCapacityUnits": n}
client.create_table(
    TableName=sys.argv[2], KeySchema=key("key"), ProvisionedThroughput=pace(400),
    AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("key", "value")],
    GlobalSecondaryIndexes=[{"IndexName": "slow", "KeySchema": key("value"), "ProvisionedThroughput": pace(20),
                             "Projection": {"ProjectionType": "KEYS_ONLY"}}])
PY
	seed --endpoint "$LOCAL_URL" --table "$T" --no-create --now "$NOW" \
	    --case past=400 --max-size 500 >/dev/null
	local pace="100 read units and 5 write units a second" takes
	takes=$(ttlsweep purge -t "$T" --now "$NOW" | tr '\n' ' ' | grep -oE 'at 5 write units a second that takes [0-9]+ [a-z]+')
	run -0 ttlsweep doctor -t "$T" --now "$NOW" --format json
	jq -e --arg pace "$pace" '.checks[] | select(.check == "billing") | .text | contains($pace)' <<<"$output"
	jq -e --arg takes "$takes" '.checks[] | select(.check == "cost") | .text | contains($takes)' <<<"$output"
	run -4 --separate-stderr sweep --yes --max-items 1
	[[ $stderr == *"table $T; at most $pace"* ]]
	# … and the user's limit, in all three
	pace="100 read units and 2 write units a second"
	takes=$(ttlsweep purge -t "$T" --now "$NOW" --max-wcu 2 | tr '\n' ' ' | grep -oE 'at 2 write units a second that takes [0-9]+ [a-z]+')
	run -0 ttlsweep doctor -t "$T" --now "$NOW" --max-wcu 2 --format json
	jq -e --arg pace "$pace" '.checks[] | select(.check == "billing") | .text | contains($pace)' <<<"$output"
	jq -e --arg takes "$takes" '.checks[] | select(.check == "cost") | .text | contains($takes)' <<<"$output"
	run -4 --separate-stderr sweep --yes --max-items 1 --max-wcu 2
	[[ $stderr == *"at most $pace"* ]]
}

@test "doctor refuses the same journals as a purge" {
	table
	local d=$BATS_TEST_TMPDIR/places place says
	mkdir "$d" "$d/dir" "$d/open"
	chmod 777 "$d/open"
	touch "$d/file"
	ln -s nothing "$d/dangling"
	ln -s file "$d/link"
	mkfifo "$d/fifo"
	# with the same message
	for place in dir file dangling link fifo; do
		run -1 ttlsweep doctor -t "$T" --now "$NOW" --journal "$d/$place" --format json
		says=$(jq -r '.checks[] | select(.check == "journal").text' <<<"$output")
		[[ $says == "--journal $d/$place: "* ]]
		run ttlsweep purge -t "$T" --now "$NOW" --yes --journal "$d/$place"
		[ "$status" -ne 0 ]
		[[ $output == *"$says"* ]]
		run -0 ttlsweep purge -t "$T" --now "$NOW" --journal "$d/$place"
		[[ $output == *"with --yes this would be refused: $says"* ]]
	done
	for place in "--journal $d/dir" "--journal $d/file" "--journal $d/dangling" \
	    "--journal $d/link" "--journal $d/fifo" "--journal $d/none/journal" \
	    "--journal-dir $d/file" "--journal-dir $d/dangling" "--journal-dir $d/open"; do
		# shellcheck disable=SC2086
		run ttlsweep purge -t "$T" --now "$NOW" --yes $place
		[ "$status" -ne 0 ]
		# shellcheck disable=SC2086
		run -0 ttlsweep purge -t "$T" --now "$NOW" $place
		[[ $output == *"with --yes this would be refused: "* ]]
		# shellcheck disable=SC2086
		run -1 ttlsweep doctor -t "$T" --now "$NOW" $place --format json
		jq -e '.checks[] | select(.check == "journal").result == "failure"' <<<"$output"
	done
	[ "$(left)" -eq 100 ]
	# and accepts those that a purge accepts
	for place in "--journal $d/new" "--journal-dir $d/new/dir" "--journal-dir $d/dir"; do
		# shellcheck disable=SC2086
		run -0 ttlsweep doctor -t "$T" --now "$NOW" $place --format json
		jq -e '.checks[] | select(.check == "journal").result == "ok"' <<<"$output"
	done
}

@test "doctor refuses the same --now as a purge" {
	table
	run -1 ttlsweep doctor -t "$T" --now 2100-01-01 --format json
	jq -e '.checks[] | select(.check == "now") | .result == "failure"
	    and (.text | startswith("--now is in the future"))' <<<"$output"
	run -0 ttlsweep doctor -t "$T" --now "$NOW" --format json
	jq -e 'all(.checks[]; .check != "now")' <<<"$output"
}

@test "attribute names that are impossible in batches: single deletes, with one note" {
	local names key ttl before=$BATS_TEST_TMPDIR/before j=$BATS_TEST_TMPDIR/names
	# DynamoDB Local accepts no names that begin with # or : in PartiQL
	for names in "#key :ttl" ":key #ttl" "key #ttl"; do
		read -r key ttl <<<"$names"
		rm -f "$j"
		table --key "$key" --ttl-attribute "$ttl" --case milliseconds-past=10
		dump --endpoint "$LOCAL_URL" --table "$T" >"$before"
		run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" \
		    --ttl-attribute "$ttl" --yes --journal "$j" --format json
		jq -e '.deleted == 70 and .failed == 0 and .unconfirmed == 0' \
		    <<<"$output"
		[ "$(grep -c "PartiQL.*not available" <<<"$stderr")" -eq 1 ]
		ttlsweep restore -t "$T" --yes "$j"
		dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$before"
		rm "$j"
		run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" \
		    --ttl-attribute "$ttl" --yes --journal "$j" --format json
		jq -e '.repaired == 10' <<<"$output"
		ttlsweep restore -t "$T" --ttl-attribute "$ttl" --yes "$j"
		dump --endpoint "$LOCAL_URL" --table "$T" | cmp - "$before"
		ttlsweep inspect -t "$T" --ttl-attribute "$ttl" --no-sizes \
		    --format json | jq -e '.scanned.items == 110'
	done
}

@test "sessions that nobody recognizes are not taken for none" {
	T=$(new_table kinds)
	local i command
	for i in 1 2 3; do printf '{"Item":{"key":{"S":"auth:%s"},"ttl":{"N":"%s"}}}\n' "$i" "$((NOW + 86400))"; done |
	    seed --endpoint "$LOCAL_URL" --table "$T" --items - --now "$NOW"
	for command in "purge --state any" list inspect; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep $command -t "$T" --now "$NOW" --kind session
		[[ $stderr == *"--kind session: none of the 3 entries read counts as a session, by its key; if sessions here begin otherwise, name their prefix with --session-prefix, or '' if all entries are sessions"* ]]
	done
	run -0 --separate-stderr ttlsweep purge -t "$T" --now "$NOW" --kind session --state any --session-prefix auth:
	[[ $stderr != *"counts as"* && $output == *"LIVE sessions"* ]]
}
