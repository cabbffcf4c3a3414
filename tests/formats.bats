#!/usr/bin/env bats
# Exports are read by other programs, lose nothing, and can be restored; reviewed
# lists of keys. Random entries with every type of value, independent readers,
# both servers.

load lib/common

NOW=1795000000
ENTRIES=200

setup_file() {
	start_local
	start_dynalite
	TABLE=$(new_table formats)
	export TABLE NODE_PATH=$SERVERS/npm/node_modules
	random_items --n "$ENTRIES" --big 3 >"$BATS_FILE_TMPDIR/items"
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --items "$BATS_FILE_TMPDIR/items" &
	seed --endpoint "$DYNALITE_URL" --table "$TABLE" --items "$BATS_FILE_TMPDIR/items"
	wait $!
	dump --items "$BATS_FILE_TMPDIR/items" >"$BATS_FILE_TMPDIR/dump"
}

teardown_file() { stop_servers; }

setup() {
	case $BATS_TEST_DESCRIPTION in
	*dynalite*) URL=$DYNALITE_URL ;;
	*) URL=$LOCAL_URL ;;
	esac
	export AWS_ENDPOINT_URL_DYNAMODB=$URL
	BEFORE=$BATS_FILE_TMPDIR/dump
	cd "$BATS_TEST_TMPDIR" || return
}

random_items() { "$PYTHON" "$ROOT/tests/lib/random_items.py" "$@"; }
read_back() { "$PYTHON" "$ROOT/tests/lib/read_back.py" "$@"; }
dumped() { dump --endpoint "$URL" --table "${1:-$TABLE}"; }
empty() { ttlsweep purge -q -t "$1" --state any --now "$NOW" --yes --no-journal; }
sweep() { ttlsweep purge -t "$T" --now "$NOW" --journal-dir "$BATS_TEST_TMPDIR/j" "$@"; }
left() { ttlsweep inspect -q -t "$T" --format json | jq .scanned.items; }
list() { ttlsweep list -q -t "$T" --now "$NOW" "$@"; }

# small: a new table in $T with 30 expired and 20 live sessions.
small()
{
	T=$(new_table keys)
	seed --endpoint "$URL" --table "$T" --now "$NOW" --case past=30 --case future=20 \
	    --kind session >/dev/null
}

# $T has not changed since $1 was dumped.
same() { dumped "$T" | cmp - "$1"; }

csv_agrees()
{
	ttlsweep export -q -t "$TABLE" --jobs 3 -o e.csv
	read_back csv e.csv --key key:S >items
	dump --items items | cmp - "$BEFORE"
	# CRLF at the end of each row
	[ "$(tail -c 2 e.csv | od -An -c | tr -d ' ')" = '\r\n' ]
}

jsonl_agrees()
{
	ttlsweep export -q -t "$TABLE" -o e.jsonl
	ttlsweep export -q -t "$TABLE" -o q.jsonl.gz --numbers string
	ttlsweep export -q -t "$TABLE" -o e.json
	zcat q.jsonl.gz >q.jsonl
	read_back jsonl e.jsonl e.json
	read_back jsonl q.jsonl e.json --quoted
}

dynamodb_json_agrees()
{
	local copy
	ttlsweep export -q -t "$TABLE" -o e.json
	read_back dynamodb-json e.json >items
	dump --items items | cmp - "$BEFORE"
	ttlsweep export -q -t "$TABLE" --gzip -o e.json.gz
	zcat e.json.gz | sort | cmp - <(sort e.json)
	# DynamoDB's import wants one {"Item":{...}} a line
	[ "$(jq -c keys e.json | sort -u)" = '["Item"]' ]
	# and the AWS CLI takes it unchanged (but B: its version 1 reads base64
	# as text)
	copy=$(new_table copy)
	seed --endpoint "$URL" --table "$copy" >/dev/null
	grep '"NS"' e.json | grep -vm 1 '"B' | jq -c .Item >one
	aws dynamodb put-item --endpoint-url "$URL" --table-name "$copy" --item file://one
	dumped "$copy" | cmp - <(jq -c '{Item:.}' one | dump --items -)
}

