# Latchkey. The targets people use: run, test, check, bench, fuzz, install, i18n-update, clean.

VERSION  := 0.1.0
BUILD    := build
PREFIX   := /usr
RUN      := run
PORT     := 8080

# Everything that is needed from Debian 12 or 13, in one place. RUN_PACKAGES build and run; TEST_PACKAGES come on top for the tests.
RUN_PACKAGES  := gcc g++ make pkg-config gettext nginx-light ca-certificates libfcgi-dev libctemplate-dev libsqlite3-dev \
                 libsodium-dev libcurl4-openssl-dev libjansson-dev libconfig-dev libssl-dev libcrypt-dev libidn2-dev libutf8proc-dev \
                 libzxcvbn-dev libzip-dev libjpeg-dev libpng-dev libwebp-dev libgif-dev libseccomp-dev
TEST_PACKAGES := libcmocka-dev sqlite3 curl procps chromium nodejs openssl $(if $(shell command -v npm 2>/dev/null),,npm)
BENCH_PACKAGES := sqlite3 nodejs

LIBRARIES := fcgi libctemplate sqlite3 libsodium libcurl jansson libconfig libcrypto libidn2 libutf8proc libzip libjpeg libpng libwebp libwebpdemux \
             libseccomp

# Hardening: OpenSSF compiler options guide.
WARNINGS  := -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wvla -Wshadow -Wunused-result \
             -Wbidi-chars=any -Werror=format-security
CWARNINGS := -Wtrampolines -Wstrict-prototypes -Wmissing-prototypes -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
ARCHFLAGS := $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full)$(if $(filter aarch64,$(shell uname -m)),-mbranch-protection=standard)
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection $(ARCHFLAGS) \
             -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -fPIE
LINKING   := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed
SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

packages   = $(shell dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(1) 2>/dev/null | awk '$$2 == "installed" {print $$1}')
missing    = $(filter-out $(call packages,$(1)),$(1))
INCLUDES  := -D_GNU_SOURCE -DLATCHKEY_VERSION='"$(VERSION)"' -Iapp -I$(BUILD)/gen $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LIBS      := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lzxcvbn -lgif -lcrypt -lstdc++ -lm -lpthread

