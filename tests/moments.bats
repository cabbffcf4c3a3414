#!/usr/bin/env bats
# TTL values that are not a time: nothing deletes or rewrites them unasked.
#
# shellcheck disable=SC2154 # stderr is set by bats

load lib/common
load lib/road

# Before the only time among the cases, 2026-11-28T16:47:24 in some zone.
NOW=1795000000
# Then it has passed in UTC, but not everywhere.
THEN=2026-11-29T04:00:00Z

setup_file()
{
	start_local
	# the cases as one export; never-9999 has items without "Item"
	NEVER=$WORLD/never.jsonl
	export NEVER
	jq -c 'if .Item then . else {Item: .} end' \
	    "$ROOT"/tests/cases/{wrong-moments,never-9999}.jsonl >"$NEVER"
}

teardown_file() { stop_servers; }

# table [SEED-OPTION...]: create a table $T with the cases.
table()
{
	T=$(new_table moments)
	seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" --items "$NEVER" "$@" >/dev/null
}

sweep() { ttlsweep "$1" -t "$T" --now "$NOW" --journal-dir "$BATS_TEST_TMPDIR/j" "${@:2}"; }
held() { dump --endpoint "$LOCAL_URL" --table "$T" | sort; }

@test "each value that is not a time is reported with its reason" {
	run -0 ttlsweep inspect -i "$NEVER" --now "$NOW" --format json
	jq -e '.states | map_values(.items) ==
	    {live: 0, pending: 0, stuck: 0, immortal: 13}' <<<"$output"
	jq -e '[.reasons[] | [.state, .reason, .items]] == [
	    ["immortal", "string", 1], ["immortal", "far-future", 6],
	    ["immortal", "no-time", 6]]' <<<"$output"
	jq -e '.purge.items == 0 and .overdue == {histogram: []}' <<<"$output"
	run -0 --separate-stderr ttlsweep list -i "$NEVER" --now "$NOW" --reveal --format tsv \
	    --no-headings --columns reason,ttl,expires,overdue
	[ "$(sort <<<"$output")" = "$(printf '%s\t%s\t%s\t\n' no-time 0 '' no-time -1 '' \
	    no-time 3600 '' far-future 253402300799 '' \
	    far-future 999999999999 '' far-future 253402300799999 '' \
	    far-future 639315136448464622 '' far-future 134403904448464622 '' \
	    no-time 20261208 '' \
	    string 2026-11-28T16:47:24.846462 2026-11-28T16:47:24Z \
	    no-time 0001-01-01T00:00:00 '' \
	    no-time 9999-12-31T23:59:59Z '' far-future 253402300799 '' | sort)" ]
	run -0 ttlsweep list -i "$NEVER" --now "$NOW" --no-headings \
	    --reason no-time,far-future --columns state
	[ "$(sort -u <<<"$output")" = immortal ]
	[ "${#lines[@]}" -eq 12 ]
	[ -z "$(ttlsweep list -i "$NEVER" --now "$NOW" --no-headings --state expired)" ]
}

