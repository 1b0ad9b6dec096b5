// SPDX-License-Identifier: Apache-2.0
//! One context: runs snippets, one after the other.
use crate::channel::{Channel, Request, flush};
use crate::chunk::{Chunk, Kind, Source};
use crate::compiler::{Compiled, Compiler};
use crate::context::Context;
use crate::diagnostics::Diagnostic;
use crate::emit::{Role, Text};
use crate::failure::Failure;
use crate::generate::{self, Plan};
use crate::split::split;
use crate::surroundings::Surroundings;
use crate::{load, types};
use quern_rt::Ending;
use std::io::Result;
use std::path::PathBuf;
use std::rc::Rc;

unsafe extern "C" {
    fn quern_begin();
    fn quern_end();
    fn quern_interrupted() -> i32;
    fn quern_at_home() -> i32;
}

/// The compiler is asked so often at most what it makes of one snippet.
const ROUNDS: usize = 12;

/// The compiler's errors about who may use a variable when.
const BORROWS: &[&str] = &[
    "E0373", "E0381", "E0382", "E0384", "E0499", "E0500", "E0501", "E0502", "E0503", "E0505", "E0506", "E0507",
    "E0521", "E0594", "E0596", "E0597", "E0713", "E0716",
];

pub struct Session {
    pub context: Context,
    pub compiler: Compiler,
    number: u32,
}

struct Ready {
    number: u32,
    chunks: Vec<Chunk>,
    plan: Plan,
}

impl Session {
    pub fn new(runtime: PathBuf) -> Result<Self> {
        Ok(Session { context: Context::new(), compiler: Compiler::new(runtime)?, number: 0 })
    }

    /// Runs a snippet, and says all that it yields.
    pub fn run(&mut self, request: &Request, channel: &mut Channel) -> Result<()> {
        unsafe { quern_begin() };
        let surroundings = Surroundings::enter(request);
        let outcome = self.compile_and_run(&request.code());
        flush();
        unsafe { quern_end() };
        if unsafe { quern_at_home() } == 0 {
            std::process::exit(status_of_child(&outcome));
        }
        surroundings.leave();
        let done = self.tell(outcome, channel)?;
        channel.send(&done, &[])
    }

    fn compile_and_run(&mut self, code: &str) -> std::result::Result<Ending, Failure> {
        self.number += 1;
        let source = Rc::new(Source::new(self.number, code.to_string()));
        self.context.sources.insert(self.number, source.clone());
        let Some(chunks) = split(&source) else {
            return Err(self.unparsed(&source));
        };
        if chunks.is_empty() {
            return Ok(Ending::Returned);
        }
        let ready = self.compile(chunks)?;
        let entry = generate::entry(ready.number);
        let Some(library) = self.compiler.link(ready.number).map_err(Failure::worker)? else {
            self.compiler.tidy(ready.number, false);
            return Ok(Ending::Interrupted);
        };
        let known = ready.chunks.iter().any(|chunk| chunk.kind.is_item()) || !ready.plan.draft.again.is_empty();
        let run = load::load(&library, &entry).map_err(Failure::link);
        self.compiler.tidy(ready.number, known);
        let run = run?;
        if unsafe { quern_interrupted() } != 0 {
            return Ok(Ending::Interrupted);
        }
        let before: Vec<String> = quern_rt::kept().keys().chain(ready.plan.ways.keys()).cloned().collect();
        self.accept(ready, known);
        run();
        let ending = quern_rt::ending();
        self.note_lost(&before, &ending);
        Ok(ending)
    }

    /// Asks the compiler until it agrees with a plan, or says what is wrong with the snippet itself.
    fn compile(&mut self, chunks: Vec<Chunk>) -> std::result::Result<Ready, Failure> {
        let number = self.number;
        let mut plan = Plan::new(&self.context, &chunks);
        let mut rounds = 0;
        loop {
            rounds += 1;
            let text = generate::generate(&self.context, number, &chunks, &plan);
            let known = chunks.iter().any(|chunk| chunk.kind.is_item()) || !plan.draft.again.is_empty();
            match self.compiler.compile(number, &text, known) {
                Compiled::Done => {
                    quern_rt::name_lines(&self.compiler.file(number), text.lines);
                    return Ok(Ready { number, chunks, plan });
                }
                Compiled::Interrupted => return Err(Failure::interrupted()),
                Compiled::Failed(message) => return Err(Failure::worker(message)),
                Compiled::Refused(errors) => {
                    let changed = rounds < ROUNDS && self.replan(&mut plan, &chunks, &errors);
                    if !changed {
                        self.compiler.tidy(number, false);
                        return Err(self.refused(&errors, &text));
                    }
                }
            }
        }
    }

    /// True when there is another plan to try.
    fn replan(&mut self, plan: &mut Plan, chunks: &[Chunk], errors: &[Diagnostic]) -> bool {
        let mut changed = false;
        for error in errors {
            // A variable that another one borrows for ever is not to blame: that other one is.
            let other = |role: &&Role| matches!(role, Role::Keep(_)) && error.primary_role.as_ref() != Some(role);
            let to_blame = error.roles.iter().any(|role| other(&role));
            for role in error.roles.iter().filter(|role| !to_blame || other(role)) {
                changed |= match role {
                    Role::End => false,
                    Role::Keep(name) => {
                        if error.code == "E0382" {
                            plan.moved.insert(name.clone());
                        }
                        plan.refuse(name, chunks)
                    }
                    Role::Take(name) if error.primary_role.as_ref() == Some(role) => {
                        let spelt = quern_rt::kept().get(name).map_or("", |kept| kept.type_name);
                        let reason =
                            format!("its type, {}, has no name that another snippet could use", types::short(spelt));
                        self.context.reasons.insert(name.clone(), reason);
                        plan.holds.remove(name).is_some()
                    }
                    Role::Take(_) => false,
                    Role::Again(_) if error.place.is_some_and(|place| place.0 == self.number) => false,
                    Role::Again(index) => {
                        plan.draft.drop_again(*index, &self.context.items);
                        true
                    }
                };
            }
        }
        // The rest of a snippet borrows more at once than its statements one by one.
        if !changed && !plan.firm.is_empty() && errors.iter().any(|error| BORROWS.contains(&error.code.as_str())) {
            plan.firm.clear();
            changed = true;
        }
        // A tick may stand where none can be: unless it is plain that something else is wrong.
        if !changed && plan.ticks && !errors.iter().all(|error| error.sound) {
            plan.ticks = false;
            changed = true;
        }
        changed
    }

