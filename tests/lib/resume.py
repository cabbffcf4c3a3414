#!/usr/bin/python3
"""Interrupt exports with --checkpoint again and again.

    resume.py --endpoint URL --table T --now NOW [--kills 20] [--seed 1]
        NAME...

For each NAME (x.csv, x.json.gz ...) an export is killed (-9, at random times),
interrupted, or finds its disk full, and continues, until it was killed so often.
Then it may finish. Its rows must be those of an undisturbed run: none twice, none
missing. After each interruption the file does not have its name yet, and the part
that the checkpoint covers is complete.
"""

import argparse
import csv
import gzip
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

PROGRAM = os.environ["TTLSWEEP"]
ENDS = [signal.SIGKILL] * 12 + [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, "full"]


class Broken(Exception):
    """A promise is broken."""


def must(holds, *what):
    if not holds:
        raise Broken(" ".join(map(str, what)))


def rows(name, data):
    """The rows of a file, read independently."""
    if name.endswith(".gz"):
        data = gzip.decompress(data) if data else b""
    if ".csv" in name:
        return [tuple(row) for row in csv.reader(io.StringIO(data.decode("utf-8", "surrogateescape"), newline=""))]
    must(data == b"" or data.endswith(b"\n"), "the last row is not whole")
    for line in data.splitlines():
        json.loads(line)
    return data.splitlines()


def contents(path):
    with open(path, "rb") as f:
        return f.read()


class Export:
    """One export in progress."""

    def __init__(self, name, options, directory):
        self.name, self.rng = name, random.Random("%s %s" % (options.seed, name))
        self.path, self.checkpoint = os.path.join(directory, name), os.path.join(directory, name + ".cp")
        self.common = [PROGRAM, "export", "-t", options.table, "--endpoint-url", options.endpoint, "--now", str(options.now)]
        self.words = [*self.common, "-o", self.path, "--checkpoint", self.checkpoint, "--segments", "8", "--jobs", "3"]
        self.pace = ["--max-rcu", str(options.pace)]
        self.kills, self.ends, self.wanted = 0, Counter(), options.kills

    def size(self):
        try:
            return os.path.getsize(self.path + ".part")
        except FileNotFoundError:
            return 0

    def start(self, pace=(), limit=None):
        def limited():
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return subprocess.Popen([*self.words, *pace], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                preexec_fn=limited)

    def disturbed(self):
        """One run; whether it finished all the same."""
        how = self.rng.choice(ENDS)
        # The checkpoint must fit on the disk.
        child = self.start(self.pace, max(65536, self.size() + self.rng.randrange(60000)) if how == "full" else None)
        if how == "full":
            how, after = signal.SIGKILL, 1.5
        else:
            after = self.rng.uniform(0, .4)
        try:
            said = child.communicate(timeout=after)[1]
        except subprocess.TimeoutExpired:
            child.send_signal(how)
            said = child.communicate()[1]
        status, said = child.returncode, said.decode(errors="replace")
        self.ends["ended %d" % status] += 1
        self.kills += status == -signal.SIGKILL
        must(status in (0, 1, -signal.SIGKILL, 128 + signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGHUP,
                        -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP), status, said)
        must(status != 1 or "File too large" in said, said)
        must(status < 1 or "to continue: " in said or "interrupted" in said, status, said)
        if status == -signal.SIGKILL and os.path.exists(self.path):
            # it finished: the next run has nothing to do
            self.ends["named"] += 1
            if os.path.exists(self.checkpoint):
                said = self.start().communicate(timeout=60)[1].decode(errors="replace")
                must("is complete" in said, said)
            return True
        if status == 0:
            return True
        self.half()
        return False

    def half(self):
        """Check that the files can be continued."""
        must(not os.path.exists(self.path), "it has its name already")
        if not os.path.exists(self.checkpoint):
            must(not os.path.exists(self.path + ".part"), "no checkpoint")
            return
        told = json.loads(contents(self.checkpoint))
        must(told["file"]["bytes"] <= self.size(), told["file"], self.size())
        if told["file"]["bytes"]:
            must(os.stat(self.path + ".part").st_mode & 0o777 == 0o600, "its mode")
            rows(self.name, contents(self.path + ".part")[:told["file"]["bytes"]])

    def whole(self, want):
        must(not os.path.exists(self.checkpoint), "the checkpoint is still there")
        must(not os.path.exists(self.path + ".part"), "the part is still there")
        must(os.stat(self.path).st_mode & 0o777 == 0o600, "its mode")
        if self.name.endswith(".gz"):
            subprocess.run(["zcat", self.path], check=True, stdout=subprocess.DEVNULL)
        got = Counter(rows(self.name, contents(self.path)))
        must(got == want, self.name, "missing:", list((want - got).items())[:3], "too many:", list((got - want).items())[:3])
        must(max(got.values()) == 1, "a row twice")

    def run(self):
        plain = self.path + ".plain" + "".join("." + e for e in self.name.split(".")[1:])
        subprocess.run([*self.common, "-q", "-o", plain], check=True)
        want = Counter(rows(self.name, contents(plain)))
        must(len(want) > 1000, len(want), "rows")
        while self.kills < self.wanted:
            if self.disturbed():
                self.whole(want)
                os.unlink(self.path)
                self.ends["whole"] += 1
        child = self.start()
        said = child.communicate(timeout=120)[1]
        must(child.returncode == 0, child.returncode, said)
        self.whole(want)
        # again: the file is replaced only when the new one is complete
        before = contents(self.path)
        child = self.start(["--max-rcu", "1"])
        time.sleep(.3)
        child.kill()
        child.communicate()
        must(contents(self.path) == before, "it was touched before its time")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--endpoint", required=True)
    p.add_argument("--table", required=True)
    p.add_argument("--now", type=int, required=True)
    p.add_argument("--kills", type=int, default=20)
    p.add_argument("--pace", type=int, default=25, help="read units a second")
    p.add_argument("--seed", default="1")
    p.add_argument("names", nargs="+")
    options = p.parse_args()
    bad = []

    def one(name, directory):
        export = Export(name, options, directory)
        try:
            export.run()
        except Exception as e:  # reported below, with the others
            bad.append("%s: %s" % (name, e))
        print(name, dict(export.ends), flush=True)

    with tempfile.TemporaryDirectory() as directory:
        threads = [threading.Thread(target=one, args=(name, directory)) for name in options.names]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    for line in bad:
        print(line, file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
