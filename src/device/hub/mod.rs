// SPDX-License-Identifier: MPL-2.0

//! All devices that there are, as their providers tell: kept for the life of the process, from the first time that somebody looks.
//!
//! Each provider starts on a thread of its own, for some wait for daemons. The list is locked for a moment only, also by the threads
//! that providers speak on; who has a device is told without the lock that it has gone.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use gst::prelude::*;
use once_cell::sync::Lazy;

mod again;

use super::daemon::Daemon;
use super::provider::{self, News};
use super::{CAT, Listing};
use crate::sync::lock;

/// Nobody waits longer for providers to start.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who has opened a device.
pub trait Holder: Send + Sync {
    /// The device is not there any more. Called on a thread that must not wait.
    fn device_gone(&self, device: &Listing);
}

static HUB: Lazy<Hub> = Lazy::new(Hub::default);

#[derive(Default)]
struct Hub {
    state: Mutex<State>,
    /// A provider has started, or does not work.
    started: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order in which they are preferred.
    providers: Vec<Known>,
    holders: Vec<Held>,
    /// Providers whose daemon has gone, with what they talk on. They are never stopped, and keep their place.
    retired: Vec<Running>,
    /// How many providers are asked again.
    asked: usize,
    /// Of two instances of a provider, the later one has the higher number.
    instances: u64,
}

struct Known {
    factory: gst::DeviceProviderFactory,
    /// Which instance may speak.
    instance: u64,
    progress: Progress,
    devices: Vec<Listing>,
}

#[derive(Default)]
enum Progress {
    #[default]
    Idle,
    Starting,
    Running(Running),
}

/// A provider's instance, kept for ever.
struct Running {
    provider: gst::DeviceProvider,
    daemon: Arc<Daemon>,
}

struct Held {
    listing: Listing,
    holder: Weak<dyn Holder>,
}

/// Devices that went, and who had each.
type Gone = Vec<(Listing, Arc<dyn Holder>)>;

/// What is listed now, by the preferred providers first. Waits for those that are starting, but not long.
pub fn listings() -> Vec<Listing> {
    HUB.look();
    HUB.wait();
    lock(&HUB.state).listings()
}

/// Has `holder` told when this device goes; `false` if it has gone.
pub fn hold(listing: &Listing, holder: Weak<dyn Holder>) -> bool {
    let mut state = lock(&HUB.state);
    state.holders.retain(|held| held.holder.strong_count() > 0);
    let is_there = state
        .providers
        .iter()
        .any(|known| known.has(&listing.device));
    if is_there {
        state.holders.push(Held {
            listing: listing.clone(),
            holder,
        });
    }
    is_there
}

impl Known {
    fn has(&self, device: &gst::Device) -> bool {
        self.devices.iter().any(|known| known.device == *device)
    }

    fn name(&self) -> String {
        self.factory.name().to_string()
    }

    fn running(&self) -> Option<&Running> {
        match &self.progress {
            Progress::Running(running) => Some(running),
            Progress::Idle | Progress::Starting => None,
        }
    }
}

impl State {
    fn known(&mut self, name: &str) -> Option<&mut Known> {
        self.providers.iter_mut().find(|known| known.name() == name)
    }

    fn listings(&self) -> Vec<Listing> {
        let mut hidden = Vec::new();
        for running in self.providers.iter().filter_map(Known::running) {
            hidden.extend(running.provider.hidden_providers());
        }
        let shown = (self.providers.iter())
            .filter(|known| !hidden.iter().any(|name| *name == known.name()));
        shown.flat_map(|known| known.devices.clone()).collect()
    }

    /// Forgets who had these.
    fn gone(&mut self, devices: Vec<Listing>) -> Gone {
        let mut gone = Vec::new();
        for device in devices {
            let (lost, held) = std::mem::take(&mut self.holders)
                .into_iter()
                .partition(|held| held.listing.device == device.device);
            self.holders = held;
            let holders = (lost as Vec<Held>).into_iter();
            gone.extend(holders.filter_map(|held| Some((held.listing, held.holder.upgrade()?))));
        }
        gone
    }

    /// A provider's daemon has gone, and all that it listed.
    fn retire(&mut self, name: &str) -> Gone {
        let Some(known) = self.known(name) else {
            return Gone::new();
        };
        let devices = std::mem::take(&mut known.devices);
        if let Progress::Running(running) = std::mem::take(&mut known.progress) {
            self.retired.push(running);
        }
        self.gone(devices)
    }
}

