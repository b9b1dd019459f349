// SPDX-License-Identifier: MPL-2.0

//! The daemons behind two of the providers, which do not notice themselves when theirs has gone and another one has come.

use std::env;
use std::ffi::OsString;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// What a provider talks to.
#[derive(Debug)]
pub enum Daemon {
    /// A connection of ours, on which provider and sources talk to PipeWire.
    PipeWire(UnixStream),
    /// Which socket PulseAudio, or what stands for it, has made.
    Pulse(Stamp),
    /// No daemon, or one that nobody knows the socket of.
    Unknown,
}

/// A file that is made anew has another one.
type Stamp = (u64, u64, i64, i64);

impl Daemon {
    /// The daemon of a provider with this name; `None` if it is not there.
    pub fn of(provider: &str) -> Option<Self> {
        match provider {
            "pipewiredeviceprovider" => match pipewire_socket(|name| env::var_os(name)) {
                Some(path) => UnixStream::connect(path).ok().map(Self::PipeWire),
                None => Some(Self::Unknown),
            },
            "pulsedeviceprovider" => Some(pulse().map_or(Self::Unknown, Self::Pulse)),
            _ => Some(Self::Unknown),
        }
    }

    /// What to talk on.
    pub fn fd(&self) -> Option<RawFd> {
        match self {
            Self::PipeWire(connection) => Some(connection.as_raw_fd()),
            Self::Pulse(_) | Self::Unknown => None,
        }
    }

    /// Waits until it has gone; returns at once where that cannot be told.
    pub fn wait_until_gone(&self) -> bool {
        let Self::PipeWire(connection) = self else {
            return false;
        };
        use rustix::event::{PollFd, PollFlags, poll};
        // Whoever talks on the connection reads from it: only its end is waited for.
        let mut end = [PollFd::new(connection, PollFlags::empty())];
        loop {
            match poll(&mut end, None) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Whether its provider says only once which device is the default.
    pub fn forgets_defaults(&self) -> bool {
        matches!(self, Self::Pulse(_))
    }

    /// Whether another one has taken its place, as far as that shows.
    pub fn has_been_replaced(&self) -> bool {
        matches!(self, Self::Pulse(stamp) if pulse().as_ref() != Some(stamp))
    }
}

/// Where PipeWire's daemon listens; `None` if that is set in a way that only its own library understands.
fn pipewire_socket(var: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let remote = var("PIPEWIRE_REMOTE").filter(|remote| !remote.is_empty());
    let remote = PathBuf::from(remote.unwrap_or_else(|| "pipewire-0".into()));
    if remote.to_str().is_none_or(|name| name.starts_with('[')) {
        return None;
    }
    let directory = ["PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR", "USERPROFILE"];
    let directory = directory.into_iter().find_map(var);
    match (remote.is_absolute(), directory) {
        (true, _) => Some(remote),
        (false, Some(directory)) => Some(PathBuf::from(directory).join(remote)),
        (false, None) => Some(PathBuf::from("/run/pipewire").join(remote)),
    }
}

/// What stands at the socket where PulseAudio listens, if it is one of this machine's.
fn pulse() -> Option<Stamp> {
    let path = pulse_socket(|name| env::var_os(name))?;
    let data = std::fs::metadata(path).ok()?;
    Some((data.dev(), data.ino(), data.ctime(), data.ctime_nsec()))
}

fn pulse_socket(var: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(server) = var("PULSE_SERVER") {
        let server = server.into_string().ok()?;
        let path = server.strip_prefix("unix:").unwrap_or(&server);
        return path.starts_with('/').then(|| path.into());
    }
    let own = var("PULSE_RUNTIME_PATH").map(PathBuf::from);
    let usual = || Some(PathBuf::from(var("XDG_RUNTIME_DIR")?).join("pulse"));
    Some(own.or_else(usual)?.join("native"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        }
    }

    #[test]
    fn pipewire_listens_where_its_variables_say() {
        let at = |set| pipewire_socket(with(set));
        assert_eq!(
            at(&[("XDG_RUNTIME_DIR", "/run/user/1")]),
            Some("/run/user/1/pipewire-0".into())
        );
        assert_eq!(
            at(&[
                ("XDG_RUNTIME_DIR", "/a"),
                ("PIPEWIRE_RUNTIME_DIR", "/b"),
                ("PIPEWIRE_REMOTE", "c")
            ]),
            Some("/b/c".into())
        );
        assert_eq!(at(&[("PIPEWIRE_REMOTE", "/a/b")]), Some("/a/b".into()));
        assert_eq!(at(&[]), Some("/run/pipewire/pipewire-0".into()));
        assert_eq!(at(&[("PIPEWIRE_REMOTE", "[a,b]")]), None);
    }

    #[test]
    fn pulseaudio_listens_where_its_variables_say() {
        let at = |set| pulse_socket(with(set));
        assert_eq!(
            at(&[("XDG_RUNTIME_DIR", "/run/user/1")]),
            Some("/run/user/1/pulse/native".into())
        );
        assert_eq!(
            at(&[("XDG_RUNTIME_DIR", "/a"), ("PULSE_RUNTIME_PATH", "/b")]),
            Some("/b/native".into())
        );
        assert_eq!(at(&[("PULSE_SERVER", "unix:/a")]), Some("/a".into()));
        assert_eq!(at(&[("PULSE_SERVER", "tcp:host")]), None);
    }

    #[test]
    fn a_daemon_that_hangs_up_has_gone() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let daemon = Daemon::PipeWire(ours);
        let waits = std::thread::spawn(move || daemon.wait_until_gone());
        drop(theirs);
        assert!(waits.join().expect("it ends"));
    }
}
