#!/usr/bin/python
# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: dm_merge
short_description: Merge a device-mapper snapshot into its origin
version_added: 1.0.0
description:
  - Puts the chunks of a snapshot's copy-on-write (COW) store into its origin with C(dm-merge apply), and writes only what
    differs. A second run changes nothing.
  - This reverts a volume to its LVM snapshot, or commits what was written to a dm-snapshot.
  - There is no way back without I(undo). Nothing may use the origin meanwhile; what is mounted is refused.
extends_documentation_fragment:
  - dmtools.dm_merge.tool
  - dmtools.dm_merge.attributes
  - dmtools.dm_merge.attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - The tool makes a dry run, which reads all that it would write. C(report) is the dry run's.
      - What would stop the write, such as a mount, is a warning.
      - Nothing is written on the target, not even the file of I(plan_out).
  diff_mode:
    support: full
    details:
      - Shows the chunks that differed, at most I(max_mappings) of them, by their places and not by their contents.
  idempotent:
    support: full
    details:
      - C(changed) is about the origin alone. The files of I(plan_out), I(undo) and I(audit) do not count.
options:
  input:
    description: The store. The snapshot's COW device, or a file that holds its bytes.
    type: str
    required: true
  output:
    description: The origin. The device that was snapshotted, or a file that holds its bytes.
    type: str
    required: true
  direct:
    description: Read and write past the page cache (C(O_DIRECT)), where it can be had.
    type: bool
    default: false
  relaxed:
    description: Go on, with a warning, where flushing a device's caches is refused.
    type: bool
    default: false
  force:
    description:
      - Write. Without it the task is a dry run, which says what would be written and never changes anything.
    type: bool
    default: false
  expect:
    description:
      - The plan that was approved. The path of its file on the target, or C(sha256:) and its C(approval_sha256).
      - Both name the store, the origin and what they held. The task does exactly that or fails.
      - A file works at any time, so a run that was interrupted is run again with the same file. A digest cannot be proved any
        more once a run has written a part of the plan, unless the same I(undo) is there.
    type: str
  retarget:
    description:
      - The plan was made for other devices than I(input) and I(output), such as copies of them.
      - Only with I(expect), and only with the path of a plan. Without it such a plan is refused (C(plan.other_target)).
    type: bool
    default: false
  overwrite_foreign:
    description:
      - I(input) is an undo store, and it may overwrite chunks that others wrote to since it was made.
      - Without it such chunks are refused (C(undo.foreign)).
    type: bool
    default: false
  plan_out:
    description:
      - A file on the target that keeps the plan, as it was before the first write. Its directory must exist.
      - A dry run keeps it too. Each run outside check mode replaces it, even if nothing has to be written. Other files than
        plans are never replaced.
      - It is compressed if its name ends in C(.gz). I(expect) takes it either way.
    type: str
  undo:
    description:
      - A file on the target that keeps what is overwritten. It is a store itself, and the I(input) of a task that undoes.
    type: str
  audit:
    description: A file on the target that the audit events of the run are appended to.
    type: str
  verify:
    description: Read again what was written, and compare.
    type: bool
    default: false
  label:
    description: Free text that the report and the audit log carry, such as a change ticket.
    type: str
  max_mappings:
    description: How many of the chunks that differed the report and the diff name. The counts are always whole.
    type: int
    default: 100
seealso:
  - module: dmtools.dm_merge.dm_merge_info
author:
  - The dm-merge maintainers (@dmtools)
'''

EXAMPLES = r'''
- name: See what a revert would write
  dmtools.dm_merge.dm_merge:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
  register: planned

- name: Revert, exactly as it was seen
  dmtools.dm_merge.dm_merge:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
    force: true
    expect: "sha256:{{ planned.approval_sha256 }}"

- name: Keep a plan, for somebody to approve
  dmtools.dm_merge.dm_merge:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
    plan_out: /srv/images/CHG-1234.plan.json.gz

- name: Apply the plan that was approved, even if an earlier run was interrupted
  dmtools.dm_merge.dm_merge:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
    force: true
    expect: /srv/images/CHG-1234.plan.json.gz

- name: Revert, keep what is overwritten, and read again what was written
  dmtools.dm_merge.dm_merge:
    input: /srv/images/snapshot-cow.img
    output: /srv/images/data.img
    force: true
    undo: /srv/images/undo-CHG-1234.cow
    audit: /srv/images/dm-merge.jsonl
    verify: true
    label: CHG-1234
'''

RETURN = r'''
report:
  description:
    - The report of the tool, whole, as C(dm-merge schema report) says. On failure it is there if the run had begun.
  returned: success, and on failure if the run had begun
  type: dict
  sample:
    kind: report
    schema_version: 1
    command: apply
    status: applied
    changed: true
    counts: {total: 3, written: 3, unchanged: 0, failed: 0, pending: 0}
    bytes: {total: 9728, written: 9728, unchanged: 0, failed: 0, pending: 0}
    plan_sha256: null
    approval_sha256: null
    mappings: [{index: 0, old_chunk: 1000, new_chunk: 2, origin_offset: 4096000, store_offset: 8192, bytes: 1536}]
    mappings_omitted: 2
    failures: []
    warnings: []
    problem: null
status:
  description:
    - C(applied), bytes were written; C(unchanged), the origin held everything already; C(planned), a dry run found
      differences; C(interrupted) and C(failed) come with a failure.
  returned: when report is
  type: str
  sample: applied
