// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include "failure.hpp"
#include "memory.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Sema/Lookup.h>
#include <clang/Sema/Sema.h>

namespace quern {
namespace {

Values* the_values = nullptr;

bool is_stream(clang::QualType type) {
  const auto* record = type->getAsCXXRecordDecl();
  if (!record || !record->isInStdNamespace() || !record->getDeclName().isIdentifier()) {
    return false;
  }
  llvm::StringRef name = record->getName();
  return name == "basic_ostream" || name == "basic_istream" || name == "basic_iostream" ||
         name == "basic_fstream" || name == "basic_ofstream" || name == "basic_ifstream";
}

// C has no other way to a temporary's address; a temporary of C++ takes its records for classes,
// and crashes.
clang::Expr* unnamed_object(clang::ASTContext& context, clang::Expr* value) {
  clang::TypeSourceInfo* type = context.getTrivialTypeSourceInfo(value->getType());
  return new (context)
      clang::CompoundLiteralExpr({}, type, value->getType(), clang::VK_LValue, value, false);
}

struct Builder : clang::RuntimeInterfaceBuilder {
  explicit Builder(clang::ExprResult (Values::*shown)(clang::Expr*), Values& values)
      : shown(shown), values(values) {}
  TransformExprFunction* getPrintValueTransformer() override {
    return [](clang::RuntimeInterfaceBuilder* self, clang::Expr* expression,
              llvm::ArrayRef<clang::Expr*>) {
      auto* builder = static_cast<Builder*>(self);
      return (builder->values.*(builder->shown))(expression);
    };
  }
  clang::ExprResult (Values::*shown)(clang::Expr*);
  Values& values;
};

}  // namespace

// What snippets call while they run.
struct Calls {
  static std::string& text() { return the_values->text_; }

