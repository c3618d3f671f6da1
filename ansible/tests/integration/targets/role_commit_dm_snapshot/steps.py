"""The role's steps on a fake device-mapper: which they are, in which order, and what is left where one fails."""

import os

from harness import expect, expect_half_applied, run_steps

ROLE = 'commit_dm_snapshot'
TABLE = '0 32768 snapshot 7:0 7:1 P 8'
CHANGES = 'create|remove'


def mapping_of(host):
    return 'dm-merge-' + host.name


def machine(host):
    """The snapshot work over origin, with the store cow."""
    return {
        'active': True, 'lvs': [], 'volumes': {}, 'mounts': {}, 'fail': [],
        'tables': {TABLE: str(host.origin)},
        'made': {mapping_of(host): {'table': TABLE, 'file': str(host.origin)}},
        'numbers': {str(host.origin): '7:0', str(host.cow): '7:1'},
        'status': '0 32768 snapshot 2448/16384 24'}


def run(host, check=False, executable=None, **options):
    variables = dict({'name': mapping_of(host), 'origin': str(host.origin), 'store': str(host.cow)}, **options)
    return host.run(ROLE, {'%s_%s' % (ROLE, name): value for name, value in variables.items()}, check, executable)


def is_as_it_was(host):
    """The mapping and the store; the origin apart."""
    return host.state['made'] == machine(host)['made'] and host.cow.read_bytes()[:4] == b'SnAp'


def planned(host):
    host.reset()
    done = run(host, check=True)
    expect('check', done, not done.failed, done.changed, done.status == 'planned', host.is_untouched(),
           not done.has(CHANGES))
    done = run(host, force=False)
    expect('a dry run', done, not done.failed, not done.changed, done.status == 'planned', host.is_untouched(),
           not done.has(CHANGES))


def done_and_again(host, **options):
    """Returns the run that did it."""
    host.reset()
    first = run(host, **options)
    expect('do', first, not first.failed, first.changed, first.status == 'applied', host.is_reverted(),
           not host.state['made'])
    for what, check in (('do again', False), ('check again', True)):
        done = run(host, check=check, **options)
        expect(what, done, not done.failed, not done.changed, done.status in ('unchanged', None), host.is_reverted(),
               not done.has(CHANGES))
    return first


def successes(host):
    planned(host)
    done = done_and_again(host)
    expect('the mapping goes before the first write', done, done.order(
        'blockdev --flushbufs /dev/mapper/' + mapping_of(host), 'dmsetup remove --retry ' + mapping_of(host),
        'blockdev --flushbufs .*/cow .*/origin', 'blockdev --flushbufs .*/origin'))
    done = done_and_again(host, empty=True)
    expect('the store is emptied', done, host.cow.read_bytes()[:4096] == bytes(4096))


def failures(host):
    for what, changes, options in (
            ('the question how often it is open', {'fail': ['dmsetup info']}, {}),
            ('the removal', {'fail': ['dmsetup remove']}, {}),
            ('a flush', {'fail': ['blockdev --flushbufs .*cow']}, {}),
            ('the tool', {}, {'audit': 'relative'})):
        host.reset(**changes)
        done = run(host, empty=True, **options)
        expect('%s fails, and all is as it was' % what, done, done.failed, host.is_untouched(), is_as_it_was(host))
    expect('a tool that refuses leaves no report', done, done.report == {})

    host.reset(fail=['blockdev --flushbufs .*cow', 'dmsetup create'])
    done = run(host)
    expect('the mapping cannot be made again', done, done.failed, host.is_untouched(), not host.state['made'])
    host.change(fail=[])
    done = run(host)
    expect('the next run commits without it', done, not done.failed, done.changed, host.is_reverted())


def apply_fails_midway(host):
    host.reset()
    half = run(host, executable=host.tool_that_fails_midway(), empty=True)
    expect_half_applied(host, half)
    expect('the mapping is made again', half, is_as_it_was(host))
    done = run(host, empty=True)
    expect('the next run does the rest', done, not done.failed, host.is_reverted(), not host.state['made'],
           done.report['counts']['unchanged'] == half.report['counts']['written'])


