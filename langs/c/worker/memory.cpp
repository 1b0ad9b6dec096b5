// SPDX-License-Identifier: Apache-2.0
#include "memory.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/RecordLayout.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <unistd.h>

namespace quern {
namespace {

constexpr int deepest = 8;
constexpr unsigned long most_elements = 1000;
constexpr std::size_t longest_text = 64 * 1024;
constexpr std::size_t piece_size = 256;

template <class Number>
Number read_as(const char* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

#ifdef __cpp_lib_to_chars
template <class Number>
std::size_t write_digits(Number number, char* text, std::size_t room) {
  return static_cast<std::size_t>(std::to_chars(text, text + room, number).ptr - text);
}
#else  // in Debian 11
float read_back(const char* text, float) { return std::strtof(text, nullptr); }
double read_back(const char* text, double) { return std::strtod(text, nullptr); }
long double read_back(const char* text, long double) { return std::strtold(text, nullptr); }

template <class Number>
std::size_t write_digits(Number number, char* text, std::size_t room) {
  int size = 0;
  for (int digits = 1; digits <= std::numeric_limits<Number>::max_digits10; ++digits) {
    size = std::snprintf(text, room, "%.*Lg", digits, static_cast<long double>(number));
    if (read_back(text, number) == number) break;
  }
  return static_cast<std::size_t>(size);
}
#endif

template <class Number>
void write_shortest(Number number, std::string& out) {
  char text[64];
  std::string_view digits(text, write_digits(number, text, sizeof text));
  out += digits;
  if (digits.find_first_not_of("-0123456789") == std::string_view::npos) {
    out += ".0";
  }
}

__int128 integer_at(const char* at, unsigned long size, bool is_signed) {
  switch (size) {
    case 1: return is_signed ? __int128(read_as<std::int8_t>(at)) : read_as<std::uint8_t>(at);
    case 2: return is_signed ? __int128(read_as<std::int16_t>(at)) : read_as<std::uint16_t>(at);
    case 4: return is_signed ? __int128(read_as<std::int32_t>(at)) : read_as<std::uint32_t>(at);
    case 8: return is_signed ? __int128(read_as<std::int64_t>(at)) : read_as<std::uint64_t>(at);
    default: return read_as<__int128>(at);
  }
}

void write_integer(unsigned __int128 number, std::string& out) {
  char digits[40];
  char* at = digits + sizeof digits;
  do {
    *--at = static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  } while (number);
  out.append(at, static_cast<std::size_t>(digits + sizeof digits - at));
}

void write_signed(__int128 number, std::string& out) {
  if (number < 0) {
    out += '-';
  }
  write_integer(
      number < 0 ? -static_cast<unsigned __int128>(number) : static_cast<unsigned __int128>(number),
      out);
}

bool is_char(clang::QualType type) {
  const auto* builtin = type.getCanonicalType()->getAs<clang::BuiltinType>();
  return builtin && (builtin->getKind() == clang::BuiltinType::Char_S ||
                     builtin->getKind() == clang::BuiltinType::Char_U ||
                     builtin->getKind() == clang::BuiltinType::Char8);
}

bool is_string(const clang::RecordDecl* record) {
  const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
  return made && made->getName() == "basic_string" && made->isInStdNamespace() &&
         is_char(made->getTemplateArgs().get(0).getAsType());
}

// A pipe takes what can be read and says EFAULT of what cannot.
class Probe {
 public:
  Probe() : open_(pipe2(ends_, O_CLOEXEC | O_NONBLOCK) == 0) {}
  ~Probe() {
    if (open_) {
      close(ends_[0]);
      close(ends_[1]);
    }
  }
  // How many bytes of these could be copied.
  std::size_t copy(const char* from, char* to, std::size_t count) const {
    ssize_t in = open_ ? ::write(ends_[1], from, count) : -1;
    ssize_t out = in > 0 ? ::read(ends_[0], to, static_cast<std::size_t>(in)) : 0;
    return out > 0 ? static_cast<std::size_t>(out) : 0;
  }

 private:
  int ends_[2];
  bool open_;
};

}  // namespace

void write_quoted(std::string_view text, char quote, std::string& out) {
  out += quote;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", byte);
      out += octal;
    } else {
      out += c;
    }
  }
  out += quote;
}

