# A real application's sessions and cache entries, in both layouts.

load lib/common

setup_file() { start_local; }
teardown_file() { stop_servers; }

setup()
{
	table=$(new_table gallery)
	jar=$BATS_TEST_TMPDIR/jar
}

# Ends the gallery that the test started; the server keeps running.
teardown() { stop_servers; }

browse() { curl -sSf -o /dev/null -b "$jar" -c "$jar" "$@"; }
status_of() { curl -sS -o /dev/null -w '%{http_code}' -b "$jar" -c "$jar" "$@"; }

# The pages that write one entry of each group.
visit()
{
	browse -d user="$1" "$GALLERY_URL/login"
	for path in users images images/7 categories categories/sea 'search?q=7'; do
		browse "$GALLERY_URL/$path"
	done
}

@test "the gallery's groups and sessions are recognized" {
	seed --endpoint "$LOCAL_URL" --table "$table" --ttl on
	start_gallery CACHETABLE="$table"
	visit ada
	run --separate-stderr ttlsweep inspect -t "$table" --format json
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.groups[].group]' <<<"$output")" = '["categories","category:","categoryImages:","image:","images","search:","session:","user:","users"]' ]
	[ "$(jq -c '[.kinds.session.live, .kinds.item.live, .states.live.items, .ttl_attribute]' <<<"$output")" = '[1,8,9,"ttl"]' ]
}

@test "connect-dynamodb's own layout is recognized: id, expires, sess:" {
	seed --endpoint "$LOCAL_URL" --table "$table" --key id --ttl-attribute expires --ttl on
	start_gallery CACHETABLE="$table" LAYOUT=connect
	visit ada
	run --separate-stderr ttlsweep inspect -t "$table" --format json
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.key, .ttl_attribute, .kinds.session.live, .kinds.item.live]' <<<"$output")" = '[["id"],"expires",1,8]' ]
}

@test "a purged session is logged out, a renewed one is not" {
	seed --endpoint "$LOCAL_URL" --table "$table"
	# These galleries trust TTL: a session in the table is logged in.
	start_gallery CACHETABLE="$table" TRUST_TTL=1 SESSION_SECONDS=1
	browse -d user=old "$GALLERY_URL/login"
	# curl drops an expired cookie; somebody who stole it would not.
	old=$(awk '/connect.sid/ { print $7 }' "$jar")
	rm "$jar"
	start_gallery CACHETABLE="$table" TRUST_TTL=1
	browse -d user=ada "$GALLERY_URL/login"
	sleep 2
	[ "$(curl -sS -H "Cookie: connect.sid=$old" "$GALLERY_URL/me")" = '{"user":"old"}' ]
	sleep 2 # looking has renewed it, for its one second
	run ttlsweep purge --yes -t "$table" --kind session --journal "$BATS_TEST_TMPDIR/j"
	[ "$status" -eq 0 ]
	[ "$(status_of "$GALLERY_URL/me")" = 200 ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' -H "Cookie: connect.sid=$old" "$GALLERY_URL/me")" = 401 ]
}

@test "a cookie finds its session" {
	seed --endpoint "$LOCAL_URL" --table "$table" --ttl on
	start_gallery CACHETABLE="$table" SESSION_SECRET='a secret'
	browse -d user=ada.lovelace "$GALLERY_URL/login"
	printf 'a secret' >"$BATS_TEST_TMPDIR/secret"
	cookie=$(awk '/connect.sid/ { print $7 }' "$jar")
	run --separate-stderr ttlsweep show -t "$table" --reveal --cookie "$cookie" --secret-file "$BATS_TEST_TMPDIR/secret"
	[ "$status" -eq 0 ]
	[[ $output == *ada.lovelace* ]]
	printf 'another secret' >"$BATS_TEST_TMPDIR/secret"
	run --separate-stderr ttlsweep show -t "$table" --cookie "$cookie" --secret-file "$BATS_TEST_TMPDIR/secret"
	[ "$status" -eq 1 ]
}
