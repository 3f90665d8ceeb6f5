# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work inside a running container as on a host: the connection that Ansible's modules go through.

Knows Ansible's connections; how a command runs and a file travels, the floors below know.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: ctr
short_description: Run tasks inside a running containerd container
version_added: 0.1.0
description:
  - Runs modules, and carries files, inside a container of the containerd on the controller itself, whoever made it.
  - Commands go through containerd's task API. The container needs a shell, and for all modules but
    M(ansible.builtin.raw) and M(ansible.builtin.script) a Python that ansible-core supports on hosts.
  - Files of any size go through the root file system of the container's process. Neither C(tar) nor any other program
    inside is needed for that. Symbolic links of the container cannot lead out of it, and the rights of O(remote_user)
    hold.
  - With pipelining, which is on unless switched off, a task of a module is one command inside the container.
notes:
  - Ansible must run as root on the host of the containerd, since the socket, and the files of containers, are root's.
  - C(sudo) and C(su) inside need a container whose processes may gain privileges, which those of C(ctr) and of
    M(community.containerd.ctr_container) may not unless
    O(community.containerd.ctr_container#module:security_opts) has V(no-new-privileges=false). To be another user,
    O(remote_user) needs neither.
  - Commands have no terminal. Become methods that want one, such as C(machinectl), do not work.
requirements:
  - containerd 1.6 or newer on the controller
  - Linux 5.6 or newer on the controller
options:
  container:
    description:
      - The name of the container. Its process must be running.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_ctr_container
  address:
    description:
      - The unix socket of containerd, with or without C(unix://).
    type: str
    default: /run/containerd/containerd.sock
    env:
      - name: CONTAINERD_ADDRESS
    vars:
      - name: ansible_ctr_address
  namespace:
    description:
      - The containerd namespace of the container. Those of Kubernetes are in V(k8s.io).
    type: str
    default: default
    env:
      - name: CONTAINERD_NAMESPACE
    vars:
      - name: ansible_ctr_namespace
  call_timeout:
    description:
      - Seconds that a call to containerd may go on without any progress, and that a become method may take to ask for a
        password. How long a command takes is not limited by it.
    type: int
    default: 60
    vars:
      - name: ansible_ctr_timeout
  remote_user:
    description:
      - Who to run as inside, as V(user) or V(user:group), by name or number. The default is who the container runs as.
    type: str
    cli:
      - name: user
    env:
      - name: ANSIBLE_REMOTE_USER
    ini:
      - section: defaults
        key: remote_user
    keyword:
      - name: remote_user
    vars:
      - name: ansible_user
      - name: ansible_ctr_user
  executable:
    description:
      - The shell inside the container.
    type: str
    default: /bin/sh
    env:
      - name: ANSIBLE_EXECUTABLE
    ini:
      - section: defaults
        key: executable
    vars:
      - name: ansible_executable
      - name: ansible_ctr_executable
  working_dir:
    description:
      - The directory that commands run in. The default is that of the container's process.
    type: str
    vars:
      - name: ansible_ctr_working_dir
  extra_env:
    description:
      - Environment variables of all commands, over those of the container.
      - C(environment) of a task comes on top. Unlike that, these are also there for the shell and for C(raw).
    type: dict
    default: {}
    vars:
      - name: ansible_ctr_extra_env
  pipelining:
    description:
      - Whether modules are handed to Python through its input rather than as a file, which saves four commands and a
        file for every task.
    type: bool
    default: true
    env:
      - name: ANSIBLE_PIPELINING
    ini:
      - section: defaults
        key: pipelining
      - section: connection
        key: pipelining
    vars:
      - name: ansible_pipelining
      - name: ansible_ctr_pipelining
seealso:
  - plugin: community.containerd.ctr
    plugin_type: inventory
  - module: community.containerd.ctr_exec
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: Work inside the container web
  hosts: web
  gather_facts: false
  vars:
    ansible_connection: community.containerd.ctr
    ansible_ctr_namespace: shop
  tasks:
    - name: The site has its configuration
      ansible.builtin.template:
        src: site.conf.j2
        dest: /etc/nginx/conf.d/site.conf
        mode: "0644"
"""

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from ansible_collections.community.containerd.plugins.module_utils._reconcile.running import find_running
from ansible_collections.community.containerd.plugins.module_utils._runtime.inside import InsideRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import parse_endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure
from ansible_collections.community.containerd.plugins.module_utils._values.execution import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

display = Display()


class Connection(ConnectionBase):
    """A running container as a host."""

    transport = "community.containerd.ctr"
    has_pipelining = True
    has_tty = False

    def _connect(self) -> Connection:
        if self._connected:
            return self
        self._name = self.get_option("container")
        with _failures_of_connections():
            endpoint = parse_endpoint(
                self.get_option("address"),
                self.get_option("namespace"),
                float(self.get_option("call_timeout")),
            )
            self._runtime = InsideRuntime(endpoint)
            self._container, _task = find_running(self._runtime, self._name, endpoint.namespace)
        self._user = self.get_option("remote_user") or None
        display.vvv("IN CONTAINER %s AS %s" % (self._name, self._user or "its own user"), host=self._name)
        self._connected = True
        return self

    def close(self) -> None:
        if self._connected:
            self._runtime.close()
        self._connected = False

    def reset(self) -> None:
        self.close()  # whatever comes next connects

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        self._connect()
        display.vvv("EXEC %s" % to_text(cmd), host=self._name)
        command = Command(
            argv=(self.get_option("executable"), "-c", to_text(cmd, errors="surrogate_or_strict")),
            working_dir=self.get_option("working_dir"),
            user=self._user,
            env={key: to_text(value) for key, value in self.get_option("extra_env").items()},
            stdin=in_data,
        )
        with _failures_of_connections():
            if sudoable and self.become and self.become.expect_prompt():
                command = command.replace(stdin=in_data or b"")
                ran = self._runtime.converse(self._container, command, self._password(self.become))
            else:
                ran = self._runtime.execute(self._container, command)
        return ran.rc or 0, ran.stdout, ran.stderr

    def put_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv("PUT %s TO %s" % (in_path, out_path), host=self._name)
        place = to_bytes(in_path, errors="surrogate_or_strict")
        try:
            with open(place, "rb") as source, _failures_of_connections():
                self._runtime.write_file(self._container, self._user, out_path, source)
        except FileNotFoundError as exc:
            raise AnsibleFileNotFound(file_name=in_path) from exc

    def fetch_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv("FETCH %s TO %s" % (in_path, out_path), host=self._name)
        place = to_bytes(out_path, errors="surrogate_or_strict")
        with open(place, "wb") as sink, _failures_of_connections():
            try:
                self._runtime.read_file(self._container, self._user, in_path, sink)
            except BaseException:
                os.unlink(place)
                raise

    def _password(self, become: Any) -> _Password:
        password = become.get_option("become_pass", playcontext=self._play_context) or ""
        return _Password(become, to_bytes(password), float(self.get_option("call_timeout")))


class _Password:
    """Holds a command's input back until the become method has let it run, and answers its prompt before."""

    def __init__(self, become: Any, password: bytes, patience_s: float) -> None:
        self._become = become
        self._password = password
        self._patience_s = patience_s
        self._until = time.monotonic() + patience_s
        self._is_told = False

    def __call__(self, output: Mapping[str, bytearray]) -> bytes | None:
        said = b"\n".join(bytes(part) for part in output.values())
        if self._become.check_success(said):
            return None
        if self._is_told and self._become.check_incorrect_password(said):
            raise AnsibleConnectionFailure("the %s password is wrong; correct it" % self._become.name)
        if not self._is_told and self._become.check_password_prompt(said):
            self._is_told = True
            return self._password + b"\n"
        if time.monotonic() > self._until:
            raise AnsibleConnectionFailure(
                "%s neither asked for a password nor ran the command in %g seconds; it said: %s"
                % (self._become.name, self._patience_s, to_text(said, errors="replace"))
            )
        return b""


@contextlib.contextmanager
def _failures_of_connections() -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        raise AnsibleConnectionFailure(str(failure)) from failure
