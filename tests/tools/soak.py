#!/usr/bin/python3
"""Random sweeps of random tables, each checked against the contract.

    soak.py --seconds 300 --seed 7 ENDPOINT...

A round makes a table, runs `ttlsweep purge --yes` on it with random options,
renews and removes entries meanwhile as an application would, and sometimes
kills the purge. Afterwards:

 - every entry that was renewed before its delete exists, with its new TTL;
 - every entry that had not expired is unchanged;
 - a purge that succeeded left no selected entry, and its totals balance and
   agree with the table;
 - `ttlsweep restore` brings back every deleted entry unchanged, however the
   purge ended.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import count as counting
import ddb
import dump
import seed as seeding

PROGRAM = os.environ["TTLSWEEP"]


class Broken(Exception):
    """The contract is broken."""


def must(holds, *what):
    if not holds:
        raise Broken(" ".join(map(str, what)))


class Round:
    def __init__(self, endpoint, number):
        self.rng = random.Random(number)
        self.endpoint = endpoint
        self.client = ddb.connect(endpoint)
        self.table = "soak-%d-%d" % (os.getpid(), number)
        self.journal = os.path.abspath(self.table + ".journal")
        self.now = int(time.time())
        self.says = []

    def fill(self):
        rng = self.rng
        options = argparse.Namespace(
            table=self.table, key="key", key_type=rng.choice("SSSNB"), sort_key=rng.choice([None, None, "sort"]),
            sort_type=rng.choice("SNB"), ttl_attribute="ttl", provisioned=None, index=None,
            mixed=rng.choice([60, 400, 1500]), case=[], kind="any", max_size=5000, now=self.now,
            seed=rng.random())
        seeding.create(self.client, options)
        seeding.write(self.client, self.table, seeding.entries(options))
        self.names = [n for n in ("key", options.sort_key) if n]
        self.says.append("%d entries, key %s%s" % (options.mixed, options.key_type, options.sort_key and "+" + options.sort_type or ""))

    def key_of(self, item):
        return {name: item[name] for name in self.names}

    def read(self):
        """The table: canonical key to item."""
        return {dump.line(self.key_of(item)): item for item in counting.scan(self.client, self.table)}

    def expired(self, item):
        return counting.judge(item.get("ttl"), self.now, False)[0] in ("pending", "stuck")

    def meddle(self, stop):
        """What an application does: renew some entries, remove some."""
        rng = random.Random(self.rng.random())
        keys = list(self.before)
        rng.shuffle(keys)
        soon = {"N": str(self.now + 86400)}
        for name in keys:
            if stop.is_set():
                return
            key = self.key_of(self.before[name])
            try:
                if rng.random() < .1:
                    self.client.delete_item(TableName=self.table, Key=key, ConditionExpression="attribute_exists(#k)",
                                            ExpressionAttributeNames={"#k": "key"})
                    self.removed.add(name)
                else:
                    self.client.update_item(
                        TableName=self.table, Key=key, UpdateExpression="SET #t = :t",
                        ConditionExpression="attribute_exists(#k)",
                        ExpressionAttributeNames={"#k": "key", "#t": "ttl"}, ExpressionAttributeValues={":t": soon})
                    self.renewed[name] = soon
            except self.client.exceptions.ConditionalCheckFailedException:
                pass  # purged first
            time.sleep(rng.choice([0, 0, .002, .01]))

    def run(self, *words, killed=None):
        command = [PROGRAM, *words, "--endpoint-url", self.endpoint, "-t", self.table, "-q"]
        self.says.append(" ".join(words))
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if killed:
            time.sleep(killed[1])
            child.send_signal(killed[0])
        out, err = child.communicate(timeout=300)
        return child.returncode, out, err.decode(errors="replace")

    def purge(self):
        rng = self.rng
        words = ["purge", "--yes", "--now", str(self.now), "--journal", self.journal, "--format", "json",
                 "--jobs", str(rng.choice([1, 2, 8])), "--batch", rng.choice(["auto", "auto", "single"])]
        if rng.random() < .3:
            words += ["--segments", str(rng.choice([1, 4, 64]))]
        self.limit = rng.choice([None, None, 0, 1, 37])
        if self.limit is not None:
            words += ["--max-items", str(self.limit)]
        killed = rng.choice([None, None, (signal.SIGKILL, rng.uniform(0, .8)), (signal.SIGINT, rng.uniform(0, .5))])
        stop = threading.Event()
        meddler = threading.Thread(target=self.meddle, args=(stop,))
        if rng.random() < .7:
            meddler.start()
        try:
            status, out, err = self.run(*words, killed=killed)
        finally:
            stop.set()
            if meddler.ident:
                meddler.join()
        self.says.append("ended with %d %s" % (status, killed or ""))
        if killed is None:
            must(status in (0, 4), "purge ended with", status, err)
        return status, out

    def check_purge(self, status, out, after):
        taken = 0
        for name, item in self.before.items():
            if name in self.renewed and name not in self.removed:
                must(name in after, "renewed, but gone:", name)
                must(after[name].get("ttl") == self.renewed[name], "another TTL:", name)
            elif name in self.removed:
                continue
            elif name not in after:
                must(self.expired(item), "not expired, but gone:", name, item.get("ttl"))
                taken += 1
            else:
                must(dump.line(after[name]) == dump.line(item), "changed:", name)
                must(status != 0 or not self.expired(item), "left behind:", name, item.get("ttl"))
        if status in (0, 4):
            totals = json.loads(out)
            must(totals["matched"] == sum(totals[k] for k in ("deleted", "refreshed", "gone", "failed", "skipped")),
                 "totals do not balance:", totals)
            # We may have deleted an entry just before the application removed it.
            must(totals["deleted"] == taken, "said", totals["deleted"], "deleted, but", taken, "are")
        if self.limit is not None:
            must(taken <= self.limit, taken, "deleted, allowed", self.limit)

    def check_restore(self, after):
        if not os.path.exists(self.journal):
            must(all(name in after for name in self.before if name not in self.removed), "deleted without a journal")
            return
        status, _, err = self.run("restore", self.journal, "--yes", "--format", "json")
        must(status == 0, "restore ended with", status, err)
        restored = self.read()
        for name, item in self.before.items():
            if name in self.removed:
                continue
            must(name in restored, "not restored:", name)
            want = dict(item, ttl=self.renewed[name]) if name in self.renewed else item
            must(dump.line(restored[name]) == dump.line(want), "restored otherwise:", name)

    def play(self):
        self.renewed, self.removed = {}, set()
        self.fill()
        self.before = self.read()
        status, out = self.purge()
        after = self.read()
        self.check_purge(status, out, after)
        self.check_restore(after)
        self.client.delete_table(TableName=self.table)
        for path in (self.journal, self.journal + ".gz"):
            if os.path.exists(path):
                os.unlink(path)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("endpoints", nargs="+")
    p.add_argument("--seconds", type=int, default=60)
    p.add_argument("--seed", type=int, default=1)
    options = p.parse_args()
    deadline, number = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < deadline:
        this = Round(options.endpoints[number % len(options.endpoints)], number)
        try:
            this.play()
        except Broken as broken:
            print("round %d: %s" % (number, "; ".join(this.says)))
            sys.exit("broken: %s" % broken)
        print("round %d: %s" % (number, "; ".join(this.says)), flush=True)
        number += 1


if __name__ == "__main__":
    main()
