# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as hosts: what runs on a containerd, with its labels, as an inventory.

Knows Ansible's inventories; how containers are read, the floors below know.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: ctr
short_description: Containers of containerd as hosts
version_added: 0.1.0
description:
  - Makes a host of every container in one or several namespaces of a containerd, whoever made it, with its labels,
    image and state as variables.
  - The hosts are ready to work in by P(community.containerd.ctr#connection).
  - The file must end in V(ctr.yml), V(ctr.yaml), V(containerd.yml) or V(containerd.yaml).
notes:
  - Each host has the variables C(ctr_name), C(ctr_namespace), C(ctr_address), C(ctr_image), C(ctr_labels),
    C(ctr_state), C(ctr_pid) (V(0) when it has no task), C(ctr_runtime), C(ctr_snapshotter) and C(ctr_created_at), and
    C(ctr_ip_addresses) with O(ip_addresses).
  - C(ctr_state) is V(running), V(paused), V(pausing), V(created), V(stopped) or V(absent), as a task's.
requirements:
  - containerd 1.6 or newer, and the right to open its socket
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices: [community.containerd.ctr]
  address:
    description:
      - The unix socket of containerd, with or without C(unix://).
      - It may be that of another host, forwarded, for instance by
        C(ssh -L /tmp/ctr.sock:/run/containerd/containerd.sock HOST).
        Set O(connection_type=none) and leave O(ip_addresses) false then, since both need containerd on this host.
    type: str
    default: /run/containerd/containerd.sock
    env:
      - name: CONTAINERD_ADDRESS
  namespaces:
    description:
      - The namespaces to read. V(*) stands for all that there are. One that is not there has no containers.
    type: list
    elements: str
    default: [default]
  include_stopped:
    description:
      - Whether containers that are not running become hosts as well. A paused one does not run.
    type: bool
    default: false
  filters:
    description:
      - Which containers become hosts, as a list of rules. The first rule that holds decides; a container for which none
        holds becomes a host.
      - A container need not have a label, so C(ctr_labels.get('name')) is safer here than C(ctr_labels['name']).
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: A Jinja2 expression over the variables. If it is true, the container becomes a host.
        type: str
      exclude:
        description: A Jinja2 expression over the variables. If it is true, the container does not become a host.
        type: str
  hostname:
    description:
      - A Jinja2 expression for the name of the host. Two containers must not get the same one.
    type: str
    default: ctr_name
  connection_type:
    description:
      - V(ctr) sets C(ansible_connection), C(ansible_ctr_container), C(ansible_ctr_address) and
        C(ansible_ctr_namespace), so that tasks run inside. V(none) sets none of them.
    type: str
    choices: [ctr, none]
    default: ctr
  ip_addresses:
    description:
      - Whether to look for the addresses of each container in its network namespace. This needs root and containerd on
        this very host. A container in the network of the host has none.
    type: bool
    default: false
  timeout:
    description:
      - Seconds that a call to containerd may go on without any progress.
    type: int
    default: 60
seealso:
  - plugin: community.containerd.ctr
    plugin_type: connection
  - module: community.containerd.ctr_container_info
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
# What runs in two namespaces, grouped by image and by a label
plugin: community.containerd.ctr
namespaces: [default, shop]
strict: true
hostname: ctr_name ~ '.' ~ ctr_namespace
keyed_groups:
  - prefix: image
    key: ctr_image
  - prefix: tier
    key: ctr_labels['com.example.tier'] | default('none')
compose:
  ansible_python_interpreter: "'/usr/bin/python3'"
---
# The application containers of a Kubernetes node
plugin: community.containerd.ctr
namespaces: [k8s.io]
filters:
  - exclude: ctr_labels.get('io.cri-containerd.kind') == 'sandbox'
  - include: ctr_labels.get('io.kubernetes.pod.namespace') == 'shop'
  - exclude: true
hostname: >-
  ctr_labels['io.kubernetes.pod.name']
  ~ '.' ~ ctr_labels['io.kubernetes.container.name']
"""

from typing import TYPE_CHECKING, Any

from ansible import template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.community.containerd.plugins.module_utils._runtime.addresses import ip_addresses
from ansible_collections.community.containerd.plugins.module_utils._runtime.listing import ListingRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.task_reading import TaskReading
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import parse_endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.community.containerd.plugins.module_utils._values.container import Container
    from ansible_collections.community.containerd.plugins.module_utils._values.task import Task

FILE_ENDS = ("ctr.yml", "ctr.yaml", "containerd.yml", "containerd.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The containers of a daemon."""

    NAME = "community.containerd.ctr"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(FILE_ENDS)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        known: dict[str, Mapping[str, Any]] = {}
        for variables in self._containers(path, cache):
            if self._is_wanted(variables):
                host = self._hostname(variables)
                if host in known:
                    raise AnsibleParserError(_say_twice(host, known[host], variables))
                known[host] = variables
                self._add(inventory, host, variables)

    def _containers(self, path: str, cache: bool) -> list[dict[str, Any]]:
        """From the cache when that is wanted and has them, else from containerd."""
        self.load_cache_plugin()
        key, is_kept = self.get_cache_key(path), self.get_option("cache")
        if cache and is_kept and key in self._cache:
            kept: list[dict[str, Any]] = self._cache[key]
            return kept
        try:
            found = list(self._read())
        except Failure as failure:
            raise AnsibleError(str(failure)) from failure
        if is_kept:
            self._cache[key] = found
        return found

    def _read(self) -> Iterator[dict[str, Any]]:
        wanted = self.get_option("namespaces")
        endpoint = parse_endpoint(self.get_option("address"), "default", float(self.get_option("timeout")))
        names = TaskReading(endpoint).namespaces() if "*" in wanted else list(dict.fromkeys(wanted))
        for namespace in names:
            runtime = ListingRuntime(parse_endpoint(endpoint.address, namespace, endpoint.timeout_s))
            tasks = runtime.tasks()
            for container in runtime.containers(None):
                task = tasks.get(container.id)
                if self.get_option("include_stopped") or (task and task.status == "running"):
                    yield self._variables(namespace, container, task)

    def _variables(self, namespace: str, container: Container, task: Task | None) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "ctr_name": container.id,
            "ctr_namespace": namespace,
            "ctr_address": self.get_option("address"),
            "ctr_image": container.image,
            "ctr_labels": dict(container.labels),
            "ctr_state": task.status if task else "absent",
            "ctr_pid": task.pid if task else 0,
            "ctr_runtime": container.runtime,
            "ctr_snapshotter": container.snapshotter,
            "ctr_created_at": container.created_at,
        }
        if self.get_option("ip_addresses"):
            variables["ctr_ip_addresses"] = ip_addresses(task.pid) if task and task.is_alive else []
        return variables

    def _is_wanted(self, variables: Mapping[str, Any]) -> bool:
        """What the first rule says that holds."""
        for rule in self.get_option("filters"):
            if len(rule) != 1 or not set(rule) <= {"include", "exclude"}:
                raise AnsibleParserError(
                    "filter %r is neither an include nor an exclude; write one a rule" % rule
                )
            ((verb, condition),) = rule.items()
            if boolean(self._evaluate("filters", condition, variables), strict=False):
                return bool(verb == "include")
        return True

    def _hostname(self, variables: Mapping[str, Any]) -> str:
        return str(self._evaluate("hostname", self.get_option("hostname"), variables))

    def _evaluate(self, option: str, expression: Any, variables: Mapping[str, Any]) -> Any:
        if isinstance(expression, bool):
            return expression
        try:
            return self._compose(expression, {name: _as_data(value) for name, value in variables.items()})
        except Exception as exc:
            raise AnsibleParserError(
                "%s: %r cannot be evaluated for container %s in namespace %s: %s"
                % (option, expression, variables["ctr_name"], variables["ctr_namespace"], exc)
            ) from exc

    def _add(self, inventory: Any, host: str, variables: Mapping[str, Any]) -> None:
        inventory.add_host(host)
        said = dict(variables)
        if self.get_option("connection_type") == "ctr":
            said["ansible_connection"] = "community.containerd.ctr"
            for name in ("address", "namespace"):
                said["ansible_ctr_" + name] = variables["ctr_" + name]
            said["ansible_ctr_container"] = variables["ctr_name"]
        said = {name: _as_data(value) for name, value in said.items()}
        for name, value in said.items():
            inventory.set_variable(host, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), said, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), said, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), said, host, strict=strict)


def _as_data(value: Any) -> Any:
    """What comes from containers is never a template; from ansible-core 2.19 on no text is that is not said to be."""
    if hasattr(template, "trust_as_template"):
        return value
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(value)


def _say_twice(host: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    said = "containers %s in namespace %s and %s in namespace %s would both be host %s" % (
        *(one["ctr_name"], one["ctr_namespace"]),
        *(other["ctr_name"], other["ctr_namespace"]),
        host,
    )
    return said + "; set hostname, for instance to ctr_name ~ '.' ~ ctr_namespace"
