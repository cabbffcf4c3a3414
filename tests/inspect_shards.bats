#!/usr/bin/env bats
# A table read in parts: by several machines, whose reports add up to that of
# one; by a sample, which states its error; by an interrupted run. And alerts.

load lib/common

# Long past; TTL stays off, so that nothing is deleted.
NOW=1795000000
ENTRIES=6000

setup_file() {
	start_local
	TABLE=$(new_table shards)
	SORTED=$(new_table sorted)
	export TABLE SORTED
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed "$ENTRIES" \
	    --now "$NOW" &
	seed --endpoint "$LOCAL_URL" --table "$SORTED" --mixed 800 \
	    --now "$NOW" --sort-key --sort-type S
	wait $!
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset JOB_COMPLETION_INDEX AWS_BATCH_JOB_ARRAY_INDEX
}

inspect() { ttlsweep inspect --now "$NOW" "$@"; }

# shards N OPTION...: write the reports 1.json to N.json.
shards() {
	local n=$1 i
	shift
	for ((i = 1; i <= n; i++)); do
		inspect --format json --shard "$i/$n" -o "$i.json" "$@"
	done
}

# Without the figures that differ between one machine and several: requests,
# as each of them describes the table, and time.
alike() { jq -S 'del(.scanned.requests, .scanned.seconds)' "$1"; }

# same_as_one N OPTION...: N shards and one machine make the same report.
same_as_one() {
	local n=$1 i
	shift
	inspect --format json --segments 1024 -o one.json "$@"
	shards "$n" "$@"
	ttlsweep inspect --merge --format json -o all.json \
	    $(seq -f '%.0f.json' "$n" -1 1)
	cmp <(alike one.json) <(alike all.json)
	# and byte for byte
	for i in one all; do
		sed -E 's/"(requests|seconds)":[0-9.]+/"\1":0/g' $i.json >$i
	done
	cmp one all
}

@test "4 shards add up to the report of one machine" {
	same_as_one 4 -t "$TABLE"
	jq -e --argjson n "$ENTRIES" '.scanned.items == $n and .complete
	    and .shards == null and .segments == 1024
	    and (.groups | length) > 5 and (.largest | length) == 10' all.json
	jq -e '.shards == {"of":4,"have":[3]} and .complete
	    and .segments == 1024' 3.json
}

@test "3 shards of unequal size add up, with a sort key" {
	same_as_one 3 -t "$SORTED"
	jq -e '.reasons | all(has("example_sort"))' all.json
}

@test "shards add up without sizes, with a selection, with own prefixes" {
	same_as_one 2 -t "$TABLE" --no-sizes
	jq -e '.largest == [] and (.scanned | has("bytes") | not)' all.json
	same_as_one 2 -t "$TABLE" --kind session --prefix sess
	jq -e '.selection == "--kind session --prefix sess"' all.json
	same_as_one 2 -t "$TABLE" --session-prefix user: --group search:1
	jq -e '.kinds.session.items > 0' all.json
}

@test "merged shards print the same text as one machine" {
	inspect --segments 1024 -t "$TABLE" >one
	shards 4 -t "$TABLE"
	ttlsweep inspect --merge 1.json 2.json 3.json 4.json >all
	# --merge does not know the account
	cmp <(sed 's/, account [0-9]*//; s/^Read in [0-9.]* s/Read/' one) \
	    <(sed 's/^Read in [0-9.]* s/Read/' all)
	# a complete report is printed again, also from standard input
	inspect --format json --segments 1024 -t "$TABLE" |
	    ttlsweep inspect --merge - >again
	cmp <(sed 's/^Read in [0-9.]* s/Read/' all) \
	    <(sed 's/^Read in [0-9.]* s/Read/' again)
}

