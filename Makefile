# ttlsweep, for GNU make. `make help` lists the targets.

PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/ttlsweep
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config
JOBS ?= 3
FUZZ_SECONDS ?= 20
SOAK_SECONDS ?= 600

SRC := \
    base/buf.c \
    base/decimal.c \
    base/fault.c \
    base/mem.c \
    base/stop.c \
    base/sum.c \
    base/text.c \
    base/text_cut.c \
    base/text_escape.c \
    base/text_time.c \
    cli/cmd_completion.c \
    cli/cmd_doctor.c \
    cli/cmd_export.c \
    cli/cmd_help.c \
    cli/cmd_inspect.c \
    cli/cmd_list.c \
    cli/cmd_purge.c \
    cli/cmd_repair.c \
    cli/cmd_restore.c \
    cli/cmd_show.c \
    cli/command.c \
    cli/completion.c \
    cli/context.c \
    cli/context_input.c \
    cli/context_progress.c \
    cli/cookie.c \
    cli/doctor_gallery.c \
    cli/doctor_journal.c \
    cli/doctor_line.c \
    cli/doctor_list.c \
    cli/doctor_permit.c \
    cli/doctor_place.c \
    cli/doctor_policy.c \
    cli/doctor_table.c \
    cli/doctor_ttl.c \
    cli/entry.c \
    cli/export_part.c \
    cli/export_s3.c \
    cli/exporting.c \
    cli/files.c \
    cli/frame.c \
    cli/go_on.c \
    cli/grid.c \
    cli/guard.c \
    cli/help.c \
    cli/html.c \
    cli/json.c \
    cli/limits.c \
    cli/locate.c \
    cli/lookalike.c \
    cli/main.c \
    cli/option.c \
    cli/option_check.c \
    cli/option_files.c \
    cli/option_repeat.c \
    cli/option_table.c \
    cli/option_value.c \
    cli/output.c \
    cli/paper.c \
    cli/policy.c \
    cli/portion.c \
    cli/price.c \
    cli/progress.c \
    cli/quoted.c \
    cli/rank.c \
    cli/report_advice.c \
    cli/report_cost.c \
    cli/report_headline.c \
    cli/report_html.c \
    cli/report_html_states.c \
    cli/report_html_style.c \
    cli/report_html_tables.c \
    cli/report_html_times.c \
    cli/report_json.c \
    cli/report_merge.c \
    cli/report_parts.c \
    cli/report_print.c \
    cli/report_prometheus.c \
    cli/report_read.c \
    cli/report_read_counts.c \
    cli/report_sample.c \
    cli/report_sweep.c \
    cli/report_text.c \
    cli/report_words.c \
    cli/resume.c \
    cli/rows.c \
    cli/session.c \
    cli/sweeping.c \
    cli/talk.c \
    cli/term.c \
    cli/thrift.c \
    cli/totals.c \
    cli/ttl_command.c \
    cli/undo.c \
    cli/unlock.c \
    dynamodb/arn.c \
    dynamodb/attr.c \
    dynamodb/attr_check.c \
    dynamodb/call.c \
    dynamodb/circle.c \
    dynamodb/config.c \
    dynamodb/cost.c \
    dynamodb/config_place.c \
    dynamodb/credentials.c \
    dynamodb/ddb.c \
    dynamodb/doc.c \
    dynamodb/endpoint.c \
    dynamodb/fetch.c \
    dynamodb/get.c \
    dynamodb/hash.c \
    dynamodb/identity.c \
    dynamodb/imds.c \
    dynamodb/inflate.c \
    dynamodb/item.c \
    dynamodb/keys.c \
    dynamodb/message.c \
    dynamodb/pairs.c \
    dynamodb/path.c \
    dynamodb/probe.c \
    dynamodb/profile.c \
    dynamodb/profile_read.c \
    dynamodb/provider.c \
    dynamodb/provider_container.c \
    dynamodb/provider_environment.c \
    dynamodb/provider_file.c \
    dynamodb/provider_login.c \
    dynamodb/provider_metadata.c \
    dynamodb/provider_process.c \
    dynamodb/provider_role.c \
    dynamodb/provider_sso.c \
    dynamodb/provider_web.c \
    dynamodb/proxy.c \
    dynamodb/query.c \
    dynamodb/rate.c \
    dynamodb/refusal.c \
    dynamodb/reply.c \
    dynamodb/retry.c \
    dynamodb/role_cache.c \
    dynamodb/run.c \
    dynamodb/scan.c \
    dynamodb/scan_size.c \
    dynamodb/secret.c \
    dynamodb/setting.c \
    dynamodb/sign.c \
    dynamodb/slice.c \
    dynamodb/slice_same.c \
    dynamodb/slice_text.c \
    dynamodb/sso.c \
    dynamodb/stack.c \
    dynamodb/stack_list.c \
    dynamodb/sts.c \
    dynamodb/table.c \
    dynamodb/table_name.c \
    dynamodb/terminal.c \
    dynamodb/transport.c \
    dynamodb/words.c \
    dynamodb/workers.c \
    dynamodb/write.c \
    dynamodb/write_batch.c \
    dynamodb/write_text.c \
    dynamodb/xml.c \
    export/ber.c \
    export/checkpoint.c \
    export/cms.c \
    export/cms_key.c \
    export/cms_layout.c \
    export/cms_open.c \
    export/cms_read.c \
    export/column.c \
    export/columns.c \
    export/csv_items.c \
    export/csv_read.c \
    export/csv_safe.c \
    export/documents.c \
    export/format.c \
    export/format_csv.c \
    export/format_json.c \
    export/format_table.c \
    export/format_tsv.c \
    export/gzip.c \
    export/input.c \
    export/journal_read.c \
    export/keyguess.c \
    export/keylist.c \
    export/keylist_head.c \
    export/line.c \
    export/lines.c \
    export/place.c \
    export/place_part.c \
    export/place_same.c \
    export/plain.c \
    export/reader.c \
    export/reader_source.c \
    export/s3_folder.c \
    export/s3_locate.c \
    export/s3_manifest.c \
    export/s3_summary.c \
    export/s3_write.c \
    export/sealed.c \
    export/sniff.c \
    export/spool.c \
    export/stream.c \
    inspector/estimate.c \
    inspector/histogram.c \
    inspector/mask.c \
    inspector/moment.c \
    inspector/pass.c \
    inspector/record.c \
    inspector/sample.c \
    inspector/select.c \
    inspector/sessions.c \
    inspector/summary.c \
    inspector/summary_names.c \
    sweep/ceiling.c \
    sweep/condition.c \
    sweep/counting.c \
    sweep/image.c \
    sweep/images.c \
    sweep/journal.c \
    sweep/journal_expire.c \
    sweep/journal_line.c \
    sweep/journal_name.c \
    sweep/journal_place.c \
    sweep/newest.c \
    sweep/outcome.c \
    sweep/plan.c \
    sweep/purge.c \
    sweep/restore.c \
    sweep/restore_check.c \
    sweep/restore_look.c \
    sweep/restore_newest.c \
    sweep/sweeper.c \
    sweep/sweeplock.c \
    sweep/sweeplock_name.c \
    sweep/totals.c \
    sweep/twins.c