# Export in formats that keep types, delete everything, restore it.
goes_back_in()
{
	local name
	for name; do
		ttlsweep export -q -t "$TABLE" -o $name
	done
	for name; do
		ttlsweep purge -q -t "$TABLE" --state any --now "$NOW" --yes --journal $name.j
		[ -z "$(dumped)" ]
		ttlsweep restore -t "$TABLE" $name --yes --format json |
		    jq -e --argjson n "$ENTRIES" '.restored == $n and .matched == $n'
		dumped | cmp - "$BEFORE"
	done
	# and the entries that purge kept, as an export
	ttlsweep export -q -i $1.j -o gone.csv
	dump --items <(ttlsweep export -q -i gone.csv) | cmp - "$BEFORE"
}

@test "CSV: Python, csv-parse and SQLite read the same (DynamoDB Local)" { csv_agrees; }
@test "CSV: Python, csv-parse and SQLite read the same (dynalite)" { csv_agrees; }
@test "JSON Lines: jq and Python read them, all digits (DynamoDB Local)" { jsonl_agrees; }
@test "JSON Lines: jq and Python read them, all digits (dynalite)" { jsonl_agrees; }
@test "DynamoDB JSON: boto3, AWS CLI and zcat read it (DynamoDB Local)" { dynamodb_json_agrees; }
@test "DynamoDB JSON: boto3, AWS CLI and zcat read it (dynalite)" { dynamodb_json_agrees; }
@test "formats that keep types are restored (DynamoDB Local)" { goes_back_in e.json.gz e.csv; }
@test "formats that keep types are restored (dynalite)" { goes_back_in e.csv.gz e.json; }

@test "-i FILE.csv has the same entries as the table" {
	local name
	ttlsweep export -q -t "$TABLE" -o e.csv.gz
	zcat e.csv.gz >e.csv
	for name in e.csv e.csv.gz; do
		ttlsweep export -q -i $name -o i.json
		dump --items i.json | cmp - "$BEFORE"
	done
	ttlsweep export -q -i - <e.csv.gz | dump --items - | cmp - "$BEFORE"
	# shellcheck disable=SC2002 # a pipe is what is tested
	cat e.csv | ttlsweep export -q -i - | dump --items - | cmp - "$BEFORE"
	cat e.csv.gz | ttlsweep restore -t "$TABLE" - --format json | jq -e '.matched == 200'
	ttlsweep inspect -q -i e.csv --now "$NOW" --format json |
	    jq -c '[.states,.reasons,.kinds,.groups,.overdue,.largest]' >file
	ttlsweep export -q -t "$TABLE" -o e.json
	ttlsweep inspect -q -i e.json --now "$NOW" --format json |
	    jq -c '[.states,.reasons,.kinds,.groups,.overdue,.largest]' | cmp - file
	# and exported again from the file (without TTL settings: states differ)
	ttlsweep export -q -i e.csv --columns key,size,attributes -o again.csv
	ttlsweep export -q -t "$TABLE" --columns key,size,attributes -o e.csv
	sort e.csv | cmp - <(sort again.csv)
}

@test "CSV with keys of type N and B, and with sort keys, is restored" {
	local types key sort
	for types in N B SN BS; do
		key=${types:0:1} sort=${types:1}
		random_items --n 30 --key-type "$key" ${sort:+--sort-type "$sort"} >items
		T=$(new_table "$types")
		seed --endpoint "$URL" --table "$T" --key-type "$key" \
		    ${sort:+--sort-key --sort-type "$sort"} --items items >/dev/null
		dumped "$T" >before
		ttlsweep export -q -t "$T" -o e.csv
		[ "$types" != BS ] ||
		    ttlsweep export -q -i e.csv --key key:B,sort:S | dump --items - | cmp - before
		# the sizes show which types they are, and binary sessions are masked
		ttlsweep export -q -i e.csv | dump --items - | cmp - before
		ttlsweep list -i e.csv --columns key --no-headings | sort |
		    cmp - <(ttlsweep list -t "$T" --columns key --no-headings | sort)
		empty "$T"
		ttlsweep restore -q -t "$T" e.csv --yes
		same before
		# and each of its keys is found
		run -0 --separate-stderr ttlsweep list -t "$T" --keys-from e.csv --no-headings
		[ "${#lines[@]}" -ge 30 ]
		[ -z "$stderr" ]
	done
}

