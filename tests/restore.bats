#!/usr/bin/env bats
# What restore puts back, in which order, and what it refuses before it writes.

load lib/common
load lib/road

setup_file() { start_local; start_dynalite; }
teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# table [SEED-OPTION...]: create an empty table; its name in $T.
# shellcheck disable=SC2120
table()
{
	T=$(new_table restore)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" "$@" >/dev/null
}

# item KEY PAYLOAD [TTL]: print an entry's line.
item() { printf '{"Item":{"key":{"S":"%s"},"p":{"S":"%s"},"ttl":{"N":"%s"}}}\n' "$1" "$2" "${3:-1400000000}"; }
give() { item "$@" | ttlsweep restore -q -t "$T" --yes - >/dev/null; }
holds() {
	{ ttlsweep export -q -t "$T" || echo '{"Item":{"p":{"S":"no export"}}}'; } |
	    jq -r .Item.p.S | sort | paste -sd' '
}

@test "a journal of another region is put back elsewhere only with a note" {
	table
	give k x
	ttlsweep purge -q -t "$T" --yes --journal a
	sed -i 's/"region":"us-east-1"/"region":"eu-west-1"/' a
	run -0 --separate-stderr ttlsweep restore --region us-east-1 a
	[[ $stderr == *"a: the journal of region eu-west-1; its entries go to region us-east-1, as asked"* && $output == *"to put back"* ]]
	run -0 --separate-stderr ttlsweep restore --region us-east-1 -t "$T" a
	[[ $stderr == *"region us-east-1, as asked"* ]]
	# another table is one in that region
	AWS_REGION=us-east-1 run -0 --separate-stderr ttlsweep restore -t "$T" a
	[[ $output == *"region eu-west-1,"* && $stderr != *"as asked"* ]]
	sed 's/"region":"eu-west-1"/"region":"us-west-2"/' a >b
	run -2 --separate-stderr ttlsweep restore -t "$T" a b
	[[ $stderr == *"a belongs to region eu-west-1, and b to region us-west-2; restore them one at a time, or name the region with --region"* ]]
}

@test "of two journals the one written last wins, whatever their --now" {
	table
	local now args
	now=$(date +%s)
	for args in "--now $((now - 3600))" "--now $now"; do
		give k OLD
		ttlsweep purge -q -t "$T" --yes --now "$now" --journal a
		give k NEW
		# shellcheck disable=SC2086
		ttlsweep purge -q -t "$T" --yes $args --journal b
		run -0 ttlsweep restore -t "$T" --yes a b
		[[ $output == *" 1 restored, 1 present"* ]]
		[[ $(holds) == NEW ]]
		ttlsweep purge -q -t "$T" --yes --state any --no-journal
		rm a b
	done
}

@test "journals of a purge and a repair: what is put back expired is said" {
	T=$(new_table restore)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" --now "$(date +%s)" \
	    --case past=6 --case milliseconds-future=3 --case milliseconds-past=2 >/dev/null
	ttlsweep purge -q -t "$T" --yes --reason ttl-off --journal a
	ttlsweep repair -q -t "$T" --yes --journal b
	run -0 --separate-stderr ttlsweep restore a b
	[[ $output == *"to change back   5"*"All 6 entries to put back are expired; the next purge would delete them again"* ]]
	run -0 --separate-stderr ttlsweep restore --yes a b
	[[ $output == *" 11 restored"* ]]
	[[ $stderr == *"All 6 entries that were put back are expired; the next purge would delete them again"* ]]
}

@test "whether entries of another TTL attribute have expired is not known" {
	T=$(new_table restore)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" --ttl-attribute expires >/dev/null
	item session:a x >e.json
	run -0 --separate-stderr ttlsweep restore -t "$T" --ttl-attribute expires --extend-ttl 1w e.json
	[[ $output == *"What is put back gets the TTL "* || $output == *"It gets the TTL "* ]]
	[[ $output != *"expired"* ]]
	[[ $stderr == *"no entry in the file has expires: whether they have expired is not known, and all get the new TTL there (sessions are accepted until then, and all are deleted after it, by a purge or once TTL is on for it)" ]]
}

@test "--extend-ttl does not give entries another key" {
	T=$(new_table restore)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" --sort-key ttl --sort-type N --now 1795000000 --case past=3 >/dev/null
	held() { ttlsweep export -q -t "$T" --ttl-attribute ttl | jq -cS . | sort; }
	local before
	before=$(held)
	ttlsweep purge -q -t "$T" --ttl-attribute ttl --yes --journal a
	for yes in "" --yes; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr ttlsweep restore --extend-ttl 1d $yes a
		[[ $stderr == *"ttl is part of the key and cannot be changed; leave out --extend-ttl"* ]]
	done
	run -0 --separate-stderr ttlsweep restore a
	[[ $output == *"All 3 entries to put back are expired"* && $output != *--extend-ttl* ]]
	run -0 ttlsweep restore --yes a
	[ "$(held)" = "$before" ]
}

@test "an image that DynamoDB would refuse is found before the first write" {
	table
	local value
	item good x >good.json
	while IFS= read -r value; do
		{ cat good.json; printf '{"Item":{"key":{"S":"z"},%s}}\n' "$value"; } >x.json
		run -1 ttlsweep restore -t "$T" --yes x.json
		[[ $output == *"x.json:2: "*'"e" contains '*"; nothing was restored" ]]
		[[ -z $(holds) ]]
	done <<'LIST'
"e":{"SS":[]}
"e":{"NS":["1","1.0"]}
"e":{"NULL":false}
"e":{"N":"1E126"}
"e":{"M":{"":{"S":"a"}}}
LIST
	printf '{"Item":{"key":{"S":"%s"}}}\n' "$(printf %2049s x)" >x.json
	run -1 ttlsweep restore -t "$T" x.json
	[[ $output == *"its key is too long"* ]]
	printf '{"Item":{"key":{"S":"k"},"e":{"S":"%s"}}}\n' "$(printf %409600s x)" >x.json
	run -1 ttlsweep restore -t "$T" x.json
	[[ $output == *"x.json:1: its size is 409605 bytes; entries have at most 409600"* ]]
}

@test "--batch chooses how entries are put back; none is overwritten" {
	local batch i
	{
		for i in {1..60}; do item "$i" old; done
		printf '{"Item":{"key":{"S":"odd"},"p":{"S":"old"},"it'"'"'s \\"\\u00e9\\\\":{"L":[{"BOOL":true}]}}}\n'
	} >all.json
	start_road "$AWS_ENDPOINT_URL_DYNAMODB"
	for batch in auto partiql single; do
		table
		give 7 new
		ttlsweep export -q -t "$T" --format dynamodb-json >before
		road PUT reset '{}'
		run -0 ttlsweep restore -t "$T" --yes --batch $batch all.json --endpoint-url "$ROAD_URL"
		[[ $output == *" 60 restored, 1 present, 0 failed"* ]]
		road GET counts >counts
		if [[ $batch == single ]]; then
			jq -e '.operations.PutItem == 61 and .operations.BatchExecuteStatement == null' counts
		else
			# the odd name is not put into a statement
			jq -e '.operations.PutItem == 1 and .operations.BatchExecuteStatement == 3' counts
		fi
		{ cat before; grep -v '"S":"7"' all.json; } | jq -cS .Item | sort >want
		ttlsweep export -q -t "$T" --format dynamodb-json | jq -cS .Item | sort | cmp - want
	done
	# dynalite has no PartiQL
	export AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL
	table
	run -1 ttlsweep restore -t "$T" --yes --batch partiql all.json
	[[ $output == *"--batch partiql: this service or role does not allow BatchExecuteStatement (dynamodb:PartiQLInsert); use --batch auto or single"* ]]
	[[ $output == *" 0 restored, 0 present, 0 failed, 61 skipped"* ]]
	run -0 ttlsweep restore -t "$T" --yes all.json
	[[ $output == *"continuing with one conditional PutItem per entry"*" 61 restored, 0 present"* ]]
}

