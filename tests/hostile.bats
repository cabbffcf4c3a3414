#!/usr/bin/env bats
# Keys, names and values with control sequences: none of them reaches the
# terminal unescaped.

load lib/common

NOW=1795335120

setup_file() {
	start_local
	TABLE=$(new_table hostile)
	export TABLE ITEMS=$BATS_FILE_TMPDIR/items.json HUGE=$BATS_FILE_TMPDIR/huge.json
	"$PYTHON" "$ROOT/tests/lib/hostile.py" >"$ITEMS"
	"$PYTHON" "$ROOT/tests/lib/hostile.py" --huge >"$HUGE"
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --items "$ITEMS"
}

teardown_file() { stop_servers; }

setup() { export TERM=xterm-256color; }

# tame STATUS OPTION... -- ARGUMENT...: the output of ttlsweep on a terminal is
# harmless, and it exits with STATUS.
tame() {
	local status=0 wanted=$1
	local options=()
	shift
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	"$PYTHON" "$ROOT/tests/lib/terminal.py" --check "${options[@]}" \
	    "$TTLSWEEP" "$@" >"$BATS_TEST_TMPDIR/harm" 2>&1 || status=$?
	[[ $status -eq $wanted ]] || {
		echo "status $status of: ttlsweep $1 $2 $3 $4"
		cat "$BATS_TEST_TMPDIR/harm"
		return 1
	}
}

# Every way to look at entries.
looks() {
	local format
	for format in text json prometheus html; do
		tame 0 -- inspect --now "$NOW" --format "$format" --top 1000 "$@"
	done
	tame 0 --columns 40 -- inspect --now "$NOW" "$@"
	for format in table tsv csv; do
		tame 0 -- list --now "$NOW" --format "$format" "$@"
		tame 0 -- list --now "$NOW" --format "$format" --reveal \
		    --columns key,group,ttl,value,@tags,@sess "$@"
	done
	tame 0 -- list --now "$NOW" --format jsonl "$@"
	tame 0 -- list --now "$NOW" --format jsonl --reveal "$@"
	tame 0 -- list --now "$NOW" --top 50 --by size --reveal "$@"
}

