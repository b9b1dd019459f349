// SPDX-License-Identifier: MPL-2.0

//! A scenario in a process of its own: this program again, in a session, with a time limit.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use libtest_mimic::Failed;
use rustix::process::{Pid, Signal, kill_process_group};

/// What a scenario may take, most of which none needs.
const LIMIT: Duration = Duration::from_secs(30);
/// What it gets to end in when it is told to.
const GRACE: Duration = Duration::from_secs(10);
/// Names the scenario to the process that is to act it.
const SCENARIO: &str = "MEDIASTREAM_SCENARIO";

/// The folder of the session's scripts.
pub fn session() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/session"))
}

/// The folder of the virtual devices.
pub fn devices() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/devices"))
}

/// The scenario that this process is to act, if it is such a process.
pub fn scenario() -> Option<String> {
    std::env::var(SCENARIO).ok()
}

/// Acts it. Wherever something fails, on whatever thread, that is the end: taking apart what no longer works may take
/// forever.
pub fn act(scenario: fn()) -> ! {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        std::process::exit(101);
    }));
    scenario();
    std::process::exit(0)
}

/// Runs it in a process and a session of its own.
pub fn run(name: &str) -> Result<(), Failed> {
    let build = Command::new(session().join("build"))
        .arg(devices())
        .output()?;
    if !build.status.success() {
        let words = String::from_utf8_lossy(&build.stderr);
        return Err(format!("Cannot build the virtual devices:\n{words}").into());
    }
    // A file, as a pipe would only end with the last process that has it.
    let output = tempfile::NamedTempFile::new()?;
    let child = Command::new(session().join("run"))
        .arg(std::env::current_exe()?)
        .env(SCENARIO, name)
        .env("G_DEBUG", "fatal-criticals")
        .stdout(output.reopen()?)
        .stderr(output.reopen()?)
        .process_group(0)
        .spawn()?;
    let verdict = match wait(child)? {
        Some(status) if status.success() => return Ok(()),
        Some(status) => status.to_string(),
        None => format!("not over after {LIMIT:?}"),
    };
    let output = std::fs::read(output.path())?;
    let output = String::from_utf8_lossy(&output);
    Err(format!("{verdict}\n{output}").into())
}

/// Waits for its end; `None` if its time was over first.
fn wait(mut child: Child) -> Result<Option<ExitStatus>, Failed> {
    let group = Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = sender.send(child.wait());
    });
    let mut signals = [Signal::TERM, Signal::KILL].into_iter();
    let mut time = LIMIT;
    loop {
        match ended.recv_timeout(time) {
            Ok(status) if time == LIMIT => return Ok(Some(status?)),
            Err(RecvTimeoutError::Timeout) => {}
            _ => return Ok(None),
        }
        let Some(signal) = signals.next() else {
            return Ok(None);
        };
        // The scenario and what it has started; the session then ends its daemons.
        let _ = kill_process_group(group, signal);
        time = GRACE;
    }
}
