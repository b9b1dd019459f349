// SPDX-License-Identifier: MPL-2.0

//! The scheduler of a tee, checked by loom in every interleaving that it can reach within the bounds below. The invariants
//! stand at the top of `src/tee/fanout/mod.rs`.
//!
//! The scheduler is plain Rust and knows its locks as `crate::sync`: in the plugin these are std's, here they are loom's.

#![allow(missing_docs)]

mod sync {
    pub fn model(test: impl Fn() + Send + Sync + 'static) {
        let mut builder = loom::model::Builder::new();
        // What happens one after the other has as many as locks are taken.
        builder.max_branches = 100_000;
        builder.check(test);
    }
    pub use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
}

#[allow(dead_code, unused_imports)]
#[path = "../src/tee/fanout/mod.rs"]
mod fanout;

use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::SeqCst};

use fanout::{
    Consumer, Facts, Fanout, Hooks, Item, Job, LaneId, Limits, Outcome, Report, Work, Worker,
};
use sync::{Arc, Condvar, Mutex};

const UNLIMITED: Limits = Limits { items: 0, time: 0 };

/// An item is its own number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number(u64);

impl Item for Number {
    fn facts(&self) -> Facts {
        Facts {
            frames: 1,
            time: None,
            last_time: None,
            is_key: true,
            is_media: true,
        }
    }
}

/// A value that other threads wait for.
struct Cell<S> {
    value: Mutex<S>,
    changed: Condvar,
}

impl<S> Cell<S> {
    fn new(value: S) -> Self {
        Self {
            value: Mutex::new(value),
            changed: Condvar::new(),
        }
    }
    fn change<R>(&self, act: impl FnOnce(&mut S) -> R) -> R {
        let result = act(&mut self.value.lock().unwrap());
        self.changed.notify_all();
        result
    }
    fn wait<R>(&self, mut ready: impl FnMut(&mut S) -> Option<R>) -> R {
        let mut value = self.value.lock().unwrap();
        loop {
            if let Some(result) = ready(&mut value) {
                return result;
            }
            value = self.changed.wait(value).unwrap();
        }
    }
}

#[derive(Default)]
struct Log {
    taken: Vec<u64>,
    inside: bool,
    ended: bool,
}

/// A consumer that writes down what it gets.
#[derive(Clone)]
struct Sink(Arc<SinkInner>);

struct SinkInner {
    log: Cell<Log>,
    /// Counted under the scheduler's lock, where nothing else may be locked.
    skipped: AtomicU64,
    /// It does not return from a push before this sink has got as many items, or has ended.
    waits_for: Option<(Sink, Until)>,
    /// Items for which it does not wait.
    prompt_for: usize,
    staff: Staff,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Item,
    End,
}

impl Sink {
    fn new(staff: &Staff, waits_for: Option<&Sink>) -> Self {
        Self::waiting(
            staff,
            waits_for.map(|other| (other.clone(), Until::Item)),
            0,
        )
    }

    fn until_end_of(staff: &Staff, other: &Sink) -> Self {
        Self::waiting(staff, Some((other.clone(), Until::End)), 0)
    }

    fn prompt_at_first(staff: &Staff, other: &Sink) -> Self {
        Self::waiting(staff, Some((other.clone(), Until::Item)), 1)
    }

    fn waiting(staff: &Staff, waits_for: Option<(Sink, Until)>, prompt_for: usize) -> Self {
        Self(Arc::new(SinkInner {
            log: Cell::new(Log::default()),
            skipped: Default::default(),
            waits_for,
            prompt_for,
            staff: staff.clone(),
        }))
    }

    /// Whether the worker was held up.
    fn push(&self, work: Work<Number>) -> bool {
        let got = self.0.log.change(|log| {
            assert!(!log.inside, "two workers in one lane");
            assert!(!log.ended, "pushed after the end");
            log.inside = true;
            log.taken.len()
        });
        let waits_for = match got < self.0.prompt_for {
            true => None,
            false => self.0.waits_for.as_ref(),
        };
        if let Some((other, until)) = waits_for {
            let ready = |log: &mut Log| match until {
                Until::Item => (log.ended || log.taken.len() > got).then_some(()),
                Until::End => log.ended.then_some(()),
            };
            self.0.staff.hold_up(other, ready);
        }
        self.0.log.change(|log| {
            log.inside = false;
            match work {
                Work::Item { item, .. } => log.taken.push(item.0),
                Work::AskForKey { .. } => unreachable!("every number is a key"),
                Work::End => log.ended = true,
            }
        });
        waits_for.is_some()
    }

