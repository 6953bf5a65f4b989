# make                 builds cardfs
# make demo            plays the first session of the README
# make demo-svg        draws that session anew, into docs/demo.svg
# make check           builds and passes every test
# make check-PART      one part of it: unit, cli, library, fuzz, e2e, conformance, install, bench
# make check-valgrind  the unit tests under valgrind
# make bench           measures it, and says which targets are met; docs/performance.md explains
# make soak            has 64 readers for SECONDS, a million operations at least, and sees that nothing grows;
#                      mounts a million files and keys
# make check-stress    changes a store for a minute while readers check every answer
# make fuzz            looks for inputs that break the core, for FUZZ_SECONDS each of its targets
# make coverage        how much of the core the unit tests run, file by file
# make lint            formatting and static analysis
# make format          formats the C sources
# make install         below DESTDIR/PREFIX; make uninstall takes it away again
# make dist            the sources as a tarball, the same bytes from the same sources
# make deb             Debian packages, in BUILD/deb
# make check-contributing
#                      does to a copy what docs/contributing.md says
# make check-package   installs, upgrades and removes them in a fresh Debian, and needs its mirror
# make version         the version, which is said nowhere but below
# make clean
#
# demo and check first install the Debian packages that they lack. Variables:
#
#   CC, CFLAGS, LDFLAGS   as everywhere
#   SANITIZE              address,undefined or thread
#   BUILD                 where everything is made; one for each set of the above
#   PREFIX, DESTDIR       where make install puts it; LIBDIR and INCLUDEDIR its library
#   FUZZ_SECONDS          60; with FUZZ_RUNS the same inputs each time, so many at most
#   SECONDS               of make soak: 300
#   UNDER                 a command that runs the unit tests
#   TESTS                 those of check-e2e, instead of all
#   SIZE                  of make bench: smoke, small or full; tests/bench/run has more
#   CORE_ONLY=1           builds and tests the core and the library alone, which need no libfuse
#   PKG_CONFIG, OBJCOPY   of another system, where CC compiles for one
#   CONFORMANCE           a directory with the cases of fairseq2's own answers
#   V=1                   shows whole command lines

# The one place of it: the program, its pages and its packages take it from here, or from make version.
VERSION := 0.1.0

BUILD ?= build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKG_CONFIG ?= pkg-config
CORE_ONLY ?=
SANITIZE ?=
CONFORMANCE ?= ../shared/conformance
# Debian's own, which is the one that sees Debian's packages.
PYTHON ?= /usr/bin/python3

ifeq ($(SANITIZE),)
CFLAGS ?= -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
LDFLAGS ?= -pie -Wl,-z,relro,-z,now
else
CFLAGS ?= -O1 -g
endif

# Each layer may use those before it and none behind: the link order holds them to it.
LAYERS := base yaml locate stores card view settings library confine supervise fuse cli
# Those that know no kernel: they link without libfuse.
CORE := base yaml locate stores card view settings library
ifneq ($(CORE_ONLY),)
LAYERS := $(CORE)
endif
kernel_packages := $(if $(CORE_ONLY),,fuse3 libseccomp)

# A user's own -j wins over this one. Tests show their output as it comes.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --no-print-directory --jobs=$(shell nproc) $(if $(filter check-%,$(MAKECMDGOALS)),,--output-sync)
endif

# gcc 10 takes a designated initializer for one that forgot something.
warnings := -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith -Wcast-qual -Wvla -Wundef -Wformat=2
# What gcc warns of in instrumented code is often not there; the other builds hold us to warnings.
sanitizers := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-error)
# Headers of others are the system's: libfuse 3.17 has some that -Wpedantic does not like.
package_flags = $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(kernel_packages) yaml-0.1 nettle))
# cmocka 2 has other names for what cmocka 1 has by these alone.
cardfs_flags = -std=c11 -D_GNU_SOURCE -DFUSE_USE_VERSION=312 -D_FILE_OFFSET_BITS=64 \
	-DCMOCKA_DISABLE_DEPRECATION_WARNINGS -DCARDFS_VERSION='"$(VERSION)"' -DCARDFS_DATADIR='"$(PREFIX)/share/cardfs"' \
	-Isrc -Itests $(warnings) -pthread $(package_flags)