# showable: put all keys of HUGE that can be arguments into keys.
showable() {
	# an argument cannot contain NUL
	"$PYTHON" - "$HUGE" >"$BATS_TEST_TMPDIR/keys" <<-'END'
	import json, sys
	for line in open(sys.argv[1]):
	    key = json.loads(line)["Item"]["key"]["S"]
	    if "\0" not in key and len(key) < 100000:
	        sys.stdout.write(key + "\0")
	END
	mapfile -d '' keys <"$BATS_TEST_TMPDIR/keys"
	[[ ${#keys[@]} -gt 100 ]]
}

@test "every view of a table is harmless on a terminal" {
	looks -t "$TABLE"
	tame 0 --columns 20 -- list -t "$TABLE" --reveal
	tame 0 --columns 300 -- list -t "$TABLE" --reveal
}

@test "every view of a file with strings of a megabyte is harmless" { looks -i "$HUGE"; }

@test "in a locale without Unicode only ASCII is printed" {
	local keys
	export LC_ALL=C
	tame 0 --ascii -- inspect -t "$TABLE" --now "$NOW" --top 1000
	tame 0 --ascii -- list -t "$TABLE" --now "$NOW" --reveal
	tame 0 --ascii -- list -t "$TABLE" --now "$NOW" --reveal --format jsonl
	tame 0 --ascii -- export -t "$TABLE" --reveal
	tame 0 --ascii -- inspect -t "$TABLE" --now "$NOW" --top 1000 --format json
	showable
	tame 0 --ascii -- show -i "$HUGE" -- "${keys[@]}"
	tame 0 --ascii -- show -i "$HUGE" --reveal -- "${keys[@]}"
	# one of its bytes begins a control sequence on an 8-bit terminal
	printf '%s\n' '{"Item":{"key":{"S":"user:1"},"value":{"S":"{\"a\":\"\u06db2J\",\"\ud83d\ude00\":1}"}}}' \
	    >"$BATS_TEST_TMPDIR/c1.json"
	tame 0 --ascii -- show -i "$BATS_TEST_TMPDIR/c1.json" user:1
	[[ $(ttlsweep show -i "$BATS_TEST_TMPDIR/c1.json" user:1) == *'"a": "\u06db2J"'*'"\ud83d\ude00": 1'* ]]
}

@test "show prints each entry harmlessly" {
	local keys
	showable
	tame 0 -- show -i "$HUGE" -- "${keys[@]}"
	tame 0 -- show -i "$HUGE" --reveal -- "${keys[@]}"
	tame 0 --columns 30 -- show -i "$HUGE" --reveal -- "${keys[@]}"
	tame 0 -- show -t "$TABLE" --reveal -- 'user:%s%n' \
	    "$(printf 'user:\033[2J\033[H')" "$(printf 'session:\033[41mred0123456789abcdef')"
}

@test "export and purge are harmless on a terminal" {
	tame 2 -- export -t "$TABLE"
	tame 0 -- export -t "$TABLE" --reveal
	tame 0 -- export -t "$TABLE" --reveal --format csv
	tame 0 -- export -i "$HUGE" --reveal --format jsonl
	tame 0 -- purge -t "$TABLE" --now "$NOW" --state any
}

@test "messages about invalid UTF-8, NUL and nonsense in a file are harmless" {
	local bad
	for bad in '{"Item":{"key":{"S":"\xff\xfe\x1b[2J"}}}' '{"Item":{"\xc3\x28":{"S":"x"}}}' \
	    '\x1b[2J\x9b\xff' '{"Item":{"key":{"S":"a\x00b"}}}' '\x00\x00\x00' \
	    '{"Item":{"key":{"X\x1b[41m":"y"}}}' '{"\x1b[41mttlsweep.journal/9":{}}'; do
		printf "$bad\n" >"$BATS_TEST_TMPDIR/bad.json"
		tame 1 -- inspect -i "$BATS_TEST_TMPDIR/bad.json"
		tame 1 -- list -i "$BATS_TEST_TMPDIR/bad.json" --key "$(printf 'k\033[41m')"
	done
	# half a surrogate pair is not text, but it is JSON
	printf '{"Item":{"key":{"S":"\\ud800\\u001b[2J"},"v":{"S":"\\udfff"}}}\n' \
	    >"$BATS_TEST_TMPDIR/half.json"
	looks -i "$BATS_TEST_TMPDIR/half.json"
}

@test "messages about names on the command line are harmless" {
	local evil
	evil=$(printf 'a\033[2J\033]0;x\007\xff\u202eb')
	tame 2 -- inspect -t "$evil"
	tame 1 -- inspect -i "/$evil"
	tame 2 -- "$evil"
	tame 2 -- inspect "--$evil"
	tame 2 -- inspect --format "$evil"
	tame 2 -- list -t "$TABLE" --columns "$evil"
	tame 0 -- inspect -t "$TABLE" --ttl-attribute "$evil" --prefix "$evil"
	tame 2 -- show -t "$TABLE" "$evil" # not UTF-8, so not a key
	tame 1 -- show -t "$TABLE" "${evil//$'\xff'/}"
	tame 2 -- show -t "$TABLE" --cookie "$evil=; $evil"
	tame 1 -- show -t "$TABLE" --cookie "s:$evil.$evil"
	tame 1 -- show -t "$TABLE" --cookie x --secret-file "/$evil"
	tame 0 -- list -t "$TABLE" --columns "key,@$evil"
	tame 1 -- inspect -t "$TABLE" --profile "$evil"
}

@test "messages of -vv and the progress line are harmless, and show no keys" {
	tame 0 -- inspect -t "$TABLE" --now "$NOW" -vv --progress always
	run ! grep -aqE 'session:|user:' \
	    <("$TTLSWEEP" inspect -t "$TABLE" --now "$NOW" -vv 2>&1 >/dev/null)
}

@test "--watch is harmless on a terminal" {
	tame 130 --interrupt-when '\x1b\[H' 2 -- inspect -t "$TABLE" --watch 1
	tame 130 --interrupt-when '\x1b\[H' 2 --rows 6 --columns 40 -- inspect -t "$TABLE" --watch 1
}
