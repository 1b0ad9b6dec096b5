// SPDX-License-Identifier: Apache-2.0
//! How a snippet ends, as Rust sees it: it returns, panics, fails by `?`, or is interrupted, which is a panic too.
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind, set_hook};
use std::process::{ExitCode, Termination};
use std::sync::Mutex;

#[repr(C)]
struct Left {
    way: c_int,
    code: c_int,
    address: *mut c_void,
    overflow: c_int,
    torn: c_int,
}

unsafe extern "C" {
    static quern_pending: c_int;
    fn quern_interrupted() -> c_int;
    fn quern_guard(body: unsafe extern "C-unwind" fn(*mut c_void), data: *mut c_void) -> Left;
    fn quern_jump_on() -> !;
}

/// A place in a snippet: its number, the line, the column.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub snippet: u32,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Debug)]
pub enum Ending {
    Returned,
    Panicked { message: String, place: Option<Place> },
    Raised { name: String, message: String },
    Exited(i32),
    Interrupted,
    Crashed { signal: i32, address: usize },
    Overflowed,
}

/// The payload of the panic that an interrupt is. Without a size, for nothing may be allocated for it.
struct Interrupt;

struct Seen {
    message: String,
    place: Option<Place>,
    text: String,
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
    static ENDING: RefCell<Ending> = const { RefCell::new(Ending::Returned) };
    static TORN: RefCell<bool> = const { RefCell::new(false) };
    static RUNS: RefCell<bool> = const { RefCell::new(false) };
}

/// For each compiled file, by its lines: the snippet, the line and where it matters the column that they stand for.
static LINES: Mutex<Option<HashMap<String, Vec<(u32, u32, u32)>>>> = Mutex::new(None);

pub fn name_lines(file: &str, lines: Vec<(u32, u32, u32)>) {
    let mut all = LINES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    all.get_or_insert_default().insert(file.to_string(), lines);
}

pub fn place_of(file: &str, line: u32, column: u32) -> Option<Place> {
    let all = LINES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let &(snippet, line, only) = all.as_ref()?.get(file)?.get(line.checked_sub(1)? as usize)?;
    (line > 0).then_some(Place { snippet, line, column: if only > 0 { only } else { column } })
}

/// Lets an interrupt that waits end the snippet here. Stands where the snippet's own code can be left: in loops, at the
/// beginning of functions, between statements.
#[inline(always)]
pub fn tick() {
    if unsafe { (&raw const quern_pending).read_volatile() } != 0 {
        quern_raise();
    }
}

/// Panics with an interrupt, when this is the snippet's thread and nothing panics yet.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn quern_raise() {
    if RUNS.try_with(|runs| *runs.borrow()).unwrap_or(false) && !std::thread::panicking() {
        resume_unwind(Box::new(Interrupt));
    }
}

/// What a `?` at top level makes of an error.
pub struct Raised {
    name: String,
    message: String,
}

impl<E: Debug> From<E> for Raised {
    fn from(error: E) -> Self {
        raised(std::any::type_name::<E>(), format_args!("{error:?}"))
    }
}

fn raised(type_name: &str, message: std::fmt::Arguments) -> Raised {
    let plain = &type_name[..type_name.find('<').unwrap_or(type_name.len())];
    Raised { name: plain.rsplit("::").next().unwrap_or(plain).to_string(), message: message.to_string() }
}

/// What a snippet's body may return.
pub trait Outcome {
    fn raised(self) -> Option<Raised>;
}

impl Outcome for () {
    fn raised(self) -> Option<Raised> {
        None
    }
}

impl Outcome for Result<(), Raised> {
    fn raised(self) -> Option<Raised> {
        self.err()
    }
}

/// Runs a snippet's body, and comes back however it ends; `ending` tells how.
pub fn catch<R: Outcome>(body: impl FnOnce() -> R) {
    let (mut body, mut raised) = (Some(body), None);
    run(&mut || {
        if let Some(body) = body.take() {
            raised = body().raised();
        }
    });
    if let Some(raised) = raised {
        raised.note();
    }
}

impl Raised {
    fn note(self) {
        ENDING.set(Ending::Raised { name: self.name, message: self.message });
    }
}

fn run(body: &mut dyn FnMut()) {
    SEEN.set(None);
    RUNS.set(true);
    let call = guarded(&mut || {
        tick();
        body();
        tick();
    });
    RUNS.set(false);
    ENDING.set(match (call.left.way, call.outcome) {
        (1, _) => Ending::Exited(call.left.code),
        (2, _) if call.left.overflow != 0 => Ending::Overflowed,
        (2, _) => Ending::Crashed { signal: call.left.code, address: call.left.address as usize },
        (_, None) => Ending::Interrupted,
        (_, Some(Err(payload))) => panicked(payload),
        (_, Some(Ok(()))) => Ending::Returned,
    });
    if let Some(seen) = SEEN.take() {
        if !matches!(ENDING.with_borrow(Ending::clone), Ending::Panicked { .. }) {
            eprintln!("{}", seen.text);
        }
    }
}

