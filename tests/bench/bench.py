#!/usr/bin/python3
"""Measure ttlsweep beside a floor and other programs: `make bench`.

BENCH        sections to run: inspect,purge,throttle,restore,files,
             start,memory (all)
BENCH_RUNS   runs of each program, in turns; medians are shown (5)
BENCH_ITEMS  entries of the table (600000; slow peers get a tenth)
BENCH_SECONDS  the longest that a throttled purge runs (60)
BENCH_MEMORY sizes for the section memory (100000,1000000)
BENCH_PEERS=0  without the other programs
BENCH_DIR    a directory for journals and files, on a real disk (build/bench)

Prints a table for each section, reports progress on stderr, and writes all
figures to build/bench/results.json. docs/PERFORMANCE.md explains them. Status
1 when a program failed or its result was wrong.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(TOP, "tests", "bench")
TTLSWEEP = os.environ.get("TTLSWEEP", os.path.join(TOP, "build", "ttlsweep"))
BIN = os.path.join(os.path.dirname(TTLSWEEP), "bench")
MODULES = os.path.join(os.environ.get("SERVERS", os.path.join(TOP, "build", "servers")), "bench", "node_modules")
SECTIONS = "inspect purge throttle restore files start memory".split()
RUNS = int(os.environ.get("BENCH_RUNS", 5))
ITEMS = int(os.environ.get("BENCH_ITEMS", 600000))
SECONDS = int(os.environ.get("BENCH_SECONDS", 60))
MEMORY = [int(n) for n in os.environ.get("BENCH_MEMORY", "100000,1000000").split(",")]
PEERS = os.environ.get("BENCH_PEERS", "1") != "0"
FEW = max(ITEMS // 10, 100)
TABLE = "bench"
WCU = 5000
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# ttlsweep's default, for the floor and the peers, too.
JOBS, SEGMENTS = 8, 32

results = []
broken = []


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


class World:
    """A directory, and an environment without the caller's AWS settings."""

    def __init__(self):
        base = os.environ.get("BENCH_DIR", BIN)
        os.makedirs(base, exist_ok=True)
        self.dir = tempfile.mkdtemp(prefix="run.", dir=base)
        drop = ("AWS_", "XDG_", "LC_", "CACHETABLE", "SSL_CERT_", "BENCH")
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(drop) and not k.lower().endswith("_proxy") and k not in ("TTLSWEEP", "SAN")}
        self.env.update(
            HOME=self.path("home"), XDG_STATE_HOME=self.path("state"), LC_ALL="C.UTF-8", TZ="UTC",
            AWS_ACCESS_KEY_ID="testaccess", AWS_SECRET_ACCESS_KEY="testsecret", AWS_REGION="us-east-1",
            AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="",
            AWS_CONFIG_FILE=self.path("none"), AWS_SHARED_CREDENTIALS_FILE=self.path("none"), NODE_PATH=MODULES)
        for name in ("home", "state"):
            os.mkdir(self.path(name))

    def path(self, name):
        return os.path.join(self.dir, name)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Server:
    def __init__(self, world, items, now=None):
        ca = world.path("ca-%d.pem" % items)
        command = [os.path.join(BIN, "replay"), "--items", str(items), "--ca", ca]
        self.child = subprocess.Popen(command + (["--now", str(now)] if now else []), stdout=subprocess.PIPE)
        ports = [self.child.stdout.readline().decode().strip() for _ in range(2)]
        if not all(ports):
            raise SystemExit("bench: the server did not start")
        self.url, self.tls_url = "http://127.0.0.1:" + ports[0], "https://127.0.0.1:" + ports[1]
        # As large as the system's bundle, as reading it takes time.
        self.ca = world.path("bundle-%d.pem" % items)
        with open(self.ca, "w", encoding="utf-8") as bundle:
            for path in (CA_BUNDLE, ca):
                if os.path.exists(path):
                    with open(path, encoding="utf-8") as one:
                        bundle.write(one.read())
        self.own_ca = ca
        self.items = items
        self.bytes = self.stats()["bytes"]

    def ask(self, path, body=None):
        request = urllib.request.Request(self.url + path, method="PUT" if body is not None else "GET",
                                         data=json.dumps(body).encode() if body is not None else None)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
            return json.load(reply)

    def stats(self):
        return self.ask("/_stats")

    def set(self, **manner):
        self.ask("/_set", manner)

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


