#!/usr/bin/env bats
# docs/recipes.md: every block of commands is run as printed, section by section,
# against the gallery's cache in DynamoDB Local, and does what the page says.
# Blocks that cannot run here are in NOT_RUN, by their first words.

load lib/common
load lib/docs

PAGE=$ROOT/docs/recipes.md
# AWS itself, a machine's own cron and systemd, a cluster
NOT_RUN=("aws s3" "aws dynamodb" "sudo install" "kubectl apply")

setup_file() {
	docs_begin
	docs_split "$PAGE" "$WORLD/blocks"
	openssl rand -base64 24 >"$WORLD/secret"
	: >"$WORLD/ran"
}

teardown_file() { stop_servers; }

setup() {
	rm -rf "${HOME:?}"/* "${HOME:?}/.local"
	cd "$HOME" || return 1
	docs_fill
}

# block N: run that block of the section with the name of this test
block() {
	local file="$WORLD/blocks/$BATS_TEST_DESCRIPTION.$1"
	echo "$file" >>"$WORLD/ran"
	cat "$file"
	# shellcheck disable=SC1090 # the page's
	source "$file"
}

# items JQ: from the report of inspect about the table, or "$TABLE"
items() { ttlsweep inspect -q ${TABLE:+-t "$TABLE"} --format json | jq "$1"; }

sessions() { items '.kinds.session | .live + .pending + .stuck + .immortal'; }

@test "top" {
	block 1
}

@test "Log everybody out" {
	local cached
	cached=$(items '.kinds.item | .live + .immortal')
	block 1
	[[ $(sessions) -eq 0 ]]
	# what is cached stays
	[[ $cached -gt 0 && $(items '.kinds.item | .live + .immortal') -eq $cached ]]
	block 3
	[[ $(items .kinds.session.live) -ge 400 ]]
	[[ $(items '.kinds.session | .stuck + .immortal') -eq 60 ]]
	block 2
	[[ $(items .kinds.session.live) -eq 0 ]]
	[[ $(items '.kinds.session | .stuck + .immortal') -eq 60 ]]
	ttlsweep restore live.journal --yes
	block 4
	[[ $(wc -l <keys.csv) -gt 400 ]]
	sed -i 5q keys.csv
	block 5
	run -0 --separate-stderr ttlsweep list -q --keys-from keys.csv --format tsv --no-headings
	[[ -z $output ]]
	[[ $(items .kinds.session.live) -ge 416 ]]
}

@test "Find the session of a trouble report" {
	local sid
	umask 077
	start_gallery SESSION_SECRET="$(<"$WORLD/secret")"
	curl -sSf -o /dev/null -c jar -d user=ada.lovelace "$GALLERY_URL/login"
	awk '/connect.sid/ { print "Cookie: connect.sid=" $7 }' jar >cookie.txt
	cp "$WORLD/secret" secret.txt
	sid=$(sed 's/.*s%3A//; s/\..*//' cookie.txt)
	block 1 >shown
	grep 'the signature is valid' shown
	run ! grep -F -e "$sid" -e ada.lovelace shown
	block 2 >shown
	grep -F "session:$sid" shown
	grep -F ada.lovelace shown
	stop_servers
}

@test "Find the sessions of a user" {
	local user
	start_gallery
	for user in ada.lovelace ada ada.lovelace; do
		curl -sSf -o /dev/null -d user=$user "$GALLERY_URL/login"
	done
	block 1 >shown
	[[ $(grep -c '^session:' keys.txt) -eq 2 && $(wc -l <keys.txt) -eq 2 ]]
	[[ $(grep -c '^session:.*live' shown) -eq 2 ]]
	run ! grep -Ff keys.txt shown
	block 2 >shown
	[[ $(grep -c '"user": "ada.lovelace"' shown) -eq 2 ]]
	# one of three is left
	ttlsweep export --kind session --format jsonl >rest
	run ! grep -F ada.lovelace rest
	[[ $(grep -cF '\"user\":\"ada\"' rest) -eq 1 ]]
	stop_servers
}

@test "Fix times in milliseconds or in strings" {
	[[ $(items .states.stuck.items) -eq 48 ]]
	block 1
	# entries older than five years stay stuck, those without a TTL immortal
	[[ $(items .states.stuck.items) -eq 9 ]]
	[[ $(items .states.immortal.items) -eq 6 ]]
	block 2
	[[ $(items .states.immortal.items) -eq 18 ]]
}

@test "Give a TTL to entries that have none" {
	block 1
	[[ $(items '.reasons | map(select(.reason == "missing")) | length') -eq 0 ]]
	[[ $(items .states.immortal.items) -eq 12 ]]
}

