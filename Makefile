# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds, tests and installs loraexplore with GNU make; `make help` lists what
# it can do.  CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are yours to set.

VERSION = 0.1.0

prefix ?= /usr/local
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
datarootdir ?= $(prefix)/share
datadir ?= $(datarootdir)
mandir ?= $(datarootdir)/man
INSTALL ?= install
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
CC_FOR_BUILD ?= $(CC)
BLAS ?= auto
FLAVOUR ?= release

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---- deps ----------------------------------------------------------------
OTHER_GOALS := $(filter-out deps,$(MAKECMDGOALS))
ifneq ($(filter deps,$(MAKECMDGOALS)),)
# What follows looks for libraries while make reads it, so the goals that come
# with deps run in a second make, after it.
.PHONY: deps $(OTHER_GOALS)
deps: ## install the libraries with the system's package manager
	@CC='$(firstword $(CC))' sh src/tool/deps.sh
ifneq ($(OTHER_GOALS),)
$(firstword $(OTHER_GOALS)): deps
	@$(MAKE) $(OTHER_GOALS)
$(wordlist 2,99,$(OTHER_GOALS)): $(firstword $(OTHER_GOALS)) ;
endif
else

# ---- the libraries -------------------------------------------------------
LIBRARIES = ncursesw gsl jansson libpcre2-8
GOALS := $(or $(MAKECMDGOALS),all)
BUILDING := $(filter-out clean help uninstall lint format,$(GOALS))
have = $(shell $(PKG_CONFIG) --exists $1 2>/dev/null && echo $1)
ifneq ($(BUILDING),)
MISSING := $(strip $(foreach l,$(if $(shell command -v $(firstword \
    $(PKG_CONFIG))),,pkg-config) $(LIBRARIES),$(if $(call have,$l),,$l)))
ifneq ($(MISSING),)
$(foreach l,$(MISSING),$(info Makefile: $l is missing; run `make deps`, or: \
    $(shell sh src/tool/deps.sh --line)))
$(error missing: $(MISSING))
endif

