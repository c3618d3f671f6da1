"""The role's steps on a fake LVM: which they are, in which order, and what is left where one fails."""

import os
import re

from harness import expect, expect_half_applied, run_steps

ROLE = 'revert_lvm_snapshot'
VARIABLES = {ROLE + '_vg': 'vg0', ROLE + '_volume': 'data', ROLE + '_snapshot': 'snap'}
READ_ONLY = r'^(lvs|findmnt|blockdev --flushbufs|dmsetup (info|table|status)) '


def copies(host):
    return 'dm-merge-origin-' + host.name, 'dm-merge-cow-' + host.name


def machine(host):
    """vg0/data with its snapshot vg0/snap."""
    volume = {'lv_uuid': host.name, 'lv_attr': 'owi-a-s---', 'origin': '', 'pool_lv': '', 'lv_merging': '',
              'lv_snapshot_invalid': '', 'lv_device_open': '', 'lv_permissions': 'writeable'}
    return {
        'active': True,
        'lvs': [dict(volume, lv_name='data', lv_dm_path=str(host.home / 'vg0-data')),
                dict(volume, lv_name='snap', lv_dm_path=str(host.home / 'vg0-snap'), lv_uuid='other-uuid',
                     origin='data', lv_attr='swi-a-s---')],
        'volumes': {
            'vg0-data': {'table': '0 32768 snapshot-origin 254:1', 'file': str(host.origin)},
            'vg0-snap': {'table': '0 32768 snapshot 254:1 254:2 P 8', 'file': str(host.origin)},
            'vg0-data-real': {'table': '0 32768 linear 7:2 2048', 'file': str(host.origin)},
            'vg0-snap-cow': {'table': '0 16384 linear 7:2 34816', 'file': str(host.cow)}},
        'tables': {'0 32768 linear 7:2 2048': str(host.origin), '0 16384 linear 7:2 34816': str(host.cow)},
        'made': {}, 'mounts': {}, 'numbers': {}, 'fail': [],
        'status': '0 32768 snapshot 2448/16384 24'}


def run(host, check=False, executable=None, **options):
    variables = dict(VARIABLES, **{'%s_%s' % (ROLE, name): value for name, value in options.items()})
    return host.run(ROLE, variables, check, executable)


def only_reads(done):
    return all(re.match(READ_ONLY, call) for call in done.calls)


def is_settled(host):
    return host.state['active'] and not host.state['made']


def planned(host):
    host.reset()
    done = run(host, check=True)
    expect('check', done, not done.failed, done.changed, done.status == 'planned', host.is_untouched(), only_reads(done))
    done = run(host, force=False)
    expect('a dry run', done, not done.failed, not done.changed, done.status == 'planned', host.is_untouched(),
           only_reads(done))


def done_and_again(host, **options):
    """Returns the run that did it."""
    host.reset()
    first = run(host, **options)
    expect('do', first, not first.failed, first.changed, first.status == 'applied', host.is_reverted(),
           is_settled(host))
    for what, check in (('do again', False), ('check again', True)):
        done = run(host, check=check, **options)
        expect(what, done, not done.failed, not done.changed, done.status in ('unchanged', None), host.is_reverted(),
               is_settled(host), only_reads(done))
    return first


def successes(host):
    planned(host)
    done = done_and_again(host)
    expect('the inactive scenario, step by step', done, done.order(
        'dmsetup create ' + copies(host)[0], 'dmsetup create ' + copies(host)[1], 'lvchange --yes --activate n vg0/data',
        'blockdev --flushbufs /dev/mapper/dm-merge', 'blockdev --flushbufs /dev/mapper/dm-merge',
        'dmsetup remove --retry ' + copies(host)[1], 'dmsetup remove --retry ' + copies(host)[0],
        'lvchange --yes --activate y vg0/data'), not done.has('lvremove'))

    done = done_and_again(host, active=True, **{'async': 600, 'poll': 1})
    expect('the active scenario, in the background', done, not done.has('create|lvchange'), done.has('blockdev --flushbufs .*/vg0-data '))

    done = done_and_again(host, remove=True)
    expect('with the snapshot removed', done, done.order(
        'dmsetup remove --retry ' + copies(host)[0], 'lvremove --yes vg0/snap', 'lvchange --yes --activate y vg0/data'))


