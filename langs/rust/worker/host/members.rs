// SPDX-License-Identifier: Apache-2.0
//! What a user's own type has: fields, variants, functions of its impls and of the traits that it implements.
use crate::chunk::{Chunk, Kind};
use crate::context::Context;
use crate::lexer::lex;
use crate::tokens::Tokens;

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    pub kind: &'static str, // field, variant, method, function, constant
    /// A field's type; a function's signature.
    pub text: String,
}

/// All that the type of that name has.
pub fn of_type(context: &Context, name: &str) -> Vec<Member> {
    let mut found = Vec::new();
    for item in &context.items {
        let chunk = &item.chunk;
        if chunk.kind == Kind::Type && chunk.names.iter().any(|known| known == name) {
            found.extend(of_definition(chunk));
        }
        if chunk.kind == Kind::Impl && chunk.of_type == name {
            found.extend(functions(chunk));
            if let Some(of_trait) = context.find(&chunk.of_trait) {
                found.extend(functions(&context.items[of_trait].chunk)); // those that the trait itself has
            }
        }
    }
    found.dedup_by(|a, b| a.name == b.name);
    found
}

/// Fields of a struct, variants of an enum.
fn of_definition(chunk: &Chunk) -> Vec<Member> {
    let lexed = lex(chunk.text());
    let tokens = Tokens { code: chunk.text(), all: &lexed.tokens };
    let count = tokens.all.len();
    let is_enum = (0..count).any(|at| tokens.is(at, "enum"));
    let group = tokens.find(tokens.behind_attributes(0), count, |at| tokens.is(at, "{") || tokens.is(at, "("));
    if group == count {
        return Vec::new();
    }
    let close = tokens.all[group].partner;
    let mut found = Vec::new();
    let mut at = group + 1;
    while at < close {
        at = tokens.behind_visibility(tokens.behind_attributes(at));
        let mut end = at;
        let mut angles = 0;
        while end < close && !(angles == 0 && tokens.is(end, ",")) {
            match tokens.text(end) {
                "<" => angles += 1,
                ">" if !tokens.is(end - 1, "-") => angles -= 1,
                _ => {}
            }
            end = tokens.next(end);
        }
        if at < end {
            let named = tokens.is(group, "{");
            let name = if named { tokens.text(at).to_string() } else { found.len().to_string() };
            let from = if named && !is_enum { (at + 2).min(end - 1) } else { at };
            let text = chunk.text()[tokens.all[from].start..tokens.all[end - 1].end].to_string();
            found.push(Member { name, kind: if is_enum { "variant" } else { "field" }, text });
        }
        at = end + 1;
    }
    found
}

/// Functions and constants in the body of an impl or a trait.
pub fn functions(chunk: &Chunk) -> Vec<Member> {
    let lexed = lex(chunk.text());
    let tokens = Tokens { code: chunk.text(), all: &lexed.tokens };
    let count = tokens.all.len();
    let body = tokens.find(0, count, |at| tokens.is(at, "{"));
    let close = tokens.all.get(body).map_or(body, |open| open.partner.min(count));
    let mut found = Vec::new();
    let mut at = body + 1;
    while at < close {
        let start = tokens.behind_attributes(at);
        let stop = tokens.find(start, close, |at| tokens.is(at, "{") || tokens.is(at, ";"));
        if let Some(word) = (start..stop).find(|&at| matches!(tokens.text(at), "fn" | "const")) {
            let text = chunk.text()[tokens.all[start].start..tokens.all[stop - 1].end].trim_end().to_string();
            let takes_self = (word..stop).any(|at| tokens.is(at, "self"));
            let kind = match tokens.text(word) {
                "const" if !tokens.is(word + 1, "fn") => "constant",
                _ if takes_self => "method",
                _ => "function",
            };
            let name = if tokens.is(word + 1, "fn") { word + 2 } else { word + 1 };
            found.push(Member { name: tokens.text(name).to_string(), kind, text });
        }
        at = tokens.next(stop);
    }
    found
}

/// An item's text without its body; a type's with it.
pub fn signature(chunk: &Chunk) -> String {
    let lexed = lex(chunk.text());
    let tokens = Tokens { code: chunk.text(), all: &lexed.tokens };
    if chunk.kind != Kind::Function {
        return chunk.text().to_string();
    }
    let body = tokens.find(0, tokens.all.len(), |at| tokens.is(at, "{"));
    let end = tokens.all.get(body).map_or(chunk.text().len(), |open| open.start);
    chunk.text()[..end].trim_end().to_string()
}
