// SPDX-License-Identifier: Apache-2.0
//! The tree of a `use`, as one path for each name that it brings in.
use crate::chunk::Leaf;
use crate::tokens::Tokens;

pub fn leaves(tokens: &Tokens, from: usize, end: usize) -> Vec<Leaf> {
    let mut found = Vec::new();
    let end = tokens.find(from, end, |at| tokens.is(at, ";"));
    branch(tokens, from, end, "", &mut found);
    found
}

fn branch(tokens: &Tokens, from: usize, end: usize, prefix: &str, found: &mut Vec<Leaf>) {
    let mut path = prefix.to_string();
    let mut last = String::new();
    let mut at = from;
    while at < end {
        let text = tokens.text(at);
        match text {
            "{" => {
                let close = tokens.all[at].partner.min(end);
                let mut start = at + 1;
                while start < close {
                    let comma = tokens.find(start, close, |at| tokens.is(at, ","));
                    branch(tokens, start, comma, &path, found);
                    start = comma + 1;
                }
                return;
            }
            "as" => {
                let name = tokens.text(at + 1);
                return found.push(Leaf { name: name.to_string(), path: format!("{path} as {name}") });
            }
            ":" => path.push(':'),
            // Every snippet is a crate of its own, so that its root is where the path begins anyhow.
            "self" | "crate" if path.is_empty() => at += 2,
            "self" => {
                path.truncate(path.trim_end_matches(':').len());
                last = path.rsplit(':').next().unwrap_or("").to_string();
            }
            _ => {
                path.push_str(text);
                last = text.to_string();
            }
        }
        at += 1;
    }
    if !last.is_empty() {
        found.push(Leaf { name: last, path });
    }
}
