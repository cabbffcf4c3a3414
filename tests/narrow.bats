#!/usr/bin/env bats
# Narrow terminals: texts are cut, with an ellipsis; numbers and hashes are not.

load lib/common

NOW=1795335120

setup() {
	cd "$BATS_TEST_TMPDIR"
	# a masked key, then keys and numbers of every length
	local i n=1
	{
		echo '{"Item":{"key":{"S":"session:0123456789abcdef"},"ttl":{"N":"1790000000000"}}}'
		for i in {1..19}; do
			n=${n}7
			printf '{"Item":{"key":{"S":"image:%s"},"n":{"N":"%s"},"ttl":{"N":"%s"},"d":{"S":"%0*d"}}}\n' \
			    "a-rather-long-name-of-an-image-$i" $n 179000${n:0:$((i % 9))} $((i * 800)) 0
		done
	} >items
	printf '{"Item":{"id":{"N":"%s"},"at":{"N":"%s"},"ttl":{"S":"1790000000000"}}}\n' \
	    12345678901234567890123456789012345678 1790000000000 7 1790000000001 >numbers
	HASH=…$(printf session:0123456789abcdef | sha256sum | head -c 6)
}

# on COLUMNS COMMAND...: its output on a terminal of that width, in the file shown.
on() {
	local columns=$1
	shift
	"$PYTHON" "$ROOT/tests/lib/terminal.py" --columns "$columns" \
	    "$TTLSWEEP" "$@" | tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g' >shown
	[[ -s shown ]]
}

# fits COLUMNS: no line of $shown is wider.
fits() { [[ $(wc -L <shown) -le $1 ]] || { cat shown; false; }; }

@test "list shows TTL values whole, and cuts keys with an ellipsis" {
	jq -r '.Item.ttl.N' items | sort >ttls
	for columns in 200 80 40 24; do
		on $columns list -i items --now $NOW --columns key,ttl --no-headings
		fits $columns
		awk '{print $NF}' shown | sort | cmp - ttls
		[[ $(grep -cE "$HASH +1790000000000" shown) -eq 1 ]]
		if [[ $columns -gt 60 ]]; then
			[[ $(grep -c '^image:a-rather-long-name-of-an-image-' shown) -eq 19 ]]
		else
			[[ $(grep -cE '^image:[^ ]*… +[0-9]+$' shown) -eq 19 ]]
		fi
	done
	# no room at all: longer lines, which the terminal wraps
	on 20 list -i items --now $NOW --columns key,ttl --no-headings
	awk '{print $NF}' shown | sort | cmp - ttls
	grep -q "$HASH" shown
	on 20 list -i items --now $NOW --columns key,ttl,@n,size --no-headings
	awk 'NF == 4 {print $3}' shown | sort | cmp - <(jq -r '.Item.n.N // empty' items | sort)
}

@test "list --top keeps the column that it sorts by" {
	local by
	for by in overdue size; do
		on 40 list -i items --now $NOW --top 3 --by $by
		fits 40
		[[ $(head -n 1 shown) == *" $by"* ]] || { cat shown; false; }
	done
}

@test "list leaves out default columns to make room" {
	local columns
	ttlsweep list -i items --now $NOW --columns key,size --no-headings |
	    awk '{print $NF}' | sort >sizes
	while read -r columns names; do
		on $columns list -i items --now $NOW
		fits $columns
		[[ $(head -n 1 shown | xargs) == "key $names" ]] || { cat shown; false; }
		[[ $(grep -c "$HASH" shown) -eq 1 ]]
		[[ $names != *size ]] || tail -n +2 shown | awk '{print $NF}' | sort | cmp - sizes
	done <<-END
		120 kind state reason expires overdue size
		91 kind state reason expires overdue size
		90 state reason expires overdue size
		80 state reason expires size
		60 state expires size
		59 state size
		40 state size
		20 state
	END
	for columns in 80 40 24; do
		on $columns list -i numbers --key id,at --now $NOW
		grep -q '^12345678901234567890123456789012345678 1790000000000' shown
		grep -qE '^ *7 +1790000000001' shown
	done
}

@test "notes are broken at words, but commands are not" {
	printf '{"Item":{"key":{"S":"a"},"ttl":{"S":"2026-01-01T00:00:00"}}}\n' >zoneless
	on 40 list -i zoneless --now $NOW --columns key,expires
	fits 40
	grep -q '^ttlsweep: some of these times have no$' shown
	grep -q '^time zone; they are shown as UTC, which$' shown
	# this one contains a command
	printf '{"Item":{"key":{"S":"a"}}}\n' >nameless
	on 40 list -i nameless --now $NOW --state live
	grep -q 'name it with --ttl-attribute (ttlsweep inspect shows' shown
}

@test "a narrow report shows the same numbers as a wide one" {
	for command in inspect "list --top 5 --by size" "show image:a-rather-long-name-of-an-image-7"; do
		# shellcheck disable=SC2086 # words
		on 400 $command -i items --now $NOW
		cp shown wide
		for columns in 80 40; do
			# shellcheck disable=SC2086
			on $columns $command -i items --now $NOW
			"$PYTHON" - <<-'PY'
				import re
				# except in keys, and the time it took; words are wrapped
				words = lambda name: re.sub(r"\S*(image|session):\S*|\n\s*", " ", open(name).read())
				numbers = lambda name: set(re.findall(r"\d+(?: \d{3})*(?:[.,]\d+)*",
				    re.sub(r"Read in [0-9.]+ s", "", words(name))))
				other = numbers("shown") - numbers("wide")
				assert not other, other
			PY
		done
	done
	on 40 inspect -i items --now $NOW
	fits 40
	# a row that no longer adds up says so
	[[ $(grep -A1 'no room for' shown | xargs) == *"no room for LIVE, IMMORTAL, BYTES"* ]]
	on 80 inspect -i items --now $NOW
	[[ $(<shown) != *'no room for'* ]]
}
