#!/usr/bin/python3
"""Purge and restore through a proxy that causes faults (tests/tools/road.py).

    faults.py --seeds 1-12 --local URL --dynalite URL [--rough]

Each seed makes a table, a proxy and options. Nobody else writes to the table.
Then (every fifth seed repairs instead of purging):

 - a dry run sends no writes;
 - purge: its totals balance; the selected entries are deleted, except those
   reported as failed or skipped; all others are unchanged; `unconfirmed` is the
   number of deletes whose replies were lost; the journal agrees;
 - restore, repeated through the proxy until it succeeds, brings back the table
   unchanged, and counts the missing entries, though replies were lost.

--rough: few attempts and many faults, so that entries fail and runs end early;
even so the journal contains what is missing. The same seed meets the same
faults; --dir keeps journals and the proxy's logs.
"""

import argparse
import math
import os
import random
import sys
import tempfile

import count as counting
import dump
from sweeps import (PURGED, REPAIRED, RESTORED, Broken, Journal, Table, balances, check_journal, check_lost, must,
                    play_all, run)

from road import HARMLESS, KINDS, STATEMENT_KINDS, Road

READS = {"DescribeTable", "DescribeTimeToLive", "Scan", "BatchGetItem", "GetItem", "Query", "DescribeContinuousBackups"}
NOW = 1795000000


def incomparable(ttl):
    return "M" in ttl or bool(ttl.get("L"))