@test "an export of a table with a longer key is refused if entries would be lost" {
	table
	local i
	for i in 1 2; do
		printf '{"Item":{"key":{"S":"a"},"sk":{"N":"%s"}}}\n' "$i"
	done >x.json
	run -1 ttlsweep restore -t "$T" --yes x.json
	[[ $output == *"x.json:2: it differs from line 1 but has the same key in table $T, whose key is (key); "* ]]
	[[ -z $(holds) ]]
	# the same entry twice is put back once
	{ item k x; item k x; } >x.json
	run -0 ttlsweep restore -t "$T" --yes x.json
	[[ $output == *" 1 restored, 1 present"* ]]
}

@test "an export to S3 is checked against its manifests" {
	table
	local i other
	for i in {1..9}; do item "$i" "$i"; done | ttlsweep restore -q -t "$T" --yes - >/dev/null
	ttlsweep export -q -t "$T" --layout s3 -o directory --jobs 2
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	# it would go into another table, which nobody named
	other=$(new_table other)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$other" >/dev/null
	CACHETABLE=$other run -1 ttlsweep restore --yes directory
	[[ $output == *": from an export of table $T, but would go into table $other; name the table with -t"* ]]
	run -0 ttlsweep restore -t "$other" directory
	[[ $(grep -c "from an export of table $T; its entries go to table $other, as asked" <<<"$output") -eq 1 ]]
	CACHETABLE=$T run -0 ttlsweep restore --yes directory
	[[ $(holds) == "1 2 3 4 5 6 7 8 9" ]]
	ttlsweep export -q -t "$T" --prefix 'no such key' --layout s3 -o none
	run -0 ttlsweep restore -t "$T" --yes none
	mkdir empty
	run -1 ttlsweep restore -t "$T" --yes empty
	for i in directory/data/*.json.gz; do printf x >>"$i"; done
	run -1 ttlsweep restore -t "$T" --yes directory
	[[ $output == *"data/"*"its MD5 sum is not the one in the manifest"* ]]
}

@test "memory does not grow with the size of entries" {
	[[ -z ${SAN:-} ]] || skip "a sanitizer's memory is its own"
	table
	run -0 "$PYTHON" - "$TTLSWEEP" "$T" <<'PY'
import resource, subprocess, sys
with open("large.json", "w") as f:
    for i in range(100):
        f.write('{"Item":{"key":{"S":"%d"},"p":{"S":"%s"}}}\n' % (i, "x" * 400000))
subprocess.run([sys.argv[1], "restore", "-t", sys.argv[2], "large.json"], check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
assert peak < 40 * 1024, "%d KiB" % peak
PY
}

@test "newlines in a key start no new line in a message" {
	table
	local key='x\nttlsweep: all is well\ty\\z'
	# only the service refuses this entry: with its TTL it is too large
	printf '{"Item":{"key":{"S":"%s"},"p":{"S":"%s"}}}\n' "$key" \
	    "$(printf %409565s x)" >x.json
	run -3 --separate-stderr ttlsweep restore -t "$T" --yes --extend-ttl 1d x.json
	# shellcheck disable=SC2154
	[[ ${stderr_lines[1]} == 'ttlsweep: failed: x\nttlsweep: all is well\ty\\z: '* ]]
}

@test "an interrupted restore says how many were restored and how to continue" {
	table
	local i pid status=0
	for i in {1..90}; do item "$i" x; done >x.json
	"$TTLSWEEP" restore -t "$T" --yes x.json --max-wcu 1 \
	    --progress always >out 2>err &
	pid=$!
	until grep -q "tried [0-9]* of 90 (" err; do
		kill -0 $pid
		sleep 0.05
	done
	kill -TERM $pid
	wait $pid || status=$?
	[[ $status -eq 143 ]]
	grep -q "to continue: ttlsweep restore -t $T --yes x.json" err
	[[ $(<err) != *scanned* ]]
	grep -q "; stopped: interrupted" out
	run -0 ttlsweep restore -t "$T" --yes x.json
	[[ $(holds | wc -w) -eq 90 ]]
}

@test "a table recreated since the purge is reported, with and without -t" {
	export AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL # Local's tables have no id
	table
	give k x
	ttlsweep purge -q -t "$T" --yes --journal j
	run -0 ttlsweep restore j
	[[ $output != *"created again"* ]]
	ddb "$DYNALITE_URL" delete_table '{"TableName": "'"$T"'"}'
	seed --endpoint "$DYNALITE_URL" --table "$T" >/dev/null
	run -0 ttlsweep restore j
	[[ $output == *"j: table $T has been deleted and created again since"* ]]
	run -0 ttlsweep restore j -t "$T"
	[[ $output == *"j: table $T has been deleted and created again since"* ]]
	run -0 ttlsweep restore j -t "$T" --endpoint-url "${DYNALITE_URL/127.0.0.1/localhost}"
	[[ $output != *"created again"* ]]
}

# elsewhere SHELL COMMAND: run it as printed, without this test's table, region,
# endpoint and profile in the environment.
elsewhere()
{
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$TTLSWEEP" "$BATS_TEST_TMPDIR/bin/ttlsweep"
	env -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_ENDPOINT_URL_DYNAMODB \
	    -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_PROFILE \
	    PATH="$BATS_TEST_TMPDIR/bin:$PATH" CACHETABLE=another "$1" -c "$2"
}
# undo SHELL: run the printed command in $UNDO from another directory.
undo() { (cd / && elsewhere "$1" "$UNDO"); }
holds_what_it_did() { dump --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" | cmp - before; }

@test "the printed undo command works as printed" {
	local command name journal where
	printf '[profile a b]\nregion = us-east-1\n' >config
	printf '[a b]\naws_access_key_id = x\naws_secret_access_key = y\n' >credentials
	export AWS_CONFIG_FILE=$PWD/config AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials
	table
	local now
	now=$(date +%s)
	{
		item seconds x "$((now - 5))"
		item milliseconds x "$((now - 5))000"
		printf '{"Item":{"key":{"S":"other"},"ttl":{"N":"%s"},"expires":{"S":"%s"}}}\n' "$((now - 9))" "$((now - 9))"
		printf '{"Item":{"key":{"S":"other ms"},"expires":{"N":"%s000"}}}\n' "$((now - 9))"
	} >all.json
	ttlsweep restore -q -t "$T" --profile 'a b' --yes all.json >/dev/null
	dump --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" >before
	for name in plain 'it'"'"'s %d \o' $'a\nb\tc' $'caf\xc3\xa9 \xff'; do
		for command in "purge" "purge --ttl-attribute expires" \
		    "repair" "repair --ttl-attribute expires"; do
			[[ $name == plain || $command == purge ]] || continue
			journal=$PWD/$name.journal
			# shellcheck disable=SC2086
			run -0 --separate-stderr ttlsweep $command -t "$T" --yes \
			    --profile 'a b' --journal "$journal" --format json
			UNDO=$(sed -n 's/^ttlsweep: to undo it: //p' <<<"$stderr")
			[[ $UNDO == "ttlsweep restore --yes "* ]]
			# the same command is printed before the first entry
			[[ $stderr == *" ($UNDO undoes this run)"* ]]
			run ! holds_what_it_did
			undo sh
			holds_what_it_did
			rm "$journal"
		done
	done
	# also as a terminal shows it
	for command in purge repair; do
		journal=$PWD/it\'s.journal
		run -0 script -qec "'$TTLSWEEP' $command -t $T --yes --profile 'a b' --color never --journal \"$journal\"" /dev/null
		where="To put them back:"
		[[ $command == purge ]] || where="To change them back:"
		UNDO=$(tr -d '\r' <<<"$output" | grep -A1 "^ *$where" | tail -1)
		run ! holds_what_it_did
		undo bash
		holds_what_it_did
		rm "$journal"
	done
}

@test "a dry run prints the command that does it, as it is to be run" {
	local command
	printf '[profile a b]\nregion = us-east-1\n' >config
	printf '[a b]\naws_access_key_id = x\naws_secret_access_key = y\n' >credentials
	export AWS_CONFIG_FILE=$PWD/config AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	export AWS_PROFILE='a b'
	table
	item a a 1400000000000 >x.json
	item "it's" q "$(($(date +%s) - 5))000" >>x.json
	cp x.json ./-x.json
	# does COMMAND...: take from its dry run what it prints, run that, and see
	# whether all was taken
	does()
	{
		run -0 --separate-stderr ttlsweep "$@"
		command=${lines[-1]}
		[[ ${lines[-2]} == "Nothing was changed. To "* && $command == "    ttlsweep "* ]]
		[[ $command == *" --yes"* && $command == *" --profile 'a b'"* ]]
		run -0 elsewhere sh "$command"
	}
	export CACHETABLE=$T
	does restore x.json
	[[ $(holds) == "a q" ]]
	does repair --prefix "it's" --prefix b --journal j1
	ttlsweep inspect --format json | jq -e '[.reasons[] | select(.reason == "milliseconds").items] == [1]'
	does purge --state any --max-items 2 --journal j2
	[[ -z $(holds) ]]
	does restore -- -x.json
	[[ $(holds) == "a q" ]]
	ttlsweep purge --state any --yes --journal j3
	does restore j3
	[[ $(holds) == "a q" ]]
	# the undo and what continues name the profile, too
	run -4 --separate-stderr ttlsweep purge --state any --yes --max-items 1 --format json
	[[ $stderr == *"to undo it: ttlsweep restore --yes"*" --profile 'a b'"*"to continue: ttlsweep purge "*" --profile 'a b'"* ]]
	# keys of the environment come first, and are not those of the profile
	AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y run -0 ttlsweep purge --state any
	[[ ${lines[-1]} == "    ttlsweep purge "* && $output != *--profile* ]]
	# what the command lacks is said; which of the two entries is left is not known
	printf 'a\n"it'"'"'s"\n' | ttlsweep purge --state any --keys-from - >out
	[[ $(tail -n 1 out) == "Give it the same input again." ]]
	ttlsweep purge --state any --keys-from <(printf 'a\n"it'"'"'s"\n') >out
	[[ $(tail -n 1 out) == "Give it the same input again." ]]
	{ item session:0123456789abcdef x; } | ttlsweep restore --yes -q -
	run -0 ttlsweep purge --state any --prefix session:0123456789abcdef
	[[ ${lines[-2]} == *" --prefix "*" --yes"* && ${lines[-2]} != *0123456789abcdef* ]]
	[[ ${lines[-1]} == "A key in this command is masked: give it as you did." ]]
}

@test "--extend-ttl warns of entries that have no expiry time, and leaves alone what was restored before" {
	table
	{
		item session:1 s
		item session:2 later "$(($(date +%s) + 30 * 86400))"
		printf '{"Item":{"key":{"S":"settings:%s"},"p":{"S":"kept"}}}\n' 1 2
		item settings:3 kept 0
		item settings:4 kept 253402300799
		printf '{"Item":{"key":{"S":"settings:5"},"p":{"S":"kept"},"ttl":{"S":"never"}}}\n'
	} >x.json
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json
	[[ $stderr != *"without an expiry time"* ]]
	# which is what the advice says
	[[ ${output//$'\n'/ } == *" (sessions are then accepted again); all 7 then get that TTL, even those without an expiry time."* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --extend-ttl 1w
	[[ $stderr == *"--extend-ttl: 5 entries without an expiry time get one, and are deleted after it; first restore those that are meant to stay, without that option (--prefix selects)" ]]
	[[ ${output//$'\n'/ } == *", also the 6 that are not expired; a later TTL is shortened"* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --extend-ttl 1w --kind session
	[[ $stderr != *"without an expiry time"* ]]
	ttlsweep restore -q -t "$T" x.json --prefix settings: --yes
	run -0 --separate-stderr ttlsweep restore -q -t "$T" x.json --extend-ttl 1w --yes
	[[ -z $stderr ]]
	ttlsweep inspect -t "$T" --format json | jq -e '.kinds.item.immortal == 5'
	table
	run -0 --separate-stderr ttlsweep restore -q -t "$T" x.json --extend-ttl 1w --yes
	[[ $stderr == "ttlsweep: --extend-ttl: 5 entries without an expiry time got one, and are deleted after it" ]]
	# the undo of a repair that gave them one
	table
	grep -v '"ttl"' x.json | ttlsweep restore -q -t "$T" --yes - 2>/dev/null
	ttlsweep repair -q -t "$T" --reason missing --ttl-for-missing 30d --yes --journal j
	run -0 --separate-stderr ttlsweep restore j --extend-ttl 1d
	[[ $stderr == *"--extend-ttl: 2 entries without an expiry time get one, and are deleted after it; "* ]]
	run -0 --separate-stderr ttlsweep restore -q j --extend-ttl 1d --yes
	[[ $stderr == *"--extend-ttl: 2 entries without an expiry time got one, and are deleted after it"* ]]
}

# gone KEY [IMAGE]: print a deletion as in an incremental export.
gone() { printf '{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"key":{"S":"%s"}}%s}\n' "$1" "${2:-}"; }

@test "deletions in an incremental export are restored only with --deleted" {
	table
	{
		item kept new | sed 's/{"Item":/{"Keys":{"key":{"S":"kept"}},"NewImage":/'
		gone d ',"OldImage":{"key":{"S":"d"},"p":{"S":"old"}}'
	} >x.json
	run -0 ttlsweep restore -t "$T" x.json
	[[ $output == *"left out"*"1  recorded as deleted; --deleted puts them back from old images"* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --format json
	jq -e '.matched == 1 and .skipped == 1 and .left_out == 1' <<<"$output"
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes x.json
	[[ $output == *" 1 restored, "*" 1 left out;"* ]]
	[[ $(holds) == new ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes --deleted x.json --format json
	jq -e '.matched == 2 and .restored == 1 and .present == 1 and .left_out == 0' <<<"$output"
	[[ $(holds) == "new old" ]]
	[[ $stderr != *"--deleted"* ]]
	# an export of new images only has nothing to put back
	gone d >y.json
	run -0 ttlsweep restore -t "$T" --yes y.json
	run -1 ttlsweep restore -t "$T" --yes --deleted y.json
	[[ $output == *"y.json:1: it has no image of the entry that was deleted"*"leave out --deleted"* ]]
	# as a directory
	"$PYTHON" "$ROOT/tests/lib/s3_export.py" --endpoint "$LOCAL_URL" \
	    --table "$T" --bucket bucket --shape incremental >/dev/null
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes bucket --format json
	jq -e '.restored == 2 and .left_out > 0' <<<"$output"
	[[ $(holds) == "new old" ]]
}

@test "--deleted says so where no file can have deletions" {
	local file
	table
	item k x >full.json
	ttlsweep purge -q -t "$T" --yes --journal empty || true
	give k x
	ttlsweep purge -q -t "$T" --yes --state any --journal j
	ttlsweep export -q -t "$T" -o e.csv
	for file in full.json j e.csv "full.json j"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr ttlsweep restore -t "$T" --deleted $file
		[[ $stderr == *"--deleted has no effect: only an incremental export records which entries were deleted, and "* ]]
	done
	[[ $stderr == *"none of these files is one"* ]]
	gone d ',"OldImage":{"key":{"S":"d"}}' >x.json
	run -0 --separate-stderr ttlsweep restore -t "$T" --deleted full.json x.json
	[[ $stderr != *"--deleted"* ]]
}

@test "--extend-ttl writes the attribute that the journal names, though the table names none" {
	local now=$(($(date +%s) / 1))
	table
	printf '{"Item":{"key":{"S":"k"},"exp":{"N":"%s"}}}\n' "$((now - 90))" |
	    ttlsweep restore -q -t "$T" --yes - >/dev/null
	ttlsweep purge -q -t "$T" --yes --ttl-attribute exp --journal j
	run -0 --separate-stderr ttlsweep restore j
	[[ $output == *"to put back   1"* && $stderr != *"exp"* ]]
	ttlsweep restore -q --yes --extend-ttl 1d j
	ttlsweep inspect -q -t "$T" --ttl-attribute exp --format json |
	    jq -e '.states.live.items == 1'
	[[ $(ttlsweep export -q -t "$T" | grep -c '"ttl"') -eq 0 ]]
	# with another attribute it is said, and done all the same
	ttlsweep purge -q -t "$T" --yes --ttl-attribute exp --state any --no-journal
	run -0 --separate-stderr ttlsweep restore --yes --extend-ttl 1d --ttl-attribute foo j
	[[ $stderr == *"j: its entries get their new TTL in exp, the TTL attribute of the journal, not in foo"* ]]
	ttlsweep export -q -t "$T" --format jsonl | jq -e --argjson now "$now" '.exp > $now and .foo == null'
}

@test "where TTL acts on another attribute than that of the entries, it is said by which it deletes" {
	local now
	now=$(date +%s)
	table
	item both x $((now - 90)) | sed "s/\"ttl\"/\"expires\":{\"N\":\"$((now - 90))\"},&/" |
	    ttlsweep restore -q -t "$T" --yes -
	ttlsweep purge -q -t "$T" --yes --journal both
	give k x $((now - 90))
	give other x
	ttlsweep export -q -t "$T" -o all.json
	ttlsweep purge -q -t "$T" --yes --journal j
	ddb "$AWS_ENDPOINT_URL_DYNAMODB" update_time_to_live '{"TableName": "'"$T"'",
	    "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires"}}'
	run -0 --separate-stderr ttlsweep restore j
	[[ $stderr == *"j: its entries have their TTL in ttl, the TTL attribute of the journal, not in expires, which TTL acts on: it deletes only what has expired by expires" ]]
	[[ $stderr != *"no entry in the file"* ]]
	run -0 --separate-stderr ttlsweep restore j --extend-ttl 1d
	[[ $stderr == *"j: its entries get their new TTL in ttl, the TTL attribute of the journal, not in expires, which TTL acts on: it deletes only what has expired by expires; those without an expiry time in ttl get one, too" ]]
	[[ $output == *"What is put back gets the TTL "* && $output != *"expired"* ]]
	# it has both: another ttl would not save it
	run -0 --separate-stderr ttlsweep restore both
	[[ $output == *"The entry to put back is expired; TTL will delete it."* && $output != *--extend-ttl* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" all.json
	[[ $stderr == *"no entry in the file has expires, the TTL attribute of table $T: TTL will never delete them" ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" all.json --ttl-attribute ttl
	[[ $stderr != *"no entry in the file"* ]]
	# the key is another one
	echo '{"Item":{"id":{"S":"a"}}}' >x.json
	run -1 --separate-stderr ttlsweep restore -t "$T" x.json
	[[ $stderr == *'x.json:1: an item has no key attribute "key" of type S, N or B, which is in the key of table '"$T"'; name a table with the key of these entries with -t, or rename the attribute in a copy'* ]]
	jq -s '{Items: map(.Item), Count: 1, ScannedCount: 1}' x.json >reply.json
	run -1 --separate-stderr ttlsweep restore -t "$T" reply.json
	[[ $stderr == *"which is in the key of table $T; name a table "* ]]
}

@test "an export beside a journal goes where the journal goes, and a note says so" {
	table
	give k x
	ttlsweep purge -q -t "$T" --yes --state any --journal j
	item other x >x.json
	CACHETABLE=elsewhere run -0 --separate-stderr ttlsweep restore --yes x.json j
	[[ $stderr == *"x.json: its entries go to table $T, which j names"* ]]
	[[ $(holds | wc -w) -eq 2 ]]
	run -0 --separate-stderr ttlsweep restore --yes -t "$T" x.json j
	[[ $stderr != *"its entries go to"* ]]
}

@test "a purge's journal needs no --deleted" {
	table
	give k x
	ttlsweep purge -q -t "$T" --yes --journal j
	run -0 --separate-stderr ttlsweep restore --yes j --format json
	jq -e '.restored == 1 and .left_out == 0' <<<"$output"
}

@test "a dry run looks up which keys exist, and says what that cost" {
	export AWS_ENDPOINT_URL_DYNAMODB=$DYNALITE_URL # Local reads what is not there free of charge
	table
	local i
	for i in {1..230}; do item "$i" x; done >x.json
	head -n 100 x.json | ttlsweep restore -q -t "$T" --yes - >/dev/null
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --format json
	jq -e '.executed == false and .matched == 230 and .present == 100
	    and .skipped == 130 and .restored == 0 and .write_units == 230
	    and .read_units == 230' <<<"$output"
	[[ $(holds | wc -w) -eq 100 ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json
	[[ $output == *"present"*" 100 "*"to put back"*" 130"* ]]
	[[ ${output//$'\n'/ } == *"Checking which keys are in use took 230 read units."* ]]
	# the run then does the same
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes x.json --format json
	jq -e '.present == 100 and .restored == 130' <<<"$output"
	# a key twice in a file: a request contains each key once
	{ item a x; item a x; } >y.json
	run -0 ttlsweep restore -t "$T" y.json
}

@test "a selection that nothing matches is named" {
	table
	{ item a x; item b x; } >x.json
	run -0 --separate-stderr ttlsweep restore -q -t "$T" x.json --yes --prefix sesion:
	[[ $stderr == *"none of the 2 entries in the file matches --prefix sesion:"* ]]
	run -0 --separate-stderr ttlsweep restore -q -t "$T" x.json --yes --prefix a
	[[ $stderr != *selects* && $(holds) == x ]]
}

@test "what a dry run says of expired entries is about those to put back" {
	table --ttl on
	local now
	now=$(date +%s)
	# Local deletes what has expired: look from the future
	{ item a x $((now + 3600)); item b x $((now + 3600)); } >x.json
	head -n 1 x.json | ttlsweep restore -q -t "$T" --yes - >/dev/null
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --now $((now + 7200))
	output=${output//$'\n'/ }
	[[ $output == *" write units"*", including those for puts that are refused. "* ]]
	[[ $output == *"The entry to put back is expired; TTL will delete it: give more time with --extend-ttl DUR (sessions are then accepted again)."* ]]
	# the undo that a purge prints is no dry run
	item c x $((now - 100)) >y.json
	run -0 --separate-stderr ttlsweep restore -t "$T" y.json --yes
	[[ $stderr == *"The entry that was put back is expired; TTL will delete it (--extend-ttl DUR would have given more time)"* ]]
	run -0 ttlsweep restore -t "$T" x.json --extend-ttl 1d --now 2026-11-22T00:00:00Z
	[[ ${output//$'\n'/ } == *" It gets the TTL 2026-11-23T00:00:00Z, though it has not expired; a later TTL is shortened. Each is put"* ]]
	[[ $output == *"--extend-ttl: the TTL that it gives, 2026-11-23T00:00:00Z, has passed; it counts from --now"* ]]
	run -0 ttlsweep restore -t "$T" x.json --extend-ttl 0
	[[ $output == *"--extend-ttl: the TTL that it gives, "*"Z, has passed"* && $output != *"counts from"* ]]
	run -0 ttlsweep repair -t "$T" --ttl-for-missing 1d --now 2026-11-22T00:00:00Z
	[[ $output == *"--ttl-for-missing: the TTL that it gives, 2026-11-23T00:00:00Z, has passed; it counts from --now"* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --extend-ttl 1m
	[[ $stderr != *"has passed"* ]]
}

@test "a dry run's look-ups keep to --max-rcu" {
	table
	local i
	for i in {1..60}; do item "$i" x; done >x.json
	ttlsweep restore -q -t "$T" --yes x.json >/dev/null
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --max-rcu 20 --format json
	jq -e '.present == 60 and .seconds > 1.5' <<<"$output"
}

@test "a dry run of a repair's undo: an entry with the repaired value is not present" {
	table
	for i in 1 2 3; do give "$i" x 1700000000000; done
	ttlsweep repair -q -t "$T" --yes --journal j
	give other x
	ddb "$AWS_ENDPOINT_URL_DYNAMODB" put_item '{"TableName": "'"$T"'",
	    "Item": {"key": {"S": "1"}, "ttl": {"N": "2000000000"}}}'
	ddb "$AWS_ENDPOINT_URL_DYNAMODB" delete_item '{"TableName": "'"$T"'",
	    "Key": {"key": {"S": "2"}}}'
	run -0 --separate-stderr ttlsweep restore j
	[[ $(tr -s ' \n' ' ' <<<"$output") == *" to change back 1 to put back 1 gone since the repair: deleted by TTL or somebody, or logged out"* ]]
	run -0 --separate-stderr ttlsweep restore j --format json
	jq -e '.matched == 3 and .present == 1 and .skipped == 2 and .gone_since == 1' <<<"$output"
	run -0 --separate-stderr ttlsweep restore j --extend-ttl 1d
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"What is put back gets the TTL "*". Each entry of a repair that still has the TTL value that repair wrote gets this TTL instead of its old one."* ]]
	run -0 --separate-stderr ttlsweep restore j --yes --format json
	jq -e '.restored == 2 and .present == 1 and .gone_since == 1' <<<"$output"
	[[ $stderr == *"1 entry was gone since the repair (deleted by TTL or somebody, or logged out), and is put back"* ]]
	run -0 ttlsweep restore j
	[[ ${output//$'\n'/ } == *"There is nothing to change back: none still has the TTL value that repair wrote. Checking which keys are in use took "* ]]
	ttlsweep purge -q -t "$T" --yes --state any --journal k
	ttlsweep restore -q --yes k
	run -0 ttlsweep restore k
	[[ ${output//$'\n'/ } == *"There is nothing to put back: every key is in use. Checking which keys are in use took "* ]]
	# another table never had them
	table
	run -0 --separate-stderr ttlsweep restore j -t "$T"
	[[ $(tr -s ' \n' ' ' <<<"$output") == *" to change back 0 to put back 3 not in this table "* && $output != *"gone since"* ]]
	run -0 --separate-stderr ttlsweep restore j -t "$T" --yes --format json
	jq -e '.restored == 3 and .gone_since == 3' <<<"$output"
	[[ $stderr != *"gone since"* ]]
}

@test "a dry run on a table with a sort key" {
	table --sort-key at --sort-type N
	printf '{"Item":{"key":{"S":"%s"},"at":{"N":"%s"},"p":{"S":"x"}}}\n' a 1 a 2.0 b 1 >x.json
	head -n 2 x.json | tail -n 1 | sed 's/2\.0/2/' | ttlsweep restore -q -t "$T" --yes - >/dev/null
	run -0 --separate-stderr ttlsweep restore -t "$T" x.json --format json
	jq -e '.present == 1 and .skipped == 2' <<<"$output"
}

@test "restore stops at a ceiling with 4, and the same command continues" {
	table
	local i n=0
	for i in {1..30}; do item "$i" x; done >x.json
	head -n 10 x.json | ttlsweep restore -q -t "$T" --yes - >/dev/null
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --max-items 7 --format json
	jq -e '.stopped == "max-items" and .restored == 0' <<<"$output"
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --max-items 7
	[[ $(tr -s ' ' <<<"$output") == *"present 10 left alone"*"to put back 7"*"left 13 beyond the limit"* ]]
	[[ $output == *"takes about 17 write units"*"To put them back:"$'\n'"    ttlsweep restore -t $T x.json --max-items 7 --yes "* ]]
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --max-items 0
	[[ $output != *"    ttlsweep "* && $stderr == *"nothing was changed; raise --max-items" ]]
	while :; do
		run --separate-stderr ttlsweep restore -t "$T" --yes x.json --max-items 7 --format json
		jq -e '.restored <= 7 and .matched == 30
		    and .matched == .restored + .present + .failed + .skipped' <<<"$output"
		((n += 1, n < 9))
		[ "$status" -eq 4 ] || break
		[[ $stderr == *"to continue: ttlsweep restore"* ]]
	done
	[ "$status" -eq 0 ]
	[ "$n" -eq 3 ]
	[[ $(holds | wc -w) -eq 30 ]]
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	run -4 ttlsweep restore -t "$T" --yes x.json --max-units 12
	[[ $(holds | wc -w) -eq 12 ]]
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --max-cost 0.000001 --price 1
	run -4 --separate-stderr ttlsweep restore -t "$T" --yes x.json --max-cost 0
	[[ $stderr == *"nothing was changed; raise --max-cost"* ]]
	[[ $(holds | wc -w) -eq 12 ]]
}

@test "a limit that what is present uses up is said to stop each run" {
	table
	local i yes
	for i in {1..9}; do item "$i" x; done >x.json
	head -n 4 x.json | ttlsweep restore -q -t "$T" --yes - >/dev/null
	for yes in "" --yes; do
		# shellcheck disable=SC2086
		run -4 --separate-stderr ttlsweep restore -t "$T" x.json --jobs 1 --max-units 4 $yes
		case $yes in
		--yes) [[ $stderr == *"nothing was put back: finding that entries are present used up --max-units; raise it, or "* ]] ;;
		*) [[ $stderr == *"nothing would be put back: finding that entries are present would use up --max-units; raise it, or "* ]] ;;
		esac
		[[ $stderr != *"to continue"* && $output != *continue* ]]
	done
	# keys are looked up in the order of the file, whatever --jobs
	for i in {10..900}; do item "$i" x; done >>x.json
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --max-units 4
	[[ $output == *"present         4 "*"to put back     0"* ]]
	[[ $stderr == *"nothing would be put back: "* ]]
}

@test "a restore that a limit of units stops says that it will be spent again" {
	table
	for i in {1..9}; do item "$i" x; done >x.json
	run -4 --separate-stderr ttlsweep restore -t "$T" x.json --jobs 1 --max-units 4
	[[ ${output//$'\n'/ } == *"A run would stop early: max-units. To continue then, raise the limit, as what is present"* ]]
	run -4 --separate-stderr ttlsweep restore -t "$T" --yes x.json --jobs 1 --max-units 4
	[[ $stderr == *"to continue, run the same command with a higher --max-units: what is present takes write units again"* ]]
	[[ $stderr != *"ttlsweep restore"* ]]
	# not where only entries that are put back count
	run -4 --separate-stderr ttlsweep restore -t "$T" --yes x.json --jobs 1 --max-items 2
	[[ $stderr == *"to continue: ttlsweep restore "* && $stderr != *"raise the limit"* ]]
}

@test "a dry run counts both writes of an undo whose entry is gone" {
	table
	printf '{"Item":{"key":{"S":"%s"},"ttl":{"N":"%s000"}}}\n' a 1600000000 b 1600000001 >x.json
	ttlsweep restore -q -t "$T" --yes x.json
	ttlsweep repair -q -t "$T" --yes --journal j
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	run -0 --separate-stderr ttlsweep restore j --format json
	local units
	units=$(jq .write_units <<<"$output")
	run -0 --separate-stderr ttlsweep restore j --yes --format json
	jq -e --argjson n "$units" '.restored == 2 and .write_units == $n and $n == 4' <<<"$output"
}

@test "--max-units counts what an undo of a repair tried before it put an entry back" {
	table
	local now i
	now=$(date +%s)
	for i in {1..10}; do item "$i" x "$((now + 9999))000"; done |
	    ttlsweep restore -q -t "$T" --yes - >/dev/null
	ttlsweep repair -q -t "$T" --yes --journal j
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	# a failed update and a put: two units an entry
	run -4 --separate-stderr ttlsweep restore -t "$T" --yes --jobs 1 --max-units 10 j --format json
	jq -e '.restored == 5 and .stopped == "max-units"' <<<"$output"
}

@test "restore by kind and prefix, also of a repair" {
	table
	local i
	for i in session:a users session:b user:1; do give "$i" "$i" 1700000000000; done
	ttlsweep repair -q -t "$T" --yes --journal j
	run -0 --separate-stderr ttlsweep restore j --kind session --format json
	jq -e '.scanned == 4 and .matched == 2 and .skipped == 2' <<<"$output"
	run -0 --separate-stderr ttlsweep restore j --yes --prefix user --format json
	jq -e '.scanned == 4 and .matched == 2 and .restored == 2' <<<"$output"
	[[ $(ttlsweep list -q -t "$T" --reason milliseconds --format tsv --no-headings --columns key | sort | paste -sd' ') == "user:1 users" ]]
}

# put_back OPTION...: dry run and run with the four entries of the file; the
# keys that exist afterwards in $keys.
put_back()
{
	local matched
	T=$(new_table some)
	seed --endpoint "$AWS_ENDPOINT_URL_DYNAMODB" --table "$T" --key pk --sort-key sk >/dev/null
	matched=$(ttlsweep restore -q -t "$T" --format json "$@" file | jq .matched)
	run -0 --separate-stderr ttlsweep restore -q -t "$T" --format json --yes "$@" file
	jq -e --argjson n "$matched" '.scanned == 4 and .matched == $n and .restored == $n and .failed == 0 and .skipped == 0' <<<"$output"
	keys=$(ttlsweep export -q -t "$T" | jq -r '.Item | .pk.S + "/" + .sk.S' | sort | paste -sd' ')
}

@test "only entries of the selected kind or prefix are restored" {
	for key in 'USER#1 SESSION#a' 'USER#1 USER#1' 'sess:x SESSION#b' 'CAR#1 META'; do
		printf '{"Item":{"pk":{"S":"%s"},"sk":{"S":"%s"},"ttl":{"N":"1500000000"}}}\n' "${key% *}" "${key#* }"
	done >file
	put_back
	[[ $keys == 'CAR#1/META USER#1/SESSION#a USER#1/USER#1 sess:x/SESSION#b' ]]
	put_back --kind session
	[[ $keys == 'USER#1/SESSION#a sess:x/SESSION#b' ]]
	put_back --kind item --sort-prefix USER
	[[ $keys == 'USER#1/USER#1' ]]
	put_back --prefix sess: --prefix CAR#
	[[ $keys == 'CAR#1/META sess:x/SESSION#b' ]]
	put_back --prefix USER# --sort-prefix SESSION#
	[[ $keys == 'USER#1/SESSION#a' ]]
	put_back --kind session --session-prefix CAR
	[[ $keys == 'CAR#1/META' ]]
	run -0 ttlsweep restore -t "$T" --kind session --session-prefix nobody file
	[[ $output == *"--session-prefix 'nobody': no key begins with it (4 entries read)"* ]]
}

@test "a TTL that would not be read as a time is refused" {
	table
	item k x >x.json
	run -2 ttlsweep restore -t "$T" --extend-ttl 9223372036854775807 x.json
	[[ $output == *"--extend-ttl: more than 100 years ahead"* ]]
	run -2 ttlsweep restore -t "$T" --extend-ttl 1d --now 1000 x.json
	[[ $output == *"--extend-ttl: at 1000 the TTL would be 87400, but only values from 1326844800"* ]]
	run -2 ttlsweep repair -t "$T" --ttl-for-missing 1d --now -5
	[[ $output == *"--ttl-for-missing: at -5 "* ]]
	run -0 ttlsweep restore -t "$T" --extend-ttl 36525d --yes x.json
	[[ $(ttlsweep inspect -t "$T" --format json | jq .states.live.items) == 1 ]]
}

@test "a journal of a server that is not the one reached names its own" {
	table
	give a x
	ttlsweep purge -q -t "$T" --yes --state any --journal j
	AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:9 AWS_MAX_ATTEMPTS=1 run ! ttlsweep restore j
	[[ $output == *"no usable reply in 1 try: "*"; j was written for $AWS_ENDPOINT_URL_DYNAMODB: choose that with --endpoint-url" ]]
	AWS_MAX_ATTEMPTS=1 run ! ttlsweep restore --endpoint-url http://127.0.0.1:9 j
	[[ $output != *"was written for"* ]]
}

@test "a journal whose last line is incomplete is restored with a warning" {
	table --case past=20 --now "$(date +%s)"
	ttlsweep purge -q -t "$T" --yes --journal j
	run -0 --separate-stderr ttlsweep restore -t "$T" j
	[[ $stderr != *incomplete* ]]
	truncate -s -20 j
	run -0 --separate-stderr ttlsweep export -i j -o deleted.json
	[[ $stderr == *"j: its last line is truncated or damaged, and is ignored"*"compare it with the original"* ]]
	run -0 --separate-stderr ttlsweep restore -t "$T" --yes j
	[[ $stderr == *"j: its last line is truncated or damaged, and is ignored: this is normal after a crash"*"compare it with the original"* ]]
	[[ $output == *" 20 restored"* ]]
}

@test "damaged files say so before anything is written, or a table is asked for" {
	table --case past=3 --now "$(date +%s)"
	local place
	ttlsweep purge -q -t "$T" --yes --journal j
	# in the first line, the only one that names the table
	head -c 60 j >cut
	for place in "" "-t $T"; do
		# shellcheck disable=SC2086
		run -1 ttlsweep restore $place cut
		[[ $output == *"cut:1: not valid JSON from byte 61 on; this is the first line of a journal, which names its table and region: use another copy of the journal"* ]]
	done
	sed '1s,journal/1,journal/2,' j >cut
	run -1 ttlsweep restore cut
	[[ $output == *"cut:1: a journal of another version of ttlsweep (ttlsweep.journal/2)"* ]]
	tail -n +2 j >cut
	run -1 ttlsweep restore cut
	[[ $output == *"cut:1: a line of a journal, but the file does not begin like one: "*"use another copy of it" ]]
	tail -c +99 j >cut
	run -1 ttlsweep restore --yes cut
	[[ $output == *"if it is an export or a journal, not CSV, its beginning is missing or damaged: use another copy of it; nothing was restored" ]]
	sed '2s/"OldImage":{/&,/' j >cut
	run -1 ttlsweep restore --yes cut
	[[ $output == *"cut:2: "*"; the journal is damaged: use another copy of it or, to restore the rest, remove this line from a copy; nothing was restored" ]]
	# a key that was changed in one place only
	for place in 1 2; do
		sed "2s/\"key\":{\"S\":\"/&x/$place" j >cut
		run ! cmp -s j cut
		run -1 ttlsweep restore --yes cut
		[[ $output == *'cut:2: the keys in "Keys" and "OldImage" differ; the journal is damaged: use another copy of it or, to restore the rest, remove this line from a copy; nothing was restored' ]]
		run -1 ttlsweep list -i cut
		[[ $output == *'cut:2: the keys in "Keys" and "OldImage" differ'* ]]
	done
	[[ -z $(holds) ]]
	# white space or another way to write a string make no difference
	sed '2s/"Keys":{"key":{"S":"./"Keys": {"key": {"S":"\\u00'"$(sed -n '2s/.*"Keys":{"key":{"S":"\(.\).*/\1/p' j | tr -d '\n' | od -An -tx1 | tr -d ' ')"'/' j >same
	run -0 ttlsweep restore --yes same
	[[ $output == *" 3 restored"* ]]
}