def approved(host):
    plan = str(host.home / 'plan.json')
    host.reset()
    done = run(host, check=True, plan_out=plan)
    expect('check mode keeps no plan', done, not done.failed, not os.path.exists(plan))
    dry = run(host, force=False, plan_out=plan)
    expect('a dry run keeps the plan', dry, not dry.failed, not dry.changed, host.is_untouched(), is_as_it_was(host),
           os.path.exists(plan))
    for what, approval in (('its digest', 'sha256:' + dry.report['approval_sha256']), ('its file', plan)):
        host.reset()
        newer = host.newer_data()
        done = run(host, expect=approval)
        expect('newer data is kept, approved by ' + what, done, done.failed, not done.changed,
               host.origin.read_bytes() == newer, is_as_it_was(host), '(plan.' in done.output)

        host.reset()
        done = run(host, expect=approval)
        expect('applied as approved by ' + what, done, not done.failed, done.changed, host.is_reverted(),
               done.report['approval_sha256'] == dry.report['approval_sha256'])
        done = run(host, expect=approval)
        expect('again, approved by ' + what, done, not done.failed, not done.changed, host.is_reverted())

    host.reset()
    done = run(host, expect='sha256:' + dry.report['plan_sha256'])
    expect('plan_sha256 is no approval', done, done.failed, host.is_untouched(), is_as_it_was(host),
           'plan.weak_digest' in done.output)

    half = run(host, executable=host.tool_that_fails_midway(), expect=plan)
    expect_half_applied(host, half)
    done = run(host, expect=plan)
    expect('the next run does the rest of the approved plan', done, not done.failed, host.is_reverted(),
           done.report['counts']['unchanged'] == half.report['counts']['written'])

    elsewhere = host.home / 'elsewhere'
    host.reset()
    elsewhere.write_bytes(host.origin.read_bytes())
    host.change(made={}, numbers=dict(host.state['numbers'], **{str(elsewhere): '7:9'}))
    done = run(host, origin=str(elsewhere), expect=plan)
    expect('a plan for another origin is refused', done, done.failed, elsewhere.read_bytes() == host.origin.read_bytes(),
           'plan.other_target' in done.output)
    done = run(host, origin=str(elsewhere), expect=plan, retarget=True)
    expect('unless it is said so', done, not done.failed, done.changed, host.is_untouched())


def refusals(host):
    def mapping(**changes):
        return {'made': {mapping_of(host): dict(machine(host)['made'][mapping_of(host)], **changes)}}

    other_origin = {'table': '0 32768 snapshot 7:4 7:1 P 8', 'file': str(host.origin)}
    other_store = {'table': '0 32768 snapshot-merge 7:0 7:5 P 8', 'file': str(host.origin)}
    others = 'other snapshots of the origin or on the store would break, remove them first: '
    for whats, changes in (
            (['belongs to LVM', 'is merging already', 'is in use'],
             mapping(uuid='LVM-abc', open=1, table='0 32768 snapshot-merge 7:0 7:1 P 8')),
            (['is a snapshot of 7:4', 'is transient', 'is invalid', 'is mounted, unmount it first: /srv'],
             dict(mapping(table='0 32768 snapshot 7:4 7:1 N 8'), status='0 32768 snapshot Invalid',
                  mounts={mapping_of(host): '/srv'})),
            (['overflowed', others + 'other'],
             {'status': '0 32768 snapshot Overflow', 'made': dict(machine(host)['made'], other=other_store)}),
            ([others + 'other'], {'made': dict(machine(host)['made'], other=other_origin)}),
            # The mapping itself is gone.
            ([others + 'two, one'], {'made': {'one': other_store, 'two': other_origin}})):
        host.reset(**changes)
        done = run(host)
        expect('refused: ' + ', '.join(whats), done, done.failed, not done.changed, not done.has(CHANGES),
               host.is_untouched(), done.report is None, *[what in done.output for what in whats])
    done = run(host, check=True)
    expect('refused in check mode too', done, done.failed, not done.changed, not done.has(CHANGES))

    host.reset(made={'elsewhere': {'table': '0 32768 snapshot 7:4 7:5 P 8', 'file': str(host.origin)}})
    done = run(host)
    expect('a snapshot of another origin on another store is no hindrance', done, not done.failed, host.is_reverted())


if __name__ == '__main__':
    run_steps(machine, successes, failures, apply_fails_midway, approved, refusals)
