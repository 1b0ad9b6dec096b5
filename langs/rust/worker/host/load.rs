// SPDX-License-Identifier: Apache-2.0
//! Loads what was compiled for a snippet, and tells the guard which of it the user has written.
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
    fn quern_own_code(from: usize, to: usize, functions: c_int);
}

const RTLD_NOW: c_int = 2;
const RTLD_GLOBAL: c_int = 0x100;

/// Its entry. The library stays for ever: values may have code in it.
pub fn load(library: &Path, entry: &str) -> Result<fn(), String> {
    let image = std::fs::read(library).map_err(|error| error.to_string())?;
    let name = |text: &str| CString::new(text).map_err(|error| error.to_string());
    let path = name(&library.to_string_lossy())?;
    let handle = unsafe { dlopen(path.as_ptr(), RTLD_NOW | RTLD_GLOBAL) };
    if handle.is_null() {
        let said = unsafe { CStr::from_ptr(dlerror()) }.to_string_lossy().into_owned();
        return Err(said
            .rsplit("undefined symbol: ")
            .next()
            .filter(|s| s.len() < said.len())
            .map_or(said.clone(), |symbol| format!("nothing defines `{symbol}`, which an extern block declares")));
    }
    let address = unsafe { dlsym(handle, name(entry)?.as_ptr()) };
    if address.is_null() {
        return Err(format!("the compiled snippet has no `{entry}`"));
    }
    note_code(&image, entry, address as usize);
    Ok(unsafe { std::mem::transmute::<*mut c_void, fn()>(address) })
}

fn number(image: &[u8], at: usize, size: usize) -> usize {
    let bytes = image.get(at..at + size).unwrap_or(&[]);
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte))
}

/// Reads the symbol table of a 64-bit little-endian library, as the linker has just made it.
fn note_code(image: &[u8], entry: &str, address: usize) {
    let sections = number(image, 0x28, 8);
    let section = |index: usize, field: usize, size: usize| number(image, sections + index * 64 + field, size);
    let Some(table) = (0..number(image, 0x3c, 2)).find(|&index| section(index, 4, 4) == 2) else { return };
    let (offset, size) = (section(table, 0x18, 8), section(table, 0x20, 8));
    let names = section(section(table, 0x28, 4), 0x18, 8);
    let symbols = (0..size / 24).map(|index| offset + index * 24).filter(|&at| number(image, at + 4, 1) & 15 == 2);
    let all: Vec<(&str, usize, usize)> = symbols
        .map(|at| {
            let name = image.get(names + number(image, at, 4)..).unwrap_or(&[]);
            let name = CStr::from_bytes_until_nul(name).ok().and_then(|name| name.to_str().ok()).unwrap_or("");
            (name, number(image, at + 8, 8), number(image, at + 16, 8))
        })
        .filter(|symbol| symbol.1 != 0)
        .collect();
    let Some(base) = all.iter().find(|symbol| symbol.0 == entry).map(|symbol| address.wrapping_sub(symbol.1)) else {
        return;
    };
    for (name, start, length) in all {
        let users = crate_of(name).is_some_and(|name| crate::types::snippet_of(name).is_some());
        unsafe { quern_own_code(base + start, base + start + length, users.into()) };
    }
}

/// The crate whose source has the function of that symbol, by Rust's v0 mangling.
fn crate_of(symbol: &str) -> Option<&str> {
    let mut rest = symbol.strip_prefix("_R")?;
    loop {
        let first = rest.chars().next()?;
        rest = &rest[first.len_utf8()..];
        match first {
            'N' => rest = rest.get(1..)?,
            'I' => {}
            'M' | 'X' => rest = behind_disambiguator(rest)?,
            'C' => {
                rest = behind_disambiguator(rest)?;
                let digits = rest.find(|c: char| !c.is_ascii_digit())?;
                let length: usize = rest[..digits].parse().ok()?;
                return rest[digits..].trim_start_matches('_').get(..length);
            }
            _ => return None,
        }
    }
}

fn behind_disambiguator(rest: &str) -> Option<&str> {
    if rest.starts_with('s') { rest.split_once('_').map(|halves| halves.1) } else { Some(rest) }
}
