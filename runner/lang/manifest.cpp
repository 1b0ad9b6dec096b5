// SPDX-License-Identifier: Apache-2.0
#include "manifest.hpp"

#include "nearest.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <functional>
#include <limits>
#include <utility>

namespace quern {
namespace {

// Walks one document. A reader that finds a fault keeps the sentence and returns false; nothing is
// read after the first fault.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  struct Key {
    std::string_view name;
    std::function<bool(const toml::node&)> read;
  };
  using Keys = std::vector<Key>;

  bool table(const toml::node& node, const std::string& where, const Keys& keys) {
    const toml::table* table = node.as_table();
    if (!table) return wrong(node, where, "a table");
    for (const auto& [key, value] : *table) {
      const Key* known = nullptr;
      for (const Key& candidate : keys)
        if (candidate.name == key.str()) known = &candidate;
      if (!known) return unknown(key, where, keys);
      if (!known->read(value)) return false;
    }
    return true;
  }

  // Tables written [[name]].
  bool tables(const toml::node& node, const std::string& where,
              const std::function<bool(const toml::node&)>& read) {
    const toml::array* array = node.as_array();
    if (!array || !array->is_array_of_tables())
      return wrong(node, where, "tables, each under [[" + where + "]]");
    for (const toml::node& element : *array)
      if (!read(element)) return false;
    return true;
  }

  // A table whose keys its author chooses.
  bool open_table(const toml::node& node, const std::string& where,
                  const std::function<bool(const std::string&, const toml::node&)>& read) {
    const toml::table* table = node.as_table();
    if (!table) return wrong(node, where, "a table");
    for (const auto& [key, value] : *table)
      if (!read(std::string(key.str()), value)) return false;
    return true;
  }

  bool text(const toml::node& node, const std::string& where, std::string& into) {
    const auto* value = node.as_string();
    if (!value) return wrong(node, where, "a string");
    if (value->get().find('\0') != std::string::npos)
      return wrong(node, where, "a string without NUL");
    into = value->get();
    return true;
  }

  bool texts(const toml::node& node, const std::string& where, std::vector<std::string>& into) {
    const toml::array* array = node.as_array();
    if (!array) return wrong(node, where, "an array of strings");
    for (const toml::node& element : *array)
      if (!text(element, "an element of " + where, into.emplace_back())) return false;
    return true;
  }

  bool argv(const toml::node& node, const std::string& where, Argv& into) {
    if (!texts(node, where, into)) return false;
    if (into.empty()) return wrong(node, where, "at least a program's name");
    for (const std::string& word : into) {
      const bool whole = word == "{argv}" || (word.starts_with("{glob:") && word.ends_with("}"));
      if (!whole &&
          (word.find("{argv}") != std::string::npos || word.find("{glob:") != std::string::npos))
        return wrong(node, where, "written so that {argv} and {glob:…} are words of their own");
    }
    return true;
  }

  bool flag(const toml::node& node, const std::string& where, bool& into) {
    const auto* value = node.as_boolean();
    if (!value) return wrong(node, where, "true or false");
    into = value->get();
    return true;
  }

  bool count(const toml::node& node, const std::string& where, std::uint64_t& into) {
    const auto* value = node.as_integer();
    if (!value || value->get() <= 0) return wrong(node, where, "a whole number above 0");
    into = static_cast<std::uint64_t>(value->get());
    return true;
  }

  bool wrong(const toml::node& node, const std::string& where, const std::string& expected) {
    return fault(node.source(), "`" + where + "` must be " + expected + ".");
  }
  bool fault(const toml::source_region& at, std::string_view sentence) {
    error_.code = ErrorCode::bad_request;
    error_.message = file_ + ":" + std::to_string(at.begin.line) + ": ";
    error_.message += sentence;
    return false;
  }
  const Error& error() const { return error_; }

 private:
  bool unknown(const toml::key& key, const std::string& where, const Keys& keys) {
    std::vector<std::string_view> names;
    for (const Key& known : keys) names.push_back(known.name);
    std::string sentence = "there is no key `" + std::string(key.str()) + "`";
    sentence += where.empty() ? " at the top" : " in `" + where + "`";
    sentence += did_you_mean(key.str(), names);
    return fault(key.source(), sentence);
  }

  std::string file_;
  Error error_;
};

bool read_rules(Reader& reader, const toml::node& node, const std::string& where,
                std::vector<BatchRule>& into) {
  return reader.tables(node, where, [&](const toml::node& element) {
    BatchRule& rule = into.emplace_back();
    Reader::Keys keys{
        {"if", [&](const toml::node& n) { return reader.texts(n, where + ".if", rule.when); }},
        {"unless",
         [&](const toml::node& n) { return reader.texts(n, where + ".unless", rule.unless); }},
        {"run", [&](const toml::node& n) { return reader.argv(n, where + ".run", rule.run); }}};
    if (where != "batch.clean") {
      keys.push_back({"builder", [&](const toml::node& n) {
                        return reader.argv(n, where + ".builder", rule.builder);
                      }});
    }
    if (!reader.table(element, where, keys)) return false;
    if (rule.run.empty())
      return reader.fault(element.source(), "this [[" + where + "]] has no `run`.");
    return true;
  });
}

