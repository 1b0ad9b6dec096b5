// SPDX-License-Identifier: Apache-2.0
//! Takes a snippet apart at its top level.
use crate::chunk::{Binding, Chunk, Kind, Source};
use crate::lexer::{self, Kind as Lexeme};
use crate::tokens::Tokens;
use crate::{items, ticks};
use std::rc::Rc;

/// None when its delimiters and quotes do not fit.
pub fn split(source: &Rc<Source>) -> Option<Vec<Chunk>> {
    let lexed = lexer::lex(&source.code);
    if lexed.fault.is_some() {
        return None;
    }
    let tokens = Tokens { code: &source.code, all: &lexed.tokens };
    let mut chunks = Vec::new();
    let mut at = 0;
    while at < tokens.all.len() {
        if tokens.is(at, ";") {
            at += 1;
            continue;
        }
        let head = tokens.behind_attributes(at);
        let kind = kind_of(&tokens, at, head);
        let end = end_of(&tokens, head, kind).max(at + 1);
        chunks.push(chunk(source, &tokens, kind, at, head, end));
        at = end;
    }
    Some(chunks)
}

/// What begins with that token, behind the attributes.
fn kind_of(tokens: &Tokens, start: usize, head: usize) -> Kind {
    if tokens.is(start, "#") && tokens.is(start + 1, "!") {
        return Kind::Inner;
    }
    let word = tokens.behind_visibility(head);
    let seen = word != head;
    let second = tokens.text(word + 1);
    match tokens.text(word) {
        "let" => Kind::Let,
        "use" => Kind::Use,
        "fn" => Kind::Function,
        "struct" | "enum" | "type" => Kind::Type,
        "union" if tokens.is_name(word + 1) && tokens.text(word + 2).starts_with(['{', '<']) => Kind::Type,
        "trait" => Kind::Trait,
        "impl" => Kind::Impl,
        "mod" => Kind::Module,
        "const" if second == "{" => Kind::Expression,
        "const" if matches!(second, "fn" | "unsafe" | "extern" | "async") => Kind::Function,
        "const" | "static" if second != "|" && second != "move" => Kind::Value,
        "async" if matches!(second, "fn" | "unsafe") => Kind::Function,
        "unsafe" if matches!(second, "fn" | "extern") => extern_kind(tokens, word + 1),
        "unsafe" if second == "impl" => Kind::Impl,
        "unsafe" if second == "trait" => Kind::Trait,
        "extern" => extern_kind(tokens, word),
        "macro_rules" if second == "!" => Kind::Macro,
        "thread_local" if second == "!" => Kind::Local,
        _ if seen => Kind::Type, // `pub` before something else: the compiler will say
        _ => Kind::Expression,
    }
}

fn extern_kind(tokens: &Tokens, at: usize) -> Kind {
    let behind = if tokens.kind(at + 1) == Some(Lexeme::Text) { at + 2 } else { at + 1 };
    if tokens.is(at, "fn") || tokens.is(behind, "fn") { Kind::Function } else { Kind::Foreign }
}

/// The token behind the chunk.
fn end_of(tokens: &Tokens, head: usize, kind: Kind) -> usize {
    let count = tokens.all.len();
    let semicolon = || (tokens.find(head, count, |at| tokens.is(at, ";")) + 1).min(count);
    match kind {
        Kind::Inner => tokens.next(head + 2),
        Kind::Let | Kind::Use | Kind::Value => semicolon(),
        Kind::Macro | Kind::Local => {
            let group = tokens.find(head, count, |at| tokens.opens(at));
            let end = tokens.next(group).min(count);
            if tokens.is(group, "{") || !tokens.is(end, ";") { end } else { end + 1 }
        }
        Kind::Statement | Kind::Expression => end_of_statement(tokens, head),
        _ => {
            let stop = tokens.find(head, count, |at| tokens.is(at, ";") || body(tokens, at));
            tokens.next(stop).min(count)
        }
    }
}

/// A brace that is no constant argument, as in `Array<{N + 1}>`.
fn body(tokens: &Tokens, at: usize) -> bool {
    tokens.is(at, "{")
        && !(at > 0 && (tokens.is(at - 1, "<") || tokens.is(at - 1, ",") && tokens.is(tokens.next(at), ">")))
}

