// SPDX-License-Identifier: Apache-2.0
//! Makes the crate that is compiled for a snippet.
//!
//! Items come to its root. Statements and expressions become the body of one function, within a closure that borrows
//! the kept variables where it can: so these outlive it however it ends, and the compiler itself says which of them it
//! moves. What it says makes a new plan.
use crate::chunk::{Binding, Chunk, Kind};
use crate::context::{Context, Draft};
use crate::emit::{Role, Text};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where a kept variable lives while the snippet runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hold {
    /// Around the body, which borrows it.
    Outside,
    /// In the body, which may move it and assign it again.
    Inside,
    /// In the body, which leaves nothing of it.
    Given,
}

pub struct Plan {
    pub ticks: bool,
    pub holds: BTreeMap<String, Hold>,
    /// For each new variable the way to keep it, see WAYS; beyond their number, it is not kept.
    pub ways: HashMap<String, usize>,
    /// The `let`s, by where they begin, whose variables are kept even if the rest of the snippet fails: that borrows them.
    pub firm: HashSet<usize>,
    /// The variables of which the compiler has said that they are moved.
    pub moved: HashSet<String>,
    pub draft: Draft,
}

/// How a closure may be kept: as itself it has no name, and so no later snippet could take it.
const WAYS: &[&str] = &["Fn", "FnMut", "FnOnce"];

/// So deep the rest of a snippet may lie within others.
const DEEPEST: usize = 12;

const SHOW: &str = "|quern_value| (&&&quern_rt::Show(quern_value)).text()";

pub fn entry(number: u32) -> String {
    format!("quern_cell_{number}")
}

impl Plan {
    pub fn new(context: &Context, chunks: &[Chunk]) -> Self {
        let statements = || chunks.iter().filter(|chunk| !chunk.kind.is_item());
        let mentioned = |name: &str| statements().any(|chunk| chunk.mentions.contains(name));
        let bound: HashSet<&str> = statements().flat_map(|c| &c.bindings).map(|b| b.name.as_str()).collect();
        let held =
            quern_rt::kept().iter().filter(|(name, kept)| mentioned(name) && context.spell(kept.type_name).is_some());
        let hold = |name: &str| if bound.contains(name) { Hold::Given } else { Hold::Outside };
        Plan {
            ticks: chunks.iter().any(|chunk| !chunk.ticks.is_empty()),
            holds: held.map(|(name, _)| (name.clone(), hold(name))).collect(),
            firm: firm(chunks),
            moved: HashSet::new(),
            ways: bound.iter().map(|&name| (name.to_string(), 0)).collect(),
            draft: context.draft(chunks),
        }
    }

    /// The compiler has refused to keep the variable like this: the next way. False when there is none.
    pub fn refuse(&mut self, name: &str, chunks: &[Chunk]) -> bool {
        let bound = |chunk: &&Chunk| chunk.bindings.iter().any(|binding| binding.name == name);
        if chunks.iter().filter(bound).any(|chunk| self.firm.remove(&chunk.start)) {
            return true;
        }
        if let Some(way) = self.ways.get_mut(name) {
            *way += 1;
            if last_binding(chunks, name).is_none_or(|binding| binding.closure.is_none()) {
                *way = WAYS.len();
            }
            return *way <= WAYS.len();
        }
        match self.holds.get_mut(name) {
            Some(hold @ Hold::Outside) => *hold = Hold::Inside,
            Some(Hold::Inside) if !self.firm.is_empty() => self.firm.clear(), // it may be the rest that moves it
            Some(hold @ Hold::Inside) => *hold = Hold::Given,
            _ => return false,
        }
        true
    }

    pub fn keeps(&self, name: &str) -> bool {
        match self.ways.get(name) {
            Some(&way) => way < WAYS.len(),
            None => self.holds.get(name).is_none_or(|&hold| hold != Hold::Given),
        }
    }
}

/// Those with something behind them that could fail, and without a later `let` of the same name.
fn firm(chunks: &[Chunk]) -> HashSet<usize> {
    let body: Vec<&Chunk> = chunks.iter().filter(|chunk| is_body(chunk)).collect();
    let mut later = HashSet::new();
    let mut found = Vec::new();
    for (index, chunk) in body.iter().enumerate().rev() {
        let names: Vec<&str> = chunk.bindings.iter().map(|binding| binding.name.as_str()).collect();
        let alone = chunk.bindings.iter().all(|b| !later.contains(b.name.as_str()) && b.closure.is_none());
        if index + 1 < body.len() && chunk.begun && !names.is_empty() && alone {
            found.push(chunk.start);
        }
        later.extend(names);
    }
    let few = found.len().saturating_sub(DEEPEST);
    found.into_iter().skip(few).collect()
}

fn is_body(chunk: &Chunk) -> bool {
    matches!(chunk.kind, Kind::Let | Kind::Statement | Kind::Expression)
}

fn last_binding<'a>(chunks: &'a [Chunk], name: &str) -> Option<&'a Binding> {
    chunks.iter().flat_map(|chunk| &chunk.bindings).rfind(|binding| binding.name == name)
}

pub fn generate(context: &Context, number: u32, chunks: &[Chunk], plan: &Plan) -> Text {
    let mut text = Text::default();
    text.own("#![allow(warnings, dependency_on_unit_never_type_fallback)]");
    for chunk in chunks.iter().filter(|chunk| chunk.kind == Kind::Inner) {
        text.chunk(chunk, false);
    }
    imports(context, chunks, plan, &mut text);
    let macros_first = |chunk: &&Chunk| chunk.kind != Kind::Macro;
    for &index in &plan.draft.again {
        text.again(&context.items[index].chunk, index, plan.ticks);
    }
    let mut items: Vec<&Chunk> =
        chunks.iter().filter(|chunk| chunk.kind.is_item() || chunk.kind == Kind::Use).collect();
    items.sort_by_key(macros_first);
    for chunk in items {
        text.chunk(chunk, plan.ticks);
    }
    function(context, number, chunks, plan, &mut text);
    text
}

