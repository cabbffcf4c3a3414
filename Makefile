# ttlsweep, for GNU make. `make help` lists the targets.

PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/ttlsweep
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config
JOBS ?= 2
FUZZ_SECONDS ?= 20
SOAK_SECONDS ?= 600

SRC := $(sort $(wildcard base/*.c dynamodb/*.c inspector/*.c export/*.c \
    sweep/*.c cli/*.c))
UNIT := $(sort $(wildcard tests/unit/test_*.c))
FUZZ := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BATS := $(sort $(wildcard tests/*.bats))
PEERS := $(sort $(wildcard tests/peers/*.bats))
MAN := $(sort $(wildcard man/*.[1-9]))
DOC := $(wildcard README.md CHANGELOG.md LICENSE)

# SAN=1 (addresses, undefined behaviour), SAN=thread (races), SAN=fuzz: the
# same targets, built apart with that instrumentation.
ifeq ($(SAN),)
B := build
CFLAGS ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
else ifeq ($(SAN),1)
B := build/san
INSTRUMENT := -fsanitize=address,undefined -fno-sanitize-recover=all
else ifeq ($(SAN),thread)
B := build/tsan
INSTRUMENT := -fsanitize=thread
else ifeq ($(SAN),fuzz)
B := build/fuzz
CC := clang
INSTRUMENT := -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=all
else
$(error SAN is 1, thread or fuzz)
endif
CFLAGS ?= -O1 -g -fno-omit-frame-pointer

LIBS := expat libcjson libcurl openssl smartcols zlib
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
    -Wpointer-arith
ALL_CFLAGS = -std=c11 -pthread $(WARN) $(CFLAGS) $(INSTRUMENT)
ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
    $(shell $(PKG_CONFIG) --cflags $(LIBS)) $(CPPFLAGS)
LDLIBS ?= $(shell $(PKG_CONFIG) --libs $(LIBS)) -lcsv -lm
LINK = $(CC) $(ALL_CFLAGS) $(LDFLAGS)

OBJ := $(SRC:%.c=$B/%.o)
LIB := $B/libttlsweep.a
TESTS := $(UNIT:tests/unit/%.c=$B/tests/%) $(FUZZ:tests/fuzz/%.c=$B/tests/%)
FUZZERS := $(FUZZ:tests/fuzz/%.c=$B/%)
ENV = SAN=$(SAN) TTLSWEEP=$(abspath $B/ttlsweep)

all: $B/ttlsweep

help:
	@sed -n 's/^#: //p' Makefile

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(filter-out $B/cli/main.o,$(OBJ))
	@rm -f $@
	$(AR) rcs $@ $^

$B/ttlsweep: $B/cli/main.o $(LIB)
	$(LINK) -o $@ $^ $(LDLIBS)

$B/tests/test_%: $B/tests/unit/test_%.o $(LIB)
	$(LINK) -o $@ $^ $(LDLIBS) -lcmocka

$B/tests/fuzz_%: $B/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay.o $(LIB)
	$(LINK) -o $@ $^ $(LDLIBS)

$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $(LIB)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# Goes into other programs: never instrumented.
build/tools/%.so: tests/tools/%.c
	@mkdir -p $(@D)
	cc -O2 -shared -fPIC -o $@.$$$$ $< -ldl && mv $@.$$$$ $@

#: all           build/ttlsweep
#: deps          install what building and testing need (Debian, Ubuntu)
deps:
	@tests/deps.sh build test servers

#: check         all tests; SAN=1 or SAN=thread: with sanitizers
check: deps
	@$(MAKE) --no-print-directory check-built

check-built: all $(TESTS)
	@$(ENV) tests/check.sh $(JOBS) $(TESTS) $(BATS)

#: check-peers   tests against other programs (installs them)
check-peers: deps
	@$(if $(PEERS),tests/deps.sh peers)
	@$(MAKE) --no-print-directory all
	@$(ENV) tests/check.sh 1 $(PEERS)

#: demo          the whole story, in about a minute
demo: deps
	@$(MAKE) --no-print-directory all
	@$(ENV) tests/demo.sh

#: soak          random sweeps, kills and restores for SOAK_SECONDS
soak: deps
	@$(MAKE) --no-print-directory all
	@$(ENV) tests/soak.sh $(SOAK_SECONDS)

#: fuzz          each fuzzer for FUZZ_SECONDS
fuzz:
	@tests/deps.sh build fuzz
	@$(MAKE) --no-print-directory SAN=fuzz fuzz-built

fuzz-built: $(FUZZERS)
	@tests/fuzz.sh $(FUZZ_SECONDS) $^

#: lint          compilers with -Werror, clang-tidy, cppcheck, mandoc, format
lint:
	@tests/deps.sh build test lint
	@bad=0; $(MAKE) -k -s --no-print-directory B=build/lint CC=gcc \
	    CFLAGS='-O2 -Werror -D_FORTIFY_SOURCE=2' objects || bad=1; \
	CPPFLAGS='$(ALL_CPPFLAGS)' WARN='-std=c11 $(WARN)' tests/lint.sh \
	    $(SRC) $(UNIT) $(FUZZ) || bad=1; exit $$bad

objects: $(OBJ) $(UNIT:%.c=$B/%.o) $(FUZZ:%.c=$B/%.o)

#: install       under PREFIX (/usr/local), below DESTDIR
INSTALLED = $(PREFIX)/bin/ttlsweep $(BASHDIR)/ttlsweep $(ZSHDIR)/_ttlsweep \
    $(FISHDIR)/ttlsweep.fish $(DOC:%=$(DOCDIR)/%) \
    $(foreach m,$(notdir $(MAN)),$(MANDIR)/man$(patsubst .%,%,$(suffix $m))/$m)

install: all
	install -d $(addprefix $(DESTDIR),$(sort $(dir $(INSTALLED))))
	install $B/ttlsweep $(DESTDIR)$(PREFIX)/bin/ttlsweep
	$B/ttlsweep completion bash >$(DESTDIR)$(BASHDIR)/ttlsweep
	$B/ttlsweep completion zsh >$(DESTDIR)$(ZSHDIR)/_ttlsweep
	$B/ttlsweep completion fish >$(DESTDIR)$(FISHDIR)/ttlsweep.fish
	$(if $(DOC),install -m 644 $(DOC) $(DESTDIR)$(DOCDIR)/)
	set -e; for m in $(MAN); do \
	    install -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.}/; done

#: uninstall     exactly what install put there
uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	-rmdir $(DESTDIR)$(DOCDIR)

#: clean         what was built; distclean: the test servers too
clean:
	rm -rf $(filter-out build/servers,$(wildcard build/*))

distclean:
	rm -rf build

.PHONY: all help deps check check-built check-peers demo soak fuzz \
    fuzz-built lint objects install uninstall clean distclean
.SECONDARY:

-include $(OBJ:.o=.d) $(wildcard $B/tests/unit/*.d $B/tests/fuzz/*.d)
