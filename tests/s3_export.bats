#!/usr/bin/env bats
# Directories of DynamoDB's export to S3 in each layout, compared with the live
# table; and everything that can be wrong with one.

load lib/common

# The exports' own time.
NOW=1795335120
WHEN=2026-11-22T08:12:00.123Z

setup_file() {
	start_local
	TABLE=$(new_table s3)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 3000 \
	    --now "$NOW" --max-size 3000
	count --endpoint "$LOCAL_URL" --table "$TABLE" --now "$NOW" \
	    --ttl-status ENABLED >"$BATS_FILE_TMPDIR/count"
	dump --endpoint "$LOCAL_URL" --table "$TABLE" >"$BATS_FILE_TMPDIR/dump"
}

teardown_file() { stop_servers; }

setup() { B=$BATS_TEST_TMPDIR/bucket; }

# made OPTION...: an export of the table in $B; its own directory in $OWN, one
# of its data files in $DATA
made() {
	OWN=$("$PYTHON" "$ROOT/tests/lib/s3_export.py" --endpoint "$LOCAL_URL" \
	    --table "$TABLE" --bucket "$B" --time "$WHEN" "$@")
	OWN=${OWN%/}
	DATA=$(find "$B" -name '*.json.gz' -size +1k | sort | head -n 1)
}

# A count without what an export does not have. (jq would round integers.)
told() { sed 's/"ttl_status": "[A-Z]*",//'; }

# same DIRECTORY OPTION...: it has the counts of the table
same() {
	ttlsweep inspect -i "$@" --format json >"$BATS_TEST_TMPDIR/report"
	told <"$BATS_FILE_TMPDIR/count" >"$BATS_TEST_TMPDIR/count"
	"$PYTHON" "$ROOT/tests/lib/same_report.py" \
	    "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/count"
	jq -e '.complete and .region == "us-east-1"' "$BATS_TEST_TMPDIR/report"
}

# wrong PATTERN: inspecting $B fails with PATTERN in the message
wrong() {
	run --separate-stderr ttlsweep inspect -i "$B"
	[[ $status -eq 1 ]]
	[[ $stderr == *$1* ]] || { echo "$stderr"; false; }
	[[ -z $output ]]
}

# Make the check sums in the manifests match $DATA.
sums() {
	"$PYTHON" - "$OWN" "$B" <<-'END'
	import base64, glob, hashlib, json, os, sys
	own, bucket = sys.argv[1:]
	sum = lambda data: base64.b64encode(hashlib.md5(data).digest()).decode()
	lines = []
	for line in open(own + "/manifest-files.json"):
	    file = json.loads(line)
	    path = os.path.join(bucket, file["dataFileS3Key"])
	    file["md5Checksum"] = sum(open(path, "rb").read())
	    lines.append(json.dumps(file) + "\n")
	open(own + "/manifest-files.json", "w").write("".join(lines))
	for path in glob.glob(own + "/*.md5"):
	    os.remove(path)
	END
}

@test "a full export has the figures of the live table" {
	made
	same "$B"
	same "$OWN"
	[[ $(jq .now "$BATS_TEST_TMPDIR/report") == "$NOW" ]]
	[[ $(jq .segments "$BATS_TEST_TMPDIR/report") == 5 ]]
}

@test "the figures are the same with a prefix, and any number of files and jobs" {
	made --prefix deep/in/it --files 1
	same "$B"
	rm -r "$B"
	made --prefix deep/in/it --bare-keys --files 13 --checksum checksum
	same "$B" --jobs 3
	same "$B/deep/in"
}

@test "the files may all be in one directory" {
	made
	cp -r "$OWN" "$BATS_TEST_TMPDIR/copy"
	same "$BATS_TEST_TMPDIR/copy"
	mv "$BATS_TEST_TMPDIR/copy/data/"* "$BATS_TEST_TMPDIR/copy"
	rmdir "$BATS_TEST_TMPDIR/copy/data"
	same "$BATS_TEST_TMPDIR/copy"
}

@test "incremental exports of both views are read" {
	made --shape incremental --prefix p
	same "$B"
	same "$OWN"
	rm -r "$B"
	made --shape incremental --view NEW_IMAGE
	same "$B"
}

