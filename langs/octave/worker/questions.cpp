// SPDX-License-Identifier: Apache-2.0
#include "questions.hpp"

#include <map>
#include <sstream>

#include "help.hpp"

namespace quern::questions {
namespace {

using Items = std::map<std::string, std::string>;  // text and type

constexpr const char* keywords[] = {"break",
                                    "case",
                                    "catch",
                                    "classdef",
                                    "continue",
                                    "do",
                                    "else",
                                    "elseif",
                                    "end",
                                    "end_try_catch",
                                    "end_unwind_protect",
                                    "endfor",
                                    "endfunction",
                                    "endif",
                                    "endswitch",
                                    "endwhile",
                                    "for",
                                    "function",
                                    "global",
                                    "if",
                                    "otherwise",
                                    "parfor",
                                    "persistent",
                                    "return",
                                    "switch",
                                    "try",
                                    "until",
                                    "unwind_protect",
                                    "unwind_protect_cleanup",
                                    "while"};

bool of_name(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) || character == '_';
}

// Within a string, or behind the beginning of a comment? A quote behind a value transposes it.
bool in_code(const std::string& text) {
  const size_t newline = text.rfind('\n');
  char quote = 0, before = 0;
  for (size_t i = newline == std::string::npos ? 0 : newline + 1; i < text.size(); ++i) {
    const char character = text[i];
    if (quote) {
      if (quote == '"' && character == '\\')
        ++i;
      else if (character == quote)
        quote = 0;
      before = ')';
      continue;
    }
    if (character == '%' || character == '#') return false;
    const bool transposes = of_name(before) || before == ')' || before == ']' || before == '}' ||
                            before == '\'' || before == '.';
    if (character == '"' || (character == '\'' && !transposes)) quote = character;
    before = character;
  }
  return quote == 0;
}

// The names, dots between, that end the text: {"a", "b", "part"}.
std::vector<std::string> chain(const std::string& text) {
  size_t from = text.size();
  while (from > 0 && (of_name(text[from - 1]) || text[from - 1] == '.')) --from;
  std::vector<std::string> names(1);
  for (size_t i = from; i < text.size(); ++i) {
    if (text[i] == '.')
      names.emplace_back();
    else
      names.back() += text[i];
  }
  return names;
}

// The value of a variable, or of a field within; undefined when there is none.
octave_value resolve(octave::interpreter& octave, const std::vector<std::string>& names,
                     size_t count) {
  octave_value value = octave.varval(names[0]);
  for (size_t i = 1; i < count && value.is_defined(); ++i) {
    if (!value.isstruct() || value.numel() != 1) return octave_value();
    const octave_map map = value.map_value();
    value = map.isfield(names[i]) ? octave_value(map.contents(names[i])(0)) : octave_value();
  }
  return value;
}

void add(Items& items, const std::string& name, const std::string& start, const char* type) {
  if (name.rfind(start, 0) == 0 && name.rfind("__", 0) != 0) items.emplace(name, type);
}

Items names(octave::interpreter& octave, const std::string& start) {
  Items items;
  for (const std::string& name : octave.variable_names()) add(items, name, start, "variable");
  octave::symbol_table& table = octave.get_symbol_table();
  for (const std::string& name : table.cmdline_function_names())
    add(items, name, start, "function");
  for (const char* name : keywords) add(items, name, start, "keyword");
  if (start.empty()) return items;
  for (const std::string& name : table.built_in_function_names())
    add(items, name, start, "function");
  const string_vector files = octave.get_load_path().fcn_names();
  for (octave_idx_type i = 0; i < files.numel(); ++i) add(items, files(i), start, "function");
  return items;
}

void complete(Session& session, const Request& request) {
  const std::string text = request.code().substr(0, request.cursor());
  const std::vector<std::string> parts = chain(text);
  const std::string& start = parts.back();
  Items items;
  if (in_code(text) && !parts[0].empty() &&
      !std::isdigit(static_cast<unsigned char>(parts[0][0]))) {
    if (parts.size() == 1) {
      items = names(session.octave(), start);
    } else if (const octave_value value = resolve(session.octave(), parts, parts.size() - 1);
               value.is_defined() && value.isstruct()) {
      const string_vector fields = value.map_value().fieldnames();
      for (octave_idx_type i = 0; i < fields.numel(); ++i) add(items, fields(i), start, "field");
    }
  }
  std::string lines;
  for (const auto& [name, type] : items) lines += name + "\t" + type + "\n";
  if (!lines.empty()) lines.pop_back();
  session.send(Frame("matches")
                   .attribute("start", std::to_string(text.size() - start.size()))
                   .attribute("end", std::to_string(text.size()))
                   .text("items", lines));
}

// An object's own display would be the user's code.
std::string describe(const std::string& name, const octave_value& value) {
  std::ostringstream text;
  text << name << ": " << value.dims().str() << " " << value.class_name();
  if (value.isobject() || value.is_classdef_object()) return text.str();
  std::ostringstream shown;
  octave_value copy = value;
  copy.print_with_name(shown, name);
  constexpr size_t most_bytes = 4000;
  std::string all = shown.str();
  while (all.ends_with('\n')) all.pop_back();
  if (all.size() > most_bytes) all = all.substr(0, most_bytes) + "…";
  return text.str() + "\n" + all;
}

void inspect(Session& session, const Request& request) {
  const std::string code = request.code();
  size_t cursor = request.cursor();
  while (cursor < code.size() && of_name(code[cursor])) ++cursor;
  std::string text = code.substr(0, cursor);
  if (text.ends_with('(')) text.pop_back();
  const std::vector<std::string> parts = chain(text);
  if (!in_code(text) || parts.back().empty() || parts[0].empty()) return;
  octave::interpreter& octave = session.octave();
  const octave_value value = resolve(octave, parts, parts.size());
  std::string name = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) name += "." + parts[i];
  std::string found;
  if (value.is_defined())
    found = describe(name, value);
  else if (parts.size() == 1)
    found = help::about(octave, name, request.is("detail", "1"));
  if (!found.empty()) session.send(Frame("found").text("text/plain", found));
}

// As far in as the last line, and further where that opens a block.
std::string indent(const std::string& code) {
  static const std::set<std::string> opening = {"if",       "for",
                                                "while",    "do",
                                                "switch",   "try",
                                                "function", "unwind_protect",
                                                "else",     "elseif",
                                                "case",     "otherwise",
                                                "catch",    "unwind_protect_cleanup",
                                                "parfor"};
  const size_t end = code.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const size_t newline = code.rfind('\n', end);
  const std::string line = code.substr(newline == std::string::npos ? 0 : newline + 1, end + 1);
  const size_t first = line.find_first_not_of(" \t");
  size_t last = first;
  while (last < line.size() && of_name(line[last])) ++last;
  const bool closed = line.find("end", last) != std::string::npos;
  return line.substr(0, first) +
         (opening.contains(line.substr(first, last - first)) && !closed ? "  " : "");
}

// Octave takes a function without an end for one that goes to the end of the text. Whoever types it
// is not there yet.
bool open_function(const Snippet& snippet, const std::string& code) {
  if (snippet.statements.empty()) return false;
  const bool last = dynamic_cast<octave::tree_function_def*>(snippet.statements.back()->command());
  const size_t end = code.find_last_not_of(" \t\r\n;,");
  const size_t newline = code.rfind('\n', end);
  const size_t line = code.find_first_not_of(" \t", newline == std::string::npos ? 0 : newline + 1);
  return last && code.compare(line, 3, "end") != 0;
}

void check(Session& session, const Request& request) {
  const std::string code = request.code();
  try {
    const bool open = open_function(parse(session.octave(), code), code);
    if (!open) return session.send(Frame("checked state=complete"));
    session.send(Frame("checked state=incomplete").text("indent", indent(code)));
  } catch (const ParseError& failure) {
    if (!failure.at_end) return session.send(Frame("checked state=invalid"));
    session.send(Frame("checked state=incomplete").text("indent", indent(code)));
  }
}

}  // namespace

bool answer(Session& session, const Request& request) {
  const auto reply = request.kind == "complete"  ? complete
                     : request.kind == "inspect" ? inspect
                     : request.kind == "check"   ? check
                                                 : nullptr;
  if (!reply) return false;
  try {
    reply(session, request);
  } catch (const octave::execution_exception& failure) {
    session.octave().recover_from_exception();
    session.send(
        Frame("error kind=runtime").text("name", "WorkerError").text("message", failure.message()));
  }
  return true;
}

}  // namespace quern::questions
