// SPDX-License-Identifier: Apache-2.0
#include "key_decoder.hpp"

#include <algorithm>
#include <cstdlib>

namespace quern {
namespace {

constexpr char escape = '\x1b';
constexpr const char* paste_begins = "200";
constexpr std::string_view paste_ends = "\x1b[201~";
constexpr const char* not_utf8 = "\xEF\xBF\xBD";

Key::Code code_of_number(int number) {
  switch (number) {
    case 1:
    case 7: return Key::Code::home;
    case 4:
    case 8: return Key::Code::end;
    case 3: return Key::Code::erase;
    default: return Key::Code::unknown;
  }
}

Key::Code code_of_letter(char letter) {
  switch (letter) {
    case 'A': return Key::Code::up;
    case 'B': return Key::Code::down;
    case 'C': return Key::Code::right;
    case 'D': return Key::Code::left;
    case 'H': return Key::Code::home;
    case 'F': return Key::Code::end;
    case 'Z': return Key::Code::back_tab;
    default: return Key::Code::unknown;
  }
}

Key key_of_byte(char byte) {
  switch (byte) {
    case '\r':
    case '\n': return {Key::Code::enter, "", false, false};
    case '\t': return {Key::Code::tab, "", false, false};
    case '\b':
    case '\x7f': return {Key::Code::backspace, "", false, false};
    case '\0': return {Key::Code::unknown, "", false, false};
    case '\x1f': return {Key::Code::character, "_", true, false};
    default:
      return {Key::Code::character, std::string(1, static_cast<char>(byte | 0x60)), true, false};
  }
}

std::size_t size_of_character(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// A terminal sends a carriage return for each end of a line.
std::string with_newlines(std::string text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      result += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      result += '\n';
  }
  return result;
}

constexpr std::string_view picture_answer = "\x1b_G";
constexpr std::string_view name_answer = "\x1bP>|";

// Not so the other: Escape and _ are a key that must not wait.
bool begins_name_answer(std::string_view bytes) {
  return bytes.size() > 1 && bytes.size() < name_answer.size() && name_answer.starts_with(bytes);
}

}  // namespace

std::optional<Key> KeyDecoder::next() {
  if (pasting_) return pasted();
  if (bytes_.empty()) return std::nullopt;
  std::size_t at = 0;
  std::optional<Key> key = decode(at);
  if (!key) return std::nullopt;
  bytes_.erase(0, at);
  if (key->code != Key::Code::paste) return key;
  pasting_ = true;
  return pasted();
}

bool KeyDecoder::has_lone_escape() const {
  return !pasting_ && (bytes_ == "\x1b" || bytes_ == "\x1b\x1b" || bytes_ == "\x1bO" ||
                       begins_name_answer(bytes_));
}

Key KeyDecoder::take_lone_escape() {
  bytes_.erase(0, 1);
  return {Key::Code::escape, "", false, false};
}

std::optional<Key> KeyDecoder::pasted() {
  const std::size_t end = bytes_.find(paste_ends, searched_);
  if (end == std::string::npos) {
    // The mark itself may come in pieces.
    searched_ = bytes_.size() - std::min(bytes_.size(), paste_ends.size() - 1);
    return std::nullopt;
  }
  Key key{Key::Code::paste, with_newlines(bytes_.substr(0, end)), false, false};
  bytes_.erase(0, end + paste_ends.size());
  pasting_ = false;
  searched_ = 0;
  return key;
}

std::optional<Key> KeyDecoder::decode(std::size_t& at) const {
  const char first = bytes_[at];
  if (first == escape) {
    if (at + 1 == bytes_.size()) return std::nullopt;
    const std::string_view rest = std::string_view(bytes_).substr(at);
    if (rest.starts_with(picture_answer) || rest.starts_with(name_answer)) return answer(at);
    if (begins_name_answer(rest)) return std::nullopt;
    if (bytes_[at + 1] == '[' || bytes_[at + 1] == 'O') return control_sequence(at);
    ++at;
    std::optional<Key> key = decode(at);
    if (key) key->alt = true;
    return key;
  }
  if (static_cast<unsigned char>(first) >= 0x20 && first != '\x7f') return character(at);
  ++at;
  return key_of_byte(first);
}

// What a terminal answers late, to a question that nobody waits for any more: no key.
std::optional<Key> KeyDecoder::answer(std::size_t& at) const {
  const std::size_t end = bytes_.find("\x1b\\", at + 2);
  if (end == std::string::npos) return std::nullopt;
  at = end + 2;
  return Key{};
}

// ESC [ parameters letter, or ESC O letter. Of two parameters the second tells what was held down.
std::optional<Key> KeyDecoder::control_sequence(std::size_t& at) const {
  std::size_t end = at + 2;
  const bool has_parameters = bytes_[at + 1] == '[';
  while (has_parameters && end < bytes_.size() && bytes_[end] >= 0x20 && bytes_[end] < 0x40) ++end;
  if (end == bytes_.size()) return std::nullopt;
  const std::string parameters = bytes_.substr(at + 2, end - at - 2);
  const char letter = bytes_[end];
  at = end + 1;
  if (letter == '~' && parameters == paste_begins) return Key{Key::Code::paste, "", false, false};
  if (parameters.starts_with('?')) return Key{};  // an answer, too
  Key key;
  key.code = letter == '~' ? code_of_number(std::atoi(parameters.c_str())) : code_of_letter(letter);
  if (const std::size_t second = parameters.find(';'); second != std::string::npos) {
    const int held = std::atoi(parameters.c_str() + second + 1) - 1;
    key.alt = held > 0 && (held & 2) != 0;
    key.ctrl = held > 0 && (held & 4) != 0;
  }
  return key;
}

std::optional<Key> KeyDecoder::character(std::size_t& at) const {
  const std::size_t size = size_of_character(static_cast<unsigned char>(bytes_[at]));
  bool valid = size > 0;
  std::size_t have = 1;
  while (valid && have < size && at + have < bytes_.size()) {
    valid = (static_cast<unsigned char>(bytes_[at + have]) & 0xC0) == 0x80;
    if (valid) ++have;
  }
  if (valid && have < size) return std::nullopt;
  Key key{Key::Code::character, valid ? bytes_.substr(at, size) : not_utf8, false, false};
  at += have;
  return key;
}

}  // namespace quern
