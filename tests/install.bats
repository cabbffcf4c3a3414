#!/usr/bin/env bats
# make install and make uninstall: what goes where, with which modes under which
# umask, and that uninstall leaves nothing.

load lib/common

setup() {
	unset MAKEFLAGS MAKELEVEL
	PREFIX=$BATS_TEST_TMPDIR/usr
}

# This installs what has been built, and compiles nothing.
make_() { make -s -C "$ROOT" SAN="${SAN:-}" PREFIX="$PREFIX" "$@"; }

@test "everybody can read the files, whatever the umask of the installer" {
	(umask 077 && make_ install)
	[[ -z $(find "$PREFIX" -type d ! -perm 755) ]]
	[[ -z $(find "$PREFIX" -type f ! -perm 644 ! -path "$PREFIX/bin/*" \
	    ! -name .directories) ]]
	[[ $(stat -c %a "$PREFIX/bin/ttlsweep") == 755 ]]
	[[ $("$PREFIX/bin/ttlsweep" --version) == "$(ttlsweep --version)" ]]
}

@test "completions, manual pages, examples and docs are installed" {
	local page
	make_ install
	cmp <(ttlsweep completion bash) \
	    "$PREFIX/share/bash-completion/completions/ttlsweep"
	cmp <(ttlsweep completion zsh) "$PREFIX/share/zsh/site-functions/_ttlsweep"
	cmp <(ttlsweep completion fish) \
	    "$PREFIX/share/fish/vendor_completions.d/ttlsweep.fish"
	for page in "$ROOT"/man/*.[1-9]; do
		cmp "$page" "$PREFIX/share/man/man${page##*.}/${page##*/}"
	done
	diff -r "$ROOT/examples" "$PREFIX/share/doc/ttlsweep/examples"
	diff -r "$ROOT/docs/images" "$PREFIX/share/doc/ttlsweep/docs/images"
	for page in "$ROOT"/*.md "$ROOT"/docs/*.md; do
		diff <(without_pages "$page") \
		    <(without_pages "$PREFIX/share/doc/ttlsweep/${page#"$ROOT"/}")
	done
}

# $1 without where its links to manual pages lead
without_pages() { sed -E 's|\]\([^)]*man/[^)]*\)|](page)|g' "$1"; }

@test "links in the installed documents lead to installed files" {
	local doc=$PREFIX/share/doc/ttlsweep page link links=0
	make_ DESTDIR="$BATS_TEST_TMPDIR/stage" install
	make_ install
	grep -q "](/.*/man1/ttlsweep.1)" "$doc/README.md"
	for page in "$doc"/*.md "$doc"/*/*.md; do
		while read -r link; do
			[[ $link == /* ]] || link=${page%/*}/$link
			[[ -e $link ]]
			links=$((links + 1))
		done < <(grep -o '](\([^)#]*\)' "$page" | sed 's/..//' | grep -v '^$\|^http' || true)
	done
	((links > 30))
	# with DESTDIR they lead to where the files will be
	cmp "$doc/README.md" "$BATS_TEST_TMPDIR/stage$doc/README.md"
}

@test "fish finds its completion under /usr/local" {
	PREFIX=/usr/local
	make_ DESTDIR="$BATS_TEST_TMPDIR/stage" install
	[[ -f $BATS_TEST_TMPDIR/stage/etc/fish/completions/ttlsweep.fish ]]
	make_ DESTDIR="$BATS_TEST_TMPDIR/stage" uninstall
	[[ -z $(find "$BATS_TEST_TMPDIR/stage" -mindepth 1) ]]
}

@test "uninstall removes all files, and the directories that install created" {
	mkdir -p "$PREFIX/share/zsh"
	make_ install
	make_ install # twice is once
	touch "$PREFIX/share/man/man1/other.1"
	make_ uninstall
	[[ $(find "$PREFIX" | sort | xargs -n 1 basename | tr '\n' ' ') == \
	    "usr share man man1 other.1 zsh " ]]
}
