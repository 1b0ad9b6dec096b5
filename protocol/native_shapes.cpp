// SPDX-License-Identifier: Apache-2.0
#include "native_shapes.hpp"

namespace quern::native {
namespace {

std::optional<std::string_view> str_of(const msgpack::object& from) {
  if (from.type != msgpack::type::STR) return std::nullopt;
  return std::string_view(from.via.str.ptr, from.via.str.size);
}

std::optional<std::string_view> str_or_bin_of(const msgpack::object& from) {
  if (from.type != msgpack::type::BIN) return str_of(from);
  return std::string_view(from.via.bin.ptr, from.via.bin.size);
}

}  // namespace

bool Text::read(const msgpack::object& from, std::string& to, Fault& fault) const {
  const auto text = str_of(from);
  if (!text || text->size() < least || first_invalid_utf8(*text))
    return fault.wrong(expected(), from);
  to = *text;
  return true;
}

bool Bytes::read(const msgpack::object& from, std::string& to, Fault& fault) const {
  const auto bytes = str_or_bin_of(from);
  if (!bytes || bytes->size() < least || bytes->find('\0') != bytes->npos)
    return fault.wrong(expected(), from);
  to = *bytes;
  return true;
}

bool Id::read(const msgpack::object& from, std::string& to, Fault& fault) const {
  const auto text = str_of(from);
  if (!text || !is_id(*text)) return fault.wrong(expected(), from);
  to = *text;
  return true;
}

bool Flag::read(const msgpack::object& from, bool& to, Fault& fault) const {
  if (from.type != msgpack::type::BOOLEAN) return fault.wrong(expected(), from);
  to = from.via.boolean;
  return true;
}

bool Either::read(const msgpack::object& from, bool& to, Fault& fault) const {
  const auto text = str_of(from);
  if (text != no && text != yes) return fault.wrong(expected(), from);
  to = text == yes;
  return true;
}

bool Number::read(const msgpack::object& from, double& to, Fault& fault) const {
  switch (from.type) {
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64: to = from.via.f64; return true;
    case msgpack::type::POSITIVE_INTEGER: to = static_cast<double>(from.via.u64); return true;
    case msgpack::type::NEGATIVE_INTEGER: to = static_cast<double>(from.via.i64); return true;
    default: return fault.wrong(expected(), from);
  }
}

std::string AnyMap::expected() const {
  if (most == std::numeric_limits<std::size_t>::max()) return "a map";
  return "a map of at most " + std::to_string(most) + " bytes";
}

bool AnyMap::read(const msgpack::object& from, RawMap& to, Fault& fault) const {
  if (from.type != msgpack::type::MAP) return fault.wrong(expected(), from);
  HeadBuffer buffer;
  Packer(buffer).pack(from);
  to.bytes = buffer.take();
  return to.bytes.size() <= most || fault.wrong(expected(), from);
}

void AnyMap::write(Packer& out, const RawMap& value) const {
  // The bytes are a whole object already.
  if (value.bytes.empty())
    out.pack_map(0);
  else
    out.buffer().write(value.bytes.data(), value.bytes.size());
}

bool VariableName::read(const msgpack::object& from, std::string& to, Fault& fault) const {
  const auto bytes = str_or_bin_of(from);
  if (!bytes || bytes->empty() || bytes->find_first_of(std::string_view("=\0", 2)) != bytes->npos)
    return fault.wrong(expected(), from);
  to = *bytes;
  return true;
}

bool StepShape::read(const msgpack::object& from, Step& to, Fault& fault) const {
  if (from.type == msgpack::type::ARRAY) {
    Argv argv;
    if (!Arguments{.least = 1}.read(from, argv, fault)) return false;
    to = std::move(argv);
    return true;
  }
  std::string command;
  if (!Bytes{}.read(from, command, fault)) return fault.wrong(expected(), from);
  if (command.empty())
    to = Skip{};
  else if (command == "*")
    to = Heuristic{};
  else
    to = std::move(command);
  return true;
}

void StepShape::write(Packer& out, const Step& value) const {
  if (std::holds_alternative<Skip>(value))
    pack_valid_text(out, "");
  else if (std::holds_alternative<Heuristic>(value))
    pack_valid_text(out, "*");
  else if (const auto* command = std::get_if<std::string>(&value))
    pack_bytes(out, *command);
  else
    Arguments{}.write(out, std::get<Argv>(value));
}

}  // namespace quern::native