bool read_urge(Reader& reader, const toml::node& node, Urge& urge) {
  const auto word = node.value_exact<std::string_view>();
  const auto flag = node.value_exact<bool>();
  if (!flag && word != "instead")
    return reader.wrong(node, "query.urge", "true, false or \"instead\"");
  urge = word ? Urge::instead : *flag ? Urge::too : Urge::no;
  return true;
}

bool read_query(Reader& reader, const toml::node& node, QueryWorker& query) {
  const auto can = [&](const std::string& name, const toml::node& value) {
    bool able = false;
    if (!reader.flag(value, "query.can." + name, able)) return false;
    if (able) query.can.insert(name);
    return true;
  };
  if (!reader.table(
          node, "query",
          {{"worker",
            [&](const toml::node& n) { return reader.argv(n, "query.worker", query.worker); }},
           {"fork", [&](const toml::node& n) { return reader.flag(n, "query.fork", query.fork); }},
           {"urge", [&](const toml::node& n) { return read_urge(reader, n, query.urge); }},
           {"can", [&](const toml::node& n) { return reader.open_table(n, "query.can", can); }}}))
    return false;
  if (query.worker.empty()) return reader.fault(node.source(), "`query` has no `worker`.");
  return true;
}

bool read_limits(Reader& reader, const toml::node& node, RunLimits& limits) {
  const auto amount = [&](std::string_view name,
                          std::optional<std::uint64_t>& into) -> Reader::Key {
    return {name, [&reader, &into, where = "limits." + std::string(name)](const toml::node& n) {
              return reader.count(n, where, into.emplace());
            }};
  };
  const auto duration = [&](std::string_view name,
                            std::optional<milliseconds>& into) -> Reader::Key {
    return {name, [&reader, &into, where = "limits." + std::string(name)](const toml::node& n) {
              std::uint64_t count = 0;
              if (!reader.count(n, where, count)) return false;
              into = milliseconds(static_cast<std::int64_t>(count));
              return true;
            }};
  };
  return reader.table(node, "limits",
                      {duration("wall_ms", limits.wall), duration("cpu_ms", limits.cpu),
                       amount("memory", limits.memory), amount("output", limits.output),
                       amount("processes", limits.processes), amount("fsize", limits.fsize)});
}

bool read_needs(Reader& reader, const toml::node& node, Manifest& m) {
  const auto packages = [&](const std::string& distribution, const toml::node& n) {
    return reader.texts(n, "needs.packages." + distribution, m.packages[distribution]);
  };
  // For those who make images and build workers: the daemon only sees to it that it is well said.
  const auto build = [&](const std::string& distribution, const toml::node& n) {
    std::vector<std::string> unused;
    return reader.texts(n, "needs.build." + distribution, unused);
  };
  // Of its folder, what programs and workers are started from: for `quern embed`.
  const auto files = [&](const toml::node& n) {
    std::vector<std::string> unused;
    return reader.texts(n, "needs.files", unused);
  };
  const auto refresh = [&](const toml::node& n) {
    Argv unused;
    return reader.argv(n, "needs.refresh", unused);
  };
  return reader.table(
      node, "needs",
      {{"programs",
        [&](const toml::node& n) { return reader.texts(n, "needs.programs", m.programs); }},
       {"packages",
        [&](const toml::node& n) { return reader.open_table(n, "needs.packages", packages); }},
       {"build", [&](const toml::node& n) { return reader.open_table(n, "needs.build", build); }},
       {"files", files},
       {"refresh", refresh}});
}

bool read_syntax_table(Reader& reader, const toml::node& node, SyntaxReply& syntax) {
  const auto texts = [&](const char* name, std::vector<std::string>& into) {
    return Reader::Key{name, [&reader, &into, where = std::string("syntax.") + name](
                                 const toml::node& n) { return reader.texts(n, where, into); }};
  };
  const auto text = [&](const char* name, std::string& into) {
    return Reader::Key{name, [&reader, &into, where = std::string("syntax.") + name](
                                 const toml::node& n) { return reader.text(n, where, into); }};
  };
  if (!reader.table(node, "syntax",
                    {text("comment", syntax.comment), texts("block_comment", syntax.block_comment),
                     texts("strings", syntax.strings), texts("multiline", syntax.multiline),
                     texts("raw", syntax.raw), text("word_end", syntax.word_end),
                     texts("keywords", syntax.keywords)}))
    return false;
  if (!syntax.block_comment.empty() && syntax.block_comment.size() != 2)
    return reader.fault(node.source(),
                        "`syntax.block_comment` is what begins such a comment and what ends it.");
  return true;
}

