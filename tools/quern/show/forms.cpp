// SPDX-License-Identifier: Apache-2.0
#include "forms.hpp"

#include <algorithm>
#include <cstdint>

namespace quern {
namespace {

std::optional<Form> find(const std::vector<Form>& forms, std::string_view mime) {
  for (const Form& form : forms)
    if (form.mime == mime) return form;
  return std::nullopt;
}

bool is_frame(const Form& html) {
  return html.bytes.find("class=\"dataframe\"") != std::string_view::npos;
}

}  // namespace

std::vector<Form> forms_of(const Shown& shown) {
  std::vector<Form> forms;
  std::string_view bytes = shown.bytes.view();
  for (const Part& part : shown.parts) {
    const auto size = std::min<std::uint64_t>(part.size, bytes.size());
    forms.push_back({part.mime, bytes.substr(0, static_cast<std::size_t>(size))});
    bytes.remove_prefix(forms.back().bytes.size());
  }
  return forms;
}

bool is_stand_in(std::string_view text) {
  return text.starts_with('<') && text.ends_with('>') && text.find('\n') == std::string_view::npos;
}

std::optional<Form> picture_among(const std::vector<Form>& forms) {
  if (const auto png = find(forms, "image/png")) return png;
  return find(forms, "image/jpeg");
}

std::optional<Form> file_among(const std::vector<Form>& forms) {
  if (const auto picture = picture_among(forms)) return picture;
  for (const Form& form : forms)
    if (form.mime.starts_with("image/") || form.mime == "application/pdf") return form;
  return std::nullopt;
}

std::optional<Form> text_among(const std::vector<Form>& forms) {
  const auto html = find(forms, "text/html");
  if (html && is_frame(*html)) return html;
  const auto plain = find(forms, "text/plain");
  if (plain && !is_stand_in(plain->bytes)) return plain;
  for (const char* mime : {"text/markdown", "text/html", "text/latex", "application/json"})
    if (const auto form = find(forms, mime)) return form;
  return plain;
}

}  // namespace quern
