// SPDX-License-Identifier: Apache-2.0
#include "redefine.h"

#include <zend_closures.h>
#include <zend_constants.h>

#include "display.h"

// Something put aside: in which table it was, and whether it can be put back there.
typedef struct {
  HashTable* table;
  zend_string* key;
  void* thing;
} Aside;

static Aside* asides;  // all of them, until the process ends
static size_t aside_count, aside_room, aside_begin;
static uint32_t functions_before, classes_before;

static void put_aside(HashTable* table, zend_string* key, void* thing) {
  if (aside_count == aside_room) {
    aside_room = aside_room ? aside_room * 2 : 16;
    asides = perealloc(asides, aside_room * sizeof *asides, 1);
  }
  asides[aside_count++] = (Aside){table, zend_string_copy(key), thing};
  dtor_func_t destructor = table->pDestructor;
  table->pDestructor = NULL;
  zend_hash_del(table, key);
  table->pDestructor = destructor;
}

static void forget(zend_op_array* code) {
  void** cache = ZEND_MAP_PTR(code->run_time_cache) ? RUN_TIME_CACHE(code) : NULL;
  if (cache && code->cache_size > 0) {
    memset(cache, 0, (size_t)code->cache_size);
  }
  for (uint32_t i = 0; i < code->num_dynamic_func_defs; ++i) {
    forget(code->dynamic_func_defs[i]);
  }
}

static void forget_function(zend_function* function) {
  if (function->type == ZEND_USER_FUNCTION) {
    forget(&function->op_array);
  }
}

static void forget_class(zend_class_entry* class) {
  zend_function* method;
  if (ZSTR_HAS_CE_CACHE(class->name)) {
    ZSTR_SET_CE_CACHE(class->name, NULL);
  }
  if (class->type == ZEND_USER_CLASS) {
    ZEND_HASH_FOREACH_PTR(&class->function_table, method) { forget_function(method); }
    ZEND_HASH_FOREACH_END();
  }
}

// Compiled code caches the functions, classes and constants that it has found.
static void forget_caches(void) {
  zend_function* function;
  zend_class_entry* class;
  ZEND_HASH_FOREACH_PTR(EG(function_table), function) { forget_function(function); }
  ZEND_HASH_FOREACH_END();
  ZEND_HASH_FOREACH_PTR(EG(class_table), class) { forget_class(class); }
  ZEND_HASH_FOREACH_END();
  for (size_t i = 0; i < aside_count; ++i) {
    if (asides[i].table == EG(function_table)) {
      forget_function(asides[i].thing);
    } else if (asides[i].table == EG(class_table)) {
      forget_class(asides[i].thing);
    }
  }
  for (uint32_t i = 1; i < EG(objects_store).top; ++i) {
    zend_object* object = EG(objects_store).object_buckets[i];
    if (IS_OBJ_VALID(object) && object->ce == zend_ce_closure) {
      forget_function((zend_function*)zend_get_closure_method_def(object));
    }
  }
}

static bool is_own(const zend_function* function) {
  return function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.module &&
         strcmp(function->internal_function.module->name, quern_module.name) == 0;
}

static void retire_function(zend_string* lower) {
  zend_function* function = zend_hash_find_ptr(EG(function_table), lower);
  if (function && (function->type == ZEND_USER_FUNCTION || is_own(function))) {
    put_aside(EG(function_table), lower, function);
  }
}

static void retire_class(zend_string* lower) {
  zend_class_entry* class = zend_hash_find_ptr(EG(class_table), lower);
  if (class && class->type == ZEND_USER_CLASS) {
    put_aside(EG(class_table), lower, class);
  }
}

static void retire_constant(zend_string* name) {
  zend_constant* constant = zend_hash_find_ptr(EG(zend_constants), name);
  if (constant && ZEND_CONSTANT_MODULE_NUMBER(constant) == PHP_USER_CONSTANT) {
    put_aside(EG(zend_constants), name, constant);
  }
}

static zend_string* within(zend_string* space, zend_string* name, bool lower) {
  zend_string* full = space ? zend_strpprintf(0, "%s\\%s", ZSTR_VAL(space), ZSTR_VAL(name))
                            : zend_string_copy(name);
  zend_string* result = lower ? zend_string_tolower(full) : zend_string_copy(full);
  zend_string_release(full);
  return result;
}

