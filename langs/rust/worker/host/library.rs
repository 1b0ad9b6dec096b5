// SPDX-License-Identifier: Apache-2.0
//! What completion and inspection know of the standard library. The compiler has no list that could be asked cheaply.

/// Modules, and what is in them: types begin with a capital letter, macros end with `!`, modules with `::`.
pub const MODULES: &[(&str, &str)] = &[
    (
        "std",
        "alloc:: any:: array:: borrow:: boxed:: cell:: char:: cmp:: collections:: convert:: default:: env:: error:: f32:: \
             f64:: ffi:: fmt:: fs:: future:: hash:: hint:: io:: iter:: marker:: mem:: net:: num:: ops:: option:: os:: panic:: \
             path:: pin:: prelude:: process:: ptr:: rc:: result:: slice:: str:: string:: sync:: task:: thread:: time:: vec::",
    ),
    ("std::any", "Any TypeId type_name type_name_of_val"),
    ("std::array", "IntoIter from_fn"),
    ("std::borrow", "Borrow BorrowMut Cow ToOwned"),
    ("std::cell", "Cell LazyCell OnceCell Ref RefCell RefMut UnsafeCell"),
    ("std::char", "from_digit from_u32"),
    ("std::cmp", "Eq Ord Ordering PartialEq PartialOrd Reverse max max_by max_by_key min min_by min_by_key"),
    ("std::collections", "BTreeMap BTreeSet BinaryHeap HashMap HashSet LinkedList VecDeque btree_map:: hash_map::"),
    ("std::convert", "AsMut AsRef From Infallible Into TryFrom TryInto identity"),
    (
        "std::env",
        "Args VarError args consts:: current_dir current_exe home_dir join_paths remove_var set_current_dir set_var \
                  split_paths temp_dir var var_os vars",
    ),
    ("std::error", "Error"),
    ("std::f32", "consts:: EPSILON INFINITY MAX MIN NAN"),
    ("std::f64", "consts:: EPSILON INFINITY MAX MIN NAN"),
    ("std::f64::consts", "E FRAC_PI_2 FRAC_PI_4 LN_10 LN_2 PI SQRT_2 TAU"),
    ("std::ffi", "CStr CString OsStr OsString c_char c_int c_void"),
    ("std::fmt", "Arguments Binary Debug Display Error Formatter LowerHex Result UpperHex Write format"),
    (
        "std::fs",
        "DirEntry File FileType Metadata OpenOptions Permissions canonicalize copy create_dir create_dir_all exists \
                 hard_link metadata read read_dir read_link read_to_string remove_dir remove_dir_all remove_file rename \
                 set_permissions write",
    ),
    ("std::hash", "BuildHasher DefaultHasher Hash Hasher RandomState"),
    (
        "std::io",
        "BufRead BufReader BufWriter Cursor Error ErrorKind IsTerminal LineWriter Lines Read Result Seek SeekFrom Stderr \
                 Stdin Stdout Write copy empty prelude:: read_to_string sink stderr stdin stdout",
    ),
    (
        "std::iter",
        "DoubleEndedIterator ExactSizeIterator Extend FromIterator FusedIterator IntoIterator Iterator Peekable Product \
                   Sum empty from_fn once once_with repeat repeat_n repeat_with successors zip",
    ),
    ("std::marker", "Copy PhantomData PhantomPinned Send Sized Sync Unpin"),
    (
        "std::mem",
        "ManuallyDrop MaybeUninit align_of discriminant drop forget needs_drop replace size_of size_of_val swap take \
                  transmute zeroed",
    ),
    ("std::net", "IpAddr Ipv4Addr Ipv6Addr Shutdown SocketAddr TcpListener TcpStream ToSocketAddrs UdpSocket"),
    ("std::num", "IntErrorKind NonZero ParseFloatError ParseIntError Saturating Wrapping"),
    (
        "std::ops",
        "Add AddAssign BitAnd BitOr BitXor Bound ControlFlow Deref DerefMut Div DivAssign Drop Fn FnMut FnOnce Index \
                  IndexMut Mul MulAssign Neg Not Range RangeInclusive Rem Shl Shr Sub SubAssign",
    ),
    ("std::panic", "AssertUnwindSafe Location UnwindSafe catch_unwind panic_any resume_unwind set_hook take_hook"),
    ("std::path", "Component Components Path PathBuf MAIN_SEPARATOR"),
    ("std::process", "Child Command ExitCode ExitStatus Output Stdio Termination abort exit id"),
    ("std::ptr", "NonNull eq null null_mut read write"),
    ("std::rc", "Rc Weak"),
    ("std::str", "Bytes CharIndices Chars FromStr Utf8Error from_utf8"),
    ("std::string", "FromUtf8Error String ToString"),
    (
        "std::sync",
        "Arc Barrier Condvar LazyLock Mutex MutexGuard Once OnceLock PoisonError RwLock Weak atomic:: mpsc::",
    ),
    (
        "std::sync::atomic",
        "AtomicBool AtomicI32 AtomicI64 AtomicIsize AtomicPtr AtomicU32 AtomicU64 AtomicUsize Ordering fence",
    ),
    ("std::sync::mpsc", "Receiver RecvError SendError Sender SyncSender channel sync_channel"),
    (
        "std::thread",
        "Builder JoinHandle LocalKey Scope Thread ThreadId available_parallelism current park scope sleep spawn \
                     yield_now",
    ),
    ("std::time", "Duration Instant SystemTime UNIX_EPOCH"),
    ("std::vec", "Drain IntoIter Vec"),
    ("Vec", "from new with_capacity"),
    ("String", "from from_utf8 from_utf8_lossy new with_capacity"),
    ("Box", "leak new pin"),
    ("Option", "None Some"),
    ("Result", "Err Ok"),
    ("HashMap", "from new with_capacity"),
    ("HashSet", "from new with_capacity"),
    ("BTreeMap", "from new"),
    ("BTreeSet", "from new"),
    ("VecDeque", "from new with_capacity"),
    ("BinaryHeap", "from new"),
    ("Rc", "clone downgrade new ptr_eq strong_count try_unwrap"),
    ("Arc", "clone downgrade new ptr_eq strong_count try_unwrap"),
    ("RefCell", "new"),
    ("Cell", "new"),
    ("Mutex", "new"),
    ("RwLock", "new"),
    (
        "Duration",
        "from_millis from_secs from_secs_f64 \
     from_micros from_nanos MAX ZERO",
    ),
    ("Instant", "now"),
    ("SystemTime", "now UNIX_EPOCH"),
    ("Command", "new"),
    ("File", "create create_new open options"),
    ("Path", "new"),
    ("PathBuf", "from new"),
    ("Ordering", "Equal Greater Less"),
    ("i32", "BITS MAX MIN from_str_radix"),
    ("i64", "BITS MAX MIN from_str_radix"),
    ("u8", "BITS MAX MIN from_str_radix"),
    ("u32", "BITS MAX MIN from_str_radix"),
    ("u64", "BITS MAX MIN from_str_radix"),
    ("usize", "BITS MAX MIN from_str_radix"),
    ("f64", "EPSILON INFINITY MAX MIN NAN NEG_INFINITY consts::"),
    ("char", "from from_digit from_u32 is_alphabetic"),
];

