# make            builds cardfs
# make demo       mounts the built-in cards at a temporary place and shows what a user would do there
# make check      builds and passes every test
# make help       lists the rest
#
# Variables: CC, CFLAGS, BUILD (where everything is made), SANITIZE (address,undefined or thread),
# PREFIX and DESTDIR for install.

VERSION := 0.1.0

BUILD ?= build
PREFIX ?= /usr/local
SANITIZE ?=
CFLAGS ?= -O2 -g
PACKAGES := fuse3 yaml-0.1 nettle

# Each layer may use those before it and none behind: the link order holds them to it.
LAYERS := base yaml locate stores card view fuse cli

warnings := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith -Wcast-qual -Wvla -Wundef -Wformat=2
sanitizers := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
cardfs_flags = -std=c11 -D_GNU_SOURCE -DFUSE_USE_VERSION=312 -D_FILE_OFFSET_BITS=64 \
	-DCARDFS_VERSION='"$(VERSION)"' -DCARDFS_DATADIR='"$(PREFIX)/share/cardfs"' \
	-Isrc $(warnings) $(sanitizers) -pthread
package_flags = $(shell pkg-config --cflags $(PACKAGES))
package_libraries = $(shell pkg-config --libs $(PACKAGES))

# The libraries of the layers up to and with $(1), the highest first as the linker wants them.
archives_upto = $(call reverse,$(call upto,$(1),$(LAYERS)))
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(BUILD)/lib$(firstword $(1)).a)
upto = $(if $(2),$(firstword $(2)) $(if $(filter $(1),$(firstword $(2))),,$(call upto,$(1),$(wordlist 2,$(words $(2)),$(2)))))

unit_sources := $(wildcard tests/unit/*/test_*.c)
unit_tests := $(unit_sources:tests/unit/%.c=$(BUILD)/unit/%)

all: $(BUILD)/bin/cardfs

$(BUILD)/bin/cardfs: $(BUILD)/src/main.o $(call archives_upto,cli)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(sanitizers) -pthread -o $@ $(filter %.o,$^) $(filter %.a,$^) $(package_libraries) $(LDFLAGS)

$(BUILD)/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(cardfs_flags) $(package_flags) $(CFLAGS) -MMD -MP -c -o $@ $<

define layer
$(BUILD)/lib$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c))
	@rm -f $$@ && $$(AR) rcs $$@ $$^

$(BUILD)/unit/$(1)/%: tests/unit/$(1)/%.c $(call archives_upto,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(cardfs_flags) $$(package_flags) $$(CFLAGS) -Itests -MMD -MP -o $$@ $$< \
		$(call archives_upto,$(1)) -lcmocka $$(package_libraries) $$(LDFLAGS)
endef
$(foreach name,$(LAYERS),$(eval $(call layer,$(name))))

check-unit: $(unit_tests)
	@set -e; for test in $^; do $$test; done

clean:
	rm -rf $(BUILD)

.PHONY: all check-unit clean
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
