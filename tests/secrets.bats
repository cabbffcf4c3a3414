#!/usr/bin/env bats
# Session ids and other secrets, planted in every kind of table: no command,
# format or message shows one in any form, except with --reveal.

load lib/common

# Every secret begins with four characters that may be shown; the rest must
# not be.
HEAD=Ab12
MARK=ZqSecretQz
TOKEN=$HEAD$MARK-0123456789
DIGITS=98761234500112233445 # the same, of a number
export HEAD MARK TOKEN DIGITS

setup_file() {
	start_local
	cd "$BATS_FILE_TMPDIR" || return
	leak_forms >forms
	plant
	for t in auth plain bare numbers binary items; do
		ttlsweep export -q -t "secret-$t" --ttl-attribute expires -o "$t.json"
		ttlsweep export -q -t "secret-$t" --ttl-attribute expires -o "$t.csv"
	done
}
teardown_file() { stop_servers; }
setup() {
	cd "$BATS_FILE_TMPDIR" || return
	OUT=$BATS_TEST_TMPDIR/out
	mkdir "$OUT"
	N=0
}

# Patterns of the planted text: plain, in base64 at any offset, in hex, and with
# each character escaped.
leak_forms() {
	"$PYTHON" - <<'END'
import base64, os
mark, digits = os.environ["MARK"], os.environ["DIGITS"]
forms = {mark, os.environ["HEAD"] + mark[:1], digits[4:12]}
# a number cut after more than may be shown; so few digits alone could be a time
forms |= {digits[:n] + dots for n in range(5, 12) for dots in ("…", "...")}
for text in (mark, digits):
    data = text.encode()
    for before in range(3):
        # the characters that do not depend on their neighbours
        encoded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        forms.add(encoded[4 if before else 0:len(encoded) - 2])
    forms.add(data.hex())
    forms.add(data.hex().upper())
    forms.add("".join("\\u%04x" % b for b in data))
    forms.add("".join("\\x%02x" % b for b in data))
    forms.add("".join("%%%02X" % b for b in data))
print("\n".join(sorted(forms)))
END
}

# entry ATTRIBUTES: a line of an export. The entry is stuck if TTL is off.
entry() { printf '{"Item":{%s,"expires":{"N":"1700000000"}}}\n' "$1"; }
S() { printf '"%s":{"S":"%s"}' "$1" "$2"; }
table() {
	local name=$1
	shift
	seed --endpoint "$LOCAL_URL" --table "secret-$name" --items - "$@" >/dev/null
}