@test "an export can be restored to another table, if it has the same key" {
	local copy other
	ttlsweep export -q -t "$TABLE" --limit 50 -o e.csv
	copy=$(new_table copy) other=$(new_table other)
	seed --endpoint "$URL" --table "$copy" >/dev/null
	seed --endpoint "$URL" --table "$other" --key id >/dev/null
	ttlsweep restore -q --table "$copy" e.csv --yes
	dumped "$copy" >copied
	[ "$(wc -l <copied)" -eq 50 ]
	[ -z "$(comm -23 copied "$BEFORE")" ]
	run -1 ttlsweep restore -t "$other" e.csv --yes
	[[ $output == *"e.csv: its first columns are the key (key), but should be (id), the key of table $other; if the file belongs to another table, name that with -t"* ]]
	other=$(new_table other)
	seed --endpoint "$URL" --table "$other" --sort-key >/dev/null
	run -1 ttlsweep restore -t "$other" e.csv --yes
	[[ $output == *"the key (key), but should be (key,sort)"*"; if it was written from another file without its sort key, write it again with --key key,sort"* ]]
	run -1 ttlsweep purge -t "$other" --keys-from e.csv --yes
	[[ $output == *"it is a header row without the sort key, \"sort\"; if the CSV was written from a file, write it again with --key key,sort"* ]]
	# it is said when that is written
	ttlsweep export -q -t "$TABLE" --limit 5 --format dynamodb-json -o e.json
	run -0 --separate-stderr ttlsweep export -i e.json --format csv
	[[ $stderr == *"the file does not say whether its table has a sort key; if it has one, name it with --key key,NAME, or the CSV lacks it"* ]]
	run -0 --separate-stderr ttlsweep export -i e.json --format csv --key key
	[[ $stderr != *"sort key"* ]]
	other=$(new_table other)
	seed --endpoint "$URL" --table "$other" --key-type N >/dev/null
	run -1 ttlsweep restore -t "$other" e.csv --yes
	[[ $output == *"e.csv:2: row 2: cell 1 is not a valid key \"key\": not a decimal number"* ]]
	[ -z "$(dumped "$other")" ]
}

@test "CSV without rows has a header row" {
	local want='"key","kind","state","reason","ttl","expires","overdue","size","attributes"'
	T=$(new_table none)
	seed --endpoint "$URL" --table "$T" >/dev/null
	ttlsweep export -t "$T" --format csv | cmp - <(printf '%s\r\n' "$want")
	ttlsweep list -t "$T" --format csv | cmp - <(printf '%s\r\n' "$want")
	ttlsweep list -t "$T" --format csv --columns key,@a | cmp - <(printf '"key","@a"\r\n')
	ttlsweep export -q -t "$T" -o none.csv
	ttlsweep restore -t "$T" none.csv --format json | jq -e '.matched == 0'
	ttlsweep purge -t "$T" --keys-from none.csv --format json | jq -e '.keys == 0 and .matched == 0'
	: >empty.csv
	ttlsweep inspect -q -i empty.csv --format json | jq -e '.scanned.items == 0'
}

@test "list --reveal --format csv writes what export does; without --reveal it is masked" {
	small
	ttlsweep export -t "$T" --now "$NOW" --format csv | sort >exported
	list --reveal --format csv | sort | cmp - exported
	list --format csv >masked
	run grep -c '^"session:....…......","session",.*"… [0-9.]* .*B"' masked
	[ "$output" -eq 50 ]
	run -1 ttlsweep restore -t "$T" masked --yes
	[[ $output == *"masked:2: row 2: a session, and it is masked: export --format csv"* ]]
	run -1 ttlsweep inspect -i masked
	[[ $output == *"row 2: a session, and it is masked"* ]]
	run -1 ttlsweep list -t "$T" --keys-from masked
	[[ $output == *"masked:2: row 2: the key looks masked"*"ttlsweep list -t $T --reveal --format csv"* ]]
}

