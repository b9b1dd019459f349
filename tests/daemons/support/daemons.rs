// SPDX-License-Identifier: MPL-2.0

//! The daemons of this session, which a scenario may end and start again.

use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::isolation::session;

/// All but D-Bus.
pub struct Daemons;

impl Daemons {
    /// They crash.
    #[track_caller]
    pub fn kill() {
        run(Command::new(session().join("daemons")).arg("kill"));
    }

    /// They crash, and leave nothing behind.
    #[track_caller]
    pub fn remove() {
        Self::kill();
        for socket in ["pipewire-0", "pulse/native"] {
            std::fs::remove_file(runtime(socket)).expect("a socket");
        }
    }

    /// They run and answer.
    #[track_caller]
    pub fn start() {
        run(Command::new(session().join("daemons")).arg("start"));
    }

    /// PipeWire and its sound server do nothing any more, until [`Self::go_on`].
    #[track_caller]
    pub fn hang() {
        signal(Signal::STOP);
    }

    #[track_caller]
    pub fn go_on() {
        signal(Signal::CONT);
    }
}

/// Makes it the default, as users do.
#[track_caller]
pub fn set_default_microphone(name: &str) {
    run(Command::new("pactl").args(["set-default-source", name]));
}

#[track_caller]
fn signal(signal: Signal) {
    for name in ["pipewire", "pipewire-pulse"] {
        let pid = std::fs::read_to_string(runtime("pid").join(name)).expect("it runs");
        let pid = pid.trim().parse().ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a number"), signal).expect("it runs");
    }
}

fn runtime(name: &str) -> std::path::PathBuf {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").expect("a session");
    Path::new(&folder).join(name)
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("it is installed");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}
