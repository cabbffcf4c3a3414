"""Shared by the tests of purge and restore: a table, a run of the program, an
independent reader of the journal, and the checks of what is promised."""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.parse import urlsplit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))

import count as counting
import ddb
import dump
import road
import seed as seeding

PROGRAM = os.environ["TTLSWEEP"]
PURGED = ("deleted", "refreshed", "gone", "failed", "skipped")
REPAIRED = ("repaired", "refreshed", "gone", "failed", "skipped")
RESTORED = ("restored", "present", "failed", "skipped")
STATES = {"expired": ("pending", "stuck"), "any": counting.STATES}

_clients, _lock = {}, threading.Lock()


class Broken(Exception):
    """A promise is broken."""


def must(holds, *what):
    if not holds:
        raise Broken(" ".join(map(str, what)))


def client_of(endpoint):
    with _lock:
        if endpoint not in _clients:
            _clients[endpoint] = ddb.connect(endpoint)
        return _clients[endpoint]


class Line:
    """One kept-alive connection without signatures, which test servers do not
    check."""

    def __init__(self, endpoint):
        split = urlsplit(endpoint)
        self.line = road.Line(split.hostname, split.port, timeout=60)

    def ask(self, operation, **request):
        """The reply, or None when its condition failed."""
        headers = dict(ddb.HEADERS, **{"x-amz-target": "DynamoDB_20120810." + operation})
        self.line.request("POST", "/", json.dumps(request), headers)
        reply = self.line.getresponse()
        document = json.loads(reply.read())
        if reply.status == 200:
            return document
        must(document["__type"].endswith("#ConditionalCheckFailedException"), operation, document)
        return None


class Table:
    """A table of mixed entries on one server, without a proxy."""

    def __init__(self, endpoint, name, now):
        self.endpoint, self.name, self.now = endpoint, name, now
        self.client = client_of(endpoint)
        self.names = ["key"]

    def make(self, mixed, seed, key_type="S", sort_type=None, max_size=3000, case=(), kind="any"):
        options = argparse.Namespace(
            table=self.name, key="key", key_type=key_type, sort_key="sort" if sort_type else None,
            sort_type=sort_type, ttl_attribute="ttl", provisioned=None, index=None, mixed=mixed,
            case=list(case), kind=kind, max_size=max_size, now=self.now, seed=seed)
        self.drop()  # of a failed run
        seeding.create(self.client, options)
        seeding.write(self.client, self.name, seeding.entries(options))
        self.names = ["key", "sort"] if sort_type else ["key"]

    def key(self, item):
        return {name: item[name] for name in self.names}

    def name_of(self, item):
        return dump.line(self.key(item))

    def read(self):
        """Every entry: canonical key to canonical entry."""
        return {self.name_of(item): dump.line(item) for item in counting.scan(self.client, self.name)}

    def items(self):
        return {self.name_of(item): item for item in counting.scan(self.client, self.name)}

    def chosen(self, items, state="expired"):
        """The keys that --state selects; TTL is off."""
        wanted = [s for word in state.split(",") for s in STATES.get(word, (word,))]
        return {name for name, item in items.items()
                if counting.judge(item.get("ttl"), self.now, False)[0] in wanted}

    def drop(self):
        with contextlib.suppress(self.client.exceptions.ResourceNotFoundException):
            self.client.delete_table(TableName=self.name)


class Result:
    def __init__(self, status, out, err):
        self.status, self.err, self.totals = status, err, None
        with contextlib.suppress(ValueError):
            self.totals = json.loads(out)


