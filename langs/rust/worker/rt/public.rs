// SPDX-License-Identifier: Apache-2.0
//! The public paths of the standard library's types, by the names that the compiler has for them: a name is the path
//! of the definition, which often lies in a private module.
use std::any::type_name;

macro_rules! names {
    ($($path:ident)::+ $(< $($argument:tt),* >)?; $($rest:tt)*) => {{
        let mut names = names!($($rest)*);
        let name = type_name::<$($path)::+ $(< $($argument),* >)?>();
        names.push((&name[..name.find('<').unwrap_or(name.len())], stringify!($($path)::+)));
        names
    }};
    () => { Vec::new() };
}

type I = std::ops::Range<i32>;
type S = std::slice::Iter<'static, i32>;
type F = fn(i32) -> bool;
type B = Box<i32>;
type W = std::io::Sink;

/// (the compiler's name, the public path), without arguments.
pub fn public_names() -> Vec<(&'static str, String)> {
    let mut names: Vec<(&'static str, &'static str)> = Vec::new();
    names.extend(collections());
    names.extend(iterators());
    names.extend(text_and_memory());
    names.extend(system());
    for (name, path) in traits() {
        names.push((name, path));
    }
    names.into_iter().map(|(name, path)| (name, path.replace(' ', ""))).collect()
}

fn collections() -> Vec<(&'static str, &'static str)> {
    names! {
        std::collections::HashMap<i32, i32>; std::collections::HashSet<i32>; std::collections::BTreeMap<i32, i32>;
        std::collections::BTreeSet<i32>; std::collections::VecDeque<i32>; std::collections::BinaryHeap<i32>;
        std::collections::LinkedList<i32>;
        std::collections::hash_map::Iter<i32, i32>; std::collections::hash_map::IntoIter<i32, i32>;
        std::collections::btree_map::IntoIter<i32, i32>; std::collections::vec_deque::IntoIter<i32>;
        std::hash::RandomState; std::hash::DefaultHasher; std::cmp::Reverse<i32>; std::cmp::Ordering;
        std::vec::IntoIter<i32>; std::array::IntoIter<i32, 1>;
    }
}

fn iterators() -> Vec<(&'static str, &'static str)> {
    names! {
        std::ops::Range<i32>; std::ops::RangeInclusive<i32>; std::ops::RangeFrom<i32>; std::ops::RangeTo<i32>;
        std::ops::RangeToInclusive<i32>; std::ops::RangeFull; std::ops::Bound<i32>; std::ops::ControlFlow<i32>;
        std::slice::Iter<i32>; std::slice::IterMut<i32>; std::slice::Chunks<i32>; std::slice::Windows<i32>;
        std::iter::Map<I, F>; std::iter::Filter<I, F>; std::iter::Rev<I>; std::iter::Enumerate<I>; std::iter::Zip<I, I>;
        std::iter::Chain<I, I>; std::iter::Take<I>; std::iter::Skip<I>; std::iter::StepBy<I>; std::iter::Cycle<I>;
        std::iter::Peekable<I>; std::iter::Fuse<I>; std::iter::Cloned<S>; std::iter::Copied<S>; std::iter::TakeWhile<I, F>;
        std::iter::SkipWhile<I, F>; std::iter::Repeat<i32>; std::iter::Once<i32>; std::iter::Empty<i32>;
        std::str::Chars; std::str::CharIndices; std::str::Bytes; std::str::Lines; std::str::SplitWhitespace;
    }
}