@test "a journal that a run still writes is refused" {
	table
	local pid other=$T i
	table
	for i in {1..90}; do item "$i" x; done | ttlsweep restore -q -t "$T" --yes - >/dev/null
	"$TTLSWEEP" purge -t "$T" --yes --max-wcu 1 --jobs 1 --journal j >/dev/null 2>&1 3>&- &
	pid=$!
	until grep -q '"Outcome"' j 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.02
	done
	run -75 ttlsweep restore -t "$other" --yes j
	[[ $output == *"j: the run that writes this journal is still going; wait for it to end"* ]]
	run -75 ttlsweep restore --yes j
	[[ $output == *"process $pid holds the lock"* || ! -r /proc/locks ]]
	# a dry run is allowed, whatever its last line is
	run -0 ttlsweep restore -t "$other" j
	kill -KILL "$pid"
	wait "$pid" || :
	run -0 ttlsweep restore -t "$other" --yes j
	run -0 ttlsweep restore --yes j
	[[ $(holds | wc -w) -eq 90 ]]
}

@test "export -i JOURNAL writes exactly the deleted entries" {
	table
	local now i
	now=$(date +%s)
	for i in 1 2 3; do item "dead $i" x; done | jq -cS . >dead.json
	{ cat dead.json; item live x "$((now + 9999))"; } | ttlsweep restore -q -t "$T" --yes - >/dev/null
	ttlsweep purge -q -t "$T" --yes --journal j
	ttlsweep export -q -i j | jq -cS . | sort | cmp - dead.json
	# without entries that were kept or never sent; with unknown ones
	sed -i 's/\[1,"deleted",1\]/[1,"refreshed",1]/; s/\[2,"deleted",1\]/[2,"skipped",0]/' j
	[[ $(ttlsweep export -q -i j | wc -l) -eq 1 ]]
	sed -i '/"Outcome"/d' j
	ttlsweep export -q -i j | jq -cS . | sort | cmp - dead.json
}

