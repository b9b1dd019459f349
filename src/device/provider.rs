// SPDX-License-Identifier: MPL-2.0

//! One provider of devices, in an instance of our own that is never stopped: stopping PipeWire's corrupts the heap in
//! GStreamer 1.22.

use gst::glib;
use gst::prelude::*;

use super::CAT;
use super::daemon::Daemon;

/// What a provider says.
#[derive(Debug)]
pub enum News {
    Added(gst::Device),
    Removed(gst::Device),
    /// A device that takes the place of another one, which is the same.
    Changed {
        old: gst::Device,
        new: gst::Device,
    },
}

/// The providers of cameras and microphones, the preferred ones first: PipeWire, for a source of its own is never moved to
/// another device, and then as GStreamer ranks them.
pub fn factories() -> Vec<gst::DeviceProviderFactory> {
    let all = gst::DeviceProviderFactory::factories(gst::Rank::MARGINAL);
    let of_sources = |factory: &gst::DeviceProviderFactory| {
        ["Video/Source", "Audio/Source"]
            .iter()
            .any(|class| factory.has_classes(Some(class)))
    };
    let mut found: Vec<_> = all.into_iter().filter(of_sources).collect();
    found.sort_by_key(|factory| {
        (
            factory.name() != "pipewiredeviceprovider",
            -i32::from(factory.rank()),
        )
    });
    found
}

/// Starts an instance, which may take as long as it likes, and hears its news from now on. `None` if it does not work.
pub fn start(
    factory: &gst::DeviceProviderFactory,
    daemon: &Daemon,
    hear: impl Fn(News) + Send + Sync + 'static,
) -> Option<gst::DeviceProvider> {
    let loaded = factory
        .load()
        .ok()?
        .downcast::<gst::DeviceProviderFactory>()
        .ok()?;
    let instance = glib::Object::with_type(loaded.device_provider_type());
    let provider = instance.downcast::<gst::DeviceProvider>().ok()?;
    if let Some(fd) = daemon.fd().filter(|_| provider.has_property("fd")) {
        provider.set_property("fd", fd);
    }
    provider.bus().set_sync_handler(move |_, message| {
        if let Some(news) = news(message) {
            hear(news);
        }
        gst::BusSyncReply::Drop
    });
    match provider.start() {
        Ok(()) => Some(provider),
        Err(error) => {
            gst::info!(CAT, "{} does not work: {error}", factory.name());
            None
        }
    }
}

fn news(message: &gst::Message) -> Option<News> {
    Some(match message.view() {
        gst::MessageView::DeviceAdded(added) => News::Added(added.device()),
        gst::MessageView::DeviceRemoved(removed) => News::Removed(removed.device()),
        gst::MessageView::DeviceChanged(changed) => {
            let (new, old) = changed.device_changed();
            News::Changed { old, new }
        }
        _ => return None,
    })
}
