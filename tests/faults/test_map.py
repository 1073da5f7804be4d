"""Which tests show that a fault is survived, by its number in the list that the product was built by."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

FAULTS: Mapping[int, tuple[str, ...]] = {
    # Killed in the middle of its work.
    4: (
        "faults/test_kill.py::test_kills_in_bad_weather_lose_nothing_double_nothing_and_leave_nobody_waiting",
        "bot/test_intake.py::test_a_process_that_dies_before_the_commit_asks_for_the_same_updates",
        "bot/test_worker.py::test_killed_in_the_middle_of_a_batch_it_has_done_nothing_of_it",
        "bot/test_worker.py::test_killed_right_after_the_commit_it_has_done_all_of_it_and_nothing_is_done_twice",
    ),
    # The secret of the webhook: missing, wrong, in letters that are not ASCII.
    7: (
        "bot/web/test_receiving.py::test_who_does_not_show_the_secret_is_not_let_in",
        "bot/web/test_receiving.py::test_a_header_that_is_missing_is_no_secret",
        "bot/web/test_receiving.py::test_a_door_without_a_secret_cannot_be_made",
        "test_house.py::test_no_secret_is_compared_in_a_time_that_tells_how_much_of_it_is_right",
    ),
    # Two who poll; a webhook that was left over.
    8: (
        "bot/test_two_pollers.py::test_two_pollers_on_one_token_lose_nothing_and_keep_nothing_twice",
        "bot/test_intake.py::test_a_webhook_that_was_left_over_is_deleted_and_what_waited_is_fetched",
        "bot/test_intake.py::test_a_webhook_that_somebody_sets_later_is_theirs",
        "bot/test_leadership.py::test_the_second_stands_by_says_so_once_and_leads_when_the_first_stops",
        "bot/test_roles.py::test_what_only_one_process_may_do_is_led",
    ),
    # Away for more than a day.
    10: ("scenarios/test_alarms.py::test_who_was_away_for_longer_than_telegram_keeps_messages_says_what_is_lost",),
    # A backlog of fifty thousand updates.
    11: (
        "faults/test_backlog.py::test_a_backlog_many_times_as_long_takes_hardly_more_memory",
        "bot/test_fairness.py::test_somebodys_tap_does_not_wait_for_somebody_elses_thousands",
        "storage/test_inbox.py::test_each_persons_stay_in_order_whatever_comes_in_between",
        "storage/test_inbox.py::test_a_claim_is_as_fair_as_a_look_and_takes_no_more_than_it_was_to",
    ),
    # The disk is full, or takes nothing.
    12: (
        "bot/test_intake.py::test_while_the_disk_is_full_nothing_is_confirmed_and_the_bot_goes_on_when_there_is_room",
        "bot/test_intake.py::test_when_the_database_fails_nothing_is_confirmed_and_the_same_updates_come_again",
    ),
    # Power loss.
    13: (
        "faults/test_power_loss.py::test_what_is_confirmed_was_synced_to_the_disk_before",
        "faults/test_power_loss.py::test_a_log_that_is_cut_off_after_a_confirmation_holds_what_was_confirmed",
        "storage/test_database.py::test_every_connection_keeps_sqlites_promises",
    ),
    # A transaction that turns from reading to writing.
    14: (
        "storage/test_many_writers.py::test_fifty_writers_wait_for_their_turn_and_none_is_refused_or_overwritten",
        "storage/test_database.py::test_a_unit_locks_the_database_before_it_reads",
    ),
    # Ids over 2³¹.
    26: (
        "storage/test_large_numbers.py::test_every_number_has_64_bits_in_every_table",
        "storage/test_large_numbers.py::test_the_largest_ids_come_back_as_they_were",
    ),
    # No answer after a request was sent.
    30: (
        "bot/test_delivery_outcomes.py::test_each_class_has_its_rule_for_an_unknown_fate",
        "bot/test_delivery_outcomes.py::test_what_the_last_process_was_sending_is_settled_first",
        "scenarios/test_faults.py::test_a_card_of_unknown_fate_is_sent_again_and_says_so",
    ),
    # Too many requests.
    31: (
        "scenarios/test_faults.py::test_a_429_is_remembered_over_a_restart",
        "scenarios/test_faults.py::test_a_429_silences_its_chat_until_its_time_has_passed",
        "bot/test_delivery_fencing.py::test_a_429_of_the_whole_bot_puts_back_what_is_in_hand",
        "bot/test_delivery.py::test_the_most_urgent_is_sent_first_and_written_down",
    ),
    # Blocked, deactivated, gone.
    32: (
        "scenarios/test_stopping.py::test_a_403_in_the_middle_of_a_sequence_ends_it",
        "scenarios/test_stopping.py::test_blocking_the_bot_ends_them_even_after_the_bot_is_let_in_again",
        "scenarios/test_stopping.py::test_a_deleted_account_ends_it_too",
        "bot/test_delivery_outcomes.py::test_who_cannot_be_reached_gets_nothing_more",
        "bot/conversation/test_leaving.py::test_who_blocks_the_bot_gets_nothing_more_even_after_letting_it_in",
    ),
    # A group becomes a supergroup.
    33: (
        "bot/telegram/test_faults.py::test_a_group_that_became_a_supergroup_names_it",
        "bot/test_delivery_outcomes.py::test_what_waits_for_a_group_that_became_a_supergroup_goes_there_in_its_order",
        (
            "bot/test_delivery_outcomes.py::"
            "test_a_change_does_not_follow_a_group_to_where_its_number_means_another_message"
        ),
        "bot/test_delivery_outcomes.py::test_a_supergroup_that_says_it_moved_is_asked_no_more",
        (
            "storage/test_groups.py::"
            "test_a_group_that_moves_keeps_its_team_and_one_that_is_known_there_already_is_kept_once"
        ),
        (
            "scenarios/test_team_groups.py::"
            "test_a_group_that_becomes_a_supergroup_gets_what_is_open_there_once_and_it_can_be_taken"
        ),
    ),
    # Two managers take one lead; two leads want the last place.
    35: (
        "storage/test_taking.py::test_however_takers_and_timers_meet_each_lead_has_one_owner",
        "storage/test_together.py::test_who_read_a_hand_off_before_somebody_else_changed_it_begins_anew",
        "bot/stages/test_races.py::test_the_last_place_under_a_cap_is_won_by_exactly_one",
        (
            "bot/hand_off/test_races.py::"
            "test_of_fifteen_who_take_at_the_same_moment_one_has_the_lead_and_the_others_are_told_who"
        ),
        "scenarios/test_races.py::test_of_two_who_take_at_the_same_moment_the_first_has_the_lead",
    ),
    # /stop races a message that is due.
    36: (
        "bot/privacy/test_stop_race.py::test_the_confirmation_waits_for_a_follow_up_that_is_under_way",
        "bot/privacy/test_stop_race.py::test_what_waits_when_its_consent_ends_is_dropped_and_others_are_sent",
        "bot/test_delivery_outcomes.py::test_nothing_leaves_after_a_stop_is_confirmed_whatever_comes_of_what_was_under_way",
        "storage/test_outbox.py::test_what_rests_on_a_consent_that_was_withdrawn_is_not_claimed",
    ),
    # A sender that slept while another one took over.
    37: (
        "bot/test_delivery_fencing.py::test_a_sender_that_slept_through_being_replaced_sends_nothing_more_and_stops",
        "bot/test_delivery_fencing.py::test_what_came_of_a_message_too_late_changes_nothing",
        "bot/test_delivery_fencing.py::test_a_sender_that_was_replaced_while_idle_takes_nothing_in_hand",
        "bot/test_delivery_fencing.py::test_a_sender_that_was_replaced_and_stops_puts_back_nothing_of_the_next_one",
        "storage/test_outbox.py::test_only_the_newest_sender_sends",
    ),
    # A clock that is moved, and nights of another length.
    38: (
        "scenarios/test_moved_clock.py::test_a_clock_a_day_ahead_brings_no_burst_and_one_put_back_repeats_and_loses_nothing",
        "scenarios/test_moved_clock.py::test_a_clock_that_is_put_back_neither_repeats_nor_forgets_an_alarm_about_a_lead",
        "scenarios/test_moved_clock.py::test_a_planned_broadcast_goes_out_once_however_the_clock_is_moved",
        "scenarios/test_moved_clock.py::test_a_night_with_another_number_of_hours_moves_no_allowed_hour",
        "scenarios/test_late.py::test_a_follow_up_that_waited_into_the_night_comes_in_the_morning_and_is_written_then",
        "bot/test_pace.py::test_a_clock_that_is_put_back_holds_nothing_up",
    ),
    # One bad recipient among many.
    39: (
        "bot/test_delivery_outcomes.py::test_a_request_that_cannot_even_be_made_does_not_stop_the_others",
        "bot/test_delivery_fencing.py::test_a_result_that_nobody_can_write_down_keeps_no_other_from_it",
    ),
    # A redirect to anywhere.
    40: (
        "scenarios/test_tracked_links.py::test_nothing_in_an_address_leads_anywhere_but_to_what_was_stored",
        "bot/tracking/test_destinations.py::test_anything_else_is_no_destination",
    ),
    # Robots that open links.
    41: (
        "scenarios/test_tracked_links.py::test_a_robot_is_led_on_and_counts_nothing",
        "scenarios/test_tracked_links.py::test_a_link_counts_once_however_often_and_by_whichever_way_it_is_opened",
        "bot/web/test_robots.py::test_looking_whether_a_page_is_there_does_not_count",
    ),
    # A formula in a table.
    42: (
        "bot/leads/test_cells.py::test_an_apostrophe_stands_before_what_would_be_a_formula",
        "bot/leads/test_cells.py::test_what_went_in_is_read_back_and_begins_no_formula_however_it_is_split",
        "scenarios/test_exporting.py::test_a_formula_for_a_name_is_a_name_in_the_table",
        "bot/commands/test_exporting.py::test_the_leads_are_written_into_a_file_that_only_its_owner_can_read",
    ),
    # An address of the owner's that leads inside.
    43: (
        "bot/receivers/test_guard.py::test_an_address_in_numbers_is_understood_however_it_is_written",
        "bot/receivers/test_guard.py::test_a_name_that_leads_inside_is_not_resolved",
        "bot/receivers/test_guard.py::test_a_name_that_leads_elsewhere_a_moment_later_is_judged_anew",
        "bot/receivers/test_guard.py::test_the_address_that_was_checked_is_the_one_connected_to",
        "bot/receivers/test_guard.py::test_nothing_is_connected_to_that_a_name_leads_to_inside",
        "bot/receivers/test_guard.py::test_a_redirect_is_not_followed_wherever_it_leads",
    ),
    # A receiver that is down, and notices that are caught, changed or sent again by somebody else.
    44: (
        "bot/receivers/test_signing.py::test_whatever_is_tampered_with_is_noticed",
        "bot/receivers/test_signing.py::test_a_notice_that_somebody_caught_and_sends_again_later_is_refused",
        "bot/receivers/test_dispatch.py::test_what_fails_is_tried_nine_times_more_over_three_days_and_then_given_up",
        "bot/receivers/test_dispatch.py::test_what_was_being_sent_when_the_process_ended_is_sent_again_under_its_old_id",
        "bot/receivers/test_dispatch.py::test_what_was_given_up_or_delivered_is_sent_again_at_the_operators_word",
        "scenarios/test_receivers.py::test_a_crm_that_is_down_gets_the_same_notices_when_it_is_back_and_nobody_in_the_chat_notices",
    ),
    # A backup is restored.
    48: (
        "storage/test_backups.py::test_nothing_that_waited_when_the_backup_was_made_is_sent_after_it_is_restored",
        "storage/test_backups.py::test_follow_ups_are_held_after_a_restore_and_enrolments_stay",
        "scenarios/test_drill.py::test_who_was_erased_after_the_backup_is_not_brought_back_and_nothing_is_sent_again",
    ),
    # An upgrade that breaks off.
    49: (
        "storage/test_database.py::test_an_upgrade_that_breaks_off_half_way_changes_nothing_and_is_done_again",
        "storage/test_database.py::test_a_database_of_a_newer_hotlead_is_left_alone",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_the_tests_that_are_named_for_it(fault: int) -> None:
    for named in FAULTS[fault]:
        file, _, test = named.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert test in there, f"fault {fault}: {named} is gone"
