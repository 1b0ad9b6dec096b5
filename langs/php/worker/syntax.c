// SPDX-License-Identifier: Apache-2.0
#include "syntax.h"

#include <zend_exceptions.h>
#include <zend_language_scanner.h>

#include <string.h>

zend_compile_position position_of(const char* code, size_t size) {
  size_t at = 0;
  if (size > 2 && code[0] == '#' && code[1] == '!') {
    return ZEND_COMPILE_POSITION_AT_SHEBANG;
  }
  while (at < size && strchr(" \t\r\n", code[at])) {
    ++at;
  }
  // `<` cannot begin a statement, but for a heredoc.
  bool markup = at < size && code[at] == '<' && (size - at < 3 || memcmp(code + at, "<<<", 3) != 0);
  return markup ? ZEND_COMPILE_POSITION_AT_OPEN_TAG : ZEND_COMPILE_POSITION_AFTER_OPEN_TAG;
}

static zend_ast* last_of(zend_ast* statement) {
  while (statement &&
         (statement->kind == ZEND_AST_STMT_LIST || statement->kind == ZEND_AST_NAMESPACE)) {
    if (statement->kind == ZEND_AST_NAMESPACE) {
      statement = statement->child[1];
      continue;
    }
    zend_ast_list* list = zend_ast_get_list(statement);
    uint32_t i = list->children;
    while (i > 0 && (!list->child[i - 1] || (list->child[i - 1]->kind == ZEND_AST_NAMESPACE &&
                                             !list->child[i - 1]->child[1]))) {
      --i;
    }
    statement = i > 0 ? list->child[i - 1] : NULL;
  }
  return statement;
}

// `if ($x)` with an added semicolon does parse, but its body is still to come.
static bool lacks_body(zend_ast* statement) {
  while (statement) {
    switch (statement->kind) {
      case ZEND_AST_IF: {
        zend_ast_list* list = zend_ast_get_list(statement);
        statement = list->child[list->children - 1]->child[1];
        break;
      }
      case ZEND_AST_WHILE: statement = statement->child[1]; break;
      case ZEND_AST_FOR:
      case ZEND_AST_FOREACH: statement = statement->child[3]; break;
      case ZEND_AST_DECLARE: return true;
      default: return false;
    }
    if (!statement) {
      return true;
    }
  }
  return false;
}

typedef enum { parse_ok, parse_bodiless, parse_early_end, parse_wrong } Parse;

// PHP says so where the text ended too early: at its end, in a comment, or with a bracket open.
static bool speaks_of_end(const char* message) {
  return strstr(message, "unexpected end of file") || strstr(message, "Unterminated comment") ||
         (strncmp(message, "Unclosed '", 10) == 0 && !strstr(message, "does not match"));
}

static Parse parse(zend_string* code) {
  zend_arena* arena = NULL;
  zend_string* name = zend_string_init("<check>", sizeof "<check>" - 1, 0);
  // In its own function the parser starts in HTML.
  bool markup = position_of(ZSTR_VAL(code), ZSTR_LEN(code)) != ZEND_COMPILE_POSITION_AFTER_OPEN_TAG;
  zend_string* text = markup ? zend_string_copy(code)
                             : zend_string_concat2("<?php ", 6, ZSTR_VAL(code), ZSTR_LEN(code));
  zend_ast* ast = zend_compile_string_to_ast(text, &arena, name);
  Parse result = parse_ok;
  if (EG(exception)) {
    zval room, *message = zend_read_property_ex(zend_ce_error, EG(exception),
                                                ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &room);
    result = speaks_of_end(Z_STRVAL_P(message)) ? parse_early_end : parse_wrong;
    zend_clear_exception();
  } else if (ast) {
    result = lacks_body(last_of(ast)) ? parse_bodiless : parse_ok;
  }
  if (ast) {  // else PHP has already freed the arena
    zend_ast_destroy(ast);
    zend_arena_destroy(arena);
  }
  zend_string_release(text);
  zend_string_release(name);
  return result;
}

static Parse parse_with(zend_string* code, const char* more, zend_string** with) {
  *with = zend_string_concat2(ZSTR_VAL(code), ZSTR_LEN(code), more, strlen(more));
  return parse(*with);
}

Syntax syntax_of(zend_string* code, zend_string** fixed) {
  // What may be open at the end: a string of either kind, a command.
  static const char* const closers[] = {"';", "\";", "`;"};
  zend_string* with;
  if (fixed) {
    *fixed = NULL;
  }
  int silent = EG(error_reporting);
  EG(error_reporting) = 0;
  Parse plain = parse(code);
  Syntax result = plain == parse_wrong ? syntax_invalid : syntax_incomplete;
  if (plain == parse_ok || plain == parse_bodiless) {
    result = syntax_complete;
  } else if (plain == parse_early_end) {
    if (parse_with(code, "\n;", &with) == parse_ok) {
      result = syntax_complete;
      if (fixed) {
        *fixed = zend_string_copy(with);
      }
    }
    zend_string_release(with);
  } else {
    for (size_t i = 0; i < sizeof closers / sizeof *closers && result == syntax_invalid; ++i) {
      Parse closed = parse_with(code, closers[i], &with);
      if (closed != parse_wrong) {
        result = syntax_incomplete;
      }
      zend_string_release(with);
    }
  }
  EG(error_reporting) = silent;
  return result;
}