def start(endpoint, *words, env=None, around=()):
    """A run of the program, perhaps under another one, with its totals as JSON. It
    ends with us."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", *around, PROGRAM, *words, "--endpoint-url", endpoint, "--format", "json", "-q"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(os.environ, **(env or {})))


def finish(child, seconds=240):
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        raise Broken("it did not end: " + err.decode(errors="replace")) from None
    return Result(child.returncode, out, err.decode(errors="replace"))


def run(endpoint, *words, env=None):
    return finish(start(endpoint, *words, env=env))


class Journal:
    """A journal, read as ttlsweep-journal(5) describes it."""

    def __init__(self, path):
        self.images, self.outcomes, self.header, self.torn = {}, {}, None, False
        with open(path, "rb") as file:
            text = file.read()
        if path.endswith(".gz"):
            text = members(text)
        lines = text.split(b"\n")
        self.torn = lines.pop() != b""
        for line in lines:
            self.take(json.loads(line))

    def take(self, line):
        if self.header is None:
            self.header = line["ttlsweep.journal/1"]
        elif "Outcome" in line:
            for n, word, sends in line["Outcome"]:
                must(n in self.images, "an outcome of", n, "and no intent")
                self.outcomes.setdefault(n, []).append((word, sends))
        else:
            keys, image = untyped(line["Keys"]), untyped(line["OldImage"])
            must(all(image[name] == value for name, value in keys.items()), "Keys are not those of the image")
            self.images.setdefault(line["Ttlsweep"]["n"], []).append((dump.line(keys), dump.line(image)))

    def counts(self):
        """The number of entries by outcome, and without one."""
        words = dict.fromkeys(PURGED + REPAIRED, 0)
        for n, said in self.outcomes.items():
            must(len(said) == 1, "entry", n, "has outcomes", said)
            words[said[0][0]] += 1
        return words, len(self.images) - len(self.outcomes)

    def wanted(self):
        """The entries that restore must put back: key to image."""
        return {images[-1][0]: images[-1][1] for n, images in self.images.items()
                if not any(word not in ("deleted", "repaired") and sends <= 1 for word, sends in self.outcomes.get(n, []))}

    def named(self):
        return {images[0][0] for images in self.images.values()}


def members(data):
    """The text of complete gzip members; a truncated one is ignored."""
    text = b""
    while data:
        one = zlib.decompressobj(31)
        text += one.decompress(data)
        if not one.eof:
            break
        data = one.unused_data
    return text


def untyped(item):
    return ddb.typed_item(item)


def balances(totals, words):
    must(totals is not None, "no totals were printed")
    must(totals["matched"] == sum(totals[word] for word in words), "totals do not balance:", totals)


def check_lost(after, before, chosen):
    """Check that no other entry is missing or changed."""
    for name, whole in before.items():
        if name not in chosen:
            must(name in after, "was not to be taken, and is missing:", whole[:300])
        if name in after:
            must(after[name] == whole, "changed:", whole[:300], after[name][:300])
    must(not set(after) - set(before), "entries that nobody wrote")


def check_journal(journal, totals, missing, before):
    """Check that the journal has the outcomes, and the images of missing (or changed) entries."""
    told, open_ones = journal.counts()
    # what no reply said has no outcome, so that restore looks
    loose = totals["unconfirmed"]
    for word in ("deleted", "repaired"):
        must(totals.get(word, 0) - loose <= told[word] <= totals.get(word, 0),
             "the journal has", told, "the totals", totals)
    must(told["refreshed"] == totals["refreshed"], "the journal has", told, "the totals", totals)
    must(told["gone"] <= totals["gone"] <= told["gone"] + open_ones, "the journal has", told, "the totals", totals)
    must(told["failed"] + told["skipped"] + open_ones <=
         totals["failed"] + totals["skipped"] + loose + totals["gone"] - told["gone"],
         "the journal has", told, open_ones, "the totals", totals)
    wanted = journal.wanted()
    for name in missing:
        must(name in wanted, "missing, and restore would not put it back:", name)
        must(wanted[name] == before[name], "the journal has another image:", wanted[name][:300], before[name][:300])


def play_all(rounds, at_once):
    """Run them, some at a time; print a line each; status 1 when one failed."""
    bad = 0
    with ThreadPoolExecutor(at_once) as pool:
        jobs = {pool.submit(one.play): one for one in rounds}
        for job in as_completed(jobs):
            try:
                print("%s: %s" % (jobs[job], job.result()), flush=True)
            except Exception as broken:
                bad += 1
                print("%s: broken: %s" % (jobs[job], broken if isinstance(broken, Broken) else repr(broken)), flush=True)
                for waiting in jobs:
                    waiting.cancel()
                break
    return 1 if bad else 0
