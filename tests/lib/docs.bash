# shellcheck shell=bash
# The world that the commands of README.md and docs/ are run in: DynamoDB
# Local with the gallery's cache (tools/gallery_cache.py), ttlsweep in the PATH.
#
#   docs_begin             start it; an operator's home to work in
#   docs_fill              make the table, as it is at the beginning of a page
#   docs_split PAGE DIR    its blocks of commands (```sh), DIR/HEADING.N
#   docs_home              a filter: paths as the operator would see them

docs_begin() {
	start_local
	mkdir -p "$WORLD/bin" "$WORLD/ops"
	ln -sf "$TTLSWEEP" "$WORLD/bin/ttlsweep"
	export PATH=$WORLD/bin:$PATH HOME=$WORLD/ops
	unset -f ttlsweep
	export XDG_STATE_HOME=$HOME/.local/state
	cd "$WORLD/ops" || return 1
}

docs_fill() {
	local table=${1:-TSAGalleryCache}
	aws dynamodb delete-table --endpoint-url "$LOCAL_URL" \
	    --table-name "$table" >/dev/null 2>&1 || :
	"$PYTHON" "$ROOT/tests/tools/gallery_cache.py" "$(date +%s)" |
	    seed --endpoint "$LOCAL_URL" --table "$table" --ttl on \
	        --items - >/dev/null
}

# HEADING is the second-level heading above, "top" before the first.
docs_split() {
	mkdir -p "$2"
	awk -v dir="$2" '
		/^## / { heading = substr($0, 4); gsub("/", "-", heading) }
		/^```sh$/ { file = dir "/" (heading ? heading : "top") "." ++n[heading]; next }
		/^```$/ { if (file) close(file); file = ""; next }
		file { print >file }' "$1"
}

docs_home() { sed "s,$WORLD/ops,/home/ops,g"; }
