#!/usr/bin/env bats
# Tables as session libraries write them: which entries are sessions, why TTL
# does not delete them, and that a purge deletes only expired ones.

load lib/common

setup_file() { start_local; }
teardown_file() { stop_servers; }
setup() { cd "$BATS_TEST_TMPDIR" || return; }

ID=Ab12ZqSecretQz

# written_by STORE [TABLE]: the library itself writes the table $T.
written_by() {
	T=${2:-$(new_table stores)}
	NODE_PATH=$SERVERS/npm/node_modules node "$ROOT/tests/tools/stores.js" "$1" "$T" "$ID"
}

# rows COLUMN,...: of all entries, sorted, with the TTL attribute $TTL.
rows() { ttlsweep list -q -t "$T" --ttl-attribute "$TTL" --format tsv --no-headings --columns "$1" | sort; }

# Both sessions of an express-session store are masked, and only the expired one
# is purged.
is_session_store() {
	local key=$1
	TTL=expires
	[[ $(rows kind,state,reason,group) == $'session\tlive\tttl-off\tsess:\nsession\tstuck\tttl-off\tsess:' ]]
	[[ $(rows key | grep -c '^sess:Ab12…......$') -eq 2 ]]
	run -0 ttlsweep list -t "$T" --ttl-attribute expires --format jsonl
	[[ $output != *"$ID"* && $output == *'"sess":"… '* ]]
	run -0 --separate-stderr ttlsweep inspect -t "$T" --ttl-attribute expires --format json
	[[ $output != *"$ID"* ]]
	jq -e '.kinds.session.items == 2 and .kinds.item.items == 0 and (.groups | map(.group)) == ["sess:"]' <<<"$output"
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --ttl-attribute expires --yes --no-journal --format json
	jq -e '.matched == 1 and .deleted == 1' <<<"$output"
	run -0 ttlsweep list -q -t "$T" --ttl-attribute expires --reveal --format tsv --no-headings --columns "$key"
	[[ $output == "sess:$ID-new" ]]
}

@test "sessions of connect-dynamodb are masked and purged" { written_by connect-dynamodb && is_session_store key; }
@test "sessions of connect-dynamodb 2, with the old SDK, are masked and purged" { written_by connect-dynamodb-2 && is_session_store key; }
@test "sessions of dynamodb-store are masked and purged" { written_by dynamodb-store && is_session_store sessionId; }

@test "show --cookie finds the session in the table of a store" {
	written_by dynamodb-store
	run -0 ttlsweep show -t "$T" --ttl-attribute expires --cookie "s%3A$ID-new.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
	[[ $output == *"session, "* && $output != *"$ID"* ]]
}