@test "export, list and show read such a directory" {
	made
	ttlsweep export -i "$B" -o "$BATS_TEST_TMPDIR/out.json"
	dump --items "$BATS_TEST_TMPDIR/out.json" | cmp - "$BATS_FILE_TMPDIR/dump"
	[[ $(ttlsweep list -i "$B" --format tsv --no-headings | wc -l) == 3000 ]]
	ttlsweep show -i "$B" users | grep -q '^users$'
}

@test "keys of type N and B, and sort keys, are read" {
	local TABLE type
	for type in N B; do
		TABLE=$(new_table "s3$type")
		seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 300 \
		    --now "$NOW" --key id --key-type "$type" --sort-key at \
		    --sort-type N --ttl-attribute expires
		count --endpoint "$LOCAL_URL" --table "$TABLE" --now "$NOW" \
		    --ttl expires --ttl-status ENABLED |
		    told >"$BATS_TEST_TMPDIR/count"
		rm -rf "$B"
		made
		ttlsweep inspect -i "$B" --key id,at --ttl-attribute expires \
		    --format json >"$BATS_TEST_TMPDIR/report"
		"$PYTHON" "$ROOT/tests/lib/same_report.py" \
		    "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/count"
	done
}

@test "the sort key is taken from an incremental export" {
	local TABLE file
	TABLE=$(new_table s3sort)
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 50 --now "$NOW" \
	    --sort-key at --sort-type N
	made --shape incremental
	for file in "$B" "$DATA"; do
		[[ $(ttlsweep inspect -i "$file" --format json | jq -c .key) == '["key","at"]' ]]
		ttlsweep list -i "$file" --columns key,at >/dev/null
	done
	[[ $(ttlsweep inspect -i "$B" --key at --format json | jq -c .key) == '["at","key"]' ]]
	printf '%s\n' '{"Keys":{"a":{"S":"1"},"b":{"N":"2"}},"NewImage":{"b":{"N":"2"},"a":{"S":"1"}}}' \
	    >"$BATS_TEST_TMPDIR/named.json"
	run --separate-stderr ttlsweep show -i "$BATS_TEST_TMPDIR/named.json" --sort-key 2 1
	[[ $status -eq 0 && $output == "1 / 2"* ]]
	[[ $stderr == *'use --key b,a if'* ]]
	run --separate-stderr ttlsweep show -i "$BATS_TEST_TMPDIR/named.json" --key b --sort-key 1 2
	[[ $status -eq 0 && $output == "2 / 1"* && $stderr != *--key* ]]
	# a full export has none
	rm -r "$B"
	made
	run -2 ttlsweep show -i "$B" --sort-key 0 x
	[[ $output == *'the file does not say which attribute is the sort key; name it with --key key,NAME'* ]]
}

@test "--now replaces the export's time" {
	made
	[[ $(ttlsweep inspect -i "$B" --format json --now 1000 | jq .now) == 1000 ]]
}

@test "an export without a valid time needs --now" {
	local time
	made
	rm "$OWN"/*.md5
	for time in '"2026-13-45T99:00:00Z"' '""' 5; do
		sed -Ei 's/"exportTime": ("[^"]*"|[^",]*)/"exportTime": '"$time/" "$OWN/manifest-summary.json"
		wrong "manifest-summary.json: exportTime $time is not a time; give one with --now"
		[[ $(ttlsweep inspect -i "$B" --format json --now 1000 | jq .now) == 1000 ]]
	done
	sed -Ei 's/"exportTime": [^",]*/"exportTime": null/' "$OWN/manifest-summary.json"
	ttlsweep inspect -i "$B" --format json | jq -e '.now > 1e9'
}

@test "a missing file is an error, an extra one a warning" {
	made
	touch "$OWN/data/stray.json.gz"
	run --separate-stderr ttlsweep inspect -i "$B"
	[[ $status -eq 0 && $stderr == *stray.json.gz*"not listed in a manifest"* ]]
	rm "$DATA"
	wrong "1 of its 5 data files is missing: *${DATA##*/}; fetch the export again"
}

