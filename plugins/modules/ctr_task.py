#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare the state of a container's process; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_task
short_description: Start, stop, pause, resume and kill the processes of containerd containers
version_added: 0.1.0
description:
  - In containerd a container is a declaration, and a task is the process that runs it. This module ensures that the
    task of a container runs, rests, is frozen or is gone.
  - It works on every container of the namespace, whoever made it.
  - It neither writes checkpoints nor restores them, as C(ctr tasks checkpoint) does with CRIU. What O(state=paused)
    freezes stays in memory, and is lost with the host's next start.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.log
options:
  container:
    description:
      - The name of the container. It must exist, except with O(state=absent).
    type: str
    required: true
    aliases: [name]
  state:
    description:
      - V(started) ensures that the process runs. A paused one is resumed, what a former one left is removed.
      - V(stopped) ensures that the process does not run. It gets the stop signal, and after O(stop_timeout) KILL.
        The stopped task stays, and tells how the process ended.
      - V(paused) ensures that the process is frozen. It must be running.
      - V(killed) sends O(signal), by default KILL. With KILL, the end of the process is waited for, and a second run
        changes nothing. Any other signal is sent each time, and reported as a change.
      - V(absent) ensures that there is no task. A running one is stopped first.
      - V(restarted) stops the process when it runs, and starts it, each time.
    type: str
    choices: [started, stopped, paused, killed, absent, restarted]
    default: started
  signal:
    description:
      - The signal to stop or kill with, by name or number.
      - To stop, the default is the stop signal that the container's image names, else TERM.
    type: str
    aliases: [kill_signal]
  stop_timeout:
    description:
      - Seconds between the stop signal and KILL, this time. V(0) kills at once.
      - The default is what the container has on record from O(community.containerd.ctr_container#module:stop_timeout),
        else 10.
    type: int
    aliases: [stop_time]
  wait:
    description:
      - Whether to wait until the process has ended, as for a job that runs to its end.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait with O(wait=true). It is an error when the process still runs then; it is left running.
    type: int
    default: 120
seealso:
  - module: community.containerd.ctr_container
  - module: community.containerd.ctr_exec
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The web server runs
  community.containerd.ctr_task:
    container: web
    state: started

- name: The web server is down, without waiting longer than five seconds for it
  community.containerd.ctr_task:
    container: web
    state: stopped
    stop_timeout: 5

- name: The web server is frozen while its data is copied
  community.containerd.ctr_task:
    container: web
    state: paused

- name: The web server reads its configuration again
  community.containerd.ctr_task:
    container: web
    state: killed
    signal: HUP

- name: The migration has run to its end
  community.containerd.ctr_task:
    container: migration
    state: started
    wait: true
    wait_timeout: 600
  register: migration
  failed_when: migration.exit_code != 0

- name: Nothing is left of the task
  community.containerd.ctr_task:
    container: web
    state: absent
"""

RETURN = r"""
task:
  description: The task as a fresh read shows it.
  returned: success
  type: dict
  contains:
    container:
      description: The name of the container.
      type: str
      sample: web
    status:
      description: V(running), V(paused), V(stopped), V(created), or V(absent) when there is no task.
      type: str
      sample: running
    pid:
      description: The process id on the host. In check mode V(0) when the process does not run yet.
      type: int
      sample: 4711
    exit_code:
      description: The exit code of a process that has ended; 128 and the signal when a signal ended it.
      type: int
      sample: 0
    exited_at:
      description: When it ended. Empty while it runs.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    stdout:
      description: Where its output goes. Empty for nowhere.
      type: str
      sample: file:///var/log/web.log
    stderr:
      description: Where its errors go. Empty for nowhere.
      type: str
      sample: file:///var/log/web.log
    terminal:
      description: Whether it has a terminal.
      type: bool
      sample: false
exit_code:
  description: How the process ended, when it did in the course of this task or before. Otherwise null.
  returned: success
  type: int
  sample: 143
exited_at:
  description: When it ended. Empty when it did not.
  returned: success
  type: str
  sample: '2026-11-24T03:11:52.000000000Z'
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["stopped container web"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(timed_out).
      type: str
      sample: not_found
    call:
      description: The remote call that failed.
      type: str
      sample: tasks.Start
    code:
      description: The status that containerd gave.
      type: str
      sample: NOT_FOUND
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION, LOG
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import task
from ansible_collections.community.containerd.plugins.module_utils._runtime.tasks import TaskRuntime

STATES = ["started", "stopped", "paused", "killed", "absent", "restarted"]

ARGUMENT_SPEC = {
    **CONNECTION,
    **LOG,
    "container": {"type": "str", "required": True, "aliases": ["name"]},
    "state": {"type": "str", "choices": STATES, "default": "started"},
    "signal": {"type": "str", "aliases": ["kill_signal"]},
    "stop_timeout": {"type": "int", "aliases": ["stop_time"]},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 120},
}


def main() -> None:
    run(task, TaskRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
