// SPDX-License-Identifier: Apache-2.0
#include "native_codec.hpp"
#include "native_fields_run.hpp"
#include "native_writer.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace quern {
namespace native {

bool is_code(std::string_view code, Fault& fault) {
  const auto nul = code.find('\0');
  if (nul != code.npos)
    return fault.says("the code has a NUL at byte " + std::to_string(nul) +
                      "; it must be text without NUL.");
  if (const auto bad = first_invalid_utf8(code))
    return fault.says("the code is not UTF-8 at byte " + std::to_string(*bad) + ".");
  return true;
}

bool is_code_with_cursor(std::string_view code, std::uint64_t cursor, Fault& fault) {
  if (!is_code(code, fault)) return false;
  if (cursor <= code.size()) return true;
  return fault.says("key `cursor` is " + std::to_string(cursor) + ", but the code has only " +
                    std::to_string(code.size()) + " bytes.");
}

bool Table<StartRun>::holds(const StartRun& run, Fault& fault) {
  const bool heuristic = std::holds_alternative<Heuristic>(run.build) ||
                         std::holds_alternative<Heuristic>(run.exec) ||
                         std::holds_alternative<Heuristic>(run.clean);
  const bool without_adapter = (run.mode == RunMode::batch && !heuristic) ||
                               (run.mode == RunMode::tty && !run.command.empty());
  if (run.lang.empty() && !without_adapter)
    return fault.says(
        "key `lang` is missing; only a batch with explicit commands and a tty with a `command` may "
        "leave it out.");
  return run.mode != RunMode::query || is_code(run.code, fault);
}

namespace {

using Acks = std::map<std::string, std::int64_t>;
using AcksShape = MapOf<Id, Integer<std::int64_t>>;
constexpr AcksShape acks_shape{{}, {0}};

// Writes `op`, `id`, `acks` and the op's own keys.
template <class T>
Frames encode(const std::string& id, const T& op, typename Writer<T>::Bodies bodies,
              const Acks& acks = {}) {
  HeadBuffer buffer;
  buffer.reserve(128);
  Packer out(buffer);
  const std::size_t at = buffer.open_map();
  pack_valid_text(out, "op");
  pack_valid_text(out, Table<T>::name);
  pack_valid_text(out, "id");
  pack_text(out, id);
  if (!acks.empty()) {
    pack_valid_text(out, "acks");
    acks_shape.write(out, acks);
  }
  Writer<T> writer(out, op, bodies);
  Table<T>::fields(writer);
  buffer.close_map(at, writer.entries() + (acks.empty() ? 2 : 3));
  return {buffer.take(), writer.take_body()};
}

// Eight bytes a step, each step mixing all bits: tells requests apart, is no defence against
// forgery.
std::uint64_t hashed(std::uint64_t hash, std::string_view bytes) {
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 29;
  };
  mix(bytes.size());
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  mix(rest);
  return hash;
}

std::string traceparent_of(const RawMap& meta) {
  if (meta.bytes.size() <= 1) return "";  // nothing is in it
  const auto map = Head::parse(meta.bytes, max_head);
  const auto* found = map ? find(map->map(), "traceparent") : nullptr;
  std::string text;
  Fault unused;
  if (found) Text{}.read(*found, text, unused);
  return text;
}

// What StartRun tells beyond its keys. The head is hashed as this codec writes it, so that a
// request made again with its keys in another order is still the same.
void complete(const std::string& id, std::string_view body, StartRun& run) {
  run.traceparent = traceparent_of(run.meta);
  const Frames canonical = encode(id, run, Writer<StartRun>::Bodies::skip);
  run.fingerprint = hashed(hashed(0, canonical.head), body);
}
template <class T>
void complete(const std::string&, std::string_view, T&) {}

using Decoded = boost::system::result<Request, Rejected>;

template <class T>
Decoded decode_as(std::string id, const Head& head, std::string_view body) {
  T op;
  Fault fault;
  if (!read_struct(head.map(), body, op, fault))
    return Rejected{
        std::move(id),
        {ErrorCode::bad_request, "`" + std::string(Table<T>::name) + "`: " + fault.sentence()}};
  complete(id, body, op);
  return Request{std::move(id), std::move(op), {}};
}

template <class T>
struct Kind {
  using type = T;
};

// Calls the visitor with each op's type until it returns true.
template <class Visitor>
bool any_op(const Visitor& visitor) {
  return [&]<class... Ops>(Kind<std::variant<Ops...>>) {
    return (visitor(Kind<Ops>{}) || ...);
  }(Kind<Op>{});
}

// How many letters must change to make one word the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

Error unknown_op(std::string_view op) {
  std::string nearest;
  std::string all;
  std::size_t least = op.size() > 16 ? 0 : 3;  // farther than two letters is another word
  any_op([&]<class T>(Kind<T>) {
    const std::string_view name = Table<T>::name;
    const std::size_t away = least > 0 ? distance(op, name) : least;
    if (away < least) least = away, nearest = name;
    all.append(all.empty() ? "" : ", ").append(name);
    return false;
  });
  const std::string hint =
      nearest.empty() ? "The ops are: " + all + "." : "Did you mean `" + nearest + "`?";
  return {ErrorCode::unknown_op, "There is no op " + in_quotes(op) + ". " + hint};
}

}  // namespace
}  // namespace native

