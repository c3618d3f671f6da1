#!/usr/bin/python
# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: dm_merge_info
short_description: What is in a device-mapper snapshot's store
version_added: 1.0.0
description:
  - Holds a snapshot's copy-on-write (COW) store against every rule of its format with C(dm-merge check).
  - Of a sound store that is not too large, says with C(dm-merge plan --metadata-only) which chunk goes where.
  - Reads the table alone, so it is quick. It never writes.
extends_documentation_fragment:
  - dmtools.dm_merge.tool
  - dmtools.dm_merge.attributes
  - dmtools.dm_merge.attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: full
options:
  input:
    description: The store. The snapshot's COW device, or a file that holds its bytes.
    type: str
    required: true
  output:
    description: The origin. With it the plan is checked against the origin's size, and is written for its path.
    type: str
  relaxed:
    description: Go on, with a warning, where flushing a device's caches is refused. It is for the plan alone.
    type: bool
    default: false
  max_exceptions:
    description:
      - The most exceptions that a store may have for its plan to be asked for, since a plan names every one of them.
    type: int
    default: 1000
seealso:
  - module: dmtools.dm_merge.dm_merge
author:
  - The dm-merge maintainers (@dmtools)
'''

EXAMPLES = r'''
- name: Look at a store
  dmtools.dm_merge.dm_merge_info:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
  register: store

- name: Stop where it is not sound
  ansible.builtin.assert:
    that: store.sound
    fail_msg: "{{ store.check.findings[0].message | default('') }}"
'''

RETURN = r'''
sound:
  description: Whether the store breaks no rule of its format.
  returned: success
  type: bool
  sample: true
check:
  description: The check of the tool, whole, as C(dm-merge schema check) says.
  returned: success
  type: dict
  sample:
    kind: check
    schema_version: 1
    store: {version: 1, chunk_bytes: 4096, chunk_sectors: 8, areas: 1, exceptions: 3}
    sound: true
    findings: []
    findings_omitted: 0
plan:
  description:
    - The plan with metadata only, whole, as C(dm-merge schema plan) says. Null for a store that is not sound, and for
      one that has more than I(max_exceptions).
  returned: success
  type: dict
  sample:
    kind: plan
    schema_version: 1
    metadata_only: true
    exceptions: [{index: 0, old_chunk: 1000, new_chunk: 2, bytes: 1536}]
    summary: {exceptions: 1, pending: null, applied: null, bytes: 1536, pending_bytes: null, applied_bytes: null}
code:
  description:
    - What went wrong, a stable dotted code. Those of the tool, and of this module C(tool.missing), C(tool.start),
      C(tool.output) (no document came), C(tool.killed) and C(path.relative).
  returned: failure
  type: str
  sample: path.missing
path:
  description: The file or device that the failure is about, or null.
  returned: failure
  type: str
  sample: /dev/vg0/data
pointer:
  description: JSON pointer into the job, where an option is at fault, or null.
  returned: failure
  type: str
  sample: /output
offset:
  description: The byte in it that the failure is about, or null.
  returned: failure
  type: int
  sample: 4
errno:
  description: The system's error number, or null.
  returned: failure
  type: int
  sample: 2
hint:
  description: What to do next, or null.
  returned: failure
  type: str
  sample: check the path
exit_status:
  description: The tool's exit status, negative for the signal that killed it. Null where it was not started.
  returned: failure
  type: int
  sample: 66
stdout:
  description: The beginning of what was said instead of a document.
  returned: when code is C(tool.output) or C(tool.killed)
  type: str
  sample: ''
stderr:
  description: The beginning of what was said on stderr.
  returned: when code is C(tool.output) or C(tool.killed)
  type: str
  sample: ''
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dmtools.dm_merge.plugins.module_utils.tool import Tool


def check_of(tool, params):
    """The check; an unsound store is an answer and no failure."""
    answer = tool.run(['check', params['input']], expected=['check'])
    if answer.problem:
        tool.fail(answer)
    return answer.document


def plan_of(tool, params):
    job = dict((name, params[name]) for name in ('input', 'output', 'relaxed') if params[name] is not None)
    answer = tool.run(['plan', '--metadata-only', '--progress=none', '-'], expected=['plan'], job=job)
    if answer.problem:
        tool.fail(answer)
    return answer.document


def main():
    module = AnsibleModule(
        argument_spec=dict(
            input=dict(type='str', required=True),
            output=dict(type='str'),
            relaxed=dict(type='bool', default=False),
            max_exceptions=dict(type='int', default=1000),
            executable=dict(type='str', default='dm-merge')),
        supports_check_mode=True)
    tool = Tool(module)
    tool.need_absolute('input', 'output')

    check = check_of(tool, module.params)
    plan = None
    if check['sound'] and check['store']['exceptions'] <= module.params['max_exceptions']:
        plan = plan_of(tool, module.params)
    module.exit_json(changed=False, sound=check['sound'], check=check, plan=plan)


if __name__ == '__main__':
    main()
