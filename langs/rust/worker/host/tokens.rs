// SPDX-License-Identifier: Apache-2.0
//! A view on a run of tokens, and the questions that everybody asks of it.
use crate::lexer::{Kind, Token};

#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    pub code: &'a str,
    pub all: &'a [Token],
}

pub const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

impl<'a> Tokens<'a> {
    pub fn text(&self, at: usize) -> &'a str {
        self.all.get(at).map_or("", |token| &self.code[token.start..token.end])
    }

    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.all.get(at).map(|token| token.kind)
    }

    pub fn is_word(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word)
    }

    pub fn is_name(&self, at: usize) -> bool {
        self.is_word(at) && !KEYWORDS.contains(&self.text(at))
    }

    pub fn is(&self, at: usize, text: &str) -> bool {
        self.text(at) == text && !matches!(self.kind(at), Some(Kind::Text))
    }

    pub fn opens(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Open(_)))
    }

    /// Two signs without a space between.
    pub fn is_pair(&self, at: usize, first: u8, second: u8) -> bool {
        self.kind(at) == Some(Kind::Sign(first))
            && self.kind(at + 1) == Some(Kind::Sign(second))
            && self.all[at].end == self.all[at + 1].start
    }

    /// The token behind this one, or behind the whole group that this one opens.
    pub fn next(&self, at: usize) -> usize {
        if self.opens(at) { (self.all[at].partner + 1).min(self.all.len()) } else { at + 1 }
    }

    /// The first token from there on, not within a group, of which that is true; `end` when there is none.
    pub fn find(&self, mut at: usize, end: usize, wanted: impl Fn(usize) -> bool) -> usize {
        while at < end && !wanted(at) {
            at = self.next(at);
        }
        at.min(end)
    }

    /// The brace of the body of an `if`, `match`, `while` or `for`: the first that belongs to nothing in its condition.
    pub fn body(&self, keyword: usize, end: usize) -> usize {
        let (mut at, mut inner) = (keyword + 1, 0);
        while at < end && !self.is(at, ";") && (inner > 0 || !self.is(at, "{")) {
            match self.text(at) {
                "if" | "match" | "unsafe" | "loop" | "else" | "while" | "for" | "async" => inner += 1,
                "{" => inner -= 1,
                _ => {}
            }
            at = self.next(at);
        }
        at.min(end)
    }

    /// Behind attributes (`#[…]`) that begin there.
    pub fn behind_attributes(&self, mut at: usize) -> usize {
        while self.is(at, "#") && self.is(at + 1, "[") {
            at = self.next(at + 1);
        }
        at
    }

    /// Behind `pub` or `pub(…)`.
    pub fn behind_visibility(&self, at: usize) -> usize {
        if !self.is(at, "pub") {
            return at;
        }
        if self.is(at + 1, "(") && matches!(self.text(at + 2), "crate" | "super" | "self" | "in") {
            return self.next(at + 1);
        }
        at + 1
    }

    /// Every name that is mentioned between two tokens, also those in braces within text, as in `"{x}"`.
    pub fn mentions(&self, from: usize, to: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let code = self.code;
        self.all[from..to].iter().flat_map(move |token| {
            let text = &code[token.start..token.end];
            let (whole, within) = match token.kind {
                Kind::Word => (Some(text), None),
                Kind::Text if text.contains('{') => (None, Some(text)),
                _ => (None, None),
            };
            let holes = within.into_iter().flat_map(|text| text.split('{').skip(1));
            let inner = holes.flat_map(|rest| {
                let hole = &rest[..rest.find('}').unwrap_or(rest.len())];
                hole.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
            });
            whole.into_iter().chain(inner)
        })
    }
}
