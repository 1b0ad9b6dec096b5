// SPDX-License-Identifier: Apache-2.0
//! Frames to and from the daemon, on two descriptors that no child of the user's gets.
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

unsafe extern "C" {
    fn fcntl(fd: i32, command: i32, ...) -> i32;
    fn fflush(stream: *mut u8) -> i32;
}

const F_DUPFD_CLOEXEC: i32 = 1030;
const HIGH: i32 = 60;

pub struct Request {
    pub kind: String,
    attributes: HashMap<String, String>,
    parts: HashMap<String, Vec<u8>>,
}

impl Request {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub fn number(&self, name: &str) -> usize {
        self.attribute(name).parse().unwrap_or(0)
    }

    pub fn part(&self, name: &str) -> Option<&[u8]> {
        self.parts.get(name).map(Vec::as_slice)
    }

    pub fn code(&self) -> String {
        String::from_utf8_lossy(self.part("code").unwrap_or(b"")).into_owned()
    }
}

pub struct Channel {
    requests: BufReader<File>,
    replies: File,
}

impl Channel {
    /// Takes the descriptors 3 and 4 to high numbers, so that a snippet's own first file is 3.
    pub fn open() -> Result<Self> {
        Ok(Channel { requests: BufReader::with_capacity(1 << 16, moved(3)?), replies: moved(4)? })
    }

    /// The next request; None when there are no more.
    pub fn read(&mut self) -> Result<Option<Request>> {
        let mut line = Vec::new();
        if self.requests.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut words = line.trim_end_matches('\n').split(' ');
        let kind = words.next().unwrap_or("").to_string();
        let mut request = Request { kind, attributes: HashMap::new(), parts: HashMap::new() };
        for word in words {
            match word.rsplit_once(':').and_then(|(name, size)| Some((name, size.parse::<usize>().ok()?))) {
                Some((name, size)) => {
                    let mut body = vec![0; size];
                    self.requests.read_exact(&mut body)?;
                    request.parts.insert(name.to_string(), body);
                }
                None => {
                    let (key, value) = word.split_once('=').unwrap_or((word, ""));
                    request.attributes.insert(key.to_string(), value.to_string());
                }
            }
        }
        Ok(Some(request))
    }

    pub fn send(&mut self, head: &str, parts: &[(&str, &str)]) -> Result<()> {
        flush();
        let mut frame = head.as_bytes().to_vec();
        for (name, body) in parts {
            frame.extend_from_slice(format!(" {name}:{}", body.len()).as_bytes());
        }
        frame.push(b'\n');
        for (_, body) in parts {
            frame.extend_from_slice(body.as_bytes());
        }
        self.replies.write_all(&frame)
    }
}

/// What the user's code has printed goes out. An error is the pipe's, and so the daemon's to notice.
pub fn flush() {
    let _ = std::io::stdout().flush();
    unsafe { fflush(std::ptr::null_mut()) };
}

fn moved(fd: RawFd) -> Result<File> {
    high(unsafe { File::from_raw_fd(fd) })
}

/// The same file, at a number that no program expects to be free.
pub fn high(file: File) -> Result<File> {
    let high = unsafe { fcntl(file.as_raw_fd(), F_DUPFD_CLOEXEC, HIGH) };
    if high < 0 {
        return Err(Error::last_os_error());
    }
    Ok(unsafe { File::from_raw_fd(high) })
}
