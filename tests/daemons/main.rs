// SPDX-License-Identifier: MPL-2.0

//! Devices as real daemons have them: PipeWire, WirePlumber and the sound server, with cameras and microphones that come and go.
//!
//! Each scenario runs in a process and in a session of its own (`tests/session/run`), one after the other: it may kill the
//! daemons, and a process has one device monitor for ever. No scenario sleeps: devices, the daemon's graph and the bus tell
//! what happens, and what does not happen in time has failed.

mod absent;
mod choosing;
mod coming_back;
mod cycles;
mod frozen;
mod isolation;
mod opening;
mod sharing;
mod support;
mod unplugged;

use std::process::ExitCode;

/// What is shown, and the sentence that says it.
struct Scenario {
    name: &'static str,
    run: fn(),
}

macro_rules! scenarios {
    ($($module:ident: $($name:ident),+;)+) => {
        &[$($(Scenario {
            name: concat!(stringify!($module), "::", stringify!($name)),
            run: $module::$name,
        }),+),+]
    };
}

const SCENARIOS: &[Scenario] = scenarios![
    choosing:
        a_camera_and_the_default_microphone_need_no_name,
        the_default_microphone_is_the_one_that_is_it_now,
        a_camera_is_chosen_by_its_id_or_its_name,
        a_microphone_is_chosen_by_its_id_or_its_name,
        a_microphone_is_opened_through_pipewire;
    absent:
        a_camera_that_is_not_there_is_an_error_that_names_those_that_are,
        a_microphone_that_is_not_there_is_an_error_that_names_those_that_are,
        a_name_is_the_whole_name,
        a_camera_is_no_microphone,
        the_monitor_of_an_output_is_no_microphone,
        without_devices_there_is_an_answer_at_once,
        without_daemons_there_is_an_answer_at_once,
        after_a_crash_there_is_an_answer_at_once,
        daemons_that_hang_do_not_hang_the_application;
    sharing:
        two_streams_on_one_camera_open_it_once,
        however_it_is_asked_for_a_camera_is_opened_once,
        however_it_is_asked_for_a_microphone_is_opened_once,
        a_camera_is_open_as_long_as_somebody_uses_it,
        a_source_that_is_copied_copies_for_itself,
        a_clone_gets_no_picture_from_before_its_pipeline_began;
    unplugged:
        a_recording_of_a_camera_that_is_unplugged_ends_and_plays,
        a_recording_of_a_camera_that_crashes_ends_and_plays,
        a_microphone_that_is_unplugged_is_not_replaced_by_another_one,
        a_microphone_of_the_sound_server_is_not_replaced_by_another_one,
        a_source_that_is_moved_to_another_microphone_ends;
    coming_back:
        a_camera_that_is_plugged_in_again_is_a_new_one,
        what_is_plugged_in_later_is_found,
        daemons_that_come_later_are_found,
        a_crash_of_the_daemons_ends_all_tracks_and_they_are_found_again;
    frozen:
        a_frozen_camera_is_muted_and_comes_back;
    opening:
        a_camera_that_goes_while_it_is_opened_is_an_error_and_keeps_nobody_waiting,
        a_camera_that_does_not_open_is_given_up,
        the_next_camera_is_taken_if_one_does_not_open,
        a_camera_that_another_application_has_for_itself_is_an_error_or_the_next_one_is_taken,
        daemons_that_hang_keep_nobody_waiting;
    cycles:
        fifty_times_open_and_closed_leaves_nothing_behind,
        a_camera_that_is_paused_and_plays_at_once_goes_on_fifty_times;
];

fn main() -> ExitCode {
    if let Some(name) = isolation::scenario() {
        let mut scenarios = SCENARIOS.iter();
        let found = scenarios.find(|scenario| scenario.name == name);
        isolation::act(found.expect("a scenario").run);
    }
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They would be in each other's way in time, not in any other sense.
    arguments.test_threads = Some(1);
    let trials = SCENARIOS.iter().map(|scenario| {
        let name = scenario.name;
        libtest_mimic::Trial::test(name, move || isolation::run(name))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
