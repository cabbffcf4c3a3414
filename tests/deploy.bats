#!/usr/bin/env bats
# The files of examples/: the template creates the table that doctor recognizes
# as the lab's, with the policy that doctor prints; the cron line and the
# systemd service do what they say.

load lib/common

NOW=1795000000

setup_file() {
	start_local
	mkdir "$BATS_FILE_TMPDIR/bin"
	ln -s "$TTLSWEEP" "$BATS_FILE_TMPDIR/bin/ttlsweep"
}

teardown_file() { stop_servers; }

# template PROGRAM: run Python on the template in t, with CloudFormation's
# values filled in
template() {
	"$PYTHON" - "$ROOT/examples/gallery.yaml" "$@" <<-'END'
		import json, re, sys
		import yaml
		known = {"AWS::StackName": "TSAGallery", "AWS::Partition": "aws", "AWS::Region": "us-east-1",
		         "AWS::AccountId": "123456789012", "AWS::URLSuffix": "amazonaws.com"}
		def sub(loader, node):
		    return re.sub(r"\$\{([^}]*)\}", lambda m: known[m.group(1)], node.value)
		class Loader(yaml.SafeLoader):
		    pass
		Loader.add_constructor("!Sub", sub)
		Loader.add_constructor("!Ref", lambda loader, node: node.value)
		Loader.add_constructor("!GetAtt", lambda loader, node:
		    "arn:aws:dynamodb:us-east-1:123456789012:table/TSAGalleryCache")
		t = yaml.load(open(sys.argv[1]), Loader)["Resources"]
		exec(sys.argv[2])
	END
}

@test "the template's policy is the one that doctor prints" {
	template 'print(json.dumps(t["SweeperPolicy"]["Properties"]["PolicyDocument"]))' |
	    jq -S . >"$BATS_TEST_TMPDIR/template"
	# without the stack: its policy is for the table and the stack
	ttlsweep doctor --policy purge --expect-account 123456789012 \
	    --region us-east-1 | jq -S '.Statement[0]' |
	    cmp - <(jq '.Statement[0]' "$BATS_TEST_TMPDIR/template")
	jq -e '.Statement | length == 2 and (.[1] | .Sid == "TtlsweepPurgeStack"
	    and .Action == ["cloudformation:DescribeStackResource", "cloudformation:DescribeStacks"]
	    and .Resource == "arn:aws:cloudformation:us-east-1:123456789012:stack/TSAGallery/*")' \
	    "$BATS_TEST_TMPDIR/template"
}

@test "doctor recognizes the template's table" {
	template '
import boto3
c = boto3.client("dynamodb", endpoint_url=sys.argv[3])
p = t["DynamoDBCache"]["Properties"]
ttl = p.pop("TimeToLiveSpecification")
c.create_table(**p)
c.update_time_to_live(TableName=p["TableName"], TimeToLiveSpecification=ttl)' "$LOCAL_URL"
	ttlsweep doctor --format json | jq -e '.checks | map(select(.check == "gallery"))
	    | length == 1 and .[0].result == "ok"'
}

# sweeps COMMAND: run by sh as written, it deletes the right entries
sweeps() {
	local table
	table=$(new_table night)
	seed --endpoint "$LOCAL_URL" --table "$table" --now "$NOW" \
	    --case past=20 --case future=100
	(
		cd "$BATS_TEST_TMPDIR"
		PATH=$BATS_FILE_TMPDIR/bin:$PATH CACHETABLE=$table \
		    TABLE=$table STATE_DIRECTORY=$PWD sh -c "$1 --now $NOW"
	) >"$BATS_TEST_TMPDIR/out"
	ls "$BATS_TEST_TMPDIR/$table"-*.journal
	ttlsweep inspect -t "$table" --now "$NOW" --overdue 2d --format json |
	    jq -e '.states | .pending.items + .stuck.items == 0'
	ttlsweep inspect -t "$table" --now "$NOW" --format json |
	    jq -e '.scanned.items >= 100'
}

