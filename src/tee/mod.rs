// SPDX-License-Identifier: MPL-2.0

//! The fan-out at the end of a source.
//!
//! [`sink`] takes each buffer once from the source's streaming thread and leaves it in a ring; a few [`workers`] carry it to the
//! [`branch`]es, each a cursor into the ring and the src pad it feeds. [`fanout`] decides who carries what, and knows no
//! GStreamer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use gst::glib;
use once_cell::sync::Lazy;

mod alarm;
pub mod branch;
pub mod collection;
pub mod exit;
pub mod fanout;
pub mod identity;
pub mod item;
mod keyunit;
mod loan;
mod owner;
mod place;
mod prefetch;
mod presence;
mod silence;
pub mod sink;
pub mod sticky;
mod timer;
mod upstream;
mod watch;
mod withhold;
mod workers;

use crate::gate::{Gate, Verdict};
use crate::kind::Kind;
use crate::sync::lock;
use crate::track::stats::Counters;
use branch::Branch;
use fanout::{Fanout, LaneId, Limits, Rest};
use item::{Item, Mark, Media};
use keyunit::KeyUnits;
use loan::{Balance, Lender};
use prefetch::prefetch_all;
use presence::Presence;
use silence::Silence;
use sticky::Sticky;
use workers::Crew;

pub use owner::Owner;
pub use place::Place;
pub use presence::Change;
pub use upstream::filtered;

static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastream-tee",
        gst::DebugColorFlags::empty(),
        Some("MediaStream fan-out"),
    )
});

/// As long as consumers keep no more than this many of a camera's buffers, they get the source's own memory.
const PATIENCE: usize = 4;

/// How long a consumer may take to return from its last push without being left behind. A healthy one returns long before.
const GRACE: Duration = Duration::from_millis(100);

/// Another fan-out, of which a branch feeds this one.
struct Upstream {
    tee: Weak<Tee>,
    /// What that branch lost.
    lost: Arc<Counters>,
}

impl Upstream {
    /// An adapter passes on what stood in for its source's media, and forgets that it did.
    #[inline(never)]
    fn stood_in(&self, span: Option<(u64, u64)>) -> bool {
        let source = self.tee.upgrade();
        source
            .zip(span)
            .is_some_and(|(tee, (from, _))| lock(&tee.presence).stood_in(from))
    }
}

/// A source's fan-out. Lives as long as the source, through all its restarts.
pub struct Tee {
    this: Weak<Tee>,
    kind: Kind,
    owner: Weak<dyn Owner>,
    fanout: Fanout<Item, Arc<Branch>, Crew>,
    /// The state that the next item will belong to. Changed by the source's streaming thread, and when it starts.
    sticky: Mutex<Arc<Sticky>>,
    keys: Mutex<KeyUnits>,
    lender: Lender,
    /// Items published so far, and how many there were with the last one that a consumer could start with. Written by whoever
    /// publishes, before it does.
    items: AtomicU64,
    last_key: AtomicU64,
    /// Closed while the source says that it is muted.
    gate: Gate,
    /// Locked for a moment, also under the lock of the fan-out; the source's alarm is set under it.
    presence: Mutex<Presence>,
    silence: Silence,
    /// Frames of the source that came after something else had been put in their place.
    late: AtomicU64,
    /// Frames that an adapter left out for the sake of a lower rate.
    discarded: AtomicU64,
    /// What is behind another fan-out does not look whether its source gives anything: that one does.
    upstream: Option<Upstream>,
    /// The least latency of the source, as it was last told, in nanoseconds: the alarm's thread cannot ask, for a source may not answer.
    latency: AtomicU64,
    /// The last caps, of this run or another one.
    caps: Mutex<Option<gst::Caps>>,
    /// The sink that takes the source's media, to reach the source from here.
    sink: glib::WeakRef<gst::Element>,
}

impl Tee {
    /// The fan-out of a source of this kind, which belongs to `owner`.
    pub fn new(kind: Kind, owner: Weak<dyn Owner>) -> Arc<Self> {
        Self::with_upstream(kind, owner, None)
    }

    /// A fan-out that belongs to `owner`, and is fed by a branch of `tee`; what that branch lost goes to `lost`.
    pub fn behind(tee: &Arc<Tee>, lost: Arc<Counters>, owner: Weak<dyn Owner>) -> Arc<Self> {
        let upstream = Upstream {
            tee: tee.this.clone(),
            lost,
        };
        Self::with_upstream(tee.kind, owner, Some(upstream))
    }

