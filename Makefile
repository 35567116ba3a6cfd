# minqing - the field notebook and its collector.  `make help` lists the targets.

prefix ?= /usr/local
bindir  = $(prefix)/bin
datadir = $(prefix)/share

# Libraries, each named once; tests/layers says which files may include them.
PKG_CORE      = sqlite3 zlib libutf8proc libsodium libpcre2-8
PKG_UI        = ncursesw
PKG_CLIENT    = libcurl
PKG_COLLECTOR = libmicrohttpd sqlite3 zlib libsodium
PKG_SCREENS   = vterm

# `make MODE=san check` keeps its objects apart from the ordinary ones.
MODE ?= plain
B = build/$(MODE)

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wcast-qual \
       -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough $(WERROR)
CFLAGS ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
ifeq ($(MODE),san)
MODE_CFLAGS = -O1 -U_FORTIFY_SOURCE -fsanitize=address,undefined \
	      -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Iinclude $(WARN) $(CFLAGS) $(MODE_CFLAGS)
pkg-config = $(shell pkg-config $(1) $(2))

# The core knows no terminal and no network; unit tests link it and nothing
# else, so a layering slip is a link error.
CORE_SRC = $(wildcard src/base/*.c src/expr/*.c src/form/*.c src/notebook/*.c) \
	   $(wildcard src/session.c src/import.c sync/wire.c)
APP_SRC  = $(wildcard src/ui/*.c src/commands/*.c sync/client.c) $(wildcard src/main.c)
# What the collector takes from the base: no text, no forms, no terminal.
COLLECTOR_SRC = $(wildcard sync/collector/*.c) sync/wire.c src/base/mem.c src/base/err.c \
	        src/base/buf.c src/base/json.c src/base/csv.c src/base/clock.c src/base/uuid.c \
	        src/base/hash.c

obj = $(patsubst %.c,$(B)/%.o,$(1))
CORE_OBJ      = $(call obj,$(CORE_SRC))
APP_OBJ       = $(call obj,$(APP_SRC))
COLLECTOR_OBJ = $(call obj,$(COLLECTOR_SRC))
UNIT_TESTS    = $(patsubst %.c,$(B)/%,$(wildcard tests/*_test.c))
SCREEN_TESTS  = $(patsubst %.c,$(B)/%,$(wildcard tests/screens/*_test.c))
SYNC_TESTS    = $(patsubst %.c,$(B)/%,$(wildcard tests/sync/*_test.c))
CATALOGUE     = $(B)/locale/zh_CN/LC_MESSAGES/minqing.mo

all: $(B)/minqing $(B)/minqing-collector $(CATALOGUE)

$(B)/libcore.a: $(CORE_OBJ)
	@rm -f $@
	ar rcs $@ $^

# The notebook without main(), for tests that drive the screens in one process.
$(B)/libapp.a: $(filter-out $(B)/src/main.o,$(APP_OBJ))
	@rm -f $@
	ar rcs $@ $^

$(B)/minqing: $(B)/src/main.o $(B)/libapp.a $(B)/libcore.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm

$(B)/minqing-collector: $(COLLECTOR_OBJ)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_COLLECTOR)) -lm

$(B)/tests/%_test: $(B)/tests/%_test.o $(B)/libcore.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call pkg-config,--libs,$(PKG_CORE)) -lm

$(B)/tests/screens/%_test: $(B)/tests/screens/%_test.o $(B)/tests/screens/screen.o \
    $(B)/libapp.a $(B)/libcore.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE) $(PKG_SCREENS)) -ldl -lutil -lm

$(B)/tests/sync/%_test: $(B)/tests/sync/%_test.o $(B)/libapp.a $(B)/libcore.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(call pkg-config,--libs,$(PKG_UI) $(PKG_CORE)) -ldl -lm

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/locale/%/LC_MESSAGES/minqing.mo: src/po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

tests: all $(UNIT_TESTS) $(SCREEN_TESTS) $(SYNC_TESTS)

# Every test says `N passed, M failed` last; tests/run adds them up.
check: tests
	@sh tests/run $(B) tests/layers $(UNIT_TESTS) $(SCREEN_TESTS) $(SYNC_TESTS)

san:
	@$(MAKE) MODE=san check

fmt:
	clang-format -i $$(git ls-files '*.c' '*.h' | grep -v pinyin_table)

clean:
	rm -rf build

.PHONY: all tests check san fmt clean
.SECONDARY:
-include $(shell find build -name '*.d' 2>/dev/null)
