#!/usr/bin/env bash
# circles.sh DIR: check that no files of the program call each other in a
# circle, by the symbols that the objects in DIR define and use.
set -u
cd "$(dirname "$0")/.." || exit 1

names()
{
	find lib inspector export sweep cli -name '*.c' | while read -r file; do
		[[ ! -f $1/${file%.c}.o ]] || nm -g "$1/${file%.c}.o" |
		    sed "s|^|$file |"
	done
}

circles=$(names "$1" | awk '
	$NF == "main" { next }
	$(NF - 1) == "U" { uses[$1 " " $NF]; next }
	{ home[$NF] = $1 }
	END {
		for (use in uses) {
			split(use, a)
			if (a[2] in home && home[a[2]] != a[1])
				print a[1], home[a[2]]
		}
	}' | sort -u | tsort 2>&1 >/dev/null)
[[ -n $circles ]] || exit 0
awk '/contains a loop/ { printf "%sthese call each other in a circle:", end
		end = "\n"; next }
	{ printf " %s", $NF }
	END { print "" }' <<<"$circles"
exit 1
