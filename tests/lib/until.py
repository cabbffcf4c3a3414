#!/usr/bin/python3
"""Run a command until it has said something, then send it a signal.

    until.py SIGNAL FILE REGEX TIMES COMMAND...

FILE, which the command writes (its output goes where ours does), is looked
at until REGEX, which is of lines, was found so often in it. Ends as the
command did (128 + N for signal N); with 99 when it ended before, or two
minutes have passed.
"""

import re
import signal
import subprocess
import sys
import time

name, path, regex, times = sys.argv[1:5]
child = subprocess.Popen(sys.argv[5:], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
ends = time.monotonic() + 120


def seen():
    try:
        with open(path, "rb") as file:
            return len(re.findall(regex.encode(), file.read(), re.M)) >= int(times)
    except FileNotFoundError:
        return False


while not seen():
    if child.poll() is not None or time.monotonic() > ends:
        child.kill()
        child.wait()
        sys.exit(99)
    time.sleep(.02)
child.send_signal(getattr(signal, "SIG" + name))
code = child.wait()
sys.exit(code if code >= 0 else 128 - code)
