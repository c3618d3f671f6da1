"""Starts the dm-merge of $TOOL as it was started itself, and kills it when the first chunk of $ORIGIN is written."""

import os
import signal
import subprocess
import sys

CHUNK = 4096


def main():
    tool = subprocess.Popen([os.environ['TOOL']] + sys.argv[1:], stdin=sys.stdin)
    with open(os.environ['ORIGIN'], 'rb', buffering=0) as origin:
        while os.pread(origin.fileno(), CHUNK, 0) == bytes(CHUNK):
            if tool.poll() is not None:
                sys.exit('it ended without a write')
    tool.send_signal(signal.SIGKILL)
    if tool.wait() != -signal.SIGKILL:
        sys.exit('it was over before it could be killed')
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    main()
