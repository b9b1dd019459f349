// SPDX-License-Identifier: MPL-2.0

//! What this process holds, as the kernel counts it.

use std::time::Instant;

use super::SOON;

/// What libraries may hold one more of at one time than at another.
const FEW: usize = 5;

/// How many threads and files it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    threads: usize,
    files: usize,
}

impl Usage {
    pub fn now() -> Self {
        Self {
            threads: entries("task").len(),
            files: entries("fd").len(),
        }
    }

    /// Waits until hardly more is held than that: less than one thing for each of many times. (Nobody tells when a thread has
    /// ended: it has to be asked for.)
    #[track_caller]
    pub fn wait_until_hardly_more(self) {
        let limit = Instant::now() + SOON;
        loop {
            let now = Self::now();
            if now.threads <= self.threads + FEW && now.files <= self.files + FEW {
                return;
            }
            assert!(
                Instant::now() < limit,
                "was {self:?}, is {now:?}: {:?}, {:?}",
                entries("task").map(name_of_thread),
                entries("fd").map(name_of_file)
            );
            std::thread::yield_now();
        }
    }
}

struct Entries(Vec<std::path::PathBuf>);

fn entries(folder: &str) -> Entries {
    let folder = format!("/proc/self/{folder}");
    let found = std::fs::read_dir(folder).expect("Linux");
    Entries(found.filter_map(|entry| Some(entry.ok()?.path())).collect())
}

impl Entries {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn map(&self, name: fn(&std::path::Path) -> String) -> Vec<String> {
        let mut names = self.0.iter().map(|path| name(path)).collect::<Vec<_>>();
        names.sort();
        names
    }
}

fn name_of_thread(path: &std::path::Path) -> String {
    let name = std::fs::read_to_string(path.join("comm"));
    name.unwrap_or_default().trim().to_owned()
}

fn name_of_file(path: &std::path::Path) -> String {
    let target = std::fs::read_link(path).unwrap_or_default();
    target.display().to_string()
}
