// SPDX-License-Identifier: Apache-2.0
//! Where a snippet's code can be left by an interrupt: at the beginning of its functions and loops, and behind the
//! statements there. A wrong place costs nothing but time, for what then does not compile is compiled without.
use crate::chunk::Kind;
use crate::tokens::Tokens;

/// Code of more tokens is machine-made: in loops and functions it has to do.
const MANY: usize = 20_000;

struct Finder<'a> {
    tokens: &'a Tokens<'a>,
    found: Vec<usize>,
    sparing: bool,
}

/// The offsets, in their order.
pub fn find(tokens: &Tokens, kind: Kind, head: usize, end: usize) -> Vec<usize> {
    let mut finder = Finder { tokens, found: Vec::new(), sparing: tokens.all.len() > MANY };
    match kind {
        Kind::Use | Kind::Macro | Kind::Type | Kind::Value | Kind::Local | Kind::Foreign | Kind::Inner => {}
        _ => finder.walk(head, end, false),
    }
    finder.found.sort_unstable();
    finder.found
}

impl Finder<'_> {
    /// `block`: these are the statements of a body.
    fn walk(&mut self, mut at: usize, end: usize, block: bool) {
        let tokens = self.tokens;
        while at < end {
            match tokens.text(at) {
                "fn" => at = self.function(at, end),
                "loop" if tokens.is(at + 1, "{") => at = self.body(at + 1),
                "while" => at = self.looping(at, end),
                "for" if !tokens.is(at + 1, "<") && !self.in_header(at) => at = self.looping(at, end),
                "const" | "static" | "extern" if !tokens.is(at + 1, "|") => at = self.constant(at, end),
                "impl" | "trait" => at = self.members(at, end),
                "struct" | "enum" | "use" | "type" | "macro_rules" => {
                    at = tokens.next(tokens.find(at, end, |at| tokens.is(at, ";") || tokens.is(at, "{")));
                }
                ";" if block => {
                    if !self.sparing {
                        self.found.push(tokens.all[at].end);
                    }
                    at += 1;
                }
                "!" if at > 0 && tokens.is_name(at - 1) && tokens.opens(at + 1) => at = tokens.next(at + 1),
                _ if tokens.opens(at) => {
                    self.walk(at + 1, tokens.all[at].partner.min(end), false);
                    at = tokens.next(at);
                }
                _ => at += 1,
            }
        }
    }

    /// The `for` of `impl Trait for Type`, in a place where no loop can be.
    fn in_header(&self, at: usize) -> bool {
        at > 0 && (self.tokens.is_name(at - 1) || self.tokens.is(at - 1, ">"))
    }

    fn body(&mut self, open: usize) -> usize {
        if open < self.tokens.all.len() {
            self.found.push(self.tokens.all[open].end);
            let close = self.tokens.all[open].partner.min(self.tokens.all.len());
            self.walk(open + 1, close, true);
        }
        self.tokens.next(open)
    }

    fn function(&mut self, at: usize, end: usize) -> usize {
        let stop = self.tokens.find(at, end, |at| self.tokens.is(at, "{") || self.tokens.is(at, ";"));
        if self.tokens.is(stop, "{") { self.body(stop) } else { stop + 1 }
    }

    fn looping(&mut self, from: usize, end: usize) -> usize {
        let open = self.tokens.body(from, end);
        if self.tokens.is(open, "{") { self.body(open) } else { open }
    }

    /// Constants and functions that are one, and those with another convention, cannot be left.
    fn constant(&mut self, at: usize, end: usize) -> usize {
        let tokens = self.tokens;
        let stop = tokens.find(at, end, |at| tokens.is(at, ";") || tokens.is(at, "{"));
        tokens.next(stop)
    }

    fn members(&mut self, at: usize, end: usize) -> usize {
        let tokens = self.tokens;
        let stop = tokens.find(at, end, |at| tokens.is(at, ";") || tokens.is(at, "{") || tokens.is(at, ","));
        if tokens.is(stop, "{") {
            self.walk(stop + 1, tokens.all[stop].partner.min(end), false);
        }
        tokens.next(stop)
    }
}
