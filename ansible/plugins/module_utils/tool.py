# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""One start of dm-merge: how it is found, what it is given, and what its answer means."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import subprocess

from ansible.module_utils.common.text.converters import to_bytes, to_text

# Where the collection's install role puts the tool.
INSTALLED = '/opt/dm-merge/current/bin'

# The fields of a problem that a failed task carries as fields of its own.
PROBLEM_FIELDS = ('code', 'path', 'pointer', 'offset', 'errno', 'hint')

# What is shown of an output that nobody expected, in characters.
OUTPUT_EXCERPT = 2000


class Answer:
    """What one start of the tool gave: its exit status and its one JSON document."""

    def __init__(self, status, document):
        self.status = status
        self.document = document

    @property
    def kind(self):
        return self.document['kind']

    @property
    def problem(self):
        """Why it could not begin or did not end well; None where it did."""
        return self.document if self.kind == 'problem' else self.document.get('problem')


class Tool:
    """dm-merge on the target."""

    def __init__(self, module):
        self.module = module
        self.executable = self._find(module.params['executable'])

    def _find(self, name):
        found = self.module.get_bin_path(name, opt_dirs=[INSTALLED])
        if found is None:
            self._fail_before_start(
                'tool.missing',
                "there is no program '%s', neither in %s nor on PATH" % (name, INSTALLED),
                'apply the role dmtools.dm_merge.install to this host, or set executable')
        return found

    def need_absolute(self, *options):
        """Fails the task where one of these options is a relative path: it would depend on how the host was reached."""
        for option in options:
            path = self.module.params[option]
            if path is not None and not path.startswith('/'):
                self._fail_before_start('path.relative', "%s is no absolute path: '%s'" % (option, path),
                                        'name it from / on; ~ and variables are not expanded', path=path)

    def run(self, arguments, expected, job=None):
        """Starts the tool once and returns its Answer.

        arguments: its words, which no shell sees and nothing expands.
        expected: the kinds of document that are an answer, next to problem.
        job: the job, for its standard input.
        Fails the task where the tool is killed or says anything but one such document.
        """
        try:
            status, stdout, stderr = self._start(
                # ASCII: what is no ASCII is escaped, whatever the locale of this process is.
                arguments, b'' if job is None else json.dumps(job).encode('ascii'))
        except (OSError, IOError) as e:
            self._fail_before_start(
                'tool.start', '%s cannot be started: %s' % (self.executable, e), 'check executable')
        document = document_of(stdout)
        if document is None or document['kind'] not in tuple(expected) + ('problem',):
            self._fail_without_document(status, stdout, stderr)
        return Answer(status, document)

    def _start(self, arguments, given):
        """The exit status, and what was said on stdout and stderr.

        AnsibleModule.run_command can lose the document: it breaks off where it has waited a second for output, and the
        tool then says everything and ends before it is asked whether it has ended.
        """
        process = subprocess.Popen(
            # Names of files are UTF-8, whatever the locale of this process is.
            [to_bytes(word) for word in [self.executable] + arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # Java takes the encoding of file names from the locale.
            env=dict(os.environ, LANG='C.UTF-8', LC_ALL='C.UTF-8'))
        stdout, stderr = process.communicate(given)
        return process.returncode, said(stdout), said(stderr)

    def fail(self, answer, **results):
        """Fails the task with the answer's problem, each of its fields a field of the result."""
        problem = answer.problem
        fields = dict((name, problem.get(name)) for name in PROBLEM_FIELDS)
        self.module.fail_json(msg=sentence(problem), exit_status=answer.status, **dict(results, **fields))

    def _fail_before_start(self, code, message, hint, path=None):
        self._fail_by_itself(code, message, hint, path=path, exit_status=None)

    def _fail_without_document(self, status, stdout, stderr):
        signal = killed_by(status)
        if signal is not None:
            code, message = 'tool.killed', 'dm-merge was killed by signal %d' % signal
            hint = 'run the same task again: it goes on where that run was, and ends in the same bytes'
        else:
            code = 'tool.output'
            message = '%s (exit status %d) did not answer with a document of dm-merge' % (self.executable, status)
            hint = 'check that executable is dm-merge, in the version of this collection; see stdout and stderr'
        self._fail_by_itself(code, message, hint, exit_status=status,
                             stdout=stdout[:OUTPUT_EXCERPT], stderr=stderr[:OUTPUT_EXCERPT])

    def _fail_by_itself(self, code, message, hint, path=None, **results):
        fields = dict(dict.fromkeys(PROBLEM_FIELDS), code=code, path=path, hint=hint)
        self.module.fail_json(msg=sentence(dict(fields, message=message)), **dict(results, **fields))


def said(output):
    return to_text(output, errors='surrogate_or_replace')


def document_of(text):
    """The one JSON document that text is, or None."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) and 'kind' in document else None


def killed_by(status):
    """The signal that ended a process, as subprocess or as a shell around it tells; None where none did."""
    if status < 0:
        return -status
    return status - 128 if status > 128 else None


def sentence(problem):
    """A problem in one line for people."""
    hint = problem.get('hint')
    return '%s (%s)%s' % (problem['message'], problem['code'], '; %s' % hint if hint else '')
