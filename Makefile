# minqing - the field notebook and its collector.  `make help` lists the targets.

prefix ?= /usr/local
bindir  = $(prefix)/bin
datadir = $(prefix)/share
userunitdir   = $(prefix)/lib/systemd/user
dispatcherdir = $(prefix)/lib/NetworkManager/dispatcher.d

# Libraries, each named once; tests/layers says which files may include them.
PKG_CORE      = sqlite3 zlib libutf8proc libsodium libpcre2-8 expat libzip
PKG_UI        = ncursesw
PKG_CLIENT    = libcurl
PKG_COLLECTOR = libmicrohttpd sqlite3 zlib libsodium libutf8proc expat libzip
PKG_SCREENS   = vterm

# `make MODE=san check` keeps its objects apart from the ordinary ones.
MODE ?= plain
B = build/$(MODE)

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wcast-qual \
       -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough $(WERROR)
# Unwind tables are a ninth of the program, and only exceptions want them; gdb has -g's.
CFLAGS ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	  -fno-asynchronous-unwind-tables
ifeq ($(MODE),san)
MODE_CFLAGS = -O1 -U_FORTIFY_SOURCE -fsanitize=address,undefined \
	      -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifeq ($(MODE),fuzz)
MODE_CFLAGS = -O1 -U_FORTIFY_SOURCE -fsanitize=fuzzer-no-link,address,undefined \
	      -fno-sanitize-recover=all
endif
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Iinclude $(WARN) $(CFLAGS) $(MODE_CFLAGS)
pkg-config = $(shell pkg-config $(1) $(2))

