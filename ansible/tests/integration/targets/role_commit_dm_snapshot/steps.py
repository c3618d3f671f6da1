"""The role's steps on a fake device-mapper: which they are, in which order, and what is left where one fails."""

from harness import expect, run_steps

ROLE = 'commit_dm_snapshot'
TABLE = '0 32768 snapshot 7:0 7:1 P 8'
CHANGES = 'create|remove'


def machine(host):
    """The snapshot work over origin, with the store cow."""
    return {
        'active': True, 'lvs': [], 'volumes': {}, 'mounts': {}, 'fail': [],
        'tables': {TABLE: str(host.origin)},
        'made': {'dm-merge-test': {'table': TABLE, 'file': str(host.origin)}},
        'numbers': {str(host.origin): '7:0', str(host.cow): '7:1'},
        'status': '0 32768 snapshot 2448/16384 24'}


def run(host, check=False, **options):
    variables = dict({'name': 'dm-merge-test', 'origin': str(host.origin), 'store': str(host.cow)}, **options)
    return host.run(ROLE, {'%s_%s' % (ROLE, name): value for name, value in variables.items()}, check)


def four_times(host, **options):
    host.reset()
    done = run(host, check=True, **options)
    expect('check', done, not done.failed, done.changed, host.is_untouched(), not done.has(CHANGES))
    done = run(host, force=False, **options)
    expect('a dry run', done, not done.failed, not done.changed, host.is_untouched(), not done.has(CHANGES))
    first = twice(host, **options)
    done = run(host, check=True, **options)
    expect('check again', done, not done.failed, not done.changed, not done.has(CHANGES))
    return first


def twice(host, **options):
    host.reset()
    first = done = run(host, **options)
    expect('do', done, not done.failed, done.changed, host.is_reverted(), not host.state['made'])
    done = run(host, **options)
    expect('do again', done, not done.failed, not done.changed, host.is_reverted(), not done.has(CHANGES))
    return first


def successes(host):
    done = twice(host)
    expect('the mapping goes before the first write', done, done.order(
        'blockdev --flushbufs /dev/mapper/dm-merge-test', 'dmsetup remove --retry dm-merge-test',
        'blockdev --flushbufs .*/cow .*/origin', 'blockdev --flushbufs .*/origin'))
    done = four_times(host, empty=True)
    expect('the store is emptied', done, host.cow.read_bytes()[:4096] == bytes(4096))


def failures(host):
    for what, changes, options in (
            ('the removal', {'fail': ['dmsetup remove']}, {}),
            ('a flush', {'fail': ['blockdev --flushbufs .*cow']}, {}),
            ('the tool', {}, {'undo': 'relative'})):
        host.reset(**changes)
        done = run(host, empty=True, **options)
        expect('%s fails, and all is as it was' % what, done, done.failed, host.is_untouched(),
               list(host.state['made']) == ['dm-merge-test'], host.state['made']['dm-merge-test']['table'] == TABLE,
               host.cow.read_bytes()[:4] == b'SnAp')


def refusals(host):
    def mapping(**changes):
        return {'made': {'dm-merge-test': dict(machine(host)['made']['dm-merge-test'], **changes)}}

    elsewhere = {'table': '0 32768 snapshot 7:0 7:5 P 8', 'file': str(host.origin)}
    for whats, changes in (
            (['belongs to LVM', 'is merging already', 'is in use'],
             mapping(uuid='LVM-abc', open=1, table='0 32768 snapshot-merge 7:0 7:1 P 8')),
            (['is a snapshot of 7:4', 'is transient', 'is invalid', 'is mounted, unmount it first: /srv'],
             dict(mapping(table='0 32768 snapshot 7:4 7:1 N 8'), status='0 32768 snapshot Invalid',
                  mounts={'dm-merge-test': '/srv'})),
            (['overflowed', 'other snapshots of the origin would break, remove them first: other'],
             {'status': '0 32768 snapshot Overflow', 'made': dict(machine(host)['made'], other=elsewhere)})):
        host.reset(**changes)
        done = run(host)
        expect('refused: ' + ', '.join(whats), done, done.failed, not done.changed, not done.has(CHANGES),
               host.is_untouched(), *[what in done.output for what in whats])


if __name__ == '__main__':
    run_steps(machine, successes, failures, refusals)