plant() {
	local long="$HEAD$MARK/+${MARK}0123456789=="
	# Auth.js, with its index
	{
		sed "s/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/$TOKEN/; s/aaaaaaaa[-a-f0-9]*/$TOKEN/g; s/\"example\"/\"$TOKEN\"/; s/VT#example/VT#$TOKEN/
		    s/11111111-2222-4333-8444-555555555555/1/g" "$ROOT/tests/cases/next-auth.jsonl"
		entry "$(S pk USER#2),$(S sk "SESSION#$TOKEN"),$(S GSI1PK "SESSION#$TOKEN"),$(S sessionToken "$TOKEN")"
	} | table auth --key pk --sort-key sk --index GSI1PK
	# stores with a prefix, and one whose time is not a time
	for key in "PHPSESSID_$TOKEN" "sess:$long" "session:$TOKEN" "sid-$TOKEN" "Sessions/$long"; do
		entry "$(S id "$key"),$(S data "id=$TOKEN"),\"m\":{\"M\":{$(S id "$TOKEN")}}"
	done | table plain --key id
	printf '{"Item":{%s,%s}}\n' "$(S id "sess:$long")2" "$(S expires "$TOKEN")" >/dev/null
	printf '{"Item":{%s,%s}}\n' "$(S id "sess:$TOKEN")" "$(S expires "$TOKEN")" |
	    table plain --key id --no-create
	# a key whose name says what it is; ids that a separator cuts in two
	for key in "$TOKEN" "$long" "$HEAD$MARK:$MARK" "$HEAD$MARK#$MARK"; do
		entry "$(S session_id "$key"),$(S sort "$long"),$(S data "$TOKEN")"
	done | table bare --key session_id --sort-key sort
	# a table whose name does
	seed --endpoint "$LOCAL_URL" --table secret-sessions --key id --key-type N --sort-key n --sort-type N \
	    --items <(entry "\"id\":{\"N\":\"$DIGITS\"},\"n\":{\"N\":\"$DIGITS\"},$(S data "$TOKEN")") >/dev/null
	entry "\"id\":{\"N\":\"$DIGITS\"},$(S data x)" | sed 's/"id"/"sid"/' | table numbers --key sid --key-type N
	entry "\"id\":{\"B\":\"$(printf 'session:%s' "$TOKEN" | base64 -w0)\"},$(S data "$TOKEN")" |
	    table binary --key id --key-type B
	# items with secrets in them
	{
		entry "$(S key user:1),$(S access_token "$TOKEN"),$(S userPassword "$TOKEN"),\"n\":{\"M\":{\"l\":{\"L\":[{\"M\":{$(S Set-Cookie "$TOKEN")}}]}}}"
		entry "$(S key user:2),$(S json "{\\\"a\\\":[{\\\"client_secret\\\":\\\"$TOKEN\\\"}]}")"
		entry "$(S key user:3),\"b\":{\"B\":\"$(printf '{"token":"%s"}' "$TOKEN" | base64 -w0)\"}"
		entry "$(S key user:4),\"l\":{\"SS\":[\"{\\\"sess\\\":\\\"$TOKEN\\\"}\"]},\"token\":{\"SS\":[\"$TOKEN\"]}"
	} | table items
}

# ran STATUS... -- COMMAND...: it ended with one of these; its output is kept in
# $OUT.
ran() {
	local want=() rc=0
	while [[ $1 != -- ]]; do want+=("$1") && shift; done
	shift
	N=$((N + 1))
	"$@" >"$OUT/$N" 2>&1 </dev/null || rc=$?
	printf '%s\n' "$*" >"$BATS_TEST_TMPDIR/$N"
	[[ " ${want[*]} " == *" $rc "* ]] || {
		echo "$* ended with $rc:"
		head -c 2000 "$OUT/$N"
		return 1
	}
}
does() { ran 0 -- "$TTLSWEEP" "$@"; }
fails() { ran 1 2 3 -- "$TTLSWEEP" "$@"; }

# No output has a secret in any form.
silent() {
	local bad=0 file
	((N > 0))
	for file in $(grep -laF -f forms "$OUT"/* || :); do
		bad=1
		echo "shown by: $(<"$BATS_TEST_TMPDIR/${file##*/}")"
		grep -aoF -f forms "$file" | sort -u | head -3
	done
	return $bad
}

T=(auth plain bare sessions numbers binary items)
declare -gA KEY=(["auth"]="pk,sk" ["plain"]=id ["bare"]="session_id,sort" ["numbers"]=sid:N ["binary"]=id:B ["items"]=key)
at() { AT=(-t "secret-$1" --ttl-attribute expires); }
columns=key,kind,state,reason,ttl,expires,overdue,size,group,value,attributes
columns+=,@GSI1PK,@sessionToken,@data,@m,@n,@json,@b,@l,@token,@access_token,@pk,@sk,@id,@session_id,@sort,@sid,@key,@expires

@test "a file in which no session is known: that nothing is masked is said" {
	local said="no key in the file is known as a session's, so none is masked; if all entries are sessions, add --session-prefix ''"
	cd "$BATS_TEST_TMPDIR"
	printf '{"Item":{"id":{"S":"%s"}}}\n' abcdefghijklmnopqrst two >x.json
	run -0 --separate-stderr ttlsweep list -i x.json
	[[ $stderr == *"$said"* && $output == *abcdefghijklmnopqrst* ]]
	run -0 --separate-stderr ttlsweep show -i x.json two
	[[ $stderr == *"$said"* ]]
	for args in "list --reveal" "list --session-prefix ''" "export" "list -q"; do
		eval "run -0 --separate-stderr ttlsweep $args -i x.json"
		[[ $stderr != *"is masked"* ]]
	done
	printf '{"Item":{"id":{"S":"session:%s"}}}\n' abcdefghijklmnopqrst >>x.json
	run -0 --separate-stderr ttlsweep list -i x.json
	[[ $stderr != *"is masked"* ]]
}

