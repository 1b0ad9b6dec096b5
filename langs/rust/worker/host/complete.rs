// SPDX-License-Identifier: Apache-2.0
//! What may stand at a cursor. Nothing of the user's runs: types are those that the store knows.
use crate::chunk::Kind;
use crate::context::Context;
use crate::lexer::{Kind as Lexeme, lex};
use crate::tokens::{KEYWORDS, Tokens};
use crate::{library, members, types};
use std::collections::BTreeMap;

/// (start, end, what may stand there with its kind)
pub type Matches = (usize, usize, BTreeMap<String, &'static str>);

pub fn complete(context: &Context, code: &str, cursor: usize) -> Matches {
    let cursor = (0..=cursor.min(code.len())).rev().find(|&at| code.is_char_boundary(at)).unwrap_or(0);
    let before = &code[..cursor];
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = cursor - before.chars().rev().take_while(|&c| in_word(c)).map(char::len_utf8).sum::<usize>();
    let prefix = &before[start..];
    let number = before[..start].ends_with('.') && before[..start - 1].ends_with(|c: char| c.is_ascii_digit());
    if number || in_text(before) || prefix.starts_with(|c: char| c.is_ascii_digit()) {
        return (cursor, cursor, BTreeMap::new());
    }
    let lexed = lex(&before[..start]);
    let tokens = Tokens { code, all: &lexed.tokens };
    let count = tokens.all.len();
    let found = if count > 0 && tokens.is(count - 1, ".") && !(count > 1 && tokens.is_pair(count - 2, b'.', b'.')) {
        of_value(context, &tokens, count - 1)
    } else if count > 1 && tokens.is_pair(count - 2, b':', b':') {
        of_path(context, &path_before(&tokens, count - 2))
    } else {
        names(context, before)
    };
    (start, cursor, found.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect())
}

/// Whether the end is within a text or a comment.
fn in_text(before: &str) -> bool {
    let open = lex(before).tokens.last().is_some_and(|last| {
        let text = &before[last.start..last.end];
        let closed = text.len() > 1 && text.ends_with(['"', '#', '\'']);
        last.kind == Lexeme::Text && last.end == before.len() && !closed
    });
    // A marker behind a comment's beginning is part of the comment, and so no token.
    let marked = format!("{before} quern_marker");
    open || !lex(&marked).tokens.last().is_some_and(|last| &marked[last.start..last.end] == "quern_marker")
}

fn names(context: &Context, before: &str) -> BTreeMap<String, &'static str> {
    let mut found: BTreeMap<String, &'static str> = BTreeMap::new();
    found.extend(KEYWORDS.iter().map(|&word| (word.to_string(), "keyword")));
    found.extend(library::PRELUDE.iter().map(|&(name, said)| (name.to_string(), kind_of(name, said))));
    let lexed = lex(before);
    let tokens = Tokens { code: before, all: &lexed.tokens };
    for at in 0..tokens.all.len().saturating_sub(1) {
        let (kind, name) = match tokens.text(at) {
            "let" if tokens.is(at + 1, "mut") => ("variable", at + 2),
            "let" | "for" => ("variable", at + 1),
            "fn" => ("function", at + 1),
            "struct" | "enum" | "trait" | "type" => ("type", at + 1),
            "const" | "static" => ("constant", at + 1),
            _ => continue,
        };
        if tokens.is_name(name) && tokens.all[name].end < before.len() {
            found.insert(tokens.text(name).to_string(), kind);
        }
    }
    for leaf in context.leaves.iter().filter(|leaf| !matches!(leaf.name.as_str(), "*" | "_")) {
        found.insert(leaf.name.clone(), if leaf.name.starts_with(char::is_uppercase) { "type" } else { "name" });
    }
    for chunk in context.items.iter().map(|item| &item.chunk) {
        for name in &chunk.names {
            let name = if chunk.kind == Kind::Macro { format!("{name}!") } else { name.clone() };
            found.insert(name, kind_of_chunk(chunk.kind));
        }
    }
    found.extend(quern_rt::kept().keys().map(|name| (name.clone(), "variable")));
    found
}

