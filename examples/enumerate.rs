// SPDX-License-Identifier: MPL-2.0

//! Lists the cameras and microphones that `video-device` and `audio-device` can choose from.
//!
//! ```text
//! cargo run --example enumerate
//! cargo run --example enumerate -- --watch
//! ```
//!
//! With `--watch` it goes on until Ctrl-C: `+` for what is plugged in, `-` for what is unplugged. Nothing of the plugin is needed for
//! this: a `GstDeviceMonitor` of the application's own tells the same ids.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Duration;

use gst::glib;
use gst::prelude::*;

const USAGE: &str = "usage: enumerate [--watch]";

const CTRL_C: i32 = 2;

/// Time for all providers to tell of a device, and from GStreamer 1.28 on, where they start in the background, to start.
const SETTLED: Duration = Duration::from_millis(500);

/// Properties that stay the same as long as a device stays where it is. The first that it has is its id.
const IDS: [&str; 5] = [
    "node.name",
    "object.path",
    "device.path",
    "api.v4l2.path",
    "sysfs.path",
];

/// Properties that tell of two entries that they are the same device, and the name of what they tell.
const HARDWARE: [(&str, &str); 3] = [
    ("object.serial", "serial"),
    ("api.v4l2.path", "v4l2"),
    ("device.path", "v4l2"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let watch = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--watch"] => true,
        _ => return Err(USAGE.into()),
    };
    gst::init()?;
    // Kept to the end of the process: in GStreamer 1.22 stopping a monitor corrupts memory where PipeWire is behind it.
    let monitor = ManuallyDrop::new(gst::DeviceMonitor::new());
    monitor.add_filter(Some("Video/Source"), None);
    monitor.add_filter(Some("Audio/Source"), None);

    let list = Rc::new(RefCell::new(List::default()));
    let _guard = monitor.bus().add_watch_local({
        let list = list.clone();
        move |_, message| {
            list.borrow_mut().hear(message);
            let list = list.clone();
            glib::timeout_add_local_once(SETTLED, move || list.borrow_mut().show());
            glib::ControlFlow::Continue
        }
    })?;
    if monitor.start().is_err() {
        println!("GStreamer has nothing here that could tell of devices.");
        return Ok(());
    }
    for device in monitor.devices() {
        list.borrow_mut().add(device);
    }

    let main_loop = glib::MainLoop::new(None, false);
    let quit = main_loop.clone();
    glib_unix::unix_signal_add_local(CTRL_C, move || {
        quit.quit();
        glib::ControlFlow::Continue
    });
    let quit = main_loop.clone();
    glib::timeout_add_local_once(SETTLED, move || {
        list.borrow_mut().show();
        if list.borrow().shown.is_empty() {
            println!("There are no cameras and no microphones.");
        }
        if !watch {
            quit.quit();
        }
    });
    main_loop.run();
    Ok(())
}

/// The devices that there are, as their providers list them, and what has been shown of them.
#[derive(Default)]
struct List {
    listed: Vec<Entry>,
    shown: Vec<Entry>,
}

impl List {
    fn hear(&mut self, message: &gst::Message) {
        match message.view() {
            gst::MessageView::DeviceAdded(added) => self.add(added.device()),
            gst::MessageView::DeviceRemoved(removed) => self.remove(&removed.device()),
            gst::MessageView::DeviceChanged(changed) => {
                let (new, old) = changed.device_changed();
                self.remove(&old);
                self.add(new);
            }
            _ => {}
        }
    }

    fn add(&mut self, device: gst::Device) {
        self.remove(&device);
        self.listed.extend(Entry::of(device));
    }

    fn remove(&mut self, device: &gst::Device) {
        self.listed.retain(|entry| entry.device != *device);
    }

    /// Each device once, as the first of its providers lists it: cameras, then microphones, of each kind the default first.
    fn devices(&self) -> Vec<Entry> {
        let mut devices: Vec<Entry> = Vec::new();
        let of_pipewire = |entry: &&Entry| entry.is_of_pipewire();
        let (first, others): (Vec<_>, Vec<_>) = self.listed.iter().partition(of_pipewire);
        for entry in first.into_iter().chain(others) {
            match devices.iter_mut().find(|known| known.is_same(entry)) {
                Some(known) => known.is_default |= entry.is_default,
                None => devices.push(entry.clone()),
            }
        }
        devices.sort_by_key(|device| (device.kind != "video", !device.is_default));
        devices
    }

    /// Prints what has come and gone since the last time.
    fn show(&mut self) {
        let devices = self.devices();
        for gone in &self.shown {
            if !devices.iter().any(|device| device.is_same(gone)) {
                println!("- {gone}");
                println!("    id      {}", gone.id);
            }
        }
        for device in &devices {
            if !self.shown.iter().any(|shown| shown.is_same(device)) {
                device.print();
            }
        }
        self.shown = devices;
    }
}