# The core knows no terminal and no network; unit tests link it and nothing
# else, so a layering slip is a link error.
CORE_SRC = $(wildcard src/base/*.c src/expr/*.c src/form/*.c src/notebook/*.c) \
	   $(wildcard src/session/*.c src/place/*.c sync/wire*.c)
APP_SRC  = $(wildcard src/ui/*.c src/commands/*.c sync/client*.c) $(wildcard src/main.c)
# What the collector takes from the floors below: text only to print it, and which form a
# file is.
COLLECTOR_SRC = $(wildcard sync/collector/*.c sync/wire*.c) src/base/mem.c src/base/err.c \
	        src/base/buf.c src/base/json.c src/base/csv.c src/base/clock.c src/base/uuid.c \
	        src/base/hash.c src/base/chain.c src/base/text.c src/base/output.c src/base/argv.c \
	        src/base/i18n.c src/base/arena.c src/form/form_glance.c \
	        src/form/xml.c src/form/xlsx.c src/form/xlsx_pack.c src/form/xlsx_value.c

obj = $(patsubst %.c,$(B)/%.o,$(1))
CORE_OBJ      = $(call obj,$(CORE_SRC))
APP_OBJ       = $(call obj,$(APP_SRC))
COLLECTOR_OBJ = $(call obj,$(COLLECTOR_SRC))
UNIT_TESTS    = $(patsubst %.c,$(B)/%,$(wildcard tests/*_test.c))
SCREEN_TESTS  = $(patsubst %.c,$(B)/%,$(wildcard tests/screens/*_test.c))
# Conformance data of the ODK ecosystem: a small copy in tests/corpus.
CORPUS_TESTS  = $(B)/tests/corpus_xpath $(B)/tests/corpus_xform $(B)/tests/corpus_scenario $(B)/tests/corpus_xlsform
FAULT_TESTS   = $(patsubst %.c,$(B)/%,$(wildcard tests/faults/*_test.c))
SYNC_TESTS    = $(patsubst %.c,$(B)/%,$(wildcard tests/sync/*_test.c))
FUZZERS       = $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/*_fuzz.c))
LINTED        = $(sort $(CORE_SRC) $(APP_SRC) $(COLLECTOR_SRC))
CATALOGUE     = $(B)/locale/zh_CN/LC_MESSAGES/minqing.mo

DEBIAN_PACKAGES = gcc make pkg-config gettext libncurses-dev libsqlite3-dev \
	libcurl4-openssl-dev zlib1g-dev libutf8proc-dev libsodium-dev libpcre2-dev \
	libmicrohttpd-dev libvterm-dev libexpat1-dev libzip-dev
# Only for `make lint`, `make fmt` and the second compiler.
LINT_PACKAGES   = clang clang-format clang-tidy cppcheck

all: $(B)/minqing $(B)/minqing-collector $(CATALOGUE)

$(B)/libcore.a: $(CORE_OBJ)
	@rm -f $@
	@ar rcs $@ $^

# The notebook without main(), for tests that drive the screens in one process.
$(B)/libapp.a: $(filter-out $(B)/src/main.o,$(APP_OBJ))
	@rm -f $@
	@ar rcs $@ $^

$(B)/minqing: $(B)/src/main.o $(B)/libapp.a $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm

$(B)/minqing-collector: $(COLLECTOR_OBJ)
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_COLLECTOR)) -lm

$(UNIT_TESTS): $(B)/tests/%_test: $(B)/tests/%_test.o $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

$(SCREEN_TESTS): $(B)/tests/screens/%_test: $(B)/tests/screens/%_test.o \
    $(B)/tests/screens/screen.o $(B)/libapp.a $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE) $(PKG_SCREENS)) -ldl -lutil -lm

# Its allocations, and ours, go by its own functions.
$(B)/tests/faults/memory_test: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

# What the vault asks the system for goes by it.
$(B)/tests/vault_files_test: LDFLAGS += -Wl,--wrap=fsync,--wrap=rename,--wrap=unlink

# An archive, so that only tests that use it get it in place of the real disk's files.
$(B)/tests/faults/libsim.a: $(B)/tests/faults/sim.o
	@rm -f $@
	@ar rcs $@ $^

# Preloaded into the program, so without its sanitizers.
$(B)/tests/faults/keep.so: tests/faults/keep.c
	@mkdir -p $(@D)
	@echo "CC   $@"
	@$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

$(FAULT_TESTS): $(B)/tests/faults/%_test: $(B)/tests/faults/%_test.o $(B)/tests/faults/libsim.a \
    $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

# The collector's side of the herd, beside the notebook's.
$(B)/tests/sync/herd_test: $(B)/sync/collector/gate.o

# A server with TLS.
$(B)/tests/sync/trust_test: LDLIBS = $(call pkg-config,--libs,libmicrohttpd)

$(SYNC_TESTS): $(B)/tests/sync/%_test: $(B)/tests/sync/%_test.o $(B)/tests/sync/link.o \
    $(B)/libapp.a $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm $(LDLIBS)

# Two programs of every target: with libFuzzer, and over the seeds beside it.
ifeq ($(MODE),fuzz)
FUZZ_MAIN = -fsanitize=fuzzer
else
FUZZ_MAIN = $(B)/tests/fuzz/replay.o
endif

$(B)/libcollector.a: $(filter $(B)/sync/collector/%,$(COLLECTOR_OBJ))
	@rm -f $@
	@ar rcs $@ $^

$(FUZZERS): $(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/replay.o \
    $(B)/libcollector.a $(B)/libapp.a $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(FUZZ_MAIN) $(filter-out %/replay.o,$^) \
	    $(call pkg-config,--libs,$(PKG_CORE)) -ldl -lm

$(B)/tests/corpus_xpath: $(B)/tests/corpus_xpath.o $(B)/tests/xml_tree.o $(B)/tests/ast_print.o \
    $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

$(B)/tests/corpus_xform $(B)/tests/corpus_scenario $(B)/tests/corpus_xlsform: %: %.o $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

$(B)/tests/bench_notebook $(B)/tests/bench_vault $(B)/tests/bench_form: %: %.o $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

$(B)/tests/bench/fill $(B)/tests/bench/screens: $(B)/tests/bench/%: $(B)/tests/bench/%.o $(B)/tests/screens/screen.o $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_CORE) $(PKG_SCREENS)) -lutil -lm

$(B)/tests/bench/line: $(B)/tests/bench/line.o $(B)/tests/sync/link.o $(B)/libapp.a $(B)/libcore.a
	@echo "LINK $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "CC   $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/locale/%/LC_MESSAGES/minqing.mo: src/po/%.po
	@mkdir -p $(@D)
	@msgfmt --check -o $@ $<

tests: all $(B)/tests/faults/keep.so $(UNIT_TESTS) $(FUZZERS) $(FAULT_TESTS) $(CORPUS_TESTS) $(SCREEN_TESTS) $(SYNC_TESTS)

# Every test says `N passed, M failed` last; tests/run adds them up.
check: tests
	@sh tests/run $(B) tests/layers tests/translations tests/sentences tests/commands tests/plain tests/sync/programs tests/sync/hostile $(UNIT_TESTS) $(FUZZERS) $(FAULT_TESTS) tests/corpus/check $(SCREEN_TESTS) $(SYNC_TESTS)

# All of the ODK ecosystem's tests, where they are at hand (MINQING_CORPUS=FOLDER).
corpus: $(CORPUS_TESTS)
	@sh tests/run $(B) $(CORPUS_TESTS)

# Long runs of what can be lost: half an hour.
faults: tests
	@sh tests/faults/mutants $(B) "$(CC)" "$(ALL_CFLAGS)" \
	    "$(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm"
	@sh tests/screens/mutants $(B) "$(CC)" "$(ALL_CFLAGS)" \
	    "$(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE) $(PKG_SCREENS)) -ldl -lutil -lm"
	@EDIT_STEPS=200000 $(B)/tests/screens/edit_test
	@EDIT_STEPS=10000 $(B)/tests/screens/drawn_test
	@KEYS_ALL=1 MINQING_BUILD=$(B) $(B)/tests/screens/every_key_test
	@$(B)/tests/faults/power_test --long
	@$(B)/tests/faults/memory_test --long
	@MINQING_BUILD=$(B) $(B)/tests/screens/kill_test 1000
	@MINQING_BUILD=$(B) $(B)/tests/sync/cut_test 1
	@MINQING_BUILD=$(B) $(B)/tests/sync/crowd_test 1000

san:
	@$(MAKE) MODE=san check

# Every target for FUZZ_SECONDS, with clang; what is found stays in build/fuzz/found.
FUZZ_SECONDS ?= 60
fuzz:
	@$(MAKE) MODE=fuzz CC=clang fuzzers
fuzzers: $(FUZZERS)
	@mkdir -p $(B)/found
	@for f in $(FUZZERS); do name=$$(basename $$f _fuzz); mkdir -p $(B)/corpus/$$name; \
	    echo "$$name: $(FUZZ_SECONDS) s"; \
	    $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=16384 -verbosity=0 -print_final_stats=1 \
		$$(test ! -r tests/fuzz/$$name.dict || echo -dict=tests/fuzz/$$name.dict) \
		-artifact_prefix=$(B)/found/$$name- $(B)/corpus/$$name tests/fuzz/$$name || exit 1; \
	done

# gcc's own analyser, cppcheck and clang-tidy; any finding fails.
lint:
	@sh tests/layers
	@$(MAKE) MODE=analyse CFLAGS="-O1 -fanalyzer -Werror" all
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -Iinclude \
	    --enable=warning,portability --suppressions-list=tests/cppcheck.txt src sync
	@echo "clang-tidy: some minutes" && printf '%s\n' $(LINTED) | xargs -P 2 -n 8 \
	    sh -c 'clang-tidy --quiet "$$@" -- -std=c17 -D_GNU_SOURCE -Iinclude' tidy

# Only lines that were changed: tables and what was laid out by hand stay as they are.
fmt:
	git clang-format --force --extensions c,h

# Ratios against a bare baseline measured in the same run; says what it measures.
bench: all $(B)/tests/bench_notebook $(B)/tests/bench_vault $(B)/tests/bench_form $(B)/tests/bench/fill $(B)/tests/bench/line \
    $(B)/tests/bench/screens $(B)/tests/screens/stories_test
	@sh tests/bench/run $(B)

# A whole day on this machine: a collector, a notebook, the sample's records, a sync.
demo:
	@$(MAKE) --no-print-directory deps all
	@sh tests/demo $(B)

# Installs what is missing (Debian and its kin); says what is missing elsewhere.
deps:
	@sh tests/deps $(DEBIAN_PACKAGES)

lint-deps:
	@sh tests/deps $(LINT_PACKAGES)

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(datadir)/minqing/forms/lists \
	    $(DESTDIR)$(datadir)/locale/zh_CN/LC_MESSAGES
	install -m 755 $(B)/minqing $(B)/minqing-collector $(DESTDIR)$(bindir)
	install -m 644 forms/*.csv forms/order.txt $(DESTDIR)$(datadir)/minqing/forms
	install -m 644 forms/lists/*.csv $(DESTDIR)$(datadir)/minqing/forms/lists
	install -m 644 $(CATALOGUE) $(DESTDIR)$(datadir)/locale/zh_CN/LC_MESSAGES
	install -d $(DESTDIR)$(userunitdir) $(DESTDIR)$(dispatcherdir)
	install -m 644 sync/systemd/minqing-sync.* $(DESTDIR)$(userunitdir)
	install -m 755 sync/networkmanager/90-minqing $(DESTDIR)$(dispatcherdir)

uninstall:
	rm -rf $(DESTDIR)$(bindir)/minqing $(DESTDIR)$(bindir)/minqing-collector \
	    $(DESTDIR)$(datadir)/minqing \
	    $(DESTDIR)$(datadir)/locale/zh_CN/LC_MESSAGES/minqing.mo \
	    $(DESTDIR)$(userunitdir)/minqing-sync.* $(DESTDIR)$(dispatcherdir)/90-minqing

# Sentences in the code that the Chinese catalogue does not have yet go into it, empty.
po:
	@mkdir -p build
	find src include sync -name '*.[ch]' -print | sort | \
	    LC_ALL=C.UTF-8 xargs xgettext --from-code=UTF-8 -k_ -kN_ -L C --no-location \
	    -o build/minqing.pot
	msgmerge --quiet --update --backup=none --no-fuzzy-matching src/po/zh_CN.po build/minqing.pot

help:
	@echo "make              the notebook and the collector, in build/plain"
	@echo "make deps         install what is missing (Debian; asks for sudo)"
	@echo "make demo         a whole day: install, build, log, sync, look"
	@echo "make check        build and run every test"
	@echo "make tests        build every test program"
	@echo "make corpus       the whole of the ODK tests: MINQING_CORPUS=FOLDER"
	@echo "make faults       100,000 power cuts and more, 1,000 kills, 1,000 notebooks, mends taken out"
	@echo "make san          make check under the address and undefined sanitizers"
	@echo "make fuzz         readers of what strangers send, with libFuzzer: FUZZ_SECONDS=60 each"
	@echo "make lint         layers, gcc -fanalyzer, cppcheck, clang-tidy (make lint-deps first)"
	@echo "make bench        figures, against baselines of the same run"
	@echo "make fmt          clang-format of the lines that are not committed yet"
	@echo "make po           bring the Chinese catalogue up to date with the code"
	@echo "make install      DESTDIR= prefix= (default /usr/local); make uninstall"
	@echo "make clean        remove build/"
	@echo "CC=clang MODE=clang keeps another compiler's objects apart"

clean:
	rm -rf build

.PHONY: all tests check corpus faults fuzz fuzzers san lint fmt bench demo deps lint-deps install uninstall po help clean
.SECONDARY:
-include $(shell find build -name '*.d' 2>/dev/null)
