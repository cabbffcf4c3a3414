#!/usr/bin/python3
"""Kill or interrupt purges, repairs and restores.

    kill.py --server URL [--server URL] [--kills 50] [--seed 1] KIND

Every round ends with `restore` from the journal. Then the table must be what it
was before, so that the next round can use it.

kill       kill -9, at a random time or while the proxy holds a request: a scan
           (nothing done yet), a delete before the server gets it (between
           intent and delete) or after it acted (between delete and outcome), a
           read-back; then a restore, which is sometimes killed, too
interrupt  INT, TERM, HUP while a delete is held: it finishes, the journal is
           complete, the totals are printed and right, status 130, 143, 129
twice      a second INT, later, ends the run at once; the journal still restores
doubled    two INT at once, as timeout(1) sends them, are one: as "interrupt"
hanging    a delete gets no reply: a signal ends the run all the same, with
           totals, before a supervisor sends KILL after 30 seconds
full       the journal reaches a size limit, or its disk is full: the run stops
           before the delete, with totals and status 1
waiting    INT or TERM while a retry waits for the seconds that the server asked
           for: it ends at once
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from sweeps import (PURGED, REPAIRED, RESTORED, Journal, Table, balances, check_journal, check_lost, finish, must,
                    play_all, run, start)

from road import Road

ENTRIES = 90
DELETES = ("BatchExecuteStatement", "DeleteItem")
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount")
BESIDES = ("ended before", "late", "restores killed")  # these count, but no purge was killed
PACE = ("--max-wcu", "20000", "--max-rcu", "20000")


class Killer:
    """Rounds on one table of one server, through one proxy."""

    def __init__(self, endpoint, number, options, directory):
        self.kind, self.rounds = options.kind, options.kills
        self.rng = random.Random("%d %d" % (options.seed, number))
        self.number, self.directory, self.now = number, directory, int(time.time())
        self.table = Table(endpoint, "kill-%d-%d" % (os.getpid(), number), self.now)
        self.partiql = endpoint == options.server[0]
        self.done = {}
        self.tmpfs = self.kind == "full" and subprocess.run(
            [*UNSHARE, "mount", "-t", "tmpfs", "none", directory], stderr=subprocess.DEVNULL).returncode == 0

    def __str__(self):
        return "%s %d" % (self.kind, self.number)

    def count(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    def words(self, journal):
        """The operation that writes, and the command; sometimes a repair."""
        rng = self.rng
        self.repairs = rng.random() < .25
        if self.repairs:
            return "UpdateItem", ["repair", "--yes", "-t", self.table.name, "--journal", journal,
                                  "--jobs", str(rng.choice([1, 3])), "--ttl-for-missing", "1d", *PACE]
        batch = rng.choice(["auto", "single"])
        deletes = DELETES[0 if self.partiql and batch == "auto" else 1]
        return deletes, ["purge", "--yes", "-t", self.table.name, "--journal", journal,
                         "--jobs", str(rng.choice([1, 3, 8])), "--batch", batch, "--state", rng.choice(["expired", "any"]), *PACE]

    def restored(self, journal, missing):
        """Restore the table, sometimes after a killed restore."""
        if self.kind == "kill" and self.rng.random() < .25:
            child = start(self.road.url, "restore", journal, "-t", self.table.name, "--yes", *PACE)
            if self.rng.random() < .5:
                time.sleep(self.rng.uniform(0, .1))
            else:
                self.road.hold("UpdateItem" if self.repairs else "PutItem",
                               self.rng.choice(["before", "after"]), self.rng.randrange(10))
                self.road.held(1)
            child.kill()
            finish(child)
            self.let_go()
            self.count("restores killed")
            missing = self.missing()
        result = run(self.table.endpoint, "restore", journal, "-t", self.table.name, "--yes", *PACE)
        must(result.status == 0, "restore ended with", result.status, result.err)
        balances(result.totals, RESTORED)
        must(result.totals["restored"] == len(missing), "said", result.totals["restored"], "restored of", len(missing))
        must(self.table.read() == self.before, "restored otherwise")

    def let_go(self):
        """Let requests of the killed process arrive, or drop the one that is held."""
        self.road.release("drop")
        must(self.road.quiet(), "a request is still under way")

    def missing(self):
        """The entries that are gone, or were repaired."""
        after = self.table.read()
        if self.repairs:
            must(set(after) == set(self.before), "a repair deleted something")
            return {name for name, whole in after.items() if whole != self.before[name]}
        check_lost(after, self.before, set(self.before))
        return set(self.before) - set(after)

    def done_of(self, totals):
        return totals["repaired" if self.repairs else "deleted"]

    # What is done to a purge.

    def kill(self, journal):
        deletes, words = self.words(journal)
        where = self.rng.choice(["any time", "any time", "before", "before", "after", "after", "scan", "read-back"])
        if where == "any time":
            child = start(self.road.url, *words)
            time.sleep(self.rng.uniform(0, .15))
        else:
            operation = {"scan": "Scan", "read-back": "BatchGetItem"}.get(where, deletes)
            skip = self.rng.randrange(40 if operation in ("DeleteItem", "UpdateItem") else 4)
            when = where if where in ("before", "after") else self.rng.choice(["before", "after"])
            self.road.hold(operation, when, skip)
            if operation == "BatchGetItem":
                # A read-back follows when a resent delete finds no entry.
                self.road.set(rates={"hangup-after": .5})
            child = start(self.road.url, *words)
            held = None
            while held is None and child.poll() is None:
                held = self.road.held(.1)
        child.kill()
        if finish(child).status != -signal.SIGKILL:
            where = "ended before"
        self.let_go()
        self.road.set(rates={})
        self.count(where)
        missing = self.missing()
        if not os.path.exists(journal) or os.path.getsize(journal) == 0:
            must(not missing, "no journal, and", len(missing), "are missing")
            return missing, None
        wanted = Journal(journal).wanted()
        for name in missing:
            must(wanted.get(name) == self.before[name], "missing, and not in the journal:", name)
        return missing, None

    def settled(self, journal, result, sig):
        """Check the end of an interrupted run."""
        must(result.status == 128 + sig, "status", result.status, "of signal", sig, result.err)
        missing = self.missing()
        totals = result.totals
        balances(totals, REPAIRED if self.repairs else PURGED)
        must(totals["stopped"] == "interrupted", totals)
        must(self.done_of(totals) == len(missing) and totals["unconfirmed"] == totals["failed"] == 0,
             len(missing), "are missing:", totals)
        if totals["matched"]:
            whole = Journal(journal)
            check_journal(whole, totals, missing, self.before)
            must(not whole.torn and whole.counts()[1] == 0, "the journal is not complete")
        return missing, totals

    def interrupt(self, journal):
        deletes, words = self.words(journal)
        sig = self.rng.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        where = self.rng.choice(["before", "after"])
        self.road.hold(self.rng.choice([deletes, deletes, "Scan"]), where, self.rng.randrange(3))
        child = start(self.road.url, *words)
        must(self.road.held(60), "nothing was held")
        began = time.monotonic()
        child.send_signal(sig)
        time.sleep(.1)
        waits = child.poll() is None
        if time.monotonic() - began > 2:  # it waits 3 s for a read
            return self.late(child)
        must(waits, "it did not wait for what was under way")
        self.road.release("go")
        result = finish(child, 60)
        self.count(sig.name)
        return self.settled(journal, result, sig)

    def late(self, child):
        """This process was stopped in between: the round counts for nothing."""
        child.kill()
        finish(child)
        self.let_go()
        self.count("late")
        return self.missing(), None

    def twice(self, journal):
        deletes, words = self.words(journal)
        self.road.hold(deletes, self.rng.choice(["before", "after"]), self.rng.randrange(3))
        child = start(self.road.url, *words)
        must(self.road.held(60), "nothing was held")
        first = self.rng.choice([signal.SIGINT, signal.SIGTERM])
        child.send_signal(first)
        time.sleep(1.2 if first == signal.SIGINT else .1)
        must(child.poll() is None, "it did not wait for what was under way")
        child.send_signal(signal.SIGINT)
        result = finish(child, 60)
        self.let_go()
        must(result.status in (-signal.SIGINT, 128 + signal.SIGINT), "status", result.status, result.err)
        self.count("INT twice")
        return self.missing(), None

    def doubled(self, journal):
        deletes, words = self.words(journal)
        self.road.hold(deletes, self.rng.choice(["before", "after"]), self.rng.randrange(3))
        child = start(self.road.url, *words)
        must(self.road.held(60), "nothing was held")
        began = time.monotonic()
        for _ in range(2):
            child.send_signal(signal.SIGINT)
        apart = time.monotonic() - began
        time.sleep(.1)
        waits = child.poll() is None
        if apart > .8 or time.monotonic() - began > 8:  # it waits 10 s for a write
            return self.late(child)
        must(waits, "it did not wait for what was under way")
        self.road.release("go")
        result = finish(child, 60)
        self.count("INT doubled")
        return self.settled(journal, result, signal.SIGINT)

    def hanging(self, journal):
        deletes, words = self.words(journal)
        sig = self.rng.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        self.road.hold(deletes, self.rng.choice(["before", "after"]), self.rng.randrange(3))
        child = start(self.road.url, *words)
        must(self.road.held(60), "nothing was held")
        child.send_signal(sig)
        result = finish(child, 40)
        self.let_go()
        self.count("hanging " + sig.name)
        must(result.status == 128 + sig, "status", result.status, result.err)
        balances(result.totals, REPAIRED if self.repairs else PURGED)
        must(result.totals["stopped"] == "interrupted", result.totals)
        return self.missing(), result.totals

    def waiting(self, journal):
        deletes, words = self.words(journal)
        self.road.set(rates={"throttle": 1}, in_a_row=0, only=[deletes], retry_after=120000)
        child = start(self.road.url, *words)
        while not self.road.counts()["faults"]:
            time.sleep(.01)
        time.sleep(.2)
        sig = self.rng.choice([signal.SIGINT, signal.SIGTERM])
        child.send_signal(sig)
        result = finish(child, 60)
        self.road.reset()
        self.count("waiting")
        must(result.status == 128 + sig, "status", result.status, result.err)
        balances(result.totals, REPAIRED if self.repairs else PURGED)
        missing = self.missing()
        must(not missing and self.done_of(result.totals) == 0, len(missing), "are missing:", result.totals)
        return missing, result.totals

    def full(self, journal):
        _, words = self.words(journal)
        if not self.repairs:
            words[words.index("--state") + 1] = "any"
        if self.tmpfs and self.rng.random() < .5:
            # A small disk; the journal is copied from it afterwards.
            disk = os.path.join(self.directory, "disk")
            os.makedirs(disk, exist_ok=True)
            on_disk = os.path.join(disk, os.path.basename(journal))
            words[words.index(journal)] = on_disk
            script = 'size=$1 disk=$2 from=$3 to=$4; shift 4; mount -t tmpfs -o size="$size" none "$disk" && ' \
                '{ "$@"; status=$?; cp "$from" "$to"; exit $status; }'
            size = 4096 if self.repairs else self.rng.choice([4096, 8192, 16384])
            child = start(self.table.endpoint, *words, around=[
                *UNSHARE, "sh", "-c", script, "sh", str(size), disk, on_disk, journal])
            self.count("disk of %d" % size)
        else:
            size = self.rng.choice([600, 2000] if self.repairs else [600, 2000, 6000, 15000])
            child = start(self.table.endpoint, *words, around=["prlimit", "--fsize=%d" % size])
            self.count("file of %d" % size)
        result = finish(child, 60)
        missing = self.missing()
        must(result.status == 1, "status", result.status, result.err)
        must("journal" in result.err, "it does not say what is wrong:", result.err)
        totals = result.totals
        balances(totals, REPAIRED if self.repairs else PURGED)
        must(totals["stopped"] == "failed", totals)
        must(self.done_of(totals) == len(missing), len(missing), "are missing:", totals)
        wanted = Journal(journal).wanted()
        must(all(wanted.get(name) == self.before[name] for name in missing), "missing, and not in the journal")
        return missing, totals

    def play(self):
        self.table.make(ENTRIES, self.number, key_type="S", sort_type=self.rng.choice([None, "N"]), max_size=2000)
        self.before = self.table.read()
        self.road = Road(self.table.endpoint, seed=self.number, as_real=self.partiql and self.number % 2 == 0)
        number = 0
        while sum(self.done.values()) - sum(self.done.get(word, 0) for word in BESIDES) < self.rounds:
            number += 1
            must(number < 4 * self.rounds, "it always ends before it is killed:", self.done)
            journal = os.path.join(self.directory, "%d-%d.journal%s" % (self.number, number, self.rng.choice(["", ".gz"])))
            missing, _ = getattr(self, self.kind)(journal)
            if os.path.exists(journal) and os.path.getsize(journal) > 0:
                self.restored(journal, missing)
                os.unlink(journal)
            else:
                must(not missing, len(missing), "are missing, and there is no journal")
        self.road.close()
        self.table.drop()
        return ", ".join("%s: %d" % pair for pair in sorted(self.done.items()))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", action="append", required=True, metavar="URL", help="the first one has PartiQL")
    p.add_argument("--kills", type=int, default=15, metavar="N", help="rounds on each table")
    p.add_argument("--tables", type=int, default=4, metavar="N")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("kind", choices=["kill", "interrupt", "twice", "doubled", "hanging", "waiting", "full"])
    options = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill.") as directory:
        killers = [Killer(options.server[i % len(options.server)], i, options, directory) for i in range(options.tables)]
        sys.exit(play_all(killers, options.tables))


if __name__ == "__main__":
    main()