/// A camera or a microphone.
#[derive(Clone)]
struct Entry {
    device: gst::Device,
    kind: &'static str,
    label: String,
    id: String,
    is_default: bool,
    hardware: Vec<(&'static str, String)>,
}

impl Entry {
    /// `None` if it is something else.
    fn of(device: gst::Device) -> Option<Self> {
        let properties = device.properties();
        let text = |name| properties.as_ref()?.get::<String>(name).ok();
        // What is played to a loudspeaker is no microphone.
        if text("device.class").as_deref() == Some("monitor") {
            return None;
        }
        let kind = match device.device_class().as_str() {
            "Video/Source" => "video",
            "Audio/Source" => "audio",
            _ => return None,
        };
        let label = device.display_name().to_string();
        let is_default = properties.as_ref().map(|p| p.get("is-default"));
        let hardware = HARDWARE.into_iter();
        Some(Self {
            id: IDS.into_iter().find_map(text).unwrap_or(label.clone()),
            is_default: is_default == Some(Ok(true)),
            hardware: hardware
                .filter_map(|(name, what)| Some((what, text(name)?)))
                .collect(),
            device,
            kind,
            label,
        })
    }

    fn is_of_pipewire(&self) -> bool {
        self.device.type_().name().starts_with("GstPipeWire")
    }

    fn is_same(&self, other: &Self) -> bool {
        let shared = self.hardware.iter().any(|it| other.hardware.contains(it));
        self.device == other.device || shared
    }

    fn print(&self) {
        let default = if self.is_default { "  (default)" } else { "" };
        println!("+ {self}{default}");
        println!("    id      {}", self.id);
        let caps = self.device.caps().unwrap_or_else(gst::Caps::new_any);
        println!("    modes   {}", modes(&caps));
        let consumer = match self.kind {
            "video" => "videoconvert ! autovideosink",
            _ => "audioconvert ! wavenc ! filesink location=sound.wav",
        };
        let id = glib::shell_quote(&self.id);
        let property = format!("{}-device={}", self.kind, id.to_string_lossy());
        println!("    try     gst-launch-1.0 -e mediastream {property} ! {consumer}");
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let what = match self.kind {
            "video" => "camera",
            _ => "microphone",
        };
        write!(f, "{what:10}  \"{}\"", self.label)
    }
}

/// What a device can give, in one line: its formats, each with sizes and the highest rate.
fn modes(caps: &gst::CapsRef) -> String {
    let mut formats: Vec<(String, Vec<String>, f64)> = Vec::new();
    for structure in caps.iter() {
        let format = format(structure);
        let index = formats.iter().position(|(known, ..)| *known == format);
        let index = index.unwrap_or_else(|| {
            formats.push((format, Vec::new(), 0.0));
            formats.len() - 1
        });
        let (_, sizes, rate) = &mut formats[index];
        let size = size(structure);
        if !size.is_empty() && !sizes.contains(&size) {
            sizes.push(size);
        }
        *rate = rate.max(highest(structure, "framerate"));
    }
    let words: Vec<_> = formats.iter().map(words).collect();
    match words.is_empty() {
        true => "not told".into(),
        false => words.join("; "),
    }
}

fn words((format, sizes, rate): &(String, Vec<String>, f64)) -> String {
    let sizes = match &sizes[..] {
        [] => String::new(),
        few @ ([_] | [_, _] | [_, _, _]) => format!(" {}", few.join(", ")),
        [first, .., last] => format!(" {first} … {last} ({} sizes)", sizes.len()),
    };
    match rate {
        0.0 => format!("{format}{sizes}"),
        rate => format!(
            "{format}{sizes} up to {} fps",
            (rate * 100.0).round() / 100.0
        ),
    }
}

/// Formats of raw media, or the name of what is encoded: YUY2, jpeg.
fn format(structure: &gst::StructureRef) -> String {
    let name = structure.name().rsplit('/').next().unwrap_or_default();
    if let Ok(format) = structure.get::<String>("format") {
        return format;
    }
    match structure.get::<gst::List>("format") {
        Ok(list) => {
            let formats = list.iter().filter_map(|format| format.get::<String>().ok());
            formats.collect::<Vec<_>>().join("/")
        }
        Err(_) => name.trim_start_matches("x-").to_owned(),
    }
}

/// The size of a picture, or rate and channels of sound. Of a range its end.
fn size(structure: &gst::StructureRef) -> String {
    let number = |field| highest(structure, field);
    let (width, height) = (number("width"), number("height"));
    let (rate, channels) = (number("rate"), number("channels"));
    if width > 0.0 && height > 0.0 {
        format!("{width}x{height}")
    } else if rate >= f64::from(i32::MAX) {
        "at any rate".into()
    } else if rate > 0.0 {
        let exact = structure.get::<i32>("rate").is_ok();
        let up_to = if exact { "" } else { "up to " };
        format!("{up_to}{rate} Hz {channels} ch")
    } else {
        String::new()
    }
}

/// The highest value of a field; 0 if it has none.
fn highest(structure: &gst::StructureRef, field: &str) -> f64 {
    structure.value(field).map_or(0.0, number)
}

fn number(value: &glib::SendValue) -> f64 {
    let ratio = |f: gst::Fraction| f64::from(f.numer()) / f64::from(f.denom());
    if let Ok(number) = value.get::<i32>() {
        f64::from(number)
    } else if let Ok(fraction) = value.get::<gst::Fraction>() {
        ratio(fraction)
    } else if let Ok(range) = value.get::<gst::IntRange<i32>>() {
        f64::from(range.max())
    } else if let Ok(range) = value.get::<gst::FractionRange>() {
        ratio(range.max())
    } else if let Ok(list) = value.get::<gst::List>() {
        list.iter().map(number).fold(0.0, f64::max)
    } else {
        0.0
    }
}