@test "Purge every night, with an alert" {
	run -5 block 5
	aws dynamodb update-time-to-live --endpoint-url "$LOCAL_URL" \
	    --table-name TSAGalleryCache --time-to-live-specification \
	    Enabled=false,AttributeName=ttl >/dev/null
	run -5 block 5
	run -0 ttlsweep inspect -q --reason none --alert-overdue 2d
	# on for another attribute
	aws dynamodb update-time-to-live --endpoint-url "$LOCAL_URL" \
	    --table-name TSAGalleryCache --time-to-live-specification \
	    Enabled=true,AttributeName=expiry >/dev/null
	run -5 block 5
	run -0 ttlsweep inspect -q --reason none,ttl-off --alert-overdue 2d
	docs_fill
	block 1
	ls journals/*.journal
	[[ $(ttlsweep inspect -q --overdue 2d --format json |
	    jq '.states | .pending.items + .stuck.items') -eq 0 ]]
	block 5
	block 6
	# the metrics that the rules need
	sed -n '/^groups:/,/^```/s/.* \(ttlsweep_[a-z_]*\){\([a-z]*\)=.*/\1{.*\2=/p' \
	    "$PAGE" >asked
	sed -n '/^groups:/,/^```/s/.*expr: \(ttlsweep_[a-z_]*\){\([a-z]*\)=.*/\1{.*\2=/p' \
	    "$PAGE" >>asked
	[[ -s asked ]]
	while read -r metric; do
		grep "^$metric" ttlsweep.prom ttlsweep-purge.prom
	done <asked
	grep '^ttlsweep_last_success_timestamp_seconds{.*command="inspect"' ttlsweep.prom
	grep '^ttlsweep_last_success_timestamp_seconds{.*command="purge"' \
	    ttlsweep-purge.prom
	"$PYTHON" -c 'import re, sys, yaml
yaml.safe_load(re.search("```yaml\n(.*?)```", open(sys.argv[1]).read(), re.S)[1])' "$PAGE"
	# the files that the blocks for other machines mention
	for file in $(grep -ho 'examples/[^ ]*' "$WORLD/blocks/$BATS_TEST_DESCRIPTION".*); do
		[[ -f $ROOT/$file ]]
	done
}

@test "Undo a night's purge" {
	local before
	mkdir journals
	ttlsweep purge -q --yes --state stuck --journal-dir journals
	before=$(items '.states.live.items')
	block 1
	[[ $(items '.states.live.items') -eq $((before + 48)) ]]
}

@test "Move sessions to another table" {
	seed --endpoint "$LOCAL_URL" --table NewSessions --ttl on
	block 1
	[[ $(TABLE=NewSessions items .kinds.session.live) -ge 400 ]]
	[[ $(TABLE=NewSessions sessions) -eq $(TABLE=NewSessions items .scanned.items) ]]
	block 2
	[[ $(sessions) -eq 0 && $(items .scanned.items) -gt 0 ]]
}

@test "Archive what a purge deletes" {
	local before
	before=$(items '.states | .pending.items + .stuck.items')
	block 1 >said
	[[ $(items '.states | .pending.items + .stuck.items') -eq 0 ]]
	# except what TTL deleted meanwhile
	[[ $(ttlsweep inspect -q -i ./*.json.gz.p7m --decrypt-with key.pem \
	    --format json | jq .scanned.items) -ge $((before - 20)) ]]
	openssl cms -decrypt -inform DER -in ./*.json.gz.p7m -inkey key.pem |
	    zcat | head -n 1 | jq -e .Item.key
	[[ -z $(ls ./*.journal* 2>/dev/null) ]]
}

@test "Sweep a terabyte with many machines" {
	block 1
	block 2
	grep '^TSAGalleryCache' <(ttlsweep inspect --merge report-[1-4].json)
	[[ $(ttlsweep inspect -q --merge report-[1-4].json --format json |
	    jq .scanned.items) -ge 690 ]]
	block 3
	[[ $(items .states.stuck.items) -eq 0 ]]
	ls journals/shard-{1,2,3,4}.journal.gz
	run ! ls purge-*.checkpoint
	block 4
	[[ $(items .states.stuck.items) -eq 48 ]]
}

@test "Read an S3 export for free" {
	ttlsweep export --layout s3 -o export
	block 2
	[[ $(wc -l <stuck.csv) -eq 49 ]]
}

@test "every block is run, or listed as impossible to run" {
	local file first
	for file in "$WORLD/blocks"/*; do
		grep -qxF "$file" "$WORLD/ran" && continue
		first=$(head -n 1 "$file")
		[[ " ${NOT_RUN[*]} " == *" $(cut -d ' ' -f 1,2 <<<"$first") "* ]] || {
			echo "not run: $file: $first"
			false
		}
	done
}
