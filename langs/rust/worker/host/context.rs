// SPDX-License-Identifier: Apache-2.0
//! What a context knows: the items that snippets have defined, their imports, and of variables what the store does not
//! know. Nothing here changes before a snippet has been compiled and loaded.
//!
//! Every snippet is a crate of its own, and only a type's or a trait's own crate may implement it. So an item moves,
//! which is to say that it is compiled again in the new crate with all that depends on it, when a snippet implements
//! something for it, and when something is defined anew that it depends on.
use crate::chunk::{Chunk, Kind, Leaf, Source};
use crate::types::Names;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

pub struct Item {
    pub chunk: Rc<Chunk>,
    /// The crate where it was compiled last.
    pub home: u32,
    /// Two versions with the same one are the same type to the compiler's layout.
    identity: u64,
}

pub struct Context {
    pub items: Vec<Item>,
    pub leaves: Vec<Leaf>,
    pub mutable: HashSet<String>,
    /// Why a name that was once a variable is none.
    pub reasons: HashMap<String, String>,
    pub sources: BTreeMap<u32, Rc<Source>>,
    pub names: Names,
    identities: HashMap<(u32, String), u64>,
    next_identity: u64,
}

/// What a snippet does to the items that are there.
#[derive(Default)]
pub struct Draft {
    /// Indices of items that are compiled again, in their order.
    pub again: Vec<usize>,
    /// Indices of items that it replaces.
    pub replaced: HashSet<usize>,
    /// Of `again`: those that depend on something that is defined anew, and so are new types.
    changed: HashSet<usize>,
}

impl Draft {
    /// Leaves an item as it is, for it does not fit what has been defined anew. An impl of what is no more goes.
    pub fn drop_again(&mut self, index: usize, items: &[Item]) {
        self.again.retain(|&known| known != index);
        self.changed.remove(&index);
        if items[index].chunk.kind == Kind::Impl {
            self.replaced.insert(index);
        }
    }
}

impl Context {
    pub fn new() -> Self {
        Context {
            items: Vec::new(),
            leaves: Vec::new(),
            mutable: HashSet::new(),
            reasons: HashMap::new(),
            sources: BTreeMap::new(),
            names: Names::new(),
            identities: HashMap::new(),
            next_identity: 0,
        }
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.items.iter().rposition(|item| item.chunk.names.iter().any(|known| known == name))
    }

    pub fn draft(&self, chunks: &[Chunk]) -> Draft {
        let mut draft = Draft::default();
        let defined: HashSet<&str> = chunks.iter().flat_map(|chunk| &chunk.names).map(String::as_str).collect();
        let headers: HashSet<&str> = chunks.iter().map(|c| c.header.as_str()).filter(|h| !h.is_empty()).collect();
        let mut anew: HashSet<String> = HashSet::new();
        for (index, item) in self.items.iter().enumerate() {
            let again = item.chunk.names.iter().any(|name| defined.contains(name.as_str()));
            let same_impl = headers.contains(item.chunk.header.as_str());
            if again || same_impl && self.implements_the_same(&item.chunk, chunks) {
                draft.replaced.insert(index);
                anew.extend(item.chunk.names.iter().cloned());
            }
        }
        let mut moving: HashSet<String> = HashSet::new();
        for chunk in chunks.iter().filter(|chunk| chunk.kind == Kind::Impl) {
            let known = |name: &String| !defined.contains(name.as_str()) && self.find(name).is_some();
            if defined.contains(chunk.of_trait.as_str()) || defined.contains(chunk.of_type.as_str()) {
                continue;
            }
            let own = [&chunk.of_type, &chunk.of_trait].into_iter().find(|name| known(name));
            moving.extend(own.cloned());
        }
        draft.changed = self.dependents(&anew, &draft.replaced);
        let mut again = self.dependents(&moving, &draft.replaced);
        again.extend(moving.iter().filter_map(|name| self.find(name)));
        again.extend(&draft.changed);
        draft.again = again.into_iter().collect();
        draft.again.sort_unstable();
        draft
    }

    /// An impl in a snippet takes the place of an older one of the same header that has a member in common with it, or
    /// is one of a trait.
    fn implements_the_same(&self, old: &Chunk, chunks: &[Chunk]) -> bool {
        let members = |chunk: &Chunk| -> HashSet<String> {
            let words: Vec<&str> = chunk.text().split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            words.windows(2).filter(|pair| matches!(pair[0], "fn" | "const")).map(|pair| pair[1].to_string()).collect()
        };
        let same = chunks.iter().filter(|chunk| chunk.header == old.header);
        same.into_iter().any(|chunk| !old.of_trait.is_empty() || !members(chunk).is_disjoint(&members(old)))
    }

