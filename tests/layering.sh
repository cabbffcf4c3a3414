#!/usr/bin/env bash
# layering.sh: check that a room includes only itself and the rooms below it,
# and that only one or two files, listed here, include a third-party library.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

say()
{
	echo "$*"
	bad=1
}

# A room, and those directly below it; it may include what they may.
declare -A below
while read -r room rooms; do
	all=" $room "
	for lower in $rooms; do
		for deeper in ${below[$lower]}; do
			[[ $all == *" $deeper "* ]] || all+="$deeper "
		done
	done
	below[$room]=$all
done <<'END'
lib/base
lib/aws lib/base
lib/aws/query lib/aws
lib/aws/provider lib/aws/query
lib/dynamodb lib/aws
lib/stream lib/base
inspector lib/dynamodb
export inspector lib/stream
sweep export
cli sweep lib/aws/provider
cli/option cli
cli/report cli/option
cli/context cli/report
cli/doctor cli/context
cli/command cli/doctor
END
# Files that may include all rooms: main and the table of commands.
top='cli/main.c cli/commands.c'

while IFS=: read -r file line text; do
	path=${text#*\"} path=${path%%\"*}
	[[ -f $path ]] || say "$file:$line: no file $path"
	room=${file%/*}
	[[ -n ${below[$room]:-} ]] || say "$file: $room is no room"
	[[ ${below[$room]:-} == *" ${path%/*} "* || " $top " == *" $file "* ]] ||
	    say "$file:$line: $room may not include $path"
done < <(grep -rnE '^[ \t]*#[ \t]*include[ \t]*"' --include='*.[ch]' \
    lib inspector export sweep cli)

# header: the most .c files that include it; no header of ours may
while read -r header most; do
	users=$(grep -rlE "#[ \t]*include[ \t]*<$header" --include='*.[ch]' \
	    lib inspector export sweep cli)
	[[ $(grep -c . <<<"$users") -le $most ]] ||
	    say "<$header> is included by more than $most files:" $users
	[[ $users != *.h* ]] || say "<$header> in a header:" $users
done <<'END'
curl/ 1
cjson/ 3
csv.h 2
expat.h 1
libsmartcols 1
zlib.h 1
openssl/ 5
END
exit $bad
