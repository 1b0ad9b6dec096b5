// SPDX-License-Identifier: Apache-2.0
//! What an item defines, and the edits that make it known to later snippets, which are crates of their own: all that
//! is private at top level becomes public.
use crate::chunk::{Chunk, Edit, Kind};
use crate::tokens::Tokens;

const PUBLIC: &str = "pub";

pub fn describe(chunk: &mut Chunk, tokens: &Tokens, first: usize, head: usize, end: usize) {
    let word = tokens.behind_visibility(head);
    let body = tokens.find(word, end, |at| tokens.is(at, "{"));
    match chunk.kind {
        Kind::Macro => {
            chunk.names.push(tokens.text(word + 2).to_string());
            if !(first..head).any(|at| tokens.is(at, "macro_export")) {
                let start = tokens.all[head].start;
                chunk.edits.push(Edit { start, end: start, text: "#[macro_export]" });
            }
        }
        Kind::Impl => {
            header(chunk, tokens, word, body);
            if chunk.of_trait.is_empty() {
                members(chunk, tokens, body);
            }
        }
        Kind::Local => {
            for at in (word..end).filter(|&at| tokens.is(at, "static")) {
                chunk.names.push(tokens.text(at + 1).to_string());
                if !tokens.is(at - 1, "pub") && !tokens.is(at - 1, ")") {
                    let start = tokens.all[at].start;
                    chunk.edits.push(Edit { start, end: start, text: PUBLIC });
                }
            }
        }
        Kind::Foreign => {
            members(chunk, tokens, body);
            for at in body..end {
                if matches!(tokens.text(at), "fn" | "static" | "type") {
                    let name = if tokens.is(at + 1, "mut") { at + 2 } else { at + 1 };
                    chunk.names.push(tokens.text(name).to_string());
                }
            }
        }
        _ => {
            publish(chunk, tokens, head);
            let mut at = word;
            while at < end
                && matches!(tokens.text(at), "const" | "async" | "unsafe" | "extern" | "static" | "mut" | "auto")
                || tokens.text(at).starts_with('"')
            {
                at += 1;
            }
            let name = match tokens.text(at) {
                "fn" | "struct" | "enum" | "union" | "type" | "trait" | "mod" => at + 1,
                _ => at,
            };
            chunk.names.push(tokens.text(name).to_string());
            if matches!(tokens.text(at), "struct" | "union") {
                fields(chunk, tokens, at, end);
            }
        }
    }
    chunk.names.retain(|name| name != "_" && !name.is_empty());
}

/// Puts `pub` before what begins there, or in the place of `pub(…)`.
fn publish(chunk: &mut Chunk, tokens: &Tokens, at: usize) {
    let behind = tokens.behind_visibility(at);
    if behind == at + 1 || at >= tokens.all.len() {
        return;
    }
    let start = tokens.all[at].start;
    let end = if behind == at { start } else { tokens.all[behind - 1].end };
    chunk.edits.push(Edit { start, end, text: PUBLIC });
}

fn fields(chunk: &mut Chunk, tokens: &Tokens, from: usize, end: usize) {
    let group = tokens.find(from, end, |at| tokens.is(at, "{") || tokens.is(at, "("));
    if group >= end {
        return;
    }
    let close = tokens.all[group].partner.min(end);
    let (mut at, mut angles, mut begins) = (group + 1, 0, true);
    while at < close {
        if begins {
            at = tokens.behind_attributes(at);
            if at < close {
                publish(chunk, tokens, at);
                at = tokens.behind_visibility(at);
            }
            begins = false;
            continue;
        }
        match tokens.text(at) {
            "<" => angles += 1,
            ">" if !tokens.is(at - 1, "-") => angles -= 1,
            "," if angles == 0 => begins = true,
            _ => {}
        }
        at = tokens.next(at);
    }
}

/// Publishes each function, constant and type of an impl's or a foreign block's body.
fn members(chunk: &mut Chunk, tokens: &Tokens, body: usize) {
    if body >= tokens.all.len() {
        return;
    }
    let close = tokens.all[body].partner;
    let mut at = body + 1;
    while at < close {
        at = tokens.behind_attributes(at);
        if tokens.is(at, "#") || at >= close {
            break; // an inner attribute: left as it is
        }
        if tokens.is_word(at) && !tokens.is(at + 1, "!") {
            publish(chunk, tokens, at);
        }
        let stop = tokens.find(at, close, |at| tokens.is(at, "{") || tokens.is(at, ";"));
        at = tokens.next(stop);
    }
}

/// `impl<…> Trait for Type where … {`: takes the names and the header's text.
fn header(chunk: &mut Chunk, tokens: &Tokens, word: usize, body: usize) {
    let begin = tokens.find(word, body, |at| tokens.is(at, "impl"));
    let words: Vec<&str> = (begin..body).map(|at| tokens.text(at)).collect();
    chunk.header = words.join(" ");
    let mut at = begin + 1;
    if tokens.is(at, "<") {
        at = behind_angles(tokens, at, body);
    }
    let stop = tokens.find(at, body, |at| tokens.is(at, "where"));
    let split = (at..stop).find(|&at| tokens.is(at, "for") && !tokens.is(at + 1, "<"));
    if let Some(split) = split {
        chunk.of_trait = main_name(tokens, at, split);
        chunk.of_type = main_name(tokens, split + 1, stop);
    } else {
        chunk.of_type = main_name(tokens, at, stop);
    }
}

fn behind_angles(tokens: &Tokens, mut at: usize, end: usize) -> usize {
    let mut depth = 0;
    while at < end {
        match tokens.text(at) {
            "<" => depth += 1,
            ">" if !tokens.is(at - 1, "-") => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The last word of the first path, before its arguments.
fn main_name(tokens: &Tokens, from: usize, end: usize) -> String {
    let mut name = "";
    for at in from..end {
        match tokens.text(at) {
            "&" | "mut" | "dyn" | "!" | "(" | "[" | ":" | "?" => {}
            _ if tokens.is_word(at) && (name.is_empty() || tokens.is(at - 1, ":")) => name = tokens.text(at),
            _ if name.is_empty() => {}
            _ => break,
        }
    }
    name.to_string()
}