def failures(host):
    for what, call in (('a duplicate', 'dmsetup create dm-merge-cow'), ('deactivation', 'activate n'),
                       ('the question what is still active', r'activate n .*\ndmsetup info'),
                       ('a flush', 'blockdev --flushbufs /dev/mapper/dm-merge-cow.*dm-merge-origin')):
        host.reset(fail=[call])
        done = run(host, remove=True)
        expect('%s fails, and all is as it was' % what, done, done.failed, host.is_untouched(), is_settled(host),
               not done.has('lvremove'))

    host.reset()
    done = run(host, audit='relative')
    expect('the tool refuses, and all is as it was', done, done.failed, host.is_untouched(), is_settled(host),
           'path.relative' in done.output, done.has('activate n'), done.report == {})

    host.reset(fail=['dmsetup info'])
    done = run(host)
    expect('device-mapper says nothing, and nothing is begun', done, done.failed, not done.changed, only_reads(done))


def duplicates_stay(host):
    host.reset(fail=['dmsetup remove'])
    done = run(host)
    expect('a duplicate stays, and so the volume stays inactive', done, done.failed, not host.state['active'],
           sorted(host.state['made']) == sorted(copies(host)), 'stays inactive' in done.output)
    host.change(fail=[])
    done = run(host, check=True)
    expect('check mode does not go on from there', done, done.failed, 'cut off' in done.output, only_reads(done))
    done = run(host)
    expect('the next run does', done, not done.failed, host.is_reverted(), is_settled(host))

    host.reset(fail=[r'flushbufs /dev/mapper/dm-merge-cow.*\ndmsetup info'])
    done = run(host)
    expect('device-mapper does not say which there are, and both are removed', done, not done.failed,
           host.is_reverted(), is_settled(host))

    host.reset(fail=['activate n(?s:.*)dmsetup info'])
    done = run(host)
    expect('nor whether they are gone, and so the volume stays inactive', done, done.failed, not host.state['active'],
           'stays inactive' in done.output)


def removal_fails(host):
    for active in (False, True):
        host.reset(fail=['lvremove'])
        done = run(host, active=active, remove=True)
        expect('lvremove fails, and the volume is reverted and active', done, done.failed, host.is_reverted(),
               is_settled(host), done.status == 'applied')
        host.change(fail=[])
        done = run(host, active=active, remove=True)
        expect('the next run removes the snapshot alone', done, not done.failed, done.changed,
               len(host.state['lvs']) == 1, not done.has('create|lvchange'))


def activation_fails(host):
    host.reset(fail=['activate y'])
    done = run(host)
    expect('activation fails, and the volume is reverted', done, done.failed, host.is_reverted(),
           not host.state['active'], not host.state['made'])
    host.change(fail=[])
    for check in (True, False):
        done = run(host, check=check)
        expect('the next run says what to do', done, done.failed, 'lvchange -ay it first' in done.output,
               only_reads(done))

    host.reset(fail=['activate y'])
    done = run(host, remove=True)
    expect('activation fails when the snapshot is removed', done, done.failed, host.is_reverted(),
           not host.state['active'], len(host.state['lvs']) == 1)
    host.change(fail=[])
    done = run(host, check=True, remove=True)
    expect('check: the volume would be activated', done, not done.failed, done.changed, only_reads(done))
    done = run(host, force=False, remove=True)
    expect('a dry run says so too', done, not done.failed, not done.changed, 'would be activated' in done.output,
           only_reads(done))
    done = run(host, remove=True)
    expect('do: it is', done, not done.failed, done.changed, is_settled(host))
    for check in (False, True):
        done = run(host, check=check, remove=True)
        expect('then nothing is left to do', done, not done.failed, not done.changed, only_reads(done))


def apply_fails_midway(host):
    for active, background in ((False, 600), (True, 0)):
        host.reset()
        half = run(host, executable=host.tool_that_fails_midway(), active=active, remove=True,
                   **{'async': background, 'poll': 1})
        expect_half_applied(host, half)
        expect('the volume is active and the snapshot is there', half, is_settled(host), not half.has('lvremove'))
        done = run(host, active=active, remove=True)
        expect('the next run does the rest', done, not done.failed, host.is_reverted(), is_settled(host),
               done.report['counts']['unchanged'] == half.report['counts']['written'])


def approved(host):
    plan = str(host.home / 'plan.json.gz')
    for active in (False, True):
        host.reset()
        dry = run(host, force=False, active=active, plan_out=plan)
        expect('a dry run keeps the plan', dry, not dry.failed, not dry.changed, host.is_untouched(), only_reads(dry),
               os.path.exists(plan))
        digest = 'sha256:' + dry.report['approval_sha256']
        for what, approval in (('its digest', digest), ('its file', plan)):
            host.reset()
            done = run(host, active=active, expect=approval)
            expect('applied as approved by ' + what, done, not done.failed, done.changed, host.is_reverted(),
                   is_settled(host), 'sha256:' + done.report['approval_sha256'] == digest or not active)
            done = run(host, active=active, expect=approval)
            expect('again, approved by ' + what, done, not done.failed, not done.changed, only_reads(done))

            host.reset()
            newer = host.newer_data()
            done = run(host, active=active, expect=approval)
            expect('newer data is kept, approved by ' + what, done, done.failed, not done.changed,
                   host.origin.read_bytes() == newer, only_reads(done), '(plan.' in done.output)

        host.reset()
        done = run(host, active=active, expect='sha256:' + dry.report['plan_sha256'])
        expect('plan_sha256 is no approval', done, done.failed, host.is_untouched(), only_reads(done),
               'plan.weak_digest' in done.output)

        half = run(host, executable=host.tool_that_fails_midway(), active=active, expect=plan)
        expect_half_applied(host, half)
        done = run(host, active=active, expect=plan)
        expect('the next run does the rest of the approved plan', done, not done.failed, host.is_reverted(),
               done.report['counts']['unchanged'] == half.report['counts']['written'])
    host.reset()
    os.unlink(plan)
    done = run(host, check=True, plan_out=plan)
    expect('check mode keeps no plan', done, not done.failed, not os.path.exists(plan), only_reads(done))
    expect('no plan of a digest is left', done, not list(host.temporary.glob('**/plan.json.gz')))


def refusals(host):
    data, snap = machine(host)['lvs']
    raid = dict(machine(host)['volumes'])
    raid['vg0-data-real'] = dict(raid['vg0-data-real'], table='0 32768 raid raid1 3 0 region_size 4096')
    for whats, changes in (
            (['there is no volume vg0/data', 'there is no snapshot vg0/snap'], {'lvs': []}),
            (['is a thin snapshot', 'is no snapshot of vg0/data', 'is read-only', 'are not active'],
             {'lvs': [dict(data, lv_permissions='read-only'), dict(snap, pool_lv='pool', origin='')], 'active': False}),
            (['is merging already', 'is invalid', 'other snapshots of the volume would break'],
             {'lvs': [dict(data, lv_attr='Owi-a-s---'), dict(snap, lv_snapshot_invalid='snapshot invalid'),
                      dict(snap, lv_name='other')]}),
            (['is merging already'], {'lvs': [data, dict(snap, lv_name='[snap]', lv_merging='merging')]}),
            (['is invalid', 'is mounted, unmount it first: /srv', 'tables of the kind raid'],
             {'status': '0 32768 snapshot Invalid', 'mounts': {'vg0-data': '/srv'}, 'volumes': raid}),
            (['overflowed', 'is in use'],
             {'status': '0 32768 snapshot Overflow', 'lvs': [data, dict(snap, lv_device_open='open')]}),
            (['overflowed'], {'status': '0 32768 snapshot 16384/16384 64'})):
        host.reset(**changes)
        done = run(host)
        expect('refused: ' + ', '.join(whats), done, done.failed, not done.changed, only_reads(done),
               host.is_untouched(), done.report is None, *[what in done.output for what in whats])


if __name__ == '__main__':
    run_steps(machine, successes, failures, duplicates_stay, removal_fails, activation_fails, apply_fails_midway,
              approved, refusals)