// Calls whose results nobody asks for.
static bool is_for_effect(zend_ast* call) {
  static const char* const names[] = {"array_push",
                                      "array_unshift",
                                      "array_walk",
                                      "arsort",
                                      "asort",
                                      "chdir",
                                      "class_alias",
                                      "date_default_timezone_set",
                                      "define",
                                      "error_reporting",
                                      "fclose",
                                      "fflush",
                                      "file_put_contents",
                                      "fprintf",
                                      "fputcsv",
                                      "fputs",
                                      "fwrite",
                                      "ini_set",
                                      "krsort",
                                      "ksort",
                                      "mkdir",
                                      "natsort",
                                      "ob_start",
                                      "pcntl_async_signals",
                                      "pcntl_signal",
                                      "print_r",
                                      "printf",
                                      "putenv",
                                      "readfile",
                                      "restore_error_handler",
                                      "restore_exception_handler",
                                      "rsort",
                                      "set_error_handler",
                                      "set_exception_handler",
                                      "set_time_limit",
                                      "setlocale",
                                      "settype",
                                      "shuffle",
                                      "sleep",
                                      "sort",
                                      "spl_autoload_register",
                                      "touch",
                                      "uasort",
                                      "uksort",
                                      "unlink",
                                      "usort",
                                      "vfprintf",
                                      "vprintf"};
  zend_ast* name = call->child[0];
  if (call->kind != ZEND_AST_CALL || name->kind != ZEND_AST_ZVAL ||
      Z_TYPE_P(zend_ast_get_zval(name)) != IS_STRING) {
    return false;
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    if (zend_string_equals_cstr(zend_ast_get_str(name), names[i], strlen(names[i]))) {
      return true;
    }
  }
  return false;
}

static bool is_value(zend_ast* statement, bool with_semicolon) {
  switch (statement->kind) {
    case ZEND_AST_ASSIGN:
    case ZEND_AST_ASSIGN_REF:
    case ZEND_AST_ASSIGN_OP:
    case ZEND_AST_ASSIGN_COALESCE:
    case ZEND_AST_PRE_INC:
    case ZEND_AST_PRE_DEC:
    case ZEND_AST_POST_INC:
    case ZEND_AST_POST_DEC: return !with_semicolon;
    case ZEND_AST_CALL: return !with_semicolon || !is_for_effect(statement);
    case ZEND_AST_ZVAL:
    case ZEND_AST_CONSTANT:
    case ZEND_AST_CLOSURE:
    case ZEND_AST_ARROW_FUNC:
    case ZEND_AST_ARRAY:
    case ZEND_AST_ENCAPS_LIST:
    case ZEND_AST_MAGIC_CONST:
    case ZEND_AST_VAR:
    case ZEND_AST_CONST:
    case ZEND_AST_UNARY_PLUS:
    case ZEND_AST_UNARY_MINUS:
    case ZEND_AST_CAST:
    case ZEND_AST_EMPTY:
    case ZEND_AST_ISSET:
    case ZEND_AST_SILENCE:
    case ZEND_AST_SHELL_EXEC:
    case ZEND_AST_CLONE:
    case ZEND_AST_UNARY_OP:
    case ZEND_AST_CLASS_NAME:
    case ZEND_AST_DIM:
    case ZEND_AST_PROP:
    case ZEND_AST_NULLSAFE_PROP:
    case ZEND_AST_STATIC_PROP:
    case ZEND_AST_CLASS_CONST:
    case ZEND_AST_BINARY_OP:
    case ZEND_AST_GREATER:
    case ZEND_AST_GREATER_EQUAL:
    case ZEND_AST_AND:
    case ZEND_AST_OR:
    case ZEND_AST_NEW:
    case ZEND_AST_INSTANCEOF:
    case ZEND_AST_COALESCE:
    case ZEND_AST_METHOD_CALL:
    case ZEND_AST_NULLSAFE_METHOD_CALL:
    case ZEND_AST_STATIC_CALL:
    case ZEND_AST_CONDITIONAL:
    case ZEND_AST_MATCH: return true;
    default: return false;
  }
}

// Where the last statement stands in the list that holds it.
static zend_ast** last_place(zend_ast* top) {
  zend_ast** place = NULL;
  while (top && (top->kind == ZEND_AST_STMT_LIST || top->kind == ZEND_AST_NAMESPACE)) {
    if (top->kind == ZEND_AST_NAMESPACE) {
      place = &top->child[1];
    } else {
      zend_ast_list* list = zend_ast_get_list(top);
      uint32_t i = list->children;
      while (i > 0 && !list->child[i - 1]) {
        --i;
      }
      place = i > 0 ? &list->child[i - 1] : NULL;
    }
    top = place ? *place : NULL;
  }
  return place;
}

void return_last_expression(zend_ast* top, bool with_semicolon) {
  zend_ast** place = last_place(top);
  if (place && *place && is_value(*place, with_semicolon)) {
    *place = zend_ast_create(ZEND_AST_RETURN, *place);
  }
}
