"""What the tests of the roles share: a host whose LVM and device-mapper are fake, and whose stores and tool are real."""

import concurrent.futures
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

COMMANDS = ('lvs', 'lvchange', 'lvremove', 'dmsetup', 'blockdev', 'findmnt', 'lsblk')
HERE = pathlib.Path(__file__).resolve().parent


class Run:
    """How one run of a playbook ended."""

    def __init__(self, status, output, calls, report):
        self.output = output
        self.calls = calls
        self.report = report
        self.failed = status != 0
        self.changed = re.search(r'changed=0 ', output) is None

    @property
    def status(self):
        """What the fact with the report says; None where there is no report."""
        return (self.report or {}).get('status')

    def has(self, pattern):
        return any(re.search(pattern, call) for call in self.calls)

    def order(self, *patterns):
        """These calls were made, one after the other."""
        at = -1
        for pattern in patterns:
            at = next((i for i in range(at + 1, len(self.calls)) if re.search(pattern, self.calls[i])), None)
            if at is None:
                return False
        return True


class Host:
    """One of several at a time: what they share with others, the names in /dev/mapper, has the host's name."""

    def __init__(self, store, state, name):
        self.name = name
        self.config = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='dm-merge-test-'))
        self.cow = self.home / 'cow'
        self.origin = self.home / 'origin'
        self.temporary = self.home / 'tmp'
        self.temporary.mkdir()
        self.initial = state
        self.source = pathlib.Path(self.config['dm_merge_stores'], store)
        self.known = json.loads((self.source / 'info.json').read_text())
        for command in COMMANDS:
            (self.home / command).write_text('#!%s\n%s' % (sys.executable, (HERE / 'fake_lvm.py').read_text()))
            (self.home / command).chmod(0o700)
        # Links in it stand for mappings.
        pathlib.Path('/dev/mapper').mkdir(exist_ok=True)
        self.reset()

    def reset(self, **changes):
        """Everything as in the beginning, but for these parts of the state."""
        self.clear()
        for path, name in ((self.cow, 'cow.gz'), (self.origin, 'origin-before.gz')):
            path.write_bytes(gzip.decompress((self.source / name).read_bytes()))
        self.write(dict(self.initial(self), **changes))

    def clear(self):
        if (self.home / 'state.json').exists():
            for name in self.state['made']:
                pathlib.Path('/dev/mapper', name).unlink(missing_ok=True)

    def close(self):
        self.clear()
        shutil.rmtree(self.home)

    def write(self, state):
        (self.home / 'state.json').write_text(json.dumps(state))
        for name, mapping in state['volumes'].items():
            (self.home / name).unlink(missing_ok=True)
            if state['active']:
                (self.home / name).symlink_to(mapping['file'])
        for name, mapping in state['made'].items():
            node = pathlib.Path('/dev/mapper', name)
            node.unlink(missing_ok=True)
            node.symlink_to(mapping['file'])

    @property
    def state(self):
        return json.loads((self.home / 'state.json').read_text())

    def change(self, **changes):
        self.write(dict(self.state, **changes))

    def run(self, role, variables, check=False, executable=None):
        (self.home / 'log').write_text('')
        keep_report = {'copy': {'content': '{{ %s_report | to_json }}' % role, 'dest': str(self.home / 'report.json')},
                       'check_mode': False, 'changed_when': False, 'diff': False}
        play = [{'hosts': 'localhost', 'connection': 'local', 'gather_facts': False,
                 'module_defaults': {'group/dmtools.dm_merge.dm_merge': {
                     'executable': str(executable or self.config['dm_merge_executable'])}},
                 'tasks': [{'block': [{'include_role': {'name': 'dmtools.dm_merge.' + role}}],
                            'always': [keep_report]}]}]
        (self.home / 'play.yml').write_text(yaml.safe_dump(play))
        command = ['ansible-playbook', str(self.home / 'play.yml'), '-i', 'localhost,', '--diff', '-e', json.dumps(
            dict(variables, ansible_python_interpreter=sys.executable))]
        environment = dict(os.environ, PATH='%s:%s' % (self.home, os.environ['PATH']), FAKE_LVM=str(self.home),
                           TMPDIR=str(self.temporary),
                           ANSIBLE_NOCOLOR='1', ANSIBLE_PIPELINING='1', ANSIBLE_ASYNC_DIR=str(self.home / 'async'))
        done = subprocess.run(command + (['--check'] if check else []), env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        return Run(done.returncode, done.stdout, (self.home / 'log').read_text().splitlines(),
                   json.loads((self.home / 'report.json').read_text()))

    def newer_data(self):
        """Somebody writes to a chunk of the origin that the store has too."""
        before, after = (gzip.decompress((self.source / name).read_bytes()) for name in ('origin-before.gz', 'origin-after.gz'))
        place = next(i for i, pair in enumerate(zip(before, after)) if pair[0] != pair[1])
        with open(self.origin, 'r+b') as origin:
            origin.seek(place)
            origin.write(b'newer data')
        return self.origin.read_bytes()

    def tool_that_fails_midway(self):
        """A dm-merge that can write the origin's first half alone."""
        tool = self.home / 'fails-midway'
        blocks = self.origin.stat().st_size // 2 // 512
        tool.write_text('#!/bin/sh\nulimit -f %d\nexec %s "$@"\n' % (blocks, self.config['dm_merge_executable']))
        tool.chmod(0o700)
        return tool

    def is_reverted(self):
        return self._origin_is('origin_after')

    def is_untouched(self):
        return self._origin_is('origin_before')

    def _origin_is(self, name):
        return hashlib.sha256(self.origin.read_bytes()).hexdigest() == self.known[name]['sha256']


def expect(what, run, *holds):
    """Says what was tested, and ends the test where something does not hold."""
    if not all(holds):
        print(run.output)
        print('\n'.join(run.calls))
        sys.exit('not so: %s %s' % (what, list(holds)))
    print('ok: %s' % what, flush=True)


def expect_half_applied(host, done):
    """The tool that fails midway has left something written, and the role says so."""
    expect('the fact has the report of what failed', done, done.failed, done.status == 'failed',
           done.report['counts']['written'] > 0, done.report['counts']['failed'] > 0,
           not host.is_untouched(), not host.is_reverted())


def run_steps(machine, *steps):
    """Runs the steps of a role's test, each on a host of its own, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        for done in [executor.submit(run_step, machine, step) for step in steps]:
            done.result()


def run_step(machine, step):
    host = Host('lvm-ext4', machine, step.__name__)
    try:
        step(host)
    finally:
        host.close()
