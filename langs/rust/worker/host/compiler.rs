// SPDX-License-Identifier: Apache-2.0
//! The compiler and the linker, run in a folder of this worker's own, which is removed when it ends.
use crate::diagnostics::{self, Diagnostic};
use crate::emit::Text;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

unsafe extern "C" {
    fn quern_watch(compiler: i32);
    fn quern_interrupted() -> i32;
    fn getrlimit(which: i32, limit: *mut Limit) -> i32;
    fn setrlimit(which: i32, limit: *const Limit) -> i32;
}

const RLIMIT_FSIZE: i32 = 1;

#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

pub struct Compiler {
    pub folder: PathBuf,
    runtime: PathBuf,
    rustc: PathBuf,
    environment: [(&'static str, &'static str); 3],
    _lock: File,
}

pub enum Compiled {
    Done,
    Refused(Vec<Diagnostic>),
    Interrupted,
    /// The compiler itself has failed.
    Failed(String),
}

const PREFIX: &str = "quern-rust-";
const LOCK: &str = "lock";
/// A folder so old has its lock, if its worker lives.
const SETTLED: Duration = Duration::from_secs(60);

pub fn crate_name(number: u32) -> String {
    format!("cell_{number}")
}

impl Compiler {
    pub fn new(runtime: PathBuf) -> std::io::Result<Self> {
        let folder = own_folder()?;
        let lock = crate::channel::high(File::create(folder.join(LOCK))?)?;
        lock.lock()?;
        // Nothing of what the user may have set, now or later.
        let environment = [("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("TMPDIR", ".")];
        Ok(Compiler {
            folder,
            runtime,
            _lock: lock,
            rustc: PathBuf::from(env!("QUERN_RUSTC")), // the one that made the runtime: another would not take it
            environment,
        })
    }

    pub fn file(&self, number: u32) -> String {
        format!("cell_{number}.rs")
    }

    /// Compiles to an object; `known` when later snippets shall use what it defines.
    pub fn compile(&self, number: u32, text: &Text, known: bool) -> Compiled {
        let file = self.file(number);
        if let Err(error) = std::fs::write(self.folder.join(&file), &text.text) {
            return Compiled::Failed(format!("the snippet's file cannot be written: {error}"));
        }
        let name = crate_name(number);
        let mut command = self.command();
        command.args(["--crate-name", &name, "--crate-type", "rlib", "-C", "opt-level=0", "-C", "debuginfo=0"]);
        command.args(["-C", "codegen-units=1", "-C", "symbol-mangling-version=v0", "-C", "debug-assertions=on"]);
        command.args(["--emit", if known { "metadata,obj" } else { "obj" }, "--error-format=json"]);
        command.arg("--extern").arg(format!("quern_rt={}", self.runtime.display()));
        for other in &text.crates {
            let other = crate_name(*other);
            command.arg("--extern").arg(format!("{other}=lib{other}.rmeta"));
        }
        let folder = self.runtime.parent().unwrap_or(Path::new("."));
        command.arg("-L").arg(format!("dependency={}", folder.display())).args(["-L", "dependency=.", &file]);
        match self.run(&mut command) {
            Ok((true, _)) => Compiled::Done,
            Ok(_) if unsafe { quern_interrupted() } != 0 => Compiled::Interrupted,
            Ok((false, output)) => {
                let found = diagnostics::read(&output, &file, text);
                if found.is_empty() { Compiled::Failed(tail(&output)) } else { Compiled::Refused(found) }
            }
            Err(error) => Compiled::Failed(format!("{} cannot be run: {error}", self.rustc.display())),
        }
    }

    /// Makes a library of the object; none when an interrupt has ended the linker.
    pub fn link(&self, number: u32) -> Result<Option<PathBuf>, String> {
        let name = crate_name(number);
        let library = self.folder.join(format!("{name}.so"));
        let mut command = Command::new(self.rustc.with_file_name("ld"));
        command
            .arg(concat!("--wrap=", env!("QUERN_EXIT")))
            .args(["-shared", "--eh-frame-hdr", "-z", "norelro", "-o"])
            .arg(&library)
            .arg(format!("{name}.o"));
        match self.run(&mut command) {
            Ok((true, _)) => Ok(Some(library)),
            Ok(_) if unsafe { quern_interrupted() } != 0 => Ok(None),
            Ok((false, output)) => Err(tail(&output)),
            Err(error) => Err(format!("the linker cannot be run: {error}")),
        }
    }

    /// Whether the compiler's own parser takes the code, which stands in a function that is left out; its errors else.
    pub fn parse(&self, text: &Text) -> Compiled {
        let file = "check.rs";
        if let Err(error) = std::fs::write(self.folder.join(file), &text.text) {
            return Compiled::Failed(error.to_string());
        }
        let mut command = self.command();
        command.args([
            "--crate-name",
            "check",
            "--crate-type",
            "rlib",
            "--emit",
            "dep-info",
            "--error-format=json",
            file,
        ]);
        match self.run(&mut command) {
            Ok((true, _)) => Compiled::Done,
            Ok((false, output)) => Compiled::Refused(diagnostics::read(&output, file, text)),
            Err(error) => Compiled::Failed(error.to_string()),
        }
    }

    /// What is not needed any more once a snippet is loaded.
    pub fn tidy(&self, number: u32, known: bool) {
        let name = crate_name(number);
        for end in ["rs", "o", "so"] {
            let _ = std::fs::remove_file(self.folder.join(format!("{name}.{end}"))); // it may never have been made
        }
        if !known {
            let _ = std::fs::remove_file(self.folder.join(format!("lib{name}.rmeta")));
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        command.args(["--edition", "2021"]);
        command
    }

    /// (whether it went well, what it said)
    fn run(&self, command: &mut Command) -> std::io::Result<(bool, String)> {
        command.current_dir(&self.folder).env_clear().envs(self.environment);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        unsafe { command.pre_exec(all_of_the_files_limit) };
        let mut child = command.spawn()?;
        unsafe { quern_watch(child.id() as i32) };
        let mut output = Vec::new();
        let read = child.stderr.take().map_or(Ok(0), |mut stderr| stderr.read_to_end(&mut output));
        let status = child.wait();
        unsafe { quern_watch(0) };
        read?;
        Ok((status?.success(), String::from_utf8_lossy(&output).into_owned()))
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder); // at the worker's end, when nobody could be told
    }
}

/// The limit of a run on the size of files is for what the snippet writes.
fn all_of_the_files_limit() -> std::io::Result<()> {
    let mut limit = Limit { soft: 0, hard: 0 };
    unsafe {
        if getrlimit(RLIMIT_FSIZE, &mut limit) == 0 {
            limit.soft = limit.hard;
            setrlimit(RLIMIT_FSIZE, &limit);
        }
    }
    Ok(())
}

/// In TMPDIR, or where else there may be room.
fn own_folder() -> std::io::Result<PathBuf> {
    let mut made = Err(std::io::ErrorKind::NotFound.into());
    for place in [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/dev/shm")] {
        sweep(&place);
        let folder = place.join(format!("{PREFIX}{}-{}", std::process::id(), nonce()));
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        made = builder.create(&folder).map(|()| folder);
        if made.is_ok() {
            break;
        }
    }
    made
}

fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

fn nonce() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

/// Removes the folders of workers that were killed before they could do it: nobody holds their lock.
fn sweep(place: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let age = entry.metadata().ok().and_then(|data| data.modified().ok()?.elapsed().ok());
        if !ours || age.is_none_or(|age| age < SETTLED) {
            continue;
        }
        let left = File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if left {
            let _ = std::fs::remove_dir_all(entry.path()); // another worker may be faster
        }
    }
}
