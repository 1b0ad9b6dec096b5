// SPDX-License-Identifier: Apache-2.0
#include "imports.h"

#include <zend_compile.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
  zend_ast_attr kind;  // of class, function or constant
  zend_string *name, *alias;
} Import;

typedef struct {
  Import* all;
  size_t count, room;
} Imports;

static Imports kept, fresh;

static void push(Imports* imports, zend_ast_attr kind, zend_string* name, zend_string* alias) {
  if (imports->count == imports->room) {
    imports->room = imports->room ? imports->room * 2 : 8;
    imports->all = perealloc(imports->all, imports->room * sizeof *imports->all, 1);
  }
  imports->all[imports->count++] = (Import){kind, name, alias};
}

static bool clash(const Import* import, zend_ast_attr kind, const zend_string* alias) {
  return import->kind == kind &&
         (kind == ZEND_SYMBOL_CONST ? zend_string_equals(import->alias, alias)
                                    : zend_string_equals_ci(import->alias, alias));
}

// A name that the snippet takes for itself.
static void drop(Imports* imports, zend_ast_attr kind, const zend_string* alias) {
  for (size_t i = 0; i < imports->count; ++i) {
    if (clash(&imports->all[i], kind, alias)) {
      zend_string_release(imports->all[i].name);
      zend_string_release(imports->all[i].alias);
      imports->all[i] = imports->all[--imports->count];
      return;
    }
  }
}

static zend_string* last_word(zend_string* name) {
  const char* slash = zend_memrchr(ZSTR_VAL(name), '\\', ZSTR_LEN(name));
  return slash
             ? zend_string_init(slash + 1, ZSTR_LEN(name) - (size_t)(slash + 1 - ZSTR_VAL(name)), 0)
             : zend_string_copy(name);
}

static void note_use(zend_ast* use, zend_string* prefix) {
  zend_ast_list* list = zend_ast_get_list(use);
  for (uint32_t i = 0; i < list->children; ++i) {
    zend_ast* element = list->child[i];
    zend_string* word = zend_ast_get_str(element->child[0]);
    zend_string* name = prefix ? zend_strpprintf(0, "%s\\%s", ZSTR_VAL(prefix), ZSTR_VAL(word))
                               : zend_string_copy(word);
    zend_string* alias =
        element->child[1] ? zend_string_copy(zend_ast_get_str(element->child[1])) : last_word(name);
    push(&fresh, use->attr ? use->attr : element->attr, name, alias);
  }
}

// Whether the snippet goes without what is kept: with namespaces of its own it is a file of its
// own.
static bool note(zend_ast* top) {
  zend_ast_list* list = zend_ast_get_list(top);
  for (uint32_t i = 0; i < list->children; ++i) {
    zend_ast* statement = list->child[i];
    if (!statement) {
      continue;
    }
    if (statement->kind == ZEND_AST_NAMESPACE) {
      imports_forget_new();
      return true;
    }
    if (statement->kind == ZEND_AST_USE) {
      note_use(statement, NULL);
    } else if (statement->kind == ZEND_AST_GROUP_USE) {
      statement->child[1]->attr =
          statement->child[1]->attr ? statement->child[1]->attr : statement->attr;
      note_use(statement->child[1], zend_ast_get_str(statement->child[0]));
    } else if (statement->kind == ZEND_AST_CLASS) {
      drop(&kept, ZEND_SYMBOL_CLASS, ((zend_ast_decl*)statement)->name);
    } else if (statement->kind == ZEND_AST_FUNC_DECL) {
      drop(&kept, ZEND_SYMBOL_FUNCTION, ((zend_ast_decl*)statement)->name);
    }
  }
  return false;
}

static zend_ast* text_node(zend_string* text) {
  zval value;
  ZVAL_STR_COPY(&value, text);
  return zend_ast_create_zval(&value);
}

static zend_ast* use_node(const Import* import) {
  zend_ast* element =
      zend_ast_create(ZEND_AST_USE_ELEM, text_node(import->name), text_node(import->alias));
  zend_ast* use = zend_ast_create_list(1, ZEND_AST_USE, element);
  use->attr = import->kind;
  return use;
}

void imports_add(zend_ast* top) {
  if (top->kind != ZEND_AST_STMT_LIST || note(top)) {
    return;
  }
  for (size_t i = 0; i < fresh.count; ++i) {
    drop(&kept, fresh.all[i].kind, fresh.all[i].alias);
  }
  if (kept.count == 0) {
    return;
  }
  // Behind `declare`, which must be the first.
  zend_ast_list* list = zend_ast_get_list(top);
  zend_ast* whole = zend_ast_create_list(0, ZEND_AST_STMT_LIST);
  uint32_t at = 0;
  while (at < list->children && list->child[at] && list->child[at]->kind == ZEND_AST_DECLARE) {
    whole = zend_ast_list_add(whole, list->child[at++]);
  }
  for (size_t i = 0; i < kept.count; ++i) {
    whole = zend_ast_list_add(whole, use_node(&kept.all[i]));
  }
  while (at < list->children) {
    whole = zend_ast_list_add(whole, list->child[at++]);
  }
  CG(ast) = whole;
}

void imports_keep(void) {
  for (size_t i = 0; i < fresh.count; ++i) {
    push(&kept, fresh.all[i].kind, fresh.all[i].name, fresh.all[i].alias);
  }
  fresh.count = 0;
}

void imports_forget_new(void) {
  for (size_t i = 0; i < fresh.count; ++i) {
    zend_string_release(fresh.all[i].name);
    zend_string_release(fresh.all[i].alias);
  }
  fresh.count = 0;
}
