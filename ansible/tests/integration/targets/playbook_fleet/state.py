"""state.py WORK STATE: checks the origins and the documents against what they must be."""

import gzip
import hashlib
import json
import pathlib
import sys

NAMES = ['host%d' % number for number in range(6)]


def main(work, state):
    known = json.loads((work / 'info.json').read_text())
    plans = json.loads((work / 'plans.json').read_text())
    expect(sorted(plans) == NAMES, 'every host has a plan')
    for name in NAMES:
        approvable(plans[name], work / name)
    expect(len({plan['approval_sha256'] for plan in plans.values()}) == len(NAMES), 'every volume has an approval of its own')
    expect(len({plan['plan_sha256'] for plan in plans.values()}) == 1, 'all have the same work')
    reverted = {'stopped': NAMES[:3], 'applied': NAMES, 'unchanged': NAMES}.get(state, [])
    for name in NAMES:
        sha256 = hashlib.sha256((work / name / 'origin').read_bytes()).hexdigest()
        wanted = known['origin_after' if name in reverted else 'origin_before']['sha256']
        expect(sha256 == wanted, '%s is %s' % (name, 'reverted' if name in reverted else 'as it was'))
    if state != 'before':
        summary(json.loads((work / 'summary.json').read_text()), state, plans)
    print('as it should be: %s' % state)


def approvable(plan, home):
    """What a person approves: where it is read from and written to, how much, and where the plan is kept."""
    kept = json.loads(gzip.decompress((home / 'kept/plan.json.gz').read_bytes()))
    expect((home / 'kept').stat().st_mode & 0o777 == 0o700, 'the directory of the plan is its owner\'s alone')
    expect(plan == {
        'approval_sha256': kept['approval_sha256'], 'plan_sha256': kept['plan_sha256'],
        'input': {'path': str(home / 'cow'), 'bytes': (home / 'cow').stat().st_size},
        'output': {'path': str(home / 'origin'), 'bytes': (home / 'origin').stat().st_size},
        'chunk_bytes': kept['store']['chunk_bytes'], 'exceptions': kept['summary']['exceptions'],
        'pending': kept['summary']['pending'], 'pending_bytes': kept['summary']['pending_bytes'],
        'warnings': kept['warnings'], 'plan_file': str(home / 'kept/plan.json.gz')}, '%s is the plan %s' % (plan, kept))
    expect(len(plan['approval_sha256']) == 64 and plan['pending_bytes'] > 0, 'there is something to approve')


def summary(told, state, plans):
    expect(sorted(told) == NAMES, 'every host is in the summary')
    for name in NAMES:
        wanted = status(name, state)
        expect(told[name]['status'] == wanted, '%s is told as %s' % (name, wanted))
        expect((told[name]['message'] is not None) == (wanted == 'failed'), '%s is told with its failure' % name)
        planned = (state, name) != ('unplanned', 'host3')
        for digest in ('approval_sha256', 'plan_sha256'):
            expect(told[name][digest] == (plans[name][digest] if planned else None), '%s is told with its %s' % (name, digest))
    if state in ('unplanned', 'stopped'):
        expect(told['host3']['code'] == 'path.missing', 'the code of the failure is told')


def status(name, state):
    if state in ('planned', 'unchanged'):
        return state
    if state == 'applied':
        return 'unchanged' if name in NAMES[:3] else 'applied'
    if name == {'refused': 'host2', 'unplanned': 'host3', 'stopped': 'host3'}[state]:
        return 'failed'
    return 'applied' if state == 'stopped' and name in NAMES[:3] else 'not reached'


def expect(holds, what):
    if not holds:
        sys.exit('not so: %s' % what)


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