    /// The items that mention one of these names, or one that does, and so on. A static stays where its value is.
    fn dependents(&self, names: &HashSet<String>, but: &HashSet<usize>) -> HashSet<usize> {
        let mut found = HashSet::new();
        let mut names = names.clone();
        loop {
            let before = found.len();
            for (index, item) in self.items.iter().enumerate() {
                let stays = matches!(item.chunk.kind, Kind::Local | Kind::Macro | Kind::Foreign)
                    || item.chunk.kind == Kind::Value && item.chunk.mentions.contains("static");
                if stays || but.contains(&index) || found.contains(&index) || names.is_disjoint(&item.chunk.mentions) {
                    continue;
                }
                found.insert(index);
                names.extend(item.chunk.names.iter().cloned());
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// Of an item that a snippet mentions, the names that it needs too: a macro's text is the snippet's own.
    pub fn imports(&self, mentions: &HashSet<String>, defined: &HashSet<String>) -> BTreeMap<String, u32> {
        let mut found = BTreeMap::new();
        let mut todo: Vec<String> = mentions.iter().cloned().collect();
        todo.extend(self.leaves.iter().map(|leaf| leaf.path.split("::").next().unwrap_or("").to_string()));
        todo.extend(self.items.iter().filter(|i| i.chunk.kind == Kind::Trait).flat_map(|i| i.chunk.names.clone()));
        while let Some(name) = todo.pop() {
            if defined.contains(&name) || found.contains_key(&name) {
                continue;
            }
            if let Some(index) = self.find(&name) {
                let item = &self.items[index];
                if item.chunk.kind == Kind::Macro {
                    todo.extend(item.chunk.mentions.iter().cloned());
                }
                found.insert(name, item.home);
            }
        }
        found
    }

    /// A kept variable's type as source text.
    pub fn spell(&self, type_name: &str) -> Option<String> {
        self.names.spell(type_name, |number, name| {
            let item = &self.items[self.find(name)?];
            let identity = self.identities.get(&(number, name.to_string()))?;
            (*identity == item.identity).then_some(item.home)
        })
    }

    /// The snippet was compiled as this crate, and is loaded.
    pub fn accept(&mut self, number: u32, chunks: Vec<Chunk>, draft: &Draft) {
        for &index in &draft.again {
            if draft.changed.contains(&index) {
                self.next_identity += 1;
                self.items[index].identity = self.next_identity;
            }
            self.items[index].home = number;
            self.remember(number, index);
        }
        let changed = self.changed_names(&chunks, draft);
        for chunk in chunks {
            match chunk.kind {
                Kind::Use => {
                    for leaf in &chunk.leaves {
                        self.leaves
                            .retain(|known| known.name != leaf.name || leaf.name == "*" && known.path != leaf.path);
                        self.leaves.push(leaf.clone());
                    }
                }
                Kind::Let => {
                    for binding in &chunk.bindings {
                        self.mutable.remove(&binding.name);
                        if binding.mutable {
                            self.mutable.insert(binding.name.clone());
                        }
                    }
                }
                kind if kind.is_item() => self.define(number, chunk, draft, &changed),
                _ => {}
            }
        }
        let mut index = 0;
        self.items.retain(|_| (!draft.replaced.contains(&index), index += 1).0);
    }

    fn define(&mut self, number: u32, chunk: Chunk, draft: &Draft, changed: &HashSet<String>) {
        self.leaves.retain(|leaf| !chunk.names.contains(&leaf.name));
        let identity = match self.same(&chunk, draft) {
            Some(identity) if !chunk.names.iter().any(|name| changed.contains(name)) => identity,
            _ => {
                self.next_identity += 1;
                self.next_identity
            }
        };
        self.items.push(Item { chunk: Rc::new(chunk), home: number, identity });
        self.remember(number, self.items.len() - 1);
    }

    /// The identity of the item that this one replaces, where it has the same words.
    fn same(&self, chunk: &Chunk, draft: &Draft) -> Option<u64> {
        let mut olds = draft.replaced.iter().map(|&index| &self.items[index]);
        olds.find(|old| old.chunk.names == chunk.names && old.chunk.text() == chunk.text()).map(|old| old.identity)
    }

    /// The names that mean something else from this snippet on, in itself or in what it depends on.
    fn changed_names(&self, chunks: &[Chunk], draft: &Draft) -> HashSet<String> {
        let items: Vec<&Chunk> = chunks.iter().filter(|chunk| chunk.kind.is_item()).collect();
        let new = items.iter().filter(|chunk| self.same(chunk, draft).is_none());
        let mut changed: HashSet<String> = new.flat_map(|chunk| chunk.names.clone()).collect();
        changed.extend(draft.changed.iter().flat_map(|&index| self.items[index].chunk.names.clone()));
        loop {
            let before = changed.len();
            for chunk in items.iter().filter(|chunk| chunk.kind != Kind::Impl) {
                if !changed.is_disjoint(&chunk.mentions) {
                    changed.extend(chunk.names.iter().cloned());
                }
            }
            if changed.len() == before {
                return changed;
            }
        }
    }

    fn remember(&mut self, number: u32, index: usize) {
        let item = &self.items[index];
        for name in &item.chunk.names {
            self.identities.insert((number, name.clone()), item.identity);
        }
    }
}