@test "the cron line purges as it says" {
	local line
	line=$(grep -E '^ *[0-9]' "$ROOT/examples/ttlsweep.cron")
	# five fields, a user, and a command without %, where cron would end it
	[[ $line =~ ^\ *17\ +3\ +\*\ +\*\ +\*\ +ttlsweep\ +(ttlsweep\ purge\ [^%]*)$ ]]
	sweeps "${BASH_REMATCH[1]/--journal-dir \/var\/lib\/ttlsweep-nightly/--journal-dir .}"
	[[ ! -s $BATS_TEST_TMPDIR/out ]]
}

@test "the cron file's trial command runs the job as cron does" {
	local file=$ROOT/examples/ttlsweep.cron said option
	said=$(sed -n "/su -s/,/'\$/s/^#//p" "$file" | tr -d '\\\n')
	[[ $said == *" ttlsweep doctor "*" --probe-write'" ]]
	for option in $(grep -E '^(AWS_REGION|CACHETABLE)=' "$file"); do
		[[ $said == *"$option"* ]]
	done
	for option in '--overdue [^ ]*' '--journal-dir [^ ]*'; do
		[[ $said == *"$(grep -E '^ *[0-9]' "$file" | grep -oe "$option")"* ]]
	done
	# cron ignores files that others may write to, and names with a dot
	grep -E '^#   install -m 644 ttlsweep.cron /etc/cron.d/[a-z]+$' "$file"
	grep '^MAILTO=' "$file"
}

@test "the Kubernetes CronJob purges as it says" {
	local line
	line=$("$PYTHON" - "$ROOT/examples/kubernetes-purge.yaml" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))["spec"]
		assert spec["concurrencyPolicy"] == "Forbid"
		job = spec["jobTemplate"]["spec"]
		pod = job["template"]["spec"]
		assert (job["backoffLimit"], pod["restartPolicy"]) == (0, "Never")
		shell = pod["containers"][0]["command"]
		assert shell[:2] == ["sh", "-c"]
		print(shell[2])
	END
	)
	sweeps "${line/--journal-dir \/journals/--journal-dir .}"
	grep 'matched' "$BATS_TEST_TMPDIR/out"
}

@test "the systemd service purges, and its timer is valid" {
	local units=$BATS_TEST_TMPDIR/units line
	line=$(sed -n 's/^ExecStart=//p' "$ROOT/examples/ttlsweep@.service")
	line=${line/\/usr\/local\/bin\//}
	sweeps "${line//%i/\$TABLE}"
	if ! command -v systemd-analyze >/dev/null; then
		return
	fi
	mkdir "$units"
	cp "$ROOT/examples/ttlsweep@.service" "$units/ttlsweep@T.service"
	cp "$ROOT/examples/ttlsweep@.timer" "$units/ttlsweep@T.timer"
	sed -i "s,/usr/local/bin/,$BATS_FILE_TMPDIR/bin/," "$units"/*.service
	systemd-analyze verify --man=no "$units/ttlsweep@T.service" \
	    "$units/ttlsweep@T.timer" >"$BATS_TEST_TMPDIR/said" 2>&1 || :
	run -1 grep 'ttlsweep@' "$BATS_TEST_TMPDIR/said"
	# with credentials as its comment has them
	sed -i 's/^#\(LoadCredential=\|Environment=\)/\1/' "$units"/*.service
	[[ $(grep -c '^LoadCredential=\|^Environment=.*%d/aws$' "$units"/*.service) -eq 2 ]]
	systemd-analyze verify --man=no "$units/ttlsweep@T.service" \
	    >"$BATS_TEST_TMPDIR/said" 2>&1 || :
	run -1 grep 'ttlsweep@' "$BATS_TEST_TMPDIR/said"
	# 0 is none, 10 all exposure
	systemd-analyze security --offline=yes --threshold=20 \
	    "$units/ttlsweep@T.service" >"$BATS_TEST_TMPDIR/said" 2>&1 ||
	    grep -iq 'unknown\|unrecognized' "$BATS_TEST_TMPDIR/said"
}
