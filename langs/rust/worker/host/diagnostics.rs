// SPDX-License-Identifier: Apache-2.0
//! The compiler's errors, with the places that the user knows.
use crate::emit::{Role, Text};
use crate::json::Json;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::chunk::Source;

pub struct Diagnostic {
    pub code: String,
    pub message: String,
    /// (snippet, line, column) of what it is about, where that is the user's.
    pub place: Option<(u32, u32, u32)>,
    /// What lines of the worker's own it speaks of.
    pub roles: Vec<Role>,
    /// The first of them is what it is about.
    pub primary_role: Option<Role>,
    /// It is about a line of the user's, which has been understood.
    pub sound: bool,
    rendered: String,
}

/// One of each line of the compiler's output that is an error.
pub fn read(output: &str, file: &str, text: &Text) -> Vec<Diagnostic> {
    let errors = output.lines().filter_map(Json::parse).filter(|json| json.get("level").text().starts_with("error"));
    errors
        .filter(|json| !json.get("message").text().starts_with("aborting due to"))
        .map(|j| one(&j, file, text))
        .collect()
}

fn one(json: &Json, file: &str, text: &Text) -> Diagnostic {
    let mut found = Diagnostic {
        code: json.get("code").get("code").text().to_string(),
        message: json.get("message").text().to_string(),
        place: None,
        roles: Vec::new(),
        primary_role: None,
        sound: false,
        rendered: json.get("rendered").text().to_string(),
    };
    let children = json.get("children").list().iter().flat_map(|child| child.get("spans").list());
    let (primary, other): (Vec<&Json>, Vec<&Json>) =
        json.get("spans").list().iter().partition(|span| span.get("is_primary").flag());
    for (index, span) in primary.into_iter().chain(other).chain(children).enumerate() {
        let Some(span) = within(span, file) else { continue };
        let line = span.get("line_start").number();
        let origin = text.origin(line);
        found.sound |= index == 0 && origin.1 > 0 && !found.code.is_empty();
        if let Some(role) = text.roles.get(&(line as u32)) {
            if index == 0 {
                found.primary_role = Some(role.clone());
            }
            found.roles.push(role.clone());
        }
        if found.place.is_none() && origin.1 > 0 {
            let column = if origin.2 > 0 { origin.2 } else { span.get("column_start").number() as u32 };
            found.place = Some((origin.0, origin.1, column));
        }
    }
    found
}

/// The span itself, or where in that file the macro is called that it lies in.
fn within<'a>(mut span: &'a Json, file: &str) -> Option<&'a Json> {
    loop {
        if span.get("file_name").text() == file {
            return Some(span);
        }
        match span.get("expansion") {
            Json::Null => return None,
            expansion => span = expansion.get("span"),
        }
    }
}

impl Diagnostic {
    pub fn name(&self) -> String {
        if self.code.is_empty() { "error".to_string() } else { format!("error[{}]", self.code) }
    }

    /// The compiler's own words, line by line; what quotes the snippet quotes it as the user wrote it.
    pub fn lines(&self, file: &str, text: &Text, sources: &BTreeMap<u32, Rc<Source>>) -> Vec<String> {
        let mut told = Vec::new();
        let mut hidden = false;
        let mut suggests = false; // what is quoted then is not the user's text but what it might be
        for line in self.rendered.trim_end().lines() {
            if let Some((arrow, place)) = line.split_once(&format!("{file}:")) {
                let mut numbers = place.splitn(2, ':');
                let line = numbers.next().and_then(|number| number.parse().ok()).unwrap_or(0usize);
                let origin = text.origin(line);
                hidden = origin.1 == 0 || origin.2 > 0;
                suggests = false;
                if !hidden {
                    told.push(format!("{arrow}snippet {}:{}:{}", origin.0, origin.1, numbers.next().unwrap_or("1")));
                }
                continue;
            }
            suggests |= line.starts_with("help:");
            let Some((number, gutter)) = quoted(line) else {
                let about_it = line.trim_start().starts_with(['|', '.']) && !line.trim().eq("|");
                if !(hidden && about_it) && !line.contains("#[warn(") {
                    told.push(line.to_string());
                }
                continue;
            };
            let origin = text.origin(number);
            hidden = origin.1 == 0 || origin.2 > 0;
            if hidden {
                continue;
            }
            let width = line.find(gutter).unwrap_or(1) - 1;
            let whole = sources.get(&origin.0).map_or("", |source| source.line(origin.1)).replace('\t', "    ");
            let own = line.split_once(gutter).map_or("", |halves| halves.1);
            let quote = if suggests {
                own.strip_prefix(' ').unwrap_or(own).to_string()
            } else {
                format!("{}{whole}", margin(own))
            };
            told.push(format!("{:<width$} {gutter} {quote}", origin.1));
        }
        while told.last().is_some_and(|line| matches!(line.trim(), "" | "|")) {
            told.pop();
        }
        told
    }
}

/// The number of the line that is quoted there, and the sign behind it.
fn quoted(line: &str) -> Option<(usize, char)> {
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let sign = line[digits..].trim_start().chars().next()?;
    let number = line[..digits].parse().ok()?;
    matches!(sign, '|' | '+' | '-' | '~').then_some((number, sign))
}

/// What the compiler draws between the gutter and a quoted line, for a place of several lines.
fn margin(quoted: &str) -> &str {
    let drawn = quoted.trim_start();
    let begin = quoted.len() - drawn.len();
    if drawn.starts_with(['|', '/']) && begin == 1 { &quoted[1..3.min(quoted.len())] } else { "" }
}
