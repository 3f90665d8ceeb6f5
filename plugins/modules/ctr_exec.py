#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare a command inside a container; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_exec
short_description: Run a command inside a running containerd container
version_added: 0.1.0
description:
  - Runs a command inside a container, beside its own process, and returns what it wrote and how it ended.
  - A command that ends with another code than zero fails the task, as with M(ansible.builtin.command), unless
    C(failed_when) says otherwise.
  - It works on every container of the namespace, whoever made it.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
attributes:
  check_mode:
    support: partial
    details:
      - That the container is there and runs, and O(creates) and O(removes), are checked. The command does not run.
  diff_mode:
    support: none
    details:
      - What a command changes is not known.
  idempotent:
    support: partial
    details:
      - With O(creates) or O(removes), if the command does what they say.
options:
  container:
    description:
      - The name of the container. Its process must be running.
    type: str
    required: true
    aliases: [name]
  argv:
    description:
      - The command as a list of words.
    type: list
    elements: str
  command:
    description:
      - The command as one string, split into words as a shell does it, without a shell.
    type: str
  chdir:
    description:
      - The directory to run in. The default is that of the container's process.
    type: str
    aliases: [workdir, working_dir, cwd]
  user:
    description:
      - Who to run as, as V(user) or V(user:group), by name or number. The default is who the container runs as.
    type: str
  env:
    description:
      - Environment variables, over those of the container. Values are strings.
    type: dict
  stdin:
    description:
      - What the command reads from its standard input.
    type: str
  stdin_add_newline:
    description:
      - Whether to add a newline to O(stdin).
    type: bool
    default: true
  tty:
    description:
      - Whether to give the command a terminal. Both its streams then come as RV(stdout).
    type: bool
    default: false
  detach:
    description:
      - Whether to let the command run and not wait for it. Nothing but its RV(pid) is returned.
    type: bool
    default: false
  exec_timeout:
    description:
      - Seconds that the command may take. Then it is killed, and the task fails. The default is no limit.
    type: int
  creates:
    description:
      - A path inside the container, which may hold wildcards. If it exists, the command does not run.
    type: str
  removes:
    description:
      - A path inside the container, which may hold wildcards. If it does not exist, the command does not run.
    type: str
seealso:
  - module: community.containerd.ctr_task
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The version of the web server is known
  community.containerd.ctr_exec:
    container: web
    argv: [nginx, -v]
  register: version
  changed_when: false

- name: The database has its schema
  community.containerd.ctr_exec:
    container: db
    command: psql --quiet --file=-
    user: postgres
    stdin: "{{ lookup('ansible.builtin.file', 'schema.sql') }}"
    exec_timeout: 60

- name: The cache is warm
  community.containerd.ctr_exec:
    container: app
    argv: [app, warm-up]
    creates: /var/cache/app/warm
"""

RETURN = r"""
rc:
  description:
    - The exit code of the command; 128 and the signal when a signal ended it. V(0) when it was skipped or
      detached, and in check mode.
  returned: success
  type: int
  sample: 0
stdout:
  description: What it wrote to its standard output, without the last newline.
  returned: success
  type: str
  sample: nginx version nginx/1.27.3
stdout_lines:
  description: The same as a list of lines.
  returned: success
  type: list
  elements: str
  sample: [nginx version nginx/1.27.3]
stderr:
  description: What it wrote to its standard error, without the last newline.
  returned: success
  type: str
  sample: ''
stderr_lines:
  description: The same as a list of lines.
  returned: success
  type: list
  elements: str
  sample: []
pid:
  description: The process id on the host.
  returned: when the command ran
  type: int
  sample: 4711
delta:
  description: Seconds that it took.
  returned: when the command ran
  type: str
  sample: '0.052113'
msg:
  description: Why the command did not run.
  returned: when the command did not run
  type: str
  sample: skipped, since /var/cache/app/warm exists
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample: ["ran nginx in container web"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(timed_out).
      type: str
      sample: refused
    call:
      description: The remote call that failed.
      type: str
      sample: tasks.Start
    code:
      description: The status that containerd gave.
      type: str
      sample: UNKNOWN
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import execution
from ansible_collections.community.containerd.plugins.module_utils._runtime.commands import CommandRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    "container": {"type": "str", "required": True, "aliases": ["name"]},
    "argv": {"type": "list", "elements": "str"},
    "command": {"type": "str"},
    "chdir": {"type": "str", "aliases": ["workdir", "working_dir", "cwd"]},
    "user": {"type": "str"},
    "env": {"type": "dict"},
    "stdin": {"type": "str"},
    "stdin_add_newline": {"type": "bool", "default": True},
    "tty": {"type": "bool", "default": False},
    "detach": {"type": "bool", "default": False},
    "exec_timeout": {"type": "int"},
    "creates": {"type": "str"},
    "removes": {"type": "str"},
}


def main() -> None:
    run(
        execution,
        CommandRuntime,
        {
            "argument_spec": ARGUMENT_SPEC,
            "mutually_exclusive": [("argv", "command")],
            "required_one_of": [("argv", "command")],
        },
    )


if __name__ == "__main__":
    main()
