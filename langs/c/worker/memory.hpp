// SPDX-License-Identifier: Apache-2.0
//
// Writes an object that lies in memory as text, by the type that the compiler knows: {a = 1, b =
// "x"}.
//
// Scalars, enumerators by name, pointers, strings, arrays, plain structs and unions, and
// std::string. Text that a pointer leads to is read through the kernel, so that a stray pointer is
// shown as one; all else is read directly. Pure but for that memory.
#pragma once

#include <clang/AST/Type.h>

#include <string>

namespace clang {
class ASTContext;
class FieldDecl;
}  // namespace clang

namespace quern {

class MemoryText {
 public:
  explicit MemoryText(clang::ASTContext& context) : context_(context) {}

  // True when write() has more to say of it than its type's name.
  bool knows(clang::QualType type, int depth = 0) const;
  void write(clang::QualType type, const char* at, std::string& out, int depth = 0) const;

 private:
  void write_builtin(const clang::BuiltinType* type, const char* at, std::string& out) const;
  void write_enum(const clang::EnumType* type, const char* at, std::string& out) const;
  void write_pointer(clang::QualType pointee, const char* at, std::string& out) const;
  void write_array(const clang::ConstantArrayType* type, const char* at, std::string& out,
                   int depth) const;
  void write_record(const clang::RecordType* type, const char* at, std::string& out,
                    int depth) const;
  void write_bits(const clang::FieldDecl* field, unsigned long offset, const char* at,
                  std::string& out) const;

  clang::ASTContext& context_;
};

void write_quoted(std::string_view text, char quote, std::string& out);
void write_number(double number, std::string& out);
void write_number(float number, std::string& out);
void write_number(long double number, std::string& out);
void write_address(const void* address, std::string& out);
// Up to the NUL at its end; as an address where nothing can be read.
void write_text_at(const char* text, std::string& out);

}  // namespace quern
