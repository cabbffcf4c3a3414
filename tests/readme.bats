#!/usr/bin/env bats
# README.md: the output in it is what the program prints (make pictures updates
# it), its commands work as printed, and its links lead somewhere.

load lib/common
load lib/docs

setup_file() {
	docs_begin
	docs_split "$ROOT/README.md" "$WORLD/blocks"
}

teardown_file() { stop_servers; }

setup() {
	rm -rf "${HOME:?}"/* "${HOME:?}/.local"
	cd "$HOME" || return 1
	docs_fill
}

@test "the output shown is current (if not: make pictures)" {
	"$PYTHON" "$ROOT/tests/tools/transcript.py" --check "$ROOT/README.md"
}

@test "the quick start installs what the build needs" {
	local want shown
	want=$(sed -n 's/^build\t.*\t//p' "$ROOT/tests/deps.sh" | sort -u)
	shown=$(sed -n '/apt-get install/,/[^\\]$/p' "$WORLD/blocks/Quick start.1" |
	    tr -d '\\' | sed 's/.*install -y//' | tr ' ' '\n' | grep . | sort)
	diff <(echo "$want") <(echo "$shown")
}

@test "the commands of the quick start work, in this order" {
	local line ran=0
	while read -r line; do
		echo "\$ $line"
		eval "$line"
		ran=$((ran + 1))
	done < <(grep -E '^(ttlsweep|export) ' "$WORLD/blocks/Quick start.1")
	[[ $ran -eq 6 ]]
	[[ $(ttlsweep inspect -q --format json | jq .states.stuck.items) -eq 48 ]]
	run ! grep -vE '^(ttlsweep|export|sudo apt-get |make -j|    (libcurl|zlib))' \
	    "$WORLD/blocks/Quick start.1"
}

@test "the commands shown without output work" {
	# those in the text are run as recipes, or in the quick start
	sed -n 's/.*(`\(ttlsweep show --cookie [^`]*\)`).*/\1/p' "$ROOT/README.md" |
	    grep . >shown
	grep -qxFf shown "$ROOT/docs/recipes.md"
	# shellcheck disable=SC1091 # the page's
	source "$WORLD/blocks/What people do with it.1"
	[[ $(ttlsweep inspect -q --format json | jq .states.stuck.items) -eq 9 ]]
	[[ ! -e "$WORLD/blocks/What people do with it.2" ]]
}

# anchors PAGE: those of its headings, as GitHub makes them
anchors() {
	sed -n 's/^#\{1,4\} //p' "$1" | tr '[:upper:]' '[:lower:]' |
	    sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

@test "the links of all pages have a target" {
	local page link file bad=0
	for page in "$ROOT"/*.md "$ROOT"/docs/*.md "$ROOT"/examples/*.md; do
		while read -r link; do
			file=${link%%#*}
			[[ -n $file ]] && file=$(dirname "$page")/$file || file=$page
			if [[ ! -e $file ]]; then
				echo "$page: $link: no such file"
				bad=1
			elif [[ $link == *#* ]] &&
			    ! anchors "$file" | grep -qxF -e "${link#*#}"; then
				echo "$page: $link: no such heading"
				bad=1
			fi
		done < <(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//' |
		    grep -vE '^(https?|mailto):')
	done
	[[ $bad -eq 0 ]]
}

@test "the pictures are small and load nothing" {
	local size
	for picture in "$ROOT"/docs/images/*; do
		size=$(stat -c %s "$picture")
		[[ $size -gt 1000 && $size -lt 120000 ]]
	done
	"$PYTHON" -c 'import sys, xml.dom.minidom
xml.dom.minidom.parse(sys.argv[1])' "$ROOT/docs/images/terminal.svg"
	run ! grep -E '<script|href|@import|url\(' "$ROOT/docs/images/terminal.svg"
}
