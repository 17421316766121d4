"""measured.py OUTPUT COMMAND...: runs a command and writes what it took to OUTPUT, as JSON.

Wall time in seconds; CPU time (user and system) of the command and of all its children that it waited for; peak memory
in bytes of the largest single process among them. The kernel counts, in the same way for every program.
"""
import json
import resource
import signal
import subprocess
import sys
import time

output, *command = sys.argv[1:]
begun = time.monotonic()
child = subprocess.Popen(command)
signal.signal(signal.SIGTERM, lambda *_: child.terminate())
status = child.wait()
wall = time.monotonic() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(output, 'w') as file:
    json.dump({'wall': wall, 'cpu': used.ru_utime + used.ru_stime, 'memory': used.ru_maxrss * 1024}, file)
sys.exit(status)
