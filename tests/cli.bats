#!/usr/bin/env bats
# The command line: usage, help, completions, and how output behaves on
# terminals, pipes and full disks.

load lib/common

NOW=1795332271

setup_file() {
	start_local
	TABLE=$(new_table cli)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 400 --now "$NOW"
}

teardown_file() { stop_servers; }

# fails STATUS TEXT ARGUMENT...: it exits with STATUS and a message with TEXT on
# stderr, and prints nothing on stdout.
fails() {
	local status=$1 text=$2 got=0
	shift 2
	ttlsweep "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" ||
	    got=$?
	[[ ! -s $BATS_TEST_TMPDIR/out ]]
	if [[ $got -ne $status ]] ||
	    ! grep -qF -- "$text" "$BATS_TEST_TMPDIR/err" ||
	    grep -qv '^ttlsweep: ' "$BATS_TEST_TMPDIR/err"; then
		echo "ttlsweep $*: status $got" >&2
		cat "$BATS_TEST_TMPDIR/err" >&2
		return 1
	fi
}

# Run on a terminal of COLUMNS cells; print what it shows, with colours.
on_terminal() {
	COLUMNS=$1 script -qec "$2" /dev/null </dev/null \
	    >"$BATS_TEST_TMPDIR/typed" || return
	tr -d '\r' <"$BATS_TEST_TMPDIR/typed"
}

@test "usage errors exit with 2 and say what to do" {
	fails 2 "no command given; commands: inspect, list" -q
	fails 2 "did you mean 'inspect'?" inspec
	fails 2 "did you mean --format?" inspect --fromat json
	fails 2 "--yes does not apply to inspect (only to purge," inspect --yes
	fails 2 "--table needs a value" inspect -t
	fails 2 "takes no value" list --reveal=yes
	fails 2 "not a whole number from 1 to 256" inspect --jobs 0
	fails 2 "not one of" list --state stuk
	fails 2 "cannot be used together" list -t a -i b
	fails 2 "See 'ttlsweep help list'." list --xyz
	fails 2 "See 'ttlsweep help list'." list --larger-than x
	# these are in no command's help
	fails 2 "See 'ttlsweep help'." list --jobs 900
	fails 2 "See 'ttlsweep help'." list --now
	fails 2 "See 'ttlsweep help'." --quiet=yes list
	fails 2 "no column is named" list -t "$TABLE" --columns key,foo
	fails 2 "--columns works only with" list --format jsonl --columns key
	fails 2 "--columns works only with csv" export --columns key
	fails 2 "no format follows from the name" export -o dump.txt
	fails 2 "name of an encrypted file; give --encrypt-to" export -o x.json.p7m
	fails 2 "csv always has" list --format csv --no-headings
	fails 2 "this table has no sort key" show -t "$TABLE" --sort-key 1 x
	fails 2 "--sort-prefix: table $TABLE has no sort key; its key is key alone" purge -t "$TABLE" --sort-prefix x --yes
	fails 2 "-t 'bad table!' is not a table name (3-255 letters," \
	    list -t 'bad table!'
	fails 2 "-t 'ab' is not a table name" purge -t ab
	fails 2 "-t 'arn:aws:s3:::bucket' is not" inspect -t arn:aws:s3:::bucket
	CACHETABLE='a/b' fails 2 "CACHETABLE 'a/b' is not a table name" doctor
	echo '{"Item":{"key":{"S":"a"}}}' >"$BATS_TEST_TMPDIR/one.json"
	CACHETABLE='a/b' fails 2 "CACHETABLE 'a/b' is not a table name" restore "$BATS_TEST_TMPDIR/one.json"
	fails 2 "not one of bash, zsh, fish" completion tcsh
	fails 2 "no command 'nosuch'" help nosuch
}

@test "file names are checked before any request" {
	export AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY=''
	local nowhere=$BATS_TEST_TMPDIR/nowhere
	fails 1 "no credentials" list
	fails 1 "--keys-from nosuch.csv: No such file" list --keys-from nosuch.csv
	fails 1 "nowhere/x: cannot create a file in its directory: No such" inspect -o "$nowhere/x"
	fails 1 "nowhere/x.csv: cannot create a file in its directory: No such" export -o "$nowhere/x.csv"
	fails 1 "nowhere/x: cannot create a directory beside it: No such file or directory; name a place that exists" export -o "$nowhere/x" --layout s3
	fails 1 "null/x.csv: cannot create a file in its directory: Not a directory" export -o /dev/null/x.csv
	fails 1 "--checkpoint: $nowhere/c: cannot create a file in its directory: No such file or directory; name a place that exists" purge --checkpoint "$nowhere/c"
	fails 1 "--checkpoint: $nowhere/c: " repair --yes --checkpoint "$nowhere/c"
	fails 1 "--metrics-file: $nowhere/m: " purge --yes --metrics-file "$nowhere/m"
	fails 1 "is a directory; name a file in it" export -o "$BATS_TEST_TMPDIR" --format csv
	fails 1 "no credentials" export -o "$BATS_TEST_TMPDIR" --layout s3
	[[ ! -e $nowhere ]]
}