void write_number(double number, std::string& out) { write_shortest(number, out); }
void write_number(float number, std::string& out) { write_shortest(number, out); }
void write_number(long double number, std::string& out) { write_shortest(number, out); }

void write_address(const void* address, std::string& out) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%lx", reinterpret_cast<unsigned long>(address));
  out += text;
}

void write_text_at(const char* text, std::string& out) {
  Probe probe;
  std::string found;
  char piece[piece_size];
  while (found.size() < longest_text) {
    const char* from = text + found.size();
    // Never across the border of a page, behind which nothing may be.
    std::size_t wanted = piece_size - reinterpret_cast<std::uintptr_t>(from) % piece_size;
    std::size_t count = probe.copy(from, piece, wanted);
    if (count == 0) {
      break;
    }
    if (const void* end = std::memchr(piece, 0, count)) {
      found.append(piece, static_cast<std::size_t>(static_cast<const char*>(end) - piece));
      write_quoted(found, '"', out);
      return;
    }
    found.append(piece, count);
  }
  if (found.size() >= longest_text) {
    write_quoted(found, '"', out);
    out += "...";
  } else {
    write_address(text, out);
  }
}

bool MemoryText::knows(clang::QualType type, int depth) const {
  type = type.getCanonicalType();
  if (depth > deepest) {
    return false;
  }
  if (type->isBuiltinType() || type->isEnumeralType() || type->isPointerType()) {
    return !type->isDependentType();
  }
  if (const auto* array = context_.getAsConstantArrayType(type)) {
    return knows(array->getElementType(), depth + 1);
  }
  const auto* record = type->getAs<clang::RecordType>();
  if (!record || !record->getDecl()->getDefinition()) {
    return false;
  }
  const clang::RecordDecl* definition = record->getDecl()->getDefinition();
  if (is_string(definition)) {
    return true;
  }
  if (const auto* type_of_cpp = llvm::dyn_cast<clang::CXXRecordDecl>(definition)) {
    if (!type_of_cpp->isAggregate() || type_of_cpp->getNumBases() > 0 || type_of_cpp->isLambda() ||
        type_of_cpp->isInStdNamespace()) {
      return false;
    }
  }
  for (const clang::FieldDecl* field : definition->fields()) {
    if (!knows(field->getType(), depth + 1)) {
      return false;
    }
  }
  return true;
}

void MemoryText::write(clang::QualType type, const char* at, std::string& out, int depth) const {
  type = type.getCanonicalType();
  if (const auto* atomic = type->getAs<clang::AtomicType>()) {
    type = atomic->getValueType().getCanonicalType();
  }
  if (const auto* builtin = type->getAs<clang::BuiltinType>()) {
    write_builtin(builtin, at, out);
  } else if (const auto* values = type->getAs<clang::EnumType>()) {
    write_enum(values, at, out);
  } else if (const auto* pointer = type->getAs<clang::PointerType>()) {
    write_pointer(pointer->getPointeeType(), read_as<const char*>(at), out);
  } else if (const auto* array = context_.getAsConstantArrayType(type); array && depth < deepest) {
    write_array(array, at, out, depth);
  } else if (const auto* record = type->getAs<clang::RecordType>(); record && knows(type, depth)) {
    write_record(record, at, out, depth);
  } else if (type->isFunctionType()) {
    write_address(at, out);
  } else {
    out += "<" + type.getAsString(context_.getPrintingPolicy()) + ">";
  }
}

void MemoryText::write_builtin(const clang::BuiltinType* type, const char* at,
                               std::string& out) const {
  switch (type->getKind()) {
    case clang::BuiltinType::Bool: out += *at ? "true" : "false"; return;
    case clang::BuiltinType::Char_S:
    case clang::BuiltinType::Char_U:
    case clang::BuiltinType::Char8: write_quoted(std::string_view(at, 1), '\'', out); return;
    case clang::BuiltinType::Float: write_number(read_as<float>(at), out); return;
    case clang::BuiltinType::Double: write_number(read_as<double>(at), out); return;
    case clang::BuiltinType::LongDouble: write_number(read_as<long double>(at), out); return;
    case clang::BuiltinType::NullPtr: out += "nullptr"; return;
    default: break;
  }
  if (!type->isInteger()) {
    out += "<" + type->getName(context_.getPrintingPolicy()).str() + ">";
    return;
  }
  auto size = static_cast<unsigned long>(context_.getTypeSizeInChars(type).getQuantity());
  __int128 number = integer_at(at, size, type->isSignedInteger());
  if (type->isSignedInteger()) {
    write_signed(number, out);
  } else {
    write_integer(static_cast<unsigned __int128>(number), out);
  }
}

