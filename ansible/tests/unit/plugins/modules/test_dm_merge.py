# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the module makes of its options and of a report."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible_collections.dmtools.dm_merge.plugins.modules import dm_merge

PARAMS = {'input': '/i', 'output': '/o', 'direct': False, 'relaxed': False, 'force': True, 'expect': None,
          'retarget': False, 'overwrite_foreign': True, 'undo': '/u', 'audit': None, 'verify': True, 'label': '',
          'plan_out': '/p $HOME', 'max_mappings': 3, 'executable': 'dm-merge'}


def report(status='planned', changed=False, mappings=2, omitted=0):
    return {
        'kind': 'report', 'status': status, 'changed': changed, 'counts': {'total': 2}, 'bytes': {'total': 8192},
        'plan_sha256': None, 'approval_sha256': 'a' * 64, 'output': {'path': '/o'}, 'mappings_omitted': omitted,
        'mappings': [{'index': i, 'old_chunk': 10 + i, 'new_chunk': 2 + i, 'origin_offset': 4096 * (10 + i),
                      'store_offset': 4096 * (2 + i), 'bytes': 4096} for i in range(mappings)]}


def test_the_job_has_what_was_given_and_nothing_else():
    assert dm_merge.job_of(PARAMS, check_mode=False) == {
        'input': '/i', 'output': '/o', 'direct': False, 'relaxed': False, 'force': True, 'retarget': False,
        'overwrite_foreign': True, 'undo': '/u', 'verify': True, 'label': ''}


def test_check_mode_makes_a_dry_run_of_it():
    assert dm_merge.job_of(PARAMS, check_mode=True) == dict(dm_merge.job_of(PARAMS, check_mode=False), force=False)


def test_the_plan_is_kept_where_plan_out_says():
    assert dm_merge.arguments_of(PARAMS, check_mode=False) == [
        'apply', '--progress=none', '--max-mappings', '3', '--plan-out', '/p $HOME', '-']


@pytest.mark.parametrize('plan_out, check_mode', [('/p', True), (None, False), (None, True)])
def test_no_plan_is_kept_in_check_mode_or_without_plan_out(plan_out, check_mode):
    assert dm_merge.arguments_of(dict(PARAMS, plan_out=plan_out), check_mode) == [
        'apply', '--progress=none', '--max-mappings', '3', '-']


@pytest.mark.parametrize('status, wrote, would_write, changed', [
    ('applied', True, False, True),
    ('unchanged', False, False, False),
    ('unchanged', False, True, False),
    ('planned', False, False, False),
    ('planned', False, True, True),
    ('failed', True, False, True),
    ('failed', False, True, False),
    ('interrupted', True, False, True),
])
def test_changed(status, wrote, would_write, changed):
    assert dm_merge.is_changed(report(status, wrote), would_write) is changed


def test_the_diff_names_the_chunks():
    assert dm_merge.diff_of(report()) == {
        'before_header': '/o', 'after_header': '/o',
        'before': 'chunk 10, 4096 bytes at 40960: as it was\nchunk 11, 4096 bytes at 45056: as it was\n',
        'after': 'chunk 10, 4096 bytes at 40960: chunk 2 of the store, at 8192\n'
                 'chunk 11, 4096 bytes at 45056: chunk 3 of the store, at 12288\n'}


def test_the_diff_counts_what_it_does_not_name():
    diff = dm_merge.diff_of(report(mappings=0, omitted=301))
    assert (diff['before'], diff['after']) == ('301 more chunks: as they were\n', '301 more chunks: as in the store\n')


def test_without_differences_the_diff_is_empty():
    diff = dm_merge.diff_of(report('unchanged', mappings=0))
    assert diff['before'] == diff['after'] == ''


def test_the_report_comes_back_whole():
    given = report()
    results = dm_merge.results_of(given, would_write=True, with_diff=False)
    assert results == {'report': given, 'changed': True, 'status': 'planned', 'counts': given['counts'],
                       'bytes': given['bytes'], 'plan_sha256': None, 'approval_sha256': 'a' * 64}