@test "a time without a zone is past when it is past everywhere" {
	local la=session:local-time-los-angeles-000000000000000000
	run -0 ttlsweep list -i "$NEVER" --now 2026-11-29T04:47:24Z --no-headings --state stuck
	[ -z "$output" ]
	run -0 --separate-stderr ttlsweep list -i "$NEVER" --now 2026-11-29T04:47:25Z \
	    --no-headings --state stuck --reveal --columns key,overdue
	[ "$output" = "$la"$'\t43200' ]
	[[ $stderr == *"some of these times have no time zone; they are shown as UTC"* ]]
	run -0 --separate-stderr ttlsweep list -i "$NEVER" --now "$NOW" --top 5 --by expires
	[[ $stderr == *"have no time zone"* ]]
	run -0 --separate-stderr ttlsweep list -i "$NEVER" --now "$NOW" --columns key,reason
	[[ $stderr != *"have no time zone"* ]]
	# --overdue as well
	run -0 ttlsweep list -i "$NEVER" --now 2026-11-29T05:47:24Z --no-headings --overdue 1h
	[ -z "$output" ]
	run -0 --separate-stderr ttlsweep list -i "$NEVER" --now 2026-11-29T05:47:25Z \
	    --no-headings --overdue 1h
	[ -n "$output" ]
	run -0 ttlsweep show -i "$NEVER" --now "$THEN" "$la"
	[[ $output == *"immortal: was meant to expire at 2026-11-28T16:47:24Z if its"*"zone is UTC (a guess"* ]]
	run -0 ttlsweep inspect -i "$NEVER" --now "$THEN"
	[[ ${output//$'\n'    / } == *"It names no zone: it is read as UTC"* ]]
}

@test "a default purge deletes none of them, with TTL on or off" {
	local ttl
	for ttl in off on; do
		# DynamoDB Local deletes expired entries itself, but the only
		# one is ahead of its clock
		T=$(new_table moments)
		seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" \
		    --items "$NEVER" --ttl $ttl >/dev/null
		held >"$BATS_TEST_TMPDIR/before"
		seed --endpoint "$LOCAL_URL" --table "$T" --no-create --now "$NOW" \
		    --case milliseconds-past=3 --kind session >/dev/null
		run -0 --separate-stderr sweep purge --yes --format json
		jq -e '.matched == 3 and .deleted == 3 and .scanned == 16' <<<"$output"
		held | cmp - "$BATS_TEST_TMPDIR/before"
	done
}

@test "repair changes none of them, and reports what it left" {
	table
	held >"$BATS_TEST_TMPDIR/before"
	run -0 sweep repair
	[[ $output == *"zoneless"*"date-times without a zone; left alone"* ]]
	[[ $output == *"far-future"*"6"*"too far ahead for a time in any unit; left alone"* ]]
	[[ $output == *"1 entry has a date-time without a time zone."*"--zone UTC"* ]]
	[[ $output == *"Without --zone, there is nothing to repair."* ]]
	run -0 --separate-stderr sweep repair --yes --ttl-for-missing 1d --format json
	jq -e '.matched == 1 and .skipped == 1 and .repaired == 0 and .journal == null
	    and .left == {zoneless: 1, "far-future": 6, "no-time": 6, missing: 0, "wrong-type": 0}' <<<"$output"
	held | cmp - "$BATS_TEST_TMPDIR/before"
	[ -z "$(ls "$BATS_TEST_TMPDIR/j")" ]
}

@test "repair --zone reads a local time in that zone" {
	table
	run -0 --separate-stderr sweep repair --zone -08:00 --yes --format json
	jq -e '.matched == 1 and .repaired == 1 and .left.zoneless == 0' <<<"$output"
	held | grep -q '"ttl": *{"N": *"1795913244E0"}'
	run -0 ttlsweep restore -t "$T" --yes "$BATS_TEST_TMPDIR"/j/*
	[ "$(held)" = "$(table; held)" ]
	# the zone decides whether it is stuck: in Los Angeles it is past, in
	# Honolulu not yet
	table
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$THEN" --zone -08:00 --state stuck --format json
	jq -e '.matched == 1' <<<"$output"
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$THEN" --zone -11:30 --state stuck --format json
	jq -e '.matched == 0' <<<"$output"
}

@test "repair continues a checkpoint only with the same --zone" {
	table --case milliseconds-past=5
	local c=$BATS_TEST_TMPDIR/c
	run -4 sweep repair --yes --zone UTC --checkpoint "$c" --max-items 2
	run -1 sweep repair --yes --zone -08:00 --checkpoint "$c"
	run -1 sweep repair --yes --checkpoint "$c"
	run -0 sweep repair --yes --zone UTC --checkpoint "$c"
}

@test "purge refuses --state immortal without --reason or --keys-from" {
	table
	held >"$BATS_TEST_TMPDIR/before"
	run -2 sweep purge --yes --state immortal
	[[ $output == *"--state immortal: immortal entries may be meant to stay;"*"--reason or --keys-from"* && $output != *"--state any"* ]]
	run -2 sweep purge --yes --state stuck,immortal --kind session --overdue 1d
	run -0 sweep purge --state immortal
	[[ $output == *"with --yes this would be refused: --state immortal"* ]]
	held | cmp - "$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr sweep purge --state any
	[[ $stderr != *"would be refused"* ]]
	run -0 --separate-stderr sweep purge --yes --state immortal --reason no-time --format json
	jq -e '.deleted == 6' <<<"$output"
	ttlsweep list -t "$T" --now "$NOW" --reason far-future --reveal --format csv >"$BATS_TEST_TMPDIR/list.csv"
	run -0 --separate-stderr sweep purge --yes --state immortal \
	    --keys-from "$BATS_TEST_TMPDIR/list.csv" --format json
	jq -e '.deleted == 6' <<<"$output"
	run -0 --separate-stderr sweep purge --yes --state any --format json
	jq -e '.deleted == 1' <<<"$output"
}

@test "no report recommends purging entries that may be permanent" {
	local format
	table
	for format in text html; do
		run -0 ttlsweep inspect -t "$T" --now "$NOW" --format $format
		[[ $output == *"permanent mark"* && $output != *[Pp]urge* ]]
	done
	run -0 --separate-stderr ttlsweep doctor -t "$T" --now "$NOW" --format json
	jq -e '.checks[] | select(.check == "entries") | .fix
	    | startswith("check whether these are meant to stay") and contains(" --state immortal")' <<<"$output"
}

# change TTL: set the TTL of every entry of $T.
change()
{
	"$PYTHON" - "$LOCAL_URL" "$T" "$1" <<-'END'
	import os, sys
	sys.path.insert(0, os.environ["ROOT"] + "/tests/lib")
	from seed import connect
	client = connect(sys.argv[1])
	for item in client.scan(TableName=sys.argv[2])["Items"]:
	    client.update_item(TableName=sys.argv[2], Key={"key": item["key"]},
	        UpdateExpression="SET #t = :t", ExpressionAttributeNames={"#t": "ttl"},
	        ExpressionAttributeValues={":t": {"N": sys.argv[3]}})
	END
}

@test "an entry marked as permanent between read and delete is kept" {
	local how state mark operation
	start_road "$LOCAL_URL"
	export AWS_ENDPOINT_URL_DYNAMODB=$ROAD_URL
	while read -r how state mark operation; do
		T=$(new_table mark)
		seed --endpoint "$LOCAL_URL" --table "$T" --now "$NOW" \
		    --case "$state=1" >/dev/null
		road PUT hold "{\"operation\": \"$operation\", \"when\": \"before\"}"
		sweep purge --yes --state live,expired --batch "$how" --format json \
		    >"$BATS_TEST_TMPDIR/out" 3>&- &
		road GET held
		change "$mark"
		road PUT release
		wait $!
		jq -e '.matched == 1 and .refreshed == 1' "$BATS_TEST_TMPDIR/out"
		[ "$(held | wc -l)" -eq 1 ]
	done <<-END
	partiql past 0 BatchExecuteStatement
	single past -1 DeleteItem
	single future 253402300799 DeleteItem
	partiql future 253402300799 BatchExecuteStatement
	END
}

@test "sessions that last for years are not called well" {
	local table
	table=$(new_table lasting)
	for i in 1 2; do printf '{"Item":{"key":{"S":"session:%s"},"ttl":{"N":"%s"}}}\n' "$i" "$((NOW + 86400000 * i))"; done |
	    seed --endpoint "$LOCAL_URL" --table "$table" --items - --ttl on --now "$NOW"
	run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW"
	[[ ${output//$'\n '/} == *"within 7 d; the last in 5 years "* ]]
	[[ ${output//$'\n '/} == *"All are live, but some for years: check whether that is intended (see Expires next)."* ]]
	[[ $output != *"Nothing"* ]]
	ddb "$LOCAL_URL" delete_item '{"TableName": "'"$table"'", "Key": {"key": {"S": "session:2"}}}' >/dev/null
	run -0 --separate-stderr ttlsweep inspect -t "$table" --now "$NOW"
	[[ ${output//$'\n '/} == *"Sessions last up to 2 years 269 d. If that is not intended, check whether milliseconds are added to seconds."*"All are live, but some for years"* ]]
	ttlsweep inspect -t "$table" --now "$NOW" --format json | jq -e '.farthest == {session: 86400000}'
}
