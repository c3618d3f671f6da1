"""Stands for LVM and device-mapper where the kernel has none: a machine of files, kept in $FAKE_LVM/state.json.

Called by the name of the command that it stands for. It knows what the roles say to these commands and no more; every
call is noted in $FAKE_LVM/log, and fails where what is noted so far ends in a line with a pattern of the state's "fail".
Mappings are links in the state's directories, so that dm-merge opens the files beneath.
"""

import json
import os
import pathlib
import re
import sys

HOME = pathlib.Path(os.environ['FAKE_LVM'])


class Machine:
    def __init__(self):
        self.state = json.loads((HOME / 'state.json').read_text())

    def save(self):
        (HOME / 'state.json').write_text(json.dumps(self.state))

    def lvs(self, words):
        volumes = [dict(volume, lv_active='active' if self.state['active'] else '') for volume in self.state['lvs']]
        print(json.dumps({'report': [{'lv': volumes}]}))

    def lvchange(self, words):
        self.activate('y' in words)

    def lvremove(self, words):
        self.state['lvs'] = [volume for volume in self.state['lvs'] if volume['lv_name'] != 'snap']

    def activate(self, active):
        self.state['active'] = active
        for name, mapping in self.state['volumes'].items():
            self.link(HOME / name, mapping['file'] if active else None)

    def mappings(self):
        return dict(self.state['volumes'] if self.state['active'] else {}, **self.state['made'])

    def dmsetup(self, words):
        getattr(self, words[0])([word for word in words[1:] if word != '--retry'])

    def info(self, words):
        if words[-1] == 'name':
            print('\n'.join(self.mappings()))
        else:
            mapping = self.find(words[-1])
            print(mapping.get('open', 0), mapping.get('uuid', ''))

    def table(self, words):
        if words[0] == '--target':
            for name, mapping in self.mappings().items():
                if mapping['table'].split()[2] == words[1]:
                    print('%s: %s' % (name, mapping['table']))
        else:
            print(self.find(words[0])['table'])

    def status(self, words):
        print(self.state['status'])

    def create(self, words):
        table = sys.stdin.read().strip()
        file = self.state['tables'][table]
        self.state['made'][words[0]] = {'table': table, 'file': file}
        self.link(pathlib.Path('/dev/mapper', words[0]), file)

    def remove(self, words):
        del self.state['made'][words[0]]
        self.link(pathlib.Path('/dev/mapper', words[0]), None)

    def find(self, name):
        return self.mappings()[os.path.basename(name)]

    def blockdev(self, words):
        for path in words[1:]:
            os.stat(path)

    def findmnt(self, words):
        target = self.state['mounts'].get(os.path.basename(words[-1]))
        if target is None:
            sys.exit(1)
        print(target)

    def lsblk(self, words):
        print(self.state['numbers'][words[-1]])

    @staticmethod
    def link(path, file):
        path.unlink(missing_ok=True)
        if file is not None:
            path.symlink_to(file)


def main():
    command = os.path.basename(sys.argv[0])
    with open(HOME / 'log', 'a', encoding='utf-8') as log:
        log.write(' '.join([command] + sys.argv[1:]) + '\n')
    machine = Machine()
    noted = (HOME / 'log').read_text(encoding='utf-8')
    if any(re.search(pattern + r'.*\n\Z', noted) for pattern in machine.state['fail']):
        sys.exit('%s: refused for the test' % command)
    getattr(machine, command)(sys.argv[1:])
    machine.save()


if __name__ == '__main__':
    main()
