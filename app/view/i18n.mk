# The languages: extracts the texts, holds every i18n/*.po to them, compiles. A language that lacks a text stops the build.
# Needs BUILD. Developers call `make i18n-update` after changing texts, then translate what is new.
POT          := $(BUILD)/latchkey.pot
LANGUAGES    := $(patsubst i18n/%.po,%,$(wildcard i18n/*.po))
TEXT_SOURCES := $(sort $(wildcard app/*.c app/*.h app/*.def app/*/*.c app/*/*.h app/*/*.def))
TEXT_PAGES   := $(sort $(wildcard templates/*.tpl))
XGETTEXT     := xgettext --from-code=UTF-8 --omit-header --sort-by-file -cTranslators: -L C -k -k_ -kN_ -kC_:1c,2 -kP_:1,2 -kL \
                -kcatalog_text:2 -kcatalog_plural:2,3 -kexchange_text:2 -kexchange_page:3

.PHONY: i18n i18n-update
i18n: $(BUILD)/i18n/.done

$(POT): $(TEXT_SOURCES) $(TEXT_PAGES) app/view/extract app/view/i18n.mk
	@mkdir -p $(@D)
	@awk -f app/view/extract /dev/null $(TEXT_PAGES) > $@.pages.c
	@{ printf 'msgid ""\nmsgstr ""\n'; printf '"%s\\n"\n' 'Language: en' 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=UTF-8' \
	    'Content-Transfer-Encoding: 8bit' 'Plural-Forms: nplurals=2; plural=(n != 1);'; echo; \
	  $(XGETTEXT) -o - $(TEXT_SOURCES) $@.pages.c; } > $@

$(BUILD)/i18n/en.mo: $(POT)
	@mkdir -p $(@D)
	@msgen $< | msgfmt --check-format -o $@ -
$(BUILD)/i18n/%.mo: i18n/%.po $(POT)
	@mkdir -p $(@D)
	@msgcmp $< $(POT)
	@msgfmt --check-format --check-domain -o $@ $<
$(BUILD)/i18n/.done: $(BUILD)/i18n/en.mo $(patsubst %,$(BUILD)/i18n/%.mo,$(LANGUAGES))
	@touch $@

i18n-update: $(POT)
	@for po in i18n/*.po; do msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-location --no-wrap $$po $(POT); \
	    msgattrib --no-obsolete --no-location --no-wrap -o $$po $$po; printf '%s: ' $$po; msgfmt --statistics -o /dev/null $$po; done
