# SPDX-License-Identifier: MIT
#
# Builds, checks and installs dmabuf-inspect. This comment is the manual; `make help`
# prints it. Everything that is made goes below build/, nothing into the source folders.
#
# Building
#   make                 build/dmabuf-inspect
#   make demo            install what is missing, build, and show a first session
#   make dev             build/san: address and undefined-behaviour sanitizers, -Werror
#   make static          build/static: one static binary, and a stripped copy
#   make static-arm64    the same for a board, in build/static-arm64; static-armhf likewise
#   make install         to DESTDIR and PREFIX; `make uninstall` takes it away again
#   make dist            build/dmabuf-inspect-VERSION.tar.xz, from what git has committed
#   make clean           removes build/
#
# Checking; each ends with one line `N passed, N failed, N skipped`
#   make check           everything below with sanitizers, a clang and a 32-bit build too
#   make check-unit      tests/unit/test_*.c: one program per module
#   make check-cli       tests/cli/*.bats: the built tool over fixtures; UPDATE=1 rewrites
#                        the expected files, `git diff` then shows what changed
#   make check-corpus    every fuzz target over its corpus, as an ordinary program
#   make check-gen       tests/gen: generated captures against what they were made from
#   make check-install   installs into an empty folder, runs, uninstalls, expects nothing
#   make check-m32       the unit and cli tests as a 32-bit program
#   make check-clang     the unit tests built by clang
#   make check-static    the static binaries of all three architectures
#   make check-live      tests/live: needs a kernel that can make dma-bufs
#   make check-fuzz      fuzzes each target for T=60 seconds with clang's libFuzzer
#   make lint            check-format check-layers check-budget check-tidy check-cppcheck
#                        check-shell check-man check-completions check-spdx
#   make format          clang-format over our C files, in place
#   make coverage        lines covered by the unit and cli tests, per file
#   make bench           tests/bench, measured; bench-smoke only shows that they work
#
# Variables
#   O=build              where everything goes
#   SAN=address,undefined   sanitizers          WERROR=1   warnings are errors
#   STATIC=1             link statically        COV=1      count executed lines
#   V=1                  show the commands      T=60       seconds per fuzz target
#   CC= CFLAGS= CPPFLAGS= LDFLAGS= LDLIBS=      yours come last and are added to ours
#   CROSS_COMPILE=aarch64-linux-gnu-            picks the compiler and strip
#   DESTDIR= PREFIX=/usr/local BINDIR= MANDIR= DATADIR= BASHCOMPDIR= ZSHCOMPDIR= FISHCOMPDIR=
#
# Examples
#   make check-unit O=build/san SAN=address,undefined WERROR=1
#   make CC=clang O=build/clang
#   make static CROSS_COMPILE=aarch64-linux-gnu-
#   make check-cli TESTS=tests/cli/list.bats UPDATE=1

NAME := dmabuf-inspect
O ?= build
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

# Two jobs unless the user says otherwise (a -j on the command line wins over this one).
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j%,$(MAKEFLAGS) $(shell printenv MAKEFLAGS)),)
MAKEFLAGS += -j2
endif
endif

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n' $(1) '$(2)')

# ---- tools and flags -----------------------------------------------------------------

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
STRIP ?= $(CROSS_COMPILE)strip
CLANG ?= clang

OPTIMIZE := $(if $(SAN),-O1 -fno-omit-frame-pointer,$(if $(COV),-O0,-O2))

# _GNU_SOURCE is defined empty, as a file that defines it for itself does.
our_cppflags := -Isrc -I$(O) -D_GNU_SOURCE= -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# What gcc believes about the length of a %s depends on how much it inlined, hence the last.
our_cflags := -std=gnu11 $(OPTIMIZE) -g \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
	-Wundef -Wpointer-arith -Wwrite-strings -fno-common -fstack-protector-strong \
	-fPIE $(if $(WERROR),-Werror) $(if $(findstring clang,$(CC)),,-Wno-format-truncation)
# Where the libc can (not on 32-bit ARM), a static binary is position-independent as well.
static_flags = $(if $(filter /%,$(shell $(CC) -print-file-name=rcrt1.o)),-static-pie,-static)
our_ldflags := $(if $(STATIC),$(static_flags),-pie) -Wl,-z,relro,-z,now -Wl,-z,noexecstack
our_ldlibs := -ljson-c -lelf -lcap -lz -lm