class Round:
    def __init__(self, seed, options):
        self.seed, self.rng, self.rough = seed, random.Random(seed), options.rough
        self.dynalite = seed % 3 == 0
        endpoint = options.dynalite if self.dynalite else options.local
        self.table = Table(endpoint, "faults-%d%s" % (seed, "-rough" * self.rough), NOW)
        self.base = os.path.join(options.dir, self.table.name)
        self.entries = self.rng.randrange(300, 600)

    def __str__(self):
        return "seed %d%s" % (self.seed, " (rough)" * self.rough)

    def choose(self):
        rng = self.rng
        self.batch = rng.choice(["auto", "single"] if self.dynalite else ["auto", "partiql", "single"])
        self.state = rng.choice(["expired", "expired", "any", "immortal", "live", "stuck,live"])
        self.journal = self.base + rng.choice([".journal", ".journal", ".journal.gz"])
        self.env = {}
        self.words = ["-t", self.table.name, "--now", str(NOW), "--state", self.state]
        if self.state == "immortal":  # has to be narrowed
            self.words += ["--reason", ",".join(counting.REASONS)]
        self.write = ["--batch", self.batch, "--jobs", str(rng.choice([2, 8, 8, 16])),
                      # otherwise each throttled reply costs seconds
                      "--max-wcu", "20000", "--max-rcu", "20000"]
        if rng.random() < .3:
            self.write += ["--segments", str(rng.choice([1, 4, 64]))]
        worst = rng.choice([.006, .012, .02])
        self.rates = dict({kind: worst for kind in KINDS}, **{kind: worst for kind in STATEMENT_KINDS})
        self.rates.update({kind: .05 for kind in HARMLESS}, drip=.02)
        # waiting for throttled requests takes a second or more
        self.rates["throttle"] /= 2
        if self.rough:
            self.rates.update(dict.fromkeys(STATEMENT_KINDS, .05), **{"error-before": .1, "error-after": .1})
        self.road = Road(self.table.endpoint, log=self.base + ".log", seed=self.seed, rates=self.rates,
                         in_a_row=0 if self.rough else 2, as_real=not self.dynalite and self.seed % 2 == 0)
        if self.rough:
            self.env["AWS_MAX_ATTEMPTS"] = str(rng.choice([1, 2, 2, 3]))
            self.road.set(only=["BatchExecuteStatement", "BatchGetItem", "DeleteItem", "PutItem", "UpdateItem"])

    def count_road(self):
        counts = self.road.counts()
        self.road.reset()
        return counts

    def dry_run(self):
        result = run(self.road.url, "purge", *self.words, env=self.env)
        counts = self.count_road()
        must(not set(counts["operations"]) - READS, "a dry run sent", counts["operations"])
        must(result.status == 0, "the dry run ended with", result.status, result.err)
        balances(result.totals, PURGED)
        must(result.totals["matched"] == result.totals["skipped"] == len(self.chosen), "the dry run matched",
             result.totals["matched"], "of", len(self.chosen))

    def purge(self):
        result = run(self.road.url, "purge", "--yes", "--journal", self.journal, *self.words, *self.write, env=self.env)
        counts = self.count_road()
        after = self.table.read()
        missing = set(self.before) - set(after)
        check_lost(after, self.before, self.chosen)
        if self.rough and result.status == 1 and result.totals is None:
            must(not missing, "no totals, and", len(missing), "entries are missing")
            return missing, counts
        must(result.status in ((0, 1, 3) if self.rough else (0,)), "purge ended with", result.status, result.err)
        totals = result.totals
        balances(totals, PURGED)
        must(totals["gone"] == 0 and totals["refreshed"] <= len(self.stay), "nobody else was at work:", totals)
        if result.status != 1:
            must(totals["matched"] == len(self.chosen), "matched", totals["matched"], "of", len(self.chosen))
            must(totals["refreshed"] == len(self.stay), "refreshed", totals["refreshed"], "of", len(self.stay))
            must(totals["skipped"] == 0, "ended well, and skipped", totals["skipped"])
            must((totals["failed"] > 0) == (result.status == 3), "status", result.status, "and", totals)
        must(totals["deleted"] <= len(missing) <= totals["deleted"] + totals["failed"], len(missing), "are missing:", totals)
        if result.status == 0:
            must(missing == self.chosen - self.stay, "left behind:", self.chosen - self.stay - missing)
            must(totals["unconfirmed"] == counts["lost"], "unconfirmed", totals["unconfirmed"],
                 "and", counts["lost"], "replies were lost")
        must(totals["unconfirmed"] <= counts["lost"], "unconfirmed", totals["unconfirmed"], "of", counts["lost"])
        if self.journal and os.path.exists(self.journal):
            must(os.stat(self.journal).st_mode & 0o777 == 0o600, "the journal's mode")
            check_journal(Journal(self.journal), totals, missing, self.before)
        else:
            must(totals["matched"] == 0, "no journal")
        return missing, counts

    def restore(self, missing):
        """Repeat it until it succeeds; with --rough, the last time without the proxy."""
        restored = 0
        for tries in range(4):
            url = self.table.endpoint if self.rough and tries == 3 else self.road.url
            result = run(url, "restore", self.journal, "-t", self.table.name, "--yes", "--jobs", "4",
                         "--max-wcu", "20000", "--max-rcu", "20000", "--now", str(NOW), env=self.env)
            self.count_road()
            if result.totals is not None:
                balances(result.totals, RESTORED)
                restored += result.totals["restored"]
            if result.status == 0:
                break
            must(self.rough and result.status in (1, 3), "restore ended with", result.status, result.err)
        must(self.table.read() == self.before, "restored otherwise")
        if self.rough:
            return
        # Entries that stayed may count, too: their delete was sent twice, so they are put, and that may be sent twice.
        must(len(missing) <= restored <= len(missing) + len(self.stay), "said", restored, "restored of", len(missing))
        again = run(self.table.endpoint, "restore", self.journal, "-t", self.table.name, "--yes")
        must(again.status == 0 and again.totals["restored"] == 0, "restored twice:", again.totals)
        must(again.totals["present"] == again.totals["matched"], again.totals)

    def play(self):
        rng = self.rng
        self.table.make(self.entries, self.seed, key_type=rng.choice("SSSNB"),
                        sort_type=rng.choice([None, None, "S", "N", "B"]))
        self.choose()
        try:
            items = self.table.items()
            self.chosen = self.table.chosen(items, self.state)
            self.before = self.table.read()
            # In dynalite no two maps or lists are equal: conditional deletes of these fail.
            self.stay = {name for name in self.chosen if self.dynalite and incomparable(items[name].get("ttl", {}))}
            if self.seed % 4 == 1:
                self.dry_run()
            missing, counts = self.purge()
            if os.path.exists(self.journal):
                self.restore(missing)
        except Broken as broken:
            raise Broken("%s; %s" % (" ".join(self.words + self.write), broken)) from None
        self.road.close()
        self.table.drop()
        harmed = sum(n for kind, n in counts["faults"].items() if kind not in HARMLESS)
        return "%s%s, %s: %d of %d taken, %d requests, %d harmed" % (
            "dynalite" if self.dynalite else "DynamoDB Local", " as real" * self.road.as_real, self.batch,
            len(missing), len(self.before), sum(counts["operations"].values()), harmed)


