// SPDX-License-Identifier: Apache-2.0
//! Whether code is whole, begun or wrong, by the compiler's own parser. It gets the code within a function that is
//! configured away, so that it looks no further.
use crate::chunk::Source;
use crate::compiler::{Compiled, Compiler};
use crate::emit::{Role, Text};
use crate::lexer::{Fault, lex};

const STEP: &str = "    ";
/// An interrupt that meets the compiler makes it say nothing: then it is asked again.
const TRIES: usize = 3;

/// (the state, how far the next line is indented)
pub fn check(compiler: &Compiler, code: &str) -> (&'static str, String) {
    let lexed = lex(code);
    match lexed.fault {
        Some(Fault::Unmatched) => return ("invalid", String::new()),
        Some(Fault::Unfinished) => {
            let in_text =
                lex(&format!("{code}\nquern_marker")).tokens.last().is_none_or(|last| last.start != code.len() + 1);
            return ("incomplete", if in_text { String::new() } else { STEP.repeat(lexed.depth) });
        }
        None => {}
    }
    let mut text = Text::default();
    text.own("#[cfg(any())] fn quern() {");
    text.whole(&Source::new(1, code.to_string()));
    text.own_for("}", Role::End);
    for _ in 0..TRIES {
        match compiler.parse(&text) {
            Compiled::Done => return ("complete", String::new()),
            Compiled::Refused(errors) if errors.is_empty() => {}
            Compiled::Refused(errors) => {
                let at_end = errors.iter().any(|error| error.primary_role == Some(Role::End));
                // The last semicolon may be left out of a snippet.
                let semicolon = errors.iter().all(|error| error.message.starts_with("expected `;`"));
                let attribute =
                    errors.iter().all(|error| error.message.starts_with("expected statement after outer attribute"));
                return match (semicolon && errors.len() == 1, at_end || attribute) {
                    (true, _) if code_ends_there(&errors[0], code) => ("complete", String::new()),
                    (_, true) => ("incomplete", if attribute { String::new() } else { STEP.to_string() }),
                    _ => ("invalid", String::new()),
                };
            }
            _ => return ("unknown", String::new()),
        }
    }
    ("unknown", String::new())
}

fn code_ends_there(error: &crate::diagnostics::Diagnostic, code: &str) -> bool {
    let last = code.trim_end().lines().count() as u32;
    error.primary_role == Some(Role::End) || error.place.is_some_and(|(_, line, _)| line == last)
}