impl Hub {
    /// Starts the providers that do not run, those of daemons that have been replaced included.
    fn look(&'static self) {
        let factories = provider::factories();
        let (gone, starting, asked) = {
            let mut state = lock(&self.state);
            let mut gone = Gone::new();
            for (place, factory) in factories.into_iter().enumerate() {
                if state.known(&factory.name()).is_none() {
                    let place = place.min(state.providers.len());
                    state.providers.insert(
                        place,
                        Known {
                            factory,
                            instance: 0,
                            progress: Progress::Idle,
                            devices: Vec::new(),
                        },
                    );
                }
            }
            let replaced = |known: &&Known| {
                (known.running()).is_some_and(|running| running.daemon.has_been_replaced())
            };
            let replaced: Vec<_> = state
                .providers
                .iter()
                .filter(replaced)
                .map(Known::name)
                .collect();
            for name in replaced {
                gone.extend(state.retire(&name));
            }
            let mut starting = Vec::new();
            let State {
                providers,
                instances,
                ..
            } = &mut *state;
            for known in providers {
                if matches!(known.progress, Progress::Idle) {
                    *instances += 1;
                    known.instance = *instances;
                    known.progress = Progress::Starting;
                    starting.push((known.factory.clone(), known.instance));
                }
            }
            let is_asked = |known: &&Known| {
                known
                    .running()
                    .is_some_and(|running| !running.keeps_telling())
            };
            let asked = state.providers.iter().filter(is_asked);
            let asked: Vec<_> = asked.map(|known| known.factory.clone()).collect();
            state.asked += asked.len();
            (gone, starting, asked)
        };
        tell(gone);
        for factory in asked {
            let thread = thread::Builder::new().name("mediastream-devices".into());
            if let Err(error) = thread.spawn(move || self.ask_again(&factory)) {
                gst::error!(CAT, "No thread to look for devices again: {error}");
                lock(&self.state).asked -= 1;
            }
        }
        for (factory, instance) in starting {
            let name = factory.name();
            let thread = thread::Builder::new().name("mediastream-devices".into());
            if let Err(error) = thread.spawn(move || self.run(&factory, instance)) {
                gst::error!(CAT, "No thread to look for devices: {error}");
                self.settle(&name, None);
            }
        }
    }

    /// Starts a provider, and stays as long as it can be told that its daemon goes.
    fn run(&'static self, factory: &gst::DeviceProviderFactory, instance: u64) {
        let name = factory.name();
        let daemon = Daemon::of(&name).map(Arc::new);
        let started = daemon.as_ref().and_then(|daemon| {
            let name = name.clone();
            provider::start(factory, daemon, move |news| {
                self.hear(&name, instance, news)
            })
        });
        let running = started.zip(daemon.clone());
        let works = running.is_some();
        self.settle(
            &name,
            running.map(|(provider, daemon)| Running { provider, daemon }),
        );
        if let Some(daemon) = daemon.filter(|_| works)
            && daemon.wait_until_gone()
        {
            gst::info!(CAT, "The daemon of {name} has gone");
            let gone = lock(&self.state).retire(&name);
            tell(gone);
        }
    }

    fn settle(&self, name: &str, running: Option<Running>) {
        let mut state = lock(&self.state);
        if let Some(known) = state.known(name) {
            if running.is_none() {
                known.devices.clear();
            }
            known.progress = running.map_or(Progress::Idle, Progress::Running);
        }
        drop(state);
        self.started.notify_all();
    }

    fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        let mut state = lock(&self.state);
        let is_starting = |known: &Known| matches!(known.progress, Progress::Starting);
        while state.asked > 0 || state.providers.iter().any(is_starting) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                gst::warning!(CAT, "Some providers of devices take long to start");
                return;
            }
            let waited = self.started.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn hear(&self, name: &str, instance: u64, news: News) {
        gst::debug!(CAT, "{name}: {news:?}");
        let gone = {
            let mut state = lock(&self.state);
            let Some(known) = state.known(name).filter(|known| known.instance == instance) else {
                return;
            };
            match news {
                News::Added(device) => {
                    if !known.has(&device) {
                        known.devices.extend(Listing::of(&device));
                    }
                    Gone::new()
                }
                News::Removed(device) => {
                    let is_it = |listing: &mut Listing| listing.device == device;
                    let removed = known.devices.extract_if(.., is_it).collect();
                    state.gone(removed)
                }
                News::Changed { old, new } => {
                    let listing = Listing::of(&new);
                    for known in known.devices.iter_mut().filter(|known| known.device == old) {
                        if let Some(listing) = &listing {
                            *known = listing.clone();
                        }
                    }
                    for held in state
                        .holders
                        .iter_mut()
                        .filter(|held| held.listing.device == old)
                    {
                        held.listing.device = new.clone();
                    }
                    Gone::new()
                }
            }
        };
        tell(gone);
    }
}

fn tell(gone: Gone) {
    for (device, holder) in gone {
        holder.device_gone(&device);
    }
}