    fn accept(&mut self, ready: Ready, known: bool) {
        for chunk in &ready.chunks {
            for binding in &chunk.bindings {
                self.context.reasons.remove(&binding.name);
                if !ready.plan.keeps(&binding.name) {
                    quern_rt::lose(&binding.name);
                    let reason = match ready.plan.moved.contains(&binding.name) {
                        true => "it was moved within its own snippet",
                        false => {
                            "it borrows from something of its own snippet, or has something of it that cannot be kept"
                        }
                    };
                    self.context.reasons.insert(binding.name.clone(), reason.to_string());
                }
            }
            for name in chunk.names.iter().filter(|_| chunk.kind != Kind::Macro) {
                quern_rt::lose(name);
            }
        }
        for name in
            ready.plan.holds.keys().filter(|name| !ready.plan.keeps(name) && !ready.plan.ways.contains_key(*name))
        {
            self.context.reasons.insert(name.clone(), "an earlier snippet has moved it away".to_string());
        }
        if known || ready.chunks.iter().any(|chunk| matches!(chunk.kind, Kind::Use | Kind::Let)) {
            self.context.accept(ready.number, ready.chunks, &ready.plan.draft);
        }
    }

    /// Which variables a snippet that did not end well has taken with it.
    fn note_lost(&mut self, before: &[String], ending: &Ending) {
        let how = match ending {
            Ending::Returned => return,
            Ending::Interrupted => "was interrupted",
            Ending::Crashed { .. } | Ending::Overflowed => "crashed",
            _ => "failed",
        };
        for name in before.iter().filter(|name| !quern_rt::kept().contains_key(*name)) {
            let reason = format!("a snippet that had it in hand {how}");
            self.context.reasons.entry(name.clone()).or_insert(reason);
        }
    }

    /// Delimiters or quotes are not closed, or too many are: the compiler says it best.
    fn unparsed(&self, source: &Source) -> Failure {
        let mut text = Text::default();
        text.whole(source);
        match self.compiler.compile(self.number, &text, false) {
            Compiled::Refused(errors) => self.refused(&errors, &text),
            Compiled::Interrupted => Failure::interrupted(),
            Compiled::Failed(message) => Failure::worker(message),
            Compiled::Done => {
                Failure::worker("the snippet cannot be taken apart, though the compiler takes it".to_string())
            }
        }
    }

    fn refused(&self, errors: &[Diagnostic], text: &Text) -> Failure {
        let own = errors.iter().find(|error| error.place.is_some_and(|place| place.0 == self.number));
        let first = own.unwrap_or(&errors[0]);
        let mut message = first.message.clone();
        if first.code == "E0425" {
            let name = first.message.split('`').nth(1).unwrap_or("");
            if let Some(reason) = self.context.reasons.get(name) {
                message += &format!(": it is not kept, for {reason}; define it again");
            }
        }
        let mut place = first.place.filter(|place| place.0 == self.number);
        if first.primary_role == Some(Role::End) {
            let source = &self.context.sources[&self.number];
            let (line, start) = source.line_at(source.code.trim_end().len());
            place = Some((self.number, line, source.code.trim_end()[start..].chars().count() as u32 + 1));
            message = message
                .replace("found `)`", "found the end of the snippet")
                .replace("found `;`", "found the end of the snippet");
        }
        // The end of the file that was compiled may be beyond the snippet's.
        let width = |line| self.context.sources[&self.number].line(line).chars().count() as u32;
        let place = place.map(|(number, line, column)| (number, line, column.min(width(line) + 1)));
        let file = self.compiler.file(self.number);
        let mut traceback = Vec::new();
        for error in errors {
            if !traceback.is_empty() {
                traceback.push(String::new());
            }
            traceback.extend(error.lines(&file, text, &self.context.sources));
        }
        Failure::compile(first.name(), message, place, traceback)
    }

    /// Says how it ended, all but the last frame, which is the result.
    fn tell(&mut self, outcome: std::result::Result<Ending, Failure>, channel: &mut Channel) -> Result<String> {
        let result = quern_rt::taken_result();
        let failure = match outcome {
            Ok(Ending::Returned) => {
                if let Some(text) = result {
                    channel.send("result", &[("text/plain", &text)])?;
                }
                return Ok("done status=ok".to_string());
            }
            Ok(Ending::Exited(0)) => return Ok("done status=ok exit=0".to_string()),
            Ok(Ending::Exited(code)) => return Ok(format!("done status=error exit={code}")),
            Ok(ending) => Failure::ended(ending, self.number),
            Err(failure) => failure,
        };
        failure.send(channel)?;
        Ok(format!("done status={}", if failure.interrupted { "interrupted" } else { "error" }))
    }
}

fn status_of_child(outcome: &std::result::Result<Ending, Failure>) -> i32 {
    match outcome {
        Ok(Ending::Returned) => 0,
        Ok(Ending::Exited(code)) => *code,
        Ok(Ending::Panicked { .. }) => 101,
        _ => 1,
    }
}
