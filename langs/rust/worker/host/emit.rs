// SPDX-License-Identifier: Apache-2.0
//! The text that is compiled for a snippet, and where each of its lines comes from.
//!
//! A piece of the user's keeps its columns: it begins on a line of its own, behind as many spaces as there was text
//! before it. So a place in what is compiled is one in the snippet but for the line's number.
use crate::chunk::{Chunk, Source};
use std::collections::{BTreeSet, HashMap};

/// What a line that is not the user's is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    Take(String),
    Keep(String),
    /// Of an older item, by its index, which is compiled again.
    Again(usize),
    /// Behind the snippet's last expression: what is missing there is missing at the snippet's end.
    End,
}

/// (snippet, line, column): no line for the worker's own; a column where all of the line stands for one place.
pub type Origin = (u32, u32, u32);

#[derive(Default)]
pub struct Text {
    pub text: String,
    /// For each line, where it comes from.
    pub lines: Vec<Origin>,
    pub roles: HashMap<u32, Role>,
    /// The snippets whose crates it names.
    pub crates: BTreeSet<u32>,
}

impl Text {
    fn end_line(&mut self, origin: Origin) {
        self.text.push('\n');
        self.lines.push(origin);
    }

    /// A line of the worker's own.
    pub fn own(&mut self, line: &str) {
        let named = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter_map(crate::types::snippet_of);
        self.crates.extend(named);
        self.text.push_str(line);
        self.end_line((0, 0, 0));
    }

    /// A line of the worker's own that begins what the user has written there.
    pub fn own_before(&mut self, line: &str, chunk: &Chunk) {
        self.own(line);
        let (number, start) = chunk.source.line_at(chunk.start);
        let column = chunk.source.code[start..chunk.start].chars().count() as u32 + 1;
        self.lines.pop();
        self.lines.push((chunk.source.number, number, column));
    }

    /// The origin of the line of that number.
    pub fn origin(&self, line: usize) -> Origin {
        self.lines.get(line.wrapping_sub(1)).copied().unwrap_or_default()
    }

    pub fn own_for(&mut self, line: &str, role: Role) {
        self.roles.insert(self.lines.len() as u32 + 1, role);
        self.own(line);
    }

    pub fn chunk(&mut self, chunk: &Chunk, ticks: bool) {
        let tick = chunk.ticks.iter().filter(|_| ticks).map(|&at| (at, at, "quern_rt::tick();"));
        let mut cuts: Vec<_> = chunk.edits.iter().map(|edit| (edit.start, edit.end, edit.text)).chain(tick).collect();
        cuts.sort_by_key(|cut| cut.0);
        let mut at = chunk.start;
        for (start, end, text) in cuts {
            self.piece(chunk, at, start);
            self.own(text);
            at = end;
        }
        self.piece(chunk, at, chunk.end);
    }

    /// Code that cannot be taken apart, as it is.
    pub fn whole(&mut self, source: &Source) {
        for (index, line) in source.code.split('\n').enumerate() {
            self.text.push_str(line);
            self.end_line((source.number, index as u32 + 1, 0));
        }
    }

    /// An older item, which the user has not just written.
    pub fn again(&mut self, chunk: &Chunk, index: usize, ticks: bool) {
        let from = self.lines.len() as u32;
        self.chunk(chunk, ticks);
        for line in from..self.lines.len() as u32 {
            self.roles.insert(line + 1, Role::Again(index));
        }
    }

    fn piece(&mut self, chunk: &Chunk, from: usize, to: usize) {
        let source = &chunk.source;
        let (mut line, start) = source.line_at(from);
        let piece = &source.code[from..to];
        if piece.trim().is_empty() {
            return;
        }
        let before = source.code[start..from].chars().map(|c| if c == '\t' { '\t' } else { ' ' });
        self.text.extend(before);
        for (index, text) in piece.split('\n').enumerate() {
            if index > 0 {
                self.end_line((source.number, line, 0));
                line += 1;
            }
            self.text.push_str(text);
        }
        self.end_line((source.number, line, 0));
    }
}