@test "other failures exit with 1" {
	fails 1 "table nosuch (-t): not found in region us-east-1" \
	    inspect -t nosuch
	fails 1 "; choose one with -t, or another --region" \
	    inspect -t nosuch
	fails 1 "table TSAGalleryCache (the default): not found" inspect
	CACHETABLE=another fails 1 "table another (CACHETABLE): not found" list
	fails 1 "; this server may not accept ARNs: give the table's name" \
	    list -t "arn:aws:dynamodb:us-east-1:1:table/$TABLE"
	fails 1 "no entry has the key 'nokey'" show -t "$TABLE" nokey
	fails 1 "no entry has the key 'abcdefghijklmnopqrst'; give the whole key, which includes the prefix (such as session:)" show -t "$TABLE" abcdefghijklmnopqrst
	fails 1 "nosuch.json" inspect -i nosuch.json
	fails 1 "nosuch.journal" restore nosuch.journal
	fails 1 "--now is in the future" purge -t "$TABLE" --now 9999999999 \
	    --yes
}

@test "help goes to standard output, the same for every way to ask for it" {
	local command
	ttlsweep help >"$BATS_TEST_TMPDIR/a"
	ttlsweep --help | cmp - "$BATS_TEST_TMPDIR/a"
	[[ $(<"$BATS_TEST_TMPDIR/a") == *$'\nNo man? Install man-db (Debian).' ]]
	for page in "$ROOT"/man/*.[57]; do
		page=${page##*/ttlsweep}
		grep -F -- "${page%.*}(${page##*.})" "$BATS_TEST_TMPDIR/a"
	done
	ttlsweep -q -t x --color never help | cmp - "$BATS_TEST_TMPDIR/a"
	ttlsweep -h | cmp - "$BATS_TEST_TMPDIR/a"
	for command in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\).*/\1/p' \
	    "$BATS_TEST_TMPDIR/a"); do
		ttlsweep help "$command" >"$BATS_TEST_TMPDIR/b"
		ttlsweep "$command" --help | cmp - "$BATS_TEST_TMPDIR/b"
		ttlsweep --help "$command" | cmp - "$BATS_TEST_TMPDIR/b"
		grep -q "^Usage: ttlsweep .* $command" "$BATS_TEST_TMPDIR/b"
		[[ $(wc -L <"$BATS_TEST_TMPDIR/b") -le 80 ]]
	done
	[[ $(ttlsweep --version) =~ ^ttlsweep\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

# What bash offers for a line of words, of which the last is completed.
bash_offers() {
	PATH=${TTLSWEEP%/*}:$PATH bash -c '
	    source "$1"
	    shift
	    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	    _ttlsweep
	    printf "%s\n" "${COMPREPLY[@]}"' bash "$BATS_TEST_TMPDIR/c" "$@"
}

@test "bash completes commands, options, choices, lists and files" {
	ttlsweep completion bash >"$BATS_TEST_TMPDIR/c"
	bash -n "$BATS_TEST_TMPDIR/c"
	if command -v shellcheck; then
		shellcheck -s bash -S warning "$BATS_TEST_TMPDIR/c"
	fi
	bash_offers ttlsweep "" | grep -x inspect
	bash_offers ttlsweep ins | diff - <(echo inspect)
	bash_offers ttlsweep -t inspect li | diff - <(echo list)
	bash_offers ttlsweep purge --y | diff - <(echo --yes)
	[[ -z $(bash_offers ttlsweep inspect --y) ]]
	bash_offers ttlsweep --co | grep -x -- --color
	bash_offers ttlsweep --color = al | diff - <(echo always)
	bash_offers ttlsweep list --format js | diff - <(echo jsonl)
	bash_offers ttlsweep list --columns key,st | diff - <(echo key,state)
	bash_offers ttlsweep list --reason too | diff - <(echo too-old)
	bash_offers ttlsweep completion f | diff - <(echo fish)
	bash_offers ttlsweep help pu | diff - <(echo purge)
	cd "$BATS_TEST_TMPDIR"
	touch 'a b.journal'
	bash_offers ttlsweep restore a | diff - <(echo 'a b.journal')
	bash_offers ttlsweep list -i a | diff - <(echo 'a b.journal')
}

@test "completion adds missing words to a list, and knows the profiles" {
	offers() {
		"$TTLSWEEP" __complete "$@" | sed 1d | cut -f 1
	}
	offers list --state pending,p | diff - <(true)
	offers list --state pending,s | diff - <(echo pending,stuck)
	printf '[profile night]\nregion = eu-west-1\n' >"$BATS_TEST_TMPDIR/config"
	AWS_CONFIG_FILE=$BATS_TEST_TMPDIR/config \
	    AWS_SHARED_CREDENTIALS_FILE=/dev/null offers purge --profile n |
	    diff - <(echo night)
	offers purge --profile zzz | diff - <(true)
	offers purge -- --y | diff - <(true)
	[[ $("$TTLSWEEP" __complete purge --journal-dir '') == directory ]]
}

@test "help shows two examples for each command, and both are valid" {
	local command line
	for command in inspect list show export purge repair restore doctor \
	    completion help; do
		ttlsweep help "$command" |
		    sed -n 's/^  ttlsweep \(.*\)/\1/p' >"$BATS_TEST_TMPDIR/lines"
		[[ $(wc -l <"$BATS_TEST_TMPDIR/lines") -eq 2 ]]
		while read -r line; do
			[[ $line == "$command"* ]]
			# shellcheck disable=SC2086
			ttlsweep --help ${line%%[<>]*} >/dev/null
		done <"$BATS_TEST_TMPDIR/lines"
	done
}

# closed COMMAND...: its status, when nobody reads standard output; $said.
closed() {
	local status=0 pipe
	exec {pipe}> >(exec true)
	wait $!
	"$TTLSWEEP" "$@" >&"$pipe" {pipe}>&- 2>said || status=$?
	exec {pipe}>&-
	echo "$status"
}

@test "a closed standard output ends a reader as SIGPIPE would" {
	cd "$BATS_TEST_TMPDIR"
	local command
	for command in list inspect export "show users" purge "doctor" "help list" \
	    "completion bash" --version; do
		# shellcheck disable=SC2086
		[[ $(closed $command -t "$TABLE") -eq 141 ]] || { echo "$command"; cat said; false; }
		[[ ! -s said ]]
	done
}

@test "a closed standard output hides nothing that purge, repair and restore did" {
	cd "$BATS_TEST_TMPDIR"
	local table i
	table=$(new_table)
	for i in 1 2; do
		printf '{"Item":{"key":{"S":"%s"},"ttl":{"N":"1790000000"}}}\n' $i
		printf '{"Item":{"key":{"S":"%s"},"ttl":{"N":"1790000000000"}}}\n' m$i
	done | seed --endpoint "$LOCAL_URL" --table "$table" --ttl off --items - >/dev/null
	[[ $(closed repair -t "$table" --yes --journal r --metrics-file m --format json) -eq 0 ]]
	grep -q "^ttlsweep: repair $table: 4 scanned, 2 matched, 2 repaired, .*; journal r\$" said
	grep -q '^ttlsweep_purge_entries{.*outcome="repaired"} 2$' m
	[[ $(closed purge -t "$table" --yes --journal p --max-items 3) -eq 4 ]]
	grep -q "^ttlsweep: purge $table: .*, 3 deleted, .*; stopped: max-items; journal p\$" said
	[[ $(closed restore --yes p) -eq 0 ]]
	grep -q "^ttlsweep: restore $table: 3 scanned, 3 matched, 3 restored, " said
	# a full disk is an error all the same
	run -1 bash -c '"$TTLSWEEP" "$@" >/dev/full' bash purge -t "$table" --yes --no-journal
	[[ $output == *"purge $table: "*", 4 deleted, "*"No space left on device"* ]]
}

@test "long errors are broken at words on a terminal, the way out first" {
	export COLUMNS=50
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	run -1 "$PYTHON" "$ROOT/tests/lib/terminal.py" --columns 50 "$TTLSWEEP" inspect -t "$TABLE"
	[[ $output == "ttlsweep: no credentials; do one of: "* ]]
	[[ $(tr -d '\r' <<<"$output" | wc -L) -le 70 && $(wc -l <<<"$output") -gt 5 ]]
	unset COLUMNS
	run -1 ttlsweep inspect -t "$TABLE"
	[[ $(wc -l <<<"$output") -eq 1 && $output == *"; tried, in this order: "* ]]
}

@test "a reader that closes the pipe causes no message" {
	local err=$BATS_TEST_TMPDIR/err status=0
	ttlsweep list -t "$TABLE" --format csv 2>"$err" | head -1 >/dev/null
	[[ ! -s $err ]]
	{ ttlsweep export -t "$TABLE" 2>"$err" || status=$?; } | true
	[[ ! -s $err ]]
	ttlsweep help 2>"$err" | true
	[[ ! -s $err ]]
}

@test "output that cannot be written is an error" {
	fails 1 "No space left on device" inspect -t "$TABLE" -o /dev/full
	run ttlsweep list -t "$TABLE"
	[[ $status -eq 0 ]]
	local command
	for command in "list -t $TABLE" "inspect -t $TABLE" "help" --version \
	    "completion bash" "export -t $TABLE" "show -t $TABLE users" \
	    "purge -t $TABLE"; do
		# shellcheck disable=SC2086
		run bash -c '"$TTLSWEEP" "$@" >/dev/full' bash $command
		[[ $status -eq 1 && $output == *"No space left"* ]]
		# shellcheck disable=SC2086
		run bash -c '"$TTLSWEEP" "$@" >&-' bash $command
		[[ $status -eq 1 && -n $output ]]
	done
}

@test "no entry has the TTL attribute: likely ones are named in text and JSON" {
	local i
	for i in 1 2 3; do
		printf '{"Item":{"key":{"S":"user:%s"},"created":{"N":"1795000000"},"expires":{"N":"1795332271"}}}\n' "$i"
	done >"$BATS_TEST_TMPDIR/users.json"
	run ttlsweep inspect -i "$BATS_TEST_TMPDIR/users.json"
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'look like times are in created, expires.'* ]]
	run --separate-stderr ttlsweep inspect -i "$BATS_TEST_TMPDIR/users.json" --format json
	[[ $stderr == *'no entry has the TTL attribute ttl; numbers that look like times are in created, expires' ]]
	# a check that throws the report away gets it, too
	run --separate-stderr ttlsweep inspect -q -i "$BATS_TEST_TMPDIR/users.json" --reason none,ttl-off --alert-overdue 2d
	[[ $stderr == *'no entry that was read (3) has the TTL attribute ttl; if the time is in another one, name it with --ttl-attribute'* ]]
	local option
	for option in "--overdue 1h" "--expires-within 1h"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep list -q -i "$BATS_TEST_TMPDIR/users.json" $option
		[[ $stderr == *'no entry that was read (3) has the TTL attribute ttl'* ]]
	done
	run --separate-stderr ttlsweep inspect -i "$BATS_TEST_TMPDIR/users.json" --prefix user:
	[[ $stderr == *'numbers that look like times are in created, expires' ]]
}

@test "a TTL inside a map is found, and reported as without effect" {
	local attribute
	for attribute in ttl data.ttl; do
		printf '{"key":{"S":"session:%s"},"data":{"M":{"x":{"M":{"y":{"S":"a"}}},"ttl":{"N":"1795332271"}}}}\n' 1 2 3 \
		    >"$BATS_TEST_TMPDIR/map.json"
		run -0 ttlsweep inspect -i "$BATS_TEST_TMPDIR/map.json" --ttl-attribute "$attribute"
		[[ $(tr -s ' \n' ' ' <<<"$output") == *'It is inside a map, as data.ttl, but TTL reads only a top-level attribute of type Number.'* ]]
		run --separate-stderr ttlsweep inspect -i "$BATS_TEST_TMPDIR/map.json" --format json --ttl-attribute "$attribute"
		[[ $stderr == *"no entry has the TTL attribute $attribute; it is inside a map (data.ttl), but TTL reads only a top-level attribute of type Number" ]]
	done
	# in a deeper map, and as a string
	printf '{"key":{"S":"session:1"},"a":{"M":{"b":{"M":{"expires":{"S":"2026-01-01T00:00:00Z"}}}}}}\n' >"$BATS_TEST_TMPDIR/map.json"
	run -0 ttlsweep inspect -i "$BATS_TEST_TMPDIR/map.json" --ttl-attribute expires
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'as a.b.expires, but'* ]]
	# no message if one entry has it at the top level
	printf '{"key":{"S":"session:2"},"expires":{"N":"1795332271"}}\n' >>"$BATS_TEST_TMPDIR/map.json"
	run -0 ttlsweep inspect -i "$BATS_TEST_TMPDIR/map.json" --ttl-attribute expires
	[[ $output != *"inside a map"* ]]
}

@test "one entry with a time elsewhere, beside one with a TTL, is no sign of another attribute" {
	printf '{"key":{"S":"a"},"created":{"N":"1795332271"}}\n' >"$BATS_TEST_TMPDIR/some.json"
	run -0 ttlsweep inspect -i "$BATS_TEST_TMPDIR/some.json"
	[[ $output == *created* ]]
	printf '{"key":{"S":"b"},"ttl":{"N":"1795332271"}}\n' >>"$BATS_TEST_TMPDIR/some.json"
	run -0 ttlsweep inspect -i "$BATS_TEST_TMPDIR/some.json"
	[[ $output != *created* ]]
}

@test "list --limit N prints exactly N rows" {
	local n all
	all=$(ttlsweep list -t "$TABLE" --no-headings | wc -l)
	[[ $all -eq 400 ]]
	for n in 1 2 25 399 400 401; do
		[[ $(ttlsweep list -t "$TABLE" --no-headings --limit "$n" |
		    wc -l) -eq $((n < all ? n : all)) ]]
	done
}

@test "list --limit and export --limit send one request if one is enough" {
	local command log=$BATS_TEST_TMPDIR/log
	for command in list export; do
		ttlsweep "$command" -t "$TABLE" --limit 3 -vv >/dev/null 2>"$log"
		[[ $(grep -c 'Scan: try' "$log") -eq 1 ]]
	done
}

@test "list --top prints the first rows in order" {
	ttlsweep list -t "$TABLE" --now "$NOW" --columns size --no-headings |
	    sort -rn | head -7 >"$BATS_TEST_TMPDIR/size"
	ttlsweep list -t "$TABLE" --now "$NOW" --columns size --no-headings \
	    --top 7 --by size | diff - "$BATS_TEST_TMPDIR/size"
	ttlsweep list -t "$TABLE" --now "$NOW" --columns overdue \
	    --no-headings --state expired | sort -rn | head -7 \
	    >"$BATS_TEST_TMPDIR/overdue"
	ttlsweep list -t "$TABLE" --now "$NOW" --columns overdue \
	    --no-headings --top 7 | diff - "$BATS_TEST_TMPDIR/overdue"
	ttlsweep list -t "$TABLE" --now "$NOW" --columns key --top 20 \
	    >"$BATS_TEST_TMPDIR/one"
	ttlsweep list -t "$TABLE" --now "$NOW" --columns key --top 20 \
	    --jobs 1 | diff - "$BATS_TEST_TMPDIR/one"
}

@test "show says of a file's entry what TTL would do, not what it does" {
	printf '{"Item":{"key":{"S":"a"},"ttl":{"N":"1700000000"}}}\n' >"$BATS_TEST_TMPDIR/one"
	run -0 ttlsweep show -i "$BATS_TEST_TMPDIR/one" a
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"; if TTL is on for ttl, TTL deletes it, free of charge."* ]]
	[[ $output != *behind* ]]
	run -2 ttlsweep show -t "$TABLE" ''
	[[ $output == *'the key "key" is empty'* ]]
	# past by UTC, but perhaps not in its zone
	printf '{"Item":{"key":{"S":"a"},"ttl":{"S":"2025-06-01T00:00:00"}}}\n' >"$BATS_TEST_TMPDIR/zone"
	run -0 ttlsweep show -i "$BATS_TEST_TMPDIR/zone" --now 2025-06-01T02:00:00Z a
	[[ $output == *"immortal: was meant to expire at 2025-06-01T00:00:00Z if its zone"* ]]
}

@test "list --top says so if entries that match have no place in the order" {
	local n
	n=$(ttlsweep list -t "$TABLE" --now "$NOW" --no-headings --state immortal | wc -l)
	run -0 --separate-stderr ttlsweep list -t "$TABLE" --now "$NOW" --state immortal --top 5
	[[ $stderr == *"no entry that matches ($n) is expired, and --by overdue lists only those; --by expires lists the next to expire, --by size all" ]]
	run -0 --separate-stderr ttlsweep list -t "$TABLE" --now "$NOW" --top 5
	[[ -z $stderr ]]
}

@test "list --top needs memory for its rows, not for all entries" {
	local format
	"$PYTHON" - >"$BATS_TEST_TMPDIR/large.json" <<-'END'
	for i in range(6000):
	    print('{"Item":{"key":{"S":"user:%d"},"v":{"S":"%s"}}}' % (i, "x" * 16000))
	END
	for format in tsv table; do
		"$PYTHON" - list -i "$BATS_TEST_TMPDIR/large.json" --top 6000 --by size --format $format <<-'END'
		import os, resource, subprocess, sys
		run = subprocess.run([os.environ["TTLSWEEP"], *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
		assert run.stdout.count(b"\n") == 6001
		most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
		assert most < 64 << 10, f"{most} KiB"
		END
	done
	fails 1 "ask for fewer" list -i "$BATS_TEST_TMPDIR/large.json" --top 6000 --by size --columns key,value --no-headings
}

@test "the terminal table fits the terminal" {
	local width
	for width in 40 80 200; do
		on_terminal "$width" \
		    "$TTLSWEEP list -q -t $TABLE --color never" \
		    >"$BATS_TEST_TMPDIR/table"
		[[ $(wc -L <"$BATS_TEST_TMPDIR/table") -le $width ]]
		[[ $(wc -l <"$BATS_TEST_TMPDIR/table") -eq 401 ]]
	done
}

@test "data of the table is escaped on a terminal" {
	local words
	for words in list "list --format csv" "list --format tsv --reveal" \
	    "list --format jsonl --reveal" inspect "export --reveal" \
	    "export --reveal --format csv" \
	    "show --reveal users" "inspect --format json"; do
		on_terminal 80 \
		    "$TTLSWEEP $words -t $TABLE --color never --progress never" \
		    >"$BATS_TEST_TMPDIR/shown"
		# no C0 or C1 control characters except newlines and tabs, and
		# none that reverses text
		LC_ALL=C grep -c . "$BATS_TEST_TMPDIR/shown"
		"$PYTHON" - "$BATS_TEST_TMPDIR/shown" <<-'END'
		import sys, unicodedata
		text = open(sys.argv[1], encoding="utf-8").read()
		bad = {c for c in text if unicodedata.category(c) in
		       ("Cc", "Cf", "Zl", "Zp") and c not in "\n\t"}
		sys.exit("shown raw: %r" % bad if bad else 0)
		END
	done
}

@test "output on a terminal has colours, unless they are turned off" {
	local run="$TTLSWEEP inspect -t $TABLE --progress never"
	[[ $(TERM=xterm on_terminal 80 "$run") == *$'\e['* ]]
	[[ $(TERM=dumb on_terminal 80 "$run") != *$'\e['* ]]
	[[ $(TERM=unknown on_terminal 80 "$run") != *$'\e['* ]]
	[[ $(TERM=xterm NO_COLOR=1 on_terminal 80 "$run") != *$'\e['* ]]
	[[ $(TERM=xterm on_terminal 80 "$run --color never") != *$'\e['* ]]
	[[ $(ttlsweep inspect -t "$TABLE") != *$'\e['* ]]
	[[ $(ttlsweep inspect -t "$TABLE" --color always) == *$'\e['* ]]
	[[ $(CLICOLOR_FORCE=1 ttlsweep inspect -t "$TABLE") == *$'\e['* ]]
	[[ $(CLICOLOR_FORCE=0 ttlsweep inspect -t "$TABLE") != *$'\e['* ]]
	[[ $(CLICOLOR_FORCE=1 NO_COLOR=1 ttlsweep inspect -t "$TABLE") != *$'\e['* ]]
	[[ $(CLICOLOR_FORCE=1 ttlsweep inspect -t "$TABLE" --color never) != *$'\e['* ]]
}

@test "a locale without UTF-8 gets ASCII" {
	LC_ALL=C ttlsweep inspect -t "$TABLE" >"$BATS_TEST_TMPDIR/ascii"
	run ! grep -q '[^ -~]' "$BATS_TEST_TMPDIR/ascii"
	LC_ALL=C ttlsweep show -t "$TABLE" --reveal users categories \
	    >"$BATS_TEST_TMPDIR/ascii"
	run ! grep -q '[^ -~]' "$BATS_TEST_TMPDIR/ascii"
}

@test "a locale without UTF-8: a masked key has three dots in every output" {
	local items=$BATS_TEST_TMPDIR/items out=$BATS_TEST_TMPDIR/out how key
	key=session:0123456789abcdefghij
	printf '{"Item":{"key":{"S":"%s"},"ttl":{"N":"1400000000"},"sess":{"S":"x"}}}\n' \
	    $key ${key}2 >"$items"
	LC_ALL=C.UTF-8 ttlsweep inspect -i "$items" --format json >"$items.json"
	for how in "list" "list --format tsv" "list --format csv" \
	    "list --format jsonl" "list --top 5" "inspect" "inspect --format json" \
	    "inspect --format html" "inspect --format prometheus"; do
		LC_ALL=C ttlsweep $how -i "$items" >"$out" 2>&1
		run ! grep -aE $'\xe2\x80\xa6|xe2|u2026' "$out"
		[[ $how == *prometheus ]] || grep -aE '0123\.\.\.[0-9a-f]{6}' "$out"
	done
	# the same of a report from another locale
	LC_ALL=C ttlsweep inspect --merge "$items.json" >"$out"
	grep -E 'session:0123\.\.\.[0-9a-f]{6}' "$out"
	LC_ALL=C ttlsweep inspect --merge "$items.json" --format json >"$out"
	run ! grep '[^ -~]' "$out"
	# messages: a key that is not there, a masked one, one in place of a command
	for how in "show -i $items ${key}k" "show -i $items session:0123...8b67d1" \
	    "show -i $items --cookie ${key}k" "$key" "inspect $key" \
	    "list -i $items --prefix session:0123...8b67d1"; do
		run ! env LC_ALL=C "$TTLSWEEP" $how
		[[ $output == *session:*...* && $output != *xe2* ]]
	done
	fails 2 "is masked" list -i "$items" --prefix session:0123...8b67d1
	fails 1 "get the full one with: ttlsweep list --reveal --input $items" show -i "$items" session:0123...8b67d1
	fails 1 "no entry has any of the keys 'a', 'b'" show -i "$items" a b
	fails 1 "no entry has the key 'a'" show -i "$items" a
	# other entries have the partition key, but not the sort key
	printf '{"Item":{"key":{"S":"session:%s"},"at":{"S":"x"}}}\n' \
	    a-long-secret-name-1 >"$BATS_TEST_TMPDIR/sorted"
	fails 1 "' has the sort key 'nope'" \
	    show -i "$BATS_TEST_TMPDIR/sorted" --key key,at \
	    --sort-key nope session:a-long-secret-name-1
	grep -q "no entry of partition 'session:a-lo" "$BATS_TEST_TMPDIR/err"
	run ! grep a-long-secret "$BATS_TEST_TMPDIR/err"
	fails 1 "no entry of partitions 'a', 'b' has the sort key 'x'" \
	    show -i "$BATS_TEST_TMPDIR/sorted" --key key,at --sort-key x a b
}

@test "sessions are masked unless --reveal" {
	local key
	key=$(ttlsweep list -t "$TABLE" --reveal --kind session --columns key \
	    --no-headings --larger-than 100 --prefix session: |
	    grep -E '^session:.{16}' | head -n 1)
	[[ $key =~ ^session:.{16} ]]
	run -0 ttlsweep list -t "$TABLE"
	[[ $output == *session:* && $output != *"$key"* ]]
	run -0 ttlsweep list -t "$TABLE" --format jsonl
	[[ $output == *session:* && $output != *connect-session* ]]
	run -0 ttlsweep inspect -t "$TABLE" --format json --top 1000
	[[ $output == *session:* && $output != *"$key"* ]]
	run -0 ttlsweep show -t "$TABLE" "$key"
	[[ $output == *session:* && $output != *"$key"* && $output != *connect-session* ]]
	ttlsweep show -t "$TABLE" --reveal "$key" | grep -F "$key"
	ttlsweep show -t "$TABLE" --reveal "$key" | grep -F connect-session
	ttlsweep export -t "$TABLE" | grep -F "$key"
	# a masked key gets a hint
	fails 1 "get the full one with: ttlsweep list --reveal --table $TABLE" show -t "$TABLE" \
	    "$(ttlsweep list -t "$TABLE" --kind session --columns key \
		--no-headings | grep '…' | head -n 1)"
}

@test "show prints a session's payload, its types, and what TTL will do" {
	local now
	now=$(date +%s)
	cat >"$BATS_TEST_TMPDIR/items" <<-END
	{"Item":{"key":{"S":"session:0123456789abcdef"},"ttl":{"N":"1400000000"},"sess":{"S":"{\"cookie\":{\"path\":\"/\"},\"n\":[1,2.50]}"},"m":{"M":{"a":{"NS":["1","2"]}}}}}
	{"Item":{"key":{"S":"ms"},"ttl":{"N":"$((now - 7200))000"}}}
	{"Item":{"key":{"S":"tomorrow"},"ttl":{"N":"$((now + 86400))"}}}
	END
	run ttlsweep show -i "$BATS_TEST_TMPDIR/items" --reveal \
	    session:0123456789abcdef ms tomorrow
	[[ $status -eq 0 ]]
	[[ $output == *'    "cookie": {'*'"path": "/"'*'2.50'* ]]
	[[ $output == *'m  M'*'a  NS'*'- 1'* ]]
	output=${output//$'\n'  / }
	[[ $output == *'stuck: expired '*' years'*' ago, at 2014-05-13T16:53:20Z'*'five years ago'* ]]
	[[ $output == *'stuck: expired 2 h '*milliseconds* ]]
	[[ $output == *'live: expires in '* ]]
	# where TTL does not act, why
	local table other
	table=$(new_table show)
	other=$(new_table other)
	seed --endpoint "$LOCAL_URL" --table "$table" --items "$BATS_TEST_TMPDIR/items" >/dev/null
	seed --endpoint "$LOCAL_URL" --table "$other" --items "$BATS_TEST_TMPDIR/items" --ttl on >/dev/null
	run -0 ttlsweep show -t "$table" tomorrow ms
	output=${output//$'\n'  / }
	[[ $output == *"TTL will not delete it: TTL is off."*"TTL will never delete it: the time is in milliseconds."* ]]
	run -0 ttlsweep show -t "$table" session:0123456789abcdef
	[[ $output != *assumed* ]]
	printf '{"Item":{"key":{"S":"none"},"expires":{"N":"%s"}}}\n' "$now" |
	    ttlsweep restore -q --yes -t "$table" -
	run -0 ttlsweep show -t "$table" none
	output=${output//$'\n '/}
	[[ $output == *"the attribute ttl, which was assumed, is missing; if the time is in another one, name it with --ttl-attribute."* ]]
	run -0 ttlsweep show -t "$other" --ttl-attribute sess tomorrow
	output=${output//$'\n '/}
	[[ $output == *"by sess, TTL would never delete it: the TTL attribute sess is missing."* ]]
	printf '{"Item":{"key":{"S":"x"},"until":{"N":"%s"}}}\n' "$((now - 7200))" |
	    ttlsweep restore -q --yes -t "$other" -
	run -0 ttlsweep show -t "$other" --ttl-attribute until x
	output=${output//$'\n'  / }
	[[ $output == *"stuck: expired 2 h "*"ago, at "*"; TTL acts on ttl, not on until."* ]]
}

@test "show finds keys of every type, and the entry of a sort key" {
	local table key
	table=$(new_table show)
	printf '%s\n' \
	    '{"Item":{"n":{"N":"1.50"},"s":{"B":"AAE="},"v":{"S":"first"}}}' \
	    '{"Item":{"n":{"N":"1.50"},"s":{"B":"AAI="},"v":{"S":"second"}}}' \
	    >"$BATS_TEST_TMPDIR/items"
	seed --endpoint "$LOCAL_URL" --table "$table" --key n --key-type N \
	    --sort-key s --sort-type B --items "$BATS_TEST_TMPDIR/items"
	for key in 1.5 1.50 15e-1; do
		run ttlsweep show -t "$table" "$key"
		[[ $output == *first*second* ]]
		run ttlsweep show -t "$table" --sort-key AAI= "$key"
		[[ $output != *first* && $output == *second* ]]
		run ttlsweep show -q -i "$BATS_TEST_TMPDIR/items" --key n,s \
		    --sort-key AAI= "$key"
		[[ $output != *first* && $output == *second* ]]
	done
	fails 2 "given as a decimal number" show -t "$table" abc
	fails 2 "given as base64" show -t "$table" --sort-key '!' 1.5
}

@test "show reports missing keys and shows the others" {
	local way table
	table=$(new_table missing)
	printf '{"Item":{"key":{"S":"user:%s"},"v":{"S":"here %s"}}}\n' 1 1 2 2 \
	    >"$BATS_TEST_TMPDIR/users.json"
	seed --endpoint "$LOCAL_URL" --table "$table" --items "$BATS_TEST_TMPDIR/users.json"
	for way in "-t $table" "-i $BATS_TEST_TMPDIR/users.json"; do
		run -1 --separate-stderr ttlsweep show $way nobody user:1 session:0123456789abcdefghij user:2 user:1
		[[ $output == *'here 1'*'here 2'* ]]
		[[ $stderr == *"no entry has any of the keys 'nobody', 'session:0123…"*"'" ]]
		run -1 --separate-stderr ttlsweep show $way x{1..22}
		[[ $stderr == *"'x20' and 2 more" ]]
	done
}

@test "progress: lines with --progress always, nothing with -q or never" {
	ttlsweep inspect -t "$TABLE" --max-rcu 20 --progress always \
	    2>"$BATS_TEST_TMPDIR/err" >/dev/null
	grep -q '^ttlsweep: scanned [0-9 ]* of ~400 (~[0-9]* %)' \
	    "$BATS_TEST_TMPDIR/err"
	ttlsweep inspect -t "$TABLE" -q 2>"$BATS_TEST_TMPDIR/err" >/dev/null
	[[ ! -s $BATS_TEST_TMPDIR/err ]]
}

@test "progress of a purge: counting, then deleting with the number deleted" {
	local table err=$BATS_TEST_TMPDIR/err
	table=$(new_table phases)
	seed --endpoint "$LOCAL_URL" --table "$table" --case past=60 \
	    --case future=60 --now "$NOW" --max-size 2000
	ttlsweep purge -t "$table" --now "$NOW" --yes --no-journal \
	    --max-percent 90 --max-rcu 6 --max-wcu 20 --progress always \
	    2>"$err" >/dev/null
	grep -q '^ttlsweep: counting: scanned [0-9]* of ~120 .*, [0-9]* matched$' "$err"
	grep -q '^ttlsweep: deleting: scanned [0-9]* of ~120 .*, [0-9]* deleted$' "$err"
	# one after the other
	grep -o 'counting\|deleting' "$err" | uniq | diff - <(printf 'counting\ndeleting\n')
}

@test "progress leaves nothing between the lines of a pager" {
	local words
	for words in "doctor -t $TABLE" "list -t $TABLE --max-rcu 40"; do
		TERM=xterm on_terminal 80 "$TTLSWEEP $words | cat" >"$BATS_TEST_TMPDIR/shown"
		run ! grep -q $'\e\[K' "$BATS_TEST_TMPDIR/shown"
		grep -q . "$BATS_TEST_TMPDIR/shown"
	done
	# no reader on the terminal: the line is drawn, and erased
	TERM=xterm on_terminal 80 "$TTLSWEEP doctor -t $TABLE >/dev/null" >"$BATS_TEST_TMPDIR/shown"
	grep -q $'\e\[K' "$BATS_TEST_TMPDIR/shown"
}

@test "an empty list or export is reported on a terminal only" {
	local words
	for words in list "list --top 3" "export --format jsonl"; do
		# where the rows go does not matter: somebody looks
		[[ $(on_terminal 80 "$TTLSWEEP $words -t $TABLE --prefix nothing-has-this | cat") == *'no entry matches'* ]]
		run -0 --separate-stderr ttlsweep $words -t "$TABLE" --prefix nothing-has-this
		[[ -z $stderr ]]
	done
}

@test "too few open files: the limit is raised, else fewer workers run" {
	local hard n
	ttlsweep inspect -t "$TABLE" --now "$NOW" --format json |
	    jq -cS .states >"$BATS_TEST_TMPDIR/states"
	for n in 20 40; do
		(ulimit -n "$n" && ttlsweep inspect -t "$TABLE" --now "$NOW" --jobs 64 --format json) \
		    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
		jq -cS .states "$BATS_TEST_TMPDIR/out" | diff - "$BATS_TEST_TMPDIR/states"
		grep -q "using [0-9]* workers\\?, not 64: only $n files may be open at once (ulimit -n)" "$BATS_TEST_TMPDIR/err"
	done
	hard=$(ulimit -Hn)
	[[ $hard == unlimited || $hard -gt 300 ]] || skip "no more may be asked for"
	(ulimit -Sn 20 && ttlsweep inspect -t "$TABLE" --now "$NOW" --jobs 64 --format json) \
	    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	jq -cS .states "$BATS_TEST_TMPDIR/out" | diff - "$BATS_TEST_TMPDIR/states"
	[[ ! -s $BATS_TEST_TMPDIR/err ]]
	# no connection, because of what else libcurl opens
	for n in 4 5; do
		"$PYTHON" - "$n" inspect -t "$TABLE" <<-'END' || :
		import os, resource, subprocess, sys
		n = int(sys.argv[1])
		subprocess.run([os.environ["TTLSWEEP"], *sys.argv[2:]],
		    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
		END
	done 2>"$BATS_TEST_TMPDIR/err" >/dev/null
	grep -q "too many open files (ulimit -n)" "$BATS_TEST_TMPDIR/err"
}

@test "a signal: requests in flight finish, and totals are printed" {
	local signal status
	# so slow that none ends by itself
	for signal in HUP:129 INT:130 TERM:143; do
		status=0
		until_said "${signal%:*}" "$BATS_TEST_TMPDIR/err" 'scanned [1-9]' 1 \
		    "$TTLSWEEP" inspect -t "$TABLE" --max-rcu 1 --progress always \
		    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
		[[ $status -eq ${signal#*:} ]]
		grep -q '^INCOMPLETE: ' "$BATS_TEST_TMPDIR/out"
		grep -q interrupted "$BATS_TEST_TMPDIR/err"
	done
	# --top has no rows before the end
	status=0
	until_said INT "$BATS_TEST_TMPDIR/err" 'listed [1-9]|scanned [1-9]' 1 \
	    "$TTLSWEEP" list --top 3 -t "$TABLE" --max-rcu 1 --progress always \
	    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[[ $status -eq 130 ]]
	grep -q 'interrupted: no row was written, as --top reads all entries first' "$BATS_TEST_TMPDIR/err"
	# no partial file under the final name
	status=0
	until_said TERM "$BATS_TEST_TMPDIR/err" 'scanned [1-9]' 1 \
	    "$TTLSWEEP" export -t "$TABLE" --max-rcu 1 --progress always \
	    -o "$BATS_TEST_TMPDIR/half.json" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[[ $status -eq 143 && ! -e $BATS_TEST_TMPDIR/half.json ]]
}

@test "a purge prints account, region and table, and the undo command" {
	local journal=$BATS_TEST_TMPDIR/p.journal undo
	dump --endpoint "$LOCAL_URL" --table "$TABLE" >"$BATS_TEST_TMPDIR/before"
	ttlsweep purge -t "$TABLE" --now "$NOW" --reason string --yes \
	    --journal "$journal" --format json >"$BATS_TEST_TMPDIR/out" \
	    2>"$BATS_TEST_TMPDIR/err"
	grep -qE "purge: account [0-9]{12}, region us-east-1, endpoint $LOCAL_URL, table $TABLE" \
	    "$BATS_TEST_TMPDIR/err"
	undo=$(sed -n 's/^ttlsweep: to undo it: //p' "$BATS_TEST_TMPDIR/err")
	[[ $undo == 'ttlsweep restore --yes '* ]]
	run ! cmp -s <(dump --endpoint "$LOCAL_URL" --table "$TABLE") "$BATS_TEST_TMPDIR/before"
	# as printed, from any directory
	cd /
	# the table was created without its region in the environment
	env -u AWS_REGION -u AWS_DEFAULT_REGION \
	    bash -c "ttlsweep() { \"$TTLSWEEP\" \"\$@\"; }; $undo"
	dump --endpoint "$LOCAL_URL" --table "$TABLE" | cmp - "$BATS_TEST_TMPDIR/before"
	# the journal is a new file
	fails 2 "file exists, and a journal must be a new file; give another name or leave out --journal" purge -t "$TABLE" --now "$NOW" \
	    --yes --journal "$journal"
}