@test "--reveal and export show the secrets" {
	for t in "${T[@]}"; do
		at "$t"
		ran 0 -- "$TTLSWEEP" list "${AT[@]}" --reveal --columns $columns
		grep -qaF -f forms "$OUT/$N"
		ran 0 -- "$TTLSWEEP" list "${AT[@]}" --reveal --format jsonl
		grep -qaF -f forms "$OUT/$N"
		ran 0 -- "$TTLSWEEP" export "${AT[@]}"
		grep -qaF -f forms "$OUT/$N"
	done
	at plain
	ran 0 -- "$TTLSWEEP" show "${AT[@]}" --reveal "session:$TOKEN"
	grep -qF "$TOKEN" "$OUT/$N"
	# and silent finds them
	run ! silent
}

@test "list shows no secret in any format or column" {
	for t in "${T[@]}"; do
		at "$t"
		for format in table tsv csv; do
			does list "${AT[@]}" --format $format --columns $columns -vv
		done
		does list "${AT[@]}" --format jsonl
		does list "${AT[@]}" --format csv
		does list "${AT[@]}" --top 3 --by size --columns $columns
		# prefixes decide what a session is, not what is shown
		does list "${AT[@]}" --columns $columns --session-prefix nobody:
		does list "${AT[@]}" --columns $columns --session-prefix '' --group-separators '' --group "$TOKEN"
		does list "${AT[@]}" --columns $columns --group-separators 'SQz-'
	done
	LC_ALL=C does list "${AT[@]}" --format table --columns $columns
	silent
}

@test "show shows no secret of any entry, existing or not" {
	at auth
	does show "${AT[@]}" USER#1 USER#2 "VT#user@example.com"
	does show "${AT[@]}" USER#2 --sort-key "SESSION#$TOKEN"
	fails show "${AT[@]}" "SESSION#$TOKEN"
	at plain
	for key in PHPSESSID_ sess: session: sid-; do
		does show "${AT[@]}" -vv "$key$TOKEN" || fails show "${AT[@]}" "$key$TOKEN"
	done
	fails show "${AT[@]}" "sess:$TOKEN-x" "PHPSESSID_$TOKEN-x"
	fails show "${AT[@]}" --cookie "s%3A$TOKEN-x.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
	at bare
	does show "${AT[@]}" "$TOKEN" "$HEAD$MARK:$MARK" "$HEAD$MARK#$MARK"
	fails show "${AT[@]}" "$TOKEN-x"
	at sessions
	does show "${AT[@]}" "$DIGITS"
	fails show "${AT[@]}" "$TOKEN"
	fails show "${AT[@]}" "$DIGITS" --sort-key "$TOKEN"
	at numbers
	does show "${AT[@]}" "$DIGITS"
	fails show "${AT[@]}" "session:$TOKEN"
	at binary
	does show "${AT[@]}" "$(printf 'session:%s' "$TOKEN" | base64 -w0)"
	fails show "${AT[@]}" "$(printf 'session:%s-' "$TOKEN" | base64 -w0)" "session:$TOKEN"
	# a command, or a word of it, is missing
	fails "session:$TOKEN"
	fails inspect "SESSION#$TOKEN"
	fails purge "session:$TOKEN"
	fails show --cookie s%3Aabc.def "sess:$TOKEN"
	at items
	does show "${AT[@]}" user:1 user:2 user:3 user:4
	LC_ALL=C does show "${AT[@]}" user:1 user:2 user:3 user:4 --color always
	silent
}

