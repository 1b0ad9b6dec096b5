// SPDX-License-Identifier: Apache-2.0
//! What compiled snippets call: the store of kept variables, the value of a snippet, ticks for interrupts.
//!
//! One dynamic library for the worker and all snippets. Everything here belongs to the thread that runs snippets,
//! but for what says otherwise.
mod kept;
mod panics;
mod public;
mod show;

pub use kept::{Kept, keep, keep_again, kept, lose, take};
pub use panics::{
    Ending, Place, Raised, catch, ending, finish, go_on, install_hook, name_lines, place_of, rest, tick, torn,
};
pub use public::public_names;
pub use show::{ByDebug, ByDisplay, ByName, Show, result, taken_result};