void MemoryText::write_enum(const clang::EnumType* type, const char* at, std::string& out) const {
  const clang::EnumDecl* values = type->getDecl()->getDefinition();
  if (!values) {
    values = type->getDecl();
  }
  auto size = static_cast<unsigned long>(context_.getTypeSizeInChars(type).getQuantity());
  bool is_signed = values->getIntegerType()->isSignedIntegerType();
  __int128 number = integer_at(at, size, is_signed);
  for (const clang::EnumConstantDecl* value : values->enumerators()) {
    if (value->getInitVal().getExtValue() == static_cast<std::int64_t>(number)) {
      out += values->isScoped() ? values->getNameAsString() + "::" : "";
      out += value->getName();
      return;
    }
  }
  write_signed(number, out);
}

void MemoryText::write_pointer(clang::QualType pointee, const char* at, std::string& out) const {
  if (!at) {
    out += context_.getLangOpts().CPlusPlus ? "nullptr" : "NULL";
  } else if (is_char(pointee)) {
    write_text_at(at, out);
  } else {
    write_address(at, out);
  }
}

void MemoryText::write_array(const clang::ConstantArrayType* type, const char* at, std::string& out,
                             int depth) const {
  unsigned long count = type->getSize().getZExtValue();
  if (is_char(type->getElementType())) {
    write_quoted(std::string_view(at, strnlen(at, count)), '"', out);
    return;
  }
  auto size =
      static_cast<unsigned long>(context_.getTypeSizeInChars(type->getElementType()).getQuantity());
  out += '{';
  for (unsigned long i = 0; i < count; ++i) {
    out += i ? ", " : "";
    if (i == most_elements) {
      out += "...";
      break;
    }
    write(type->getElementType(), at + i * size, out, depth + 1);
  }
  out += '}';
}

void MemoryText::write_bits(const clang::FieldDecl* field, unsigned long offset, const char* at,
                            std::string& out) const {
  unsigned width = field->getBitWidthValue(context_);
  std::uint64_t number = 0;
  for (unsigned i = 0; i < width && i < 64; ++i) {
    unsigned long bit = offset + i;
    number |= std::uint64_t((static_cast<unsigned char>(at[bit / 8]) >> (bit % 8)) & 1) << i;
  }
  bool is_signed = field->getType()->isSignedIntegerOrEnumerationType();
  if (is_signed && width > 0 && width < 64 && ((number >> (width - 1)) & 1)) {
    number |= ~std::uint64_t(0) << width;
  }
  if (is_signed) {
    write_signed(static_cast<std::int64_t>(number), out);
  } else {
    write_integer(number, out);
  }
}

void MemoryText::write_record(const clang::RecordType* type, const char* at, std::string& out,
                              int depth) const {
  const clang::RecordDecl* record = type->getDecl()->getDefinition();
  if (is_string(record)) {
    write_quoted(
        std::string_view(read_as<const char*>(at), read_as<std::size_t>(at + sizeof(char*))), '"',
        out);
    return;
  }
  const clang::ASTRecordLayout& layout = context_.getASTRecordLayout(record);
  out += '{';
  bool first = true;
  for (const clang::FieldDecl* field : record->fields()) {
    unsigned long offset = layout.getFieldOffset(field->getFieldIndex());
    if (field->isUnnamedBitField()) {
      continue;
    }
    out += first ? "" : ", ";
    first = false;
    if (!field->getName().empty()) {
      out += field->getName().str() + " = ";
    }
    if (field->isBitField()) {
      write_bits(field, offset, at, out);
    } else {
      write(field->getType(), at + offset / 8, out, depth + 1);
    }
  }
  out += '}';
}

}  // namespace quern
