#!/usr/bin/python3
"""Check the manual pages.

    pages.py commands PAGE DIR   write each command that PAGE shows to a file
                                 DIR/NNN, with its prompt as the first line
    pages.py options             compare the options in the pages with those
                                 of the program ($TTLSWEEP)
    pages.py refused FILE...     compare the refused pairs in the pages with
                                 the tables in these C sources
    pages.py links               look for references to missing pages
"""

import glob
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MAN = os.path.join(ROOT, "man")
TTLSWEEP = os.environ.get("TTLSWEEP", os.path.join(ROOT, "build", "ttlsweep"))
GLOBAL = "ttlsweep-options.7"


def page(name):
    with open(os.path.join(MAN, name)) as f:
        return f.read().split("\n")


def pages():
    return sorted(os.path.basename(p) for p in glob.glob(MAN + "/*.[1-9]"))


def printed(line):
    """A source line of a literal block, as printed."""
    return line.replace("\\e", "\\").replace("\\(dq", '"').replace("\\&", "")


def literals(lines):
    """The lines of each literal block, as printed."""
    block = None
    for line in lines:
        if line.startswith(".Bd -literal"):
            block = []
        elif line.startswith(".Ed"):
            yield block
            block = None
        elif block is not None:
            block.append(printed(line))
        elif line.startswith(".Dl "):
            yield [printed(line[4:])]


def commands(name):
    """(prompt, text) of each command, including here-documents."""
    for block in literals(page(name)):
        if not block or block[0][:2] not in ("$ ", "# "):
            continue
        found, end = [], None
        for line in block:
            if end is None and line[:2] in ("$ ", "# "):
                found.append((line[0], line[2:]))
            else:
                found[-1] = (found[-1][0], found[-1][1] + "\n" + line)
            if end is not None:
                end = None if line == end else end
            else:
                here = re.search(r"<<'(\w+)'", line)
                end = here.group(1) if here else None
        yield from found


def listed(line):
    """-a , -bc of a ".Fl" or ".It Fl" line: {"a", "bc"}."""
    words = line.replace(",", " , ").split()
    out, on = set(), False
    for word in words:
        if word in ("Fl", ".Fl"):
            on = True
        elif word in ("Ar", "Cm", "Ns", "No", "Pq", "Ev", "Sx", "Op", "Li"):
            on = False
        elif on and re.fullmatch(r"-?[A-Za-z][A-Za-z-]*", word):
            out.add(word.lstrip("-"))
    return out


def section(lines, macro, title):
    """The lines below ".Sh title" or ".Ss title", to the next of its rank."""
    ends = (".Sh ",) if macro == ".Sh" else (".Sh ", ".Ss ")
    out, on = [], False
    for line in lines:
        if line.startswith(ends):
            on = line == "%s %s" % (macro, title)
        elif on:
            out.append(line)
    return out


def items(lines):
    """The options with an entry in these lines, each once."""
    out = []
    for line in lines:
        if line.startswith(".It Fl "):
            head = line.split(" Ar ")[0].split(" Cm ")[0]
            out += sorted(listed(head))
    return out


def documented(name):
    """The options with an entry in a page, except in its refused pairs."""
    lines = page(name)
    if name == GLOBAL:
        return items(section(lines, ".Ss", "Global options")
                     + section(lines, ".Ss", "Selecting entries"))
    return items(section(lines, ".Sh", "OPTIONS"))


def shared(name):
    """{page: options} that its paragraph of shared options refers to."""
    out, at = {}, None
    for line in section(page(name), ".Ss", "Shared options"):
        if line.startswith(".Xr "):
            at = "%s.%s" % tuple(line.split()[1:3])
            out.setdefault(at, set())
        elif line.startswith(".Fl "):
            out[at] |= listed(line)
    return out


def offered(command):
    """The options of the program."""
    out = subprocess.run([TTLSWEEP, "__complete"] + command + ["-"],
                         capture_output=True, text=True, check=True).stdout
    return {line.split("\t")[0].lstrip("-")
            for line in out.split("\n") if line.startswith("-")}


