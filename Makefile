# The Axolotly agent and its reference upstream.
#
#   make deps      install what is missing of the system's libraries (packaging/install-deps; sudo when not root)
#   make build     the programs, in release, static but for the system's libraries, in .build/release
#   make test      all tests
#   make check     format, architecture, size budget
#   make simulate  the simulated world with 200 seeds; AGENT_SEEDS=n takes n seeds, AGENT_SEED=n replays seed n
#   make bench     the measurements, as a table and as JSON
#   make screen-time  two boxes, one child: hours, budget, a request and its answer, in about three minutes
#   make demo      a box from pairing to delivered usage; TITLES=path takes another catalogue, KEEP=1 leaves it running
#   make describe  rewrite packaging/dbus from what the daemon shows on the bus
#   make package   the Debian packages, in .build-package; PROGRAMS=directory takes programs that are built already
#   make test-system  boot a container with its own systemd, install the packages and try the service (root; see CONTRIBUTING.md)
#   make format    rewrite the sources in the project's format
#   make clean     remove all build products
#
# Each target does its own set-up; only Swift 6.3, git and make have to be there.

SOURCES := Package.swift Sources Tests

.DEFAULT_GOAL := help
.PHONY: help deps build test check simulate bench demo screen-time describe format clean

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

deps:
	@packaging/install-deps

# No path of the directory it was built in reaches a program: two builds of one source are the same, wherever they were made.
PREFIX_MAP := -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=.
# Nobody loads a program as a library: without their symbols for that, programs are a megabyte and a half smaller.
LINK := -Xlinker --no-export-dynamic
build: deps
	swift build -c release --static-swift-stdlib $(PREFIX_MAP) $(LINK)

# Tests run beside one another in one process, which costs nothing since none of them sleeps or looks at a clock. DaemonTests
# come after them and one by one: they start real processes with deadlines of seconds, which a loaded machine would miss.
test: deps
	swift build --build-tests
	swift test --skip-build --parallel --skip '^DaemonTests\.'
	swift test --skip-build --no-parallel --filter '^DaemonTests\.'

check: build
	swift format lint --strict --parallel -r $(SOURCES)
	swift test --filter '^ArchitectureTests\.'
	packaging/size-budget .build/release

# In release, in a directory of its own: the programs are built with other flags. The second process has to leave the same trace.
SIMULATE := .build-simulate/release/simulate
simulate: deps
	swift build -c release --scratch-path .build-simulate --product simulate
ifdef AGENT_SEED
	$(SIMULATE) --seed $(AGENT_SEED)
else
	$(SIMULATE) --seeds $(or $(AGENT_SEEDS),200)
	test "$$($(SIMULATE) --seeds 5 --hash)" = "$$($(SIMULATE) --seeds 5 --hash)"
endif

bench: build
	packaging/bench/bench

demo: build
	packaging/demo/demo

screen-time: build
	packaging/demo/screen-time

describe: deps
	swift build --build-tests
	AXOLOTLY_REWRITE=1 swift test --skip-build --no-parallel --filter '^DaemonTests\..*/introspection_'

ifdef PROGRAMS
package:
	packaging/install-deps --package
	packaging/package "$(PROGRAMS)"
else
package: build
	packaging/install-deps --package
	packaging/package
endif
	cd .build-package && lintian --allow-root --fail-on error,warning *.changes

# Status 77: this machine cannot boot a container, which has been said loudly.
test-system:
	packaging/install-deps --system
	$(MAKE) package
	packaging/system/test-system $(TEST_SYSTEM) || test $$? = 77

format:
	swift format --in-place --parallel -r $(SOURCES)

clean:
	rm -rf .build .build-*
