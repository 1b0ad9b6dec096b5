// SPDX-License-Identifier: Apache-2.0
//! Why a snippet did not end well, as the daemon is told.
use crate::channel::Channel;
use quern_rt::Ending;
use std::ffi::{CStr, c_char};
use std::io::Result;

unsafe extern "C" {
    fn sigabbrev_np(signal: i32) -> *const c_char;
    fn strsignal(signal: i32) -> *const c_char;
}

pub struct Failure {
    kind: &'static str,
    name: String,
    message: String,
    /// (line, column)
    place: Option<(u32, u32)>,
    traceback: Vec<String>,
    pub interrupted: bool,
}

impl Failure {
    fn plain(kind: &'static str, name: &str, message: String) -> Self {
        let traceback = vec![format!("{name}: {message}")];
        Failure { kind, name: name.to_string(), message, place: None, traceback, interrupted: false }
    }

    /// The worker's own tools have failed.
    pub fn worker(message: String) -> Self {
        Failure::plain("compile", "CompilerFailure", message)
    }

    pub fn link(message: String) -> Self {
        Failure::plain("compile", "LinkError", message)
    }

    pub fn interrupted() -> Self {
        Failure {
            interrupted: true,
            ..Failure::plain("runtime", "Interrupted", "the snippet was interrupted".to_string())
        }
    }

    pub fn compile(name: String, message: String, place: Option<(u32, u32, u32)>, traceback: Vec<String>) -> Self {
        let place = place.map(|(_, line, column)| (line, column));
        Failure { kind: "compile", name, message, place, traceback, interrupted: false }
    }

    /// Of a snippet that ran, and neither returned nor asked to exit.
    pub fn ended(ending: Ending, number: u32) -> Self {
        match ending {
            Ending::Panicked { message, place } => {
                let at = place.as_ref().map_or_else(String::new, |place| {
                    format!(" at snippet {}:{}:{}", place.snippet, place.line, place.column)
                });
                let mut traceback = vec![format!("thread 'main' panicked{at}:")];
                traceback.extend(message.lines().map(str::to_string));
                let own = place.filter(|place| place.snippet == number).map(|place| (place.line, place.column));
                Failure { place: own, traceback, ..Failure::plain("runtime", "panic", message) }
            }
            Ending::Raised { name, message } => {
                let traceback = vec![format!("Error: {message}")];
                Failure { traceback, ..Failure::plain("runtime", &name, message) }
            }
            Ending::Crashed { signal, address } => {
                let text = |words: *const c_char| match words.is_null() {
                    true => signal.to_string(),
                    false => unsafe { CStr::from_ptr(words) }.to_string_lossy().into_owned(),
                };
                let (name, mut message) = unsafe { (text(sigabbrev_np(signal)), text(strsignal(signal))) };
                if address != 0 {
                    message += &format!(" at address {address:#x}");
                }
                Failure::plain("runtime", &format!("SIG{name}"), message)
            }
            Ending::Overflowed => Failure::plain(
                "runtime",
                "StackOverflow",
                "the stack has no room left: something recurses too deep".to_string(),
            ),
            _ => Failure::interrupted(),
        }
    }

    pub fn send(&self, channel: &mut Channel) -> Result<()> {
        let mut head = format!("error kind={}", self.kind);
        if let Some((line, column)) = self.place {
            head += &format!(" line={line} column={column}");
        }
        let mut parts = vec![("name", self.name.as_str()), ("message", &self.message)];
        parts.extend(self.traceback.iter().map(|line| ("traceback", line.as_str())));
        channel.send(&head, &parts)
    }
}