// What the language cannot do and what happens instead, for the table in langs/README.md.
bool read_gaps(Reader& reader, const toml::node& node) {
  return reader.open_table(node, "gaps", [&](const std::string& name, const toml::node& value) {
    std::string unused;
    return reader.text(value, "gaps." + name, unused);
  });
}

bool read_env(Reader& reader, const toml::node& node, Environment& env) {
  return reader.open_table(node, "env", [&](const std::string& name, const toml::node& value) {
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
      return reader.fault(value.source(), "`" + name + "` in `env` is no name for a variable.");
    return reader.text(value, "env." + name, env[name]);
  });
}

bool read_all(Reader& reader, const toml::table& document, Manifest& m) {
  const auto version = [&](const toml::node& n) {
    return reader.table(n, "version", {{"run", [&](const toml::node& run) {
                                          return reader.argv(run, "version.run", m.version);
                                        }}});
  };
  const auto batch = [&](const toml::node& n) {
    return reader.table(
        n, "batch",
        {{"build",
          [&](const toml::node& r) { return read_rules(reader, r, "batch.build", m.build); }},
         {"exec", [&](const toml::node& r) { return read_rules(reader, r, "batch.exec", m.exec); }},
         {"clean",
          [&](const toml::node& r) { return read_rules(reader, r, "batch.clean", m.clean); }}});
  };
  const auto tty = [&](const toml::node& n) {
    return reader.table(n, "tty", {{"command", [&](const toml::node& c) {
                                      return reader.argv(c, "tty.command", m.terminal);
                                    }}});
  };
  return reader.table(
      document, "",
      {{"name", [&](const toml::node& n) { return reader.text(n, "name", m.name); }},
       {"title", [&](const toml::node& n) { return reader.text(n, "title", m.title); }},
       {"aliases", [&](const toml::node& n) { return reader.texts(n, "aliases", m.aliases); }},
       {"extension", [&](const toml::node& n) { return reader.text(n, "extension", m.extension); }},
       {"main", [&](const toml::node& n) { return reader.text(n, "main", m.main); }},
       {"version", version},
       {"needs", [&](const toml::node& n) { return read_needs(reader, n, m); }},
       {"env", [&](const toml::node& n) { return read_env(reader, n, m.env); }},
       {"batch", batch},
       {"query", [&](const toml::node& n) { return read_query(reader, n, m.query); }},
       {"tty", tty},
       {"limits", [&](const toml::node& n) { return read_limits(reader, n, m.limits); }},
       {"gaps", [&](const toml::node& n) { return read_gaps(reader, n); }},
       {"syntax", [&](const toml::node& n) {
          SyntaxReply unused;
          return read_syntax_table(reader, n, unused);
        }}});
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+#.-_") ==
                              std::string_view::npos;
}

// What no single key can be blamed for, and the defaults that hang on other keys.
bool complete(Reader& reader, const toml::table& document, Manifest& m) {
  if (!is_name(m.name))
    return reader.fault(document.source(),
                        m.name.empty()
                            ? "the key `name` is missing."
                            : "`name` must be of lower-case letters, digits and + # . - _ only.");
  for (const std::string& alias : m.aliases)
    if (!is_name(alias))
      return reader.fault(document["aliases"].node()->source(),
                          "an alias must be of lower-case letters, digits and + # . - _ only.");
  if (m.extension.starts_with('.') || m.extension.find('/') != std::string::npos)
    return reader.fault(document["extension"].node()->source(),
                        "`extension` is written without dot and slash, as in \"py\".");
  if (m.title.empty()) m.title = m.name;
  if (m.main.empty()) m.main = m.extension.empty() ? "main" : "main." + m.extension;
  if (!m.has_batch() && !m.has_query() && !m.has_terminal())
    return reader.fault(document.source(),
                        "a language needs at least one of [[batch.exec]], [query] and [tty].");
  return true;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view toml, const std::filesystem::path& dir) {
  Reader reader((dir / "adapter.toml").string());
  const toml::parse_result document = toml::parse(toml);
  if (!document) {
    reader.fault(document.error().source(), std::string(document.error().description()) + ".");
    return reader.error();
  }
  Manifest manifest;
  manifest.dir = dir;
  if (!read_all(reader, document.table(), manifest) ||
      !complete(reader, document.table(), manifest))
    return reader.error();
  return manifest;
}

Result<SyntaxReply> parse_syntax(std::string_view toml, const std::filesystem::path& dir) {
  Reader reader((dir / "adapter.toml").string());
  const toml::parse_result document = toml::parse(toml);
  SyntaxReply syntax;
  if (!document)
    reader.fault(document.error().source(), std::string(document.error().description()) + ".");
  else if (const toml::node* node = document.table().get("syntax");
           !node || read_syntax_table(reader, *node, syntax))
    return syntax;
  return reader.error();
}

}  // namespace quern
