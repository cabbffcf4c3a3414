#!/usr/bin/env bats
# Exports to files: encrypted, in several runs, as a directory like DynamoDB's
# own; reading them back, and what is left of an export that fails.

load lib/common

NOW=1795000000

setup_file() {
	start_local
	TABLE=$(new_table files)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 1500 \
	    --now "$NOW" --max-size 3000
	cd "$BATS_FILE_TMPDIR"
	certificate rsa rsa:2048
	certificate rsa2 rsa:2048
	certificate ec ec -pkeyopt ec_paramgen_curve:P-256
	ttlsweep export -t "$TABLE" --now "$NOW" -q -o plain.json
	sort plain.json >rows
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR"; }

# certificate NAME KEY-TYPE...: NAME.key and NAME.pem.
certificate() {
	local name=$1
	shift
	openssl req -x509 -newkey "$@" -nodes -keyout "$name.key" \
	    -out "$name.pem" -days 30 -subj "/CN=$name" 2>"$name.said"
}

K() { echo "$BATS_FILE_TMPDIR/$1"; }
exports() { ttlsweep export -t "$TABLE" --now "$NOW" "$@"; }
# In the background, so that it can be interrupted (a shell ignores INT there).
slowly() {
	exec env --default-signal=INT "$TTLSWEEP" export -t "$TABLE" \
	    --now "$NOW" --max-rcu 1 "$@"
}
opened() { openssl cms -decrypt -binary -inform DER -in "$1" -inkey "$2"; }
# Byte for byte; main.bats compares them with what boto3 reads.
same_items() { sort "$1" | cmp - "$(K rows)"; }
nothing_here() { [[ -z $(ls -A) ]] || { ls -lA; return 1; }; }
# no_terminal COMMAND...: run it without a terminal.
no_terminal() { setsid -w "$@"; }

# fails STATUS TEXT ARGUMENT...: ttlsweep ends with STATUS and says TEXT.
fails() {
	local status_wanted=$1 text=$2
	shift 2
	run ttlsweep "$@"
	[[ $status -eq $status_wanted && $output == *"$text"* ]] || {
		echo "status $status instead of $status_wanted: $output"
		return 1
	}
}

@test "an encrypted export is read by openssl and by ttlsweep" {
	local key
	exports -o x.json --encrypt-to "$(K rsa.pem)" --encrypt-to "$(K ec.pem)"
	exports -o x.json.gz.p7m --encrypt-to "$(K ec.pem)" \
	    --encrypt-to "$(K rsa.pem)"
	[[ $(stat -c %a x.json) == 600 ]]
	run ! grep -q 'session:' x.json
	for key in rsa ec; do
		opened x.json "$(K $key.key)" >open.json
		same_items open.json
		opened x.json.gz.p7m "$(K $key.key)" | zcat >open.json
		same_items open.json
		ttlsweep export -i x.json --decrypt-with "$(K $key.key)" \
		    -o back.json
		same_items back.json
		ttlsweep export --decrypt-with "$(K $key.key)" -i - \
		    <x.json.gz.p7m >back.json
		same_items back.json
		cat x.json | ttlsweep export --decrypt-with "$(K $key.key)" \
		    -i - -o back.json
		same_items back.json
	done
	exports --encrypt-to "$(K rsa.pem)" --format csv | cat >x.p7m
	opened x.p7m "$(K rsa.key)" >x.csv
	cmp <(sort x.csv) <(exports --format csv | sort)
	ttlsweep export -i x.p7m --decrypt-with "$(K rsa.key)" -o back.json
	cmp <(dump --items back.json) <(dump --items "$(K plain.json)")
	ttlsweep inspect -i x.p7m --decrypt-with "$(K rsa.key)" \
	    --format json | jq -e '.scanned.items == 1500'
}

@test "an export of no entries can be encrypted" {
	exports --prefix 'no such key' -o x.json --encrypt-to "$(K ec.pem)"
	[[ -s x.json ]]
	run -0 --separate-stderr opened x.json "$(K ec.key)"
	[[ -z $output ]]
	run -0 --separate-stderr ttlsweep export -i x.json --decrypt-with "$(K ec.key)"
	[[ -z $output ]]
}

@test "an export is encrypted for each certificate in a file" {
	cat "$(K rsa.pem)" "$(K ec.pem)" >two.pem
	exports -o x.json --encrypt-to two.pem
	opened x.json "$(K rsa.key)" | sort | cmp - "$(K rows)"
	opened x.json "$(K ec.key)" | sort | cmp - "$(K rows)"
}

@test "purge, an encrypted export of its journal, and restore" {
	local table
	table=$(new_table sealed)
	seed --endpoint "$LOCAL_URL" --table "$table" --mixed 60 --now "$NOW"
	dump --endpoint "$LOCAL_URL" --table "$table" >before
	ttlsweep purge -t "$table" --now "$NOW" --state any --yes \
	    --journal journal
	[[ -z $(dump --endpoint "$LOCAL_URL" --table "$table") ]]
	ttlsweep export -i journal -o gone.json.p7m --encrypt-to "$(K rsa.pem)"
	fails 2 "--decrypt-with" restore -t "$table" gone.json.p7m
	fails 1 "not encrypted to the key" restore -t "$table" gone.json.p7m \
	    --decrypt-with "$(K rsa2.key)" --yes
	[[ -z $(dump --endpoint "$LOCAL_URL" --table "$table") ]]
	ttlsweep restore -t "$table" gone.json.p7m --yes \
	    --decrypt-with "$(K rsa.key)" --format json | jq -e '.restored == 60'
	dump --endpoint "$LOCAL_URL" --table "$table" | cmp - before
}

@test "nothing of a damaged encrypted export is used" {
	local size
	exports -o x.json --encrypt-to "$(K rsa.pem)"
	size=$(stat -c %s x.json)
	cp x.json y.json
	printf '!' | dd of=y.json bs=1 seek=$((size - 100)) conv=notrunc \
	    status=none
	fails 1 "y.json: its authentication tag is wrong" export -i y.json \
	    --decrypt-with "$(K rsa.key)" -o z.json
	[[ ! -e z.json ]]
	run --separate-stderr -1 ttlsweep list -i y.json \
	    --decrypt-with "$(K rsa.key)"
	[[ -z $output ]]
	head -c $((size / 2)) x.json >y.json
	fails 1 "truncated" list -i y.json --decrypt-with "$(K rsa.key)"
	openssl cms -encrypt -aes-256-cbc -binary -outform DER \
	    -in "$(K plain.json)" -out y.json "$(K rsa.pem)"
	fails 1 "another kind" list -i y.json --decrypt-with "$(K rsa.key)"
	openssl cms -encrypt -aes-256-gcm -binary -outform DER \
	    -in "$(K plain.json)" -out y.json "$(K rsa.pem)" "$(K ec.pem)"
	ttlsweep export -i y.json --decrypt-with "$(K ec.key)" -o z.json
	same_items z.json
}

@test "invalid certificates and keys are refused" {
	echo hello >text
	fails 1 "text: contains no certificate" export -t "$TABLE" \
	    --encrypt-to text
	fails 1 "$(K rsa.key): contains no certificate" export -t "$TABLE" \
	    --encrypt-to "$(K rsa.pem)" --encrypt-to "$(K rsa.key)"
	fails 1 "none.pem: No such file" export -t "$TABLE" \
	    --encrypt-to none.pem
	fails 1 "text: contains no private key" list -i "$(K plain.json)" \
	    --decrypt-with text
	fails 2 "--decrypt-with needs --input" list -t "$TABLE" \
	    --decrypt-with "$(K rsa.key)"
	fails 2 "--encrypt-to and --checkpoint cannot be used together" export \
	    -t "$TABLE" -o x.json --checkpoint c --encrypt-to "$(K rsa.pem)"
	fails 2 ".p7m" export -t "$TABLE" -o x.dump --encrypt-to "$(K rsa.pem)"
	[[ $(ls) == text ]]
}

@test "a passphrase is asked for on the terminal, or the key is refused" {
	openssl pkey -in "$(K ec.key)" -aes256 -passout pass:'open sesame' \
	    -out locked.key
	exports -o x.json --encrypt-to "$(K ec.pem)"
	run no_terminal "$TTLSWEEP" export -i x.json \
	    --decrypt-with locked.key -o back.json
	[[ $status -eq 1 && $output == *"no terminal"* ]]
	cat >type.py <<-'END'
		import os, pty, sys
		said = b""
		child, terminal = pty.fork()
		if child == 0:
		    os.execvp(sys.argv[2], sys.argv[2:])
		while b"Passphrase of locked.key: " not in said:
		    said += os.read(terminal, 1000)
		os.write(terminal, sys.argv[1].encode() + b"\n")
		try:
		    while True:
		        more = os.read(terminal, 1000)
		        said += more
		        if not more:
		            break
		except OSError:
		    pass
		sys.stdout.write(said.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
	END
	run -0 "$PYTHON" type.py 'open sesame' "$TTLSWEEP" export -i x.json \
	    --decrypt-with locked.key -o back.json
	[[ $output != *sesame* ]]
	same_items back.json
	run -1 "$PYTHON" type.py 'close' "$TTLSWEEP" export -i x.json \
	    --decrypt-with locked.key -o other.json
	[[ $output == *"wrong passphrase"* && ! -e other.json ]]
	# Ctrl-D, Ctrl-C
	run -1 "$PYTHON" type.py $'\x04' "$TTLSWEEP" list -i x.json \
	    --decrypt-with locked.key
	[[ $output == *"no passphrase"* ]]
	run -130 "$PYTHON" type.py $'\x03' env --default-signal=INT \
	    "$TTLSWEEP" list -i x.json \
	    --decrypt-with locked.key
}

@test "--checkpoint: after 20 kills no entry is missing or written twice" {
	"$PYTHON" "$ROOT/tests/lib/resume.py" --endpoint "$LOCAL_URL" \
	    --table "$TABLE" --now "$NOW" --kills 20 \
	    x.csv x.jsonl x.json.gz x.csv.gz
}

@test "--checkpoint works with an empty table and an empty selection" {
	local name
	for name in x.csv x.jsonl x.json.gz; do
		exports --prefix 'no such key' -o $name --checkpoint c
		[[ ! -e c && ! -e $name.part ]]
		exports --prefix 'no such key' -o plain-$name
	done
	cmp x.csv plain-x.csv
	cmp x.jsonl plain-x.jsonl
	zcat x.json.gz | cmp - /dev/null
}

# interrupted ARGUMENT...: a slow export, interrupted when it has written some.
interrupted() {
	local pid
	slowly "$@" --checkpoint c 2>said &
	pid=$!
	until [[ -s c ]] && jq -e '.file.bytes > 0' c; do
		kill -0 $pid
		sleep 0.05
	done
	kill -INT $pid
	wait $pid || [[ $? -eq 130 ]]
	grep 'to continue: .*--checkpoint' said
}

@test "--checkpoint: a checkpoint or file of another run is refused" {
	interrupted -o x.json
	cp c c.kept
	cp x.json.part part.kept
	[[ $(stat -c %a c x.json.part) == $'600\n600' ]]
	fails 1 "another run" export -t "$TABLE" -o x.json --checkpoint c \
	    --kind session
	fails 1 "another run" export -t "$TABLE" -o x.json --gzip --checkpoint c
	fails 1 "another run" export -t "$TABLE" -o y.json --checkpoint c
	fails 1 "another run" purge -t "$TABLE" --checkpoint c
	fails 2 "--now" export -t "$TABLE" -o x.json --checkpoint c --now 5
	truncate -s 10 x.json.part
	fails 1 "has 10 bytes" export -t "$TABLE" -o x.json --checkpoint c
	rm x.json.part
	fails 1 "does not exist, but the checkpoint" export -t "$TABLE" -o x.json --checkpoint c
	cmp c c.kept
	mv part.kept x.json.part
	rm c
	fails 1 "exists, but the checkpoint c that" export -t "$TABLE" -o x.json --checkpoint c
	[[ ! -e c ]]
	cp c.kept c
	exports -o x.json --checkpoint c
	same_items x.json
	[[ ! -e c && ! -e x.json.part ]]

	fails 2 "--checkpoint needs -o FILE" export -t "$TABLE" --checkpoint c
	fails 2 "--checkpoint needs -o FILE" export -t "$TABLE" --checkpoint c \
	    -o /dev/stdout --format csv
	fails 1 "not a regular file" export -t "$TABLE" --checkpoint c \
	    -o /dev/null --format csv
	rm c
	fails 2 "cannot be used together" export -t "$TABLE" --checkpoint c \
	    -o y.json --limit 5
	fails 2 "cannot be used together" export -i x.json --checkpoint c -o y.json
	[[ ! -e c && ! -e y.json ]]
}

@test "--checkpoint: the same export cannot run twice at a time" {
	local pid
	slowly -o x.json --checkpoint c 2>said &
	pid=$!
	until [[ -s c ]] && jq -e '.file.bytes > 0' c; do sleep 0.05; done
	fails 1 "another run is writing it" export -t "$TABLE" --now "$NOW" \
	    -o x.json --checkpoint c
	kill -9 $pid
	wait $pid || :
	exports -o x.json --checkpoint c
	same_items x.json
}

@test "--checkpoint: a run killed after the rename is finished by the next" {
	interrupted -o x.json
	cp c c.kept
	exports -o x.json --checkpoint c
	jq -c --argjson n "$(stat -c %s x.json)" \
	    '.positions |= map({next: null, done: true}) | .file.bytes = $n' \
	    c.kept >c
	run exports -o x.json --checkpoint c
	[[ $output == *"x.json is complete"* && ! -e c ]]
	same_items x.json
}

@test "--checkpoint: an export continues after a full disk" {
	(
		ulimit -f 300
		run -1 exports -o x.json --checkpoint c
		[[ $output == *"x.json: File too large"* ]]
		[[ $output == *"to continue: "* ]]
	)
	[[ ! -e x.json && -s x.json.part && -s c ]]
	exports -o x.json --checkpoint c
	same_items x.json
}

# The directory has what its manifests say.
check_directory() {
	"$PYTHON" - "$1" <<-'END'
		import base64, glob, gzip, hashlib, json, os, sys
		top = sys.argv[1]
		def sum(path):
		    with open(path, "rb") as f:
		        return base64.b64encode(hashlib.md5(f.read()).digest()).decode()
		name = os.path.basename(os.path.abspath(top))
		for manifest in ("manifest-files", "manifest-summary"):
		    with open(top + "/" + manifest + ".checksum") as f:
		        assert f.read() == sum(top + "/" + manifest + ".json")
		summary = json.load(open(top + "/manifest-summary.json"))
		files = [json.loads(line) for line in open(top + "/manifest-files.json")]
		assert summary["outputFormat"] == "DYNAMODB_JSON", summary
		assert summary["manifestFilesS3Key"] == "AWSDynamoDB/" + name + "/manifest-files.json"
		assert summary["itemCount"] == __builtins__.sum(f["itemCount"] for f in files)
		keys = set()
		for f in files:
		    prefix, data, last = f["dataFileS3Key"].rsplit("/", 2)
		    assert prefix == "AWSDynamoDB/" + name and data == "data"
		    path = top + "/data/" + last
		    assert f["md5Checksum"] == sum(path)
		    assert f["etag"] == hashlib.md5(base64.b64decode(f["md5Checksum"])).hexdigest() + "-1"
		    lines = gzip.open(path).read().splitlines()
		    assert len(lines) == f["itemCount"], (len(lines), f)
		    for line in lines:
		        assert list(json.loads(line)) == ["Item"]
		    keys.add(path)
		assert keys == set(glob.glob(top + "/data/*"))
		print(len(files), summary["itemCount"])
	END
}

@test "workers that share a file count what one alone does" {
	local way
	# as cut or joined as can be: bytes of members are no lines
	split -n 7 "$(K plain.json)" part-
	gzip part-*
	cat part-*.gz >members.json.gz
	gzip -c "$(K plain.json)" >one.json.gz
	counts() {
		ttlsweep inspect --now "$NOW" --format json --top 20 "$@" |
		    jq -S 'del(.scanned.pages, .scanned.seconds)'
	}
	counts --jobs 1 -i "$(K plain.json)" >want
	for way in "$(K plain.json)" one.json.gz members.json.gz; do
		counts --jobs 8 -i "$way" | diff want -
		counts --jobs 8 -i - <"$way" | diff want -
		counts --jobs 8 -i - < <(cat "$way") | diff want -
	done
	# a line without its end, and one that is wrong
	head -c -1 "$(K plain.json)" >end
	counts --jobs 8 -i end | diff want -
	sed '700s/Item/Itme/' "$(K plain.json)" >wrong
	fails 1 'wrong:700: ' inspect --jobs 8 -i wrong
	head -c -5 "$(K plain.json)" >cut
	fails 1 'cut:1500: ' inspect --jobs 8 -i cut
	head -c -5 one.json.gz >cut.gz
	fails 1 'truncated inside compressed data' inspect --jobs 8 -i cut.gz
}

@test "--layout s3 writes a directory like DynamoDB's own" {
	exports --layout s3 -o directory --jobs 4
	[[ $(check_directory directory) == "4 1500" ]]
	[[ $(stat -c %a directory directory/data directory/manifest-files.json) == \
	    $'700\n700\n600' ]]
	jq -e --arg t "$TABLE" '.version == "2020-06-30"
	    and (.tableArn | endswith(":table/" + $t))
	    and .exportArn == .tableArn + "/export/directory"
	    and .exportTime == "2026-11-18T11:06:40.000Z"' \
	    directory/manifest-summary.json
	zcat directory/data/*.json.gz >all.json
	same_items all.json
	ttlsweep export -i directory -o back.json
	same_items back.json
	ttlsweep inspect -i directory --format json |
	    jq -e --arg t "$TABLE" --argjson now "$NOW" '.scanned.items == 1500
	    and .table == $t and .now == $now'
	# from a file, to an empty directory, some entries only
	mkdir -p deep/empty
	ttlsweep export -i back.json --layout s3 -o deep/empty/
	[[ $(check_directory deep/empty) == "1 1500" ]]
	exports --layout s3 -o some --limit 7 --jobs 3
	[[ $(check_directory some) == *" 7" ]]
	exports --layout s3 -o none --prefix 'no such key' --jobs 2
	[[ $(check_directory none) == "2 0" ]]
	ttlsweep inspect -i none --format json | jq -e '.scanned.items == 0'
}

@test "--layout s3 refuses other formats and directories it cannot use" {
	mkdir full
	touch full/x file
	fails 1 "is not empty" export -t "$TABLE" --layout s3 -o full
	fails 1 "is not a directory" export -t "$TABLE" --layout s3 -o file
	fails 1 "cannot create a directory" export -t "$TABLE" --layout s3 \
	    -o none/deep
	fails 2 "name the directory" export -t "$TABLE" --layout s3 -o ..
	fails 2 "needs -o DIR" export -t "$TABLE" --layout s3
	fails 2 "--encrypt-to" export -t "$TABLE" --layout s3 -o x \
	    --encrypt-to "$(K rsa.pem)"
	fails 2 "--checkpoint" export -t "$TABLE" --layout s3 -o x \
	    --checkpoint c
	fails 2 "dynamodb-json" export -t "$TABLE" --layout s3 -o x --format csv
	[[ $(ls -A) == $'file\nfull' && $(ls full) == x ]]
}

# ended SIGNAL STATUS ARGUMENT...: a slow export, ended by SIGNAL.
ended() {
	local signal=$1 status_wanted=$2 status=0 pid
	shift 2
	slowly "$@" &
	pid=$!
	until [[ -n $(ls -A | grep '^\.ttlsweep') ]]; do sleep 0.02; done
	sleep 0.3
	kill "-$signal" $pid
	wait $pid || status=$?
	[[ $status -eq $status_wanted ]]
}

@test "an export that is interrupted leaves no file" {
	local way
	ended TERM 143 -o x.json 2>"$BATS_FILE_TMPDIR/said"
	nothing_here
	grep -q "^ttlsweep: interrupted: x.json was not written; with --checkpoint FILE, a run can be continued$" "$BATS_FILE_TMPDIR/said"
	ended HUP 129 -o x.json.gz
	nothing_here
	for way in "-o x.json" "--layout s3 -o x" \
	    "-o x.p7m --format csv --encrypt-to $(K ec.pem)"; do
		# shellcheck disable=SC2086
		ended INT 130 $way
		nothing_here
	done
	for way in "-o x.json" "--layout s3 -o x"; do
		# shellcheck disable=SC2086
		ended KILL 137 $way
		[[ -z $(ls) ]]
		rm -r .ttlsweep*
	done
	# an existing file is kept
	echo before >x.json
	ended INT 130 -o x.json
	[[ $(cat x.json) == before && $(ls -A) == x.json ]]
}

@test "a full disk, a directory and an invalid name are errors" {
	local way
	for way in "-o x.json" "-o x.json.gz" "--layout s3 -o x" \
	    "-o x.p7m --format csv --encrypt-to $(K ec.pem)"; do
		(
			ulimit -f 20
			# shellcheck disable=SC2086
			run -1 exports $way
			[[ $output == *"File too large"* ]]
		)
		nothing_here
	done
	for way in "" "--encrypt-to $(K ec.pem)"; do
		# shellcheck disable=SC2086
		fails 1 "/dev/full: No space left" export -t "$TABLE" \
		    --format csv -o /dev/full $way
		# shellcheck disable=SC2086
		run -1 bash -c '"$TTLSWEEP" export -t "$TABLE" "$@" >/dev/full' \
		    bash $way
		[[ $output == *"standard output: No space left"* ]]
	done
	fails 1 "is a directory" export -t "$TABLE" --format csv -o .
	fails 1 "none/x.json" export -t "$TABLE" -o none/x.json
	# root may write to any directory
	fails 1 "/dev/null/x.json" export -t "$TABLE" -o /dev/null/x.json
	fails 1 "/dev/null/x.json" export -t "$TABLE" \
	    -o /dev/null/x.json --checkpoint c
	nothing_here
}

@test "a reader of encrypted output may close the pipe" {
	local status=0
	{ ttlsweep export -t "$TABLE" --encrypt-to "$(K ec.pem)" 2>said ||
	    status=$?; echo "$status" >status; } | head -c 100 >/dev/null
	[[ ! -s said && $(cat status) -eq 141 ]]
}
