#!/usr/bin/python3
"""Draw terminal scenes as one animated SVG.

    terminal_svg.py [--columns N] [--rows N] --title TEXT SCENE... >FILE.svg

A SCENE is the output of `tmux capture-pane -epJ`: a command behind its prompt,
and its output, with colours. In a browser the scenes are shown in turn, long
enough to be read, and scroll when they are taller than the window. Viewers
without animation, and readers who prefer reduced motion, see the first rows. The
SVG loads no script, font or other file.
"""

import argparse
import re
from html import escape

FONT = 13
WIDE, HIGH = 7.8, 17  # size of a cell
PAD, BAR = 14, 30
INK, PAPER, FAINT = "#d8dee9", "#14181f", "#8b95a5"
COLOURS = {30: "#5c6370", 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341",
           34: "#79c0ff", 35: "#d2a8ff", 36: "#56d4dd", 37: "#f0f3f6"}
TYPING, READING, LINE = 1.2, 2.2, .08  # seconds for a command, a scene, each of its lines


def spans(line, style):
    """(column, text, colour, bold, faint) for each run of one style.

    style is that at the end of the line before; it is updated.
    """
    at, (colour, bold, faint) = 0, style or (None, False, False)
    for text, code in re.findall(r"([^\x1b]+)|\x1b\[([0-9;]*)m", line):
        if text:
            for part in re.findall(r" {3,}|(?: {0,2}[^ ]+)+ {0,2}| +", text):
                if part.strip():
                    yield at, part, colour, bold, faint
                at += len(part)
            continue
        for n in map(int, (code or "0").split(";")):
            if n == 0:
                colour, bold, faint = None, False, False
            elif n in (1, 2):
                bold, faint = n == 1 or bold, n == 2 or faint
            elif n == 22:
                bold = faint = False
            elif n == 39:
                colour = None
            elif n in COLOURS:
                colour = COLOURS[n]
            elif n - 60 in COLOURS:
                colour = COLOURS[n - 60]
    style[:] = colour, bold, faint


def number(n):
    return ("%.2f" % n).rstrip("0").rstrip(".")


def draw(line, row, style):
    for at, text, colour, bold, faint in spans(line, style):
        lead = len(text) - len(text.lstrip(" "))
        text = text.strip(" ")
        shown = "".join((
            ' fill="%s"' % (FAINT if faint and not colour else colour) if colour or faint else "",
            ' font-weight="bold"' if bold else ""))
        yield '<text x="%s" y="%d" textLength="%s"%s>%s</text>' % (
            number((at + lead) * WIDE), row * HIGH + FONT, number(len(text) * WIDE), shown,
            escape(text, False))


def wrapped(line, columns):
    """The rows of a line on the terminal."""
    row, at = "", 0
    for part in re.findall(r"\x1b\[[0-9;]*m|.", line):
        if len(part) == 1:
            if at == columns:
                yield row
                row, at = "", 0
            at += 1
        row += part
    yield row


def scene(path, columns):
    with open(path, encoding="utf-8") as f:
        lines = [row for line in f.read().split("\n") for row in wrapped(line.rstrip(), columns)]
    while lines and not re.sub(r"\x1b\[[0-9;]*m", "", lines[-1]).strip("$ "):
        lines.pop()
    return lines


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--columns", type=int, default=80)
    p.add_argument("--rows", type=int, default=30)
    p.add_argument("--title", required=True)
    p.add_argument("scenes", nargs="+", metavar="SCENE")
    options = p.parse_args()

    # when each scene appears, and the scroll position by second
    groups, stands, now, row = [], [(0, 0)], 0, 0
    for path in options.scenes:
        lines = scene(path, options.columns)
        groups.append((now, row, lines))
        top = stands[-1][1]
        if row + len(lines) - top > options.rows:
            top = row
        bottom = max(top, row + len(lines) - options.rows)
        stands += [(now, stands[-1][1]), (now + .01, top), (now + (TYPING if now else 0) + READING + 8 * LINE, top)]
        now = stands[-1][0]
        if bottom > top:
            now += (bottom - top) * LINE * 2
            stands.append((now, bottom))
        now += READING + min(len(lines), options.rows) * LINE
        stands.append((now, bottom))
        row += len(lines) + 1
    total = now

    width = options.columns * WIDE + 2 * PAD
    height = options.rows * HIGH + 2 * PAD + BAR
    part = lambda t: number(100 * t / total) + "%"
    frames = "".join("%s{transform:translateY(%dpx)}" % (part(t), -y * HIGH) for t, y in stands)
    style = ["text{font:%dpx ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
             "white-space:pre}" % FONT,
             "@media (prefers-reduced-motion:no-preference){",
             "#all{animation:all %ss linear infinite}@keyframes all{%s}" % (number(total), frames)]
    for n, (start, _, _) in enumerate(groups):
        if n:
            style.append("#s%d{animation:s%d %ss step-end infinite}@keyframes s%d{0%%{opacity:0}%s{opacity:1}}"
                         % (n, n, number(total), n, part(start)))
            style.append("#o%d{animation:o%d %ss step-end infinite}@keyframes o%d{0%%{opacity:0}%s{opacity:1}}"
                         % (n, n, number(total), n, part(start + TYPING)))
    style.append("}")

    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">'
          % (width, height, width, height))
    print("<title>%s</title>" % escape(options.title))
    print("<style>%s</style>" % "".join(style))
    print('<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % PAPER)
    for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        print('<circle cx="%d" cy="%d" r="5.5" fill="%s"/>' % (PAD + 6 + n * 18, BAR / 2 + 2, colour))
    print('<svg x="%d" y="%d" width="%s" height="%d" fill="%s"><g id="all">'
          % (PAD, BAR + PAD // 2, number(options.columns * WIDE), options.rows * HIGH, INK))
    for n, (_, row, lines) in enumerate(groups):
        print('<g id="s%d">' % n)
        colours = []
        print("\n".join(draw(lines[0], row, colours)))
        print('<g id="o%d">' % n)
        for i, line in enumerate(lines[1:], 1):
            if drawn := "".join(draw(line, row + i, colours)):
                print(drawn)
        print("</g></g>")
    print("</g></svg></svg>")


main()
