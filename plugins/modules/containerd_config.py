#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare keys of config.toml; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: containerd_config
short_description: Declare settings of containerd's config.toml
version_added: 0.1.0
description:
  - Ensures that keys of C(config.toml) have these values. Comments, order, spelling and all other keys of the file stay
    as they are, to the byte.
  - The options mean the same on every version of containerd. Where a setting stands depends on the version of the file,
    which the module reads. O(settings) reaches every other key.
  - Before a file is put in its place, in check mode too, the installed containerd reads it as it would at its start.
    If it would not start, if it does not know a key, or if its CRI plugin would fail on a combination that containerd
    itself takes without a word, the task fails and the old file stays.
  - containerd reads the file when it starts, and only then. RV(restart_required) tells whether it has to.
    Containers go on running while it restarts.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.file
requirements:
  - tomlkit (Python library, packaged as C(python3-tomlkit)) where Python is older than 3.11
options:
  path:
    description:
      - The file. Its directory must exist. If this is a link, the file that it points to is replaced.
    type: path
    default: /etc/containerd/config.toml
    aliases: [dest]
  address:
    description:
      - The socket of the containerd that reads the file. It is not connected to. Its age tells whether the daemon has
        started since the file changed, see RV(restart_required).
  namespace:
    description:
      - Has no effect here.
  timeout:
    description:
      - Has no effect here.
  executable:
    description:
      - The program of the containerd that reads the file, as a path, or as a name to look for.
    type: str
    default: containerd
  state:
    description:
      - V(present) gives the named keys their values.
      - V(absent) removes the named keys, whatever their values are. Name a whole table in O(settings) by V(null).
    type: str
    choices: [present, absent]
    default: present
  base:
    description:
      - V(existing) changes the file that is there. If there is none, one is made that holds nothing but the named keys.
      - V(default) starts from C(containerd config default), so what else the file holds is dropped, comments included.
        Nothing is written when the file holds the same keys and values already.
    type: str
    choices: [existing, default]
    default: existing
  config_version:
    description:
      - The version of a new file. V(auto) is the one that the installed containerd writes itself.
      - Containerd 1 reads V(2), containerd 2.0 to 2.2 V(2) and V(3), and containerd 2.3 and newer all three. A version
        that the installed one does not read is refused.
      - A file that is there keeps its version. If it has another than the one named here, the task fails.
      - A file that names no version is refused, since containerd 2 drops its settings. See O(migrate).
    type: str
    choices: [auto, '2', '3', '4']
    default: auto
  migrate:
    description:
      - Whether a file of version 2 becomes one of version 3 where containerd 2 or newer is installed, before the
        options are put in. Where containerd 1 is, it stays one of version 2.
      - Comments move with their keys. Nothing is lost that containerd drops when it converts such a file at its start.
        Defaults are not written out. Files of O(imports) stay as they are, and are taken as version 2 then.
      - C(max_concurrent_downloads) goes to the transfer service, which fetches for pods in containerd 2, unless the
        file has the CRI plugin fetch by itself.
      - A file without a version that has no plugins, as some packages ship it, gets one, and V(cri) among the disabled
        plugins its long name.
    type: bool
    default: false
  migrate_registry_mirrors:
    description:
      - Whether the deprecated tables C(registry.mirrors) and the certificates in C(registry.configs) become
        C(hosts.toml) files, which have the same hosts asked in the same order, and leave the file.
      - The files are put below O(registry_config_path), or if that is not set, below what C(config_path) in the file
        says, or V(/etc/containerd/certs.d); C(config_path) is set with them. They are there before the tables go.
      - Mirrors that stand where containerd ignores them, as in C(registry.config) of old tutorials, are taken for what
        they were meant to be.
      - Passwords in C(registry.configs) stay, with a warning, since C(hosts.toml) has no place for them.
      - A C(hosts.toml) that is there and says something else is an error.
    type: bool
    default: false
  systemd_cgroup:
    description:
      - Whether systemd makes the cgroups of pods. It must be what the kubelet says.
      - Holds for runc, and for each runtime whose type is V(io.containerd.runc.v2), unless O(runtimes) says otherwise.
    type: bool
  sandbox_image:
    description:
      - The pause image of pods, with its tag.
    type: str
    aliases: [pause_image]
  registry_config_path:
    description:
      - The directory with a C(hosts.toml) for each registry, usually V(/etc/containerd/certs.d).
      - Refused as long as the file has C(registry.mirrors), with which the CRI plugin does not start then.
        See O(migrate_registry_mirrors), and M(community.containerd.containerd_registry) for the files.
    type: str
  snapshotter:
    description:
      - The snapshotter of pods. It must be one that the installed containerd has and that is not disabled, or one of
        O(proxy_plugins), unless O(allow_unknown).
    type: str
  default_runtime:
    description:
      - The runtime of pods that name none. It must be one of the runtimes.
    type: str
  runtimes:
    description:
      - Runtimes by name, each a table as containerd has it, such as C(runtime_type) and C(options).
        V(null) in the place of a table removes it.
      - C(runtime_type) is V(io.containerd.runc.v2) if neither this nor the file says it. In a file of version 2,
        C(runc) is written beside any other, since containerd 1 forgets its own otherwise.
    type: dict
  max_concurrent_downloads:
    description:
      - How many layers of an image are fetched at the same time.
      - In a file of version 3 it is the number of the transfer service, which fetches for pods, and of the CRI plugin
        too where that fetches by itself, as it does with O(discard_unpacked_layers).
    type: int
  discard_unpacked_layers:
    description:
      - Whether layers are removed from the content store once they are unpacked.
        Such images cannot be exported or pushed.
    type: bool
  cdi:
    description:
      - Whether the CRI plugin knows devices of the Container Device Interface. From containerd 1.7 on.
    type: bool
  cdi_spec_dirs:
    description:
      - Where the devices of CDI are described.
    type: list
    elements: str
  cni_conf_dir:
    description:
      - Where the network of pods is configured.
    type: str
  cni_bin_dirs:
    description:
      - Where the CNI plugins are. In a file of version 2, exactly one.
    type: list
    elements: str
  imports:
    description:
      - Further files, which containerd reads after this one. They must be of the same version as this.
      - Patterns must be absolute. Files that are no patterns must exist.
      - What they say counts, so a setting is refused here that one of them has otherwise. In containerd 1 a table of a
        plugin there takes the place of the whole table here.
    type: list
    elements: str
  disabled_plugins:
    description:
      - The plugins that containerd does not load, by their long names.
    type: list
    elements: str
  required_plugins:
    description:
      - The plugins without which containerd does not start, by their long names.
    type: list
    elements: str
  grpc:
    description:
      - Keys of the table C(grpc), such as C(address) and C(gid). In a file of version 4 they are put into the plugins
        that serve.
    type: dict
  metrics:
    description:
      - Keys of the table C(metrics), such as C(address). In a file of version 4 they are put into the plugin that
        serves.
    type: dict
  debug:
    description:
      - Keys of the table C(debug), such as C(level).
    type: dict
  oom_score:
    description:
      - The score of the daemon for the OOM killer, from V(-1000) to V(1000). V(0) leaves it alone.
    type: int
  root:
    description:
      - The directory for what outlives a reboot. What the old one holds is not moved.
    type: str
  state_dir:
    description:
      - The directory for what does not outlive a reboot. It must not be O(root).
    type: str
  proxy_plugins:
    description:
      - Plugins that are other programs, by name, each with C(type) and C(address).
    type: dict
  settings:
    description:
      - Any further keys, as nested dicts that are merged into the file after the other options. Lists are replaced,
        V(null) removes a key or a table, and an empty dict makes an empty table.
      - Keys are those of the version that the file has.
    type: dict
  secret_settings:
    description:
      - As O(settings), for what must not appear in any output.
    type: dict
  allow_unknown:
    description:
      - Whether keys are written that the installed containerd does not know. It ignores them.
    type: bool
    default: false
  validate:
    description:
      - Whether the installed containerd must take the file before it is put in its place. Set this to V(false), and
        O(config_version), where containerd is not installed yet.
    type: bool
    default: true
  backup:
    description:
      - Whether a copy of the file is kept beside it when it is replaced.
    type: bool
    default: false
