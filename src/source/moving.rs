// SPDX-License-Identifier: MPL-2.0

//! A source that finds, when it is about to be opened, that another one has its device: its tracks become that one's, and whoever
//! asks it for anything asks that one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Source;
use crate::sync::lock;

impl Source {
    /// From now on everything here is `other`'s.
    pub(super) fn move_to(self: &Arc<Self>, other: &Arc<Source>) {
        let begin = {
            // Both, so that nobody who goes up or down is between them. A source that has a device does not move. The tracks come
            // after their users: until then, who asks here is sent on.
            let mut own = lock(&self.control);
            let mut others = lock(&other.control);
            for (user, state) in own.leave() {
                others.want(user, state);
            }
            let _ = self.moved.set(other.clone());
            others.begin()
        };
        other.shared.store(true, Ordering::Release);
        let tracks = {
            let mut tracks = lock(&self.tracks);
            tracks.moved = Some(other.clone());
            std::mem::take(&mut tracks.tracks)
        };
        for track in tracks.iter().filter_map(|track| track.upgrade()) {
            track.move_to(other);
        }
        {
            let _control = lock(&self.control);
            self.arrived.store(true, Ordering::Release);
        }
        self.settled.notify_all();
        if begin {
            other.start_working();
        }
    }
}
