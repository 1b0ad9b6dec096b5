// SPDX-License-Identifier: Apache-2.0
//! What a name at the cursor is: the user's own first, then the library's.
use crate::chunk::Kind;
use crate::context::Context;
use crate::{library, members, types};

/// Values are shown so far.
const LONG: usize = 1000;

pub fn inspect(context: &Context, code: &str, cursor: usize, detail: bool) -> Option<String> {
    let cursor = (0..=cursor.min(code.len())).rev().find(|&at| code.is_char_boundary(at))?;
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = cursor - code[..cursor].chars().rev().take_while(|&c| in_word(c)).map(char::len_utf8).sum::<usize>();
    let end = cursor + code[cursor..].find(|c| !in_word(c)).unwrap_or(code.len() - cursor);
    let (before, name) = (code[..start].trim_end(), &code[start..end]);
    if name.is_empty() {
        return None;
    }
    if before.ends_with('.') || before.ends_with("::") {
        return of_member(context, before, name);
    }
    variable(context, name).or_else(|| item(context, name, detail)).or_else(|| of_library(context, name))
}

fn variable(context: &Context, name: &str) -> Option<String> {
    let kept = quern_rt::kept().get(name)?;
    let mutable = if context.mutable.contains(name) { "mut " } else { "" };
    let mut text = format!("let {mutable}{name}: {}", types::short(kept.type_name));
    // A type of the user's own has a Debug of the user's own, which is code that an inspection must not run.
    let library_only = !kept.type_name.contains("cell_") && !kept.type_name.contains("dyn ");
    if let Some(value) = library_only.then(|| kept.text()).flatten() {
        let short: String = value.chars().take(LONG).collect();
        text += &format!(" = {short}{}", if short.len() < value.len() { "…" } else { "" });
    }
    Some(text)
}

fn item(context: &Context, name: &str, detail: bool) -> Option<String> {
    let item = &context.items[context.find(name)?].chunk;
    let mut text = documentation(&item.source.code[..item.start]);
    text += &if detail || item.kind == Kind::Macro { item.text().to_string() } else { members::signature(item) };
    for chunk in context.items.iter().map(|item| &item.chunk).filter(|c| c.kind == Kind::Impl && c.of_type == name) {
        text += "\n\n";
        if detail {
            text += chunk.text();
            continue;
        }
        let own: Vec<String> =
            members::functions(chunk).into_iter().map(|member| format!("    {};", member.text)).collect();
        text += &format!("{} {{\n{}\n}}", chunk.text().split('{').next().unwrap_or("").trim_end(), own.join("\n"));
    }
    Some(text)
}

/// The lines of `///` that stand right before an item.
fn documentation(before: &str) -> String {
    let lines: Vec<&str> =
        before.trim_end().lines().rev().take_while(|line| line.trim_start().starts_with("///")).collect();
    lines.iter().rev().map(|line| format!("{}\n", line.trim_start())).collect()
}

fn of_member(context: &Context, before: &str, name: &str) -> Option<String> {
    let all = context.items.iter().map(|item| &item.chunk).filter(|chunk| chunk.kind == Kind::Type);
    for chunk in all {
        let owner = chunk.names.first()?;
        if let Some(member) = members::of_type(context, owner).into_iter().find(|member| member.name == name) {
            return Some(match member.kind {
                "field" => format!("{owner}.{name}: {}", member.text),
                "variant" => format!("{owner}::{}", member.text),
                _ => format!("{owner}: {}", member.text),
            });
        }
    }
    let module = before.trim_end_matches(':');
    let module = &module[module.rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').map_or(0, |at| at + 1)..];
    let known = library::MODULES.iter().find(|known| known.0 == module)?;
    let has = known.1.split_whitespace().any(|known| known.trim_end_matches(':') == name);
    has.then(|| format!("{module}::{name}"))
}

fn of_library(context: &Context, name: &str) -> Option<String> {
    if let Some(leaf) = context.leaves.iter().find(|leaf| leaf.name == name) {
        return Some(format!("use {};", leaf.path));
    }
    let known = library::PRELUDE.iter().find(|known| known.0.trim_end_matches('!') == name);
    if let Some(known) = known {
        return Some(known.1.to_string());
    }
    let module = library::MODULES
        .iter()
        .find(|module| module.0.starts_with("std::") && module.1.split_whitespace().any(|known| known == name));
    module.map(|module| format!("{}::{name}", module.0))
}
