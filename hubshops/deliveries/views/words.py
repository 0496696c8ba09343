"""What the application at the door says. `%(name)s` is filled in on the phone; where a number
decides the form, it gets one for 1 and one for the others."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

Words = dict[str, str]


def words() -> Words:
    """Every sentence without a number, in the reader's language."""
    return {
        "site": settings.SITE_NAME,
        **words_of_the_frame(),
        **words_of_the_list(),
        **words_of_a_stop(),
        **words_of_proof(),
        **words_of_a_sign(),
        **words_of_the_drop(),
        **words_of_the_end(),
    }


def words_of_the_frame() -> Words:
    return {
        "all_saved": _("All saved"),
        "back": _("Back"),
        "list": _("List"),
        "ok": _("OK"),
        "save": _("Save"),
        "saved": _("Saved."),
        "search": _("Search"),
        "show": _("Show"),
        "undo": _("Undo"),
        "undone": _("Undone."),
        "note": _("Note"),
        "add_note": _("Add a note"),
        "problem": _("Problem"),
        "miles": _("%(miles)s mi"),
        "less": _("%(what)s: one less"),
        "more": _("%(what)s: one more"),
        "try_again": _("Try again"),
        "sign_in": _("Sign in"),
        "sign_in_first": _("Sign in first."),
        "no_member": _("You no longer work for this shop. Its list was taken off this phone."),
        "looking_who": _("Looking who is here…"),
        "looking_who_text": _(
            "Somebody signed in. The list comes as soon as there is a signal, and nothing is lost."
        ),
        "not_here_yet": _("The list is not on this phone yet"),
        "not_here_yet_text": _(
            "Go where there is a signal once. Afterwards the list works without one."
        ),
        "not_saved": _("This could not be saved on the phone. Write it down on paper."),
        "new_version": _("A new version is ready"),
        "use_it": _("Use it"),
        "last_contact": _("This list is from %(time)s. What you do is kept on this phone."),
    }


def words_of_the_list() -> Words:
    return {
        "door": _("Door"),
        "no_packages": _("No packages today"),
        "no_packages_text": _("When the van brings packages, they are listed here."),
        "count_with_driver": _(
            "Count them with the driver. Is one not there? Then count in one by one."
        ),
        "count_in": _("Count in"),
        "finish_handover": _("Finish with the driver"),
        "to_driver": _("Go on to the driver"),
        "of_delivered": _("%(done)s of %(total)s delivered"),
        "next_door": _("Next door"),
        "to_this_door": _("To this door"),
        "give_to_driver": _("Give them to the driver of the next drop. Then say so here."),
        "returns": _("Returns"),
        "all_done": _("All done"),
        "close_day": _("Close the day"),
        "last_four": _("Last 4 of the tracking id"),
        "whose_stops": _("Whose stops"),
        "my_stops": _("My stops"),
        "all_stops": _("All stops"),
        "left_count": _("Left %(count)s"),
        "done_count": _("Done %(count)s"),
        "problems_count": _("Problems %(count)s"),
        "nothing_left": _("Nothing is left to deliver."),
        "nothing_done": _("Nothing is done yet."),
        "no_problems": _("No problems."),
        "has_note": _("note"),
        "correct_this": _("Correct this"),
        "history": _("History"),
        "for_driver": _("For the driver"),
        "missing": _("Missing"),
        "kept_for_another_day": _("Kept for another day"),
        "not_taken": _("Not taken at the drop"),
        "not_on_list_look": _(
            "Not on today's list. Look at the label again, or keep it apart and call us."
        ),
        "whole_list": _("The whole list"),
        "more_places": _("More"),
        "handover": _("Hand-over with the driver"),
        "this_phone": _("This phone"),
    }


def words_of_a_stop() -> Words:
    return {
        "stop_title": _("Stop %(address)s"),
        "stop_number": _("Stop %(number)s"),
        "where_left": _("Where did you leave it?"),
        "say_where": _("Say where you left the package."),
        "delivered": _("Delivered"),
        "delivered_all": _("Delivered, all %(count)s"),
        "delivered_some": _("Delivered, %(count)s of %(total)s"),
        "could_not": _("Could not deliver"),
        "scanned_tag": _("Scanned"),
        "scan": _("Scan"),
        "scan_or_type": _("Or type the number on the label"),
        "camera": _("Camera"),
        "light": _("Light"),
        "stop_camera": _("Close the camera"),
        "camera_denied": _("The camera is not allowed for this page."),
        "camera_in_use": _("Another program uses the camera."),
        "no_camera": _("There is no camera here."),
        "no_reader": _("The reader is not on this phone yet."),
        "type_instead": _("Type the last 4 of the tracking id instead: it counts the same."),
        "why_not": _("Why not?"),
        "on_the_way": _("Something on the way stopped me"),
        "another_reason": _("Another reason"),
        "what_next": _("What happens next"),
        "last_try": _("That was the last try."),
        "step_retry": _("Keep it. Try again tomorrow."),
        "step_return": _("Give it back to the driver with the next drop."),
        "step_return_at": _("Give it back to the driver on %(day)s, %(from)s to %(until)s."),
        "step_search": _("Look for it; the station looks too."),
        "try_is_paid": _("This try is paid."),
        "try_is_not_paid": _("This try is not paid. The delivery is."),
        "yes_save": _("Yes, save this"),
        "saved_reason": _("Not delivered: %(reason)s."),
        "far_from_door": _("You are %(away)s from this door. The station sees this, too."),
        "count_in_first": _("First count in what the van brought. Then you can deliver it."),
    }


