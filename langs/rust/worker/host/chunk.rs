// SPDX-License-Identifier: Apache-2.0
//! What a snippet consists of: items, statements and expressions at top level, each a chunk of its text.
use std::collections::HashSet;
use std::rc::Rc;

/// One snippet's text.
pub struct Source {
    pub number: u32,
    pub code: String,
    lines: Vec<usize>, // where each begins
}

impl Source {
    pub fn new(number: u32, code: String) -> Self {
        let lines = std::iter::once(0).chain(code.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { number, code, lines }
    }

    /// (the line from 1, where it begins)
    pub fn line_at(&self, offset: usize) -> (u32, usize) {
        let index = self.lines.partition_point(|&start| start <= offset) - 1;
        (index as u32 + 1, self.lines[index])
    }

    /// A line's text, by its number.
    pub fn line(&self, number: u32) -> &str {
        self.code.lines().nth((number as usize).saturating_sub(1)).unwrap_or("")
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Inner, // an inner attribute, #![…]
    Use,
    Macro,
    Function,
    Type, // struct, enum, union, type
    Trait,
    Impl,
    Value, // const, static
    Local, // thread_local!
    Module,
    Foreign, // extern
    Let,
    Statement,
    Expression, // without a semicolon
}

impl Kind {
    pub fn is_item(self) -> bool {
        !matches!(self, Kind::Inner | Kind::Use | Kind::Let | Kind::Statement | Kind::Expression)
    }
}

/// Text that takes the place of the bytes from `start` to `end` when the chunk is compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub start: usize,
    pub end: usize,
    pub text: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub name: String,
    pub mutable: bool,
    /// Bound to a closure with so many parameters.
    pub closure: Option<usize>,
}

/// One name that a `use` brings in.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    pub name: String, // `*` for all
    pub path: String, // with `as`, where there is one
}

pub struct Chunk {
    pub source: Rc<Source>,
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub names: Vec<String>,
    pub mentions: HashSet<String>,
    /// What makes the item known outside of its crate.
    pub edits: Vec<Edit>,
    /// Where an interrupt may end it.
    pub ticks: Vec<usize>,
    pub bindings: Vec<Binding>,
    pub leaves: Vec<Leaf>,
    /// Of an impl: its header with single spaces, the trait's name, the type's.
    pub header: String,
    pub of_trait: String,
    pub of_type: String,
    pub begun: bool, // a `let` with a value
    pub asks: bool,  // has a `?`
    pub semicolon: bool,
}

impl Chunk {
    pub fn text(&self) -> &str {
        &self.source.code[self.start..self.end]
    }
}