@test "a file that was replaced is an error" {
	made
	cp "$(find "$OWN/data" -name '*.gz' ! -path "$DATA" -size +1k | head -n 1)" "$DATA"
	wrong "${DATA##*/}: its MD5 sum is not the one in the manifest"
}

@test "a truncated file is an error" {
	made
	truncate -s -100 "$DATA"
	wrong "${DATA##*/}:*truncated*MD5 sum is not the one in the manifest"
}

@test "a damaged line is reported, with and without a checksum" {
	made
	zcat "$DATA" | sed '7s/"Item"/"Item/' | gzip >"$BATS_TEST_TMPDIR/bad"
	cp "$BATS_TEST_TMPDIR/bad" "$DATA"
	wrong "${DATA##*/}:7: not valid JSON*MD5 sum"
	sums
	wrong "${DATA##*/}:7: not valid JSON"
}

@test "an entry without the key is an error" {
	made
	zcat "$DATA" | sed '3s/.*/{"Item":{"other":{"S":"x"}}}/' |
	    gzip >"$BATS_TEST_TMPDIR/bad"
	cp "$BATS_TEST_TMPDIR/bad" "$DATA"
	sums
	wrong "${DATA##*/}:3: "
}

@test "missing entries are an error" {
	made
	zcat "$DATA" | sed 9d | gzip >"$BATS_TEST_TMPDIR/bad"
	cp "$BATS_TEST_TMPDIR/bad" "$DATA"
	sums
	wrong "${DATA##*/}: has * entries, but the manifest says"
}

@test "manifests that disagree are an error" {
	made
	sed -i 's/"itemCount": 3000/"itemCount": 3001/' "$OWN/manifest-summary.json"
	wrong "manifest-summary.json: its MD5 sum is not the one in *manifest-summary.md5"
	rm "$OWN/manifest-summary.md5"
	wrong "has 3001 entries, but the files that its manifest lists have 3000 entries in all; fetch its manifests again"
}

@test "a damaged manifest is an error" {
	made
	rm "$OWN"/*.md5
	sed -i '2s/^{/[/' "$OWN/manifest-files.json"
	wrong "manifest-files.json:2: not valid JSON"
	made
	rm "$OWN"/*.md5
	sed -i '2s/md5Checksum": "./&!/' "$OWN/manifest-files.json"
	wrong "manifest-files.json:2: its md5Checksum is not"
	echo '{' >"$OWN/manifest-summary.json"
	wrong "manifest-summary.json: not valid JSON from byte"
	# a missing manifest may not have been copied
	rm "$OWN/manifest-files.json"
	echo '{}' >"$OWN/manifest-summary.json"
	run -0 --separate-stderr ttlsweep inspect -i "$B" --format json
	[[ $stderr == *"has no manifest"* ]]
	[[ $(jq .scanned.items <<<"$output") == 3000 ]]
}

@test "a key that leads out of the directory, or is listed twice, is an error" {
	made
	rm "$OWN"/*.md5
	cp "$OWN/manifest-files.json" "$BATS_TEST_TMPDIR/files"
	sed -i '1s|AWSDynamoDB/|../bucket/AWSDynamoDB/|' "$OWN/manifest-files.json"
	wrong "1 of its 5 data files is missing"
	sed '1p' "$BATS_TEST_TMPDIR/files" >"$OWN/manifest-files.json"
	sed -i 's/"itemCount": 3000/"itemCount": 3750/' "$OWN/manifest-summary.json"
	wrong "the manifest names it twice"
}

@test "a directory without an export, with several, or with Ion is an error" {
	mkdir -p "$B"
	wrong "contains no export to S3: there is no manifest-summary.json"
	made
	made --id 01795332272000-ffffffff
	wrong "contains 2 exports; name one of them"
	same "$OWN"
	rm "$OWN"/*.md5
	sed -i 's/DYNAMODB_JSON/ION/' "$OWN/manifest-summary.json"
	B=$OWN wrong "the export is in ION: only DYNAMODB_JSON can be read"
}

@test "an export without entries is read" {
	TABLE=$(new_table none)
	seed --endpoint "$LOCAL_URL" --table "$TABLE"
	made
	[[ $(ttlsweep inspect -i "$B" --format json | jq .scanned.items) == 0 ]]
}
