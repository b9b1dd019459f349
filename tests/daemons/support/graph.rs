// SPDX-License-Identifier: MPL-2.0

//! What the daemon knows, as `pw-dump --monitor` tells it: the way to see from outside what this process has open.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use serde_json::Value;

use super::SOON;

type Objects = BTreeMap<u64, Value>;

/// The daemon's objects, always as they are now.
pub struct Graph {
    monitor: Child,
    shared: Arc<(Mutex<Objects>, Condvar)>,
}

/// The objects at one moment.
pub struct View<'a>(&'a Objects);

impl Graph {
    /// Of the daemon that runs now.
    #[track_caller]
    pub fn watch() -> Self {
        let mut monitor = Command::new("pw-dump")
            .arg("--monitor")
            .stdout(Stdio::piped())
            .spawn()
            .expect("pw-dump is installed");
        let output = std::io::BufReader::new(monitor.stdout.take().expect("a pipe"));
        let shared = Arc::<(Mutex<Objects>, Condvar)>::default();
        let theirs = shared.clone();
        std::thread::spawn(move || {
            let updates = serde_json::Deserializer::from_reader(output).into_iter();
            for update in updates.map_while(Result::<Vec<Value>, _>::ok) {
                let (objects, changed) = &*theirs;
                apply(&mut objects.lock().expect("no panic"), update);
                changed.notify_all();
            }
        });
        let graph = Self { monitor, shared };
        graph.wait("the core", |view| !view.0.is_empty());
        graph
    }

    /// Waits until this holds.
    #[track_caller]
    pub fn wait(&self, what: &str, holds: impl Fn(View<'_>) -> bool) {
        let (objects, changed) = &*self.shared;
        let end = Instant::now() + SOON;
        let mut objects = objects.lock().expect("no panic");
        while !holds(View(&objects)) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} in vain; {}", View(&objects).mine());
            (objects, _) = changed.wait_timeout(objects, left).expect("no panic");
        }
    }

    /// Waits until this process has so many nodes in the graph.
    #[track_caller]
    pub fn wait_for_nodes(&self, count: usize) {
        self.wait(&format!("waited for {count} nodes"), |view| {
            view.nodes() == count
        });
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

fn apply(objects: &mut Objects, update: Vec<Value>) {
    for object in update {
        let Some(id) = object["id"].as_u64() else {
            continue;
        };
        if object["info"].is_null() && object["metadata"].is_null() {
            objects.remove(&id);
        } else {
            objects.insert(id, object);
        }
    }
}

impl View<'_> {
    /// How many nodes are this process's: each is a device that it has open.
    pub fn nodes(&self) -> usize {
        self.own().count()
    }

    /// How many links there are from the node of this name.
    pub fn links_of(&self, name: &str) -> usize {
        let links = self.of_type("Link").filter(|link| {
            let node = link["info"]["output-node-id"].as_u64();
            let node = node.and_then(|id| self.0.get(&id));
            node.is_some_and(|node| node["info"]["props"]["node.name"] == name)
        });
        links.count()
    }

    fn own(&self) -> impl Iterator<Item = &Value> {
        let own = std::process::id();
        self.of_type("Node").filter(move |node| {
            let client = node["info"]["props"]["client.id"].as_u64();
            let client = client.and_then(|id| self.0.get(&id));
            client.is_some_and(|client| {
                client["info"]["props"]["application.process.id"].as_u64() == Some(own.into())
            })
        })
    }

    fn of_type(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0.values().filter(move |object| {
            let type_ = object["type"].as_str();
            type_.is_some_and(|type_| type_.rsplit(':').next() == Some(name))
        })
    }

    fn mine(&self) -> String {
        let names = self.own().map(|node| node["info"]["props"].to_string());
        format!("this process has {:#?}", names.collect::<Vec<_>>())
    }
}
