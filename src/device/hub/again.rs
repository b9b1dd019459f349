// SPDX-License-Identifier: MPL-2.0

//! Providers that say only once what they know: PulseAudio's, which device is the default; ALSA's and others that cannot watch,
//! what there is at all. They are asked again each time that somebody looks.

use std::sync::{Arc, Mutex};

use gst::prelude::*;

use super::{Held, Hub, Known, Running, State};
use crate::device::Listing;
use crate::device::daemon::Daemon;
use crate::device::provider::{self, News};
use crate::sync::lock;

impl Running {
    /// Whether it says later what it has said once: which device is the default, and what comes and goes.
    pub(super) fn keeps_telling(&self) -> bool {
        self.watches() && !self.daemon.forgets_defaults()
    }

    /// Whether it says what comes and goes.
    fn watches(&self) -> bool {
        self.provider.can_monitor()
    }
}

impl Hub {
    /// Asks another instance of a provider, which lists all that it finds.
    pub(super) fn ask_again(&self, factory: &gst::DeviceProviderFactory) {
        let name = factory.name();
        let listed = Arc::<Mutex<Vec<Listing>>>::default();
        let list = listed.clone();
        let started = Daemon::of(&name).and_then(|daemon| {
            provider::start(factory, &daemon, move |news| {
                if let News::Added(device) = news {
                    lock(&list).extend(Listing::of(&device));
                }
            })
        });
        let listed = std::mem::take(&mut *lock(&listed));
        if let Some(provider) = &started {
            provider.stop();
        }
        let left_out = {
            let mut state = lock(&self.state);
            state.asked -= 1;
            match started {
                Some(_) => state.hear_again(&name, listed),
                None => Vec::new(),
            }
        };
        drop(left_out);
        self.started.notify_all();
    }
}

impl State {
    /// A provider was asked again. What has gone, or is listed anew though it is known, is for the caller to drop.
    fn hear_again(&mut self, name: &str, listed: Vec<Listing>) -> Vec<Listing> {
        let is_it = |known: &&mut Known| known.name() == name;
        let Some(known) = self.providers.iter_mut().find(is_it) else {
            return listed;
        };
        if known.running().is_some_and(Running::watches) {
            for device in &mut known.devices {
                let is_default = |now: &Listing| now.is_like(device) && now.is_default;
                device.is_default = listed.iter().any(is_default);
            }
            return listed;
        }
        let mut before = std::mem::take(&mut known.devices);
        let mut left_out = Vec::new();
        for mut now in listed {
            if let Some(place) = before.iter().position(|device| device.is_like(&now)) {
                left_out.push(std::mem::replace(&mut now, before.remove(place)));
            }
            known.devices.push(now);
        }
        // One that is in use may not show; if it has gone, its source says so.
        let is_used = |device: &mut Listing| self.holders.iter().any(|held| held.has(device));
        known.devices.extend(before.extract_if(.., is_used));
        left_out.extend(before);
        left_out
    }
}

impl Held {
    fn has(&self, device: &Listing) -> bool {
        self.listing.device == device.device && self.holder.strong_count() > 0
    }
}