@test "show --cookie masks a session whose key has no prefix" {
	at plain
	printf '{"Item":{%s,%s}}\n' "$(S id "$TOKEN")" "$(S data "$TOKEN")" | table plain --key id --no-create
	does show "${AT[@]}" --cookie "s%3A$TOKEN.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
	aws --endpoint-url "$LOCAL_URL" dynamodb delete-item --table-name secret-plain --key "{\"id\":{\"S\":\"$TOKEN\"}}"
	silent
}

@test "inspect shows no secret in any format, of parts or selections" {
	for t in "${T[@]}"; do
		at "$t"
		for format in text json prometheus html; do
			does inspect "${AT[@]}" --format $format --top 50
		done
		does inspect "${AT[@]}" --no-sizes --session-prefix nobody
		does inspect "${AT[@]}" --group-separators 'SQz-' --format json
		does inspect "${AT[@]}" --format json --group "session:$TOKEN"
		for i in 1 2; do
			ttlsweep inspect -q "${AT[@]}" --now 1750000000 --shard $i/2 --format json -o "$BATS_TEST_TMPDIR/shard-$i"
		done
		does inspect --merge --format html "$BATS_TEST_TMPDIR/shard-1" "$BATS_TEST_TMPDIR/shard-2"
		cp "$BATS_TEST_TMPDIR/shard-1" "$OUT/$t-shard"
		echo "the report of a shard of $t" >"$BATS_TEST_TMPDIR/$t-shard"
	done
	at bare
	does inspect "${AT[@]}" --format json --group "$TOKEN"
	at plain
	does inspect "${AT[@]}" --sample 100
	for format in text json html; do
		does inspect "${AT[@]}" --format $format --prefix "session:$TOKEN" --prefix "PHPSESSID_$TOKEN"
	done
	at auth
	does inspect "${AT[@]}" --sort-prefix "SESSION#$TOKEN" --format json
	does inspect "${AT[@]}" --sort-prefix "SESSION#$TOKEN"
	silent
}

@test "entries of files are masked like those of a table" {
	at auth
	ttlsweep export -q "${AT[@]}" --layout s3 -o s3
	for t in auth plain bare numbers binary items; do
		for file in "$t.json" "$t.csv"; do
			key=${KEY[$t]}
			[[ $file == *.csv ]] || key=${key%:?}
			does list -i "$file" --key "$key" --ttl-attribute expires --columns $columns
			[[ $file == *.csv ]] || does inspect -i "$file" --key "$key" --ttl-attribute expires --format json
		done
	done
	does list -i s3 --ttl-attribute expires --format jsonl
	does show -i auth.json --ttl-attribute expires USER#2
	does show -i plain.csv --ttl-attribute expires "session:$TOKEN"
	fails show -i plain.csv --ttl-attribute expires "session:$TOKEN-x"
	# damaged here and there
	for ((i = 5; i < $(stat -c %s plain.json); i += 397)); do
		head -c $i plain.json >cut.json
		ran 0 1 -- "$TTLSWEEP" list -i cut.json
		ran 0 1 -- "$TTLSWEEP" restore -t secret-plain cut.json
	done
	for ((i = 5; i < $(stat -c %s plain.csv); i += 397)); do
		head -c $i plain.csv >cut.csv
		ran 0 1 -- "$TTLSWEEP" list -i cut.csv --key id
		ran 0 1 -- "$TTLSWEEP" purge -t secret-plain --ttl-attribute expires --keys-from cut.csv
	done
	silent
}

