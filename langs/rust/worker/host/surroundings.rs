// SPDX-License-Identifier: Apache-2.0
//! What one run brings along: arguments, TRACEPARENT, one stream for two. Put back when it ends.
use crate::channel::Request;
use std::cell::RefCell;
use std::ffi::{CString, OsString, c_char};
use std::io::{BufRead, Read};

unsafe extern "C" {
    fn dup(fd: i32) -> i32;
    fn dup2(from: i32, to: i32) -> i32;
    fn close(fd: i32) -> i32;
    fn fcntl(fd: i32, command: i32, ...) -> i32;
    fn open(path: *const c_char, flags: i32, ...) -> i32;
    fn quern_set_arguments(count: i32, all: *mut *mut c_char);
    fn quern_merge(on: i32);
    fn quern_same(one: i32, other: i32) -> i32;
}

const F_DUPFD_CLOEXEC: i32 = 1030;
const HIGH: i32 = 60;
const TRACEPARENT: &str = "TRACEPARENT";

pub struct Surroundings {
    stderr: Option<i32>,
    /// (the variable before, what this run has)
    trace: Option<(Option<OsString>, OsString)>,
}

impl Surroundings {
    pub fn enter(request: &Request) -> Self {
        if let Some(arguments) = request.part("argv") {
            set_arguments(arguments);
        }
        let trace = request.part("traceparent").map(|value| {
            let value = OsString::from(String::from_utf8_lossy(value).into_owned());
            let before = std::env::var_os(TRACEPARENT);
            unsafe { std::env::set_var(TRACEPARENT, &value) };
            (before, value)
        });
        let stderr = (request.attribute("merge") == "1").then(|| unsafe {
            let stderr = fcntl(2, F_DUPFD_CLOEXEC, HIGH);
            dup2(1, 2);
            quern_merge(1);
            stderr
        });
        Surroundings { stderr, trace }
    }

    pub fn leave(self) {
        if let Some(stderr) = self.stderr {
            unsafe {
                quern_merge(0);
                if quern_same(1, 2) != 0 {
                    dup2(stderr, 2); // unless the snippet has put something there itself
                }
                close(stderr);
            }
        }
        if let Some((before, value)) = self.trace {
            if std::env::var_os(TRACEPARENT).as_ref() == Some(&value) {
                match before {
                    Some(before) => unsafe { std::env::set_var(TRACEPARENT, before) },
                    None => unsafe { std::env::remove_var(TRACEPARENT) },
                }
            }
        }
        // A jump may have left the input's lock locked, which would be waited for here for ever.
        if !quern_rt::torn() {
            drop_input();
        }
    }
}

/// Forgets what is buffered of the input: the next run reads afresh. Meanwhile descriptor 0 has nothing to give.
fn drop_input() {
    unsafe {
        let input = dup(0);
        let nothing = open(c"/dev/null".as_ptr(), 0o2000000);
        if input < 0 || nothing < 0 {
            return; // the snippet has closed its input, and nothing more comes from there
        }
        dup2(nothing, 0);
        close(nothing);
        if let Ok(mut lock) = std::panic::catch_unwind(|| std::io::stdin().lock()) {
            let _ = lock.by_ref().fill_buf().map(<[u8]>::len).map(|length| lock.consume(length)); // /dev/null does not fail
        }
        dup2(input, 0);
        close(input);
    }
}

/// Words, each ended by a NUL byte, behind the program's name.
fn set_arguments(words: &[u8]) {
    thread_local! {
        static ARGUMENTS: RefCell<(Vec<CString>, Vec<*mut c_char>)> = const { RefCell::new((Vec::new(), Vec::new())) };
    }
    let mut all = vec![c"main".to_owned()];
    all.extend(words.split_inclusive(|&b| b == 0).filter_map(|word| CString::from_vec_with_nul(word.to_vec()).ok()));
    let mut pointers: Vec<*mut c_char> = all.iter().map(|word| word.as_ptr().cast_mut()).collect();
    pointers.push(std::ptr::null_mut());
    unsafe { quern_set_arguments(all.len() as i32, pointers.as_mut_ptr()) };
    ARGUMENTS.set((all, pointers)); // moved, but what they point to is not
}
