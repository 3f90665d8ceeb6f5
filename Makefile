# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The front door. Every target installs what it needs (Debian packages, virtual environments under .venv/) and then
# hands over to tests/tools/; the steps behind lint, sanity, units … test are listed in tests/tools/steps.py.

.DEFAULT_GOAL := help
.PHONY: help dev lint sanity units oracle integration faults molecule bench demo docs test clean

T := tests/tools
LAB := $(T)/python tests/lab/lab.py run
STEPS := $(T)/bootstrap && $(T)/python $(T)/steps.py

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

dev:  ## set up .dev and .venv/dev: `ansible localhost -m ctr_image -a 'name=…'` works from here
	@$(T)/bootstrap
	@$(T)/venv dev
	@echo "Ready: . .venv/dev/bin/activate"

lint:  ## format, style, types, licences, changelog, docs, ansible-lint, build
	@$(STEPS) lint

units:  ## architecture and unit tests on every Python found here
	@$(STEPS) units

sanity:  ## ansible-test sanity, no ignores
	@$(STEPS) sanity

oracle:  ## our protocol code against foreign implementations
	@$(STEPS) oracle

integration:  ## the modules against real containerds; TARGETS="ctr_image …" for some of them
	@$(STEPS) integration

faults:  ## killed modules, killed daemons, lying registries, hostile peers
	@$(STEPS) faults

molecule:  ## the role on disposable hosts: Debian 12, 13 and sid, with their own containerds
	@$(STEPS) molecule

test:  ## everything above, and the other supported ansible-core versions
	@$(STEPS) all

demo: dev  ## two minutes with a private containerd and registry, on this machine, leaving nothing behind
	@PATH=$(CURDIR)/.venv/dev/bin:$$PATH $(LAB) --dir build/lab-demo --versions 1.7 -- $(T)/python $(T)/demo.py

bench: dev  ## side-by-side timings: us, ansible.builtin.ping, ctr; VERSIONS="1.6 1.7 2.1" for several
	@PATH=$(CURDIR)/.venv/dev/bin:$$PATH $(LAB) --dir build/lab-bench --versions $(or $(VERSIONS),1.7) -- python bench/bench.py

docs:  ## the HTML documentation, in build/docs
	@$(T)/bootstrap
	@$(T)/docs

clean:  ## remove what builds and tests made (the virtual environments too)
	rm -rf .ansible .cache .dev .venv build tests/output .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
