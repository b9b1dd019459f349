// SPDX-License-Identifier: MPL-2.0

//! Tells tracks and applications what a source does, one thing after the other, on no thread of the source's and with no
//! lock held: what is told may call anything (W3C "queue a task").

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;

use super::CAT;
use crate::sync::lock;

type Notice = Box<dyn FnOnce() + Send>;

/// A queue with a thread that is there while there is something in it.
#[derive(Clone, Default)]
pub struct Notices(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    notices: VecDeque<Notice>,
    running: bool,
}

impl Notices {
    pub fn push(&self, notice: impl FnOnce() + Send + 'static) {
        let mut queue = lock(&self.0);
        queue.notices.push_back(Box::new(notice));
        if queue.running {
            return;
        }
        queue.running = true;
        drop(queue);
        let queue = self.0.clone();
        let thread = thread::Builder::new().name("mediastream-events".into());
        if let Err(error) = thread.spawn(move || run(&queue)) {
            gst::error!(CAT, "No thread to tell of what happens: {error}");
            lock(&self.0).running = false;
        }
    }
}

fn run(queue: &Mutex<Queue>) {
    loop {
        let notice = {
            let mut queue = lock(queue);
            let notice = queue.notices.pop_front();
            queue.running = notice.is_some();
            notice
        };
        match notice {
            Some(notice) => notice(),
            None => return,
        }
    }
}
