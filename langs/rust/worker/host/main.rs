// SPDX-License-Identifier: Apache-2.0
//! The Rust worker: speaks langs/WORKER.md, compiles each snippet by rustc and runs it in this process.
mod channel;
mod check;
mod chunk;
mod compiler;
mod complete;
mod context;
mod diagnostics;
mod emit;
mod failure;
mod generate;
mod inspect;
mod items;
mod json;
mod lexer;
mod library;
mod load;
mod members;
mod session;
mod split;
mod surroundings;
mod ticks;
mod tokens;
mod types;
mod uses;

use channel::Channel;
use session::Session;
use std::path::Path;

unsafe extern "C" {
    fn quern_settle();
}

fn serve() -> std::io::Result<()> {
    let mut channel = Channel::open()?;
    unsafe { quern_settle() };
    quern_rt::install_hook();
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new("."));
    let mut session = Session::new(folder.join("libquern_rt.so"))?;
    channel.send(concat!("ready version=", env!("QUERN_RUSTC_VERSION")), &[("title", "Rust")])?;
    while let Some(request) = channel.read()? {
        match request.kind.as_str() {
            "run" => session.run(&request, &mut channel)?,
            "complete" => {
                let (start, end, all) = complete::complete(&session.context, &request.code(), request.number("cursor"));
                let items: Vec<String> = all.iter().map(|(name, kind)| format!("{name}\t{kind}\n")).collect();
                channel.send(
                    &format!("matches start={start} end={end}"),
                    &[("items", items.concat().trim_end_matches('\n'))],
                )?;
                channel.send("done status=ok", &[])?;
            }
            "inspect" => {
                let detail = request.attribute("detail") == "1";
                if let Some(text) =
                    inspect::inspect(&session.context, &request.code(), request.number("cursor"), detail)
                {
                    channel.send("found", &[("text/plain", &text)])?;
                }
                channel.send("done status=ok", &[])?;
            }
            "check" => {
                let (state, indent) = check::check(&session.compiler, &request.code());
                channel.send(&format!("checked state={state}"), &[("indent", &indent)])?;
                channel.send("done status=ok", &[])?;
            }
            kind => {
                let message = format!("this worker does not know the request '{kind}'");
                channel.send("error kind=runtime", &[("name", "UnknownRequest"), ("message", &message)])?;
                channel.send("done status=error", &[])?;
            }
        }
    }
    Ok(())
}

fn main() -> std::process::ExitCode {
    match serve() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(_) => std::process::ExitCode::FAILURE, // there is nobody who could be told: the daemon is what failed
    }
}
