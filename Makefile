# ttlsweep, for GNU make. `make help` lists the targets.

PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/ttlsweep
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
# Debian's fish reads /usr/share and /etc, but not /usr/local.
ifeq ($(PREFIX),/usr/local)
FISHDIR ?= /etc/fish/completions
endif
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config
JOBS ?= 3
FUZZ_SECONDS ?= 20
SOAK_SECONDS ?= 600

SRC := \
    cli/command/cmd_completion.c \
    cli/command/cmd_doctor.c \
    cli/command/cmd_export.c \
    cli/command/cmd_help.c \
    cli/command/cmd_inspect.c \
    cli/command/cmd_list.c \
    cli/command/cmd_purge.c \
    cli/command/cmd_restore.c \
    cli/command/cmd_show.c \
    cli/command/cookie.c \
    cli/command/entry.c \
    cli/command/rows.c \
    cli/command/top_n.c \
    cli/command/write_totals.c \
    cli/commands.c \
    cli/context/context.c \
    cli/context/context_input.c \
    cli/context/context_tell.c \
    cli/context/guard.c \
    cli/context/subset.c \
    cli/doctor/doctor_list.c \
    cli/doctor/doctor_permit.c \
    cli/doctor/doctor_place.c \
    cli/doctor/doctor_table.c \
    cli/doctor/doctor_ttl.c \
    cli/doctor/policy.c \
    cli/json.c \
    cli/log.c \
    cli/main.c \
    cli/option/completion.c \
    cli/option/option.c \
    cli/option/option_check.c \
    cli/option/option_table.c \
    cli/option/option_value.c \
    cli/output.c \
    cli/progress.c \
    cli/report/advice.c \
    cli/report/advice_repair.c \
    cli/report/advice_ttl.c \
    cli/report/codec.c \
    cli/report/emit.c \
    cli/report/emit_html.c \
    cli/report/emit_text.c \
    cli/report/figure.c \
    cli/report/html.c \
    cli/report/option_echo.c \
    cli/report/price.c \
    cli/report/report_advice.c \
    cli/report/report_fields.c \
    cli/report/report_inspect.c \
    cli/report/report_json.c \
    cli/report/report_manner.c \
    cli/report/report_merge.c \
    cli/report/report_print.c \
    cli/report/report_prometheus.c \
    cli/report/report_sample.c \
    cli/report/report_sweep.c \
    cli/report/report_sweep_figures.c \
    cli/report/report_sweep_note.c \
    cli/report/report_sweep_totals.c \
    cli/report/report_words.c \
    cli/report/text_report.c \
    cli/report/text_table.c \
    cli/screen.c \
    cli/term.c \
    export/checkpoint.c \
    export/column.c \
    export/csv_items.c \
    export/documents.c \
    export/export_line.c \
    export/file_source.c \
    export/format.c \
    export/format_table.c \
    export/item_json.c \
    export/journal_format.c \
    export/keylist.c \
    export/plain_line.c \
    export/reader.c \
    export/s3_directory.c \
    export/s3_locate.c \
    export/s3_manifest.c \
    export/s3_write.c \
    inspector/estimate.c \
    inspector/histogram.c \
    inspector/lookalike.c \
    inspector/mask.c \
    inspector/moment.c \
    inspector/pass.c \
    inspector/record.c \
    inspector/sample.c \
    inspector/select.c \
    inspector/sessions.c \
    inspector/summary.c \
    inspector/summary_names.c \
    lib/aws/arn.c \
    lib/aws/config.c \
    lib/aws/config_value.c \
    lib/aws/credentials.c \
    lib/aws/doc.c \
    lib/aws/endpoint.c \
    lib/aws/fetch.c \
    lib/aws/imds.c \
    lib/aws/message.c \
    lib/aws/profile.c \
    lib/aws/provider/provider.c \
    lib/aws/provider/provider_container.c \
    lib/aws/provider/provider_environment.c \
    lib/aws/provider/provider_file.c \
    lib/aws/provider/provider_login.c \
    lib/aws/provider/provider_metadata.c \
    lib/aws/provider/provider_process.c \
    lib/aws/provider/provider_role.c \
    lib/aws/provider/provider_sso.c \
    lib/aws/provider/provider_web.c \
    lib/aws/provider/search.c \
    lib/aws/proxy.c \
    lib/aws/query/query.c \
    lib/aws/query/stack.c \
    lib/aws/query/sts.c \
    lib/aws/query/xml.c \
    lib/aws/refusal.c \
    lib/aws/request.c \
    lib/aws/retry.c \
    lib/aws/service.c \
    lib/aws/sign.c \
    lib/aws/transport.c \
    lib/base/blank.c \
    lib/base/buf.c \
    lib/base/crypto.c \
    lib/base/decimal.c \
    lib/base/fault.c \
    lib/base/file.c \
    lib/base/gzip.c \
    lib/base/hashes.c \
    lib/base/json_string.c \
    lib/base/mem.c \
    lib/base/path.c \
    lib/base/secret.c \
    lib/base/shlex.c \
    lib/base/slice.c \
    lib/base/slice_same.c \
    lib/base/stop.c \
    lib/base/sum.c \
    lib/base/text.c \
    lib/base/text_time.c \
    lib/base/thread.c \
    lib/base/tty.c \
    lib/dynamodb/attr.c \
    lib/dynamodb/call.c \
    lib/dynamodb/circle.c \
    lib/dynamodb/client.c \
    lib/dynamodb/compact.c \
    lib/dynamodb/cost.c \
    lib/dynamodb/get.c \
    lib/dynamodb/item.c \
    lib/dynamodb/keys.c \
    lib/dynamodb/probe.c \
    lib/dynamodb/rate.c \
    lib/dynamodb/reply.c \
    lib/dynamodb/scan.c \
    lib/dynamodb/scan_size.c \
    lib/dynamodb/table.c \
    lib/dynamodb/write.c \
    lib/dynamodb/write_answer.c \
    lib/dynamodb/write_batch.c \
    lib/dynamodb/write_text.c \
    lib/stream/ber.c \
    lib/stream/cms_key.c \
    lib/stream/cms_read.c \
    lib/stream/cms_write.c \
    lib/stream/csv_read.c \
    lib/stream/csv_safe.c \
    lib/stream/input.c \
    lib/stream/lines.c \
    lib/stream/outfile.c \
    lib/stream/sniff.c \
    lib/stream/stream.c \
    sweep/batch.c \
    sweep/batch_hold.c \
    sweep/ceiling.c \
    sweep/condition.c \
    sweep/duplicate_keys.c \
    sweep/image.c \
    sweep/images.c \
    sweep/journal.c \
    sweep/journal_expire.c \
    sweep/journal_place.c \
    sweep/lock.c \
    sweep/newest.c \
    sweep/outcome.c \
    sweep/plan.c \
    sweep/purge.c \
    sweep/restore.c \
    sweep/restore_look.c \
    sweep/totals.c