@test "sessions of Auth.js are found in the sort key" {
	written_by auth-js
	TTL=expires
	[[ $(rows kind,state,group) == "item	immortal	USER# ACCOUNT#
item	immortal	USER# USER#
item	stuck	VT# VT#
session	live	USER# SESSION#
session	stuck	USER# SESSION#" ]]
	run -0 ttlsweep list -q -t "$T" --ttl-attribute expires --columns sk,@sessionToken,@GSI1PK,@token,@access_token,value --format tsv
	[[ $output != *"$ID"* && $output == *SESSION#Ab12…* && $output == *VT#Ab12…* && $output == *'"access_token":"… '* ]]
	# the account and the user are not secret
	[[ $output == *ACCOUNT#github#100* && $output == *'"email":"ada@example.com"'* ]]
	run -0 ttlsweep inspect -t "$T" --ttl-attribute expires
	[[ $output != *"$ID"* && $output == *"USER# SESSION#"* ]]
	[[ $(ttlsweep list -q -t "$T" --ttl-attribute expires --sort-prefix SESSION# --format tsv --no-headings | wc -l) -eq 2 ]]
	[[ $(ttlsweep list -q -t "$T" --ttl-attribute expires --kind session --format tsv --no-headings | wc -l) -eq 2 ]]
	[[ $(ttlsweep list -q -t "$T" --ttl-attribute expires --sort-prefix VT# --prefix VT# --format tsv --no-headings | wc -l) -eq 1 ]]
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --ttl-attribute expires --yes --no-journal --sort-prefix SESSION# --format json
	jq -e '.matched == 1 and .deleted == 1' <<<"$output"
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --ttl-attribute expires --yes --no-journal --format json
	jq -e '.matched == 1 and .deleted == 1' <<<"$output"
	[[ $(rows kind,state | tr '\t\n' '  ') == 'item immortal item immortal session live ' ]]
}

@test "entries of Auth.js are read from a file" {
	run -0 --separate-stderr ttlsweep inspect -i "$ROOT/tests/cases/next-auth.jsonl" --ttl-attribute expires --now 1750000000 --key pk,sk --format json
	jq -e '.kinds.session.live == 1 and .kinds.item.pending == 1 and .kinds.item.immortal == 1 and
	    (.groups | map(.group)) == ["USER# ACCOUNT#", "USER# SESSION#", "VT# VT#"]' <<<"$output"
	[[ $output != *aaaaaaaa-* ]]
}

@test "a block of rate-limiter-flexible without an end is not purged" {
	written_by rate-limiter-flexible
	TTL=expire
	[[ $(rows kind,state,reason,ttl,group) == "item	immortal	no-time	-1	login:
item	live	ttl-off	"*"	login:" ]]
	run -0 --separate-stderr ttlsweep purge -q -t "$T" --ttl-attribute expire --yes --no-journal --format json
	jq -e '.scanned == 2 and .matched == 0' <<<"$output"
}

# one TABLE KEY ID [SEED-OPTION...]: a table with one expired entry.
one() {
	T=$1
	printf '{"Item":{"%s":{"S":"%s"},"data":{"S":"%s"},"ttl":{"N":"1700000000"}}}\n' "$2" "$3" "$3" |
	    seed --endpoint "$LOCAL_URL" --table "$1" --key "$2" --items - >/dev/null
}
kind() { ttlsweep list -t "$T" --format tsv --no-headings --columns kind,key,group,value "$@" 2>err; }

@test "sessions of PHP and Ruby are known by a prefix or the key's name" {
	one "$(new_table php)" id "PHPSESSID_$ID"
	[[ $(kind) == "session	PHPSESSID_…"*"	(none)	… "* ]]
	one "$(new_table ruby)" session_id "$ID-0123456789"
	[[ $(kind) == "session	Ab12…"*"	(none)	… "* ]]
	for name in sessionId sessionid session sid PHPSESSID; do
		one "$(new_table name)" $name abc
		[[ $(kind) == "session	…"* ]]
	done
	one "$(new_table other)" sids abc
	[[ $(kind) == "item	abc"* ]]
}

@test "a table named after sessions contains only sessions, unless --session-prefix is given" {
	for word in MySessions prod-session user_session_v2; do
		one "$(new_table "$word")" id abc:def
		[[ $(kind) == "session	…"*"	abc:	… "* ]]
	done
	# that changes what is a session, but not what is masked
	[[ $(kind --session-prefix x:) == "item	…"* ]]
	[[ $(<err) == "ttlsweep: "*"--session-prefix 'x:': no key begins with it (1 entry read)"* ]]
	[[ $(kind --session-prefix abc) == "session	abc…"* && ! -s err ]]
	[[ $(kind --session-prefix abc --reveal) == "session	abc:def	abc:	"*abc:def* ]]
	for word in sessionsx obsession Assess; do
		one "$(new_table "$word")" id abc:def
		[[ $(kind) == "item	abc:def	abc:	"* ]]
	done
}

@test "every command warns of a prefix that matches nothing, and of no other" {
	one "$(new_table warn)" id "sess:$ID"
	warned="--session-prefix 'nobody:': no key begins with it (1 entry read)"
	for command in list inspect export purge repair 'purge --yes --no-journal --prefix nothing'; do
		# shellcheck disable=SC2086
		run -0 ttlsweep $command -t "$T" --session-prefix nobody: --session-prefix se
		[[ $output == *"$warned"* && $output != *"'se'"* ]]
		[[ $command == export || $output != *"$ID"* ]]
	done
	ttlsweep export -q -t "$T" -o file.json
	run -0 ttlsweep show -i file.json --session-prefix nobody: "sess:$ID"
	[[ $output == *"$warned"* && $output != *"$ID"* ]]
	# nothing was read
	run -0 ttlsweep list -t "$T" --keys-from <(echo nobody) --session-prefix nobody:
	[[ $output != *"no key begins with it"* ]]
}

@test "prefixes are compared with the bytes of binary keys" {
	T=$(new_table binary)
	for text in user:1 user:2 image:1; do
		printf '{"Item":{"k":{"B":"%s"},"s":{"B":"%s"}}}\n' "$(printf %s $text | base64)" "$(printf %s "x$text" | base64)"
	done | seed --endpoint "$LOCAL_URL" --table "$T" --key k --key-type B --sort-key s --sort-type B --items - >/dev/null
	count_of() { ttlsweep list -q -t "$T" --format tsv --no-headings "$@" | wc -l; }
	[[ $(count_of --prefix user:) -eq 2 && $(count_of --prefix dXNl) -eq 0 ]]
	[[ $(count_of --sort-prefix ximage) -eq 1 && $(count_of --prefix user: --sort-prefix xuser:2) -eq 1 ]]
	run -2 ttlsweep list -t "$T" --sort-prefix "session:Ab12…012345"
	[[ $output == *"--sort-prefix 'session:Ab12…012345': is masked"* ]]
}

@test "--group and --group-separators decide where groups end" {
	T=$(new_table groups)
	printf '{"Item":{"pk":{"S":"%s"},"sk":{"S":"%s"}}}\n' 'a#b:c' 'd/e' 'a|b' f 'x' 'y:z' x y |
	    seed --endpoint "$LOCAL_URL" --table "$T" --key pk --sort-key sk --items - >/dev/null
	groups() { ttlsweep inspect -q -t "$T" --format json "$@" | jq -c '.groups | map(.group)'; }
	[[ $(groups) == '["(none)","(none) y:","a# d/","a|"]' ]]
	[[ $(groups --group x) == '["a# d/","a|","x","x y:"]' ]]
	[[ $(groups --group-separators :) == '["(none)","(none) y:","a#b:"]' ]]
	[[ $(groups --group-separators '') == '["(none)"]' ]]
	run -2 ttlsweep list -t "$T" --group-separators ä
	[[ $output == *"only ASCII characters can be separators"* ]]
	[[ $(ttlsweep inspect -q -t "$T" --format json --group-separators : | jq -r .judging) == "--group-separators :" ]]
}
