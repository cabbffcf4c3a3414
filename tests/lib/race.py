#!/usr/bin/python3
"""An application uses a table while it is purged.

    race.py --server URL [--batch single] [--as-real] [--throttle | --harm SEED]

Most sessions of the table have expired when the purge begins. Before, during and
after it, other connections, each with its own keys, keep

 - renewing some (a later TTL, another payload), if they exist, or, like a login,
   in any case,
 - changing the payload of some, but not the TTL,
 - removing some (logout).

The purge uses a proxy that delays deletes, so that entries change between scan
and delete. Then exactly this must be true:

 - every session whose renewal was acknowledged exists, as last written;
 - a selected entry that was renewed before its delete is reported as refreshed,
   one that was removed before as gone, any other as deleted; in the totals and
   in the journal;
 - restore brings back deleted entries as they were last written, and changes no
   others.

With --throttle the proxy also throttles requests and statements. These had no
effect, and all of this is still exact. With --harm it loses replies. Then an
entry whose delete was sent again may be restored from an older image, or be
reported as deleted when the application removed it: `unconfirmed` counts those.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time

from sweeps import PURGED, RESTORED, Broken, Journal, Line, Table, balances, finish, must, run, start, untyped

import dump
from road import KINDS, STATEMENT_KINDS, Road

CASES = (("past", 450), ("milliseconds-past", 60), ("string-past", 40), ("too-old", 40), ("future", 60))
ROLES = {"renew": 30, "login": 10, "touch": 20, "remove": 20, "leave": 20}
DELAY = {"BatchExecuteStatement": .2, "DeleteItem": .008}
WRITERS = 4
ROUNDS = 3  # at most: on a busy machine the application may hardly meet the purge


class Writer(threading.Thread):
    """Keeps writing its entries, and records what was acknowledged."""

    def __init__(self, table, entries, seed):
        super().__init__(daemon=True)
        self.table, self.entries, self.rng = table, entries, random.Random(seed)
        self.line, self.stop = Line(table.endpoint), threading.Event()
        self.images = {}  # all acknowledged images of each entry
        self.renewed, self.recreated, self.removed = set(), set(), set()
        self.renewals = 0
        self.broken = None

    def run(self):
        try:
            while not self.stop.is_set():
                name, item, role = self.rng.choice(self.entries)
                if name not in self.removed:
                    getattr(self, role)(name, item)
                time.sleep(self.rng.choice([.001, .005, .01]))
        except Exception as broken:  # reported by the main thread
            self.broken = broken

    def put(self, name, item, must_exist):
        """The reply; None when the entry did not exist."""
        condition = {"ConditionExpression": "attribute_exists(#k)",
                     "ExpressionAttributeNames": {"#k": "key"}} if must_exist else {}
        item = dict(item, data={"S": "%x" % self.rng.getrandbits(64) * self.rng.randrange(1, 20)})
        done = self.line.ask("PutItem", TableName=self.table.name, Item=item, ReturnValues="ALL_OLD", **condition)
        if done is not None:
            self.images.setdefault(name, []).append(dump.line(untyped(item)))
        return done

    def later(self, item):
        return dict(item, ttl={"N": str(self.table.now + 3600 + self.rng.randrange(10 ** 6))})

    def renew(self, name, item):
        if self.put(name, self.later(item), True) is not None:
            self.renewed.add(name)
            self.renewals += 1

    def login(self, name, item):
        was_there = "Attributes" in self.put(name, self.later(item), False)
        self.renewals += 1
        if name not in self.renewed | self.recreated:
            (self.renewed if was_there else self.recreated).add(name)

    def touch(self, name, item):
        self.put(name, item, True)

    def remove(self, name, item):
        key = {k: item[k] for k in self.table.names}
        done = self.line.ask("DeleteItem", TableName=self.table.name, Key=key, ReturnValues="ALL_OLD")
        if "Attributes" in done:
            self.removed.add(name)


class Race:
    def __init__(self, options, directory):
        self.options, self.seed = options, options.harm or 1
        self.rng = random.Random(self.seed)
        self.table = Table(options.server, "race-%d" % os.getpid(), int(time.time()))
        self.journal = os.path.join(directory, "race.journal")
        rates = {}
        if options.throttle:
            rates = {"throttle": .02, "s-throttle": .08, "s-conflict": .08}
        if options.harm:
            rates = dict.fromkeys(KINDS + STATEMENT_KINDS, .01)
            rates.update({"throttle": .002, "error-after": .03, "hangup-after": .03, "reset-after": .03,
                          "s-error-after": .03, "s-throttle": .001, "s-conflict": .001})
        self.road = Road(options.server, log=options.log, seed=self.seed, rates=rates, as_real=options.as_real, delay=DELAY)

    def fill(self):
        self.table.make(0, self.seed, case=CASES, kind="session", max_size=2500)
        line = Line(self.table.endpoint)
        items, start = {}, {}
        while start is not None:
            page = line.ask("Scan", TableName=self.table.name, ConsistentRead=True, **start)
            items.update({self.table.name_of(untyped(item)): item for item in page["Items"]})
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None
        self.before = {name: dump.line(untyped(item)) for name, item in items.items()}
        self.roles = {name: self.rng.choices(list(ROLES), list(ROLES.values()))[0] for name in items}
        mine = [(name, items[name], role) for name, role in self.roles.items() if role != "leave"]
        self.writers = [Writer(self.table, mine[i::WRITERS], self.seed + i) for i in range(WRITERS)]

    def purge(self):
        # Few segments, so that entries are deleted seconds after they were read. But
        # throttled batches are slow anyway.
        segments = "8" if self.options.throttle and self.options.batch != "single" else "2"
        words = ["purge", "--yes", "-t", self.table.name, "--journal", self.journal, "--jobs", "8",
                 "--batch", self.options.batch, "--segments", segments, "--max-wcu", "20000", "--max-rcu", "20000"]
        child = start(self.road.url, *words)
        for writer in self.writers:
            writer.start()
        result = finish(child)
        time.sleep(.2)
        for writer in self.writers:
            writer.stop.set()
        for writer in self.writers:
            writer.join()
            if writer.broken:
                raise writer.broken
        must(result.status == 0, "purge ended with", result.status, result.err)
        balances(result.totals, PURGED)
        return result.totals

    def gather(self):
        everything = lambda name: set().union(*(getattr(writer, name) for writer in self.writers))
        self.renewed, self.recreated, self.removed = map(everything, ("renewed", "recreated", "removed"))
        self.images = {name: images for writer in self.writers for name, images in writer.images.items()}
        self.last = {name: self.images.get(name, [image])[-1] for name, image in self.before.items()}
        self.renewals = sum(writer.renewals for writer in self.writers)

    def check_purge(self, totals):
        after, journal = self.table.read(), Journal(self.journal)
        harm = bool(self.options.harm)
        outcome = {images[0][0]: journal.outcomes[n][0][0] for n, images in journal.images.items()}
        for name in self.renewed | self.recreated:
            must(name in after, "renewed, and deleted:", name)
            must(after[name] == self.last[name], "renewed, and changed:", name)
        for name, image in self.before.items():
            must(name in after or name in outcome or name in self.removed, "missing, and not in the journal:", name)
            if name in after:
                must(after[name] == self.last[name], "changed:", after[name][:300], self.last[name][:300])
        matched = set(outcome)
        must(totals["matched"] == len(matched), "matched", totals["matched"], "and", len(matched), "in the journal")
        must(totals["failed"] == totals["skipped"] == 0, totals)
        want = {name: "refreshed" if name in self.renewed else "gone" if name in self.removed else "deleted"
                for name in matched}
        wrong = {name for name in matched if outcome[name] != want[name]}
        for name in wrong:
            # Deleted, the reply lost, and written again; or removed by others, which we could not know.
            must(harm and (name in self.recreated and outcome[name] == "refreshed" or
                           name in self.removed and outcome[name] == "deleted"),
                 "told as", outcome[name], "but was", want[name], name)
        for word in PURGED[:3]:
            must(totals[word] == sum(said == word for said in outcome.values()), "another number", word, totals)
        must(harm or totals["unconfirmed"] == 0, totals)
        must(len(wrong & self.removed) <= totals["unconfirmed"],
             len(wrong), "not told apart, unconfirmed", totals["unconfirmed"])
        return after

    def check_restore(self, after, totals):
        result = run(self.table.endpoint, "restore", self.journal, "-t", self.table.name, "--yes")
        must(result.status == 0, "restore ended with", result.status, result.err)
        balances(result.totals, RESTORED)
        restored = self.table.read()
        older = 0
        for name in self.before:
            if name in self.removed:
                must(name not in restored or self.options.harm, "the application had removed it:", name)
                continue
            must(name in restored, "not restored:", name)
            if restored[name] == self.last[name]:
                continue
            must(name not in self.renewed | self.recreated, "written over:", name)
            must(restored[name] in [self.before[name]] + self.images[name], "restored as it never was:", restored[name])
            older += 1
        back = len(set(restored) - set(after))
        must(result.totals["restored"] == back, "said", result.totals["restored"], "restored of", back)
        must(older <= totals["unconfirmed"], older, "are older, unconfirmed", totals["unconfirmed"])
        return older

    def play(self):
        self.fill()
        totals = self.purge()
        self.gather()
        after = self.check_purge(totals)
        older = self.check_restore(after, totals)
        self.road.close()
        self.table.drop()
        self.met = totals["refreshed"] >= 50 and totals["gone"] >= 10
        return "%d renewals of %d sessions through a purge of %d: %d matched, of them %d refreshed, %d gone, %d deleted " \
            "(%d unconfirmed); 0 renewed ones deleted; restored, %d as an older image" % (
                self.renewals, len(self.renewed | self.recreated), len(self.before), totals["matched"], totals["refreshed"],
                totals["gone"], totals["deleted"], totals["unconfirmed"], older)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", required=True, metavar="URL")
    p.add_argument("--batch", default="auto")
    p.add_argument("--as-real", action="store_true")
    p.add_argument("--throttle", action="store_true")
    p.add_argument("--harm", type=int, metavar="SEED")
    p.add_argument("--log", help="the road's")
    options = p.parse_args()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="race.") as directory:
            try:
                race = Race(options, directory)
                print(race.play())
            except Broken as broken:
                sys.exit("broken: %s" % broken)
        if race.met:
            return
    sys.exit("broken: none of %d races was one" % ROUNDS)


if __name__ == "__main__":
    main()