notes:
  - Diffs show passwords, tokens and headers as stars, whoever wrote them into the file.
seealso:
  - module: community.containerd.containerd_registry
  - name: The configuration file of containerd
    description: What its keys mean.
    link: https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: Containerd serves a kubelet
  community.containerd.containerd_config:
    systemd_cgroup: true
    sandbox_image: registry.k8s.io/pause:3.10
    registry_config_path: /etc/containerd/certs.d
    backup: true
  register: config
  # A later task restarts containerd when config.restart_required says so, which
  # it also does when this task has changed nothing this time.

- name: Pods may run on crun
  community.containerd.containerd_config:
    runtimes:
      crun:
        runtime_type: io.containerd.runc.v2
        options:
          BinaryName: /usr/bin/crun
          SystemdCgroup: true

- name: Any other key has its value, and another is gone
  community.containerd.containerd_config:
    settings:
      plugins:
        io.containerd.gc.v1.scheduler:
          deletion_threshold: 20
          pause_threshold: null

- name: The file is the default one but for the mode of its log
  community.containerd.containerd_config:
    base: default
    debug:
      level: debug

- name: The file is of the version that the installed containerd writes itself
  community.containerd.containerd_config:
    migrate: true
    backup: true

- name: The deprecated mirrors are files that pods are pulled by
  community.containerd.containerd_config:
    migrate_registry_mirrors: true
    backup: true
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /etc/containerd/config.toml
config_version:
  description: The version that the file has. V(null) when there is none.
  returned: success
  type: int
  sample: 2
