// SPDX-License-Identifier: MPL-2.0

//! Cameras and microphones (`tests/session/camera.c`, `microphone.c`), each a process, which tell what happens to them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rustix::process::{Pid, Signal, kill_process};

use super::next;
use crate::isolation;

/// A device, plugged in until it is dropped.
struct Device {
    process: Child,
    says: Receiver<String>,
}

impl Device {
    #[track_caller]
    fn plug(program: &str, arguments: &[&str]) -> Self {
        // It dies with this process, however that ends.
        let mut process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .arg(isolation::devices().join(program))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("setpriv is there");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, says) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let device = Self { process, says };
        device.wait_for("plugged");
        device
    }

    /// The rest of the next line that begins with this word; those before it are dropped.
    #[track_caller]
    fn wait_for(&self, word: &str) -> String {
        loop {
            let line = next(&self.says);
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    #[track_caller]
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it is plugged in");
    }

    #[track_caller]
    fn end(mut self, signal: Signal) {
        self.signal(signal);
        self.process.wait().expect("it ends");
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A camera, plugged in until it is dropped.
pub struct Camera(Device);

impl Camera {
    /// In its usual modes.
    #[track_caller]
    pub fn plug(name: &str, description: &str) -> Self {
        Self(Device::plug("camera", &[name, description]))
    }

    /// With these modes.
    #[track_caller]
    pub fn with_modes(name: &str, description: &str, modes: &[&str]) -> Self {
        let arguments = [&[name, description], modes].concat();
        Self(Device::plug("camera", &arguments))
    }

    /// Takes it away. Returns when it has gone.
    #[track_caller]
    pub fn unplug(self) {
        self.0.end(Signal::TERM);
    }

    /// It breaks. Returns when it has gone.
    #[track_caller]
    pub fn crash(self) {
        self.0.end(Signal::KILL);
    }

    /// It gives no pictures, until [`Self::thaw`].
    #[track_caller]
    pub fn freeze(&self) {
        self.0.signal(Signal::USR1);
    }

    #[track_caller]
    pub fn thaw(&self) {
        self.0.signal(Signal::USR1);
    }

    /// It does nothing any more, which includes answers to the daemon.
    #[track_caller]
    pub fn hang(&self) {
        self.0.signal(Signal::STOP);
    }
}

/// A microphone that hears one tone, plugged in until it is dropped.
pub struct Microphone(Device);

impl Microphone {
    #[track_caller]
    pub fn plug(name: &str, description: &str, frequency: f32) -> Self {
        let frequency = frequency.to_string();
        Self(Device::plug("microphone", &[name, description, &frequency]))
    }

    /// Takes it away. Returns when it has gone.
    #[track_caller]
    pub fn unplug(self) {
        self.0.end(Signal::TERM);
    }
}