C_SOURCES  := $(filter-out app/main.c,$(wildcard app/*.c app/*/*.c))
CC_SOURCES := $(wildcard app/*/*.cc)
OBJECTS     = $(patsubst app/%.c,$(1)/obj/%.o,$(C_SOURCES)) $(patsubst app/%.cc,$(1)/obj/%.o,$(CC_SOURCES)) $(1)/obj/gen/migrations.o
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
FUZZ       := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
CHECK      := $(BUILD)/check

.PHONY: all build run test check bench fuzz install clean packages test-packages bench-packages
.DELETE_ON_ERROR:
all: build
build: $(BUILD)/latchkey $(BUILD)/static/.done $(BUILD)/i18n/.done

# --- packages: only when something is missing, so that later runs need no network and no root ---
apt = set -e; sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
      echo "Installing: $(1)"; apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o APT::Sandbox::User=root"; \
      $$apt update -qq; $$apt install -y -qq --no-install-recommends $(1) >/dev/null
packages:
	@$(if $(call missing,$(RUN_PACKAGES)),$(call apt,$(call missing,$(RUN_PACKAGES))),:)
test-packages:
	@$(if $(call missing,$(RUN_PACKAGES) $(TEST_PACKAGES)),$(call apt,$(call missing,$(RUN_PACKAGES) $(TEST_PACKAGES))),:)
bench-packages:
	@$(if $(call missing,$(RUN_PACKAGES) $(BENCH_PACKAGES)),$(call apt,$(call missing,$(RUN_PACKAGES) $(BENCH_PACKAGES))),:)

# --- the program ---
$(BUILD)/gen/migrations.c: app/store/embed.awk $(wildcard app/store/migrations/*.sql)
	@mkdir -p $(@D)
	@awk -f app/store/embed.awk $(sort $(filter %.sql,$^)) > $@

RELEASE := -O2 -g $(WARNINGS) $(HARDENING)
$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	@echo "  CC   $@"; $(CC) -std=c11 $(RELEASE) $(CWARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.o: app/%.c
	@mkdir -p $(@D)
	@echo "  CC   $@"; $(CC) -std=c11 $(RELEASE) $(CWARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.o: app/%.cc
	@mkdir -p $(@D)
	@echo "  CXX  $@"; $(CXX) -std=c++17 -D_GLIBCXX_ASSERTIONS $(RELEASE) $(INCLUDES) -MMD -MP -c -o $@ $<
$(BUILD)/latchkey: $(call OBJECTS,$(BUILD)) $(BUILD)/obj/main.o
	@echo "  LINK $@"; $(CC) $(LINKING) -o $@ $^ $(LIBS)

# --- the same under sanitizers, where every warning is an error ---
CHECKED := -O1 -g $(WARNINGS) -Werror $(SANITIZE)
$(CHECK)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	@echo "  CC   $@"; $(CC) -std=c11 $(CHECKED) $(CWARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<
$(CHECK)/obj/%.o: app/%.c
	@mkdir -p $(@D)
	@echo "  CC   $@"; $(CC) -std=c11 $(CHECKED) $(CWARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<
$(CHECK)/obj/%.o: app/%.cc
	@mkdir -p $(@D)
	@echo "  CXX  $@"; $(CXX) -std=c++17 -D_GLIBCXX_ASSERTIONS $(CHECKED) $(INCLUDES) -MMD -MP -c -o $@ $<
$(CHECK)/latchkey: $(call OBJECTS,$(CHECK)) $(CHECK)/obj/main.o
	@echo "  LINK $@"; $(CC) $(SANITIZE) -o $@ $^ $(LIBS)
$(CHECK)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@echo "  CC   $@"; $(CC) -std=c11 $(CHECKED) $(INCLUDES) -Itests -MMD -MP -c -o $@ $<
$(CHECK)/libapp.a: $(call OBJECTS,$(CHECK))
	@rm -f $@
	@ar rcs $@ $^
SUPPORT = $(patsubst tests/%.c,$(CHECK)/obj/tests/%.o,$(wildcard tests/support/*.c))
$(CHECK)/test_%: $(CHECK)/obj/tests/unit/test_%.o $(SUPPORT) $(CHECK)/libapp.a
	@echo "  LINK $@"; $(CC) $(SANITIZE) -o $@ $^ $(LIBS) -lcmocka
$(CHECK)/fuzz_%: $(CHECK)/obj/tests/fuzz/fuzz_%.o $(CHECK)/obj/tests/fuzz/seeds_main.o $(CHECK)/libapp.a
	@echo "  LINK $@"; $(CC) $(SANITIZE) -o $@ $^ $(LIBS)

include app/view/i18n.mk
$(BUILD)/static/.done: app/view/fingerprint app/page/error_pages $(shell find static -type f 2>/dev/null)
	@rm -rf $(@D) && mkdir -p $(@D)
	app/view/fingerprint static $(@D)
	app/page/error_pages $(@D)
	@touch $@

# --- what people call ---
run: packages
	@$(MAKE) --no-print-directory -s -j$$(nproc) build
	@exec app/demo/run $(RUN) $(PORT) $(BUILD)/latchkey

check: $(addprefix $(CHECK)/,$(UNIT_TESTS) $(FUZZ)) $(CHECK)/latchkey $(BUILD)/static/.done $(BUILD)/i18n/.done
	tests/run check

test: test-packages
	@$(MAKE) --no-print-directory -j$$(nproc) build
	@$(MAKE) --no-print-directory -j$$(nproc) $(addprefix $(CHECK)/,$(UNIT_TESTS) $(FUZZ)) $(CHECK)/latchkey
	@tests/run test

bench: bench-packages
	@$(MAKE) --no-print-directory -s -j$$(nproc) build
	@node tests/bench/run.mjs

# Real fuzzing needs clang's runtime (clang, libclang-rt-dev): make fuzz TARGET=fuzz_form SECONDS=60
TARGET  := fuzz_form
SECONDS ?= 60
FUZZED := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzz:
	@mkdir -p $(BUILD)/fuzz/corpus/$(TARGET)
	@$(MAKE) --no-print-directory -j$$(nproc) CC=clang CXX=clang++ CHECK=$(BUILD)/fuzz CHECKED='$(FUZZED)' CWARNINGS= \
	    $(BUILD)/fuzz/libapp.a $(BUILD)/fuzz/obj/tests/fuzz/$(TARGET).o
	clang++ -fsanitize=fuzzer,address,undefined -o $(BUILD)/fuzz/$(TARGET) $(BUILD)/fuzz/obj/tests/fuzz/$(TARGET).o $(BUILD)/fuzz/libapp.a $(LIBS)
	$(BUILD)/fuzz/$(TARGET) -max_total_time=$(SECONDS) -max_len=65536 $(BUILD)/fuzz/corpus/$(TARGET) tests/fuzz/seeds/$(patsubst fuzz_%,%,$(TARGET))

install: build
	install -D -m 755 $(BUILD)/latchkey $(DESTDIR)$(PREFIX)/bin/latchkey
	rm -rf $(DESTDIR)$(PREFIX)/share/latchkey/static
	install -d $(DESTDIR)$(PREFIX)/share/latchkey/templates $(DESTDIR)$(PREFIX)/share/latchkey/i18n $(DESTDIR)$(PREFIX)/share/latchkey/static
	install -m 644 templates/*.tpl $(DESTDIR)$(PREFIX)/share/latchkey/templates/
	install -m 644 $(BUILD)/i18n/*.mo $(DESTDIR)$(PREFIX)/share/latchkey/i18n/
	cp -r $(BUILD)/static/. $(DESTDIR)$(PREFIX)/share/latchkey/static/
	rm $(DESTDIR)$(PREFIX)/share/latchkey/static/.done
	install -D -m 644 nginx.conf.example $(DESTDIR)$(PREFIX)/share/doc/latchkey/nginx.conf.example

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