UNIT := $(sort $(shell find tests/unit -name 'test_*.c'))
FUZZ := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCHES := $(sort $(wildcard tests/bench/*.c))
# The longest first, so that none runs alone at the end.
LONG := unsure purge inspect_shards recipes main formats faults race kill hostile
BATS := $(LONG:%=tests/%.bats)
BATS += $(filter-out $(BATS),$(sort $(wildcard tests/*.bats)))
PEERS := $(sort $(wildcard tests/peers/*.bats))
MAN := $(sort $(wildcard man/*.[1-9]))
# The layout of the source tree, so that links between the pages work.
DOC := $(wildcard *.md LICENSE docs/*.md docs/images/* examples/*)

# SAN=1 (addresses, undefined behaviour), SAN=thread (races), SAN=fuzz: the same
# targets with that instrumentation, in a build directory of their own.
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

LIBS := expat libcjson libcurl libisal openssl smartcols zlib
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
    -Wpointer-arith
ALL_CFLAGS = -std=c11 -pthread $(WARN) $(CFLAGS) $(INSTRUMENT)
ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
    $(shell $(PKG_CONFIG) --cflags $(LIBS)) $(CPPFLAGS)
LDLIBS ?= $(shell $(PKG_CONFIG) --libs $(LIBS)) -lcsv -lm
LINK = $(CC) $(ALL_CFLAGS) $(LDFLAGS)
# V=1 prints the commands.
say = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo "$1";) )

OBJ := $(SRC:%.c=$B/%.o)
LIB := $B/libttlsweep.a
TESTS := $(UNIT:%.c=$B/%) $(FUZZ:tests/fuzz/%.c=$B/tests/%)
FUZZERS := $(FUZZ:tests/fuzz/%.c=$B/%)
ENV = SAN=$(SAN) TTLSWEEP=$(abspath $B/ttlsweep)
COMPLETION := $(addprefix $B/completion/,ttlsweep.bash _ttlsweep ttlsweep.fish)

all: $B/ttlsweep $(COMPLETION)

help:
	@sed -n 's/^#: //p' Makefile

$B/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(filter-out $B/cli/main.o,$(OBJ))
	@rm -f $@
	$(call say,AR $@)$(AR) rcs $@ $^

# Moved to its place, so that a test that runs it meanwhile finds the one before.
$B/ttlsweep: $B/cli/main.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@.new $^ $(LDLIBS) && mv $@.new $@

$B/completion/ttlsweep.bash: SHELL_NAME := bash
$B/completion/_ttlsweep: SHELL_NAME := zsh
$B/completion/ttlsweep.fish: SHELL_NAME := fish
$(COMPLETION): $B/ttlsweep
	@mkdir -p $(@D)
	@$B/ttlsweep completion $(SHELL_NAME) >$@.new && mv $@.new $@

$(UNIT:%.c=$B/%): %: %.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@ $^ $(LDLIBS) -lcmocka

$B/tests/fuzz_%: $B/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@ $^ $(LDLIBS)

$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $(LIB)
	$(call say,LD $@)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# The programs of the bench, which do not use the library.
BENCH_PROGRAMS := $(addprefix $B/bench/,floor measure replay)
BENCH_SERVER := answer certificate json replay table
$B/bench/replay: $(BENCH_SERVER:%=$B/tests/bench/%.o)
	@mkdir -p $(@D)
	$(call say,LD $@)$(LINK) -o $@ $^ -lssl -lcrypto -lz -lm

$B/bench/floor: $B/tests/bench/floor.o
	@mkdir -p $(@D)
	$(call say,LD $@)$(LINK) -o $@ $^ -lcurl

$B/bench/measure: $B/tests/bench/measure.o
	@mkdir -p $(@D)
	$(call say,LD $@)$(LINK) -o $@ $^

# Preloaded into other programs, so never instrumented.
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
	@$(ENV) tests/check.sh $(JOBS) $(BATS) $(TESTS)

#: check-peers   tests against other programs (installs them)
check-peers: deps
	@$(if $(PEERS),tests/deps.sh peers)
	@$(MAKE) --no-print-directory all
	@$(ENV) tests/check.sh 1 $(PEERS)

#: demo          what it does, on a gallery, in about a minute
demo: deps
	@$(MAKE) -qs all || $(MAKE) --no-print-directory all
	@$(ENV) tests/demo.sh

#: pictures      docs/images and README's sample output, after output changed
pictures: deps
	@tests/deps.sh pictures
	@$(MAKE) -qs all || $(MAKE) --no-print-directory all
	@$(ENV) tests/pictures.sh

#: bench         measure it against a server in memory, a floor and peers;
#:               BENCH=inspect,purge: only these sections (see the script)
bench:
	@tests/deps.sh build bench
	@$(MAKE) --no-print-directory all bench-built
	@$(ENV) tests/bench/bench.py

bench-built: $(BENCH_PROGRAMS)

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
	    $(SRC) $(UNIT) $(FUZZ) $(BENCHES) || bad=1; exit $$bad

objects: $(OBJ) $(patsubst %.c,$B/%.o,$(UNIT) $(FUZZ) $(BENCHES))

#: install       under PREFIX (/usr/local), below DESTDIR
INSTALLED = $(PREFIX)/bin/ttlsweep $(BASHDIR)/ttlsweep $(ZSHDIR)/_ttlsweep \
    $(FISHDIR)/ttlsweep.fish $(DOC:%=$(DOCDIR)/%) \
    $(foreach m,$(notdir $(MAN)),$(MANDIR)/man$(patsubst .%,%,$(suffix $m))/$m)
put = install -m 644 $1 $(DESTDIR)$2

install: all
	@DESTDIR='$(DESTDIR)' DOCDIR='$(DOCDIR)' tests/directories.sh make \
	    $(sort $(dir $(INSTALLED)))
	install $B/ttlsweep $(DESTDIR)$(PREFIX)/bin/ttlsweep
	$(call put,$B/completion/ttlsweep.bash,$(BASHDIR)/ttlsweep)
	$(call put,$B/completion/_ttlsweep,$(ZSHDIR)/_ttlsweep)
	$(call put,$B/completion/ttlsweep.fish,$(FISHDIR)/ttlsweep.fish)
	set -e; for f in $(DOC); do \
	    $(call put,$$f,$(DOCDIR)/$$f); done
	sed -i 's|](\(\.\./\)*man/\([a-z-]*\)\.\([0-9]\)|]($(MANDIR)/man\3/\2.\3|g' \
	    $(patsubst %,$(DESTDIR)$(DOCDIR)/%,$(filter %.md,$(DOC)))
	set -e; for m in $(MAN); do \
	    $(call put,$$m,$(MANDIR)/man$${m##*.}/); done

#: uninstall     what install put there, and the directories it made
uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@DESTDIR='$(DESTDIR)' DOCDIR='$(DOCDIR)' tests/directories.sh remove \
	    $(sort $(dir $(INSTALLED)))

#: clean         what was built; distclean: the test servers too
clean:
	rm -rf $(filter-out build/servers,$(wildcard build/*))

distclean:
	rm -rf build

.PHONY: all help deps check check-built check-peers demo pictures soak bench \
    bench-built fuzz fuzz-built lint objects install uninstall clean distclean
.PRECIOUS: $B/%.o

-include $(OBJ:.o=.d) $(UNIT:%.c=$B/%.d) \
    $(wildcard $B/tests/fuzz/*.d $B/tests/bench/*.d)
