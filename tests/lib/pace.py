#!/usr/bin/python3
"""Measure --max-wcu and --max-rcu: in any five seconds consumption is at most 5 %
above the limit, plus one entry (which may cost more than that here).

    pace.py --server URL

Purges one table, restores another and reads a third at the same time, each
through a proxy that counts units. On a busy machine a late request may count together with the next
one, so a failure is tried twice more. Some entries are renewed before their
delete arrives: failed conditions cost units, too, though no reply says so.
"""

import argparse
import os
import sys
import tempfile
import threading
import time

from sweeps import Broken, Table, finish, must, run, start

from road import Road

SECONDS = 5
WCU, RCU = 20, 15


def limit(units, entry):
    return units * SECONDS * 1.05 + entry


def renew(table):
    items = table.items()
    for name in sorted(items)[::4]:
        table.client.put_item(TableName=table.name, Item=dict(items[name], ttl={"N": str(table.now + 10 ** 6)}))


def purge(server):
    table = Table(server, "pace-purge-%d" % os.getpid(), int(time.time()))
    # most have at most 1 KB
    table.make(0, 1, case=[("past", 160)], max_size=4000)
    road = Road(server, as_real=True)
    road.hold("BatchExecuteStatement", "before")
    child = start(road.url, "purge", "--yes", "--no-journal", "-t", table.name, "--max-wcu", str(WCU),
                  "--segments", "1", "--jobs", "1")
    must(road.held(), "nothing was held")
    renew(table)
    road.release()
    began = time.monotonic()
    result = finish(child)
    took = time.monotonic() - began
    must(result.status == 0, result.err)
    counts = road.counts(SECONDS)
    must(result.totals["refreshed"] >= 25, "too few were renewed:", result.totals)
    must(counts["busiest"]["write"] <= limit(WCU, 5), counts)  # 5 KB
    must(counts["busiest"]["write"] > WCU * SECONDS * .7, "too slow:", counts, took)
    return "%d write units in %.1f s, %d in the busiest five" % (counts["write_units"], took, counts["busiest"]["write"])


def restore(server):
    table = Table(server, "pace-restore-%d" % os.getpid(), int(time.time()))
    table.make(0, 3, case=[("past", 110)], max_size=4000)
    with tempfile.TemporaryDirectory() as directory:
        journal = os.path.join(directory, "journal")
        gone = run(server, "purge", "--yes", "--journal", journal, "-t", table.name)
        must(gone.totals["deleted"] == 110, gone.err)
        road = Road(server, as_real=True)
        began = time.monotonic()
        result = run(road.url, "restore", journal, "-t", table.name, "--yes", "--max-wcu", str(WCU))
        took = time.monotonic() - began
    must(result.status == 0 and result.totals["restored"] == 110, result.err)
    counts = road.counts(SECONDS)
    must(counts["busiest"]["write"] <= limit(WCU, 5), counts)  # 5 KB
    must(counts["busiest"]["write"] > WCU * SECONDS * .7, "too slow:", counts, took)
    return "%d write units in %.1f s, %d in the busiest five" % (counts["write_units"], took, counts["busiest"]["write"])


def inspect(server):
    table = Table(server, "pace-read-%d" % os.getpid(), int(time.time()))
    table.make(0, 2, case=[("past", 1500)], max_size=4000)
    road = Road(server)
    began = time.monotonic()
    result = finish(start(road.url, "inspect", "-t", table.name, "--max-rcu", str(RCU), "--segments", "4"))
    took = time.monotonic() - began
    must(result.status == 0, result.err)
    counts = road.counts(SECONDS)
    must(counts["read_units"] > RCU * SECONDS, "too little was read:", counts)
    must(counts["busiest"]["read"] <= limit(RCU, 1), counts)  # up to 8 KB
    must(counts["busiest"]["read"] > RCU * SECONDS * .7, "too slow:", counts, took)
    return "%d read units in %.1f s, %d in the busiest five" % (counts["read_units"], took, counts["busiest"]["read"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", required=True, metavar="URL")
    options = p.parse_args()
    broken = []

    def play(test):
        for last in (False, False, True):
            try:
                print("%s: %s" % (test.__name__, test(options.server)), flush=True)
                return
            except Exception as why:
                print("%s: broken: %s" % (test.__name__, why if isinstance(why, Broken) else repr(why)), flush=True)
                if last or not isinstance(why, Broken):
                    break
        broken.append(test)

    all_three = [threading.Thread(target=play, args=(test,)) for test in (purge, restore, inspect)]
    for thread in all_three:
        thread.start()
    for thread in all_three:
        thread.join()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