@test "lists of keys reveal no key" {
	at plain
	ttlsweep list -q "${AT[@]}" --reveal --format csv >keys.csv
	does list "${AT[@]}" --keys-from keys.csv
	does purge "${AT[@]}" --keys-from keys.csv -vv
	printf 'id\nsession:%s\nsession:%s\nsession:%s-x\n' "$TOKEN" "$TOKEN" "$TOKEN" >twice
	does list "${AT[@]}" --keys-from twice
	for bad in "session:$TOKEN,x" "\"session:$TOKEN" "session:$TOKEN\\xff" "'=session:$TOKEN"; do
		printf "%b\n%b\n" id "$bad" >bad
		fails purge "${AT[@]}" --keys-from bad
		printf "%b\n" "$bad" >bad
		ran 0 1 -- "$TTLSWEEP" purge "${AT[@]}" --keys-from bad
	done
	printf 'ID;session:%s\n' "$TOKEN" >bad
	fails purge "${AT[@]}" --keys-from bad
	for t in numbers binary; do
		at $t
		printf '%s\n' "session:$TOKEN" >bad
		fails purge "${AT[@]}" --keys-from bad
		fails list "${AT[@]}" --keys-from keys.csv
	done
	at bare
	fails list "${AT[@]}" --keys-from keys.csv
	# a masked key is refused
	for t in plain bare sessions binary auth; do
		at $t
		ttlsweep list -q "${AT[@]}" --kind session --format csv >masked.csv
		[[ $t != binary ]] || ttlsweep list -q "${AT[@]}" --format csv >masked.csv
		fails purge "${AT[@]}" --keys-from masked.csv
		grep -q 'the key looks masked' "$OUT/$N"
		fails restore -t "secret-$t" masked.csv
		grep -q masked "$OUT/$N"
	done
	at items
	ttlsweep list -q "${AT[@]}" --format csv >masked.csv
	fails restore -t secret-items masked.csv
	grep -q 'a secret in it is masked' "$OUT/$N"
	silent
}

@test "purge, repair and restore show no secret, dry or real, nor in their advice" {
	for t in "${T[@]}"; do
		at "$t"
		for format in text json; do
			does purge "${AT[@]}" --format $format
			does repair "${AT[@]}" --format $format
		done
		does purge "${AT[@]}" --prefix "session:$TOKEN" --group "$TOKEN" -vv
	done
	at auth
	does purge "${AT[@]}" --prefix "session:$TOKEN" --sort-prefix "SESSION#$TOKEN" --group "$TOKEN" -vv
	at plain
	fails purge "${AT[@]}" --sort-prefix "SESSION#$TOKEN" -vv
	# where it stopped, and how to continue
	ran 4 -- "$TTLSWEEP" purge "${AT[@]}" --yes --max-items 1 --prefix "session:$TOKEN" --prefix "sid-$TOKEN" \
	    --journal j1 --checkpoint cp -v
	grep -q 'to continue: (a key in this command is masked: give it as you did) ttlsweep purge .*--prefix .session:Ab12…' "$OUT/$N"
	ran 4 -- "$TTLSWEEP" purge "${AT[@]}" --yes --max-items 0 --prefix "sess:$HEAD" --no-journal
	does purge "${AT[@]}" --yes --journal j2 --metrics-file metrics -vv
	cp metrics "$OUT/metrics" && echo metrics >"$BATS_TEST_TMPDIR/metrics"
	for file in j1 j2; do
		does list -i $file --columns $columns
		does restore $file -t secret-plain -vv
		does restore $file -t secret-plain --yes --format json
	done
	does restore plain.json -t secret-plain --yes --prefix "session:$TOKEN"
	does doctor -t secret-plain --ttl-attribute expires -vv
	does doctor -t secret-auth --ttl-attribute expires --format json
	silent
}

@test "failed entries are named without their secrets" {
	# an index's key cannot be a number
	printf '{"Item":{%s,%s,"GSI1PK":{"N":"%s"}}}\n' "$(S pk USER#9)" "$(S sk "SESSION#$TOKEN")" "$DIGITS" \
	    "$(S pk "session:$TOKEN")" "$(S sk "$TOKEN")" "$DIGITS" >wrong.json
	for format in text json; do
		ran 3 -- "$TTLSWEEP" restore -t secret-auth --yes --format $format wrong.json -vv
		grep -q 'SESSION#Ab12…' "$OUT/$N"
	done
	# two entries of one key
	sed 's/"1700000000"/"1700000001"/' plain.json | cat plain.json - >twins.json
	fails restore -t secret-plain twins.json
	silent
}
