"""plays.py WORK: makes a play of the examples in WORK/MODULE.json, in front of them what they need."""

import json
import pathlib
import sys

import yaml

PREPARE = '''
set -e
mkdir -p /srv/images
gzip -dc {{ dm_merge_stores }}/lvm-ext4/cow.gz > /srv/images/snapshot-cow.img
gzip -dc {{ dm_merge_stores }}/lvm-ext4/origin-before.gz > /srv/images/data.img
'''


def main(work):
    tasks = [{'name': 'Prepare', 'ansible.builtin.shell': {'cmd': PREPARE}}]
    for module in ('dm_merge', 'dm_merge_info'):
        document = json.loads((work / (module + '.json')).read_text())
        tasks += yaml.safe_load(document['dmtools.dm_merge.' + module]['examples'])
    play = {'hosts': 'localhost', 'connection': 'local', 'gather_facts': False, 'tasks': tasks,
            'module_defaults': {'group/dmtools.dm_merge.dm_merge': {'executable': '{{ dm_merge_executable }}'}},
            'vars': {'ansible_python_interpreter': sys.executable}}
    (work / 'play.yml').write_text(yaml.safe_dump([play]))


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))
