#!/usr/bin/env bats
# The HTML report in a real browser: it is visible in both themes, on a phone, a
# desktop and paper; nothing is fetched, the console is empty, and axe-core finds
# no barrier.

load ../lib/common

NOW=1795335120

setup_file() {
	start_local
	TABLE=$(new_table html)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 3000 \
	    --now "$NOW" --max-size 8000
}

teardown_file() { stop_servers; }

setup() { PAGE=$BATS_TEST_TMPDIR/report.html; }

report() { ttlsweep inspect --now "$NOW" --format html -o "$PAGE" "$@"; }

# Look at $PAGE; what was seen goes to $SEEN.
look() {
	SEEN=$BATS_TEST_TMPDIR/seen.json
	NODE_PATH=$SERVERS/npm/node_modules timeout 120 node \
	    "$ROOT/tests/tools/browser.js" chromium "$PAGE" \
	    "$BATS_TEST_TMPDIR" >"$SEEN"
}

clean() {
	jq -e --arg page "file://$PAGE" '
	    .axe == [] and .console == [] and .overflow == []
	    and (.requests | length > 0 and all(. == $page))' "$SEEN" ||
	    { cat "$SEEN"; false; }
}

# Bright in the light theme and on paper, dark in the other; many colors.
pictures() {
	jq -e '.pictures | length == 5
	    and all(.[]; .colours > 200 and .share < 0.95 and .height > 1000)
	    and (."light-1280".commonest | test("^#[ef][0-9a-f]{5}$"))
	    and (."dark-1280".commonest | test("^#[12][0-9a-f]{5}$"))
	    and .print.commonest == "#ffffff"' "$SEEN" ||
	    { cat "$SEEN"; false; }
}

@test "a table with every kind of trouble is readable everywhere" {
	report -t "$TABLE"
	look
	clean
	pictures
	# a line may break between words, but not within an option
	grep -q 'aws dynamodb <span>update-time-to-live</span> <span>--table-name</span> ' "$PAGE"
	# on a phone, a wider table scrolls, and says so
	[[ $(grep -c 'Scroll sideways' "$PAGE") -eq 2 ]]
	run ! grep -qE '<script|https?://(www|fonts|cdn)' "$PAGE"
	[[ $(stat -c %a "$PAGE") == 600 ]]
}

@test "sessions are masked" {
	ttlsweep list -t "$TABLE" --now "$NOW" --kind session --reveal \
	    --columns key --format tsv --no-headings >"$BATS_TEST_TMPDIR/keys"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/keys") -gt 500 ]]
	report -t "$TABLE" --top 1000
	grep -q 'session:....…' "$PAGE"
	# longer than a mask leaves, shorter than HTML would escape
	cut -c1-20 "$BATS_TEST_TMPDIR/keys" | grep -E '^session:.{12}$' |
	    { ! grep -qFf - "$PAGE"; }
}

@test "a sample, a file and a selection are readable" {
	report -t "$TABLE" --sample 50
	look
	clean
	pictures
	ttlsweep export -t "$TABLE" -o "$BATS_TEST_TMPDIR/export.json"
	report -i "$BATS_TEST_TMPDIR/export.json" --kind session
	look
	clean
	pictures
}

@test "hostile names of groups and keys do no harm" {
	"$PYTHON" - >"$BATS_TEST_TMPDIR/evil.json" <<-'END'
	import json
	evil = ["<script>alert(1)</script>:x", "</bdi></th></table>:y", "\u202egnp.:z",
	    "\x1b[31mred:q", "'\"><img src=x onerror=alert(1)>:", "&lt;:1", "a" * 5000 + ":",
	    "\u0000\u0001:", "ﷺ" * 300 + ":", "</style><style>*{display:none}:"]
	for n, key in enumerate(evil):
	    print(json.dumps({"Item": {"key": {"S": key}, "ttl": {"N": "1795335%03d000" % n}}}))
	END
	report -i "$BATS_TEST_TMPDIR/evil.json"
	look
	clean
	run ! grep -qE '<script|<img|</style><style' "$PAGE"
}

@test "an empty table, one entry, and nothing expired are readable" {
	: >"$BATS_TEST_TMPDIR/none.json"
	report -i "$BATS_TEST_TMPDIR/none.json"
	look
	clean
	printf '{"Item":{"key":{"S":"a"},"ttl":{"N":"%d"}}}\n' $((NOW + 9)) \
	    >"$BATS_TEST_TMPDIR/one.json"
	report -i "$BATS_TEST_TMPDIR/one.json"
	look
	clean
	printf '{"Item":{"key":{"S":"a"},"ttl":{"N":"1326844800"}}}\n' \
	    >"$BATS_TEST_TMPDIR/one.json"
	report -i "$BATS_TEST_TMPDIR/one.json"
	look
	clean
}

@test "an incomplete page does not replace the old one" {
	echo old >"$PAGE"
	run -1 ttlsweep inspect -i "$BATS_TEST_TMPDIR/missing" --format html -o "$PAGE"
	[[ $(<"$PAGE") == old ]]
}