const SLICE: &str = "binary_search chunks concat contains copy_from_slice ends_with fill first get get_mut is_empty iter iter_mut \
    join last len reverse rotate_left rotate_right sort sort_by sort_by_key sort_unstable split_at split_first split_last \
    starts_with swap to_vec windows";
const STR: &str = "as_bytes bytes char_indices chars contains ends_with find is_char_boundary is_empty len lines \
    make_ascii_lowercase matches parse repeat replace replacen rfind rsplit rsplit_once split split_at split_once \
    split_whitespace splitn starts_with strip_prefix strip_suffix to_lowercase to_owned to_string to_uppercase trim trim_end \
    trim_matches trim_start";
const ITERATOR: &str = "all any by_ref chain cloned collect copied count cycle enumerate filter filter_map find find_map flat_map \
    flatten fold for_each fuse inspect last map map_while max max_by max_by_key min min_by min_by_key next nth partition peekable \
    position product reduce rev scan skip skip_while step_by sum take take_while try_fold unzip zip";
const INTEGER: &str = "abs abs_diff checked_add checked_div checked_mul checked_sub clamp count_ones div_euclid ilog10 ilog2 \
    is_negative is_positive leading_zeros max min overflowing_add pow rem_euclid saturating_add saturating_sub signum \
    to_le_bytes to_string trailing_zeros wrapping_add wrapping_mul wrapping_sub";
