#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare what to read about tasks; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_task_info
short_description: Read what runs in containers of containerd, and what it uses
version_added: 0.1.0
description:
  - Returns the tasks of a namespace, whoever started them, with their exit status, their processes, and what they use
    of CPU, memory and disks. A container without a task is left out; see M(community.containerd.ctr_container_info).
  - What is used has the same names and units whether the host has cgroup v1 or v2.
  - All tasks take three calls, and one more for each that runs, for its processes.
extends_documentation_fragment:
  - community.containerd.attributes.info
  - community.containerd.connection
options:
  name:
    description:
      - The containers whose tasks to return. One that has no task is left out. The default is all tasks of the
        namespace.
    type: list
    elements: str
    aliases: [names, container]
  metrics:
    description:
      - Whether to return what each task uses. The counters are read by the shim of each task.
    type: bool
    default: true
  processes:
    description:
      - Whether to return the processes of each task. This is the only part that takes a call for each task.
    type: bool
    default: true
seealso:
  - module: community.containerd.ctr_task
  - module: community.containerd.ctr_container_info
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: All that runs is known, with what it uses
  community.containerd.ctr_task_info:
  register: found

- name: The web server has not been killed for want of memory
  community.containerd.ctr_task_info:
    name: web
    processes: false
  register: web
  failed_when: web.tasks | map(attribute='metrics.memory.oom_kills') | sum > 0

- name: Nothing has been started again more than three times
  community.containerd.ctr_task_info:
    metrics: false
    processes: false
  register: found
  failed_when: found.tasks | selectattr('restart_count', 'gt', 3) | length > 0
"""

RETURN = r"""
tasks:
  description: The tasks, in the order of O(name) or sorted by container.
  returned: success
  type: list
  elements: dict
  contains:
    container:
      description: The name of the container.
      type: str
      sample: web
    status:
      description: V(running), V(paused), V(pausing), V(stopped), V(created) or V(unknown).
      type: str
      sample: running
    pid:
      description: The process id on the host.
      type: int
      sample: 4711
    exit_code:
      description:
        - The exit code of a process that has ended; 128 and the signal when a signal ended it. None while it runs.
      type: int
      sample: 0
    exited_at:
      description: When it ended; empty while it runs.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    stdout:
      description: Where its output goes; empty for nowhere.
      type: str
      sample: file:///var/log/web.log
    stderr:
      description: Where its errors go; empty for nowhere.
      type: str
      sample: file:///var/log/web.log
    terminal:
      description: Whether it has a terminal.
      type: bool
      sample: false
    restart_count:
      description:
        - How often containerd's restart monitor has started it again. V(0) from containerd 1.6, which does not count.
      type: int
      sample: 0
    processes:
      description: All processes inside the container; none when the task does not run.
      returned: with O(processes=true)
      type: list
      elements: dict
      contains:
        pid:
          description: The process id on the host.
          type: int
          sample: 4711
        exec_id:
          description: The name of the exec that began it; empty for the container's own processes.
          type: str
          sample: ""
    metrics:
      description: What the task uses, with all below it; None when containerd cannot tell.
      returned: with O(metrics=true)
      type: dict
      contains:
        cgroup:
          description: The version of the cgroups of the host, V(1) or V(2).
          type: int
          sample: 2
        read_at:
          description: When the counters were read.
          type: str
          sample: '2026-11-24T03:11:52.000000000Z'
        cpu:
          description:
            - Time on all CPUs together since the start, in nanoseconds, as C(usage_ns), C(user_ns) and C(system_ns).
            - With a quota, C(periods) counts its periods, C(throttled_periods) those in which it was used up, and
              C(throttled_ns) the time that was waited.
          type: dict
          sample:
            usage_ns: 11855978
            user_ns: 8000000
            system_ns: 3000000
            periods: 0
            throttled_periods: 0
            throttled_ns: 0
        memory:
          description:
            - Bytes of memory, as C(usage), and as C(working_set) without files that were not used lately, by which the
              kubelet judges. C(anon), C(file), C(mapped_file), C(dirty) and C(writeback) are parts of it.
            - C(limit) and C(swap_limit) are None where there is no limit. C(max_usage) is V(0) where the kernel does
              not keep it. C(swap_usage) is swap alone, on cgroup v1 too.
            - C(page_faults), C(major_page_faults) and C(oom_kills) are counts.
          type: dict
          sample:
            usage: 716800
            limit: 67108864
            max_usage: 2592768
            working_set: 716800
            swap_usage: 0
            swap_limit: 67108864
            anon: 61440
            file: 0
            mapped_file: 0
            dirty: 0
            writeback: 0
            page_faults: 1432
            major_page_faults: 0
            oom_kills: 0
        pids:
          description: Processes and threads as C(current), and their C(limit), None where there is none.
          type: dict
          sample: {"current": 2, "limit": 100}
        io:
          description:
            - For each block device, named as V(MAJOR:MINOR), C(read_bytes), C(write_bytes), C(reads) and C(writes).
          type: list
          elements: dict
          sample: [{"device": "8:0", "read_bytes": 4096, "write_bytes": 0, "reads": 1, "writes": 0}]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(refused) or V(unreachable).
      type: str
      sample: unreachable
    call:
      description: The remote call that failed.
      type: str
      sample: tasks.List
    code:
      description: The status that containerd gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import task_info
from ansible_collections.community.containerd.plugins.module_utils._runtime.task_listing import TaskListing

ARGUMENT_SPEC = {
    **CONNECTION,
    "name": {"type": "list", "elements": "str", "aliases": ["names", "container"]},
    "metrics": {"type": "bool", "default": True},
    "processes": {"type": "bool", "default": True},
}


def main() -> None:
    run(task_info, TaskListing, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