# journal ENTRY...: print a purge's journal of entries KEY=PAYLOAD@SECONDS.
journal()
{
	local n=0 e key
	printf '{"ttlsweep.journal/1":{"table":"%s","table_id":"","endpoint":"%s","region":"us-east-1","key":["key"],"ttl_attribute":"ttl","now":1,"command":"purge"}}\n' \
	    "$T" "$AWS_ENDPOINT_URL_DYNAMODB"
	for e; do
		key=${e%%=*}
		printf '{"Metadata":{"WriteTimestampMicros":{"N":"%s000000"}},"Keys":{"key":{"S":"%s"}},"OldImage":{"key":{"S":"%s"},"p":{"S":"%s"}},"Ttlsweep":{"n":%d,"why":"none"}}\n' \
		    "${e##*@}" "$key" "$key" "$(sed 's/.*=//; s/@.*//' <<<"$e")" $((++n))
		printf '{"Outcome":[[%d,"deleted",1]]}\n' "$n"
	done
}
# change KEY PAYLOAD SECONDS: print a line of an incremental export.
change() { printf '{"Metadata":{"WriteTimestampMicros":{"N":"%s000000"}},"Keys":{"key":{"S":"%s"}},"NewImage":{"key":{"S":"%s"},"p":{"S":"%s"}}}\n' "$3" "$1" "$1" "$2"; }
# restores RESTORED PRESENT WANTED FILE...: a dry run and a run report these
# numbers in any order of the files, and the table then contains WANTED.
restores()
{
	local restored=$1 present=$2 wanted=$3 backwards=() list n
	shift 3
	for ((n = $#; n > 0; n--)); do backwards+=("${!n}"); done
	for list in "$*" "${backwards[*]}"; do
		table
		for f in "$@"; do [[ -d $f ]] || sed -i "s/restore-[0-9a-f]*/$T/" "$f"; done
		# shellcheck disable=SC2086
		run -0 ttlsweep restore -t "$T" --format json $list
		jq -e --argjson p "$present" '.present == $p' <<<"$(grep '^{' <<<"$output")"
		# shellcheck disable=SC2086
		run -0 ttlsweep restore -t "$T" --yes $list
		[[ $output == *" $restored restored, $present present, 0 failed, 0 skipped"* ]]
		[[ $(holds) == "$wanted" ]]
	done
}

@test "of several images of an entry the newest of all files is restored" {
	table
	journal a=old@100 b=new-b@400 c=only-c@150 d=oldest@1 >one
	journal a=new-a@300 b=old@200 d=old@50 >two
	journal d=new-d@60 >three
	restores 4 4 "new-a new-b new-d only-c" one two three
	# exports without a time are older than any journal …
	{ item a export; item e export-e; } >export.json
	journal a=journal@5 >one
	restores 2 1 "export-e journal" export.json one
	run -0 --separate-stderr ttlsweep restore -t "$T" export.json one
	[[ $stderr == *"an export without times counts as older than a journal, whenever it was made; to prefer it, restore it first, alone"* ]]
	# … and of two of them the first wins
	{ item a first; } >export.json
	{ item a second; } >other.json
	table
	run -0 ttlsweep restore -t "$T" --yes export.json other.json
	[[ $(holds) == first ]]
	# one export may have an entry twice
	{ item a first; item b b; item a first; } >export.json
	table
	run -0 ttlsweep restore -t "$T" export.json
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"other images 1 of the same entries: the newest, or else the first, is put back"*"to put back 2"* ]]
	run -0 ttlsweep restore -t "$T" --yes export.json
	[[ $output == *" 3 matched, 2 restored, 1 present"* && $(holds) == "b first" ]]
	# incremental exports have stamps
	{ change a new-a 500; change b old 10; } >inc.json
	journal a=old@400 b=new-b@20 >one
	restores 2 2 "new-a new-b" inc.json one
	# older images are no keys in use
	table
	run -0 ttlsweep restore -t "$T" inc.json one
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"present 0 left alone"*"other images 2 of the same entries: the newest, or else the first, is put back"*"to put back 2"* ]]
	[[ $output != *refused* ]]
}

