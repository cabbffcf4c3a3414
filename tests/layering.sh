#!/usr/bin/env bash
# layering.sh: a room includes itself and the rooms below it; a third-party
# library is the business of one or two files, which its row names.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

say()
{
	echo "$*"
	bad=1
}

# A room, and those right below it; all that these may include, it may.
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
# Who sees the rooms above: the program's main and its table of commands.
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

# header: at most so many .c files, and no header of ours
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