void throw_exception_from_error(const Rejected& rejected, const boost::source_location&) {
  throw std::logic_error(rejected.error.message);
}

namespace native {
namespace {

Decoded decode(const Head& head, std::string_view body, bool is_ack) {
  const auto bad = [](std::string id, std::string text) {
    return Rejected{std::move(id), {ErrorCode::bad_request, std::move(text)}};
  };
  std::string id;
  Fault fault;
  const auto* id_key = find(head.map(), "id");
  if (!id_key && !is_ack)
    return bad("", "The key `id` is missing; it must be " + Id{}.expected() + ".");
  // Nobody is answered by an `ack`'s id, so none is asked for.
  const bool named = id_key && Id{}.read(*id_key, id, fault);
  if (!named && !is_ack) return bad("", (fault.within("id"), "The " + fault.sentence()));

  if (body.size() > max_body)
    return Rejected{
        std::move(id),
        {ErrorCode::limit, "The body has " + std::to_string(body.size()) + " bytes; at most " +
                               std::to_string(max_body) + " are allowed."}};
  std::string name;
  const auto* op_key = find(head.map(), "op");
  if (!op_key) return bad(id, "The key `op` is missing; it must name what to do.");
  if (!Text{}.read(*op_key, name, fault))
    return bad(id, (fault.within("op"), "The " + fault.sentence()));

  Acks acks;
  const auto* acks_key = find(head.map(), "acks");
  if (acks_key && !acks_shape.read(*acks_key, acks, fault))
    return bad(id, (fault.within("acks"), "The " + fault.sentence()));

  std::optional<Decoded> decoded;
  any_op([&]<class T>(Kind<T>) {
    if (name != Table<T>::name) return false;
    decoded = decode_as<T>(id, head, body);
    return true;
  });
  if (!decoded) return Rejected{std::move(id), unknown_op(name)};
  if (*decoded) (*decoded)->acks = std::move(acks);
  return std::move(*decoded);
}

bool says_ack(const Head& head) {
  const auto* op = find(head.map(), "op");
  std::string name;
  Fault unused;
  return op && Text{}.read(*op, name, unused) && name == Table<Ack>::name;
}

}  // namespace
}  // namespace native

boost::system::result<Request, Rejected> decode_request(std::string_view head_bytes,
                                                        std::string_view body) {
  const auto head = native::Head::parse(head_bytes, max_head);
  if (!head) return Rejected{"", head.error()};
  const bool is_ack = native::says_ack(*head);
  native::Decoded decoded = native::decode(*head, body, is_ack);
  if (!decoded && is_ack) {
    Rejected silent = decoded.error();
    silent.silent = true;
    return silent;
  }
  return decoded;
}

Frames encode_request(const Request& request) {
  return std::visit(
      [&]<class T>(const T& op) {
        return native::encode(request.id, op, native::Writer<T>::Bodies::carry, request.acks);
      },
      request.op);
}

}  // namespace quern