const FLOAT: &str = "abs acos asin atan atan2 cbrt ceil clamp cos exp floor fract hypot is_finite is_nan ln log log10 log2 max min \
    mul_add powf powi recip round signum sin sqrt tan to_bits to_degrees to_radians to_string total_cmp trunc";
const SHARED: &str = "as_ref borrow clone";

/// Methods of a type, by its name without path and arguments.
pub fn methods(of: &str) -> Vec<&'static str> {
    let lists: &[&str] = match of {
        "Vec" => &[
            SLICE,
            "append as_slice capacity clear clone dedup dedup_by_key drain extend extend_from_slice insert into_iter \
                           pop push remove reserve resize retain shrink_to_fit splice split_off swap_remove truncate",
        ],
        "[" => &[SLICE],
        "String" => &[
            STR,
            "as_str capacity clear clone drain insert insert_str into_bytes pop push push_str remove reserve retain \
                           truncate",
        ],
        "str" => &[STR],
        "Option" => &["and and_then as_deref as_mut as_ref clone cloned copied expect filter flatten get_or_insert \
                       get_or_insert_with insert is_none is_none_or is_some is_some_and iter map map_or map_or_else ok_or \
                       ok_or_else or or_else replace take unwrap unwrap_or unwrap_or_default unwrap_or_else xor zip"],
        "Result" => &[
            "and and_then as_mut as_ref err expect expect_err is_err is_ok iter map map_err map_or map_or_else ok or \
                       or_else unwrap unwrap_err unwrap_or unwrap_or_default unwrap_or_else",
        ],
        "HashMap" | "BTreeMap" => {
            &["clear clone contains_key entry extend get get_key_value get_mut insert into_iter into_keys \
                                     into_values is_empty iter iter_mut keys len remove retain values values_mut"]
        }
        "HashSet" | "BTreeSet" => {
            &["clear clone contains difference extend get insert intersection into_iter is_disjoint is_empty \
                                     is_subset is_superset iter len remove retain symmetric_difference union"]
        }
        "VecDeque" | "LinkedList" => {
            &["append back back_mut clear contains extend front front_mut is_empty iter iter_mut len \
                                        pop_back pop_front push_back push_front"]
        }
        "BinaryHeap" => &["clear extend into_sorted_vec into_vec is_empty iter len peek pop push"],
        "Rc" | "Arc" | "Box" => &[SHARED],
        "RefCell" => &["borrow borrow_mut into_inner replace swap take try_borrow try_borrow_mut"],
        "Cell" => &["get into_inner replace set swap take"],
        "Mutex" => &["get_mut into_inner is_poisoned lock try_lock"],
        "RwLock" => &["get_mut into_inner read try_read try_write write"],
        "Sender" | "SyncSender" => &["clone send"],
        "Receiver" => &["iter recv recv_timeout try_iter try_recv"],
        "JoinHandle" => &["is_finished join thread"],
        "Duration" => &[
            "as_micros as_millis as_nanos as_secs as_secs_f64 checked_sub is_zero mul_f64 saturating_sub subsec_millis",
        ],
        "Instant" => &["checked_add duration_since elapsed"],
        "PathBuf" | "Path" => {
            &["display exists extension file_name file_stem is_dir is_file join parent push set_extension \
                                 starts_with to_str to_string_lossy with_extension"]
        }
        "Command" => &["arg args current_dir env env_clear envs output spawn status stderr stdin stdout"],
        "Child" => &["id kill stderr stdin stdout try_wait wait wait_with_output"],
        "File" => &["flush metadata read read_to_end read_to_string seek set_len sync_all write write_all"],
        "char" => {
            &["is_alphabetic is_alphanumeric is_ascii is_digit is_lowercase is_numeric is_uppercase is_whitespace \
                     len_utf8 to_ascii_lowercase to_digit to_lowercase to_string to_uppercase"]
        }
        "bool" => &["then then_some"],
        "f32" | "f64" => &[FLOAT],
        _ if is_integer(of) => &[INTEGER],
        "Range" | "RangeInclusive" => &[ITERATOR, "contains end is_empty start"],
        "Iter" | "IntoIter" | "Map" | "Filter" | "Chars" | "Lines" | "Peekable" | "Zip" | "Enumerate" => &[ITERATOR],
        _ => &[],
    };
    lists.iter().flat_map(|list| list.split_whitespace()).collect()
}

fn is_integer(name: &str) -> bool {
    name.starts_with(['i', 'u']) && (name.ends_with("size") || name[1..].parse::<u32>().is_ok())
}

