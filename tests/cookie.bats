#!/usr/bin/env bats
# show --cookie: from a cookie that express made to the session.

load lib/common

setup_file() {
	start_local
	TABLE=$(new_table cookie)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --ttl on
	start_gallery CACHETABLE="$TABLE" SESSION_SECRET='käyboard c@t'
	curl -sSf -o /dev/null -c "$WORLD/jar" -D "$WORLD/headers" \
	    -d user=ada.lovelace "$GALLERY_URL/login"
	COOKIE=$(awk '/connect.sid/ { print $7 }' "$WORLD/jar")
	SID=${COOKIE#s%3A} SID=${SID%.*}
	export COOKIE SID
	umask 077
	printf 'käyboard c@t\n' >"$WORLD/right"
	printf 'another\nyet another' >"$WORLD/wrong"
	cat "$WORLD/wrong" - "$WORLD/right" <<<'' >"$WORLD/several"
}

teardown_file() { stop_servers; }

# show ARGUMENT...: run it on the table
show() { run --separate-stderr ttlsweep show -t "$TABLE" "$@"; }

# shows TEXT: the first line contains it, ada's session is shown, and neither
# the secret nor the id is.
shows() {
	[[ $status -eq 0 && ${lines[0]} == *"$1"* ]] || {
		echo "$output$stderr"
		false
	}
	[[ $output == *session:"${SID:0:4}"…* && $output$stderr != *c@t* ]]
	[[ $output != *"$SID"* && $stderr != *"$SID"* ]]
	[[ $output != *ada.lovelace* ]]
}

@test "with the right secret the signature is valid" {
	show --cookie "$COOKIE" --secret-file "$WORLD/right"
	shows 'the signature is valid'
	[[ -z $stderr ]]
}

@test "the signature is valid with one of several secrets" {
	show --cookie "$COOKIE" --secret-file "$WORLD/several"
	shows 'the signature is valid (secret 3 of 3)'
}

@test "a whole Set-Cookie or Cookie line is accepted" {
	show --cookie "$(grep -i '^set-cookie:' "$WORLD/headers")" \
	    --secret-file "$WORLD/right"
	shows 'the signature is valid'
	show --cookie "Cookie: lang=en; connect.sid=$COOKIE; _ga=1.2" \
	    --secret-file "$WORLD/right"
	shows 'the signature is valid'
}

@test "the cookie can be read from standard input" {
	run --separate-stderr ttlsweep show -t "$TABLE" --cookie - \
	    --secret-file "$WORLD/right" <<<"$COOKIE"
	shows 'the signature is valid'
}

@test "--reveal shows the id and the user" {
	show --cookie "$COOKIE" --secret-file "$WORLD/right" --reveal
	[[ $status -eq 0 && $output == *"session:$SID"* && $output == *ada.lovelace* ]]
}

@test "without a secret the session is shown as not verified" {
	show --cookie "$COOKIE"
	shows 'NOT VERIFIED'
}

@test "an unsigned cookie is refused when there is a secret" {
	show --cookie "$SID"
	shows 'NOT SIGNED'
	show --cookie "$SID" --secret-file "$WORLD/right"
	[[ $status -eq 1 && $stderr == *"the cookie is not signed"* && -z $output ]]
}

@test "with a wrong signature no session is shown" {
	show --cookie "$COOKIE" --secret-file "$WORLD/wrong"
	[[ $status -eq 1 && $stderr == *"signature is wrong"* && -z $output ]]
	show --cookie "s%3Aforged${SID:6}${COOKIE##*"$SID"}" --secret-file "$WORLD/right"
	[[ $status -eq 1 && $stderr == *"signature is wrong"* && -z $output ]]
}

@test "a session that does not exist is an error" {
	show --cookie 's:0GbXHZ4KUcDgvNvjTc8LmtR3aXq1yE5w.erSqMe+lrXRxXhpJ+Xc/mXUrB/edqpniPQPyy4xhPC8'
	[[ $status -eq 1 ]]
	[[ $stderr == *"no entry has any of the keys 'session:0GbX…"*"', 'sess:0GbX…"*"'; the session has ended, or was deleted by TTL or by a purge (look in its journal with -i), or its key begins otherwise (name that with --session-prefix)"* ]]
	[[ $output == *'NOT VERIFIED'* ]]
}

@test "--session-prefix replaces the default prefixes" {
	show --cookie "$COOKIE" --session-prefix x: --session-prefix session:
	shows 'NOT VERIFIED'
	show --cookie "$COOKIE" --session-prefix x:
	[[ $status -eq 1 && $stderr == *"'x:${SID:0:4}…"* ]]
}

@test "the session can be in an export" {
	ttlsweep export -t "$TABLE" -o "$BATS_TEST_TMPDIR/export.json"
	run --separate-stderr ttlsweep show -i "$BATS_TEST_TMPDIR/export.json" \
	    --cookie "$COOKIE" --secret-file "$WORLD/right"
	shows 'the signature is valid'
}

@test "a secret file that everybody can read is warned about" {
	cp "$WORLD/right" "$BATS_TEST_TMPDIR/secret"
	chmod 644 "$BATS_TEST_TMPDIR/secret"
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/secret"
	shows 'valid'
	[[ $stderr == *"everyone on this machine can read it; run: chmod 600 $BATS_TEST_TMPDIR/secret"* ]]
	show --cookie "$COOKIE" --secret-file <(cat "$WORLD/right")
	shows 'valid'
	[[ -z $stderr ]]
}

@test "a file without a secret is an error" {
	: >"$BATS_TEST_TMPDIR/empty"
	chmod 600 "$BATS_TEST_TMPDIR/empty"
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/empty"
	[[ $status -eq 1 && $stderr == *"contains no secret"* ]]
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/missing"
	[[ $status -eq 1 && $stderr == *"No such file"* ]]
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR"
	[[ $status -eq 1 && $stderr == *"Is a directory"* ]]
	printf ' [\n"one",\n"%s"\n]\n' "$(cat "$WORLD/right")" >"$BATS_TEST_TMPDIR/array"
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/array"
	[[ $status -eq 1 && $stderr == *"a JSON array; write the secrets as plain text, one per line"* ]]
	[[ $stderr != *"$(cat "$WORLD/right")"* ]]
	# a secret may begin with a bracket
	{ echo '[one]' && cat "$WORLD/right"; } >"$BATS_TEST_TMPDIR/array"
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/array"
	shows 'valid'
	head -c 70000 /dev/zero >"$BATS_TEST_TMPDIR/large"
	show --cookie "$COOKIE" --secret-file "$BATS_TEST_TMPDIR/large"
	[[ $status -eq 1 && $stderr == *"longer than 64 KiB"* ]]
}

@test "wrong usage exits with 2" {
	show --cookie "$COOKIE" users
	[[ $status -eq 2 && $stderr == *"takes no other argument"* ]]
	show --secret-file "$WORLD/right" users
	[[ $status -eq 2 && $stderr == *"--secret-file needs --cookie"* ]]
	show --cookie ''
	[[ $status -eq 2 ]]
	show --cookie 'Cookie: a; b'
	[[ $status -eq 2 && $stderr == *"no cookie given"* ]]
	show
	[[ $status -eq 2 ]]
}

@test "a table without text keys has no sessions" {
	local table
	table=$(new_table number)
	seed --endpoint "$LOCAL_URL" --table "$table" --key-type N
	run --separate-stderr ttlsweep show -t "$table" --cookie "$COOKIE"
	[[ $status -eq 2 && $stderr == *"so this table has no sessions"* ]]
	[[ $stderr != *"$SID"* ]]
}

@test "-vv shows neither cookie nor secret" {
	show --cookie "$COOKIE" --secret-file "$WORLD/right" -vv
	[[ $status -eq 0 && $stderr == *GetItem* ]]
	[[ $stderr != *"$SID"* && $stderr != *c@t* ]]
}