# The sanitizers see more without the fortified wrappers in between.
ifeq ($(SAN)$(COV),)
our_cppflags += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
ifneq ($(SAN),)
our_cflags += -fsanitize=$(SAN) -fno-sanitize-recover=all
our_ldflags += -fsanitize=$(SAN)
endif
ifneq ($(COV),)
our_cflags += --coverage
our_ldflags += --coverage
endif
# For 32 bits, the libc headers of the machine's own architecture serve as well.
ifneq ($(M32),)
our_cppflags += -idirafter /usr/include/$(shell $(CC) -print-multiarch)
our_cflags += -m32
our_ldflags += -m32
endif
# Libraries of another architecture, where tests/tools/deps has unpacked them.
foreign := $(if $(M32),i386,$(if $(filter aarch64-linux-gnu-,$(CROSS_COMPILE)),arm64,$(if \
	$(filter arm-linux-gnueabihf-,$(CROSS_COMPILE)),armhf)))
ifneq ($(and $(foreign),$(wildcard build/libs-$(foreign)/complete)),)
our_cppflags += -isystem build/libs-$(foreign)/include
our_ldflags += -Lbuild/libs-$(foreign)/lib
endif

# `override`, so that flags given on the command line are added and not put in place of ours.
override CPPFLAGS := $(our_cppflags) $(CPPFLAGS)
override CFLAGS := $(our_cflags) $(CFLAGS)
override LDFLAGS := $(our_ldflags) $(LDFLAGS)
override LDLIBS := $(our_ldlibs) $(LDLIBS)

VERSION := $(shell cat VERSION)
# The commit is named only in a checkout of this very project, and never in a release.
GIT_SUFFIX := $(if $(wildcard .git),$(shell git describe --always --dirty --exclude='*' \
	2>/dev/null | sed 's/^/-g/'))

# What --version adds, for bug reports.
features := $(shell $(CC) -dumpmachine)$(if $(M32), -m32) $(if $(STATIC),static,dynamic) \
	json-c libelf libcap zlib$(if $(SAN), sanitizers: $(SAN))

# ---- what is built -------------------------------------------------------------------