class Work:
    """One program in a group of the table: its command, and what must be true
    afterwards."""

    def __init__(self, name, command, *, server=None, tls=False, manner=None, statuses=(0,), check=None,
                 before=None, entries=None, size=None, role=None, seconds=3600):
        self.name, self.command, self.server, self.tls = name, command, server, tls
        self.manner, self.statuses, self.check, self.before = manner or {}, statuses, check, before
        self.entries, self.size, self.role, self.seconds = entries, size, role, seconds
        self.runs = []
        self.wrong = None

    def environment(self, world):
        env = dict(world.env)
        if self.server:
            env["AWS_ENDPOINT_URL_DYNAMODB"] = self.server.tls_url if self.tls else self.server.url
            if self.tls:
                env["AWS_CA_BUNDLE"] = self.server.own_ca if self.role == "floor" else self.server.ca
                env["NODE_EXTRA_CA_CERTS"] = self.server.own_ca
        return env

    def run(self, world):
        if self.before:
            self.before()
        cpu = 0
        if self.server:
            self.server.set(**self.manner)
            cpu = self.server.stats()["cpu"]
        out, log = world.path("measured"), world.path("log")
        with open(log, "wb") as talk, subprocess.Popen(
                [os.path.join(BIN, "measure"), out] + self.command, env=self.environment(world), cwd=world.dir,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=talk) as child:
            try:
                child.wait(self.seconds)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGTERM)
                child.wait()
                self.wrong = "stopped after %d s" % self.seconds
                return
        with open(out, encoding="ascii") as measured:
            wall, user, system, peak, status, began = measured.read().split()
        run = {"wall": float(wall), "cpu": float(user) + float(system), "peak": int(peak) / 1024, "began": int(began)}
        stats = self.server.stats() if self.server else None
        if stats:
            run.update(stats=stats, server=stats["cpu"] - cpu, requests=stats["requests"])
        run["entries"] = self.entries(stats) if callable(self.entries) else self.entries
        if int(status) not in self.statuses:
            self.wrong = "status %s" % status
        elif self.check and stats:
            self.wrong = self.wrong or self.check(stats)
        if self.wrong:
            with open(log, "rb") as talk:
                say(self.name + ": " + self.wrong, talk.read()[-2000:].decode(errors="replace"))
        self.runs.append(run)

    def title(self):
        return "%s (%s)" % (self.name, self.wrong) if self.wrong else self.name

    def median(self, what):
        values = [what(r) if callable(what) else r.get(what) for r in self.runs]
        values = [v for v in values if v is not None]
        return statistics.median(values) if values else None


def measure(world, group, works):
    """Run each in turn, RUNS times, so that a disturbance affects all."""
    for i in range(RUNS):
        for work in works:
            if work.wrong:
                continue
            say("%s, run %d of %d: %s" % (group, i + 1, RUNS, work.name))
            work.run(world)
    for work in works:
        if work.wrong:
            broken.append("%s: %s: %s" % (group, work.name, work.wrong))
        results.append({"group": group, "name": work.name, "wrong": work.wrong, "runs": work.runs})
    return works


def number(v, digits=2):
    if v is None:
        return ""
    if v == 0:
        return "0"
    return "%.*f" % (digits if v < 10 else 1 if v < 100 else 0, v)


def count(v):
    return "" if v is None else "{:,}".format(int(v)).replace(",", " ")


def show(title, columns, rows):
    """An aligned Markdown table without empty columns."""
    kept = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    table = [[str(row[i]) for i in kept] for row in [columns] + rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(kept))]

    def line(row):
        cells = [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        return "| " + " | ".join(cells) + " |"

    print("\n### %s\n" % title)
    print(line(table[0]))
    print("|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths)) + "|")
    for row in table[1:]:
        print(line(row))
    sys.stdout.flush()


def per_entry(work, what):
    """Peers may have had fewer entries."""
    value, entries = work.median(what), work.median("entries")
    return value / entries if value is not None and entries else None


def ratio(work, base, what):
    if base is None or not base.runs or not work.runs:
        return ""
    mine, its = per_entry(work, what), per_entry(base, what)
    return number(mine / its) if mine is not None and its else ""


COLUMNS = ["", "entries", "wall s", "cpu s", "server cpu s", "peak MiB", "requests", "entries/s", "MB/s",
           "wall ÷ floor", "cpu ÷ floor", "wall ÷ ours", "cpu ÷ ours"]


def rows_of(works):
    floor = next((w for w in works if w.role == "floor"), None)
    ours = next((w for w in works if w.role == "ours"), None)
    rows = []
    for w in works:
        entries, wall = w.median("entries"), w.median("wall")
        rows.append([
            w.title(), count(entries), number(wall), number(w.median("cpu")),
            number(w.median("server")), number(w.median("peak"), 1), count(w.median("requests")),
            count(entries / wall) if entries and wall else "",
            number(w.size / 1e6 / wall, 0) if w.size and wall else "",
            ratio(w, floor, "wall"), ratio(w, floor, "cpu"), ratio(w, ours, "wall"), ratio(w, ours, "cpu")])
    return rows


def node(*words):
    return ["node", os.path.join(HERE, "peer.js")] + [str(w) for w in words]


def boto3(*words):
    return ["/usr/bin/python3", os.path.join(HERE, "peer.py")] + list(words)


def sweep(*words):
    return [TTLSWEEP, "-q", "-t", TABLE] + list(words)


def scanned_all(stats):
    return None if stats["items_read"] == stats["items"] else "read %d of %d" % (stats["items_read"], stats["items"])


def purged_all(stats):
    if stats["live_deleted"]:
        return "deleted %d live entries" % stats["live_deleted"]
    return None if stats["deleted"] == stats["expired"] else "deleted %d of %d" % (stats["deleted"], stats["expired"])


def no_live(stats):
    return "deleted %d live entries" % stats["live_deleted"] if stats["live_deleted"] else None


def restored_all(stats):
    if stats["put"] != stats["expired"]:
        return "put %d of %d" % (stats["put"], stats["expired"])
    return "%d were put otherwise than they were" % stats["put_differs"] if stats["put_differs"] else None


def deleted(stats):
    return stats["deleted"]


def put(stats):
    return stats["put"]


ROADS = [("0 ms", {}, False), ("5 ms", {"rtt_ms": 5}, False), ("20 ms", {"rtt_ms": 20}, False), ("0 ms, TLS", {}, True)]


def bench_inspect(world, large, few):
    for road, manner, tls in ROADS:
        url = large().tls_url if tls else large().url
        common = dict(server=large(), tls=tls, manner=manner, entries=large().items, size=large().bytes,
                      check=scanned_all)
        for projected in (False, True):
            def floor(jobs):
                return [os.path.join(BIN, "floor"), url, TABLE, str(jobs), str(max(SEGMENTS, jobs * 4))] + \
                    (["projected"] if projected else [])

            ours = sweep("inspect", "--format", "json") + (["--no-sizes"] if projected else [])
            works = [
                Work("floor: received, thrown away", floor(JOBS), role="floor", **common),
                Work("ttlsweep inspect" + (" --no-sizes" if projected else ""), ours, role="ours", **common)]
            if "rtt_ms" in manner:
                works += [Work("floor, 64 connections", floor(64), **common),
                          Work("ttlsweep, --jobs 64", ours + ["--jobs", "64"], **common)]
            if PEERS:
                works.append(Work("Node SDK v3, %d segments" % JOBS,
                                  node("count-keys" if projected else "count", TABLE, JOBS), **common))
            if PEERS and road == "0 ms" and not projected:
                slow = dict(common, server=few(), entries=few().items, size=few().bytes)
                works += [
                    Work("boto3 scan", boto3("count", TABLE), **slow),
                    Work("aws dynamodb scan", ["/usr/bin/aws", "dynamodb", "scan", "--table-name", TABLE,
                                               "--endpoint-url", few().url], **slow)]
            group = "inspect, %s, %s" % ("keys and TTL" if projected else "whole entries", road)
            measure(world, group, works)
            show(group, COLUMNS, rows_of(works))


def purge_command(world, *more):
    journal = world.path("journal")
    return sweep("purge", "--yes", "--journal", journal, *more), lambda: remove(journal)


def remove(path):
    if os.path.exists(path):
        os.unlink(path)


def bench_purge(world, large, few):
    for road, manner, tls in ROADS:
        common = dict(server=large(), tls=tls, manner=manner, entries=deleted)
        with_journal, before = purge_command(world)
        works = [
            Work("ttlsweep purge", with_journal, before=before, role="ours", check=purged_all, **common),
            Work("ttlsweep purge --no-journal", sweep("purge", "--yes", "--no-journal"), check=purged_all, **common)]
        if "rtt_ms" in manner:
            for jobs in ("64", "256") if manner["rtt_ms"] >= 20 else ("64",):
                works.append(Work("ttlsweep purge --jobs " + jobs, with_journal + ["--jobs", jobs], before=before,
                                  check=purged_all, **common))
        if PEERS:
            works.append(Work("Node SDK v3, BatchWriteItem", node("purge", TABLE, JOBS), check=no_live, **common))
        if PEERS and "rtt_ms" in manner:
            works.append(Work("Node SDK v3, 64 segments", node("purge", TABLE, 64), check=no_live, **common))
        if PEERS and road == "0 ms":
            works.append(Work("boto3 batch_writer", boto3("purge", TABLE), check=no_live, **dict(common, server=few())))
        group = "purge, " + road
        measure(world, group, works)
        show(group, COLUMNS, rows_of(works))


def share(run):
    """The share of the units available from the first write to the last."""
    s = run["stats"]
    took, units = (s["last_write_ns"] - s["first_write_ns"]) / 1e9, s["write_units"] - run["filled"]
    return 100 * units / (WCU * took) if took > 0 and units > 0 else None


def bench_throttle(world, large, few):
    limit = dict(rtt_ms=5, wcu=WCU)
    common = dict(server=large(), entries=deleted, check=no_live, statuses=(0, 4), seconds=SECONDS + 30)
    command, before = purge_command(world, "--deadline", "%ds" % SECONDS)
    works = [
        Work("ttlsweep, throttled at once", command, before=before, manner=dict(limit, filled=0), **common),
        Work("ttlsweep, throttled after a second", command, before=before, manner=dict(limit, filled=1), **common)]
    if PEERS:
        env = ["timeout", str(SECONDS), "env", "AWS_RETRY_MODE=adaptive"]
        works.append(Work("Node SDK v3, adaptive, at once", env + node("purge", TABLE, JOBS),
                          manner=dict(limit, filled=0), **dict(common, statuses=(0, 124))))
    group = "purge at %d write units a second, 5 ms" % WCU
    measure(world, group, works)
    rows = []
    for w in works:
        for run in w.runs:
            run["filled"] = WCU * w.manner["filled"]
        rows.append([w.title(), count(w.median("entries")), number(w.median("wall")),
                     number(w.median(share), 1), count(w.median("requests")),
                     number(w.median(lambda r: 100 * r["stats"]["throttled"] / max(r["stats"]["writes"], 1))),
                     count(w.median(lambda r: r["stats"]["refused"]))])
    show(group, ["", "entries", "wall s", "of the units %", "requests", "throttled %", "writes refused"], rows)

    works = [
        Work("ttlsweep, unthrottled", command, before=before, manner={"rtt_ms": 5}, **common),
        Work("ttlsweep, 6 % throttled at random", command, before=before, manner={"rtt_ms": 5, "unlucky": 6}, **common)]
    if PEERS:
        works += [Work("Node SDK v3, unthrottled", env + node("purge", TABLE, JOBS), manner={"rtt_ms": 5},
                       **dict(common, statuses=(0, 124))),
                  Work("Node SDK v3, 6 %", env + node("purge", TABLE, JOBS), manner={"rtt_ms": 5, "unlucky": 6},
                       **dict(common, statuses=(0, 124)))]
    group = "purge where 6 % of the requests are throttled, 5 ms"
    measure(world, group, works)
    rows, quiet = [], None
    for i, w in enumerate(works):
        rate = w.median(lambda r: r["entries"] / r["wall"])
        quiet = rate if i % 2 == 0 else quiet
        rows.append([w.title(), count(w.median("entries")), number(w.median("wall")),
                     count(rate), number(100 * rate / quiet, 1) if rate and quiet else ""])
    show(group, ["", "entries", "wall s", "entries/s", "of the quiet %"], rows)


def bench_restore(world, large, few):
    journal = world.path("to-restore")
    say("a journal to restore from")
    make = Work("a journal", sweep("purge", "--yes", "--journal", journal), server=large(), check=purged_all)
    make.run(world)
    if make.wrong:
        broken.append("restore: no journal: " + make.wrong)
        return
    lines = {}
    for server in (large(), few()):
        lines[server] = world.path("expired-%d" % server.items)
        write_lines(lines[server], server.items, "expired")
    # The journal names its endpoint.
    for road, manner, tls in ROADS:
        manner = dict(manner, expired=False)
        common = dict(server=large(), tls=tls, manner=manner, entries=put)
        ours = sweep("restore", "--yes", journal)
        works = [Work("ttlsweep restore", ours, role="ours", check=restored_all, **common)]
        if "rtt_ms" in manner:
            works.append(Work("ttlsweep restore --jobs 64", ours + ["--jobs", "64"], check=restored_all, **common))
        if PEERS:
            works.append(Work("Node SDK v3, BatchWriteItem", node("restore", TABLE, JOBS, lines[large()]), **common))
        if PEERS and road == "0 ms":
            works.append(Work("boto3 batch_writer", boto3("restore", TABLE, lines[few()]),
                              **dict(common, server=few())))
        group = "restore, " + road
        measure(world, group, works)
        show(group, COLUMNS, rows_of(works))


def write_lines(path, items, which="all"):
    with open(path, "wb") as f:
        subprocess.run([os.path.join(BIN, "replay"), "--items", str(items), "--lines", which], stdout=f, check=True)


def gzip_file(source, to, members):
    """Compress as one stream, or as several, each of whole lines."""
    if members == 1:
        with open(to, "wb") as f:
            subprocess.run(["gzip", "-6", "-n", "-c", source], stdout=f, check=True)
        return
    size = os.path.getsize(source) // members + 1
    with open(source, "rb") as lines, open(to, "wb") as f:
        while part := lines.read(size):
            part += lines.readline()
            f.write(subprocess.run(["gzip", "-6", "-n", "-c"], input=part, stdout=subprocess.PIPE, check=True).stdout)


def bench_files(world, large, few):
    plain, one, several, little = (world.path(n) for n in ("t.json", "one.json.gz", "several.json.gz", "little.json"))
    say("files")
    write_lines(plain, ITEMS)
    write_lines(little, FEW)
    gzip_file(plain, one, 1)
    gzip_file(plain, several, 16)
    now = str(int(time.time()))
    for title, path, floor in (("plain", plain, ["cat", plain]), ("gzip, one stream", one, ["zcat", one]),
                               ("gzip, 16 streams", several, ["zcat", several])):
        common = dict(entries=ITEMS, size=os.path.getsize(plain))
        works = [Work(" ".join([floor[0], ">/dev/null"]), floor, role="floor", **common),
                 Work("ttlsweep inspect -i", [TTLSWEEP, "-q", "inspect", "--format", "json", "-i", path],
                      role="ours", **common)]
        if PEERS:
            works.append(Work("DuckDB count", ["node", os.path.join(HERE, "peer_duckdb.js"), path, now], **common))
        if PEERS and path == plain:
            works.append(Work("jq count", [
                "jq", "-n", "--argjson", "now", now,
                'reduce inputs.Item.ttl.N as $t ({}; .[if $t == null then "none" elif ($t | tonumber) < $now '
                'then "expired" else "live" end] += 1)', little], entries=FEW, size=os.path.getsize(little)))
        group = "file, %s, %d MB" % (title, os.path.getsize(path) // 10 ** 6)
        measure(world, group, works)
        show(group, COLUMNS, rows_of(works))


def bench_start(world, large, few):
    common = dict(server=few(), entries=few().items)
    inspect = sweep("inspect", "--no-sizes")
    works = [
        Work("start to first request", inspect, **common),
        Work("the same over TLS", inspect, tls=True, **common),
        Work("256 workers over TLS, 20 ms away: the last one's first request",
             inspect + ["--jobs", "256", "--segments", "4096"], tls=True, manner={"rtt_ms": 20},
             check=lambda s: None if s["connections"] >= 256 else "%d connections" % s["connections"], **common)]
    measure(world, "start", works)
    rows = []
    for w, what in zip(works, ("first_ns", "first_ns", "last_connected_ns")):
        ms = w.median(lambda r: (r["stats"][what] - r["began"]) / 1e6)
        rows.append([w.title(), number(ms, 1), number(w.median("cpu"), 3), number(w.median("peak"), 1)])
    show("start", ["", "ms", "cpu s of all", "peak MiB"], rows)


def bench_memory(world, large, few):
    rows = []
    for items in MEMORY:
        server = Server(world, items)
        journal = world.path("journal")
        works = [Work("inspect", sweep("inspect"), server=server, entries=items, check=scanned_all),
                 Work("purge", sweep("purge", "--yes", "--journal", journal), before=lambda: remove(journal),
                      server=server, entries=deleted, check=purged_all)]
        measure(world, "memory, %d entries" % items, works)
        rows += [["%s, %s entries" % (w.name, count(items)), number(w.median("peak"), 1), number(w.median("wall"))]
                 for w in works]
        remove(journal)
        server.close()
    show("memory, %d workers" % JOBS, ["", "peak MiB", "wall s"], rows)


def said(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.stdout.decode().strip().splitlines()[0]
    except (OSError, IndexError):
        return "not there"


def module_version(name):
    try:
        with open(os.path.join(MODULES, name, "package.json"), encoding="utf-8") as f:
            return json.load(f)["version"]
    except OSError:
        return "not there"


def introduce(world, sections):
    cpu = "?"
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), cpu)
    disk = said("stat", "-f", "-c", "%T", world.dir)
    print("%s; %s, %d cores, Linux %s; load before %.2f" % (
        time.strftime("%Y-%m-%d"), cpu, os.cpu_count(), os.uname().release, os.getloadavg()[0]))
    print("%s (%s); %s entries, medians of %d; journals and files on %s" % (
        said(TTLSWEEP, "--version"), said("git", "-C", TOP, "describe", "--always", "--dirty"), count(ITEMS), RUNS, disk))
    if PEERS:
        print("Node %s, @aws-sdk/client-dynamodb %s, @duckdb/node-api %s; boto3 %s; %s; %s" % (
            said("node", "--version"), module_version("@aws-sdk/client-dynamodb"), module_version("@duckdb/node-api"),
            said("/usr/bin/python3", "-c", "import boto3; print(boto3.__version__)"), said("/usr/bin/aws", "--version"),
            said("jq", "--version")))
    if disk in ("tmpfs", "ramfs"):
        print("A journal in memory is no journal: set BENCH_DIR to a directory on a disk.")
    print("Sections: " + ", ".join(sections))


def main():
    asked = [s for s in os.environ.get("BENCH", "").split(",") if s] or SECTIONS
    unknown = [s for s in asked if s not in SECTIONS]
    if unknown:
        raise SystemExit("bench: no section %s; there are: %s" % (", ".join(unknown), ", ".join(SECTIONS)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    world = World()
    servers = {}

    def server(items):
        def get():
            if items not in servers:
                say("a server with %d entries" % items)
                servers[items] = Server(world, items)
            return servers[items]
        return get

    try:
        introduce(world, asked)
        for section in asked:
            globals()["bench_" + section](world, server(ITEMS), server(FEW))
    finally:
        for one in servers.values():
            one.close()
        world.close()
        with open(os.path.join(BIN, "results.json"), "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)
    for line in broken:
        print("wrong: " + line)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