@test "an export to S3 has the time of its manifest" {
	table
	give a export
	ttlsweep export -q -t "$T" --layout s3 -o s3 --now 2020-01-01T00:00:00Z
	journal a=older@1577836799 >one
	restores 1 1 export s3 one
	journal a=newer@1577836801 >one
	restores 1 1 newer s3 one
}

@test "a repair and the purge after it are undone one after the other" {
	table
	local now i said
	now=$(date +%s)
	for i in 1 2 3; do item "$i" "$i" "$((now - 90))000"; done | ttlsweep restore -q -t "$T" --yes - >/dev/null
	dump --endpoint "$LOCAL_URL" --table "$T" >before
	ttlsweep repair -q -t "$T" --yes --journal repair
	ttlsweep purge -q -t "$T" --yes --journal purge
	[[ -z $(holds) ]]
	run -0 --separate-stderr ttlsweep restore repair purge --format json
	said=$(jq .write_units <<<"$output")
	run -0 --separate-stderr ttlsweep restore --yes repair purge --format json
	jq -e --argjson said "$said" '.restored == 6 and .present == 0 and .write_units == $said and (has("free_by_ttl") | not)' <<<"$output"
	# put back with a new TTL, they have nothing left to undo
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	run -0 --separate-stderr ttlsweep restore repair purge --extend-ttl 1d --format json
	said=$(jq .write_units <<<"$output")
	jq -e '.skipped == 3 and .present == 3' <<<"$output"
	run -0 --separate-stderr ttlsweep restore --yes repair purge --extend-ttl 1d --format json
	jq -e --argjson said "$said" '.restored == 3 and .present == 3 and .write_units == $said' <<<"$output"
	ttlsweep purge -q -t "$T" --yes --state any --no-journal
	ttlsweep restore -q --yes repair purge
	holds_what_it_did
	# the other way round: purged, then created again and repaired
	ttlsweep purge -q -t "$T" --yes --state any --reason milliseconds --journal purge2
	for i in 1 2 3; do item "$i" new "$((now - 80))000"; done | ttlsweep restore -q -t "$T" --yes - >/dev/null
	dump --endpoint "$LOCAL_URL" --table "$T" >before
	ttlsweep repair -q -t "$T" --yes --journal repair2
	run -0 ttlsweep restore --yes purge2 repair2
	[[ $output == *" 3 restored, 3 present"* ]]
	holds_what_it_did
}