counts:
  description: The exceptions of the store, by what became of them.
  returned: when report is
  type: dict
  sample: {total: 3, written: 3, unchanged: 0, failed: 0, pending: 0}
bytes:
  description: The same in bytes of the origin.
  returned: when report is
  type: dict
  sample: {total: 9728, written: 9728, unchanged: 0, failed: 0, pending: 0}
approval_sha256:
  description:
    - The digest that I(expect) takes after C(sha256:). It covers C(plan_sha256), what the origin held, the paths and
      sizes of both devices, and the chunk size.
    - Returned by a dry run, and by a run with I(plan_out) or I(expect). Null in other runs.
    - With I(expect) it is the digest of the approved plan.
  returned: when report is
  type: str
  sample: 9a0c6cd1ff1d0d9e1a4c4f5a8e07a5a1f2c05b9d1a5a7e7f3d6d3f8e4b2c1a90
plan_sha256:
  description:
    - The digest of which bytes of the store go where, whatever the devices are and whatever the origin holds. It is no
      approval, and I(expect) refuses it (C(plan.weak_digest)). Null where the run did not compute it.
  returned: when report is
  type: str
  sample: bba321b14eede49d7d4e353379402c89507c49202f5e9949d3349daa799809b6
code:
  description:
    - What went wrong, a stable dotted code. Those of the tool, and of this module C(tool.missing), C(tool.start),
      C(tool.output) (no document came), C(tool.killed) and C(path.relative).
  returned: failure
  type: str
  sample: device.mounted
path:
  description: The file or device that the failure is about, or null.
  returned: failure
  type: str
  sample: /dev/vg0/data
pointer:
  description: JSON pointer into the job, where an option is at fault, or null.
  returned: failure
  type: str
  sample: /expect
offset:
  description: The byte in it that the failure is about, or null.
  returned: failure
  type: int
  sample: 4
errno:
  description: The system's error number, or null.
  returned: failure
  type: int
  sample: 16
hint:
  description: What to do next, or null.
  returned: failure
  type: str
  sample: unmount it first
exit_status:
  description: The tool's exit status, negative for the signal that killed it. Null where it was not started.
  returned: failure
  type: int
  sample: 78
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

JOB_OPTIONS = dict(
    input=dict(type='str', required=True),
    output=dict(type='str', required=True),
    direct=dict(type='bool', default=False),
    relaxed=dict(type='bool', default=False),
    force=dict(type='bool', default=False),
    expect=dict(type='str'),
    retarget=dict(type='bool', default=False),
    overwrite_foreign=dict(type='bool', default=False),
    undo=dict(type='str'),
    audit=dict(type='str'),
    verify=dict(type='bool', default=False),
    label=dict(type='str'),
)


def job_of(params, check_mode):
    """The job that the options ask for; in check mode its dry run."""
    job = dict((name, params[name]) for name in JOB_OPTIONS if params[name] is not None)
    if check_mode:
        job['force'] = False
    return job


def arguments_of(params, check_mode):
    """The tool's words. In check mode no plan is kept, since nothing is written on the target."""
    plan_out = [] if check_mode or params['plan_out'] is None else ['--plan-out', params['plan_out']]
    return ['apply', '--progress=none', '--max-mappings', str(params['max_mappings'])] + plan_out + ['-']


def is_changed(report, would_write):
    """Whether the origin changed, or for a dry run that stands for a write, whether it would."""
    return report['changed'] or (would_write and report['status'] == 'planned')


def diff_of(report):
    """What differed before the run, chunk by chunk. After it, and so after a dry run's write, nothing does."""
    places = ['chunk {old_chunk}, {bytes} bytes at {origin_offset}'.format(**mapping) for mapping in report['mappings']]
    sources = ['chunk {new_chunk} of the store, at {store_offset}'.format(**mapping) for mapping in report['mappings']]
    before = ['%s: as it was' % place for place in places]
    after = ['%s: %s' % pair for pair in zip(places, sources)]
    if report['mappings_omitted']:
        before.append('%d more chunks: as they were' % report['mappings_omitted'])
        after.append('%d more chunks: as in the store' % report['mappings_omitted'])
    return dict(before_header=report['output']['path'], after_header=report['output']['path'],
                before=lines(before), after=lines(after))


def lines(texts):
    return ''.join('%s\n' % text for text in texts)


def results_of(report, would_write, with_diff):
    results = dict((name, report[name]) for name in ('status', 'counts', 'bytes', 'approval_sha256', 'plan_sha256'))
    results.update(report=report, changed=is_changed(report, would_write))
    if with_diff:
        results['diff'] = diff_of(report)
    return results


def main():
    module = AnsibleModule(
        argument_spec=dict(JOB_OPTIONS,
                           plan_out=dict(type='str'),
                           max_mappings=dict(type='int', default=100),
                           executable=dict(type='str', default='dm-merge')),
        supports_check_mode=True)
    tool = Tool(module)
    tool.need_absolute('input', 'output', 'undo', 'audit', 'plan_out')
    if not (module.params['expect'] or '').startswith('sha256:'):
        tool.need_absolute('expect')

    job = job_of(module.params, module.check_mode)
    answer = tool.run(arguments_of(module.params, module.check_mode), expected=['report'], job=job)

    results = {}
    if answer.kind == 'report':
        results = results_of(answer.document, module.check_mode and module.params['force'], module._diff)
        for warning in answer.document['warnings']:
            module.warn('%s (%s)' % (warning['message'], warning['code']))
    if answer.problem:
        tool.fail(answer, **results)
    module.exit_json(**results)


if __name__ == '__main__':
    main()