# The folder is the list, on purpose: every layer is one folder of files that all belong to
# the tool, so a list here could only repeat the folders or be wrong.
sources := $(sort $(wildcard src/*/*.c))
unit_tests := $(sort $(wildcard tests/unit/test_*.c))
fuzz_targets := $(sort $(wildcard tests/fuzz/fuzz_*.c))
benches := $(sort $(wildcard tests/bench/bench_*.c))
# tests/helpers/NAME.c and its parts, tests/helpers/NAME_*.c, are one program.
helpers := $(sort $(foreach f,$(wildcard tests/helpers/*.c),\
	tests/helpers/$(firstword $(subst _, ,$(basename $(notdir $(f)))))))
c_files := $(sort $(shell find src tests samples -name '*.[ch]' 2>/dev/null))

objects := $(sources:%.c=$(O)/%.o)
library := $(O)/libdmi.a
program := $(O)/$(NAME)
unit_programs := $(unit_tests:%.c=$(O)/%)
fuzz_replays := $(fuzz_targets:%.c=$(O)/%)
bench_programs := $(benches:%.c=$(O)/%)
helper_programs := $(helpers:%=$(O)/%)

.PHONY: all
all: $(program)

# Messages of the compiler, in one place, so that every rule looks alike.
compile = $(Q)mkdir -p $(@D); $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
link = $(Q)mkdir -p $(@D); $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

$(O)/%.o: %.c $(O)/flags | $(O)/config.h
	$(call say,CC,$@)
	$(compile)

# Archives only grow: a file that was deleted would stay in it, hence the rm.
$(library): $(objects) $(O)/objects
	$(call say,AR,$@)
	$(Q)rm -f $@; $(AR) rcs $@ $(objects)

$(program): $(O)/src/main.o $(library)
	$(call say,LD,$@)
	$(link)

$(unit_programs) $(bench_programs): $(O)/%: $(O)/%.o $(library)
	$(call say,LD,$@)
	$(link)

# Of a helper, all parts.
.SECONDEXPANSION:
parts = $(addprefix $(O)/,$(addsuffix .o,$(basename $(wildcard $(1).c $(1)_*.c))))
$(helper_programs): $(O)/%: $$(call parts,$$*) $(library)
	$(call say,LD,$@)
	$(link)

$(fuzz_replays): $(O)/%: $(O)/%.o $(O)/tests/fuzz/driver.o $(library)
	$(call say,LD,$@)
	$(link)

# Each of the three is rewritten only when its text changes: new flags rebuild everything,
# the same ones nothing.
rewrite = cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(O)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS)' >$@.new
	@if ! cmp -s $@.new $@; then CC='$(CC)' FLAGS='$(CPPFLAGS) $(CFLAGS) $(LDFLAGS)' \
		LIBS='$(LDLIBS)' tests/tools/check-libs; fi
	@$(rewrite)

$(O)/objects: FORCE
	@mkdir -p $(@D); echo '$(objects)' >$@.new
	@$(rewrite)

$(O)/config.h: FORCE
	@mkdir -p $(@D); { echo '/* Made by the Makefile from VERSION and git. */'; \
		echo '#pragma once'; \
		echo '#define DMABUF_INSPECT_VERSION "$(VERSION)$(GIT_SUFFIX)"'; \
		echo '#define DMABUF_INSPECT_FEATURES "$(features)"'; } >$@.new
	@$(rewrite)

.PHONY: FORCE
FORCE:

-include $(shell find $(O)/src $(O)/tests -name '*.d' 2>/dev/null)

# ---- variants: the same Makefile again, with other variables and another O -------------

san = $(MAKE) --no-print-directory O=build/san SAN=address,undefined WERROR=1 CC=gcc
clang = $(MAKE) --no-print-directory O=build/clang WERROR=1 CC='$(CLANG)'
m32 = $(MAKE) --no-print-directory O=build/m32 WERROR=1 M32=1 CC=gcc

.PHONY: dev static
dev:
	+$(Q)$(san) all

static:
	+$(Q)$(MAKE) --no-print-directory O=build/static STATIC=1 stripped

.PHONY: static-arm64 static-armhf
static-arm64: prefix = aarch64-linux-gnu-
static-armhf: prefix = arm-linux-gnueabihf-
static-arm64 static-armhf: static-%:
	$(Q)tests/tools/deps build $*
	+$(Q)$(MAKE) --no-print-directory O=build/$@ STATIC=1 CROSS_COMPILE=$(prefix) stripped

.PHONY: stripped
stripped: $(program)
	$(Q)$(STRIP) -o $(O)/$(NAME)-stripped $(program)
	@ls -l $(program) $(O)/$(NAME)-stripped | awk '{ print $$5 " bytes  " $$9 }'

.PHONY: demo
demo:
	$(Q)tests/tools/deps build
	+$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/tools/demo $(program)

# ---- checking ------------------------------------------------------------------------

run_tests := tests/tools/run-tests
TESTS ?= $(sort $(wildcard tests/cli/*.bats))
# $(call tier,name,files,what is missing): the arguments that make run-tests run a tier, or
# name it as skipped when there is nothing to run yet.
tier = $(if $(strip $(2)),--tier $(1) $(2),--skip $(1) '$(3)')

unit_tier = $(call tier,unit,$(unit_programs),no tests/unit/test_*.c yet)
cli_tier = $(call tier,cli,$(TESTS),no tests/cli/*.bats yet)
# The tests of the test tools, unless it is a file of the user's choice that is run.
lib_tier = $(if $(filter file,$(origin TESTS)),--tier lib $(wildcard tests/lib/*.bats))
corpus_tier = $(call tier,corpus,$(fuzz_replays),no tests/fuzz/fuzz_*.c yet)
# Programs that hold the tool against known facts; not for a file of the user's choice.
truth_tier = $(if $(filter file,$(origin TESTS)),--tier truth $(sort $(wildcard tests/truth/*)))
live_tier = $(call tier,live,$(sort $(wildcard tests/live/*.bats)),no tests/live/*.bats yet)
gen_tier = $(if $(wildcard tests/gen/gen),--tier gen --command gen 'tests/gen/gen check',\
	--skip gen 'no tests/gen/gen yet')
# -o: what the other tests are running must not be linked anew under their feet.
install_tier = --tier install --command install \
	'tests/tools/check-install $(MAKE) O=$(O) -o $(program)'

.PHONY: check-unit check-cli check-corpus check-gen check-install check-live
check-unit: $(unit_programs)
	$(Q)$(run_tests) $(unit_tier)

check-cli: $(program) $(helper_programs)
	$(Q)UPDATE=$(UPDATE) $(run_tests) --binary $(program) $(lib_tier) $(cli_tier) \
		$(truth_tier)

check-corpus: $(fuzz_replays)
	$(Q)$(run_tests) $(corpus_tier)

check-gen: $(program)
	$(Q)$(run_tests) --binary $(program) $(gen_tier)

check-install: $(program)
	$(Q)$(run_tests) $(install_tier)

check-live: $(program) $(helper_programs)
	$(Q)$(run_tests) --binary $(program) $(live_tier)

.PHONY: test-programs unit-programs
unit-programs: $(program) $(unit_programs)
test-programs: unit-programs $(fuzz_replays) $(helper_programs)

.PHONY: check-clang check-m32
check-clang:
	$(Q)tests/tools/deps build test
	+$(Q)$(clang) check-unit all

check-m32:
	$(Q)tests/tools/deps build test m32
	+$(Q)$(m32) check-unit-cli

.PHONY: check-unit-cli
check-unit-cli: unit-programs $(helper_programs)
	$(Q)$(run_tests) --binary $(program) $(unit_tier) $(cli_tier)

# Three builds, then every tier in one run, so that there is one sum at the end. A machine
# that cannot build for 32 bits skips that tier by name; everything else must be there.
.PHONY: check
check:
	$(Q)tests/tools/deps build test
	+$(Q)$(san) test-programs
	+$(Q)$(clang) unit-programs
	+$(Q)rm -f build/m32-skipped; if tests/tools/deps m32 2>&1 | tee build/m32.log; \
		then $(m32) unit-programs; else mv build/m32.log build/m32-skipped; fi
	+$(Q)$(MAKE) --no-print-directory O=build/san SAN=address,undefined WERROR=1 CC=gcc \
		check-all-tiers

.PHONY: check-all-tiers
check-all-tiers:
	+$(Q)skip_m32=$$(tail -n 1 build/m32-skipped 2>/dev/null) || :; \
	$(run_tests) --binary $(program) $(unit_tier) $(lib_tier) $(cli_tier) $(truth_tier) $(corpus_tier) \
		$(gen_tier) $(install_tier) \
		$(call tier,unit-clang,$(unit_tests:%.c=build/clang/%),no tests/unit/test_*.c yet) \
		$${skip_m32:+--skip m32 "$$skip_m32"} \
		$$([ "$$skip_m32" ] || echo --binary build/m32/$(NAME) \
			--tier unit-m32 $(unit_tests:%.c=build/m32/%) --tier cli-m32 $(TESTS))

# Not part of `check` only because it takes three more builds; .ci/run does it.
.PHONY: check-static
check-static:
	$(Q)tests/tools/deps build test arm64 armhf qemu
	+$(Q)$(run_tests) --serial --tier static \
		--command static 'tests/tools/check-static static $(MAKE)' \
		--command static-arm64 'tests/tools/check-static static-arm64 $(MAKE)' \
		--command static-armhf 'tests/tools/check-static static-armhf $(MAKE)'

.PHONY: check-fuzz
T ?= 60
check-fuzz:
	$(Q)tests/tools/deps build test fuzz
	+$(Q)$(MAKE) --no-print-directory O=build/fuzz CC='$(CLANG)' SAN=address,undefined \
		CFLAGS='-fsanitize=fuzzer-no-link' fuzz-run

.PHONY: fuzz-run
fuzz_engines := $(fuzz_targets:tests/fuzz/fuzz_%.c=$(O)/engine_%)
$(fuzz_engines): $(O)/engine_%: $(O)/tests/fuzz/fuzz_%.o $(library)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

fuzz-run: $(fuzz_engines)
	$(Q)$(run_tests) $(if $(fuzz_engines),--tier fuzz,--skip fuzz 'no tests/fuzz/fuzz_*.c yet') \
		$(foreach f,$(fuzz_engines),--command $(f:$(O)/engine_%=%) \
			'tests/tools/fuzz-one $(f) $(T)')

# ---- lint ----------------------------------------------------------------------------

lint_checks := format layers budget tidy cppcheck shell man completions spdx
lint_command = --command check-$(1) 'tests/tools/check-$(1) $(program)'

.PHONY: lint $(lint_checks:%=check-%)
lint:
	$(Q)tests/tools/deps build lint
	+$(Q)$(MAKE) --no-print-directory all
	$(Q)CPPFLAGS='$(CPPFLAGS)' TIMEOUT=1800 $(run_tests) --tier lint \
		$(foreach c,$(lint_checks),$(call lint_command,$(c)))

$(lint_checks:%=check-%): check-%: $(O)/config.h
	$(Q)CPPFLAGS='$(CPPFLAGS)' TIMEOUT=1800 $(run_tests) --tier lint $(call lint_command,$*)

check-completions check-man: $(program)

.PHONY: format
format:
	$(Q)clang-format -i $(c_files)

# ---- measuring -----------------------------------------------------------------------

bench_command = --command $(1) '$(1) $(2)'
bench_scripts := $(sort $(wildcard tests/bench/*.sh))
bench_all := $(strip $(bench_programs) $(bench_scripts))

.PHONY: bench bench-smoke
bench: $(program) $(bench_programs)
	$(Q)$(run_tests) --serial --verbose --binary $(program) $(if $(bench_all),--tier bench,\
		--skip bench 'no tests/bench/* yet') \
		$(foreach b,$(bench_all),$(call bench_command,$(b),))

bench-smoke: $(program) $(bench_programs)
	$(Q)$(run_tests) --serial --binary $(program) $(if $(bench_all),--tier bench,\
		--skip bench 'no tests/bench/* yet') \
		$(foreach b,$(bench_all),$(call bench_command,$(b),--quick))

.PHONY: coverage
coverage:
	$(Q)tests/tools/deps build test
	$(Q)find build/cov -name '*.gcda' -delete 2>/dev/null || :
	+$(Q)$(MAKE) --no-print-directory O=build/cov COV=1 CC=gcc check-unit-cli
	$(Q)tests/tools/coverage-report build/cov

# ---- packaging -----------------------------------------------------------------------

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/$(NAME)
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d

# One line per installed file, mode:source:destination, read by install and uninstall both.
installed := 755:$(program):$(BINDIR)/$(NAME)
installed += $(foreach n,1 5 7,$(foreach f,$(wildcard man/*.$(n)),\
	644:$(f):$(MANDIR)/man$(n)/$(notdir $(f))))
installed += $(patsubst %,644:%:$(BASHCOMPDIR)/$(NAME),$(wildcard completions/$(NAME).bash))
installed += $(patsubst %,644:%:$(ZSHCOMPDIR)/_$(NAME),$(wildcard completions/_$(NAME)))
installed += $(patsubst %,644:%:$(FISHCOMPDIR)/$(NAME).fish,\
	$(wildcard completions/$(NAME).fish))
installed += $(foreach f,$(wildcard share/schema/*.json),\
	644:$(f):$(DATADIR)/schema/$(notdir $(f)))

.PHONY: install uninstall dist
install: $(program)
	$(Q)for line in $(installed); do IFS=: read -r mode from to <<<"$$line"; \
		echo "  INSTALL $(DESTDIR)$$to"; install -D -m $$mode $$from "$(DESTDIR)$$to"; done

uninstall:
	$(Q)for line in $(installed); do IFS=: read -r mode from to <<<"$$line"; \
		echo "  REMOVE  $(DESTDIR)$$to"; rm -f "$(DESTDIR)$$to"; done
	$(Q)rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(DATADIR)/schema" \
		"$(DESTDIR)$(DATADIR)" 2>/dev/null || :

dist:
	$(Q)mkdir -p build
	$(Q)git archive --prefix=$(NAME)-$(VERSION)/ HEAD | xz >build/$(NAME)-$(VERSION).tar.xz
	@echo build/$(NAME)-$(VERSION).tar.xz

.PHONY: clean help
clean:
	$(Q)rm -rf build

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile
