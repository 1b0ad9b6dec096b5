// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

#include <octave/help.h>

#include <regex>
#include <sstream>

namespace quern::help {
namespace {

// Texinfo without its marks; makeinfo would do it better, in half a second.
std::string plain(const std::string& texinfo) {
  static const std::regex definition(R"(@deftypefnx?\s+\{[^}]*\}\s+(\{\}|\{[^}]*\}|\S+)\s+(.*))");
  std::istringstream lines(texinfo);
  std::string line, text;
  const bool indented = texinfo.find("\n @") != std::string::npos;  // as the comment of a file
  while (std::getline(lines, line)) {
    if (indented && line.starts_with(' ')) line.erase(0, 1);
    std::smatch found;
    if (std::regex_match(line, found, definition)) {
      const std::string results = found[1] == "{}" ? "" : found[1].str() + " ";
      text += results + found[2].str() + "\n";
    } else if (line.rfind("@item", 0) == 0) {
      const size_t rest = line.find_first_of(" {");
      text += "  *" + (rest == std::string::npos ? "" : " " + line.substr(rest + 1)) + "\n";
    } else if (line.empty() || line[0] != '@' || line.find('{') != std::string::npos) {
      if (line.rfind("-*-", 0) != 0 && line.rfind("@seealso", 0) != 0) text += line + "\n";
    }
  }
  static const std::regex mark(R"(@[a-z]+\{([^{}]*)\})"), special(R"(@([@{}]))"),
      dots(R"(@(dots|enddots)\{\})");
  text = std::regex_replace(text, dots, "...");
  for (std::string before; before != text;) {
    before = text;
    text = std::regex_replace(text, mark, "$1");
  }
  text = std::regex_replace(text, special, "$1");
  static const std::regex blank(R"(\n{3,})");
  text = std::regex_replace(text, blank, "\n\n");
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

std::string signature(octave_user_function& function) {
  std::ostringstream text;
  octave::tree_print_code printer(text);
  text << function.name() << " ";
  if (function.parameter_list())
    function.parameter_list()->accept(printer);
  else
    text << "()";
  return text.str();
}

std::string source(octave_user_function& function) {
  std::ostringstream text;
  octave::tree_print_code printer(text);
  function.accept(printer);
  return text.str();
}

}  // namespace

std::string about(octave::interpreter& octave, const std::string& name, bool detail) {
  const octave_value found = octave.get_symbol_table().find_function(name);
  if (found.is_undefined() && !octave::iskeyword(name)) return "";
  std::string text, format;
  octave.get_help_system().get_help_text(name, text, format);
  if (format == "texinfo") text = plain(text);
  if (format == "Not found" || format == "Not documented") text.clear();
  octave_user_function* function =
      found.is_defined() && found.is_user_function() ? found.user_function_value(true) : nullptr;
  if (!function || !function->fcn_file_name().empty())
    return text.empty() ? name + ": a function" : text;
  std::string all = signature(*function);
  if (!text.empty()) all += "\n" + text;
  if (detail) all += "\n\n" + source(*function);
  return all;
}

}  // namespace quern::help
