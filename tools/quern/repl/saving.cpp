// SPDX-License-Identifier: Apache-2.0
#include "saving.hpp"

#include "base64.hpp"
#include "forms.hpp"
#include "json_text.hpp"
#include "native_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace quern {
namespace {

bool is_picture(std::string_view mime) { return mime.starts_with("image/"); }
bool is_text(std::string_view mime, std::string_view bytes) {
  return (!is_picture(mime) || mime == "image/svg+xml") && !native::first_invalid_utf8(bytes);
}

// --- notebook ------------------------------------------------------------------------------------

Json lines_of(std::string_view text) {
  Json lines = Json::array();
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::size_t size = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back(std::string(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return lines;
}

Json data_of(const Shown& shown) {
  Json data = Json::object();
  for (const auto& [mime, bytes] : forms_of(shown)) {
    Json& form = data[std::string(mime)];
    if (!is_text(mime, bytes)) {
      form = base64_of(bytes);
      continue;
    }
    form = Json(Json::value_t::discarded);
    if (mime == "application/json" || mime.ends_with("+json"))
      form = Json::parse(bytes, nullptr, false);
    if (form.is_discarded()) form = lines_of(bytes);
  }
  return data;
}

Json output_of(const Output& output) {
  return {{"output_type", "stream"},
          {"name", output.stream == Stream::out ? "stdout" : "stderr"},
          {"text", std::string(output.bytes.view())}};
}

Json output_of(const Shown& shown, std::size_t number) {
  Json output = {{"output_type", shown.result ? "execute_result" : "display_data"},
                 {"data", data_of(shown)},
                 {"metadata", Json::object()}};
  if (shown.result) output["execution_count"] = number;
  return output;
}

Json output_of(const ErrorRaised& error) {
  return {{"output_type", "error"},
          {"ename", error.name},
          {"evalue", error.message},
          {"traceback", error.traceback}};
}

// What a program writes in pieces is one text: readers join them, and so do we.
void add_stream(Json& outputs, Json output) {
  if (!outputs.empty() && outputs.back()["output_type"] == "stream" &&
      outputs.back()["name"] == output["name"])
    outputs.back()["text"] =
        outputs.back()["text"].get<std::string>() + output["text"].get<std::string>();
  else
    outputs.push_back(std::move(output));
}

Json outputs_of(const Cell& cell) {
  Json outputs = Json::array();
  for (const Event& event : cell.outcome) {
    if (const auto* output = std::get_if<Output>(&event))
      add_stream(outputs, output_of(*output));
    else if (const auto* shown = std::get_if<Shown>(&event))
      outputs.push_back(output_of(*shown, cell.number));
    else if (const auto* error = std::get_if<ErrorRaised>(&event))
      outputs.push_back(output_of(*error));
  }
  for (Json& output : outputs)
    if (output["output_type"] == "stream")
      output["text"] = lines_of(output["text"].get<std::string>());
  return outputs;
}

Json cell_of(const Cell& cell, const std::string& lang) {
  Json metadata = {{"quern", {{"lang", cell.place.lang}, {"ctx", cell.place.ctx}}}};
  if (cell.mode == RunMode::batch) metadata["quern"]["batch"] = true;
  if (cell.place.lang != lang) metadata["vscode"] = {{"languageId", cell.place.lang}};
  return {{"cell_type", "code"},
          {"id", "in-" + std::to_string(cell.number)},
          {"execution_count", cell.number},
          {"metadata", std::move(metadata)},
          {"source", lines_of(cell.code)},
          {"outputs", outputs_of(cell)}};
}

// --- Markdown ------------------------------------------------------------------------------------

// A fence is longer than any row of backticks within.
std::string fenced(const std::string& text, const std::string& word) {
  std::size_t longest = 2, row = 0;
  for (const char c : text) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  const std::string fence(longest + 1, '`');
  return fence + word + "\n" + text + (text.ends_with('\n') || text.empty() ? "" : "\n") + fence +
         "\n\n";
}

// Colours are for terminals.
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b' || i + 1 >= text.size() || text[i + 1] != '[') {
      plain += text[i];
      continue;
    }
    for (i += 2; i < text.size() && (text[i] < '@' || text[i] > '~'); ++i) {
    }
  }
  return plain;
}

class MarkdownOutcome {
 public:
  void add(const Output& output) { text_ += without_escapes(output.bytes.view()); }
  void add(const ErrorRaised& error) {
    begin_line();
    for (const std::string& entry : error.traceback) text_ += without_escapes(entry) + "\n";
    if (error.traceback.empty())
      text_ += error.name + (error.message.empty() ? "" : ": " + error.message) + "\n";
  }
  // The best of its parts: a picture, Markdown of its own, or its text.
  void add(const Shown& shown) {
    std::string picture, own, plain;
    for (const auto& [mime, bytes] : forms_of(shown)) {
      if (is_picture(mime) && picture.empty())
        picture = "![](data:" + std::string(mime) + ";base64," + base64_of(bytes) + ")\n\n";
      if (mime == "text/markdown") own = std::string(bytes) + "\n\n";
      if (mime == "text/plain") plain = without_escapes(bytes) + "\n";
    }
    if (picture.empty() && own.empty()) {
      begin_line();
      text_ += plain;
      return;
    }
    flush();
    done_ += picture.empty() ? own : picture;
  }
  std::string take() {
    flush();
    return std::move(done_);
  }

 private:
  void begin_line() {
    if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
  }
  void flush() {
    if (!text_.empty()) done_ += fenced(text_, "text");
    text_.clear();
  }
  std::string done_, text_;
};

std::string markdown_of(const Cell& cell) {
  MarkdownOutcome outcome;
  for (const Event& event : cell.outcome) {
    if (const auto* output = std::get_if<Output>(&event))
      outcome.add(*output);
    else if (const auto* shown = std::get_if<Shown>(&event))
      outcome.add(*shown);
    else if (const auto* error = std::get_if<ErrorRaised>(&event))
      outcome.add(*error);
  }
  return fenced(cell.code, cell.place.lang) + outcome.take() +
         (cell.cut ? "(Some of its output was not kept.)\n\n" : "");
}

}  // namespace

std::string as_source(const std::deque<Cell>& cells, const std::string& lang) {
  std::string text;
  for (const Cell& cell : cells) {
    if (cell.place.lang != lang || cell.mode != RunMode::query) continue;
    text += (text.empty() ? "" : "\n") + cell.code + (cell.code.ends_with('\n') ? "" : "\n");
  }
  return text;
}

std::string as_markdown(const std::deque<Cell>& cells) {
  std::string text = "# Session\n\n";
  Place before;
  for (const Cell& cell : cells) {
    if (cell.place != before)
      text += "## " + cell.place.lang + (cell.place.ctx == "main" ? "" : ": " + cell.place.ctx) +
              "\n\n";
    before = cell.place;
    text += markdown_of(cell);
  }
  text.pop_back();  // the file ends with one newline
  return text;
}

std::string as_notebook(const std::deque<Cell>& cells, const std::string& lang,
                        const std::string& title) {
  Json notebook = {{"cells", Json::array()},
                   {"metadata",
                    {{"kernelspec", {{"display_name", title}, {"language", lang}, {"name", lang}}},
                     {"language_info", {{"name", lang}}}}},
                   {"nbformat", 4},
                   {"nbformat_minor", 5}};
  for (const Cell& cell : cells) notebook["cells"].push_back(cell_of(cell, lang));
  return notebook.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quern