    fn wait_for_items(&self, count: usize) {
        let ready = |log: &mut Log| (log.taken.len() == count).then_some(());
        self.0.log.wait(ready);
    }

    fn wait_for_push(&self) {
        self.0.log.wait(|log| log.inside.then_some(()));
    }

    fn wait_for_end(&self) {
        self.0.log.wait(|log| log.ended.then_some(()));
    }

    fn taken(&self) -> Vec<u64> {
        self.0.log.change(|log| log.taken.clone())
    }

    fn skipped(&self) -> u64 {
        self.0.skipped.load(SeqCst)
    }
}

impl Consumer for Sink {
    fn skipped(&self, frames: u64) {
        self.0.skipped.fetch_add(frames, SeqCst);
    }
}

/// What the scheduler asks for, and who carries it out.
#[derive(Clone)]
struct Staff(Arc<StaffInner>);

struct StaffInner {
    asked: Cell<Asked>,
    /// How often the watch was armed more than it was disarmed. Not loom's, as is the next: what needs no thread to run needs no
    /// other order of threads either.
    armed: AtomicI32,
    /// Consumers that hold a worker up.
    waiting: AtomicI32,
}

#[derive(Default)]
struct Asked {
    hires: usize,
    /// Somebody is held up for so long that the armed watch ticks.
    moment: bool,
    over: bool,
}

impl Staff {
    fn new() -> Self {
        Self(Arc::new(StaffInner {
            asked: Cell::new(Asked::default()),
            armed: AtomicI32::new(0),
            waiting: AtomicI32::new(0),
        }))
    }

    fn time_passes(&self) {
        if self.0.armed.load(SeqCst) > 0 && self.0.waiting.load(SeqCst) > 0 {
            self.0.asked.change(|asked| asked.moment = true);
        }
    }

    /// Holds a worker up until this other sink is ready.
    fn hold_up(&self, other: &Sink, ready: impl FnMut(&mut Log) -> Option<()>) {
        self.0.waiting.fetch_add(1, SeqCst);
        self.time_passes();
        other.0.log.wait(ready);
        self.0.waiting.fetch_sub(1, SeqCst);
    }

    fn worker(&self, fanout: &Model) {
        let hired = |asked: &mut Asked| match asked.hires {
            0 => asked.over.then_some(false),
            _ => {
                asked.hires -= 1;
                Some(true)
            }
        };
        while self.0.asked.wait(hired) {
            work(fanout);
        }
    }

    fn watch(&self, fanout: &Model) {
        let moment = |asked: &mut Asked| match std::mem::take(&mut asked.moment) {
            false => asked.over.then_some(false),
            true => Some(true),
        };
        while self.0.asked.wait(moment) {
            // Twice: what has just begun does not stand still.
            fanout.tick();
            fanout.tick();
        }
    }
}

impl Hooks for Staff {
    const TRUSTED_AFTER: u8 = 1;

    fn hire(&self) -> bool {
        self.0.asked.change(|asked| asked.hires += 1);
        true
    }

    fn watch(&self, on: bool) {
        self.0.armed.fetch_add(if on { 1 } else { -1 }, SeqCst);
        if on {
            self.time_passes();
        }
    }
}

type Model = Fanout<Number, Sink, Staff>;

/// Works until it is sent away.
fn work(fanout: &Model) {
    let mut worker = Worker::default();
    let mut report = None;
    while let Some(job) = fanout.work(&mut worker, report.take()) {
        let Job {
            lane,
            consumer,
            work,
            ..
        } = job;
        let ended = work == Work::End;
        let slow = consumer.push(work);
        report = Some(Report {
            lane,
            outcome: Outcome::Went,
            slow,
            ended,
        });
    }
}