fn imports(context: &Context, chunks: &[Chunk], plan: &Plan, text: &mut Text) {
    let again = plan.draft.again.iter().map(|&index| &*context.items[index].chunk);
    let all: Vec<&Chunk> = chunks.iter().chain(again).collect();
    let defined: HashSet<String> = all.iter().flat_map(|chunk| chunk.names.iter().cloned()).collect();
    let brought: HashSet<&str> = chunks.iter().flat_map(|c| &c.leaves).map(|leaf| leaf.name.as_str()).collect();
    let mentions: HashSet<String> = all.iter().flat_map(|chunk| chunk.mentions.iter().cloned()).collect();
    for (name, home) in context.imports(&mentions, &defined) {
        if !brought.contains(name.as_str()) {
            text.own(&format!("use cell_{home}::{name};"));
        }
    }
    for leaf in &context.leaves {
        let other = leaf.name == "*" || leaf.name == "_" || !brought.contains(leaf.name.as_str());
        if other && !defined.contains(&leaf.name) {
            text.own(&format!("use {};", leaf.path));
        }
    }
}

fn function(context: &Context, number: u32, chunks: &[Chunk], plan: &Plan, text: &mut Text) {
    let body: Vec<&Chunk> = chunks.iter().filter(|chunk| is_body(chunk)).collect();
    let runs_main = chunks.iter().any(|c| c.kind == Kind::Function && c.names.iter().any(|name| name == "main"));
    text.own(&format!("#[no_mangle] pub fn {}() {{", entry(number)));
    text.own("use quern_rt::{ByDebug as _, ByDisplay as _, ByName as _};");
    let take = |hold: Hold, text: &mut Text| {
        for (name, _) in plan.holds.iter().filter(|held| (*held.1 == Hold::Outside) == (hold == Hold::Outside)) {
            let spelt = quern_rt::kept().get(name).and_then(|kept| context.spell(kept.type_name));
            let mutable = if context.mutable.contains(name) { "mut " } else { "" };
            let spelt = spelt.unwrap_or_default();
            let line = format!("let {mutable}{name}: {spelt} = quern_rt::take::<{spelt}>({name:?});");
            text.own_for(&line, Role::Take(name.clone()));
        }
    };
    take(Hold::Outside, text);
    let asks = body.iter().any(|chunk| chunk.asks);
    let closure = if asks { "|| -> Result<(), quern_rt::Raised> {" } else { "|| -> () {" };
    text.own(&format!("quern_rt::catch({closure}"));
    take(Hold::Inside, text);
    for chunk in &body {
        statement(chunk, plan.ticks, text);
        if plan.firm.contains(&chunk.start) {
            text.own(&format!("let quern_rest = quern_rt::rest({closure}"));
        }
    }
    if runs_main {
        text.own("quern_rt::finish(main());");
    }
    let mut kept = HashSet::new();
    let loose = body.iter().filter(|chunk| !plan.firm.contains(&chunk.start));
    for binding in loose.rev().flat_map(|chunk| chunk.bindings.iter().rev()) {
        if kept.insert(&binding.name) && plan.keeps(&binding.name) {
            keep(binding, plan.ways[&binding.name], text);
        }
    }
    let end = if asks { "Ok(()) });" } else { "});" };
    let go_on = "quern_rt::go_on(quern_rest) });";
    let firm: Vec<&&Chunk> = body.iter().filter(|chunk| plan.firm.contains(&chunk.start)).collect();
    for (index, chunk) in firm.iter().rev().enumerate() {
        text.own(if index == 0 { end } else { go_on });
        for binding in &chunk.bindings {
            keep_again(&binding.name, text);
        }
    }
    again(plan, Hold::Inside, text);
    text.own(if firm.is_empty() { end } else { go_on });
    again(plan, Hold::Outside, text);
    text.own("}");
}

fn statement(chunk: &Chunk, ticks: bool, text: &mut Text) {
    if chunk.kind == Kind::Expression {
        text.own_before("match &(", chunk);
        text.chunk(chunk, ticks);
        let line = ") { quern_value => quern_rt::result((&&&quern_rt::Show(quern_value)).text()) }";
        text.own_for(line, Role::End);
        return;
    }
    text.chunk(chunk, ticks);
    if chunk.kind == Kind::Let && !chunk.semicolon {
        text.own_for(";", Role::End);
    }
    text.own("quern_rt::tick();");
}

fn keep(binding: &Binding, way: usize, text: &mut Text) {
    let name = &binding.name;
    let line = match binding.closure {
        Some(parameters) => {
            let holes = vec!["_"; parameters].join(", ");
            format!("quern_rt::keep::<Box<dyn {}({holes}) -> _>>({name:?}, Box::new({name}), {SHOW});", WAYS[way])
        }
        None => format!("quern_rt::keep({name:?}, {name}, {SHOW});"),
    };
    text.own_for(&line, Role::Keep(name.clone()));
}

fn again(plan: &Plan, hold: Hold, text: &mut Text) {
    for (name, _) in plan.holds.iter().filter(|held| *held.1 == hold) {
        keep_again(name, text);
    }
}

/// What a snippet has had in hand when it was left.
fn keep_again(name: &str, text: &mut Text) {
    text.own_for(&format!("quern_rt::keep_again({name:?}, {name}, {SHOW});"), Role::Keep(name.to_string()));
}
