#!/usr/bin/env bats
# The completions in the shells they are made for: zsh and fish, as installed.

load ../lib/common

setup_file() {
	make -C "$ROOT" --no-print-directory install SAN= \
	    DESTDIR="$BATS_FILE_TMPDIR" PREFIX=/usr >/dev/null
}

setup() {
	SHARE=$BATS_FILE_TMPDIR/usr/share
	BIN=$BATS_FILE_TMPDIR/usr/bin
	cd "$BATS_TEST_TMPDIR" || return
	touch 'a b.journal'
	mkdir home
}

# What fish offers for a line, without its descriptions.
fish_offers() {
	PATH=$BIN:$PATH HOME=$PWD/home fish --no-config -c "
	    source $SHARE/fish/vendor_completions.d/ttlsweep.fish
	    complete -C '$1'" | cut -f 1
}

terminal() { tmux -S "$PWD/socket" -f /dev/null "$@"; }

# screen TEXT: it comes to stand on the terminal.
screen() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		! terminal capture-pane -p | grep -qF -- "$1" || return 0
		sleep 0.1
	done
	terminal capture-pane -p
	return 1
}

# zsh_shows LINE TEXT: after LINE and TAB that text stands on the terminal.
zsh_shows() {
	terminal send-keys -l "$1"
	terminal send-keys Tab
	screen "$2"
	terminal send-keys C-u C-l
}

teardown() { terminal kill-server 2>/dev/null || :; }

@test "fish offers commands, options, choices, lists and files" {
	fish_offers 'ttlsweep ins' | diff - <(echo inspect)
	fish_offers 'ttlsweep purge --y' | diff - <(echo --yes)
	fish_offers 'ttlsweep list --format t' | diff - <(printf 'table\ntsv\n')
	fish_offers 'ttlsweep list --format=js' | diff - <(echo --format=jsonl)
	fish_offers 'ttlsweep list --state pending,s' | diff - <(echo pending,stuck)
	fish_offers 'ttlsweep restore a' | grep -F 'b.journal'
}

@test "zsh offers commands, options, choices, lists and files" {
	printf '%s\n' "fpath=($SHARE/zsh/site-functions \$fpath)" \
	    "path=($BIN \$path)" 'autoload -U compinit' 'compinit -u -D' \
	    'PS1="ready> "' >home/.zshrc
	env -u TMUX ZDOTDIR="$PWD/home" HOME="$PWD/home" LANG=C.UTF-8 \
	    tmux -S "$PWD/socket" -f /dev/null new-session -d -x 100 -y 50 zsh -d -i
	screen 'ready>'
	zsh_shows 'ttlsweep ins' 'ttlsweep inspect'
	zsh_shows 'ttlsweep purge --y' 'ttlsweep purge --yes'
	zsh_shows 'ttlsweep list --format js' 'ttlsweep list --format jsonl'
	zsh_shows 'ttlsweep list --format=js' 'ttlsweep list --format=jsonl'
	zsh_shows 'ttlsweep list --state pending,s' \
	    'ttlsweep list --state pending,stuck'
	zsh_shows 'ttlsweep restore a' 'ttlsweep restore a\ b.journal'
	# several, with what they are
	zsh_shows 'ttlsweep re' 'repair'
	zsh_shows 'ttlsweep list --format t' 'tsv'
}
