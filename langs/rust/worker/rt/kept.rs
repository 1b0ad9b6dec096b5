// SPDX-License-Identifier: Apache-2.0
//! The variables that outlive their snippet. Each lies in a box of its own, under its name.
//!
//! A snippet takes what it mentions into locals and puts it back at its end. The type that takes may be another than
//! the one that kept, when a definition was compiled again word for word; rustc lays both out alike, and whatever is
//! seen of that is checked.
use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::collections::BTreeMap;

pub struct Kept {
    pub type_name: &'static str,
    value: *mut u8,
    layout: Layout,
    show: unsafe fn(*const u8) -> Option<String>,
    drop: unsafe fn(*mut u8),
}

impl Kept {
    /// The value as text. Runs the type's own Debug.
    pub fn text(&self) -> Option<String> {
        unsafe { (self.show)(self.value) }
    }
}

struct Store(UnsafeCell<BTreeMap<String, Kept>>);

// Only the thread that runs snippets comes here.
unsafe impl Sync for Store {}

static STORE: Store = Store(UnsafeCell::new(BTreeMap::new()));

fn store() -> &'static mut BTreeMap<String, Kept> {
    unsafe { &mut *STORE.0.get() }
}

/// Takes the variable out of the store. The worker has seen to it that it is there, and that T is its type.
///
/// What is generic here is compiled for every snippet, and so is little.
pub fn take<T>(name: &str) -> T {
    let value = out(name, Layout::new::<T>(), std::any::type_name::<T>()).cast::<T>();
    unsafe { *Box::from_raw(value) }
}

fn out(name: &str, layout: Layout, type_name: &str) -> *mut u8 {
    let kept = store().remove(name).unwrap_or_else(|| panic!("the variable `{name}` is not there"));
    let fits = kept.layout == layout;
    assert!(fits, "the variable `{name}` of type {} cannot become a {type_name}: define it again", kept.type_name);
    kept.value
}

/// Keeps a variable. `show` makes a text of it.
pub fn keep<T: 'static>(name: &str, value: T, show: fn(&T) -> Option<String>) {
    unsafe fn dropped<T>(value: *mut u8) {
        drop(unsafe { Box::from_raw(value.cast::<T>()) });
    }
    let show = unsafe { std::mem::transmute::<fn(&T) -> Option<String>, unsafe fn(*const u8) -> Option<String>>(show) };
    let value = Box::into_raw(Box::new(value)).cast();
    put(
        name,
        Kept { type_name: std::any::type_name::<T>(), value, layout: Layout::new::<T>(), show, drop: dropped::<T> },
    );
}

fn put(name: &str, kept: Kept) {
    if let Some(old) = store().insert(name.to_string(), kept) {
        unsafe { (old.drop)(old.value) };
    }
}

/// Puts back what a snippet took, unless the snippet was left in the middle of whatever it did to it.
pub fn keep_again<T: 'static>(name: &str, value: T, show: fn(&T) -> Option<String>) {
    if lost(std::any::type_name::<T>()) {
        std::mem::forget(value);
    } else {
        keep(name, value, show);
    }
}

fn lost(type_name: &str) -> bool {
    crate::panics::torn() && !plain(type_name)
}

/// Types without pointers into a heap: they cannot be half changed in a way that matters.
fn plain(type_name: &str) -> bool {
    const PLAIN: &[&str] = &[
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64", "bool",
        "char", "str", "core", "option", "Option", "time", "Duration",
    ];
    type_name
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .all(|word| word.is_empty() || word.bytes().all(|b| b.is_ascii_digit()) || PLAIN.contains(&word))
}

/// Forgets the variable, without its destructor: nobody knows what that would run into.
pub fn lose(name: &str) {
    store().remove(name);
}

pub fn kept() -> &'static BTreeMap<String, Kept> {
    store()
}
