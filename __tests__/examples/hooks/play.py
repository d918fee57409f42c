"""Plays a hook in Python as Lambda would: one line of JSON in for each run, one out with what came of it."""

import contextlib
import importlib.util
import io
import json
import os
import sys
import time
import types


class Context:
    def __init__(self, remaining):
        self.get_remaining_time_in_millis = lambda: remaining


spec = importlib.util.spec_from_file_location("hook", sys.argv[1])
hook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hook)
# Rests between tries take a tenth of their time.
hook.time = types.SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: time.sleep(seconds / 10))

for line in sys.stdin:
    run = json.loads(line)
    os.environ.update(run["settings"])
    printed = io.StringIO()
    ended = {}
    with contextlib.redirect_stdout(printed):
        try:
            ended["returned"] = hook.handler(run["event"], Context(run["remainingMs"]))
        except Exception as error:
            ended["error"] = str(error)
    for name in run["settings"]:
        del os.environ[name]
    print(json.dumps({"printed": printed.getvalue().splitlines(), **ended}), flush=True)