  static void value(void* type, void* at) {
    MemoryText(the_values->interpreter_.getASTContext())
        .write(clang::QualType::getFromOpaquePtr(type), static_cast<const char*>(at), text());
  }
  static void raw(const char* bytes, unsigned long size) { text().append(bytes, size); }
  static void quoted(const char* bytes, unsigned long size) {
    write_quoted(std::string_view(bytes, size), '"', text());
  }
  static void string(const char* bytes) { write_text_at(bytes, text()); }
  static void character(char c) { write_quoted(std::string_view(&c, 1), '\'', text()); }
  static void integer(long long number) { text() += std::to_string(number); }
  static void natural(unsigned long long number) { text() += std::to_string(number); }
  static void real(double number) { write_number(number, text()); }
  static void single(float number) { write_number(number, text()); }
  static void address(const void* address) { write_address(address, text()); }
  static void type(const char* mangled) { text() += "<" + readable(mangled) + ">"; }
};

Values::Values(clang::Interpreter& interpreter) : interpreter_(interpreter) { the_values = this; }

std::vector<std::pair<const char*, void*>> Values::symbols() {
  auto at = [](auto* function) { return reinterpret_cast<void*>(function); };
  return {{"__quern_value", at(&Calls::value)},
          {"__quern_raw", at(&Calls::raw)},
          {"__quern_quoted", at(&Calls::quoted)},
          {"__quern_string", at(&Calls::string)},
          {"__quern_character", at(&Calls::character)},
          {"__quern_integer", at(&Calls::integer)},
          {"__quern_natural", at(&Calls::natural)},
          {"__quern_real", at(&Calls::real)},
          {"__quern_single", at(&Calls::single)},
          {"__quern_address", at(&Calls::address)},
          {"__quern_type", at(&Calls::type)}};
}

std::string Values::take() { return std::exchange(text_, std::string()); }

std::unique_ptr<clang::RuntimeInterfaceBuilder> Values::make_builder() {
  return std::make_unique<Builder>(&Values::shown, *this);
}

clang::Expr* Values::pointer(const void* address) {
  clang::ASTContext& context = interpreter_.getASTContext();
  clang::Sema& sema = interpreter_.getCompilerInstance()->getSema();
  clang::QualType number = context.getUIntPtrType();
  llvm::APInt bits(static_cast<unsigned>(context.getTypeSize(number)),
                   reinterpret_cast<std::uintptr_t>(address));
  clang::Expr* literal =
      clang::IntegerLiteral::Create(context, bits, number, clang::SourceLocation());
  return sema
      .BuildCStyleCastExpr({}, context.getTrivialTypeSourceInfo(context.VoidPtrTy), {}, literal)
      .get();
}

clang::Expr* Values::address_of(clang::Expr* expression) {
  clang::ASTContext& context = interpreter_.getASTContext();
  clang::Sema& sema = interpreter_.getCompilerInstance()->getSema();
  bool has_address = expression->isGLValue() && expression->getObjectKind() == clang::OK_Ordinary;
  if (has_address && expression->getType()->isFunctionType()) {
    expression = sema.DefaultFunctionArrayConversion(expression).get();
    has_address = false;
  }
  if (!has_address) {
    clang::Expr* value =
        expression->isGLValue() ? sema.DefaultLvalueConversion(expression).get() : expression;
    expression = context.getLangOpts().CPlusPlus
                     ? sema.CreateMaterializeTemporaryExpr(value->getType(), value, false)
                     : unnamed_object(context, value);
  }
  clang::Expr* address = clang::UnaryOperator::Create(
      context, expression, clang::UO_AddrOf, context.getPointerType(expression->getType()),
      clang::VK_PRValue, clang::OK_Ordinary, {}, false, clang::FPOptionsOverride());
  return sema
      .BuildCStyleCastExpr({}, context.getTrivialTypeSourceInfo(context.VoidPtrTy), {}, address)
      .get();
}

clang::ExprResult Values::call(const char* function, std::vector<clang::Expr*> arguments) {
  clang::ASTContext& context = interpreter_.getASTContext();
  clang::Sema& sema = interpreter_.getCompilerInstance()->getSema();
  clang::LookupResult found(sema, &context.Idents.get(function), {},
                            clang::Sema::LookupOrdinaryName);
  sema.LookupName(found, sema.TUScope);
  if (found.empty()) {
    return clang::ExprError();
  }
  clang::CXXScopeSpec nowhere;
  clang::ExprResult named = sema.BuildDeclarationNameExpr(nowhere, found, false);
  if (named.isInvalid()) {
    return named;
  }
  clang::ExprResult made = sema.ActOnCallExpr(nullptr, named.get(), {}, arguments, {});
  return made.isInvalid() ? made : sema.ActOnFinishFullExpr(made.get(), true);
}

clang::ExprResult Values::shown(clang::Expr* expression) {
  seen_ = expression;
  clang::ASTContext& context = interpreter_.getASTContext();
  if (auto* full = llvm::dyn_cast<clang::ExprWithCleanups>(expression)) {
    expression = full->getSubExpr();
  }
  // In C an object has been read, and an array has become a pointer, by now: back to the object.
  if (auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(expression);
      cast && (cast->getCastKind() == clang::CK_ArrayToPointerDecay ||
               cast->getCastKind() == clang::CK_LValueToRValue)) {
    expression = cast->getSubExpr();
  }
  clang::QualType type = expression->getType().getCanonicalType();
  if (only_look_ || type->isVoidType() || type->isDependentType() || type->isPlaceholderType() ||
      is_stream(type)) {
    return seen_;
  }
  // The code of a function object that nobody keeps is none that can be shown; making it crashes.
  if (auto* record = type->getAsCXXRecordDecl();
      record && record->isLambda() && !expression->isLValue()) {
    return seen_;
  }
  bool from_memory = !type->isRecordType() || MemoryText(context).knows(type);
  if (!context.getLangOpts().CPlusPlus || !type->isRecordType()) {
    clang::Expr* address = address_of(expression);
    // A function and a temporary have another type by now.
    clang::QualType shown = type->isFunctionType() ? context.getPointerType(type) : type;
    return call("__quern_value", {pointer(shown.getAsOpaquePtr()), address});
  }
  return call("__quern_show", {expression, pointer(from_memory ? type.getAsOpaquePtr() : nullptr)});
}

}  // namespace quern