def words_of_proof() -> Words:
    return {
        "take_photo": _("Take a photo"),
        "photo_of_it": _("Take a photo of it"),
        "take_again": _("Take it again"),
        "your_photo": _("Your photo"),
        "photo_dark": _("It is too dark. Take it again, with the light on."),
        "photo_blurred": _("It is blurred. Hold the phone still and take it again."),
        "photo_small": _("It is too small to see much. Take it again."),
        "photo_unreadable": _("This is no picture. Take it again."),
        "photo_helps": _("There is no photo yet"),
        "photo_helps_text": _("A photo shows that it was so. You can go on without one."),
        "phone_is_full": _("This phone is almost full"),
        "phone_is_full_text": _(
            "A photo may find no room. What you do is saved all the same. Delete something soon."
        ),
        "saved_without_photo": _("Saved without the photo: there is no room on this phone."),
        "signature": _("Signature"),
        "sign_here": _("Sign here with a finger."),
        "who_signs": _("Who signs?"),
        "clear": _("Clear"),
        "recipient_code": _("The recipient's code, 6 digits"),
        "code_wrong": _("This code has a slip in it. Ask for it again."),
        "ask_signature": _("Ask for a signature"),
        "ask_code": _("Ask for the code"),
        "needed_photo": _("This package needs a photo."),
        "needed_signature": _("This package needs a signature."),
        "needed_code": _("This package needs the recipient's code."),
        "no_photo_yet": _("There is no photo yet"),
        "no_signature_yet": _("There is no signature yet"),
        "no_code_yet": _("There is no code yet"),
        "why_no_photo": _("Why without a photo?"),
        "why_no_signature": _("Why without a signature?"),
        "why_no_code": _("Why without the code?"),
        "go_on_without": _("Go on without it"),
    }


def words_of_a_sign() -> Words:
    return {
        "wrong_door": _("Stop. This package is for another door."),
        "belongs_to": _("It goes here:"),
        "go_there": _("Go to that door"),
        "back_to_stop": _("Back to this stop"),
        "finished_already": _("Stop. This package is done already."),
        "see_package": _("See the package"),
        "not_counted_in": _("Stop. This package is not counted in yet."),
        "not_on_list": _("Stop. This is not on today's list."),
        "not_on_list_text": _(
            "Look at the label again. Is it right? Then keep the package apart and call us."
        ),
        "count_as_extra": _("Count it in as extra"),
    }


def words_of_the_drop() -> Words:
    return {
        "all_counted": _("All are counted in"),
        "count_how": _("Are all there? One tap. Else scan them, or tap each one that is here."),
        "here": _("Here"),
        "what_is_wrong": _("What is wrong with it?"),
        "choose_one": _("Choose one"),
        "choose_what": _("Say what is wrong."),
        "never_lowers": _("Saying so never lowers your pay or your score."),
        "remarks": _("Not as announced"),
        "take_back": _("Take back"),
        "remark_over": _("There, but not on the list"),
        "remark_short": _("On the list, but not here"),
        "remark_damaged": _("Damaged, not taken"),
        "remark_damaged_taken": _("Damaged, taken all the same"),
        "remark_oversize": _("Too big, not taken"),
        "remark_over_cap": _("More than agreed, not taken"),
        "your_count": _("You count"),
        "driver_count": _("The driver counts"),
        "asking_portal": _("Asking the portal"),
        "no_signal_driver": _("No signal here. The driver can tell you her six digits below."),
        "driver_scans": _("Let the driver scan this with her phone. She says her counts there."),
        "driver_code_image": _("Code with the driver's link"),
        "waiting_for_driver": _("Waiting for the driver. You can also finish without her."),
        "without_signal": _("The driver can't scan it"),
        "driver_code": _("The driver's six digits"),
        "driver_code_hint": _("They stand on her phone once she has signed."),
        "six_digits": _("The driver's code has six digits."),
        "driver_told": _("Or what the driver said"),
        "driver_gave": _("Packages she gave"),
        "driver_took": _("Returns she took"),
        "driver_name": _("Her name"),
        "finish": _("Finish"),
        "counts_agree": _("Both counts agree."),
        "counts_differ": _("The counts differ."),
        "counts_differ_text": _("Both are kept. Count again, or finish: the station looks at it."),
        "handed_over": _("Handed over"),
        "taken_over": _("Packages taken"),
        "given_back": _("Returns given"),
        "told_later": _("Kept on this phone. It is sent as soon as there is a signal."),
        "another_van": _("Another van came"),
    }