    fn with_upstream(kind: Kind, owner: Weak<dyn Owner>, upstream: Option<Upstream>) -> Arc<Self> {
        let tee = Arc::new_cyclic(|tee| Self {
            this: tee.clone(),
            kind,
            owner,
            fanout: Fanout::new(Crew(tee.clone())),
            sticky: Mutex::default(),
            keys: Mutex::default(),
            lender: Lender::default(),
            items: AtomicU64::new(0),
            last_key: AtomicU64::new(0),
            gate: Gate::new(true),
            presence: Mutex::new(Presence::new(kind == Kind::Audio)),
            silence: Silence::default(),
            late: AtomicU64::new(0),
            discarded: AtomicU64::new(0),
            upstream,
            latency: AtomicU64::new(upstream::UNKNOWN),
            caps: Mutex::default(),
            sink: glib::WeakRef::new(),
        });
        watch::register(Arc::downgrade(&tee));
        tee
    }

    /// What consumers have to know before the next item.
    pub fn sticky(&self) -> Arc<Sticky> {
        lock(&self.sticky).clone()
    }

    fn change_sticky(&self, change: impl FnOnce(&Sticky) -> Sticky) {
        let mut sticky = lock(&self.sticky);
        let new = Arc::new(change(&sticky));
        let old = std::mem::replace(&mut *sticky, new);
        // Dropped without the lock, for its events are not ours.
        drop(sticky);
        drop(old);
    }

    /// A sticky event of the source.
    fn note(&self, event: gst::Event) {
        // What is filled meanwhile is on neither time line.
        let moves = event.type_() == gst::EventType::Segment;
        let owner = self.owner.upgrade();
        if let (gst::EventView::Caps(caps), Some(owner)) = (event.view(), &owner) {
            // Before anybody else can know of them.
            owner.gives(&caps.caps_owned());
        }
        if moves {
            lock(&self.presence).cut();
        }
        self.change_sticky(|sticky| sticky.with(event.clone()));
        if moves {
            lock(&self.presence).cut();
        }
        let gst::EventView::Caps(caps) = event.view() else {
            return;
        };
        let new = caps.caps_owned();
        self.expect_pace();
        let old = lock(&self.caps).replace(new.clone());
        if let Some(owner) = owner
            && old.is_some_and(|old| old != new)
        {
            owner.reconfigured();
        }
    }

    /// Gives media to all branches, from the source's streaming thread. Between two buffers of a camera the processor forgets all of
    /// this, and has to find and fetch what it passes: so what is seldom is elsewhere, and what is not is inlined, to lie in few
    /// pages.
    fn publish(&self, media: Media) {
        prefetch_all(self, size_of::<Self>());
        let sticky = self.sticky();
        prefetch_all(Arc::as_ptr(&sticky), size_of::<Sticky>());
        let span = media.span_in_time(&sticky);
        let Some(media) = self.arrived(media, span, &sticky) else {
            return self.put_off_source();
        };
        let (media, balance) = self.lend(media, &sticky);
        let item = Item {
            mark: self.mark(&sticky, span),
            media,
            sticky,
        };
        let item = match self.gate.is_open() {
            true => item,
            false => match self.withhold(item) {
                Some(item) => item,
                None => return self.put_off_source(),
            },
        };
        let items = self.items.fetch_add(1, Ordering::AcqRel) + 1;
        if !item.sticky.format().is_raw() && item.is_key() {
            self.last_key.store(items, Ordering::Release);
            lock(&self.keys).came();
        }
        let feeder = self.upstream.as_ref().and_then(|_| self.owner.upgrade());
        let given = feeder.and_then(|owner| Some((owner, item.extent()?.1)));
        self.give(item, || true);
        if let Some((owner, position)) = given {
            owner.gave(position);
        }
        if balance == Balance::Overdrawn {
            self.take_back();
        }
    }

    fn mark(&self, sticky: &Sticky, span: Option<(u64, u64)>) -> Mark {
        let upstream = self.upstream.as_ref();
        match upstream.is_some_and(|upstream| upstream.stood_in(span)) {
            true => Mark::STANDS_IN,
            false => Mark::taken(sticky.taken(span)),
        }
    }