# One object is for the program and for the library: it may be anywhere, and exports what cardfs.h says.
compile = $(CC) $(cardfs_flags) $(sanitizers) $(CFLAGS) -fPIC -fvisibility=hidden
link = $(CC) $(CFLAGS) $(sanitizers) $(LDFLAGS) -pthread
quiet := $(if $(V),,@)
OBJCOPY ?= $(shell $(CC) -print-prog-name=objcopy)

# What a program of layer $(1) links: its archive and those of the layers before it, the highest
# first as the linker wants them, and the libraries that they need.
archives_upto = $(call reverse,$(call upto,$(1),$(LAYERS)))
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(BUILD)/lib$(firstword $(1)).a)
upto = $(if $(2),$(firstword $(2)) $(if $(filter $(1),$(firstword $(2))),,$(call upto,$(1),$(wordlist 2,$(words $(2)),$(2)))))
# glibc before 2.34 has dlopen in a library of its own.
libraries_of = $(shell $(PKG_CONFIG) --libs $(if $(filter $(1),$(CORE)),,$(kernel_packages)) yaml-0.1 nettle) -lm \
	$(if $(filter $(1),$(CORE)),,-ldl)

sources := $(wildcard $(if $(CORE_ONLY),,src/*.c) $(LAYERS:%=src/%/*.c))
unit_sources := $(wildcard $(LAYERS:%=tests/unit/%/test_*.c))
support_sources := $(wildcard tests/unit/support/*.c)
bench_sources := $(wildcard tests/bench/*.c)
pages := $(wildcard docs/man/*.[1-8])
fuzz_sources := $(wildcard tests/fuzz/*.c)
example_sources := $(wildcard docs/examples/*.c tests/library/*.c)
headers := $(wildcard src/*/*.h tests/unit/*/*.h tests/bench/*.h tests/fuzz/*.h)
all_sources := $(sources) $(unit_sources) $(support_sources) $(bench_sources) $(fuzz_sources)
formatted := $(all_sources) $(headers) $(wildcard tests/e2e/support/*.c) $(example_sources)
objects := $(all_sources:%.c=$(BUILD)/%.o)
unit_tests := $(unit_sources:tests/unit/%.c=$(BUILD)/unit/%)

cardfs := $(BUILD)/bin/cardfs
cards := $(BUILD)/share/cardfs/cards

# Another number where programs have to be compiled again; src/library/cardfs.map has the symbols.
abi := 0
shared_library := $(BUILD)/lib/libcardfs.so.$(VERSION)
static_library := $(BUILD)/lib/libcardfs.a
core_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(CORE:%=src/%/*.c)))

all: $(if $(CORE_ONLY),,$(cardfs)) $(cards) $(shared_library) $(static_library)

$(cardfs): $(BUILD)/src/main.o $(call archives_upto,cli)
	@mkdir -p $(@D)
	@echo 'LD $@'
	$(quiet)$(link) -o $@ $^ $(call libraries_of,cli)

$(shared_library): $(core_objects) src/library/cardfs.map
	@mkdir -p $(@D)
	@echo 'LD $@'
	$(quiet)$(CC) $(CFLAGS) $(sanitizers) $(filter-out -pie,$(LDFLAGS)) -pthread -shared \
		$(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -Wl,-soname,libcardfs.so.$(abi) \
		-Wl,--version-script=src/library/cardfs.map -o $@ $(core_objects) $(call libraries_of,library)
	@ln -sfn $(@F) $(@D)/libcardfs.so.$(abi)
	@ln -sfn $(@F) $(@D)/libcardfs.so

# What -flto does is done here: gcc would put it off and lose debug information, and not every linker can for clang.
partial_link := $(if $(findstring -flto,$(CFLAGS)),$(if $(findstring clang,$(CC)),-fuse-ld=lld,-flinker-output=nolto-rel))

# One object without any name of ours but those of cardfs.h, which might be names of the user's.
$(static_library): $(core_objects)
	@mkdir -p $(@D)
	@echo 'AR $@'
	$(quiet)$(CC) $(CFLAGS) $(partial_link) -r -nostdlib -o $(BUILD)/lib/cardfs.o $^
	$(quiet)$(OBJCOPY) --localize-hidden $(BUILD)/lib/cardfs.o
	@rm -f $@
	$(quiet)$(AR) rcs $@ $(BUILD)/lib/cardfs.o

comma := ,

# The program looks for its cards beside itself, as it finds them when it is installed.
$(cards):
	@mkdir -p $(@D)
	@ln -sfn $(abspath src/cards) $@

$(BUILD)/%.o: %.c $(BUILD)/compile
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(quiet)$(compile) -MMD -MP -c -o $@ $<

# Changes when how to compile does, and everything with it; but not for where to install alone.
how_to_compile = $(subst ','\'',$(filter-out -DCARDFS_DATADIR=%,$(compile)))
$(BUILD)/compile: always
	@mkdir -p $(@D)
	@echo '$(how_to_compile)' | cmp -s - $@ || echo '$(how_to_compile)' >$@

# Each allocation passes through tests/unit/support/allocation.c; so do those of libyaml, which is linked whole.
wrap_allocations := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup,--wrap=strndup \
	-Wl,--wrap=free,--wrap=realpath,--wrap=getcwd,--wrap=opendir,--wrap=fdopendir,--wrap=scandir64,--wrap=mmap64

# With -flto lld drops what only --wrap refers to.
$(BUILD)/tests/unit/support/allocation.o: private override CFLAGS += -fno-lto

define layer
$(BUILD)/lib$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c))

$(BUILD)/unit/$(1)/%: $(BUILD)/tests/unit/$(1)/%.o $(BUILD)/libsupport.a $(call archives_upto,$(1))
	@mkdir -p $$(@D)
	@echo 'LD $$@'
	$$(quiet)$$(link) -o $$@ $$^ -lcmocka $$(if $$(filter %/test_memory,$$@),$$(wrap_allocations) -l:libyaml.a) $$(call libraries_of,$(1))
endef
$(foreach name,$(LAYERS),$(eval $(call layer,$(name))))

measure := $(BUILD)/bench/measure

$(measure): $(bench_sources:%.c=$(BUILD)/%.o) $(call archives_upto,card)
	@mkdir -p $(@D)
	@echo 'LD $@'
	$(quiet)$(link) -o $@ $^ $(call libraries_of,card)

$(BUILD)/libsupport.a: $(support_sources:%.c=$(BUILD)/%.o)

$(BUILD)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^

demo:
	@scripts/install-packages build demo
	@$(MAKE) all
	@scripts/demo --cardfs $(cardfs)

demo-svg: all
	@scripts/demo --cardfs $(cardfs) >$(BUILD)/demo
	@scripts/draw-session <$(BUILD)/demo >docs/demo.svg

# One part after another, whatever became of those before, each with its output as it comes; only the
# building is parallel.
check:
	@scripts/install-packages build check bench
	@$(MAKE) all units fuzz-replays $(measure)
	@failed=; for part in unit cli library fuzz e2e conformance install bench; do \
		$(MAKE) --output-sync=none check-$$part || failed="$$failed check-$$part"; \
	done; [ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

units: $(unit_tests)

check-unit: units
	@tests/unit/run --under '$(UNDER)' $(unit_tests)

check-valgrind: units
	@tests/unit/run --under 'valgrind --quiet --leak-check=full --error-exitcode=99' $(unit_tests)

check-cli: all
	@tests/cli/run --cardfs $(cardfs)

check-library: all
	@CC='$(CC)' PYTHON=$(PYTHON) tests/library/run --build $(BUILD)

# The targets of libFuzzer, and what replays what they are kept to: the seeds, and what was found.
fuzz_targets := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_replays := $(fuzz_targets:%=$(BUILD)/fuzz/replay-%)
fuzzers := $(fuzz_targets:%=$(BUILD)/fuzz/%)
FUZZ_SECONDS ?= 60

$(BUILD)/fuzz/replay-%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(call archives_upto,view)
	@mkdir -p $(@D)
	@echo 'LD $@'
	$(quiet)$(link) -o $@ $^ $(call libraries_of,view)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(call archives_upto,view)
	@mkdir -p $(@D)
	@echo 'LD $@'
	$(quiet)$(link) -fsanitize=fuzzer -o $@ $^ $(call libraries_of,view)

.PHONY: check-fuzz fuzz fuzzers fuzz-replays

fuzz-replays: $(fuzz_replays)

fuzzers: $(fuzzers)

check-fuzz: $(fuzz_replays)
	@tests/fuzz/run --replays $(BUILD)/fuzz

fuzz:
	@scripts/install-packages build fuzz
	@$(MAKE) CC=clang BUILD=$(BUILD)/fuzzers SANITIZE=fuzzer-no-link,address,undefined fuzzers
	@tests/fuzz/run --fuzzers $(BUILD)/fuzzers/fuzz --seconds $(FUZZ_SECONDS) --runs '$(FUZZ_RUNS)'

# What the tests of mounts have beside shells: file systems that fail, and readers by the dozen.
helpers := $(patsubst tests/e2e/support/%.c,$(BUILD)/e2e/%,$(wildcard tests/e2e/support/*.c))

$(BUILD)/e2e/%: tests/e2e/support/%.c
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(quiet)$(CC) $(cardfs_flags) -Wno-format-nonliteral -O1 -g -o $@ $< $(shell $(PKG_CONFIG) --libs fuse3)

check-e2e: all $(helpers)
	@tests/e2e/run --cardfs $(cardfs) $(TESTS)

# What check-e2e does for seconds, for minutes; and with thousands, with millions.
SECONDS ?= 300
.PHONY: soak check-stress
soak: all $(helpers)
	@SOAK=$(SECONDS) LOAD=1000000 MANY=1000000 LIMIT=$$((3 * $(SECONDS) + 1200)) \
		tests/e2e/run --cardfs $(cardfs) load size

check-stress: all $(helpers)
	@STRESS=60 LIMIT=600 tests/e2e/run --cardfs $(cardfs) stress

check-conformance: all
	@CONFORMANCE=$(CONFORMANCE) PYTHON=$(PYTHON) tests/conformance/run --cardfs $(cardfs)

check-install: all
	@tests/install/run --build $(BUILD)

bench:
	@scripts/install-packages build bench
	@$(MAKE) all $(measure)
	@tests/bench/run --cardfs $(cardfs) --measure $(measure) --output $(BUILD)/bench

check-bench: all $(measure)
	@tests/bench/check --cardfs $(cardfs) --measure $(measure) --output $(BUILD)/bench/check

coverage:
	@scripts/install-packages build check coverage
	@$(MAKE) check-unit BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' LDFLAGS=
	@gcovr --root . --object-directory $(BUILD)/coverage $(CORE:%=--filter 'src/%/')

lint: lint-format lint-tidy lint-cppcheck lint-scripts lint-references lint-pages

lint-format:
	@clang-format --dry-run -Werror $(formatted)

lint-tidy:
	@printf '%s\n' $(all_sources) | \
		xargs -P $$(nproc) -I {} clang-tidy --quiet {} -- $(cardfs_flags)

# readdir is safe for a stream of one's own, and getpwuid, getpwnam and getgrnam are asked before there are threads.
# mmap without a file takes -1.
lint-cppcheck:
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
		--library=posix --suppress=readdirCalled --suppress=getpwuidCalled --suppress=getpwnamCalled \
		--suppress=getgrnamCalled --suppress=invalidFunctionArg:src/base/bulk.c \
		-D_GNU_SOURCE -Isrc -Itests $(sources) $(support_sources) $(bench_sources)

lint-scripts:
	@shellcheck --external-sources $$(grep -rlE '^#!.*[/ ](ba)?sh$$|^# shellcheck shell=' .ci scripts tests)
	@PYTHONPYCACHEPREFIX=$(BUILD)/python $(PYTHON) -m py_compile $$(grep -rlE '^#!.*[/ ]python3$$' scripts tests docs)

lint-references:
	@$(PYTHON) scripts/check-references

# Which other pages there are is this machine's affair.
lint-pages:
	@mkdir -p $(BUILD)
	@mandoc -T lint $(pages) >$(BUILD)/pages.log 2>/dev/null || [ $$? -lt 5 ]
	@! grep -v 'referenced manual not found' $(BUILD)/pages.log

format:
	@clang-format -i $(formatted)

# What mount(8) calls, where it finds them: in /sbin.
mount_helpers := mount.cardfs mount.fuse.cardfs
prefix := $(DESTDIR)$(PREFIX)

install: all install-library
	install -d $(prefix)/bin $(prefix)/share/cardfs/cards $(prefix)/share/doc/cardfs/docs \
		$(prefix)/sbin $(prefix)/share/man/man1 $(prefix)/share/man/man5 $(prefix)/share/man/man8 \
		$(prefix)/share/bash-completion/completions $(prefix)/share/zsh/site-functions
	install -m 755 $(cardfs) $(prefix)/bin
	for helper in $(mount_helpers); do ln -sf ../bin/cardfs $(prefix)/sbin/$$helper; done
	install -m 644 src/cards/*.yaml $(prefix)/share/cardfs/cards
	install -m 644 $(filter %.1,$(pages)) $(prefix)/share/man/man1
	install -m 644 $(filter %.5,$(pages)) $(prefix)/share/man/man5
	install -m 644 $(filter %.8,$(pages)) $(prefix)/share/man/man8
	ln -sf mount.cardfs.8 $(prefix)/share/man/man8/mount.fuse.cardfs.8
	install -d $(prefix)/lib/systemd/system $(prefix)/lib/systemd/user $(prefix)/share/doc/cardfs/examples
	install -m 644 scripts/systemd/cardfs@.service $(prefix)/lib/systemd/system
	install -m 644 scripts/systemd/cardfs.service $(prefix)/lib/systemd/user
	install -m 644 scripts/systemd/srv-assets.* $(prefix)/share/doc/cardfs/examples
	install -m 755 scripts/collect-report $(prefix)/share/cardfs
	install -m 644 LICENSE README.md CHANGELOG.md $(prefix)/share/doc/cardfs
	install -m 644 docs/*.md $(prefix)/share/doc/cardfs/docs
	install -m 644 scripts/completions/cardfs.bash $(prefix)/share/bash-completion/completions/cardfs
	install -m 644 scripts/completions/_cardfs $(prefix)/share/zsh/site-functions

uninstall: uninstall-library
	rm -rf $(prefix)/share/cardfs $(prefix)/share/doc/cardfs
	rm -f $(prefix)/lib/systemd/system/cardfs@.service $(prefix)/lib/systemd/user/cardfs.service
	rm -f $(prefix)/bin/cardfs $(mount_helpers:%=$(prefix)/sbin/%) $(mount_helpers:%=$(prefix)/share/man/man8/%.8) \
		$(foreach page,$(pages),$(prefix)/share/man/man$(lastword $(subst ., ,$(page)))/$(notdir $(page))) \
		$(prefix)/share/bash-completion/completions/cardfs $(prefix)/share/zsh/site-functions/_cardfs

libdir := $(DESTDIR)$(LIBDIR)
includedir := $(DESTDIR)$(INCLUDEDIR)
below_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))

install-library: $(shared_library) $(static_library)
	install -d $(libdir)/pkgconfig $(includedir) $(prefix)/share/doc/cardfs/examples
	install -m 644 $(static_library) $(shared_library) $(libdir)
	ln -sfn libcardfs.so.$(VERSION) $(libdir)/libcardfs.so.$(abi)
	ln -sfn libcardfs.so.$(abi) $(libdir)/libcardfs.so
	install -m 644 src/library/cardfs.h $(includedir)
	sed -e 's|@prefix@|$(PREFIX)|' -e 's|@libdir@|$(call below_prefix,$(LIBDIR))|' \
		-e 's|@includedir@|$(call below_prefix,$(INCLUDEDIR))|' -e 's|@version@|$(VERSION)|' \
		src/library/cardfs.pc.in >$(libdir)/pkgconfig/cardfs.pc
	install -m 644 docs/library.md docs/examples/resolve.c docs/examples/cards.py \
		$(prefix)/share/doc/cardfs/examples

uninstall-library:
	rm -f $(libdir)/libcardfs.so* $(libdir)/libcardfs.a $(libdir)/pkgconfig/cardfs.pc $(includedir)/cardfs.h

tarball := $(BUILD)/cardfs-$(VERSION).tar.gz

dist:
	@scripts/make-tarball $(VERSION) $(tarball)

deb:
	@scripts/install-packages build package
	@scripts/make-deb $(VERSION) $(BUILD)/deb
	@lintian --pedantic --display-info --fail-on error,warning,info,pedantic --allow-root $(BUILD)/deb/*.changes

check-contributing: all
	@tests/contributing/run --build $(BUILD)

check-package: deb
	@tests/package/run --packages $(BUILD)/deb

clean:
	rm -rf $(BUILD)

version:
	@echo $(VERSION)

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

.PHONY: all bench check-bench demo check units check-unit check-valgrind check-cli check-library check-e2e check-conformance \
	check-install coverage lint lint-format lint-tidy lint-cppcheck lint-scripts lint-references lint-pages format \
	demo-svg install install-library uninstall uninstall-library dist deb check-contributing check-package clean version always help
.SECONDARY:
.DELETE_ON_ERROR:
-include $(objects:.o=.d)
