# shellcheck shell=bash
# The environment for the commands in README.md and docs/: DynamoDB Local with
# the gallery's cache (tools/gallery_cache.py), and ttlsweep in the PATH.
#
#   docs_begin             start it, with an operator's home
#   docs_fill              make the table as it is at the start of a page
#   docs_split PAGE DIR    write its commands (```sh) to DIR/HEADING.N
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

# HEADING is the second-level heading, or "top" before the first.
docs_split() {
	mkdir -p "$2"
	awk -v dir="$2" '
		/^## / { heading = substr($0, 4); gsub("/", "-", heading) }
		/^```sh$/ { file = dir "/" (heading ? heading : "top") "." ++n[heading]; next }
		/^```$/ { if (file) close(file); file = ""; next }
		file { print >file }' "$1"
}

docs_home() { sed "s,$WORLD/ops,/home/ops,g"; }
