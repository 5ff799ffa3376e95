#include "view/engine.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>
#include <ctemplate/template_emitter.h>
#include <string.h>

#include <memory>
#include <new>
#include <string>

using ctemplate::TemplateString;

/* A line that held nothing but marks leaves no empty line behind. */
static const ctemplate::Strip strip = ctemplate::STRIP_BLANK_LINES;

/* Keeps its room from page to page. */
class Output : public ctemplate::ExpandEmitter {
public:
    void Emit(char c) override { Emit(&c, 1); }
    void Emit(const std::string &text) override { Emit(text.data(), text.size()); }
    void Emit(const char *text) override { Emit(text, strlen(text)); }
    void Emit(const char *text, size_t bytes) override
    {
        if (bytes > room_ - used_) grow(bytes);
        memcpy(bytes_.get() + used_, text, bytes);
        used_ += bytes;
    }

    Str text() const { return Str{bytes_.get(), used_}; }
    void forget()
    {
        if (used_) explicit_bzero(bytes_.get(), used_);
        used_ = 0;
    }

private:
    void grow(size_t bytes)
    {
        size_t room = 2 * (used_ + bytes) + 32 * 1024;
        std::unique_ptr<char[]> larger(new char[room]);
        if (used_) memcpy(larger.get(), bytes_.get(), used_);
        if (used_) explicit_bzero(bytes_.get(), used_);
        bytes_ = std::move(larger);
        room_ = room;
    }

    std::unique_ptr<char[]> bytes_;
    size_t room_ = 0, used_ = 0;
};

struct engine {
    ctemplate::TemplateCache templates;
    Output output;
};

namespace {

Str str_of_name(const TemplateString &name)
{
    return Str{name.data(), name.size()};
}

/* A part as the engine wants to see it. It owns nothing. */
class Reader : public ctemplate::TemplateDictionaryInterface {
public:
    explicit Reader(const struct part *part) : part_(part) {}
    void move_to(const struct part *part) { part_ = part; }

protected:
    TemplateString GetValue(const TemplateString &name) const override
    {
        Str value = part_value(part_, str_of_name(name));
        return TemplateString(value.p, value.n);
    }

    bool IsHiddenSection(const TemplateString &name) const override { return !part_branch(part_, str_of_name(name), false); }
    bool IsUnhiddenSection(const TemplateString &name) const override { return !IsHiddenSection(name); }
    bool IsHiddenTemplate(const TemplateString &name) const override { return !part_branch(part_, str_of_name(name), true); }

    const char *GetIncludeTemplateName(const TemplateString &name, int repeat) const override
    {
        const struct part *part = part_branch(part_, str_of_name(name), true);
        for (; part && repeat; repeat--) part = part->next;
        return part ? part->template_name : "";
    }

    Iterator *CreateTemplateIterator(const TemplateString &name) const override { return repeats(name, true); }
    Iterator *CreateSectionIterator(const TemplateString &name) const override { return repeats(name, false); }
    void DumpToString(std::string *, int) const override {}

private:
    class Repeats;
    Iterator *repeats(const TemplateString &name, bool include) const;

    const struct part *part_;
};

/* The engine is done with a repeat before it asks for the next, so one reader serves them all. */
class Reader::Repeats : public Reader::Iterator {
public:
    explicit Repeats(const struct part *first) : next_(first), reader_(first) {}
    bool HasNext() const override { return next_ != nullptr; }
    const ctemplate::TemplateDictionaryInterface &Next() override
    {
        reader_.move_to(next_);
        next_ = next_->next;
        return reader_;
    }

private:
    const struct part *next_;
    Reader reader_;
};

Reader::Iterator *Reader::repeats(const TemplateString &name, bool include) const
{
    return new Repeats(part_branch(part_, str_of_name(name), include));
}

}

struct engine *engine_open(void)
{
    try {
        return new engine;
    } catch (...) {
        return nullptr;
    }
}

void engine_close(struct engine *engine)
{
    if (engine) engine_forget(engine);
    delete engine;
}

bool engine_add(struct engine *engine, Str name, Str text)
{
    try {
        return engine->templates.StringToTemplateCache(TemplateString(name.p, name.n), text.p, text.n, strip);
    } catch (...) {
        return false;
    }
}

void engine_freeze(struct engine *engine)
{
    engine->templates.Freeze();
}

bool engine_render(struct engine *engine, const char *template_name, const struct part *part, Str *out)
{
    engine_forget(engine);
    try {
        Reader reader(part);
        if (!engine->templates.ExpandNoLoad(template_name, strip, &reader, nullptr, &engine->output)) return false;
    } catch (...) {
        return false;
    }
    *out = engine->output.text();
    return true;
}

void engine_forget(struct engine *engine)
{
    engine->output.forget();
}