@test "merged reports can be merged again" {
	shards 4 -t "$TABLE"
	ttlsweep inspect --merge --format json 1.json 2.json 3.json 4.json |
	    alike - >want
	ttlsweep inspect --merge --partial --format json -o a.json 4.json 1.json
	jq -e '.shards == {"of":4,"have":[1,4]} and .complete == false' a.json
	ttlsweep inspect --merge --partial --format json -o b.json 3.json 2.json
	ttlsweep inspect --merge --format json a.json b.json | alike - | cmp - want
	run -0 ttlsweep inspect --merge --partial a.json
	[[ $output == *"Shards 1, 4 of 4 only."* ]]
	run -1 ttlsweep inspect --merge a.json 1.json
	[[ $output == *"1.json: shard 1 is in a.json already"* ]]
}

# refused TEXT FILE...: --merge fails with TEXT, and prints no report.
refused() {
	local text=$1
	shift
	run -1 --separate-stderr ttlsweep inspect --merge "$@"
	echo "$stderr"
	[[ -z $output && $stderr == *"$text"* ]]
}

@test "merge refuses reports that do not belong together" {
	shards 2 -t "$TABLE"
	refused "shard 2 of 2 is missing; combine" 1.json
	refused "shard 1 is in 1.json already" 1.json 1.json
	refused "none.json: No such file" 1.json none.json
	inspect -t "$TABLE" --format json >whole.json
	refused "whole.json: its number of segments differs from that of 1.json" 1.json whole.json
	inspect -t "$TABLE" --format json --segments 1024 >whole.json
	refused "its number of shards differs from that of" 1.json whole.json
	refused "the report of a whole table, not of a shard" whole.json whole.json
	inspect -t "$TABLE" --format json --sample 10 >sample.json
	refused "sample.json: an estimate (--sample)" sample.json
	inspect -t "$SORTED" --format json --shard 2/2 >other.json
	refused "other.json: its table differs from that of 1.json" 1.json other.json
	ttlsweep inspect -t "$TABLE" --format json --shard 2/2 \
	    --now $((NOW + 1)) >other.json
	refused "its time (give all of them the same --now) differs from that of" 1.json other.json
	inspect -t "$TABLE" --format json --shard 2/2 --ttl-attribute x >other.json
	refused "its ttl_attribute differs from that of" 1.json other.json
	inspect -t "$TABLE" --format json --shard 2/2 --no-sizes >other.json
	refused "its --no-sizes differs from that of" 1.json other.json
	inspect -t "$TABLE" --format json --shard 2/2 --kind item >other.json
	refused "its selection of entries differs from that of" 1.json other.json
	inspect -t "$TABLE" --format json --shard 2/2 --group x >other.json
	refused "its --session-prefix or --group differs from that of" 1.json other.json
	inspect -t "$TABLE" --format json --shard 2/3 >other.json
	refused "its number of shards differs from that of" 1.json other.json
	# jq would not keep numbers this large
	while read -r name edit; do
		sed -E "$edit" 2.json >other.json
		refused "other.json: its $name" 1.json other.json
		[[ $stderr == *" differs from that of 1.json" ]]
	done <<-'EDITS'
		table_id s/("table":)/"table_id":"x",\1/
		region s/("region":")/\1x/
		endpoint s/("endpoint":")/\1x/
		key s/("key":\[")/\1x/
		key s/("key":\[[^]]*)/\1,"range"/
		ttl_status s/("ttl_status":")/\1x/
		table_ttl_attribute s/("ttl_status":)/"table_ttl_attribute":"x",\1/
	EDITS
	sed 's,inspect/1,inspect/2,' 2.json >other.json
	refused 'its schema is not "ttlsweep.inspect/1"' 1.json other.json
	sed -E 's/("live":\{"items":)/\11/' 2.json >other.json
	refused "other.json: not a complete report" 1.json other.json
	sed 's/"table"/table/' 2.json >other.json
	refused "other.json: not a report: not valid JSON from byte" 1.json other.json
	head -c 500 2.json >other.json
	refused "other.json: not a report: it is truncated; make it again" 1.json other.json
	: >other.json
	refused "other.json: not a report: it is empty; make it again" 1.json other.json
	sed 's/"complete":true/"complete":false,"segments_done":500/' 2.json \
	    >other.json
	refused "other.json: its run was interrupted" 1.json other.json
	ttlsweep inspect --merge --partial --format json 1.json other.json |
	    jq -e '.complete == false and .segments_done == 1012'
}

@test "--shard auto/N takes the shard from the job's environment" {
	JOB_COMPLETION_INDEX=0 inspect -t "$TABLE" --shard auto/4 \
	    --format json | jq -e '.shards == {"of":4,"have":[1]}'
	AWS_BATCH_JOB_ARRAY_INDEX=3 inspect -t "$TABLE" --shard auto/4 \
	    --format json | jq -e '.shards == {"of":4,"have":[4]}'
	run -2 inspect -t "$TABLE" --shard auto/4
	[[ $output == *JOB_COMPLETION_INDEX*AWS_BATCH_JOB_ARRAY_INDEX* ]]
	JOB_COMPLETION_INDEX=4 run -2 inspect -t "$TABLE" --shard auto/4
	[[ $output == *"JOB_COMPLETION_INDEX is '4', not one of 0 to 3"* ]]
	JOB_COMPLETION_INDEX=x run -2 inspect -t "$TABLE" --shard auto/4
	for bad in 0/4 5/4 1 1/ /4 1/0 1/1025 a/4 -1/4 '' ' 1/4'; do
		run -2 inspect -t "$TABLE" --shard "$bad"
	done
}

@test "wrong use of --shard, --sample and --merge is refused" {
	run -2 inspect -t "$TABLE" --sample 10 --shard 1/4
	run -2 inspect -t "$TABLE" --shard 1/4 --segments 1024
	run -2 inspect -t "$TABLE" --partial
	run -2 ttlsweep inspect --merge
	run -2 ttlsweep inspect --merge -t "$TABLE" 1.json
	run -2 ttlsweep inspect report.json
	for bad in 0 -1 101 x 5% '' 100.00001; do
		run -2 inspect -t "$TABLE" --sample "$bad"
	done
	run -2 inspect -t "$TABLE" --sample 10 --segments 16
	echo '{"Item":{"key":{"S":"a"}}}' >export.json
	run -2 ttlsweep inspect -i export.json --sample 10
	run -2 ttlsweep inspect -i export.json --shard 1/4
}

@test "a sample reports its error range and the read units saved" {
	local i inside=0
	inspect -t "$TABLE" --format json --segments 1024 >one.json
	for i in {1..12}; do
		inspect -t "$TABLE" --format json --sample 10 >sample.json
		jq -e '.sample == {"fraction":0.099609,"segments":102,"of":1024}
		    and .segments == 1024 and .complete and .shards == null
		    and .scanned.items < 1500
		    and .scanned.pages == 102
		    and ([.. | objects | select(has("items_low"))] |
			length > 30 and
			all(.items_low <= .items and .items <= .items_high))' \
		    sample.json
		# each of them 95 of 100 times
		jq -e --slurpfile one one.json '[.states, .kinds | to_entries[]
		    | .key as $k | .value
		    | ($one[0].states + $one[0].kinds)[$k].items as $true
		    | .items_low <= $true and $true <= .items_high] | all' \
		    sample.json >/dev/null && ((inside += 1))
	done
	((inside >= 1))
	run -0 --separate-stderr inspect -t "$TABLE" --sample 10
	[[ $output == *"102 of 1 024 segments, chosen at random (10.0 %)"* ]]
	[[ $output == *"RANGE (95 %)"* ]]
	[[ $output =~ "read units instead of about "[0-9.\ ]+": "[0-9.\ ]+" saved" ]]
	[[ $output != *"sort key"* ]]
}

@test "a sample of selected entries says nothing of the others" {
	local option
	# what it cannot contain is not estimated
	for option in "--reason missing" "--expires-within 1d"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr inspect -t "$TABLE" --sample 10 $option
		[[ $output == *"None of the selected entries in the sample is expired"* ]]
		[[ $output =~ "stuck "\ *0\ *"exactly 0" ]]
		[[ $output != *"No expired entry was seen"* ]]
		# shellcheck disable=SC2086
		inspect -t "$TABLE" --format json --sample 10 $option |
		    jq -e '.states | .stuck.items_high == 0 and .pending.items_high == 0'
	done
}

@test "a masked key in an advised command is said to be masked" {
	run -0 inspect -t "$TABLE" --prefix session:00000000000000000000
	[[ $output != *"is masked"* ]] # nothing is advised
	item='{"Item":{"key":{"S":"session:00000000000000000000000000000001"},"ttl":{"S":"x"}}}'
	ttlsweep restore -q --yes -t "$TABLE" - <<<"$item"
	run -0 inspect -t "$TABLE" --prefix session:00000000000000000000
	[[ $output == *"--prefix 'session:"*"A key in the commands is masked: give it as you did."* ]]
	run -0 inspect -t "$TABLE" --prefix session:
	[[ $output != *"is masked"* ]]
	ttlsweep purge -q -t "$TABLE" --prefix session:00000000000000000000 --state any --yes --no-journal
}

@test "a sample has at least 30 segments" {
	inspect -t "$TABLE" --format json --sample 0.1 |
	    jq -e '.sample.segments == 30 and .sample.of == 4096'
	inspect -t "$TABLE" --format json --sample 1 --segments 64 |
	    jq -e '.sample.segments == 30 and .sample.of == 64'
}

@test "a sample of everything is exact" {
	inspect -t "$TABLE" --format json --segments 1024 >one.json
	inspect -t "$TABLE" --format json --sample 100 >all.json
	jq -e '[.. | objects | select(has("items_low"))]
	    | all(.items_low == .items and .items == .items_high)' all.json
	jq 'del(.. | .items_low?, .items_high?) | .sample = null' all.json |
	    alike - | cmp - <(alike one.json)
	run -0 inspect -t "$TABLE" --sample 100
	[[ $output == *"STATE "*" ENTRIES "* ]]
	[[ ${output,,} != *"estimate"* && $output != *"exactly"* ]]
	[[ $(grep -v 'USD\|(median about' <<<"$output") != *"about "+([0-9])* ]]
	[[ $output != *"the sample"* ]]
}

@test "a sample without expired entries says how many there may be" {
	inspect -t "$TABLE" --format json --sample 10 --prefix no-such-key |
	    jq -e '.states | all(.items == 0 and .items_low == 0)
		and .pending.items_high == 0 # TTL is off
		and (del(.pending) | all(.items_high > 30 and .items_high < 60))'
	run -0 inspect -t "$TABLE" --sample 10 --prefix no-such-key
	[[ ${output//$'\n'/ } == *"None of the selected entries in the sample is expired; in the table, 0 to "[1-9]*" may be"* ]]
	[[ $output != *"up to date"* ]]
}

@test "that no entry of a sample has the attribute says nothing about the others" {
	run -0 inspect -t "$TABLE" --sample 10 --ttl-attribute nosuch
	[[ $output == *"No entry in the sample has the TTL attribute nosuch."* ]]
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"has the attribute nosuch; read more of the table to be sure."* ]]
	[[ $output != *"No entry has"* && $output != *"none will ever expire"* ]]
	run -0 --separate-stderr inspect -t "$TABLE" --sample 10 --ttl-attribute nosuch --format json
	[[ $stderr == *"no entry in the sample has the TTL attribute nosuch"* ]]
}

@test "a sample of an empty table reports no savings" {
	local table
	table=$(new_table none)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 0 --now "$NOW"
	run -0 inspect -t "$table" --sample 5
	[[ $output == *"No expired entry was seen in the sample; the table may contain 0 to "* ]]
	[[ $output != *"has the attribute"* && $output != *"all entries"* ]]
	# the server charges nothing for empty pages
	[[ $output != *"The sample"* ]]
}

@test "a sample of a table with a sort key says what its ranges do not cover" {
	run -0 inspect -t "$SORTED" --sample 10
	[[ $output == *"The table has a sort key"*"No range covers"* ]]
}

@test "a session id in the options is masked in the report" {
	local id=session:abcdefghijklmnopqrstuvwxyz012345 format
	for format in text json html prometheus; do
		inspect -t "$TABLE" --prefix "$id" --prefix session: --group "$id" \
		    --format "$format" >report 2>err
		run ! grep -q ijklmnopqr report err
	done
	inspect -t "$TABLE" --prefix "$id" --format json --shard 1/2 >1.json
	inspect -t "$TABLE" --prefix "$id" --format json --shard 2/2 >2.json
	jq -e '.selection | test("^--prefix .session:abcd…[0-9a-f]{6}.$")' 1.json
	ttlsweep inspect --merge 1.json 2.json >/dev/null
	inspect -t "$TABLE" --prefix "${id}6" --format json --shard 2/2 >2.json
	refused "selection of entries" 1.json 2.json
	run -2 inspect -t "$TABLE" --prefix 'session:abcd…0a1b2c'
	[[ $output == *"is masked"* ]]
}

@test "--shard auto/N: commands and checkpoints name the shard's number" {
	local table
	table=$(new_table number)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" --case past=60 >/dev/null
	JOB_COMPLETION_INDEX=1 run -4 --separate-stderr ttlsweep purge -t "$table" --now "$NOW" \
	    --shard auto/2 --yes --max-items 2 --checkpoint "$BATS_TEST_TMPDIR/c" --journal-dir "$BATS_TEST_TMPDIR/j"
	[[ $stderr == *"to continue: ttlsweep purge "*"--shard 2/2"* && $stderr != *auto* ]]
	grep -q -- '--shard 2/2' "$BATS_TEST_TMPDIR"/j/*.journal
	# not by another shard
	JOB_COMPLETION_INDEX=0 run -1 --separate-stderr ttlsweep purge -t "$table" --now "$NOW" \
	    --shard auto/2 --yes --checkpoint "$BATS_TEST_TMPDIR/c" --journal-dir "$BATS_TEST_TMPDIR/j"
	[[ $stderr == *"the checkpoint belongs to another run"*"--shard 2/2; this run: --shard 1/2"* ]]
	run -0 ttlsweep purge -t "$table" --now "$NOW" \
	    --shard 2/2 --yes --checkpoint "$BATS_TEST_TMPDIR/c" --journal-dir "$BATS_TEST_TMPDIR/j"
	[ ! -e "$BATS_TEST_TMPDIR/c" ]
}

@test "what the groups that are not shown have, if there are any" {
	local i
	ttlsweep inspect -t "$TABLE" --now "$NOW" --format json >"$BATS_TEST_TMPDIR/all"
	run -0 ttlsweep inspect -t "$TABLE" --now "$NOW" --top 2
	[[ $output == *"Groups (the 2 with the most entries, of $(jq '.groups | length' "$BATS_TEST_TMPDIR/all"))"* ]]
	i=$(jq '[.groups | sort_by(-.items)[2:][].items] | add' "$BATS_TEST_TMPDIR/all")
	[[ ${output//$'\u00a0'/ } == *"The other groups have "*" (--top shows more)."* ]]
	[[ $(sed -n 's/.*The other groups have \([0-9  ]*\) entries.*/\1/p' <<<"$output" | tr -cd 0-9) -eq $i ]]
	for i in "" "--sample 30" "--sample 60"; do
		# shellcheck disable=SC2086
		run -0 ttlsweep inspect -t "$TABLE" --now "$NOW" --top 1000 $i
		[[ $output == *Groups* && $output != *"other groups"* ]]
	done
}

@test "a shard's report names the time that all shards need" {
	run -0 --separate-stderr ttlsweep inspect -t "$TABLE" --shard 1/2 --format json
	[[ $stderr == *"to combine this with other shards (--merge), give them all the same time: --now $(jq .now <<<"$output")" ]]
	run -0 --separate-stderr ttlsweep inspect -t "$TABLE" --shard 1/2 --format json --now "$NOW"
	[[ $stderr != *"same time"* ]]
}

@test "alerts set exit status 5 and say which limit was exceeded" {
	run -0 --separate-stderr inspect -t "$TABLE" --alert-expired 6000
	[[ -z $stderr ]]
	run -5 --separate-stderr inspect -t "$TABLE" --alert-expired 0
	[[ $output == *STATE* ]]
	[[ $stderr =~ "alert: "[0-9\ ]+" expired entries (limit 0)" ]]
	run -5 --separate-stderr inspect -t "$TABLE" --alert-overdue 1d \
	    --kind session --format json -o report.json
	[[ $stderr == *"alert: an entry has been expired for "*" (limit 1 d), table $TABLE, region us-east-1; TTL is off" ]]
	# exactly at the limit is not an alert
	local max table
	table=$(new_table alert)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" \
	    --case past=30 --case future=5
	max=$(inspect -t "$table" --format json | jq .overdue.max)
	run -0 inspect -t "$table" --alert-overdue "$max" --alert-expired 30
	run -5 inspect -t "$table" --alert-overdue $((max - 1))
	run -5 inspect -t "$table" --alert-expired 29
	# of merged reports, too
	shards 2 -t "$TABLE"
	run -5 --separate-stderr ttlsweep inspect --merge 1.json 2.json \
	    --alert-expired 0 --alert-overdue 0s
	[[ $(grep -c alert: <<<"$stderr") == 2 ]]
	# nothing expired, so nothing is overdue
	run -0 inspect -t "$TABLE" --prefix no-such-key --alert-overdue 0s
	# a check that cannot see what has expired says so where cron looks
	run -0 --separate-stderr inspect -q -t "$TABLE" --ttl-attribute nope --alert-expired 0
	[[ $stderr == *"no entry has the TTL attribute nope; numbers that look like times are in ttl" ]]
	run -0 --separate-stderr inspect -q -t "$TABLE" --ttl-attribute nope
	[ -z "$stderr" ]
}

# interrupted SIGNAL OPTION...: signal an inspect that is slow enough.
interrupted() {
	local signal=$1
	shift
	until_said "$signal" err 'scanned [1-9]' 1 "$TTLSWEEP" inspect \
	    --now "$NOW" -t "$TABLE" --max-rcu 8 --progress always \
	    "$@" >out 2>err
}

@test "an interrupted inspect prints a partial report" {
	run -130 interrupted INT --segments 1024 --format json
	jq -e '.complete == false and .segments == 1024
	    and .segments_done > 0 and .segments_done < 1024
	    and .scanned.items > 0 and .scanned.items < 6000
	    and .scanned.items == ([.states[].items] | add)' out
	[[ $(<err) == *interrupted* ]]
	run -143 interrupted TERM --segments 1024
	[[ $(<out) == *"INCOMPLETE: "*" of 1 024 segments were read to their end."* ]]
	[[ $(<out) == *"These figures are of a part of the table; the commands act on all of it."* ]]
	# also to a file, which is marked as partial
	run -130 interrupted INT --shard 1/1 --format json -o report
	jq -e '.complete == false and .segments_done > 0' report
	[[ $(<err) == *"wrote a partial report to report: only what was counted until then"*interrupted* ]]
	# --merge says that it is incomplete
	ttlsweep inspect --merge report >text
	grep INCOMPLETE text
	# metrics could not be marked as partial
	run -130 interrupted INT --format prometheus -o metrics
	[[ ! -e metrics && $(<err) == *"nothing was written to metrics"* ]]
}

@test "an interrupted sample covers the segments that were read" {
	run -130 interrupted INT --sample 50 --format json
	jq -e '.complete == false and .sample.segments == .segments_done
	    and .sample.segments < 512 and .sample.of == 1024
	    and .states.live.items_low <= .states.live.items' out
}