class Mend(Round):
    """Repair gives entries the intended seconds; restore gives the old value back."""

    def choose(self):
        super().choose()
        self.batch = "repair"
        self.words = ["-t", self.table.name, "--now", str(NOW)]
        self.write = ["--jobs", str(self.rng.choice([2, 8])), "--max-wcu", "20000", "--max-rcu", "20000"]
        self.missing_too = self.rng.random() < .5
        if self.missing_too:
            self.words += ["--ttl-for-missing", "1d"]

    def meant(self, ttl):
        """The TTL that repair writes, or None."""
        form, seconds, zoneless = counting.moment(ttl, NOW)
        if form == "missing" and self.missing_too:
            return NOW + 86400
        if form in ("milliseconds", "microseconds", "nanoseconds", "string") and not zoneless:
            return math.floor(seconds)
        return None

    def purge(self):
        items = self.table.items()
        want = {name: meant for name, item in items.items() if (meant := self.meant(item.get("ttl"))) is not None}
        result = run(self.road.url, "repair", "--yes", "--journal", self.journal, *self.words, *self.write, env=self.env)
        counts = self.count_road()
        after = self.table.read()
        must(set(after) == set(self.before), "an entry is missing, or new")
        changed = {name for name, whole in after.items() if whole != self.before[name]}
        for name in changed:
            must(name in want, "was not to be repaired:", after[name])
            repaired = dump.line(dict(items[name], ttl={"N": str(want[name])}))
            must(after[name] == repaired, "repaired otherwise:", after[name], "for", repaired)
        must(result.status in ((0, 1, 3) if self.rough else (0,)), "repair ended with", result.status, result.err)
        totals = result.totals
        balances(totals, REPAIRED)
        must(totals["gone"] == totals["refreshed"] == 0, "nobody else was at work:", totals)
        must(totals["repaired"] <= len(changed) <= totals["repaired"] + totals["failed"], len(changed), "are changed:", totals)
        if result.status == 0:
            must(changed == set(want), "left as they were:", set(want) - changed)
            must(totals["unconfirmed"] == counts["lost"], "unconfirmed", totals["unconfirmed"],
                 "and", counts["lost"], "replies were lost")
        check_journal(Journal(self.journal), totals, changed, self.before)
        return changed, counts

    def dry_run(self):
        result = run(self.road.url, "repair", *self.words)
        counts = self.count_road()
        must(not set(counts["operations"]) - READS, "a dry run sent", counts["operations"])
        must(result.status == 0 and result.totals["matched"] == result.totals["skipped"], result.totals)


class One(Round):
    """One kind of fault, often."""

    def __init__(self, kind, options):
        self.kind = kind
        super().__init__((KINDS + STATEMENT_KINDS).index(kind) + 1, options)
        self.dynalite = False
        self.table = Table(options.local, "faults-" + kind, NOW)
        self.base = os.path.join(options.dir, self.table.name)
        self.entries = 60

    def __str__(self):
        return self.kind

    def choose(self):
        super().choose()
        self.batch = "auto" if self.kind in STATEMENT_KINDS or self.seed % 2 else "single"
        self.write = ["--batch", self.batch, "--max-wcu", "20000", "--max-rcu", "20000"]
        self.road.set(rates={self.kind: .1 if "throttle" in self.kind else .4})


def seeds(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--local", required=True, metavar="URL")
    p.add_argument("--dynalite", required=True, metavar="URL")
    p.add_argument("--seeds", type=seeds, default=range(1, 13), metavar="FIRST-LAST")
    p.add_argument("--rough", action="store_true")
    p.add_argument("--each", action="store_true", help="each kind of fault by itself instead")
    p.add_argument("--at-once", type=int, default=4, metavar="N")
    p.add_argument("--dir", help="for journals and logs")
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults.") as directory:
        options.dir = options.dir or directory
        rounds = [(Round if seed % 5 else Mend)(seed, options) for seed in options.seeds]
        if options.each:
            rounds = [One(kind, options) for kind in KINDS + STATEMENT_KINDS]
        sys.exit(play_all(rounds, options.at_once))


if __name__ == "__main__":
    main()
