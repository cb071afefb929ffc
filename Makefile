# `make demo` opens the simulator, `make test` runs the tests, `make check` reads the code.
# Each sets up what it needs first: system packages where it may, then a virtual environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check format bench hardware clean help install back uninstall
.DEFAULT_GOAL := help

help:
	@echo 'make demo     a small sample library in the simulator'
	@echo 'make test     all tests, with a real Mosquitto on a free port'
	@echo 'make check    ruff, mypy --strict, import-linter'
	@echo 'make bench    the benchmarks of docs/performance.md'
	@echo 'make hardware  the station in an emulated guest with a real kernel: scanners, pins, systemd, power cuts'
	@echo 'sudo make install    the station on this Pi, or its upgrade; keeps configuration and data'
	@echo 'sudo make back       the version before it'
	@echo 'sudo make uninstall  takes it off; with PURGE=1 its data too'
	@echo 'make format   lets ruff write the code'

demo: $(VENV)/.demo
	@$(BIN)/station simulate

test: $(VENV)/.dev
	$(BIN)/pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/asyncapi --check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	scripts/setup $(PYTHON) $(VENV) simulator,backup,camera,serial,marc,dev mosquitto mosquitto_pub strace libzbar0
	$(BIN)/python -m bench

hardware: $(VENV)/.dev
	@scripts/setup $(PYTHON) $(VENV) simulator,backup,dev qemu-system-x86_64 mmdebstrap mkfs.ext4 cpio xz || true
	$(BIN)/python -m tests.hardware $(CHECKS)

install:
	scripts/install $(if $(DESTDIR),--destdir $(DESTDIR)) $(if $(WHEELS),--wheels $(WHEELS)) $(if $(EXTRAS),--extras $(EXTRAS))

back:
	scripts/install --back

uninstall:
	scripts/install --uninstall $(if $(DESTDIR),--destdir $(DESTDIR)) $(if $(filter 1,$(PURGE)),--purge)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.demo: pyproject.toml constraints.txt scripts/setup
	scripts/setup $(PYTHON) $(VENV) simulator
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt scripts/setup
	scripts/setup $(PYTHON) $(VENV) simulator,backup,camera,marc,print,serial,dev \
		mosquitto mosquitto_sub openssl strace mcopy mkfs.vfat sfdisk debugfs libzbar0 fonts-wqy-microhei
	@touch $@ $(VENV)/.demo