static void make_room_for(zend_ast* statement, zend_string* space) {
  if (statement->kind == ZEND_AST_FUNC_DECL || statement->kind == ZEND_AST_CLASS) {
    zend_string* lower = within(space, ((zend_ast_decl*)statement)->name, true);
    (statement->kind == ZEND_AST_CLASS ? retire_class : retire_function)(lower);
    zend_string_release(lower);
  } else if (statement->kind == ZEND_AST_CONST_DECL) {
    zend_ast_list* list = zend_ast_get_list(statement);
    for (uint32_t i = 0; i < list->children; ++i) {
      zend_string* name = within(space, zend_ast_get_str(list->child[i]->child[0]), false);
      retire_constant(name);
      zend_string_release(name);
    }
  }
}

static zend_string* make_room(zend_ast* top, zend_string* space) {
  if (top->kind != ZEND_AST_STMT_LIST) {
    make_room_for(top, space);
    return space;
  }
  zend_ast_list* list = zend_ast_get_list(top);
  for (uint32_t i = 0; i < list->children; ++i) {
    zend_ast* statement = list->child[i];
    if (statement && statement->kind == ZEND_AST_NAMESPACE) {
      space = statement->child[0] ? zend_ast_get_str(statement->child[0]) : NULL;
      statement = statement->child[1];
    }
    if (statement) {
      space = make_room(statement, space);
    }
  }
  return space;
}

// The length of a table that has no holes, so that what comes is all behind it.
static uint32_t length_of(HashTable* table) {
  if (!HT_IS_WITHOUT_HOLES(table)) {
    zend_hash_rehash(table);
  }
  return table->nNumUsed;
}

void redefine_begin(void) {
  aside_begin = aside_count;
  functions_before = length_of(EG(function_table));
  classes_before = length_of(EG(class_table));
}

void redefine_make_room(zend_ast* top) {
  make_room(top, NULL);
  functions_before = length_of(EG(function_table));
  classes_before = length_of(EG(class_table));
}

void redefine_undo(void) {
  // Without destroying: what is half compiled cannot be destroyed.
  zend_hash_discard(EG(function_table), functions_before);
  zend_hash_discard(EG(class_table), classes_before);
  while (aside_count > aside_begin) {
    Aside* last = &asides[--aside_count];
    zend_hash_update_ptr(last->table, last->key, last->thing);
    zend_string_release(last->key);
  }
}

void redefine_keep(void) {
  if (aside_count > aside_begin) {
    forget_caches();
  }
  aside_begin = aside_count;
}

// Whether code of a snippet defines what another snippet has defined before.
static bool is_newer(const zend_execute_data* execute_data, const zend_string* before) {
  const zend_string* now = execute_data->func->op_array.filename;
  return before && strncmp(ZSTR_VAL(now), "<cell ", 6) == 0 && !zend_string_equals(now, before);
}

// A declaration that is reached only now, within `if` or a function. Whoever defines the same twice
// in one snippet, or in a library, is told so as ever.
static int on_declare_function(zend_execute_data* execute_data) {
  zend_string* lower = Z_STR_P(RT_CONSTANT(execute_data->opline, execute_data->opline->op1));
  zend_function* known = zend_hash_find_ptr(EG(function_table), lower);
  if (known &&
      is_newer(execute_data, known->type == ZEND_USER_FUNCTION ? known->op_array.filename : NULL)) {
    retire_function(lower);
    forget_caches();
  }
  return ZEND_USER_OPCODE_DISPATCH;
}

static int on_declare_class(zend_execute_data* execute_data) {
  zend_string* lower = Z_STR_P(RT_CONSTANT(execute_data->opline, execute_data->opline->op1));
  zend_class_entry* known = zend_hash_find_ptr(EG(class_table), lower);
  if (known &&
      is_newer(execute_data, known->type == ZEND_USER_CLASS ? known->info.user.filename : NULL)) {
    retire_class(lower);
    forget_caches();
  }
  return ZEND_USER_OPCODE_DISPATCH;
}

void redefine_install(void) {
  zend_set_user_opcode_handler(ZEND_DECLARE_FUNCTION, on_declare_function);
  zend_set_user_opcode_handler(ZEND_DECLARE_CLASS, on_declare_class);
}
