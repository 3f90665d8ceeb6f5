#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare containers; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_container
short_description: Declare, start, stop and remove containers of containerd
version_added: 0.1.0
description:
  - Ensures that a container is declared as the task says, and that its process runs or rests.
  - What the task says is compared with what is there, option by option; options that it does not name are left alone.
    Labels, the stop signal and its time, the restart policy and limits change in place.
    Any other difference makes the container anew from its image; a
    running process is stopped for that and started again. The new container has what the task says and, for all
    that the task does not say, what the image says. What the old one wrote into its own file system is gone.
  - When the new container cannot be made or started, the old one is back with all that it had written, and runs if
    it ran; the task fails and says why.
  - It works on every container of the namespace, whoever made it.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.log
  - community.containerd.pull
  - community.containerd.registry
  - community.containerd.snapshotter
options:
  name:
    description:
      - The name of the container. Letters and digits, with single C(.), C(_) or C(-) between them, at most 76 in all.
    type: str
    required: true
    aliases: [id]
  image:
    description:
      - The image to make the container from, as in M(community.containerd.ctr_image).
      - Required for a container that is not there yet, unless O(rootfs) is set. When the image of that name has other
        layers than the container was made from, the container is made anew.
    type: str
  rootfs:
    description:
      - A directory on the managed host to be the root file system of the container, instead of an image. What the
        container writes is written there, unless O(read_only), and the directory stays when the container goes.
      - There is no image to say what to run, so O(command) is needed. Users and groups are looked up in the
        directory's own C(etc/passwd) and C(etc/group).
      - Two containers that run on one directory see each other's files. It does not go with O(image), and leaves
        nothing to do for O(snapshotter).
    type: str
  state:
    description:
      - V(present) ensures that the container is declared. Its process is left as it is.
      - V(started) ensures that the container is declared and its process runs.
      - V(stopped) ensures that the container is declared and its process does not run.
      - V(absent) ensures that there is no such container. A running process is stopped first.
    type: str
    choices: [absent, present, started, stopped]
    default: started
  command:
    description:
      - What the container runs, instead of the command of its image. A list, or one string that is split into words
        as a shell does it, without a shell.
    type: raw
  entrypoint:
    description:
      - What goes before the command, instead of the entrypoint of the image. With it, the command of the image
        is not used either.
    type: raw
  working_dir:
    description:
      - The directory in which the process starts.
    type: str
    aliases: [workdir, chdir, cwd]
  env:
    description:
      - Environment variables, over those of the image. Values are strings. Put numbers and booleans in quotes.
      - Compared as a subset. Other variables of the container are left alone.
    type: dict
  env_file:
    description:
      - Files on the managed host with one C(NAME=VALUE) a line, taken as it stands, quotes included. Blank lines and
        lines that begin with C(#) say nothing. Later files win over earlier ones, and O(env) over all of them.
      - Read at every run. What is in them is compared, and shown, as O(env); use C(no_log) for a task with secrets.
    type: list
    elements: path
    aliases: [env_files]
  groups:
    description:
      - Further groups of the process, by name or number. Names are looked up in the image's own C(/etc/group).
      - Compared as a subset.
    type: list
    elements: str
    aliases: [group_add]
  tty:
    description:
      - Whether the process has a terminal, which some programs want. Nobody reads it, and the runtime cannot write
        it to a file, so it does not go with O(log_driver=file).
    type: bool
  privileged:
    description:
      - Whether the container gets every capability and device of the host, without a seccomp profile and with
        nothing masked. Whoever is root in it can become root of the host.
    type: bool
  capabilities:
    description:
      - Capabilities beyond the usual fourteen, such as V(NET_ADMIN) or V(CAP_NET_ADMIN). V(ALL) is all that the
        host has. What is here wins over O(cap_drop).
      - Compared as a subset.
    type: list
    elements: str
    aliases: [cap_add]
  cap_drop:
    description:
      - Capabilities that the process must not have. V(ALL) leaves only O(capabilities).
    type: list
    elements: str
  security_opts:
    description:
      - V(seccomp=builtin) is the list of system calls that containerd itself allows by default, as of its release
        2.1. A new container that is not O(privileged) has it unless this says otherwise. Containers that were made
        without it stay without it until this option is set or something else makes them anew.
      - V(seccomp=unconfined) allows every system call. V(seccomp=/PATH) takes a profile from a file on the managed
        host, as the OCI runtime spec has it. Profiles with docker's C(includes) are refused.
      - V(apparmor=PROFILE) confines the process by a profile that is loaded on the host. The default is none.
      - V(no-new-privileges=false) lets set-user-ID programs such as C(sudo) work. The default is V(true), as C(ctr)
        has it and docker does not.
      - V(systempaths=unconfined) neither masks nor write-protects parts of C(/proc) and C(/sys).
    type: list
    elements: str
    aliases: [security_opt]
  ulimits:
    description:
      - Limits of the process as V(NAME:SOFT:HARD), such as V(nofile:1024:2048). One number stands for both, V(-1)
        for unlimited. The default is V(nofile:1024:1024).
      - Compared by name.
    type: list
    elements: str
    aliases: [ulimit]
  sysctls:
    description:
      - Kernel settings of the container's own namespaces, such as C(net.core.somaxconn). Compared as a subset.
    type: dict
    aliases: [sysctl]
  oom_score_adj:
    description:
      - How likely the kernel is to kill the process when memory runs out, from -1000, never, to 1000, first.
    type: int
  user:
    description:
      - Who the process runs as, as V(user) or V(user:group), by name or number.
      - Names are looked up in the image's own C(/etc/passwd) and C(/etc/group).
    type: str
  hostname:
    description:
      - The host name inside the container.
    type: str
  mounts:
    description:
      - What is mounted into the container. Compared by O(mounts[].target). Other mounts are left alone.
    type: list
    elements: dict
    aliases: [mount]
    suboptions:
      target:
        description: The path inside the container.
        type: str
        required: true
        aliases: [destination, dst]
      source:
        description: The path on the host. Required for V(bind).
        type: str
        aliases: [src]
      type:
        description: The type of the mount, such as V(bind) or V(tmpfs).
        type: str
        default: bind
      read_only:
        description: Whether the container may not write there.
        type: bool
        default: false
      propagation:
        description: Whether mounts made later on one side are seen on the other. For V(bind) only.
        type: str
        choices: [private, rprivate, shared, rshared, slave, rslave]
      options:
        description: Further options of the mount, such as V(nosuid) or V(size=64m).
        type: list
        elements: str
  dns_servers:
    description:
      - The addresses that names are asked of, in this order. With it, or with O(dns_search_domains) or O(dns_opts), the
        container gets a C(/etc/resolv.conf) of its own, in place of the one of its image or, with
        O(network_mode=host), of the host.
      - What the task does not say of the three, a new container takes from the host as it is then. Addresses of the
        host's own loopback are left out unless the container shares its network; behind the stub of systemd-resolved,
        the servers that it asks take their place.
      - Compared with the file that is mounted, in its order; an empty list is no server.
      - The file is on the managed host, below C(/var/lib/community.containerd), and mounted read-only. It goes
        with the container when this collection removes it.
    type: list
    elements: str
  dns_search_domains:
    description:
      - The domains in which short names are looked up, in this order; V(.) is none. See O(dns_servers).
    type: list
    elements: str
  dns_opts:
    description:
      - Options of the resolver, such as V(ndots:2) or V(timeout:1). See O(dns_servers).
    type: list
    elements: str
    aliases: [dns_options]
  etc_hosts:
    description:
      - Addresses of names, by name, as in the example below. With it, the container gets a
        C(/etc/hosts) of its own, with V(localhost), these names and, at 127.0.1.1, its O(hostname) if that is said.
      - Compared by name with the file that is mounted. Other names in it are left alone.
      - docker's V(host-gateway) is refused, since containerd has no network with a gateway.
    type: dict
  network_mode:
    description:
      - V(none) gives the container an empty network of its own, which is containerd's default.
      - V(host) shares the network of the host.
      - V(ns:PATH) joins the network namespace at that path.
      - V(container:NAME) joins the network of another container of the namespace, which has to run. When that one
        has been started again, this one is made anew, since the network that it was in is gone.
    type: str
    aliases: [network, net]
  read_only:
    description:
      - Whether the root file system of the container is read-only.
    type: bool
  labels:
    description:
      - Labels of the container, over those of the image. Values are strings.
      - Compared as a subset, changed in place. Other labels are left alone.
    type: dict
    aliases: [label]
  annotations:
    description:
      - OCI annotations of the container. Values are strings. Compared as a subset.
    type: dict
    aliases: [annotation]
  runtime:
    description:
      - The runtime shim, such as V(io.containerd.runc.v2). The default is that of the namespace.
    type: str
  runtime_options:
    description:
      - Options of the shim V(io.containerd.runc.v2), by their names in its API. V(binary_name) is the OCI runtime to
        run instead of runc, such as V(crun) or V(/usr/local/bin/crun). V(systemd_cgroup) has systemd make the cgroup,
        as hosts of Kubernetes want it; O(cgroup_parent) then is a slice, by default V(system.slice).
        The others are V(root), V(shim_cgroup), V(no_pivot_root), V(no_new_keyring), V(io_uid), V(io_gid),
        V(criu_image_path) and V(criu_work_path).
      - The options that are named here are compared with those of the container; a difference makes it anew.
    type: dict
  volumes:
    description:
      - Directories and files of the host in short, as V(/HOST/PATH:/CONTAINER/PATH), with V(:ro) or other options
        behind it, separated by commas. containerd has no volumes with names.
      - Compared by the path in the container, as O(mounts).
    type: list
    elements: str
    aliases: [volume]
  tmpfs:
    description:
      - File systems in memory, as V(/PATH) or V(/PATH:size=64m,mode=1777). Nothing in them is a device, can be run or
        changes its user, unless V(dev), V(exec) or V(suid) says so.
    type: list
    elements: str
  shm_size:
    description:
      - The size of C(/dev/shm), such as V(256m). The default is 64 MiB.
    type: str
  devices:
    description:
      - Devices of the host, as V(/dev/SOURCE:/dev/TARGET:rwm). The target is the source unless it is said, and C(rwm)
        says whether to read, write and make nodes.
      - Type and numbers are those of the node on the host at every run, and compared.
    type: list
    elements: str
    aliases: [device]
  cdi_devices:
    description:
      - Devices by the names that CDI gives them, such as V(nvidia.com/gpu=0), with all that they need in a container,
        from the specifications in C(/etc/cdi) and C(/var/run/cdi) of the managed host. Only JSON is read; a vendor's
        tool can write it, such as C(nvidia-ctk cdi generate --format=json --output=/etc/cdi/nvidia.json).
      - Compared by what the specifications say at every run. One that has changed makes the container anew. Devices
        that are not named are left alone.
      - A device that contradicts another one, or the O(env) or mounts of the task, is refused.
    type: list
    elements: str
    aliases: [cdi_device]
  spec:
    description:
      - Parts of an OCI runtime spec, for what has no option. Laid over all the rest as a JSON merge patch. Objects are
        merged, lists and other values replace, null removes.
      - Compared by the parts that it names.
    type: dict
  restart_policy:
    description:
      - When containerd itself starts the process again, by its restart monitor, which looks every ten seconds.
        V(no), V(always), V(unless-stopped), V(on-failure) or V(on-failure:N) for N times at most.
      - Changes in place. A container that is stopped by this collection stays stopped until it is started again.
      - containerd 1.6 knows V(no) and V(always) only; the others are refused there.
      - V(on-failure) does not start a process again that ended with its host or while containerd was down.
    type: str
  restart_retries:
    description:
      - How often O(restart_policy=on-failure) starts the process again. V(0) is without end.
    type: int
  comparisons:
    description:
      - How to compare options, by name. V(strict) wants what has several parts to have no others than the image and
        the task give it; V(allow_more_present), the default for these, leaves other parts alone; V(ignore) leaves the
        option of an existing container alone. The name V(*) stands for all options that are not named.
      - Options of several parts are O(env), O(annotations), O(mounts), O(capabilities), O(sysctls), O(ulimits) and
        O(devices). They can be strict where O(image) is named and is here, or O(rootfs) is named. Labels cannot, since
        an image brings its own.
      - Only what the task says is compared at all.
    type: dict
  memory:
    description:
      - How much memory the container may use, such as V(512m) or V(1.5g). Units are V(b), V(k), V(m), V(g), V(t) and
        V(p), each 1024 times the one before; a plain number is bytes. V(unlimited) lifts the limit.
      - Changes in place. The kernel refuses a limit below what is in use and cannot be freed.
    type: str
  memory_reservation:
    description:
      - How much memory the kernel tries to leave to the container when the host runs short. At most O(memory).
    type: str
  memory_swap:
    description:
      - How much memory and swap the container may use together; O(memory) is needed too. The same value for both
        leaves no swap. Without it, swap has no limit of its own. That differs from docker, which allows as much
        swap as memory.
      - A host without swap accounting refuses it when the process starts.
    type: str
  cpu_shares:
    description:
      - The weight of the container when the CPUs are busy, from 2 to 262144. 1024 is what the kernel gives to all.
    type: int
  cpu_period:
    description:
      - The period, in microseconds, in which O(cpu_quota) may be used up, from 1000 to 1000000.
    type: int
  cpu_quota:
    description:
      - Microseconds of CPU time in each period. V(-1) is unlimited.
    type: int
  cpus:
    description:
      - How many CPUs' time the container may use, such as V(1.5). V(0) is unlimited.
      - The same as O(cpu_quota) in a O(cpu_period) of 100000, so it goes with neither.
    type: float
  cpuset_cpus:
    description:
      - The CPUs that the container may run on, such as V(0-3,6).
    type: str
  cpuset_mems:
    description:
      - The memory nodes that the container may use, such as V(0).
    type: str
  pids_limit:
    description:
      - How many processes and threads there may be. V(-1) is unlimited.
    type: int
  blkio_weight:
    description:
      - The weight of the container when a disk is busy, from 10 to 1000. It needs a host whose I/O scheduler
        knows weights.
    type: int
  cgroup_parent:
    description:
      - The control group, such as V(/batch), below which the container gets a group of its own. Without it, that is
        one with the name of the namespace.
      - A systemd slice is not meant here. Shims that leave groups to systemd are not served by this option.
    type: str
  stop_signal:
    description:
      - The signal that stops the process, by name or number. The default is the image's, else TERM.
    type: str
  stop_timeout:
    description:
      - Seconds between the stop signal and KILL. V(0) kills at once. For a container that says nothing, it is 10.
      - Recorded with the container, as C(nerdctl run --stop-timeout) records it. Whoever stops the process later
        without saying how long to wait goes by that, with this module, M(community.containerd.ctr_task) or
        C(nerdctl stop). Compared, and changed in place.
    type: int
    aliases: [stop_time]
  recreate:
    description:
      - Whether to make the container anew even if nothing differs.
    type: bool
    default: false
  restart:
    description:
      - Whether to start a running process again even if nothing differs.
    type: bool
    default: false
    aliases: [force_restart]
seealso:
  - module: community.containerd.ctr_task
  - module: community.containerd.ctr_image
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The web server runs on the host's network
  community.containerd.ctr_container:
    name: web
    image: docker.io/library/nginx:1.27
    network_mode: host

- name: The worker runs with its settings, its data and its log
  community.containerd.ctr_container:
    name: worker
    image: registry.example.com:5000/team/worker:2.4
    command: [worker, --queue, default]
    user: worker
    env:
      WORKER_THREADS: "4"
    mounts:
      - source: /srv/worker
        target: /data
      - source: /etc/worker.yml
        target: /etc/worker.yml
        read_only: true
      - target: /tmp
        type: tmpfs
        options: [nosuid, nodev, size=64m]
    labels:
      com.example.team: batch
    log_driver: file
    log_options:
      path: /var/log/worker.log

- name: The report gets half a CPU and 256 MiB at most, without a restart
  community.containerd.ctr_container:
    name: report
    image: registry.example.com:5000/team/report:1.3
    cpus: 0.5
    memory: 256m
    memory_swap: 256m
    pids_limit: 100

- name: The resolver may do little, and only what it needs
  community.containerd.ctr_container:
    name: resolver
    image: registry.example.com:5000/net/resolver:9
    env_file: /etc/resolver.env
    user: resolver
    groups: [ssl-cert]
    cap_drop: [ALL]
    capabilities: [NET_BIND_SERVICE]
    ulimits: [nofile:65536:65536]
    sysctls:
      net.core.somaxconn: 4096

- name: The cache comes back after a reboot, and has exactly these variables
  community.containerd.ctr_container:
    name: cache
    image: registry.example.com:5000/team/cache:7
    restart_policy: always
    volumes: ["/srv/cache:/data", "/etc/cache.conf:/etc/cache.conf:ro"]
    tmpfs: ["/tmp:size=64m"]
    shm_size: 256m
    env:
      CACHE_SIZE: "1000"
    comparisons:
      env: strict

- name: The mailer knows its database by name, and has resolvers of its own
  community.containerd.ctr_container:
    name: mailer
    image: registry.example.com:5000/team/mailer:3
    network_mode: ns:/run/netns/mail
    dns_servers: [192.0.2.53, 2001:db8::53]
    dns_search_domains: [mail.example.com]
    dns_opts: [ndots:2]
    etc_hosts:
      db.example.com: 192.0.2.7

- name: The builder runs on a directory of the host
  community.containerd.ctr_container:
    name: builder
    rootfs: /srv/roots/bookworm
    command: [/usr/local/bin/builder, --serve]
    user: builder
    network_mode: host

- name: The model runs on the first GPU
  community.containerd.ctr_container:
    name: model
    image: registry.example.com:5000/ml/model:2
    cdi_devices: [nvidia.com/gpu=0]

- name: The job is declared; another task starts it
  community.containerd.ctr_container:
    name: migration
    image: registry.example.com:5000/team/app:2.4
    command: app migrate --all
    state: present

- name: The old container is gone
  community.containerd.ctr_container:
    name: legacy
    state: absent
"""

RETURN = r"""
container:
  description: The container as a fresh read shows it.
  returned: success
  type: dict
  contains:
    id:
      description: The name of the container.
      type: str
      sample: web
    state:
      description: V(present) or V(absent). With V(absent) the values below are not there.
      type: str
      sample: present
    image:
      description: The name of the image that it was made from.
      type: str
      sample: docker.io/library/nginx:1.27
    labels:
      description: Its labels. In check mode, for a container that is not there yet, those that the task names.
      type: dict
      sample: {"io.containerd.image.config.stop-signal": "SIGQUIT"}
    runtime:
      description: The runtime shim.
      type: str
      sample: io.containerd.runc.v2
    snapshotter:
      description: The snapshotter that holds its file system.
      type: str
      sample: overlayfs
    snapshot_key:
      description: The key of its snapshot. Empty with O(rootfs), as the image and the snapshotter are.
      type: str
      sample: web
    created_at:
      description: When the record was made. Empty in check mode when it is not there yet.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    spec:
      description:
        - Its OCI runtime spec. In check mode, for a container that is not there yet, without C(process.user), since
          only the unpacked image tells who that is.
      type: dict
      sample: {"ociVersion": "1.0.2", "process": {"args": ["nginx", "-g", "daemon off;"], "cwd": "/"}}
    task:
      description: Its task, as in M(community.containerd.ctr_task).
      type: dict
      sample: {"status": "running", "pid": 4711}
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["created container web from image docker.io/library/nginx:1.27", "started container web"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(damaged).
      type: str
      sample: refused
    call:
      description: The remote call that failed.
      type: str
      sample: containers.Create
    code:
      description: The status that the peer gave.
      type: str
      sample: INVALID_ARGUMENT
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    LOG,
    PULL,
    REGISTRY,
    SNAPSHOTTER,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import container
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import ContainerRuntime

PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]

MOUNT = {
    "target": {"type": "str", "required": True, "aliases": ["destination", "dst"]},
    "source": {"type": "str", "aliases": ["src"]},
    "type": {"type": "str", "default": "bind"},
    "read_only": {"type": "bool", "default": False},
    "propagation": {"type": "str", "choices": PROPAGATIONS},
    "options": {"type": "list", "elements": "str"},
}

ARGUMENT_SPEC = {
    **CONNECTION,
    **LOG,
    **PULL,
    **REGISTRY,
    **SNAPSHOTTER,
    "name": {"type": "str", "required": True, "aliases": ["id"]},
    "image": {"type": "str"},
    "rootfs": {"type": "str"},
    "state": {"type": "str", "choices": ["absent", "present", "started", "stopped"], "default": "started"},
    "command": {"type": "raw"},
    "entrypoint": {"type": "raw"},
    "working_dir": {"type": "str", "aliases": ["workdir", "chdir", "cwd"]},
    "env": {"type": "dict"},
    "env_file": {"type": "list", "elements": "path", "aliases": ["env_files"]},
    "groups": {"type": "list", "elements": "str", "aliases": ["group_add"]},
    "tty": {"type": "bool"},
    "privileged": {"type": "bool"},
    "capabilities": {"type": "list", "elements": "str", "aliases": ["cap_add"]},
    "cap_drop": {"type": "list", "elements": "str"},
    "security_opts": {"type": "list", "elements": "str", "aliases": ["security_opt"]},
    "ulimits": {"type": "list", "elements": "str", "aliases": ["ulimit"]},
    "sysctls": {"type": "dict", "aliases": ["sysctl"]},
    "oom_score_adj": {"type": "int"},
    "user": {"type": "str"},
    "hostname": {"type": "str"},
    "mounts": {"type": "list", "elements": "dict", "aliases": ["mount"], "options": MOUNT},
    "dns_servers": {"type": "list", "elements": "str"},
    "dns_search_domains": {"type": "list", "elements": "str"},
    "dns_opts": {"type": "list", "elements": "str", "aliases": ["dns_options"]},
    "etc_hosts": {"type": "dict"},
    "network_mode": {"type": "str", "aliases": ["network", "net"]},
    "read_only": {"type": "bool"},
    "labels": {"type": "dict", "aliases": ["label"]},
    "annotations": {"type": "dict", "aliases": ["annotation"]},
    "runtime": {"type": "str"},
    "runtime_options": {"type": "dict"},
    "volumes": {"type": "list", "elements": "str", "aliases": ["volume"]},
    "tmpfs": {"type": "list", "elements": "str"},
    "shm_size": {"type": "str"},
    "devices": {"type": "list", "elements": "str", "aliases": ["device"]},
    "cdi_devices": {"type": "list", "elements": "str", "aliases": ["cdi_device"]},
    "spec": {"type": "dict"},
    "restart_policy": {"type": "str"},
    "restart_retries": {"type": "int"},
    "comparisons": {"type": "dict"},
    "memory": {"type": "str"},
    "memory_reservation": {"type": "str"},
    "memory_swap": {"type": "str"},
    "cpu_shares": {"type": "int"},
    "cpu_period": {"type": "int"},
    "cpu_quota": {"type": "int"},
    "cpus": {"type": "float"},
    "cpuset_cpus": {"type": "str"},
    "cpuset_mems": {"type": "str"},
    "pids_limit": {"type": "int"},
    "blkio_weight": {"type": "int"},
    "cgroup_parent": {"type": "str"},
    "stop_signal": {"type": "str"},
    "stop_timeout": {"type": "int", "aliases": ["stop_time"]},
    "recreate": {"type": "bool", "default": False},
    "restart": {"type": "bool", "default": False, "aliases": ["force_restart"]},
}


def main() -> None:
    run(
        container,
        ContainerRuntime,
        {"argument_spec": ARGUMENT_SPEC, "required_together": [("username", "password")]},
    )


if __name__ == "__main__":
    main()