def words_of_the_end() -> Words:
    return {
        "no_returns": _("Nothing goes back"),
        "given": _("Given"),
        "yesterday": _("Yesterday"),
        "yesterday_open": _("Yesterday is still open"),
        "yesterday_open_text": _("Nobody closed it. It takes one tap, and today stays as it is."),
        "close_yesterday": _("Close yesterday"),
        "close_again": _("Close the day again"),
        "day_closed": _("The day is closed on this phone."),
        "compared_later": _("The portal compares the counts as soon as there is a signal."),
        "counts_caption": _("Received is all the rest together."),
        "what": _("What"),
        "phone": _("Phone"),
        "portal": _("Portal"),
        "counts_received": pgettext("packages", "Received"),
        "counts_delivered": pgettext("packages", "Delivered"),
        "counts_returned": pgettext("packages", "Given back"),
        "counts_on_hand": pgettext("packages", "On hand"),
        "counts_missing": pgettext("packages", "Missing"),
        "held_text": _("Nothing is lost. Whoever of the shop signs in here sends it."),
        "waiting_text": _("It is sent by itself as soon as there is a signal."),
        "send_now": _("Send now"),
        "not_taken_by_portal": _("The portal did not take this"),
        "remarks_again": _("Send these again with a hand-over"),
        "photo_stuck_text": _(
            "It stays on this phone and is tried again. Everything else goes past it. Does it last"
            " until tomorrow? Then call us."
        ),
        "put_aside": _("I have read it"),
        "last_contact_term": _("Last contact"),
        "phone_term": _("Kind of phone"),
        "never": _("Never"),
        "sound_on": _("Turn the sound on"),
        "sound_off": _("Turn the sound off"),
        "sign_out": _("Sign out"),
    }


def plurals(number: int) -> Words:
    """Every sentence with a number, in the form that `number` asks for."""
    return {
        "packages": ngettext("%(count)s package", "%(count)s packages", number),
        "hours": ngettext("%(count)s h", "%(count)s h", number),
        "on_this_phone": ngettext("%(count)s on this phone", "%(count)s on this phone", number),
        "on_this_phone_since": ngettext(
            "%(count)s on this phone, the oldest %(age)s",
            "%(count)s on this phone, the oldest %(age)s",
            number,
        ),
        "photos_on_this_phone": ngettext(
            "%(count)s photo on this phone", "%(count)s photos on this phone", number
        ),
        "sign_in_to_send": ngettext(
            "Sign in to send %(count)s", "Sign in to send %(count)s", number
        ),
        "come_with_van": ngettext(
            "%(count)s package comes with the van", "%(count)s packages come with the van", number
        ),
        "doors_left": ngettext("%(count)s door left", "%(count)s doors left", number),
        "take_along": ngettext("Take %(count)s along", "Take all %(count)s along", number),
        "taken_along": ngettext(
            "%(count)s package taken along.", "%(count)s packages taken along.", number
        ),
        "go_back": ngettext("%(count)s package goes back", "%(count)s packages go back", number),
        "end_in": ngettext(
            "%(count)s package ends in %(last)s", "%(count)s packages end in %(last)s", number
        ),
        "scanned": ngettext(
            "%(count)s of %(total)s scanned", "%(count)s of %(total)s scanned", number
        ),
        "delivered_tick": ngettext("Delivered.", "Delivered, %(count)s packages.", number),
        "counted": ngettext("%(count)s counted in", "%(count)s counted in", number),
        "counted_in_tick": ngettext("Counted in.", "Counted in. %(count)s packages.", number),
        "all_here": ngettext("The package is here", "All %(count)s are here", number),
        "rest_here": ngettext("The last one is here", "The other %(count)s are here", number),
        "rest_not_here": ngettext(
            "The last one is not here", "The other %(count)s are not here", number
        ),
        "returns_given": ngettext("%(count)s return given", "%(count)s returns given", number),
        "returns_taken": ngettext("%(count)s return taken", "%(count)s returns taken", number),
        "given_back_all": ngettext(
            "%(count)s package given back", "%(count)s packages given back", number
        ),
        "given_back_tick": ngettext("Given back.", "Given back. %(count)s packages.", number),
        "still_coming": ngettext(
            "%(count)s package is not counted in yet",
            "%(count)s packages are not counted in yet",
            number,
        ),
        "other_phone_holds": ngettext(
            "%(phone)s still holds %(count)s. Open the door there where there is a signal.",
            "%(phone)s still holds %(count)s. Open the door there where there is a signal.",
            number,
        ),
        "other_shop_waits": ngettext(
            "%(count)s of another shop waits here until somebody of that shop signs in.",
            "%(count)s of another shop wait here until somebody of that shop signs in.",
            number,
        ),
        "photo_stuck": ngettext(
            "%(count)s photo does not get through",
            "%(count)s photos do not get through",
            number,
        ),
        "sign_out_warning": ngettext(
            "%(count)s is not sent yet. It stays here until somebody of the shop signs in.",
            "%(count)s are not sent yet. They stay here until somebody of the shop signs in.",
            number,
        ),
    }
