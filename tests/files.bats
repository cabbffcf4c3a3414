#!/usr/bin/env bats
# Files that people have: what the AWS CLI prints, exports to S3 that are not
# as they came, and files of other kinds, which are named.

load lib/common

NOW=1795000000
ENTRIES=60

setup_file() {
	start_local
	TABLE=$(new_table files)
	export TABLE
	"$PYTHON" "$ROOT/tests/lib/random_items.py" --n "$ENTRIES" --big 1 >"$BATS_FILE_TMPDIR/items"
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --items "$BATS_FILE_TMPDIR/items"
	dump --items "$BATS_FILE_TMPDIR/items" >"$BATS_FILE_TMPDIR/dump"
	cli scan --table-name "$TABLE" >"$BATS_FILE_TMPDIR/scan.json"
}

teardown_file() { stop_servers; }

setup() {
	BEFORE=$BATS_FILE_TMPDIR/dump SCAN=$BATS_FILE_TMPDIR/scan.json
	cd "$BATS_TEST_TMPDIR" || return
}

cli() { aws dynamodb --endpoint-url "$LOCAL_URL" --output json "$@"; }
cases() { cp "$ROOT/tests/cases/$1" .; }

# agrees FILE: its entries are the table's, for inspect, list and export.
agrees()
{
	ttlsweep export -q -i "$1" --key key -o out.json
	dump --items out.json | cmp - "$BEFORE"
	rm out.json
	[ "$(ttlsweep list -q -i "$1" --key key --format tsv --no-headings | wc -l)" -eq "$ENTRIES" ]
	ttlsweep inspect -q -i "$1" --key key --now "$NOW" --format json |
	    jq '.scanned | .items, .bytes' >of_file
	ttlsweep inspect -q -t "$TABLE" --now "$NOW" --format json |
	    jq '.scanned | .items, .bytes' | cmp - of_file
}

# goes_in FILE: restore makes an equal table of it.
goes_in()
{
	local copy
	copy=$(new_table copy)
	seed --endpoint "$LOCAL_URL" --table "$copy" >/dev/null
	ttlsweep restore -t "$copy" --yes --format json "$1" |
	    jq -e --argjson n "$ENTRIES" '.restored == $n and .matched == $n'
	dump --endpoint "$LOCAL_URL" --table "$copy" | cmp - "$BEFORE"
}

@test "the reply of aws dynamodb scan is the table, and goes back in" {
	agrees "$SCAN"
	goes_in "$SCAN"
	# compressed, encrypted, through a pipe
	gzip -c "$SCAN" >scan.json.gz
	agrees scan.json.gz
	goes_in scan.json.gz
	ttlsweep export -q -i - --key key <"$SCAN" | dump --items - | cmp - "$BEFORE"
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=t -keyout key.pem -out cert.pem 2>/dev/null
	openssl cms -encrypt -binary -aes-256-gcm -outform DER -in "$SCAN" -out scan.cms cert.pem
	ttlsweep export -q -i scan.cms --decrypt-with key.pem --key key | dump --items - | cmp - "$BEFORE"
}

@test "pages of a scan, a query and get-item are read, one after the other" {
	local token='' n=0 key
	while [[ $token != null ]]; do
		cli scan --table-name "$TABLE" --max-items 25 ${token:+--starting-token "$token"} >page
		cat page >>pages.json
		token=$(jq -r .NextToken page)
		n=$((n + 1))
	done
	[ "$n" -eq 3 ]
	agrees pages.json
	run -0 --separate-stderr ttlsweep inspect -i pages.json --key key
	# shellcheck disable=SC2154
	[[ $stderr != *"a part of the table only"* ]]
	goes_in pages.json
	# each on a line, the item alone, an array
	jq -c . pages.json >lines.json
	agrees lines.json
	jq -c '.Items[]' pages.json >bare.jsonl
	agrees bare.jsonl
	goes_in bare.jsonl
	jq '.Items[]' pages.json >bare.json
	agrees bare.json
	cli scan --table-name "$TABLE" --query Items >array.json
	agrees array.json
	# a query, and one entry
	key=$(jq -c '[.Items[].key | select(.S)][0]' "$SCAN")
	cli query --table-name "$TABLE" --key-condition-expression '#k = :k' \
	    --expression-attribute-names '{"#k":"key"}' \
	    --expression-attribute-values "{\":k\":$key}" --return-consumed-capacity TOTAL >query.json
	ttlsweep export -q -i query.json --key key | jq -c .Item.key >got
	[ "$(jq -c . got)" = "$key" ]
	cli get-item --table-name "$TABLE" --key "{\"key\":$key}" >get.json
	ttlsweep export -q -i get.json --key key | jq -c .Item.key | cmp - got
	cli batch-get-item --request-items "{\"$TABLE\":{\"Keys\":[{\"key\":$key}]}}" >batch.json
	ttlsweep export -q -i batch.json --key key | jq -c .Item.key | cmp - got
}

