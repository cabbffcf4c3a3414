#!/usr/bin/env bats
# Other input files: what the AWS CLI prints, exports to S3 that were changed,
# and files of other kinds, which are refused by name.

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

# agrees FILE: inspect, list and export find the table's entries in it.
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

# goes_in FILE: restore makes an equal table from it.
goes_in()
{
	local copy
	copy=$(new_table copy)
	seed --endpoint "$LOCAL_URL" --table "$copy" >/dev/null
	ttlsweep restore -t "$copy" --yes --format json "$1" |
	    jq -e --argjson n "$ENTRIES" '.restored == $n and .matched == $n'
	dump --endpoint "$LOCAL_URL" --table "$copy" | cmp - "$BEFORE"
}

@test "inspect -i JOURNAL: what to do is a restore" {
	local table
	table=$(new_table undone)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$(date +%s)" --kind session --case future=3 >/dev/null
	cd "$BATS_TEST_TMPDIR"
	ttlsweep purge -q -t "$table" --state live --yes --journal "live 1"
	run -0 --separate-stderr ttlsweep inspect -i "live 1"
	output=${output//$'\n '/}
	[[ $output == *"A journal has the entries as they were before its run."*"ttlsweep restore 'live 1'"* ]]
	[[ $output != *"all entries are live"* && $output != *"on the table"* ]]
}

@test "a reply of aws dynamodb scan is read, and can be restored" {
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

@test "pages of scan, query and get-item are read, one after the other" {
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
	[[ $stderr != *"only a part of the table"* ]]
	goes_in pages.json
	# one a line, the bare item, an array
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

@test "a reply that is not the last one is reported as a part of the table" {
	cli scan --table-name "$TABLE" --max-items 25 >part.json
	cli scan --table-name "$TABLE" --no-paginate --limit 25 >page.json
	jq -e .LastEvaluatedKey page.json
	local file
	for file in part.json page.json; do
		for args in "inspect -i $file" "list -i $file" "export -i $file -o $file.gz" \
		    "restore -t $TABLE $file"; do
			# shellcheck disable=SC2086
			run -0 --separate-stderr ttlsweep $args
			[[ $stderr == *"$file: contains only a part of the table: its last reply says that more entries follow"* ]]
		done
	done
	# also with -q
	run -0 --separate-stderr ttlsweep inspect -q -i part.json
	[[ $stderr == *"only a part of the table"* ]]
}

@test "files from other programs are read" {
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
	# the key is given where it cannot be guessed
	jq '.Items |= map(.name = .key | del(.key))' awscli-scan.json >name.json
	run -1 ttlsweep inspect -i name.json
	[[ $output == *"name.json:3: the key is not known; name it with --key; attributes: "*name* ]]
	run -0 ttlsweep inspect -i name.json --key name
}

@test "what is no data says so: empty files, noise, checkpoints" {
	: >empty.json
	run -0 --separate-stderr ttlsweep inspect -q -i empty.json
	[[ $stderr == *"empty.json is empty: it contains no entry" ]]
	# so are a pipe whose writer failed, and a compressed file of nothing
	gzip -c empty.json >empty.json.gz
	for how in "inspect -q -i -|contains no entry" "restore -q --yes -t $TABLE -|restores nothing" \
	    "purge -q -t $TABLE --keys-from -|has no key"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep ${how%|*} </dev/null
				[[ $stderr == *"standard input is empty: it ${how#*|}" ]]
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep ${how%-|*}empty.json.gz
		[[ $stderr == *"empty.json.gz is empty: it ${how#*|}" ]]
	done
	head -c 3000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>/dev/null >noise
	for how in "inspect -i" "restore -t $TABLE" "purge -t $TABLE --keys-from"; do
		# shellcheck disable=SC2086
		run -1 ttlsweep $how noise
		[[ $output == *"noise: is binary data, not an export, a journal or a list of keys"* ]]
	done
	ttlsweep purge -q -t "$TABLE" --state any --max-items 1 --yes --checkpoint c --journal j --jobs 1 || [[ $? -eq 4 ]]
	ttlsweep restore -q --yes j
	for how in "inspect -i" "restore -t $TABLE"; do
		# shellcheck disable=SC2086
		run -1 ttlsweep $how c
		[[ $output == *"c: is a checkpoint of ttlsweep; name it with --checkpoint to continue its run"* ]]
	done
}

@test "damage in a reply is reported with file and line, and nothing is written" {
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
cut.json|101: the file ends inside what begins in line 71
quote.json|46: not valid JSON
type.json|
set.json|37: "ss" contains an empty set
LIST
	for file in cut.json quote.json type.json; do
		run -1 ttlsweep inspect -i "$file"
		[[ $output == *"$file:"* ]]
	done
}

@test "memory does not grow with the reply" {
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

# An export to S3 of the table, in the directory $1
s3_export() { ttlsweep export -q -t "$TABLE" --layout s3 -o "$1"; }

# reads DIR [WARNING]: its entries are the table's, and WARNING is printed.
reads()
{
	run -0 --separate-stderr ttlsweep export -i "$1" --key key -o got.json.gz
	# shellcheck disable=SC2154
	[[ -z ${2:-} || $stderr == *"$2"* ]]
	[[ -n ${2:-} || -z $(grep -v '^ttlsweep: [0-9]* of' <<<"$stderr" | grep -v written) ]]
	zcat got.json.gz | dump --items - | cmp - "$BEFORE"
	rm got.json.gz
}

@test "an export to S3 that was unzipped in place is read, and its counts are checked" {
	local data copy
	s3_export e
	data=$(dirname "$(find e -name '*.json.gz' | head -n 1)")
	gunzip "$data"/*.gz
	reads e "no longer compressed: MD5 sums cannot be checked there, only numbers of entries"
	copy=$(new_table copy)
	seed --endpoint "$LOCAL_URL" --table "$copy" >/dev/null
	run -0 --separate-stderr ttlsweep restore -t "$copy" --yes e
	[[ $stderr == *"no longer compressed"* ]]
	dump --endpoint "$LOCAL_URL" --table "$copy" | cmp - "$BEFORE"
	# inspect and restore notice missing lines
	data=$(find "$data" -name '*.json' -size +0 | head -n 1)
	sed -i '$d' "$data"
	run -1 ttlsweep inspect -i e --key key
	[[ $output == *"$(basename "$data"): has "*" entries, but the manifest says "* ]]
	run -1 ttlsweep restore -t "$copy" e
	[[ $output == *"$(basename "$data"): has "*" entries, but the manifest says "* ]]
}

@test "an export to S3 that was unzipped under the same name, or beside it, is read" {
	local file
	s3_export e
	file=$(find e -name '*.json.gz' -size +100c | head -n 1)
	gunzip -k "$file"
	reads e "not listed in a manifest; ignored"
	mv "${file%.gz}" "$file"
	reads e "1 of its "
}

@test "a missing file of an export to S3 is not taken from another one beside it" {
	s3_export e
	cp -r e copy
	rm "$(find copy -name '*.json.gz' -size +100c | head -n 1)"
	run -1 ttlsweep inspect -i copy --key key
	[[ $output == *"missing"* && $output != *"not listed"* ]]
}

@test "data files of an export to S3 without all of its manifests are read" {
	local top
	s3_export e
	top=$(dirname "$(find e -name manifest-summary.json)")
	mkdir flat
	cp "$top"/data/* flat
	reads flat "has no manifest"
	mkdir -p kept/AWSDynamoDB/0123
	cp -r "$top"/data kept/AWSDynamoDB/0123
	reads kept "has no manifest"
	gunzip flat/*.gz
	reads flat "has no manifest"
	# only the list of files, or only the summary
	cp -r e list
	find list -name 'manifest-summary.*' -delete
	reads list "has no manifest-summary.json"
	cp -r e summary
	find summary -name 'manifest-files.*' -delete
	reads summary "has no manifest-files.json"
	reads summary "could not be checked except by the number of entries"
	# a missing file is noticed
	rm "$(find summary -name '*.json.gz' -size +100c | head -n 1)"
	run -1 ttlsweep inspect -i summary --key key
	[[ $output == *"entries, but the manifest says $ENTRIES: one may be missing"* ]]
	run -1 ttlsweep restore -t "$TABLE" --yes summary
	[[ $output == *"entries, but the manifest says $ENTRIES: one may be missing"* ]]
	# of two exports none is chosen
	cp -r kept/AWSDynamoDB/0123 kept/AWSDynamoDB/4567
	run -1 ttlsweep inspect -i kept
	[[ $output == *"data files in several directories (kept/AWSDynamoDB/0123/data, kept/AWSDynamoDB/4567/data); name one that has no others in it, or one file"* ]]
	# replies are not data files
	mkdir replies
	cp "$SCAN" replies/1.json
	run -1 ttlsweep inspect -i replies --key key
	[[ $output == *"replies/1.json: replies or pretty-printed JSON, not a data file of an export; read it on its own, with -i FILE"* ]]
	mkdir nothing
	run -1 ttlsweep inspect -i nothing
	[[ $output == *"nothing: contains no export to S3: there is no manifest-summary.json, and no data file"* ]]
	[[ $output != *journal* ]]
	touch nothing/a.journal
	run -1 ttlsweep restore nothing/
	[[ $output == *"nothing/: contains no export to S3: "*"; for journals, name the files: nothing/*.journal" ]]
}

@test "symbolic links in a circle are followed once; anything but a file is an error" {
	s3_export e
	mkdir -p d/deep
	mv e d/deep/e
	ln -s .. d/deep/up
	ln -s . d/deep/self
	ln -s ../.. d/deep/e/top
	ln -s nowhere d/broken
	ln -s loop d/loop
	mkfifo d/pipe
	reads d
	# an export beside the directory is not found
	s3_export other
	ln -s "$PWD" d/above
	reads d
	# a FIFO is not opened
	mkdir flat
	cp "$(find d/deep/e -name '*.json.gz' | head -n 1)" flat
	mkfifo flat/x.json
	run -1 timeout 60 "$TTLSWEEP" inspect -i flat
	[[ $output == *"flat/x.json: has the name of a data file, but is not a regular file"* ]]
	rm "$(find other -name manifest-summary.checksum)"
	mkfifo "$(dirname "$(find other -name manifest-summary.json)")/manifest-summary.checksum"
	reads other
}

@test "a directory that cannot be read is an error" {
	[ "$(id -u)" -ne 0 ] || skip "root may look into everything"
	s3_export d
	mkdir d/closed
	rm "$(find d -name manifest-summary.json)"
	chmod 0 d/closed
	run -1 ttlsweep inspect -i d
	chmod 700 d/closed
	[[ $output == *"d/closed: "*enied* ]]
}

@test "files of other kinds are refused by name, with the command that helps" {
	local copy
	copy=$(new_table copy)
	seed --endpoint "$LOCAL_URL" --table "$copy" >/dev/null
	cases awscli-scan.json
	cases one-line.ion
	/usr/bin/python3 -c 'import bz2, lzma
text = open("awscli-scan.json", "rb").read()
open("f.xz", "wb").write(lzma.compress(text))
open("f.bz2", "wb").write(bz2.compress(text))'
	tar -cf f.tar awscli-scan.json
	gzip -c awscli-scan.json | gzip -c >twice.gz
	iconv -f UTF-8 -t UTF-16 awscli-scan.json >f.utf16
	iconv -f UTF-8 -t UTF-16LE awscli-scan.json >f.utf16le
	gzip -c one-line.ion >f.ion.gz
	printf '\xe0\x01\x00\xea\xde' >f.10n
	printf 'PAR1\x15\x04\0..PAR1' >f.parquet
	printf '\x28\xb5\x2f\xfd....' >f.zst
	printf 'PK\3\4....' >f.zip
	printf 'PK\3\4..........................[Content_Types].xml' >f.xlsx
	printf 'PK\3\4..........................mimetypeapplication/vnd.oasis.opendocument.spreadsheet' >f.ods
	printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..' >f.xls
	printf '7z\xbc\xaf\x27\x1c..' >f.7z
	printf 'Count: 3\nItems:\n- key:\n' >f.yaml
	printf 'None\t1\t1\nKEY\tsession:1\n' >f.text
	printf -- '--------------\n|    Scan    |\n' >f.table
	printf '\n<!doctype html>\n<html>' >f.html
	printf '<html>\n<head><title>403 Forbidden</title></head>' >f.htm
	printf '<?xml version="1.0"?>\n<Error/>' >f.xml
	while IFS='|' read -r file what; do
		for args in "inspect -i $file" "restore -t $copy $file" "list -t $copy --keys-from $file"; do
			# a list of keys may be any text
			[[ $file != *.@(yaml|text|table|xml) || $args != list* ]] || continue
			# shellcheck disable=SC2086
			run -1 ttlsweep $args
			[[ $output == *"$file: is ${what/PIPE/|}"* ]]
		done
	done <<'LIST'
one-line.ion|Amazon Ion; export the table again with --export-format DYNAMODB_JSON
f.ion.gz|Amazon Ion; export the table again
f.10n|binary Amazon Ion; export
f.parquet|Parquet; convert it to DynamoDB JSON lines
f.zst|compressed with zstd; run: zstd -dc f.zst PIPE ttlsweep ... 
f.xz|compressed with xz; run: xz -dc f.xz PIPE
f.bz2|compressed with bzip2; run: bzip2 -dc f.bz2 PIPE
f.zip|a zip archive; run: unzip -p f.zip PIPE
f.xlsx|a spreadsheet; save it as CSV, in UTF-8 and with commas
f.ods|a spreadsheet; save it as CSV
f.xls|a spreadsheet; save it as CSV
f.7z|a 7z archive; run: 7z x -so f.7z PIPE
f.tar|a tar archive; run: tar -xOf f.tar PIPE
twice.gz|compressed with gzip twice; run: zcat twice.gz PIPE
f.utf16|text in UTF-16; run: iconv -f UTF-16 -t UTF-8 f.utf16 PIPE
f.utf16le|text in UTF-16; run: iconv -f UTF-16LE -t UTF-8 f.utf16le PIPE
f.yaml|YAML; have the AWS CLI print JSON: --output json
f.text|text of the AWS CLI; have the AWS CLI print JSON: --output json
f.table|a table of the AWS CLI; have the AWS CLI print JSON: --output json
f.html|HTML or XML; it may be an error page; look at it, and fetch the file again
f.htm|HTML or XML; it may be an error page
f.xml|HTML or XML; it may be an error page
LIST
	# keys that begin like such a file are keys
	printf '%s\n' PAR1x ORCx BZh91 LZIP 'Count: 3' '<?xml' '$ion_1_0' >keys
	run -0 ttlsweep list -t "$copy" --keys-from keys
	# the suggested commands work
	xz -dc f.xz | ttlsweep list -q -i - --no-headings | grep -c session
	tar -xOf f.tar | ttlsweep list -q -i - --no-headings | grep -c session
	iconv -f UTF-16 -t UTF-8 f.utf16 | ttlsweep list -q -i - --no-headings | grep -c session
	# a byte order mark is ignored
	{ printf '\xef\xbb\xbf'; cat awscli-scan.json; } | ttlsweep list -q -i - --no-headings | grep -c session
	for args in "inspect -i" "restore -t $copy" "list -t $copy --keys-from"; do
		# shellcheck disable=SC2086
		run -1 ttlsweep $args s3://bucket/a/b.json.gz
		[[ $output == *"s3://bucket/a/b.json.gz: a place in S3, not a file; fetch it first: aws s3 cp s3://bucket/a/b.json.gz FILE"* ]]
	done
	run -1 ttlsweep inspect -i s3://bucket/a/
	[[ $output == *"aws s3 sync s3://bucket/a/ DIRECTORY"* ]]
}

# closed DESCRIPTOR COMMAND...: run COMMAND with DESCRIPTOR closed.
# shellcheck disable=SC2016
closed() { bash -c 'eval "exec $1>&-"; shift; exec "$@"' closed "$@"; }

@test "a closed standard input is an error, not an empty file" {
	for args in "list -i -" "inspect -i -" "inspect --merge -" "restore -t $TABLE -" \
	    "restore -t $TABLE /dev/stdin" "list -t $TABLE --keys-from -" \
	    "purge -t $TABLE --yes --keys-from -"; do
		# shellcheck disable=SC2086
		run -1 closed 0 "$TTLSWEEP" $args
		[[ $output == *"standard input: closed"* ]]
	done
	# an empty standard input is no error
	run -0 ttlsweep list -q -i - </dev/null
	# files do not get descriptors 0 to 2
	run -1 closed 1 "$TTLSWEEP" list -i "$SCAN" --key key
	[[ $output == *"standard output: "* ]]
	closed 2 "$TTLSWEEP" list -q -i "$SCAN" --key key --no-headings | wc -l | grep -x "$ENTRIES"
	closed 0 "$TTLSWEEP" list -q -i "$SCAN" --key key --no-headings | wc -l | grep -x "$ENTRIES"
}