def compare_options():
    bad = []

    def same(what, ours, theirs):
        for name in sorted(theirs - ours):
            bad.append("%s: no entry for --%s" % (what, name))
        for name in sorted(ours - theirs):
            bad.append("%s: there is no --%s" % (what, name))

    everywhere = items(section(page(GLOBAL), ".Ss", "Global options"))
    same(GLOBAL, set(everywhere), offered([]) | {
        "input", "i", "key", "decrypt-with"})
    names = subprocess.run([TTLSWEEP, "__complete", ""], check=True,
                           capture_output=True, text=True).stdout
    for command in [n.split("\t")[0] for n in names.split("\n")[1:] if n]:
        name = "ttlsweep-%s.1" % command
        if command == "help":
            same("help", {"help", "h", "version", "V"}, offered([command]))
            continue
        own, theirs = documented(name), offered([command])
        if len(own) != len(set(own)):
            bad.append(name + ": an option has two entries")
        told = set(own)
        for other, options in shared(name).items():
            for option in sorted(options - set(documented(other))):
                bad.append("%s: %s has no --%s" % (name, other, option))
            for option in sorted(options & told):
                bad.append("%s: --%s is there twice" % (name, option))
            told |= options
        if command == "completion":
            told |= {"help", "h", "version", "V"}
        elif GLOBAL not in shared(name):
            bad.append(name + ": does not refer to " + GLOBAL)
        else:
            told |= theirs & set(everywhere)
        same(name, told, theirs)
    known = set().union(*(set(documented(n)) for n in pages()))
    for name in pages():
        for line in page(name):
            if line.startswith((".Fl ", ".Op Fl ", ".Cm ", ".It Fl ")):
                for option in sorted(listed(line) - known):
                    bad.append("%s: --%s: no such option" % (name, option))
    return bad


def defaults():
    """Each entry of an option states its default."""
    bad = []
    for name in pages():
        entry, text = None, ""
        lines = (section(page(name), ".Sh", "OPTIONS") if name != GLOBAL
                 else section(page(name), ".Ss", "Global options")
                 + [".It"] + section(page(name), ".Ss", "Selecting entries"))
        for line in lines + [".It"]:
            if line.startswith((".It", ".El")):
                if entry and "default" not in text and \
                        "The same." not in text and \
                        not {"help", "version", "quiet", "verbose"} & listed(
                            entry.split(" Ar ")[0]):
                    bad.append("%s: %s: no default" % (name, entry))
                entry = line if line.startswith(".It Fl") else None
                text = ""
            text += line + "\n"
    return bad


def pairs_in_pages():
    out = set()
    lines = section(page(GLOBAL), ".Ss", "Refused combinations")
    for line in lines:
        if line.startswith(".It Fl "):
            one, _, others = line.partition(" No with ")
            for other in listed(others):
                out.add(frozenset(listed(one) | {other}))
    return out


def needs_in_pages():
    text = " ".join(section(page(GLOBAL), ".Ss", "Refused combinations"))
    return set(re.findall(r"\.Fl -([a-z-]+) needs \.Fl -([a-z-]+)", text))


def compare_refused(files):
    source = ""
    for name in files:
        with open(name) as f:
            source += f.read()
    pair = r'\{\s*"([a-z-]+)",\s*"([a-z-]+)"'
    # the third is a reason in words
    conflicts = {frozenset(m) for m in re.findall(
        pair + r',\s*"[^" ]+ [^"]+"', source)}
    needs = set(re.findall(pair + r"\s*\}", source))
    needs.add(("decrypt-with", "input"))
    bad = ["no tables found"] * (not conflicts or len(needs) < 2)
    for what, ours, theirs in (("refused", pairs_in_pages(), conflicts),
                               ("needs", needs_in_pages(), needs)):
        for p in sorted(map(sorted, theirs - ours)):
            bad.append("%s: not in the page: %s" % (what, " ".join(p)))
        for p in sorted(map(sorted, ours - theirs)):
            bad.append("%s: not in the program: %s" % (what, " ".join(p)))
    return bad


def dead_links():
    bad, all_pages = [], set(pages())
    for name in all_pages:
        here = "%s %s" % tuple(name.rsplit(".", 1))
        for line in page(name):
            for to in re.findall(r"\bXr (ttlsweep\S*) (\d)", line):
                if "%s.%s" % to not in all_pages:
                    bad.append("%s: no page %s(%s)" % ((name,) + to))
                if " ".join(to) == here:
                    bad.append("%s: refers to itself" % name)
    return bad


def main():
    what = sys.argv[1]
    if what == "commands":
        for i, (prompt, text) in enumerate(commands(sys.argv[2])):
            path = os.path.join(sys.argv[3], "%03d" % i)
            with open(path, "w") as f:
                f.write(prompt + "\n" + text + "\n")
        return 0
    bad = {"options": lambda: compare_options() + defaults(),
           "refused": lambda: compare_refused(sys.argv[2:]),
           "links": dead_links}[what]()
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