@test "a file that cannot be restored is refused before anything is written" {
	small
	list --reveal --format csv >all.csv
	dumped "$T" >before
	empty "$T"
	head -c -40 all.csv >cut.csv
	run -1 ttlsweep restore -t "$T" cut.csv --yes
	[[ $output == *"cut.csv:51: row 51: the file ends inside cell 9: it is truncated"* ]]
	(head -n 20 all.csv; echo 'x,y'; tail -n +21 all.csv) >wrong.csv
	run -1 ttlsweep restore -t "$T" wrong.csv --yes
	[[ $output == *"wrong.csv:21: row 21: it has 2 cells, but the header row has 9"* ]]
	sed '$s/""N""/""Q""/' all.csv >type.csv
	run -1 ttlsweep restore -t "$T" type.csv --yes
	[[ $output == *"type.csv:51: row 51: \"ttl\" in the column \"attributes\" is not an attribute value"* ]]
	gzip -c all.csv | head -c -9 >cut.csv.gz
	run -1 ttlsweep restore -t "$T" cut.csv.gz --yes
	[[ $output == *"cut.csv.gz:"*"truncated"* ]]
	[ "$(left)" -eq 0 ]
	ttlsweep restore -q -t "$T" all.csv --yes
	same before
	# these formats have lost the types
	ttlsweep export -q -t "$T" -o e.jsonl
	run -1 ttlsweep restore -t "$T" e.jsonl
	[[ $output == *"e.jsonl:1: "*"JSON Lines have lost the types"*"export --format dynamodb-json"* ]]
	ttlsweep export -q -t "$T" --columns key,state,@sess -o part.csv
	run -1 ttlsweep restore -t "$T" part.csv
	[[ $output == *"part.csv: not an export or a journal; "*'needs the column "attributes": export without --columns'*"--format dynamodb-json"* ]]
	list >rows.tsv
	run -1 ttlsweep inspect -i rows.tsv
	[[ $output == *'rows.tsv: it looks like a header row separated by tabs; save the file with commas, or write it with export --format csv'* ]]
	# a few columns are enough
	ttlsweep export -q -t "$T" --columns key,attributes -o two.csv
	ttlsweep restore -t "$T" two.csv --yes --format json | jq -e '.present == 50'
}

@test "--csv-safe: no cell is a formula, and a changed key is recognized" {
	ttlsweep export -q -t "$TABLE" --now "$NOW" -o e.csv
	ttlsweep export -q -t "$TABLE" --now "$NOW" --csv-safe -o safe.csv
	"$PYTHON" - <<'PY'
import csv, re
csv.field_size_limit(1 << 30)
rows = lambda name: list(csv.reader(open(name, newline="", encoding="utf-8"), strict=True))
plain = sorted(rows("e.csv"), key=lambda r: r[-1] + r[0])
safe = sorted(rows("safe.csv"), key=lambda r: r[-1] + re.sub("^'(?=[=+\\-@\t\r\n\0])", "", r[0]))
changed = 0
for a, b in zip(plain, safe, strict=True):
    for x, y in zip(a, b, strict=True):
        assert not re.match("[=+\\-@\t\r\n\0]", y) or re.fullmatch(r"[+-][0-9.]+([eE][+-]?\d+)?", y), y
        if x != y:
            assert y == "'" + x
            changed += 1
assert changed > 5, changed
PY
	run -1 ttlsweep restore -t "$TABLE" safe.csv
	[[ $output == *"its key was made safe for a spreadsheet: write the file without --csv-safe"* ]]
	run -1 ttlsweep list -t "$TABLE" --keys-from safe.csv
	[[ $output == *"the key was made safe for a spreadsheet"*"--reveal --format csv" ]]
	run -0 ttlsweep list -t "$TABLE" --format csv --csv-safe --reveal --columns key,@=1
	[[ $output == *"\"key\",\"'@=1\""* ]]
	run -2 ttlsweep list -t "$TABLE" --csv-safe
	[[ $output == *"--format csv"* ]]
	run -2 ttlsweep export -t "$TABLE" --csv-safe -o x.json
	# a key that really begins with ' and =
	T=$(new_table quote)
	printf '{"Item":{"key":{"S":"%s"},"a":{"S":"b"}}}\n' "'=1" "'@" "=1" >items
	seed --endpoint "$URL" --table "$T" --items items >/dev/null
	ttlsweep export -q -t "$T" -o quote.csv
	ttlsweep export -q -i quote.csv | dump --items - | cmp - <(dump --items items)
	run -0 ttlsweep list -t "$T" --keys-from quote.csv --columns key --no-headings
	[ "${#lines[@]}" -eq 3 ]
	# and with added columns after ours
	sed 's/\r$//; 1s/$/,reviewed,/; 2,$s/$/,yes,/' quote.csv >added.csv
	ttlsweep export -q -i added.csv | dump --items - | cmp - <(dump --items items)
	ttlsweep restore -q -t "$T" added.csv
	run -0 ttlsweep list -t "$T" --keys-from added.csv --columns key --no-headings
	[ "${#lines[@]}" -eq 3 ]
	ttlsweep export -q -t "$T" --columns key,attributes,size -o few.csv
	ttlsweep restore -q -t "$T" few.csv
	run -0 ttlsweep list -t "$T" --keys-from few.csv --columns key --no-headings
	[ "${#lines[@]}" -eq 3 ]
	ttlsweep export -q -t "$T" --columns key,attributes -o few.csv
	run -1 ttlsweep restore -q -t "$T" few.csv
	[[ $output == *"only a column \"size\" could tell"* ]]
	ttlsweep export -q -t "$T" --csv-safe -o quote-safe.csv
	run -1 ttlsweep export -i quote-safe.csv
}