@test "a reply that more follow is called a part of the table" {
	cli scan --table-name "$TABLE" --max-items 25 >part.json
	cli scan --table-name "$TABLE" --no-paginate --limit 25 >page.json
	jq -e .LastEvaluatedKey page.json
	local file
	for file in part.json page.json; do
		for args in "inspect -i $file" "list -i $file" "export -i $file -o $file.gz" \
		    "restore -t $TABLE $file"; do
			# shellcheck disable=SC2086
			run -0 --separate-stderr ttlsweep $args
			[[ $stderr == *"$file: it holds a part of the table only: its last reply says that more entries follow"* ]]
		done
	done
	# also where nothing else is said
	run -0 --separate-stderr ttlsweep inspect -q -i part.json
	[[ $stderr == *"a part of the table only"* ]]
}

@test "the files that others sent are read" {
	local file
	for file in awscli-scan.json raw-items.jsonl; do
		cases "$file"
		run -0 --separate-stderr ttlsweep list -i "$file" --now "$NOW" --columns ttl,state --format tsv --no-headings
		[ "${lines[*]}" = $'1600000000\tstuck 1600000001\tstuck 1600000002\tstuck' ]
	done
	cases awscli-scan.json
	ttlsweep export -q -i awscli-scan.json | jq -c .Item >one
	jq -c '.Items[]' awscli-scan.json | cmp - one
	run -0 ttlsweep show -i raw-items.jsonl session:00000000000000000000000000000001 --reveal
	[[ $output == *12345678901234567890123456789012345678* ]]
	# the key is told where it is not guessed
	jq '.Items |= map(.name = .key | del(.key))' awscli-scan.json >name.json
	run -1 ttlsweep inspect -i name.json
	[[ $output == *"name.json:3: which attribute is the key? Name it with --key; there are: "*name* ]]
	run -0 ttlsweep inspect -i name.json --key name
}

@test "damage in a reply is named by file and line, and nothing is written" {
	local copy
	copy=$(new_table copy)
	seed --endpoint "$LOCAL_URL" --table "$copy" >/dev/null
	cases awscli-scan.json
	head -n 100 awscli-scan.json >cut.json
	sed '46s/"//' awscli-scan.json >quote.json
	jq '.Items[2].ttl = 7' awscli-scan.json >type.json
	jq '.Items[1].ss.SS = []' awscli-scan.json >set.json
	while IFS='|' read -r file where; do
		run -1 ttlsweep restore -t "$copy" --yes "$file"
		[[ $output == *"$file:$where"* ]]
		[ -z "$(dump --endpoint "$LOCAL_URL" --table "$copy")" ]
	done <<'LIST'
cut.json|101: the file ends inside of what begins in line 71
quote.json|46: not valid JSON
type.json|
set.json| line
LIST
	for file in cut.json quote.json type.json; do
		run -1 ttlsweep inspect -i "$file"
		[[ $output == *"$file:"* ]]
	done
}

@test "memory does not grow with a reply" {
	"$PYTHON" - >big.json <<'PY'
print('{"Items": [')
for i in range(60000):
    print('%s{\n "key": {"S": "session:%08d"},\n "ttl": {"N": "1600000000"},\n "p": {"S": "%s"}\n}'
          % ("," if i else "", i, "x" * 1500))
print('],\n"Count": 60000}')
PY
	(ulimit -v 400000; ttlsweep inspect -q -i big.json --format json --jobs 2 | jq -e '.scanned.items == 60000')
	[ "$(stat -c %s big.json)" -gt 90000000 ]
}
