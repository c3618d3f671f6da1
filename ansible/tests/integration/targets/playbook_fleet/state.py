"""state.py WORK STATE: holds the 20 origins and the documents against what they are to be."""

import hashlib
import json
import pathlib
import sys

NAMES = ['host%02d' % number for number in range(20)]


def main(work, state):
    known = json.loads((work / 'info.json').read_text())
    plans = json.loads((work / 'plans.json').read_text())
    expect(sorted(plans) == NAMES, 'every host has a plan')
    expect(len(set(plans.values())) == 1 and len(plans['host00']) == 64, 'all have the same digest')
    reverted = {'stopped': NAMES[:9], 'applied': NAMES, 'unchanged': NAMES}.get(state, [])
    for name in NAMES:
        sha256 = hashlib.sha256((work / name / 'origin').read_bytes()).hexdigest()
        wanted = known['origin_after' if name in reverted else 'origin_before']['sha256']
        expect(sha256 == wanted, '%s is %s' % (name, 'reverted' if name in reverted else 'as it was'))
    if state != 'before':
        summary(json.loads((work / 'summary.json').read_text()), state, plans)
    print('as it should be: %s' % state)


def summary(told, state, plans):
    expect(sorted(told) == NAMES, 'every host is in the summary')
    for name in NAMES:
        wanted = status(name, state)
        expect(told[name]['status'] == wanted, '%s is told as %s' % (name, wanted))
        expect((told[name]['message'] is not None) == (wanted == 'failed'), '%s is told with its failure' % name)
        planned = (state, name) != ('unplanned', 'host09')
        expect(told[name]['plan_sha256'] == (plans[name] if planned else None), '%s is told with its plan' % name)
    if state in ('unplanned', 'stopped'):
        expect(told['host09']['code'] == 'path.missing', 'the code of the failure is told')


def status(name, state):
    if state in ('planned', 'unchanged'):
        return state
    if state == 'applied':
        return 'unchanged' if name in NAMES[:9] else 'applied'
    if name == {'refused': 'host07', 'unplanned': 'host09', 'stopped': 'host09'}[state]:
        return 'failed'
    return 'applied' if state == 'stopped' and name in NAMES[:9] else 'not reached'


def expect(holds, what):
    if not holds:
        sys.exit('not so: %s' % what)


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