    /// While the source says that it is muted: what goes out in place of its media.
    #[cold]
    fn withhold(&self, item: Item) -> Option<Item> {
        let format = item.sticky.format();
        let verdict = self.gate.judge(format.is_raw(), item.is_key());
        match verdict {
            Verdict::Pass => return Some(item),
            Verdict::Resume => {
                return Some(Item {
                    media: item.media.marked(),
                    ..item
                });
            }
            Verdict::AwaitKey => {
                self.came_late(item.media.frames(format));
                self.ask_for_key_unit(false, Instant::now());
            }
            Verdict::Withhold => {}
        }
        Some(Item {
            media: item.media.withheld(format, format)?,
            mark: Mark::STANDS_IN,
            sticky: item.sticky,
        })
    }

    /// Counts frames that no consumer gets; of a source that says that it is muted none is counted.
    fn came_late(&self, frames: u64) {
        if self.gate.is_enabled() {
            self.late.fetch_add(frames, Ordering::Relaxed);
        }
    }

    /// Frames that came after something else had been put in their place, or were lost on the way here.
    pub fn late(&self) -> u64 {
        let before = self.upstream.as_ref().map_or(0, |upstream| {
            let late = upstream.tee.upgrade().map_or(0, |tee| tee.late());
            late + upstream.lost.dropped_frames()
        });
        before + self.late.load(Ordering::Relaxed)
    }

    /// Frames that were left out on the way here, for the sake of a lower rate.
    pub fn discarded(&self) -> u64 {
        self.discarded.load(Ordering::Relaxed)
    }

    /// Counts frames that are left out.
    pub fn discard(&self, frames: u64) {
        self.discarded.fetch_add(frames, Ordering::Relaxed);
    }

    /// Whether anything has ever come of the source.
    pub fn has_given(&self) -> bool {
        self.items.load(Ordering::Acquire) > 0
    }

    /// The source starts: what a former run of it said is not said of the next one.
    fn start(&self) {
        self.change_sticky(|_| Sticky::default());
        self.latency.store(upstream::UNKNOWN, Ordering::Relaxed);
        self.fanout.forget_time();
    }

    /// The source has stopped.
    fn stop(&self) {
        self.lender.forget();
    }

    /// Adds a branch; its first item is the next one.
    pub fn join(&self, branch: Arc<Branch>, limits: Limits) -> Place {
        Place::new(self, self.fanout.join(branch, limits))
    }

    /// The first position that has not been published, in nanoseconds, if any has.
    pub fn next_position(&self) -> Option<u64> {
        Some(self.fanout.newest()?.saturating_add(1))
    }

    fn leave(self: &Arc<Self>, lane: LaneId) -> bool {
        self.fanout.leave(lane)
    }

    fn take_over(self: &Arc<Self>, lane: LaneId) -> (Vec<Rest<Item>>, bool) {
        self.fanout.take_over(lane)
    }

    fn is_busy(self: &Arc<Self>, lane: LaneId) -> bool {
        self.fanout.is_lost_after(lane, Duration::ZERO)
    }

    fn is_held(self: &Arc<Self>, lane: LaneId) -> bool {
        let grace = if workers::is_worker() {
            Duration::ZERO
        } else {
            GRACE
        };
        self.fanout.is_lost_after(lane, grace)
    }

    fn wait_for(self: &Arc<Self>, lane: LaneId) {
        if !workers::is_in(self, lane) {
            self.fanout.wait_for(lane);
        }
    }

    /// Pushes EOS on all branches after what has been published.
    pub fn end_all(&self) {
        self.fanout.end_all();
    }

    /// The workers leave when they have done what is left. Called by the owner, whom they do not keep alive.
    pub fn close(&self) {
        self.fanout.close();
    }

    /// A branch found nothing to start with among the items before this number.
    fn wants_key_unit(&self, before: u64) {
        if self.last_key.load(Ordering::Acquire) <= before {
            self.ask_for_key_unit(true, Instant::now());
        }
    }

    /// Asks an encoded source for a key frame, unless it has just been asked.
    pub fn ask_for_key_unit(&self, all_headers: bool, now: Instant) {
        if self.sticky().format().is_raw() || !lock(&self.keys).ask(all_headers, now) {
            return;
        }
        gst::debug!(CAT, "Asking the source for a key frame");
        self.send_upstream(
            gst_video::UpstreamForceKeyUnitEvent::builder()
                .all_headers(all_headers)
                .build(),
        );
    }
}