fn end_of_statement(tokens: &Tokens, head: usize) -> usize {
    let count = tokens.all.len();
    let mut at = head;
    if tokens.kind(at) == Some(Lexeme::Lifetime) && tokens.is(at + 1, ":") {
        at += 2;
    }
    let blocky = matches!(tokens.text(at), "if" | "match" | "for" | "while" | "loop" | "{")
        || matches!(tokens.text(at), "unsafe" | "const" | "async") && tokens.is(at + 1, "{")
        || tokens.is(at, "async") && tokens.is(at + 1, "move")
        || braced_macro(tokens, at);
    if blocky {
        loop {
            at = match tokens.text(at) {
                "if" | "match" | "while" | "for" => tokens.body(at, count),
                "else" if tokens.is(at + 1, "if") => tokens.body(at + 1, count),
                _ => tokens.find(at, count, |at| tokens.is(at, "{") || tokens.is(at, ";")),
            };
            if !tokens.is(at, "{") {
                break;
            }
            at = tokens.next(at);
            if tokens.is(at, "else") {
                continue;
            }
            let goes_on = tokens.is(at, "?") || tokens.is(at, ".") && !tokens.is_pair(at, b'.', b'.');
            if !goes_on {
                return at;
            }
            break;
        }
    }
    (tokens.find(at, count, |at| tokens.is(at, ";")) + 1).min(count)
}

/// `name! { … }` or `path::name! { … }`.
fn braced_macro(tokens: &Tokens, mut at: usize) -> bool {
    while tokens.is_word(at) && tokens.is_pair(at + 1, b':', b':') {
        at += 3;
    }
    tokens.is_name(at) && tokens.is(at + 1, "!") && tokens.is(at + 2, "{")
}

fn chunk(source: &Rc<Source>, tokens: &Tokens, kind: Kind, first: usize, head: usize, end: usize) -> Chunk {
    let semicolon = tokens.is(end - 1, ";");
    let ends_itself = matches!(tokens.text(head), "for" | "while");
    let kind = if kind == Kind::Expression && (semicolon || end < tokens.all.len() || ends_itself) {
        Kind::Statement
    } else {
        kind
    };
    let mut chunk = Chunk {
        source: source.clone(),
        kind,
        start: tokens.all[first].start,
        end: tokens.all[end - 1].end,
        names: Vec::new(),
        mentions: tokens.mentions(first, end).map(str::to_string).collect(),
        edits: Vec::new(),
        ticks: Vec::new(),
        bindings: Vec::new(),
        leaves: Vec::new(),
        header: String::new(),
        of_trait: String::new(),
        of_type: String::new(),
        begun: tokens.find(head, end, |at| tokens.is(at, "=")) < end,
        asks: (first..end).any(|at| tokens.is(at, "?")),
        semicolon,
    };
    match kind {
        Kind::Let => chunk.bindings = bindings(tokens, head, end),
        Kind::Use => chunk.leaves = crate::uses::leaves(tokens, tokens.behind_visibility(head) + 1, end),
        _ if kind.is_item() => items::describe(&mut chunk, tokens, first, head, end),
        _ => {}
    }
    chunk.ticks = ticks::find(tokens, kind, head, end);
    chunk
}

/// The names that the pattern of a `let` binds.
fn bindings(tokens: &Tokens, head: usize, end: usize) -> Vec<Binding> {
    let equals = tokens.find(head, end, |at| tokens.is(at, "="));
    let colon = tokens.find(head, equals, |at| {
        tokens.is(at, ":") && !tokens.is_pair(at, b':', b':') && !tokens.is_pair(at - 1, b':', b':')
    });
    let mut found: Vec<Binding> = Vec::new();
    for at in head + 1..colon {
        let name = tokens.text(at);
        let in_path = tokens.is_pair(at + 1, b':', b':') || at >= 2 && tokens.is_pair(at - 2, b':', b':');
        let is_field = tokens.is(at + 1, ":") && at + 1 < colon;
        let starts = name.trim_start_matches("r#").chars().find(|&c| c != '_');
        let bound = tokens.is_name(at)
            && !in_path
            && !is_field
            && !matches!(tokens.text(at + 1), "(" | "{" | "!")
            && starts.is_some_and(|c| !c.is_uppercase());
        if bound {
            found.retain(|known| known.name != name);
            found.push(Binding { name: name.to_string(), mutable: tokens.is(at - 1, "mut"), closure: None });
        }
    }
    if let ([one], true) = (&mut found[..], colon == equals) {
        one.closure = parameters(tokens, equals + 1, end);
    }
    found
}

/// How many parameters the closure has that begins there.
fn parameters(tokens: &Tokens, mut at: usize, end: usize) -> Option<usize> {
    if tokens.is(at, "move") {
        at += 1;
    }
    if !tokens.is(at, "|") {
        return None;
    }
    let (mut count, mut angles, mut begun) = (0, 0, false);
    at += 1;
    while at < end && !tokens.is(at, "|") {
        match tokens.text(at) {
            "<" => angles += 1,
            ">" if !tokens.is(at - 1, "-") => angles -= 1,
            "," if angles == 0 => begun = false,
            _ if !begun => (count, begun) = (count + 1, true),
            _ => {}
        }
        at = tokens.next(at);
    }
    Some(count)
}