/// What every program has, with what is to be said of it.
pub const PRELUDE: &[(&str, &str)] = &[
    ("println!", "macro println!(format, …): prints a line to the standard output"),
    ("print!", "macro print!(format, …): prints to the standard output, which shows whole lines"),
    ("eprintln!", "macro eprintln!(format, …): prints a line to the standard error"),
    ("eprint!", "macro eprint!(format, …): prints to the standard error"),
    ("format!", "macro format!(format, …) -> String: makes a text"),
    ("panic!", "macro panic!(format, …): ends the thread with a message"),
    ("vec!", "macro vec![value, …] or vec![value; count] -> Vec<T>: makes a vector"),
    ("assert!", "macro assert!(condition, format, …): panics unless it is so"),
    ("assert_eq!", "macro assert_eq!(left, right, format, …): panics unless both are equal"),
    ("assert_ne!", "macro assert_ne!(left, right, format, …): panics if both are equal"),
    ("dbg!", "macro dbg!(value): prints a value and where it is to the standard error, and returns it"),
    ("todo!", "macro todo!(): panics, for it is not written yet"),
    ("unreachable!", "macro unreachable!(): panics, for this can never be reached"),
    ("write!", "macro write!(to, format, …): writes a text to what can be written to"),
    ("writeln!", "macro writeln!(to, format, …): writes a line"),
    ("matches!", "macro matches!(value, pattern) -> bool: whether the value is of that pattern"),
    ("include_str!", "macro include_str!(file): the text of a file, when it is compiled"),
    ("env!", "macro env!(name): a variable of the environment, when it is compiled"),
    ("thread_local!", "macro thread_local! { static NAME: Type = value; }: a variable for each thread"),
    ("Vec", "struct std::vec::Vec<T>: a sequence that grows"),
    ("String", "struct std::string::String: a text that grows, in UTF-8"),
    ("Box", "struct std::boxed::Box<T>: owns a value on the heap"),
    ("Option", "enum std::option::Option<T> { None, Some(T) }: a value or none"),
    ("Result", "enum std::result::Result<T, E> { Ok(T), Err(E) }: a value or an error"),
    ("Some", "Option::Some(value): there is a value"),
    ("None", "Option::None: there is none"),
    ("Ok", "Result::Ok(value): it went well"),
    ("Err", "Result::Err(error): it did not"),
    ("Iterator", "trait std::iter::Iterator { type Item; fn next(&mut self) -> Option<Self::Item>; … }"),
    ("IntoIterator", "trait std::iter::IntoIterator: what a for loop takes"),
    ("Clone", "trait std::clone::Clone { fn clone(&self) -> Self; }"),
    ("Copy", "trait std::marker::Copy: is copied where others are moved"),
    ("Default", "trait std::default::Default { fn default() -> Self; }"),
    ("Drop", "trait std::ops::Drop { fn drop(&mut self); }"),
    ("Fn", "trait std::ops::Fn(arguments) -> result: may be called through a shared reference"),
    ("FnMut", "trait std::ops::FnMut(arguments) -> result: may be called through a mutable reference"),
    ("FnOnce", "trait std::ops::FnOnce(arguments) -> result: may be called once"),
    ("From", "trait std::convert::From<T> { fn from(value: T) -> Self; }"),
    ("Into", "trait std::convert::Into<T> { fn into(self) -> T; }"),
    ("ToString", "trait std::string::ToString { fn to_string(&self) -> String; }"),
    ("Send", "trait std::marker::Send: may go to another thread"),
    ("Sync", "trait std::marker::Sync: may be shared between threads"),
    ("drop", "fn std::mem::drop<T>(value: T): ends the value's life"),
    ("std", "crate std: the standard library"),
    ("bool", "bool: true or false"),
    ("char", "char: one Unicode scalar value"),
    ("str", "str: a text, which is borrowed as &str"),
    ("i8", "i8"),
    ("i16", "i16"),
    ("i32", "i32: what an integer is where nothing says otherwise"),
    ("i64", "i64"),
    ("i128", "i128"),
    ("isize", "isize"),
    ("u8", "u8: a byte"),
    ("u16", "u16"),
    ("u32", "u32"),
    ("u64", "u64"),
    ("u128", "u128"),
    ("usize", "usize: counts and indexes"),
    ("f32", "f32"),
    ("f64", "f64: what a number with a point is where nothing says otherwise"),
];