UNIT := $(sort $(wildcard tests/unit/test_*.c))
FUZZ := $(sort $(wildcard tests/fuzz/fuzz_*.c))
# The longest first, so that none of them is left alone at the end.
LONG := unsure purge inspect_shards main formats faults race kill hostile
BATS := $(LONG:%=tests/%.bats)
BATS += $(filter-out $(BATS),$(sort $(wildcard tests/*.bats)))
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
# V=1 shows the commands themselves.
say = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo "$1";) )

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
	$(call say,CC $<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(filter-out $B/cli/main.o,$(OBJ))
	@rm -f $@
	$(call say,AR $@)$(AR) rcs $@ $^

$B/ttlsweep: $B/cli/main.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@ $^ $(LDLIBS)

$B/tests/test_%: $B/tests/unit/test_%.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@ $^ $(LDLIBS) -lcmocka

$B/tests/fuzz_%: $B/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay.o $(LIB)
	$(call say,LD $@)$(LINK) -o $@ $^ $(LDLIBS)

$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $(LIB)
	$(call say,LD $@)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

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
	@$(ENV) tests/check.sh $(JOBS) $(BATS) $(TESTS)

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
.PRECIOUS: $B/%.o

-include $(OBJ:.o=.d) $(wildcard $B/tests/unit/*.d $B/tests/fuzz/*.d)
