#!/usr/bin/env bash
# layering.sh: a room includes itself and the rooms below it; a third-party
# library is the business of one or two files, which its row names.
set -u
cd "$(dirname "$0")/.." || exit 1
rooms=(base dynamodb inspector export sweep cli)
bad=0

say()
{
	echo "$*"
	bad=1
}

below=' '
for room in "${rooms[@]}"; do
	below+="$room "
	while IFS=: read -r file line text; do
		path=${text#*\"} path=${path%%\"*}
		[[ -f $path ]] || say "$file:$line: no file $path"
		[[ $below == *" ${path%%/*} "* ]] ||
		    say "$file:$line: $room may not include $path"
	done < <(grep -nE '^[ \t]*#[ \t]*include[ \t]*"' "$room"/*.[ch] /dev/null)
done

# header: at most so many .c files, and no header of ours
while read -r header most; do
	users=$(grep -lE "#[ \t]*include[ \t]*<$header" -- */*.[ch] | grep -v ^tests/)
	[[ $(grep -c . <<<"$users") -le $most ]] ||
	    say "<$header> is included by more than $most files:" $users
	[[ $users != *.h* ]] || say "<$header> in a header:" $users
done <<'END'
curl/ 1
cjson/ 3
csv.h 2
expat.h 1
libsmartcols 1
zlib.h 3
openssl/ 5
END
exit $bad
