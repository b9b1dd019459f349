// SPDX-License-Identifier: MPL-2.0

//! Whom a fan-out asks and tells about its source.

use super::Change;

/// The source that a fan-out belongs to. Called on threads of the source's and of the plugin's own.
pub trait Owner: Send + Sync {
    /// What the consumers of this source accept, asked once for each start of the source.
    fn accepted_caps(&self) -> gst::Caps;
    /// What a source that has decided has to give from now on, if anything.
    fn demanded_caps(&self) -> Option<gst::Caps> {
        None
    }
    /// The source gives these caps, which are not of the kind it was taken for.
    fn refuse(&self, caps: &gst::CapsRef);
    /// The source became muted, or ceased to be.
    fn muted(&self, change: Change);
    /// The source gives media in these caps from now on. Called before the first of them are published.
    fn gives(&self, _caps: &gst::Caps) {}
    /// All from before this position, in nanoseconds, has been published. Called if another fan-out feeds this one.
    fn gave(&self, _position: u64) {}
    /// The source gives other caps than before.
    fn reconfigured(&self);
    /// The consumer of this element refused media in the caps that they have; whether it gets others in their place, before long.
    fn refused_by(&self, _element: &gst::Element) -> bool {
        false
    }
    /// Consumers get copies of whatever the source gives.
    fn is_copied(&self) {}
    /// The source has given all it had.
    fn ended(&self) {}
}