ifeq ($(BLAS),auto)
override BLAS := $(or $(call have,openblas),$(call have,blis),gslcblas)
endif
ifeq ($(BLAS),gslcblas)
$(info Makefile: note: neither OpenBLAS nor BLIS is there; GSL's own is ten times slower)
endif
BLAS_LIBS := $(or $(shell $(PKG_CONFIG) --libs $(BLAS) 2>/dev/null),-l$(BLAS))
BLAS_NAME := $(strip $(BLAS) $(shell $(PKG_CONFIG) --modversion $(BLAS) \
    2>/dev/null))
# Named ahead of gslcblas, the fast one wins the symbol lookup.
LIBS := $(shell $(PKG_CONFIG) --define-variable=GSL_CBLAS_LIB="$(BLAS_LIBS)" \
    --libs $(LIBRARIES)) -pthread -lm
LIB_CFLAGS := $(filter-out -D_%,$(shell $(PKG_CONFIG) --cflags $(LIBRARIES)))
endif

# ---- flags ---------------------------------------------------------------
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
    -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
    -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wdouble-promotion \
    -Wnull-dereference -Wswitch-enum
GCC_WARNINGS = -Wduplicated-cond -Wduplicated-branches -Wlogical-op
HARDENING = -fstack-protector-strong -fstack-clash-protection \
    -fcf-protection -D_FORTIFY_SOURCE=3
HARDENING_LINK = -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
SANITIZE_asan = -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZE_tsan = -fsanitize=thread
SANITIZE_fuzz = -fsanitize=fuzzer-no-link,address,undefined
SANITIZE := $(SANITIZE_$(FLAVOUR))

# The flags of $1 that the compiler takes: all at once if it can, else singly.
takes = $(shell printf '\043include <stdio.h>\nint main(void){return 0;}\n' | \
    $(CC) $(CPPFLAGS) $(CFLAGS) $1 -Werror -x c - -o $(OBJ)/probe 2>/dev/null && echo $1)
supported = $(or $(call takes,$1),$(foreach f,$1,$(call takes,$f)))

OUT := build$(if $(filter-out release,$(FLAVOUR)),/$(FLAVOUR))
OBJ := build/$(FLAVOUR)
ifneq ($(BUILDING),)
$(shell mkdir -p $(OBJ))
GCC_WARNINGS := $(call supported,$(GCC_WARNINGS))
HARDENING := $(if $(SANITIZE),,$(call supported,$(HARDENING)))
HARDENING_LINK := $(call supported,$(HARDENING_LINK))
endif
ALL_CPPFLAGS = -D_XOPEN_SOURCE=700 -Isrc -DLORAEXPLORE_VERSION='"$(VERSION)"' \
    -DLORAEXPLORE_BLAS='"$(BLAS_NAME)"' \
    -DLORAEXPLORE_DATADIR='"$(datadir)/loraexplore"' $(LIB_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c17 -ffp-contract=off -fPIE -pthread \
    -ffile-prefix-map=$(CURDIR)=. $(WARNINGS) \
    $(GCC_WARNINGS) $(if $(filter 1,$(WERROR)),-Werror) $(HARDENING) $(CFLAGS) \
    $(if $(SANITIZE),-O1 -fno-omit-frame-pointer $(SANITIZE))
ALL_LDFLAGS = -pie $(HARDENING_LINK) $(SANITIZE) $(LDFLAGS)
COMPILE = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP

# ---- program and library -------------------------------------------------
PROGRAM = $(OUT)/loraexplore
LIBRARY = $(OUT)/libloraexplore.a
SOURCES := $(sort $(filter-out src/tool/%,$(wildcard src/*/*.c)))
OBJECTS := $(SOURCES:src/%.c=$(OBJ)/%.o) $(OBJ)/resources.o
PRESETS := $(sort $(shell find presets 2>/dev/null))
EMBED_SOURCES = src/tool/embed.c $(addprefix src/base/,alloc.c columns.c \
    error.c file.c file_reason.c text.c)

.PHONY: all run check test check-unit check-cli check-screen check-asan check-tsan fuzz \
    check-valgrind lint format bench bless install uninstall clean help deps fuzz-run interop FORCE
.SECONDARY:

# One short line for a command, or all of it with V=1.
show = $(if $(filter 1,$(V)),,@echo '  $1	$@';)

all: $(PROGRAM) ## build the program as build/loraexplore (the default)
run: $(PROGRAM) ## build and start it; ARGS="..." are its arguments
	$(PROGRAM) $(ARGS)

$(PROGRAM): $(OBJ)/main.o $(LIBRARY)
	$(call show,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(LDLIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(call show,AR)$(AR) rcs $@ $^

# Compiled anew when the flags change: the stamp is written only then.
FLAGS_NOW = $(subst ','\'',$(COMPILE) $(ALL_LDFLAGS) $(LIBS))
$(OBJ)/flags: FORCE
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' > $@

$(OBJ)/%.o: src/%.c $(OBJ)/flags
	@mkdir -p $(@D)
	$(call show,CC)$(COMPILE) -c -o $@ $<

$(OBJ)/resources.o: build/resources.c $(OBJ)/flags
	$(call show,CC)$(COMPILE) -Wno-overlength-strings -c -o $@ $<

build/embed: $(EMBED_SOURCES) $(wildcard src/base/*.h)
	@mkdir -p build
	$(call show,LINK)$(CC_FOR_BUILD) -std=c17 -D_XOPEN_SOURCE=700 -Isrc -O1 -o $@ $(EMBED_SOURCES)

build/resources.c: build/embed $(PRESETS)
	$(call show,EMBED)build/embed presets > $@

# ---- tests ---------------------------------------------------------------
UNIT ?= test_*
UNIT_TESTS := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard $(UNIT:%=tests/unit/%.c))))
SCREEN_TESTS := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard tests/screen/test_*.c)))
CLI_TESTS := $(wildcard tests/cli/run.sh)
TSAN_TESTS = test_*parallel* test_*jobs* test_*thread* test_explorer_[au]*
VALGRIND_TESTS = test_base_* test_formats_* test_model_* test_adapter_[dmp]* test_adapter_con*
export LORAEXPLORE := $(CURDIR)/$(PROGRAM)
ifneq ($(filter test check check-unit check-screen,$(GOALS)),)
ATTENTION = is missing (`make deps` installs it): NOT run are the tests of
ifeq ($(call have,cmocka),)
$(info Makefile: ATTENTION: cmocka $(ATTENTION) units and screens)
UNIT_TESTS :=
SCREEN_TESTS :=
else ifeq ($(call have,vterm),)
$(info Makefile: ATTENTION: libvterm $(ATTENTION) screens)
SCREEN_TESTS :=
endif
endif
unit_LIBS = $(shell $(PKG_CONFIG) --cflags --libs cmocka)
fuzz_LIBS = -fsanitize=fuzzer
VTERM = $(shell $(PKG_CONFIG) --cflags --libs vterm)
RUN_TESTS = sh tests/run.sh

$(OBJ)/tests/%: tests/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call show,TEST)$(COMPILE) -MF $@.d -MT $@ $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) \
	    $($(notdir $(@D))_LIBS) $(LIBS) $(LDLIBS)

$(OBJ)/tests/screen/%: tests/screen/%.c $(wildcard tests/screen/terminal*.c) $(LIBRARY)
	@mkdir -p $(@D)
	$(call show,TEST)$(COMPILE) -MF $@.d -MT $@ $(ALL_LDFLAGS) -Itests/screen -o $@ $< \
	    $(wildcard tests/screen/terminal*.c) $(LIBRARY) $(unit_LIBS) $(VTERM) $(LIBS) $(LDLIBS)

test: check ## all tests, ending in one line that sums them up
check: $(PROGRAM) $(UNIT_TESTS) $(SCREEN_TESTS)
	@$(RUN_TESTS) $(UNIT_TESTS) $(CLI_TESTS) $(SCREEN_TESTS)
check-unit: $(UNIT_TESTS) ## unit tests; UNIT='test_base_*' picks some
	@$(RUN_TESTS) $(UNIT_TESTS)
check-cli: $(PROGRAM) ## tests of the command line
	@$(RUN_TESTS) $(CLI_TESTS)
check-screen: $(PROGRAM) $(SCREEN_TESTS) ## tests of the screens in a terminal
	@$(RUN_TESTS) $(SCREEN_TESTS)
check-asan: ## all tests under the address and undefined sanitizers
	@$(MAKE) FLAVOUR=asan check
check-tsan: ## the threads' tests under the thread sanitizer
	@$(MAKE) FLAVOUR=tsan UNIT='$(TSAN_TESTS)' check-unit
check-valgrind: ## unit tests of base, formats, model, adapter under valgrind
	@WRAPPER="valgrind -q --error-exitcode=99 --leak-check=full" \
	    $(MAKE) UNIT='$(VALGRIND_TESTS)' check-unit
bless: $(PROGRAM) ## accept the command line's present outputs
	@BLESS=1 $(RUN_TESTS) $(CLI_TESTS)
BENCHES := $(patsubst %.c,$(OBJ)/%,$(wildcard tests/bench/*.c))
bench: $(PROGRAM) $(BENCHES) ## run the benchmarks
	@set -e; for b in $(BENCHES) $(wildcard tests/bench/*.sh); do $$b; done
fuzz: ## fuzz patterns and settings files with clang, TIME=60 seconds each
	@$(MAKE) CC=clang FLAVOUR=fuzz fuzz-run
fuzz-run: $(patsubst %.c,$(OBJ)/%,$(wildcard tests/fuzz/*.c))
	@sh tests/fuzz/run.sh $^
interop: $(PROGRAM) ## compare with real PEFT, both ways (needs Python and PyPI)
	@sh tests/interop/run.sh
lint: ## format, clang-tidy, layers, bans, sizes, manual, shell
	@sh tests/lint/run.sh
format: ## lay out the sources with clang-format
	clang-format -i $(wildcard src/*.c src/*/*.c src/*/*.h tests/*/*.c tests/*/*.h)

# ---- install -------------------------------------------------------------
COMPLETIONS = bash-completion/completions/loraexplore:loraexplore.bash \
    zsh/site-functions/_loraexplore:_loraexplore \
    fish/vendor_completions.d/loraexplore.fish:loraexplore.fish
to = '$(DESTDIR)$1'
install: $(PROGRAM) ## install to DESTDIR and prefix (/usr/local)
	$(INSTALL) -d $(call to,$(bindir))
	$(INSTALL) -m 755 $(PROGRAM) $(call to,$(bindir)/loraexplore)
	$(INSTALL) -d $(call to,$(mandir)/man1)
	$(INSTALL) -m 644 man/*.1 $(call to,$(mandir)/man1)
	@set -e; for c in $(COMPLETIONS); do to=$(call to,$(datadir))/$${c%%:*}; \
	    $(INSTALL) -d "$$(dirname "$$to")"; \
	    $(INSTALL) -m 644 man/completions/$${c#*:} "$$to"; done
	@set -e; find presets -type f ! -name '.*' | while read -r file; do \
	    target=$(call to,$(datadir)/loraexplore)/$${file#presets/}; \
	    $(INSTALL) -d "$$(dirname "$$target")"; \
	    $(INSTALL) -m 644 "$$file" "$$target"; done

uninstall: ## remove what install put there
	rm -f $(call to,$(bindir)/loraexplore)
	@for m in man/*.1; do rm -f $(call to,$(mandir)/man1)/$${m#man/}; done
	@for c in $(COMPLETIONS); do rm -f $(call to,$(datadir))/$${c%%:*}; done
	rm -rf $(call to,$(datadir)/loraexplore)

clean: ## remove build/
	rm -rf build

help: ## list these
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo 'Variables: CC CFLAGS LDFLAGS LDLIBS prefix DESTDIR V=1 WERROR=1 BLAS FLAVOUR'

-include $(OBJECTS:.o=.d) $(OBJ)/main.d $(wildcard $(OBJ)/tests/*/*.d)
endif
