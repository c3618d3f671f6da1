# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an answer of the tool means."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

import pytest

from ansible_collections.dmtools.dm_merge.plugins.module_utils import tool

PROBLEM = {'kind': 'problem', 'code': 'device.mounted', 'message': '/dev/x is mounted', 'path': '/dev/x', 'pointer': None,
           'offset': None, 'errno': None, 'hint': 'unmount it first', 'exit_status': 78}


class Failed(Exception):
    def __init__(self, **results):
        super(Failed, self).__init__(results)
        self.results = results


SCRIPT = r"""#!/bin/sh
cd %s
cat > job
printf '%%s\n' "$@" > arguments
printf '%%s %%s\n' "$LANG" "$LC_ALL" > locale
cat stdout
cat stderr >&2
%s
"""


@pytest.fixture(autouse=True)
def _directory(tmp_path):
    FakeModule.directory = tmp_path


class FakeModule:
    """A module whose tool gives one answer, and that remembers how it was started."""

    def __init__(self, status=0, stdout='', stderr='', found=True, startable=True, **params):
        self.params = dict(executable='dm-merge', **params)
        self.path = self.directory / 'dm-merge'
        self.found = str(self.path) if found else None
        end = 'exit %d' % status if status >= 0 else 'kill %d $$' % status
        script = SCRIPT % (self.directory, end) if startable else 'no program'
        for name, text in (('stdout', stdout), ('stderr', stderr), ('dm-merge', script)):
            (self.directory / name).write_text(text)
        self.path.chmod(0o700)

    def get_bin_path(self, name, opt_dirs):
        self.searched = (name, opt_dirs)
        return self.found

    def given(self, name):
        return (self.directory / name).read_text()

    def fail_json(self, **results):
        raise Failed(**results)


def failure_of(module, **how):
    with pytest.raises(Failed) as raised:
        tool.Tool(module).run(['apply', '-'], expected=['report'], **how)
    return raised.value.results


def test_is_looked_up_where_the_role_puts_it():
    module = FakeModule()
    assert tool.Tool(module).executable == str(module.path)
    assert module.searched == ('dm-merge', ['/opt/dm-merge/current/bin'])


def test_the_job_goes_in_as_ascii_past_any_shell():
    module = FakeModule(stdout='{"kind": "report", "problem": null}')
    tool.Tool(module).run(['apply', '$HOME ~ `id`', '-'], expected=['report'], job={'input': u'/\u00fc $HOME'})
    assert module.given('arguments') == 'apply\n$HOME ~ `id`\n-\n'
    assert module.given('job') == '{"input": "/\\u00fc $HOME"}'
    assert module.given('locale') == 'C.UTF-8 C.UTF-8\n'


def test_arguments_are_utf_8_whatever_the_locale(monkeypatch):
    started = []

    class Ended:
        returncode = 0

        def __init__(self, arguments, **how):
            started.append(arguments)

        def communicate(self, given):
            return b'{"kind": "check"}', b''

    monkeypatch.setattr(tool.subprocess, 'Popen', Ended)
    module = FakeModule()
    tool.Tool(module).run(['check', u'/\u00fc'], expected=['check'])
    assert started == [[str(module.path).encode(), b'check', b'/\xc3\xbc']]


def test_a_report_is_an_answer_without_a_problem():
    answer = tool.Tool(FakeModule(stdout='{"kind": "report", "problem": null}')).run([], expected=['report'])
    assert (answer.kind, answer.status, answer.problem) == ('report', 0, None)


def test_a_report_carries_its_problem():
    report = {'kind': 'report', 'problem': PROBLEM}
    answer = tool.Tool(FakeModule(74, json.dumps(report))).run([], expected=['report'])
    assert answer.problem == PROBLEM


def test_every_field_of_a_problem_is_a_field_of_the_failure():
    module = FakeModule()
    with pytest.raises(Failed) as raised:
        tool.Tool(module).fail(tool.Answer(78, PROBLEM), report=None)
    assert raised.value.results == {
        'msg': '/dev/x is mounted (device.mounted); unmount it first', 'code': 'device.mounted', 'path': '/dev/x',
        'pointer': None, 'offset': None, 'errno': None, 'hint': 'unmount it first', 'exit_status': 78, 'report': None}


@pytest.mark.parametrize('stdout', ['', 'text', '[]', '"report"', '{}', '{"kind": "plan"}', '{"kind": "report"}{}'])
def test_anything_but_one_document_that_was_asked_for_is_a_failure(stdout):
    failure = failure_of(FakeModule(1, stdout, 'why'))
    assert (failure['code'], failure['exit_status']) == ('tool.output', 1)
    assert (failure['stdout'], failure['stderr']) == (stdout, 'why')
    assert failure['path'] is None and failure['offset'] is None and failure['hint']


def test_a_long_output_is_cut():
    assert len(failure_of(FakeModule(0, 'x' * 100000))['stdout']) == tool.OUTPUT_EXCERPT


@pytest.mark.parametrize('status, signal', [(-9, 9), (-15, 15), (137, 9)])
def test_a_run_that_is_killed_says_so(status, signal):
    failure = failure_of(FakeModule(status, '{"kind"'))
    assert failure['code'] == 'tool.killed'
    assert 'signal %d' % signal in failure['msg']


def test_a_tool_that_is_missing():
    failure = failure_of(FakeModule(found=False))
    assert (failure['code'], failure['exit_status']) == ('tool.missing', None)
    assert 'dmtools.dm_merge.install' in failure['hint']


def test_a_tool_that_cannot_be_started():
    assert failure_of(FakeModule(startable=False))['code'] == 'tool.start'


@pytest.mark.parametrize('path, fine', [('/x', True), (None, True), ('x', False), ('~/x', False), ('', False)])
def test_paths_have_to_be_absolute(path, fine):
    module = FakeModule(undo=path)
    if fine:
        tool.Tool(module).need_absolute('undo')
        return
    with pytest.raises(Failed) as raised:
        tool.Tool(module).need_absolute('undo')
    assert (raised.value.results['code'], raised.value.results['path']) == ('path.relative', path)