fn kind_of(name: &str, said: &str) -> &'static str {
    match said.split(' ').next().unwrap_or("") {
        "macro" => "macro",
        "fn" => "function",
        "trait" => "trait",
        "crate" => "module",
        _ if name.starts_with(char::is_lowercase) => "type",
        "struct" | "enum" => "type",
        _ => "variant",
    }
}

pub fn kind_of_chunk(kind: Kind) -> &'static str {
    match kind {
        Kind::Function | Kind::Foreign => "function",
        Kind::Macro => "macro",
        Kind::Trait => "trait",
        Kind::Module => "module",
        Kind::Value | Kind::Local => "constant",
        _ => "type",
    }
}

/// The names of a path that ends before that token.
fn path_before(tokens: &Tokens, mut at: usize) -> Vec<String> {
    let mut path = Vec::new();
    while at > 0 && tokens.is_word(at - 1) {
        path.insert(0, tokens.text(at - 1).to_string());
        if at >= 3 && tokens.is_pair(at - 3, b':', b':') {
            at -= 3;
        } else {
            break;
        }
    }
    path
}

fn of_path(context: &Context, path: &[String]) -> BTreeMap<String, &'static str> {
    let whole = path.join("::").replacen("core::", "std::", 1);
    let last = path.last().map_or("", String::as_str);
    let leaf = context.leaves.iter().find(|leaf| Some(&leaf.name) == path.first());
    let imported = leaf.map(|leaf| [leaf.path.split(" as ").next().unwrap_or(""), &path[1..].join("::")].join("::"));
    let imported = imported.as_deref().map_or("", |path| path.trim_end_matches("::"));
    let wanted = [whole.as_str(), imported, imported.rsplit("::").next().unwrap_or(""), last];
    let known = wanted.iter().find_map(|wanted| library::MODULES.iter().find(|module| module.0 == *wanted));
    let mut found: BTreeMap<String, &'static str> = BTreeMap::new();
    for name in known.map_or("", |module| module.1).split_whitespace() {
        let kind = match name {
            _ if name.ends_with("::") => "module",
            _ if name.chars().all(|c| !c.is_lowercase()) => "constant",
            _ if name.starts_with(char::is_uppercase) => "type",
            _ => "function",
        };
        found.insert(name.trim_end_matches(':').to_string(), kind);
    }
    for member in members::of_type(context, last).into_iter().filter(|member| member.kind != "field") {
        found.insert(member.name, member.kind);
    }
    found
}

/// What the value has that is before the dot: a variable, or fields of one.
fn of_value(context: &Context, tokens: &Tokens, dot: usize) -> BTreeMap<String, &'static str> {
    let Some(of) = type_before(context, tokens, dot) else { return BTreeMap::new() };
    let mut found: BTreeMap<String, &'static str> = BTreeMap::new();
    let head = head(&of);
    found.extend(library::methods(head).into_iter().map(|name| (name.to_string(), "method")));
    let own = members::of_type(context, head).into_iter().filter(|m| matches!(m.kind, "field" | "method"));
    found.extend(own.map(|member| (member.name, member.kind)));
    found
}

fn type_before(context: &Context, tokens: &Tokens, dot: usize) -> Option<String> {
    let last = dot.checked_sub(1)?;
    if tokens.kind(last) == Some(Lexeme::Text) {
        return Some("str".to_string());
    }
    if !tokens.is_word(last) && tokens.kind(last) != Some(Lexeme::Number) {
        return None;
    }
    if last > 0 && tokens.is(last - 1, ".") {
        let outer = type_before(context, tokens, last - 1)?;
        let field = members::of_type(context, head(&outer))
            .into_iter()
            .find(|m| m.kind == "field" && m.name == tokens.text(last));
        return field.map(|field| types::short(&field.text));
    }
    quern_rt::kept().get(tokens.text(last)).map(|kept| types::short(kept.type_name))
}

/// The type's own name, through references and boxes.
fn head(of: &str) -> &str {
    let mut of = of.trim_start_matches(['&', ' ']).trim_start_matches("mut ").trim_start_matches("dyn ");
    for shared in ["Box<", "Rc<", "Arc<"] {
        of = of.strip_prefix(shared).unwrap_or(of);
    }
    let of = of.trim_start_matches("dyn ");
    if of.starts_with('[') {
        return "[";
    }
    &of[..of.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(of.len())]
}