/// Runs `act` against a scheduler with up to `workers` workers, and with a watch if `watched`.
fn model(
    preemptions: usize,
    workers: usize,
    watched: bool,
    act: impl Fn(&Arc<Model>, &Staff) + Send + Sync + 'static,
) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(move || {
        let staff = Staff::new();
        let fanout = Arc::new(Model::new(staff.clone()));
        let mut threads = Vec::new();
        for _ in 0..workers {
            let (fanout, staff) = (fanout.clone(), staff.clone());
            threads.push(loom::thread::spawn(move || staff.worker(&fanout)));
        }
        if watched {
            let (fanout, staff) = (fanout.clone(), staff.clone());
            threads.push(loom::thread::spawn(move || staff.watch(&fanout)));
        }
        act(&fanout, &staff);
        fanout.close();
        staff.0.asked.change(|asked| asked.over = true);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

fn publish(fanout: &Model, numbers: std::ops::Range<u64>) {
    for number in numbers {
        fanout.publish(Number(number), || true);
    }
}

/// Whoever sees that the source gives nothing says so once, at some time.
fn nothing_more_comes(fanout: &Model) {
    fanout.nothing_follows();
}

/// All of them have got so many items.
fn wait_for_all(sinks: &[&Sink], count: usize) {
    for sink in sinks {
        sink.wait_for_items(count);
    }
}

fn end(fanout: &Model, lanes: &[LaneId]) {
    for lane in lanes {
        fanout.end(*lane);
    }
}

#[test]
fn a_lane_gets_every_item_once_and_in_order() {
    model(3, 1, false, |fanout, staff| {
        let sink = Sink::new(staff, None);
        let lane = fanout.join(sink.clone(), UNLIMITED);
        publish(fanout, 0..3);
        end(fanout, &[lane]);
        sink.wait_for_end();
        assert_eq!(sink.taken(), [0, 1, 2]);
    });
}

#[test]
fn every_lane_gets_every_item_from_one_worker() {
    model(3, 1, false, |fanout, staff| {
        let sinks = [Sink::new(staff, None), Sink::new(staff, None)];
        let lanes = sinks.clone().map(|sink| fanout.join(sink, UNLIMITED));
        publish(fanout, 0..2);
        end(fanout, &lanes);
        for sink in &sinks {
            sink.wait_for_end();
            assert_eq!(sink.taken(), [0, 1]);
        }
    });
}

#[test]
fn a_consumer_that_blocks_for_the_first_time_holds_nobody_up() {
    // The first sink returns only when the second has got something: one worker alone would hang for ever, and there is
    // no further item to wake another one.
    model(1, 2, true, |fanout, staff| {
        let second = Sink::new(staff, None);
        let first = Sink::new(staff, Some(&second));
        let sinks = [&first, &second];
        let _ = sinks.map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        // Nothing but the watch helps the second one to it.
        for sink in sinks {
            sink.wait_for_items(1);
            assert_eq!(sink.taken(), [0]);
        }
    });
}

#[test]
fn a_lane_ends_though_the_only_worker_is_held_up_and_nothing_more_is_published() {
    // The first sink returns only when the second has ended.
    model(2, 2, true, |fanout, staff| {
        let second = Sink::new(staff, None);
        let first = Sink::until_end_of(staff, &second);
        let lanes = [&second, &first].map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        end(fanout, &lanes[..1]);
        second.wait_for_end();
        assert_eq!(second.taken(), [0]);
    });
}

#[test]
fn a_trusted_consumer_that_blocks_holds_nobody_up_though_nothing_more_is_published() {
    // Both return at once from the first item. From the second the first sink returns only when the second has it, too.
    model(1, 2, true, |fanout, staff| {
        let second = Sink::new(staff, None);
        let first = Sink::prompt_at_first(staff, &second);
        let sinks = [&first, &second];
        let _ = sinks.map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        wait_for_all(&sinks, 1);
        publish(fanout, 1..2);
        nothing_more_comes(fanout);
        wait_for_all(&sinks, 2);
        for sink in sinks {
            assert_eq!(sink.taken(), [0, 1]);
        }
    });
}

#[test]
fn a_worker_that_steps_from_lane_to_lane_gives_each_what_comes() {
    // From the second item on, all three are steady.
    model(2, 1, false, |fanout, staff| {
        let sinks = [(); 3].map(|()| Sink::new(staff, None));
        let lanes = sinks.clone().map(|sink| fanout.join(sink, UNLIMITED));
        publish(fanout, 0..1);
        for sink in &sinks {
            sink.wait_for_items(1);
        }
        publish(fanout, 1..3);
        fanout.leave(lanes[1]);
        end(fanout, &[lanes[0], lanes[2]]);
        for sink in [&sinks[0], &sinks[2]] {
            sink.wait_for_end();
            assert_eq!(sink.taken(), [0, 1, 2]);
        }
        let left = &sinks[1];
        let busy = fanout.is_lost_after(lanes[1], std::time::Duration::ZERO);
        if !busy {
            assert_eq!(left.taken().len() as u64 + left.skipped(), 3);
        }
    });
}

#[test]
fn a_steady_consumer_that_blocks_when_stepped_into_holds_nobody_up() {
    // From the second item the second sink returns only when the third has it, too.
    model(1, 2, true, |fanout, staff| {
        let third = Sink::new(staff, None);
        let second = Sink::prompt_at_first(staff, &third);
        let first = Sink::new(staff, None);
        let sinks = [&first, &second, &third];
        let _ = sinks.map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        wait_for_all(&sinks, 1);
        publish(fanout, 1..2);
        nothing_more_comes(fanout);
        wait_for_all(&sinks, 2);
        for sink in sinks {
            assert_eq!(sink.taken(), [0, 1]);
        }
    });
}

#[test]
fn a_worker_that_stays_with_a_consumer_that_blocks_gives_it_what_comes_and_keeps_it_from_nobody() {
    // The first sink always returns when the second has as many items: from the second item on it is known for that.
    model(1, 2, true, |fanout, staff| {
        let second = Sink::new(staff, None);
        let first = Sink::new(staff, Some(&second));
        let sinks = [&first, &second];
        let lanes = sinks.map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        wait_for_all(&sinks, 1);
        publish(fanout, 1..3);
        end(fanout, &lanes);
        for sink in sinks {
            sink.wait_for_end();
            assert_eq!(sink.taken(), [0, 1, 2]);
        }
    });
}

#[test]
fn several_consumers_that_block_for_the_first_time_hold_nobody_up() {
    // With five threads, as many as loom has, they change where one has to wait.
    model(0, 3, true, |fanout, staff| {
        let last = Sink::new(staff, None);
        let blocking = [(); 2].map(|()| Sink::new(staff, Some(&last)));
        let sinks = [&blocking[0], &blocking[1], &last];
        let _ = sinks.map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        for sink in sinks {
            sink.wait_for_items(1);
            assert_eq!(sink.taken(), [0]);
        }
    });
}

#[test]
fn an_item_that_comes_while_every_consumer_blocks_reaches_them_all() {
    model(1, 2, true, |fanout, staff| {
        let gate = Sink::new(staff, None);
        let sinks = [(); 2].map(|()| Sink::until_end_of(staff, &gate));
        let lanes = sinks.clone().map(|sink| fanout.join(sink, UNLIMITED));
        publish(fanout, 0..1);
        for sink in &sinks {
            sink.wait_for_push();
        }
        publish(fanout, 1..2);
        gate.0.log.change(|log| log.ended = true);
        end(fanout, &lanes);
        for sink in &sinks {
            sink.wait_for_end();
            assert_eq!(sink.taken(), [0, 1]);
        }
    });
}

#[test]
fn two_workers_are_never_in_one_lane() {
    model(1, 2, true, |fanout, staff| {
        let second = Sink::new(staff, None);
        let first = Sink::new(staff, Some(&second));
        let lanes = [&first, &second].map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..2);
        end(fanout, &lanes);
        for sink in [&first, &second] {
            sink.wait_for_end();
            assert_eq!(sink.taken(), [0, 1]);
        }
    });
}

#[test]
fn leaving_does_not_wait_for_the_consumer_and_frees_the_others() {
    model(2, 2, true, |fanout, staff| {
        let never = Sink::new(staff, None);
        let stuck = Sink::new(staff, Some(&never));
        let healthy = Sink::new(staff, None);
        let lanes = [&stuck, &healthy].map(|sink| fanout.join(sink.clone(), UNLIMITED));
        publish(fanout, 0..1);
        fanout.leave(lanes[0]);
        publish(fanout, 1..2);
        end(fanout, &lanes[1..]);
        healthy.wait_for_end();
        assert_eq!(healthy.taken(), [0, 1]);
        // Let the stuck one go, so that its thread can be joined.
        never.0.log.change(|log| log.ended = true);
    });
}

#[test]
fn what_a_lane_does_not_get_is_counted() {
    model(2, 1, false, |fanout, staff| {
        let sink = Sink::new(staff, None);
        let lane = fanout.join(sink.clone(), Limits { items: 1, time: 0 });
        publish(fanout, 0..3);
        end(fanout, &[lane]);
        sink.wait_for_end();
        let taken = sink.taken();
        assert_eq!(taken.last(), Some(&2));
        assert!(taken.is_sorted_by(|a, b| a < b));
        assert_eq!(taken.len() as u64 + sink.skipped(), 3);
    });
}

#[test]
fn a_lane_that_joins_gets_what_is_published_from_then_on() {
    model(2, 1, false, |fanout, staff| {
        let sinks = [Sink::new(staff, None), Sink::new(staff, None)];
        let first = fanout.join(sinks[0].clone(), UNLIMITED);
        publish(fanout, 0..1);
        let second = fanout.join(sinks[1].clone(), UNLIMITED);
        publish(fanout, 1..2);
        end(fanout, &[first, second]);
        for (sink, taken) in sinks.iter().zip([&[0, 1][..], &[1]]) {
            sink.wait_for_end();
            assert_eq!(sink.taken(), taken);
        }
    });
}

#[test]
fn an_item_that_is_not_due_any_more_does_not_follow_what_came_instead() {
    // As a stand-in for a source that returns at this moment: it is given before what the source gives, or not at all.
    model(2, 1, false, |fanout, staff| {
        let sink = Sink::new(staff, None);
        let lane = fanout.join(sink.clone(), UNLIMITED);
        let returned = Arc::new(Mutex::new(false));
        let stand_in = {
            let (fanout, returned) = (fanout.clone(), returned.clone());
            loom::thread::spawn(move || fanout.publish(Number(0), || !*returned.lock().unwrap()))
        };
        *returned.lock().unwrap() = true;
        fanout.publish(Number(1), || true);
        let was_due = stand_in.join().unwrap();
        fanout.end(lane);
        sink.wait_for_end();
        let expected = if was_due { &[0, 1][..] } else { &[1] };
        assert_eq!(sink.taken(), expected);
    });
}

#[test]
fn what_is_taken_over_is_what_the_lane_has_not_got_and_nothing_is_lost() {
    // As a track that goes to another fan-out: whoever pushes for it there pushes the rest first.
    model(2, 2, false, |fanout, staff| {
        let sink = Sink::new(staff, None);
        let lane = fanout.join(sink.clone(), UNLIMITED);
        publish(fanout, 0..1);
        let publisher = {
            let fanout = fanout.clone();
            loom::thread::spawn(move || publish(&fanout, 1..2))
        };
        let (rest, is_missing) = fanout.take_over(lane);
        fanout.wait_for(lane);
        let mut all = sink.taken();
        assert_eq!(is_missing, all.is_empty() && rest.is_empty());
        all.extend(rest.into_iter().map(|rest| rest.item.0));
        let published: Vec<_> = (0..all.len() as u64).collect();
        assert_eq!(all, published);
        assert!(!all.is_empty());
        assert_eq!(sink.skipped(), 0);
        let got = sink.taken();
        publisher.join().unwrap();
        assert_eq!(sink.taken(), got, "pushed after it was taken over");
    });
}
