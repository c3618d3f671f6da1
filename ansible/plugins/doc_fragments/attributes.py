# Copyright: The dm-merge maintainers
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment:
    """What a module can do; each one adds the support it has."""

    DOCUMENTATION = r'''
options: {}
attributes:
  check_mode:
    description: Can run in check mode and says what would change, without changing it.
  diff_mode:
    description: Returns what has changed, or would change, when it runs in diff mode.
  idempotent:
    description: Running it again with the same options changes nothing.
  platform:
    description: The systems that it can run on.
    platforms: linux
    support: full
'''

    ACTION_GROUP = r'''
options: {}
attributes:
  action_group:
    description: With C(group/dmtools.dm_merge.dm_merge) in C(module_defaults), options are set for all modules at once.
    support: full
    membership:
      - dmtools.dm_merge.dm_merge
'''
