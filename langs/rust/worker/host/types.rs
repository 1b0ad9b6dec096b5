// SPDX-License-Identifier: Apache-2.0
//! The compiler's name of a type, as source text that means it.
use std::collections::HashMap;

pub struct Names {
    public: HashMap<String, String>,
}

impl Names {
    pub fn new() -> Self {
        let public = quern_rt::public_names().into_iter().map(|(name, path)| (name.to_string(), path)).collect();
        Names { public }
    }

    /// None for a type without a name, such as a closure's. `home` says of a path of a snippet's own where it is now.
    pub fn spell(&self, name: &str, home: impl Fn(u32, &str) -> Option<u32>) -> Option<String> {
        if name.contains("{{") || name.contains("{closure") || name.contains("{async") || name.contains("impl ") {
            return None;
        }
        let mut spelt = String::new();
        for path in paths(name) {
            let path = match path {
                Part::Other(text) => {
                    spelt.push_str(text);
                    continue;
                }
                Part::Path(path) => path,
            };
            let (first, rest) = path.split_once("::").unwrap_or((path, ""));
            if let Some(number) = snippet_of(first) {
                let own = rest.split("::").next().unwrap_or("");
                if own.starts_with("quern_cell_") {
                    return None; // defined within a statement
                }
                spelt.push_str(&format!("cell_{}::{rest}", home(number, own).unwrap_or(number)));
            } else if let Some(public) = self.public.get(path) {
                spelt.push_str(public);
            } else if first == "alloc" {
                spelt.push_str(&format!("std::{rest}"));
            } else {
                spelt.push_str(path);
            }
        }
        Some(spelt)
    }
}

/// As people write it: without modules.
pub fn short(name: &str) -> String {
    paths(name)
        .map(|part| match part {
            Part::Other(text) => text,
            Part::Path(path) => path.rsplit("::").next().unwrap_or(path),
        })
        .collect()
}

/// The number in a crate's name.
pub fn snippet_of(crate_name: &str) -> Option<u32> {
    crate_name.strip_prefix("cell_")?.parse().ok()
}

enum Part<'a> {
    Path(&'a str),
    Other(&'a str),
}

fn paths(name: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let in_path = |c: char| c.is_alphanumeric() || c == '_';
        let first = rest.chars().next()?;
        let mut end = first.len_utf8();
        if in_path(first) {
            loop {
                end += rest[end..].find(|c| !in_path(c)).unwrap_or(rest.len() - end);
                if rest[end..].starts_with("::") && rest[end + 2..].starts_with(in_path) {
                    end += 2;
                } else {
                    break;
                }
            }
        } else {
            end = rest.find(in_path).unwrap_or(rest.len());
        }
        let (part, behind) = rest.split_at(end);
        rest = behind;
        Some(if in_path(first) { Part::Path(part) } else { Part::Other(part) })
    })
}
