// SPDX-License-Identifier: Apache-2.0
//! Rust's tokens, as far as a snippet has to be taken apart: words, literals, delimiters with their partners, signs.
//! Comments and space are left out. Never fails; what is not closed is told.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Word,
    Lifetime,
    Text, // any literal in quotes
    Number,
    Open(u8),
    Close(u8),
    Sign(u8),
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Of a delimiter: the other one's index. Of an open one without: the number of tokens.
    pub partner: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Text or a comment that goes on, or an open delimiter.
    Unfinished,
    /// A closing delimiter that fits nothing.
    Unmatched,
}

pub struct Lexed {
    pub tokens: Vec<Token>,
    pub fault: Option<Fault>,
    /// How deep in delimiters the end of the code is.
    pub depth: usize,
}

struct Lexer<'a> {
    code: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    open: Vec<usize>,
    fault: Option<Fault>,
}

pub fn lex(code: &str) -> Lexed {
    let mut lexer = Lexer { code: code.as_bytes(), at: 0, tokens: Vec::new(), open: Vec::new(), fault: None };
    if code.starts_with("#!") && !code[2..].trim_start().starts_with('[') {
        lexer.at = code.find('\n').unwrap_or(code.len());
    }
    while lexer.at < lexer.code.len() {
        lexer.step();
    }
    let count = lexer.tokens.len();
    for &open in &lexer.open {
        lexer.tokens[open].partner = count;
    }
    if !lexer.open.is_empty() {
        lexer.fault.get_or_insert(Fault::Unfinished);
    }
    Lexed { tokens: lexer.tokens, fault: lexer.fault, depth: lexer.open.len() }
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.code.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, end: usize) {
        self.tokens.push(Token { kind, start: self.at, end, partner: 0 });
        self.at = end;
    }

    fn unfinished(&mut self) -> usize {
        self.fault.get_or_insert(Fault::Unfinished);
        self.code.len()
    }

    fn step(&mut self) {
        let byte = self.peek(0);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            b'/' if self.peek(1) == b'/' => {
                self.at =
                    self.code[self.at..].iter().position(|&b| b == b'\n').map_or(self.code.len(), |n| self.at + n);
            }
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' => self.quoted(self.at),
            b'\'' => self.apostrophe(),
            b'0'..=b'9' => self.number(),
            b'(' | b'[' | b'{' => {
                self.open.push(self.tokens.len());
                self.push(Kind::Open(byte), self.at + 1);
            }
            b')' | b']' | b'}' => self.close(byte),
            _ if is_word(byte) => self.word(),
            _ => self.push(Kind::Sign(byte), self.at + 1),
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.code.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => (depth, self.at) = (depth + 1, self.at + 2),
                (b'*', b'/') => {
                    (depth, self.at) = (depth - 1, self.at + 2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.unfinished();
    }

    /// Text in quotes, which begin at `from`; the token begins where the lexer is.
    fn quoted(&mut self, from: usize) {
        let mut at = from + 1;
        loop {
            match self.code.get(at) {
                Some(b'\\') => at += 2,
                Some(b'"') => return self.push(Kind::Text, at + 1),
                Some(_) => at += 1,
                None => {
                    let end = self.unfinished();
                    return self.push(Kind::Text, end);
                }
            }
        }
    }

    /// Raw text, whose hashes begin at `from`; false when it is none.
    fn raw(&mut self, from: usize) -> bool {
        let hashes = self.code[from..].iter().take_while(|&&b| b == b'#').count();
        if self.code.get(from + hashes) != Some(&b'"') {
            return false;
        }
        let close = [&b"\""[..], &b"#".repeat(hashes)].concat();
        let body = from + hashes + 1;
        let end = self.code[body..].windows(close.len()).position(|window| window == close);
        let end = end.map_or_else(|| self.unfinished(), |n| body + n + close.len());
        self.push(Kind::Text, end);
        true
    }

    fn apostrophe(&mut self) {
        let rest = &self.code[self.at + 1..];
        let word = rest.iter().take_while(|&&b| is_word(b) || b.is_ascii_digit()).count();
        if rest.first() == Some(&b'\\') {
            let end = rest[2.min(rest.len())..].iter().position(|&b| b == b'\'');
            let at = self.at;
            let end = end.map_or_else(|| self.unfinished(), |n| at + 1 + 2 + n + 1);
            self.push(Kind::Text, end);
        } else if word > 0 && rest.get(word) != Some(&b'\'') {
            self.push(Kind::Lifetime, self.at + 1 + word);
        } else if let Some(end) = rest.iter().take(8).position(|&b| b == b'\'') {
            self.push(Kind::Text, self.at + 1 + end.max(1) + 1);
        } else {
            self.push(Kind::Sign(b'\''), self.at + 1);
        }
        self.at = self.at.min(self.code.len());
    }

    fn number(&mut self) {
        let mut at = self.at;
        let digits = |mut at: usize| {
            while self.code.get(at).is_some_and(|&b| is_word(b) || b.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        at = digits(at);
        if self.code.get(at) == Some(&b'.') && self.code.get(at + 1).is_none_or(|&b| b != b'.' && !is_word(b)) {
            at = digits(at + 1);
        }
        if self.code[..at].last().is_some_and(|b| b.eq_ignore_ascii_case(&b'e'))
            && matches!(self.code.get(at), Some(b'+' | b'-'))
            && !self.code[self.at..].starts_with(b"0x")
        {
            at = digits(at + 1);
        }
        self.push(Kind::Number, at);
    }

    fn word(&mut self) {
        let length = self.code[self.at..].iter().take_while(|&&b| is_word(b) || b.is_ascii_digit()).count();
        let end = self.at + length;
        let word = &self.code[self.at..end];
        match self.code.get(end) {
            Some(b'"') if matches!(word, b"b" | b"c") => return self.quoted(end),
            Some(b'\'') if word == b"b" => {
                let start = self.at;
                self.at = end;
                self.apostrophe();
                if let Some(token) = self.tokens.last_mut() {
                    token.start = start;
                }
                return;
            }
            Some(b'"' | b'#') if matches!(word, b"r" | b"br" | b"cr") => {
                if self.raw(end) {
                    return;
                }
                if word == b"r" && self.code.get(end + 1).is_some_and(|&b| is_word(b)) {
                    let more = self.code[end + 1..].iter().take_while(|&&b| is_word(b) || b.is_ascii_digit()).count();
                    return self.push(Kind::Word, end + 1 + more);
                }
            }
            _ => {}
        }
        self.push(Kind::Word, end);
    }

    fn close(&mut self, byte: u8) {
        let wanted = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let index = self.tokens.len();
        match self.open.last() {
            Some(&open) if self.tokens[open].kind == Kind::Open(wanted) => {
                self.open.pop();
                self.tokens[open].partner = index;
                self.push(Kind::Close(byte), self.at + 1);
                self.tokens[index].partner = open;
            }
            _ => {
                self.fault = Some(Fault::Unmatched);
                self.push(Kind::Sign(byte), self.at + 1);
            }
        }
    }
}

/// May begin a word; beyond ASCII everything may, which the compiler then judges.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
