// SPDX-License-Identifier: Apache-2.0
//! A value as text: by Debug, else by Display, else its type's name. Which one is chosen by the number of references
//! that the method call has to add, so that it needs no specialization.
use std::fmt::{Debug, Display};
use std::sync::Mutex;

static RESULT: Mutex<Option<String>> = Mutex::new(None);

pub struct Show<'a, T: ?Sized>(pub &'a T);

pub trait ByDebug {
    fn text(&self) -> Option<String>;
}
pub trait ByDisplay {
    fn text(&self) -> Option<String>;
}
pub trait ByName {
    fn text(&self) -> Option<String>;
}

impl<T: Debug + ?Sized> ByDebug for &&Show<'_, T> {
    fn text(&self) -> Option<String> {
        shown(std::any::type_name::<T>(), format_args!("{:?}", self.0))
    }
}

impl<T: Display + ?Sized> ByDisplay for &Show<'_, T> {
    fn text(&self) -> Option<String> {
        shown(std::any::type_name::<T>(), format_args!("{}", self.0))
    }
}

impl<T: ?Sized> ByName for Show<'_, T> {
    fn text(&self) -> Option<String> {
        named(std::any::type_name::<T>())
    }
}

// Apart from what is generic, which is compiled for every snippet.

fn shown(type_name: &str, text: std::fmt::Arguments) -> Option<String> {
    (type_name != "()").then(|| text.to_string())
}

fn named(name: &str) -> Option<String> {
    Some(format!("<{}>", name.rsplit_once("::").filter(|_| !name.contains('<')).map_or(name, |halves| halves.1)))
}

pub fn result(text: Option<String>) {
    *RESULT.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = text;
}

pub fn taken_result() -> Option<String> {
    RESULT.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
}