# once RESTORE-ARGUMENT...: each of the FILES is opened once by a dry run, and
# by a run that writes.
once()
{
	local yes file
	make -s -C "$ROOT" build/tools/opens.so
	for yes in "" --yes; do
		rm -f opens
		# shellcheck disable=SC2086
		OPENS_FILE=$PWD/opens LD_PRELOAD=$ROOT/build/tools/opens.so \
		    ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 \
		    ttlsweep restore -q -t "$T" $yes "$@" >/dev/null
		for file in "${FILES[@]}"; do
			[[ $(grep -cxF "$file" opens) -eq 1 ]]
		done
	done
}

@test "a restore opens each of its files once" {
	table
	local i
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -days 2 \
	    -keyout key -out certificate 2>/dev/null
	for i in {1..9}; do item "$i" "$i"; done >all.json
	gzip -k all.json
	ttlsweep restore -q -t "$T" --yes all.json >/dev/null
	ttlsweep export -q -t "$T" -o sealed.json --encrypt-to certificate
	ttlsweep export -q -t "$T" --layout s3 -o directory --jobs 2
	ttlsweep purge -q -t "$T" --yes --state any --journal a >/dev/null
	FILES=(a); once a
	ttlsweep purge -q -t "$T" --yes --state any --journal b.gz >/dev/null
	FILES=(b.gz); once b.gz
	# entries of both journals are compared with each other
	FILES=(a b.gz); once a b.gz
	FILES=(all.json.gz); once all.json.gz
	FILES=(sealed.json); once sealed.json --decrypt-with key
	mapfile -t FILES < <(find directory -name '*.json.gz')
	((${#FILES[@]} > 1))
	once directory
	FILES=(a all.json.gz b.gz); once a all.json.gz b.gz
	[[ $(holds) == "1 2 3 4 5 6 7 8 9" ]]
}

@test "more files than may be open at once can be restored" {
	table
	local i
	for i in {1..300}; do item "$i" "$i" >"$i.json"; done
	ulimit -n 200
	ttlsweep restore -q -t "$T" --yes ./*.json
	[[ $(holds | wc -w) -eq 300 ]]
}
