// SPDX-License-Identifier: Apache-2.0
#include "worker_frame.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace quern {
namespace {

// Where the colon stands of a word that ends in a colon and digits, or npos.
std::size_t part_colon(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == word.size()) return std::string_view::npos;
  const std::string_view digits = word.substr(colon + 1);
  const bool all =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return all ? colon : std::string_view::npos;
}

bool is_kind(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// At most 40 bytes of a word, harmless in a message: a worker may have written anything.
std::string shown(std::string_view word) {
  std::string text = "`";
  for (const char c : word.substr(0, 40)) text += c > ' ' && c < '\x7F' ? c : '?';
  return text += word.size() > 40 ? "…`" : "`";
}

Error malformed(std::string what) {
  return {ErrorCode::internal,
          "The worker's reply is not a frame: " + std::move(what) +
              " (see langs/WORKER.md; does the user's code write to the worker's descriptor?)."};
}

void append_word(std::string& line, std::string_view word, bool as_part) {
  const bool readable = word.find_first_of(" \n") == std::string_view::npos &&
                        (part_colon(word) != std::string_view::npos) == as_part;
  if (!readable) throw std::logic_error("not a word of a worker's frame: " + std::string(word));
  line.append(1, ' ').append(word);
}

}  // namespace

std::string_view WorkerFrame::attribute(std::string_view key) const {
  for (const auto& [name, value] : attributes)
    if (name == key) return value;
  return {};
}

const std::string* WorkerFrame::part(std::string_view name) const {
  for (const auto& [part_name, bytes] : parts)
    if (part_name == name) return &bytes;
  return nullptr;
}

std::string encode(const WorkerFrame& frame) {
  if (!is_kind(frame.kind)) throw std::logic_error("not a kind of worker frame: " + frame.kind);
  std::string out = frame.kind;
  for (const auto& [key, value] : frame.attributes) {
    if (key.empty() || key.find('=') != std::string::npos)
      throw std::logic_error("not an attribute of a worker's frame: " + key);
    append_word(out, key + "=" + value, false);
  }
  std::size_t total = 0;
  for (const auto& [name, bytes] : frame.parts) {
    if (name.empty()) throw std::logic_error("a part of a worker's frame has no name");
    append_word(out, name + ":" + std::to_string(bytes.size()), true);
    total += bytes.size();
  }
  out += '\n';
  out.reserve(out.size() + total);
  for (const auto& [name, bytes] : frame.parts) out += bytes;
  return out;
}

std::string clipped(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  constexpr std::string_view mark = "…";
  std::size_t end = most > mark.size() ? most - mark.size() : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;  // whole characters
  return std::string(text.substr(0, end)).append(mark);
}

std::optional<std::int64_t> number(const WorkerFrame& frame, std::string_view key) {
  std::string_view text = frame.attribute(key);
  std::int64_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

void FrameReader::feed(std::string_view bytes) {
  if (broken_) return;
  compact();
  buffer_.append(bytes);
}

// Moving the rest to the front costs no more than what was taken since the last time: linear in
// all.
void FrameReader::compact() {
  if (taken_ < buffer_.size() / 2 || taken_ == 0) return;
  buffer_.erase(0, taken_);
  searched_ -= taken_;
  taken_ = 0;
}

std::optional<Error> FrameReader::read_word(std::string_view word, Pending& pending) {
  if (word.empty()) return malformed("it has two spaces in a row or one at its end");
  if (const std::size_t colon = part_colon(word); colon != std::string_view::npos) {
    if (colon == 0) return malformed("the part " + shown(word) + " has no name");
    std::size_t size = 0;
    const auto read = std::from_chars(word.data() + colon + 1, word.data() + word.size(), size);
    if (read.ec != std::errc() || size > max_frame_parts - pending.total)
      return malformed("with the part " + shown(word) + " it has more than 64 MiB");
    pending.total += size;
    pending.sizes.push_back(size);
    pending.frame.parts.emplace_back(word.substr(0, colon), std::string());
    return std::nullopt;
  }
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return malformed("the word " + shown(word) + " is neither `name:COUNT` nor `key=value`");
  pending.frame.attributes.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  return std::nullopt;
}

Result<FrameReader::Pending> FrameReader::read_line(std::string_view line) {
  Pending pending;
  std::size_t end = std::min(line.find(' '), line.size());
  pending.frame.kind = line.substr(0, end);
  if (!is_kind(pending.frame.kind))
    return malformed("it begins with " + shown(line.substr(0, end)) + " instead of a kind");
  while (end < line.size()) {
    const std::size_t begin = end + 1;
    end = std::min(line.find(' ', begin), line.size());
    if (auto error = read_word(line.substr(begin, end - begin), pending)) return *std::move(error);
  }
  return pending;
}

Result<std::optional<WorkerFrame>> FrameReader::next() {
  if (broken_) return *broken_;
  if (!pending_) {
    const std::size_t newline = buffer_.find('\n', searched_);
    searched_ = std::min(newline, buffer_.size());
    if (searched_ - taken_ > max_frame_line) {
      broken_ = malformed("its line is longer than 64 KiB");
      return *broken_;
    }
    if (newline == std::string::npos) return std::nullopt;
    Result<Pending> line = read_line(std::string_view(buffer_).substr(taken_, newline - taken_));
    if (!line) {
      broken_ = line.error();
      return *broken_;
    }
    pending_ = *std::move(line);
    taken_ = searched_ = newline + 1;
    buffer_.reserve(taken_ + pending_->total);
  }
  if (buffer_.size() - taken_ < pending_->total) return std::nullopt;
  for (std::size_t i = 0; i < pending_->sizes.size(); ++i) {
    pending_->frame.parts[i].second.assign(buffer_, taken_, pending_->sizes[i]);
    taken_ += pending_->sizes[i];
  }
  searched_ = taken_;
  if (taken_ == buffer_.size()) {
    buffer_.clear();
    // One large frame must not cost its memory for ever.
    if (buffer_.capacity() > mib) buffer_.shrink_to_fit();
    taken_ = searched_ = 0;
  }
  std::optional<WorkerFrame> frame = std::move(pending_->frame);
  pending_.reset();
  return frame;
}

}  // namespace quern
