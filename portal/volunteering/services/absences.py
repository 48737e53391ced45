"""Asking who stayed away twice whether all is well."""

from portal.volunteering.emails.hours import mail_are_you_well
from portal.volunteering.queries.absences import list_absent_twice


def ask_after_absences() -> int:
    """Write one warm mail to who was absent twice in a row; return how many people that were.

    For the job: safe to run twice, a pair of absences is asked about once.
    """
    people = list_absent_twice()
    for person in people:
        mail_are_you_well(person=person, sign_up_id=person.sign_up_id)
    return len(people)