@test "--keys-from: a reviewed list is purged" {
	local f=reviewed.csv
	small
	dumped "$T" >before
	list --reveal --format csv --state expired >$f
	[ "$(wc -l <$f)" -eq 31 ]
	# the reviewer's program writes other quotes and newlines
	"$PYTHON" - $f <<'PY'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))
rows = [rows[0]] + sorted(rows[1:])[:12]
csv.writer(open(sys.argv[1], "w", newline=""), lineterminator="\n").writerows(rows)
open("keys", "w").write("".join(r[0] + "\n" for r in rows[1:]))
PY
	run -0 --separate-stderr sweep --keys-from $f --format json
	jq -e '.executed == false and .keys == 12 and .absent == 0 and .scanned == 12 and .matched == 12
	    and .skipped == 12' <<<"$output"
	same before
	run -0 sweep --keys-from $f
	[[ $output == *"keys given"*12* ]]
	# keys without an entry are counted, also where a limit forbids the rest
	(cat keys; echo nosuch) >more
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -keyout key.pem -out cert.pem 2>/dev/null
	ttlsweep export -q -t "$T" -o sealed.csv.p7m --format csv --encrypt-to cert.pem
	run -2 sweep --keys-from sealed.csv.p7m
	[[ $output == *"sealed.csv.p7m: encrypted; decrypt it first: ttlsweep export -q -i sealed.csv.p7m --decrypt-with KEY.pem --format csv | ttlsweep ... --keys-from -"* ]]
	ttlsweep export -q -i sealed.csv.p7m --decrypt-with key.pem --format csv | sweep --keys-from - --format json | jq -e '.keys > 12'
	head -n 1 $f >none.csv
	run -0 --separate-stderr sweep --keys-from none.csv
	[[ $stderr == *"none.csv has no key"* ]]
	run -4 --separate-stderr sweep --keys-from more --max-percent 1
	[[ $output == *"absent"*1*"keys without an entry"*"more than --max-percent"* ]]
	run -4 --separate-stderr sweep --keys-from $f --max-items 5
	[[ ${output//$'\n'/ } == *"Nothing was changed. To delete up to the same limit, though perhaps other entries than those counted here:     ttlsweep purge "*" --max-items 5 --yes "* ]]
	run -0 --separate-stderr sweep --keys-from $f --yes --format json
	jq -e '.keys == 12 and .matched == 12 and .deleted == 12' <<<"$output"
	[ "$(left)" -eq 38 ]
	dumped "$T" >after
	comm -23 before after | jq -r .key.S | cmp - keys
	# again: they are gone
	run -0 --separate-stderr sweep --keys-from $f --yes
	[[ $output == "purge $T: 12 keys, 12 absent, 0 scanned, 0 matched, "* ]]
	head -n 2 $f >one.csv
	run -0 --separate-stderr sweep --keys-from one.csv --yes
	[[ $output == "purge $T: 1 key, 1 absent, 0 scanned, 0 matched, "* ]]
	# restored from the journal, and from the list itself, which has everything
	ttlsweep restore -q -t "$T" "$BATS_TEST_TMPDIR"/j/* --yes
	same before
	sweep -q --keys-from keys --yes
	[ "$(left)" -eq 38 ]
	ttlsweep restore -q -t "$T" $f --yes
	same before
}

@test "--keys-from: an entry that no longer matches the selection is kept" {
	small
	list --reveal --format csv >all.csv
	key_of() { list --state "$1" --reveal --no-headings --columns key --limit 1 | jq -Rc '{key:{S:.}}'; }
	key_of expired >renewed
	key_of live >gone
	# one was renewed, one was deleted
	ddb "$URL" update_item "$(jq --arg t "$T" '{TableName: $t, Key: .,
	    UpdateExpression: "SET #t=:t", ExpressionAttributeNames: {"#t": "ttl"},
	    ExpressionAttributeValues: {":t": {N: "'$((NOW + 99))'"}}}' renewed)"
	ddb "$URL" delete_item "$(jq --arg t "$T" '{TableName: $t, Key: .}' gone)"
	run -0 --separate-stderr sweep --keys-from all.csv --yes --format json
	jq -e '.keys == 50 and .scanned == 49 and .absent == 1 and .matched == 29
	    and .deleted == 29' <<<"$output"
	dumped "$T" | jq -es --slurpfile renewed renewed \
	    'any(.key == $renewed[0].key)'
	run -4 --separate-stderr sweep --keys-from all.csv --yes --state live --max-items 5 --format json
	jq -e '.deleted == 5' <<<"$output"
}

@test "--keys-from: an invalid row is reported, and nothing is changed" {
	local key
	small
	dumped "$T" >before
	list --reveal --format csv --state expired >good.csv
	key=$(list --reveal --no-headings --columns key --state expired --limit 1)
	# refused TEXT COMMAND...: the list is refused with TEXT
	refused()
	{
		printf '%b' "$1" >wrong
		run -1 ttlsweep purge -t "$T" --now "$NOW" --keys-from wrong --yes --no-journal
		[[ $output == *"ttlsweep: wrong:$2"* ]] || {
			echo "$output"
			return 1
		}
	}
	refused "$key\nsession:Ab12…0123ef\n" "2: row 2: the key looks masked"
	refused "$key\n'=x\n" "2: row 2: the key looks as if it was made safe"
	refused "\n\n$key\n\"x\ny" "4: row 2: the file ends inside cell 1"
	refused "$key\n\"\"\n" "2: row 2: cell 1 is not a valid key \"key\": it is empty"
	refused "$key\na,b\n" "2: row 2: it has 2 cells, and the first row has 1"
	refused "$key\na\"b\n" "2: row 2: a quote inside cell 1"
	refused "$key\n\\xff\n" "2: row 2: cell 1 is not a valid key \"key\": not text in UTF-8"
	refused "key;kind\n$key;item\n" "1: row 1: it looks like a header row separated by semicolons"
	refused "KEY\n$key\n" "1: row 1: is this the header row?"
	refused "\xff\xfek\0e\0y\0\n\0" " is text in UTF-16; run: iconv -f UTF-16 -t UTF-8"
	refused "$key,item\n" "1: row 1: it is not a header row, which begins with \"key\""
	refused "key\tkind\n$key\titem\n" "1: row 1: it looks like a header row separated by tabs"
	refused "id,kind\n$key,item\n" "1: row 1"
	refused "key,kind\n$key\n" "2: row 2: it has 1 cell, and the first row has 2"
	head -c -30 good.csv >cut.csv
	run -1 sweep --yes --keys-from cut.csv
	[[ $output == *"cut.csv:31: row 31: the file ends inside cell 9"* ]]
	gzip -c good.csv | head -c -5 >cut.csv.gz
	run -1 sweep --yes --keys-from cut.csv.gz
	[[ $output == *"cut.csv.gz:"* ]]
	run -1 sweep --yes --keys-from nothing.csv
	[[ $output == *"nothing.csv: No such file"* ]]
	for option in "-i good.csv" "--segments 4"; do
		# shellcheck disable=SC2086 # two words
		run -2 ttlsweep list --keys-from good.csv $option
	done
	run -2 sweep --keys-from good.csv --shard 1/2
	run -2 sweep --keys-from good.csv --checkpoint c
	same before
}

@test "--keys-from reads stdin, gzip and a byte order mark, with every command" {
	small
	list --reveal --format csv --state expired >l.csv
	list --reveal --no-headings --columns key --state expired | sort >keys
	gzip -k l.csv
	(printf '\xef\xbb\xbf'; sed 's/\r$//' l.csv) >mark.csv
	list --reveal --no-headings --columns key --keys-from - <l.csv | sort | cmp - keys
	list --reveal --no-headings --columns key --keys-from l.csv.gz | sort | cmp - keys
	list --reveal --no-headings --columns key --keys-from mark.csv | sort | cmp - keys
	sed p keys | list --reveal --no-headings --columns key --keys-from - | sort | cmp - keys
	(head -n 2 keys; echo session:none) >three
	run -0 --separate-stderr ttlsweep export -t "$T" --keys-from three
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *"three: 1 of 3 keys has no entry: it is gone already, or mistyped; 'ttlsweep list' with the same list shows the others"* ]]
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --keys-from three --state any
	[[ $stderr == *"three: 1 of 3 keys has no entry: it is gone already, or mistyped; 'ttlsweep list' with the same list shows the others"* ]]
	cat keys keys >twice
	run -0 --separate-stderr ttlsweep export -t "$T" --keys-from twice --prefix session: --larger-than 1 -o out.json
	[ "$(wc -l <out.json)" -eq 30 ]
	[[ $stderr == *"twice: 30 rows repeat a key and count once"* ]]
	run -0 ttlsweep list -t "$T" --keys-from keys --top 3 --by size --no-headings
	[ "${#lines[@]}" -eq 3 ]
	# repair changes only those in the list
	T=$(new_table repair)
	seed --endpoint "$URL" --table "$T" --now "$NOW" --case milliseconds-past=9 --kind session >/dev/null
	list --reveal --no-headings --columns key --limit 4 >four
	run -0 --separate-stderr ttlsweep repair -t "$T" --now "$NOW" --keys-from four --yes --no-journal --format json
	jq -e '.keys == 4 and .repaired == 4' <<<"$output"
	[ "$(list --no-headings --reason milliseconds | wc -l)" -eq 5 ]
}

@test "--keys-from compares numbers, bytes and sort keys by value" {
	T=$(new_table n)
	printf '{"Item":{"key":{"N":"%s"},"ttl":{"N":"1400000000"}}}\n' 1 1.5 -2 1E+100 >items
	seed --endpoint "$URL" --table "$T" --key-type N --items items >/dev/null
	printf '%s\n' 1.0 +1 15E-1 -2 10E99 7 >keys
	run -0 --separate-stderr sweep --keys-from keys --yes --format json
	jq -e '.keys == 5 and .deleted == 4 and .absent == 1' <<<"$output"
	[ "$(left)" -eq 0 ]
	T=$(new_table b)
	printf '{"Item":{"key":{"B":"%s"},"at":{"S":"%s"},"ttl":{"N":"1400000000"}}}\n' AAE= 'a,b' AAE= '\"' AAI= 'a,b' >items
	seed --endpoint "$URL" --table "$T" --key-type B --sort-key at --items items >/dev/null
	printf 'key,at,note\r\nAAE=,"a,b",yes\r\nAAE=,"""",\r\n' >keys
	run -0 --separate-stderr sweep --keys-from keys --yes --format json
	jq -e '.keys == 2 and .deleted == 2' <<<"$output"
	[ "$(left)" -eq 1 ]
	printf 'AAI=\n' >keys
	run -1 sweep --keys-from keys --yes
	[[ $output == *"begins with \"key,at\"; "* ]]
}
