#!/usr/bin/env bash
# pictures.sh: make the pictures in docs/images and the sample output in
# README.md from the program's output about the gallery's cache in DynamoDB
# Local. Uses real servers, a terminal (tmux) and a browser (Chromium), in a
# temporary directory that is removed afterwards.
set -euo pipefail

unset WORLD
# shellcheck source=tests/lib/common.bash
source "$(dirname "$0")/lib/common.bash"
# shellcheck source=tests/lib/docs.bash
source "$ROOT/tests/lib/docs.bash"
# shellcheck source=tests/lib/locks.bash
source "$ROOT/tests/lib/locks.bash"
locks_begin
socket=$WORLD/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null || :; stop_servers; locks_end
    rm -rf "$WORLD"' EXIT
trap 'exit 130' INT TERM HUP

images=$ROOT/docs/images
mkdir -p "$images"
docs_begin
docs_fill

# A terminal like an operator's: with a prompt, and without our paths.
cat >"$WORLD/rc" <<'RC'
PS1='$ '
PROMPT_COMMAND='tmux -S "$TMUX_SOCKET" wait-for -S prompt'
RC
export TMUX_SOCKET=$socket TERM=xterm-256color

columns=84
tmux -S "$socket" -f /dev/null new-session -d -x $columns -y 60 \
    -e PATH="$PATH" "bash --rcfile $WORLD/rc --noprofile -i"
tmux -S "$socket" set-option -g history-limit 5000 \; \
    set-option -g default-terminal tmux-256color
tmux -S "$socket" wait-for prompt

# The shell signals just before it prints its prompt: wait for the prompt, too,
# as text typed before it is echoed twice.
at_prompt() {
	tmux -S "$socket" wait-for prompt
	until [[ $(tmux -S "$socket" capture-pane -pJ | grep . | tail -n 1) == '$'* ]]; do
		sleep .05
	done
	sleep .1
}

# scene COMMAND: type it, and save what the terminal shows in a file
scenes=()
scene() {
	scenes+=("$WORLD/scene.${#scenes[@]}")
	tmux -S "$socket" send-keys clear Enter
	at_prompt
	tmux -S "$socket" clear-history
	tmux -S "$socket" send-keys -l "$1"
	tmux -S "$socket" send-keys Enter
	at_prompt
	tmux -S "$socket" capture-pane -epJ -S - | docs_home >"${scenes[-1]}"
}

scene 'ttlsweep inspect --top 3'
scene 'ttlsweep list --state stuck --reason milliseconds,string --top 5'
scene 'ttlsweep purge --state stuck'
scene 'ttlsweep purge --state stuck --yes --journal stuck.journal'
scene 'ttlsweep restore stuck.journal --yes'
"$PYTHON" "$ROOT/tests/tools/terminal_svg.py" --columns $columns --rows 32 \
    --title "ttlsweep at a terminal: inspect, list, purge, restore" \
    "${scenes[@]}" >"$images/terminal.svg"
echo "docs/images/terminal.svg"

ttlsweep inspect -q --format html -o "$WORLD/report.html"
browser=$(command -v chromium || command -v chromium-browser)
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --user-data-dir="$WORLD/browser" --window-size=1000,640 \
    --screenshot="$WORLD/report.png" "file://$WORLD/report.html" \
    >"$WORLD/browser.log" 2>&1 || {
	cat "$WORLD/browser.log" >&2
	exit 1
}
mv "$WORLD/report.png" "$images/report.png"
echo "docs/images/report.png"

rm -rf "${HOME:?}"/*
docs_fill
"$PYTHON" "$ROOT/tests/tools/transcript.py" "$ROOT/README.md"
echo "README.md"