fn panicked(payload: Box<dyn Any + Send>) -> Ending {
    if payload.is::<Interrupt>() {
        return Ending::Interrupted;
    }
    let message = match payload.downcast_ref::<&str>() {
        Some(text) => text.to_string(),
        None => payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "Box<dyn Any>".to_string()),
    };
    std::mem::forget(payload);
    if unsafe { quern_interrupted() } != 0 {
        return Ending::Interrupted; // it was in the way of the interrupt, which may be why it panicked
    }
    match SEEN.take() {
        Some(seen) => Ending::Panicked { message: seen.message, place: seen.place },
        None => Ending::Panicked { message, place: None },
    }
}

/// How a call ended that a jump may leave.
pub struct Call {
    left: Left,
    outcome: Option<std::thread::Result<()>>,
}

fn guarded(body: &mut dyn FnMut()) -> Call {
    struct Data<'a> {
        body: &'a mut dyn FnMut(),
        outcome: Option<std::thread::Result<()>>,
    }
    unsafe extern "C-unwind" fn call(data: *mut c_void) {
        let data = unsafe { &mut *data.cast::<Data>() };
        data.outcome = Some(catch_unwind(AssertUnwindSafe(|| (data.body)())));
    }
    let mut data = Data { body, outcome: None };
    let left = unsafe { quern_guard(call, (&raw mut data).cast()) };
    TORN.set(left.torn != 0);
    Call { left, outcome: data.outcome }
}

// What is generic below is compiled for every snippet, and so is little.

/// What a snippet does behind a `let`, whose variables outlive it.
pub fn rest<R>(body: impl FnOnce() -> R) -> (Call, Option<R>) {
    let (mut body, mut outcome) = (Some(body), None);
    let call = guarded(&mut || {
        if let Some(body) = body.take() {
            outcome = Some(body());
        }
    });
    (call, outcome)
}

/// Goes on as the rest of the snippet has ended.
pub fn go_on<R>(rest: (Call, Option<R>)) -> R {
    match rest.1 {
        Some(outcome) => outcome,
        None => rest.0.leave(),
    }
}

impl Call {
    fn leave(self) -> ! {
        match self.outcome {
            Some(Err(payload)) => resume_unwind(payload),
            _ => unsafe { quern_jump_on() },
        }
    }
}

pub fn ending() -> Ending {
    ENDING.replace(Ending::Returned)
}

/// Whether the last snippet was left in the middle of something.
pub fn torn() -> bool {
    TORN.with_borrow(|torn| *torn)
}

/// Keeps a snippet's own panic for its error; whatever else panics says so on stderr, as always in Rust.
pub fn install_hook() {
    set_hook(Box::new(|info: &PanicHookInfo| {
        let (text, place) = (told(info), info.location().and_then(|at| place_of(at.file(), at.line(), at.column())));
        if !RUNS.try_with(|runs| *runs.borrow()).unwrap_or(false) {
            eprintln!("{text}");
            return;
        }
        let message = info.payload_as_str().unwrap_or("Box<dyn Any>").to_string();
        // One that is here already was caught by the snippet, and so is told now.
        if let Some(caught) = SEEN.replace(Some(Seen { message, place, text })) {
            eprintln!("{}", caught.text);
        }
    }));
}

fn told(info: &PanicHookInfo) -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    let place = info.location().map_or_else(String::new, |at| match place_of(at.file(), at.line(), at.column()) {
        Some(place) => format!("snippet {}:{}:{}", place.snippet, place.line, place.column),
        None => at.to_string(),
    });
    format!("\nthread '{name}' panicked at {place}:\n{}", info.payload_as_str().unwrap_or("Box<dyn Any>"))
}

unsafe extern "C" {
    fn exit(status: c_int) -> !;
}

/// What snippets call in the place of `std::process::exit`, by the linker's `--wrap`: Rust's own can be called but once.
#[unsafe(export_name = concat!("__wrap_", env!("QUERN_EXIT")))]
pub fn leave(status: i32) -> ! {
    if RUNS.try_with(|runs| *runs.borrow()).unwrap_or(false) {
        unsafe { exit(status) }
    }
    std::process::exit(status)
}

/// What the end of a `main` means, as in any program: an error is told on stderr, and the status may be another than 0.
pub fn finish<T: Termination>(returned: T) {
    let code = returned.report();
    if let Some(status) = (1..=255u8).find(|&status| code == ExitCode::from(status)) {
        leave(status.into());
    }
}

/// Lets out what stdout holds back, unless this thread is in the middle of it.
#[unsafe(no_mangle)]
pub extern "C" fn quern_flush() {
    let _ = catch_unwind(|| std::io::Write::flush(&mut std::io::stdout())); // its error is the next write's too
}