fn text_and_memory() -> Vec<(&'static str, &'static str)> {
    names! {
        String; std::string::FromUtf8Error; std::str::Utf8Error; std::borrow::Cow<str>; std::ffi::OsString;
        std::ffi::CString; std::path::PathBuf; std::num::ParseIntError; std::num::ParseFloatError; std::fmt::Error;
        std::num::Wrapping<i32>; std::num::Saturating<i32>; std::num::NonZero<i32>;
        Vec<i32>; Box<i32>; Option<i32>; Result<i32, i32>; std::rc::Rc<i32>; std::rc::Weak<i32>; std::sync::Arc<i32>;
        std::sync::Weak<i32>; std::cell::Cell<i32>; std::cell::RefCell<i32>; std::cell::OnceCell<i32>;
        std::cell::LazyCell<i32>; std::cell::UnsafeCell<i32>; std::mem::ManuallyDrop<i32>;
        std::mem::MaybeUninit<i32>; std::pin::Pin<B>; std::ptr::NonNull<i32>; std::marker::PhantomData<i32>;
        std::any::TypeId; std::alloc::Layout; std::task::Poll<i32>; std::panic::AssertUnwindSafe<i32>;
    }
}

fn system() -> Vec<(&'static str, &'static str)> {
    names! {
        std::sync::Mutex<i32>; std::sync::RwLock<i32>; std::sync::Condvar; std::sync::Barrier; std::sync::Once;
        std::sync::OnceLock<i32>; std::sync::LazyLock<i32>; std::sync::MutexGuard<'static, i32>;
        std::sync::RwLockReadGuard<'static, i32>; std::sync::RwLockWriteGuard<'static, i32>;
        std::sync::mpsc::Sender<i32>; std::sync::mpsc::SyncSender<i32>; std::sync::mpsc::Receiver<i32>;
        std::sync::atomic::AtomicBool; std::sync::atomic::AtomicI32; std::sync::atomic::AtomicI64;
        std::sync::atomic::AtomicU32; std::sync::atomic::AtomicU64; std::sync::atomic::AtomicUsize;
        std::sync::atomic::AtomicIsize; std::sync::atomic::Ordering;
        std::thread::JoinHandle<i32>; std::thread::Thread; std::thread::ThreadId;
        std::time::Duration; std::time::Instant; std::time::SystemTime;
        std::fs::File; std::fs::OpenOptions; std::fs::Metadata; std::fs::ReadDir; std::fs::DirEntry;
        std::io::Error; std::io::ErrorKind; std::io::Stdin; std::io::Stdout; std::io::Stderr; std::io::Empty; std::io::Sink;
        std::io::BufReader<I>; std::io::BufWriter<W>; std::io::Cursor<I>; std::io::Lines<I>;
        std::process::Command; std::process::Child; std::process::ExitStatus; std::process::Output;
        std::process::ExitCode; std::process::ChildStdin; std::process::ChildStdout; std::process::Stdio;
        std::net::TcpStream; std::net::TcpListener; std::net::UdpSocket; std::net::IpAddr; std::net::Ipv4Addr;
        std::net::Ipv6Addr; std::net::SocketAddr; std::net::SocketAddrV4; std::os::unix::net::UnixStream;
        std::env::Args; std::env::Vars; std::env::VarError;
    }
}

/// Traits, which have a name only within that of a `dyn` type.
fn traits() -> Vec<(&'static str, &'static str)> {
    fn inner<T: ?Sized>() -> &'static str {
        let name = type_name::<T>().trim_start_matches("dyn ");
        &name[..name.find(['<', '(']).unwrap_or(name.len())]
    }
    vec![
        (inner::<dyn Fn(i32) -> i32>(), "std::ops::Fn"),
        (inner::<dyn FnMut(i32) -> i32>(), "std::ops::FnMut"),
        (inner::<dyn FnOnce(i32) -> i32>(), "std::ops::FnOnce"),
        (inner::<dyn Iterator<Item = i32>>(), "std::iter::Iterator"),
        (inner::<dyn DoubleEndedIterator<Item = i32>>(), "std::iter::DoubleEndedIterator"),
        (inner::<dyn Future<Output = i32>>(), "std::future::Future"),
        (inner::<dyn std::io::Read>(), "std::io::Read"),
        (inner::<dyn std::io::BufRead>(), "std::io::BufRead"),
        (inner::<dyn std::io::Write>(), "std::io::Write"),
    ]
}
