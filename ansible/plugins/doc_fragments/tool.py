# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment:
    """What every module of the collection has, because it starts dm-merge."""

    DOCUMENTATION = r'''
options:
  executable:
    description:
      - The program to start, by its absolute path, or a name that is looked up.
      - A name is looked up where the role C(dmtools.dm_merge.install) puts the tool
        (C(/opt/dm-merge/current/bin)), then on C(PATH), then in the system's C(sbin) directories.
    type: str
    default: dm-merge
requirements:
  - dm-merge 1.0.0 or later on the target, with the Java runtime that it needs
  - Python 3.6 or later on the target
notes:
  - Paths are passed to the tool as they are, with no expansion of C(~) or of variables, and never through a shell.
    They have to be absolute.
  - Reading and writing block devices needs root; use C(become).
'''
