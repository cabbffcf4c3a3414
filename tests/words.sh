#!/usr/bin/env bash
# words.sh: check that no page, message or help uses these phrases. Each was in
# a message once; CONTRIBUTING.md has the words to use.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

# In strings of the program, and in pages.
phrases='exclude each other|begin anew|made anew|is no (name|time|JSON|number|key)|to be had|passed over|its like|cut short|a folder|the folder|tells (more|the|no|how)|\bmend(s|ed)?\b|come to it|line'"'"'s end|holds what|goes? on (from|with|there)|once it is whole|take (it|them) for|in place of that|spelt|not come to|in a folder|for who '

while IFS= read -r line; do
	echo "$line"
	bad=1
done < <(grep -nE "$phrases" README.md CONTRIBUTING.md docs/*.md man/*.[1-9] \
    examples/* 2>/dev/null | grep -v '^CONTRIBUTING.md:[0-9]*:| ')
# Only text between quotes counts, not comments.
while IFS= read -r line; do
	echo "$line"
	bad=1
done < <(grep -rnE '"' --include='*.c' lib inspector export sweep cli |
    grep -vE ':[0-9]+:[ \t]*(/\*|\*)' | grep -E "\"[^\"]*($phrases)[^\"]*\"")
exit $bad