restart_required:
  description:
    - Whether containerd has to be started anew to take over the file. True too in a later task, for as long as the file
      is newer than the socket at O(address), which containerd makes anew when it starts.
    - In check mode, whether it would have to be.
  returned: success
  type: bool
restart_reasons:
  description: What asks for it, as sentences.
  returned: success
  type: list
  elements: str
  sample: ['plugins."io.containerd.grpc.v1.cri".sandbox_image changes']
warnings_of_containerd:
  description: What containerd said about the file in check mode. Empty if nothing would change.
  returned: success
  type: list
  elements: str
backup_file:
  description: The copy of the file as it was.
  returned: when there is one
  type: str
  sample: /etc/containerd/config.toml.4711.2026-01-31@12:00:00~
actions:
  description: What was done, or in check mode would be, as sentences.
  returned: success
  type: list
  elements: str
  sample: ['change /etc/containerd/config.toml: plugins."io.containerd.grpc.v1.cri".sandbox_image']
error:
  description: What a machine can make of a failure.
  returned: failure
  type: dict
  contains:
    kind:
      description: The way in which it failed, such as V(refused), V(not_found) or V(missing_requirement).
      type: str
      sample: refused
    call:
      description: Empty here.
      type: str
      sample: ""
    code:
      description: Empty here.
      type: str
      sample: ""
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION, FILE
from ansible_collections.community.containerd.plugins.module_utils._ansible.programs import run_with_programs
from ansible_collections.community.containerd.plugins.module_utils._reconcile import config
from ansible_collections.community.containerd.plugins.module_utils._runtime.config import ConfigRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    **FILE,
    "path": {"type": "path", "default": "/etc/containerd/config.toml", "aliases": ["dest"]},
    "executable": {"type": "str", "default": "containerd"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "base": {"type": "str", "choices": ["existing", "default"], "default": "existing"},
    "config_version": {"type": "str", "choices": ["auto", "2", "3", "4"], "default": "auto"},
    "migrate": {"type": "bool", "default": False},
    "migrate_registry_mirrors": {"type": "bool", "default": False},
    "systemd_cgroup": {"type": "bool"},
    "sandbox_image": {"type": "str", "aliases": ["pause_image"]},
    "registry_config_path": {"type": "str"},
    "snapshotter": {"type": "str"},
    "default_runtime": {"type": "str"},
    "runtimes": {"type": "dict"},
    "max_concurrent_downloads": {"type": "int"},
    "discard_unpacked_layers": {"type": "bool"},
    "cdi": {"type": "bool"},
    "cdi_spec_dirs": {"type": "list", "elements": "str"},
    "cni_conf_dir": {"type": "str"},
    "cni_bin_dirs": {"type": "list", "elements": "str"},
    "imports": {"type": "list", "elements": "str"},
    "disabled_plugins": {"type": "list", "elements": "str"},
    "required_plugins": {"type": "list", "elements": "str"},
    "grpc": {"type": "dict"},
    "metrics": {"type": "dict"},
    "debug": {"type": "dict"},
    "oom_score": {"type": "int"},
    "root": {"type": "str"},
    "state_dir": {"type": "str"},
    "proxy_plugins": {"type": "dict"},
    "settings": {"type": "dict"},
    "secret_settings": {"type": "dict", "no_log": True},
    "allow_unknown": {"type": "bool", "default": False},
    "validate": {"type": "bool", "default": True},
    "backup": {"type": "bool", "default": False},
}


def main() -> None:
    run_with_programs(config, ConfigRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
