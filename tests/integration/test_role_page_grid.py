"""Who gets which page: every endpoint of the portal, asked by everybody.

Numbers are statuses; `sign` is 303 to the page to sign in, `on` any other redirection. A button
is pressed without filling anything in: 422 says that the person may, and that something is missing.
"""

from collections.abc import Iterator

import pytest
from flask import url_for

from portal.core.database import db
from tests.client import StrictClient
from tests.factories.kept_world import put_back_world
from tests.factories.world import World

WHO = (
    "visitor",
    "citizen",
    "representative",
    "of another",
    "staff",
    "architect",
    "of elsewhere",
    "administrator",
    "owner",
)

# Columns in the order of WHO; what they own or represent stands in tests/factories/world.py.
PAGES = """
endpoint                            thing       visi citi repr othe staf arch else admi owne
home.show_home                      -           200  200  200  200  200  200  200  200  200
home.search                         -           200  200  200  200  200  200  200  200  200
home.show_how_it_works              -           200  200  200  200  200  200  200  200  200
home.show_privacy                   -           200  200  200  200  200  200  200  200  200
home.show_accessibility             -           200  200  200  200  200  200  200  200  200
home.show_legal                     -           200  200  200  200  200  200  200  200  200
home.show_credits                   -           200  200  200  200  200  200  200  200  200
home.choose_language                language    on   on   on   on   on   on   on   on   on
home.show_robots                    -           200  200  200  200  200  200  200  200  200
home.show_sitemap                   -           200  200  200  200  200  200  200  200  200
home.show_health                    -           200  200  200  200  200  200  200  200  200
home.show_readiness                 -           503  503  503  503  503  503  503  503  503
home.show_personal_area             -           sign 200  200  200  200  200  200  200  200
demo.show_mailbox                   -           200  200  200  200  200  200  200  200  200
demo.show_mail                      mail        200  200  200  200  200  200  200  200  200
accounts.sign_in                    -           200  on   on   on   on   on   on   on   on
accounts.show_code_form             -           sign on   on   on   on   on   on   on   on
accounts.show_sign_out              -           200  200  200  200  200  200  200  200  200
accounts.show_registration          -           200  on   on   on   on   on   on   on   on
accounts.show_registered            -           on   on   on   on   on   on   on   on   on
accounts.show_confirmation          token       200  200  200  200  200  200  200  200  200
accounts.show_recovery              -           200  200  200  200  200  200  200  200  200
accounts.show_recovery_sent         -           on   on   on   on   on   on   on   on   on
accounts.show_new_password          token       200  200  200  200  200  200  200  200  200
accounts.show_my_data               -           sign 200  200  200  200  200  200  200  200
accounts.show_erasure               -           sign 200  200  200  200  200  200  200  200
accounts.list_people                -           sign 403  403  403  403  403  403  200  403
accounts.show_person                person      sign 403  403  403  403  403  403  200  403
moderation.show_own_case            case        sign 404  404  404  404  404  404  404  200
home.show_desk                      -           sign 403  403  403  200  200  200  200  403
moderation.show_queue               -           sign 403  403  403  200  200  200  200  403
moderation.show_case                case        sign 403  403  403  200  200  404  200  403
moderation.show_case_again          case        sign 403  403  403  on   on   on   on   403
moderation.download_letter          letter      sign 404  404  404  200  200  404  200  200
moderation.show_letter_templates    -           sign 403  403  403  200  403  403  200  403
moderation.edit_letter_template     -           sign 403  403  403  200  403  403  200  403
moderation.download_letter_preview  -           sign 403  403  403  200  403  403  200  403
moderation.show_assignment          case        sign 403  403  403  200  200  404  200  403
moderation.download_document        document    sign 404  404  404  200  200  404  200  200
moderation.show_terms               -           sign 403  403  403  200  403  403  200  403
moderation.edit_terms               -           sign 403  403  403  403  403  403  200  403
registry.list_associations          -           200  200  200  200  200  200  200  200  200
registry.show_map                   -           200  200  200  200  200  200  200  200  200
registry.download_csv               -           200  200  200  200  200  200  200  200  200
registry.download_json              -           200  200  200  200  200  200  200  200  200
registry.show_logo                  association 404  404  404  404  404  404  404  404  404
registry.show_association           association 200  200  200  200  200  200  200  200  200
registry.show_desk                  association sign 404  200  404  404  404  404  404  404
registry.edit_profile               association sign 404  200  404  404  404  404  404  404
registry.list_changes               association sign 404  200  404  404  404  404  404  404
registry.show_own_logo              association sign 404  404  404  404  404  404  404  404
registry.show_document              paper       sign 404  404  404  404  404  404  404  404
registry.show_confirmation          confirming  404  404  404  404  404  404  404  404  404
registry.start_request              -           200  200  200  200  200  200  200  200  200
registry.edit_request_step          -           sign 200  200  200  200  200  200  200  on
registry.show_request_summary       -           sign on   on   on   on   on   on   on   on
registry.show_request               request     sign 404  404  404  404  404  404  404  200
registry.check_tax_code             -           sign 200  200  200  200  200  200  200  200
registry.show_request_document      request     sign 404  404  404  200  404  404  200  200
registry.start_claim                unclaimed   sign 200  200  200  200  200  200  200  200
registry.start_claim                association sign 200  on   200  200  200  200  200  200
registry.show_claim                 claim       sign 404  404  404  404  404  404  404  200
registry.edit_claim                 claim       sign 404  404  404  404  404  404  404  on
registry.show_figures               -           sign 403  403  403  200  403  403  200  403
registry.download_figures           -           sign 403  403  403  200  403  403  200  403
registry.download_for_council       -           sign 403  403  403  200  403  403  200  403
registry.download_workbook          -           sign 403  403  403  200  403  403  200  403
registry.list_entries               -           sign 403  403  403  200  403  403  200  403
registry.list_duplicates            -           sign 403  403  403  200  403  403  200  403
registry.show_entry                 association sign 403  403  403  200  403  403  200  403
registry.edit_entry                 association sign 403  403  403  200  403  403  200  403
registry.choose_merge               association sign 403  403  403  200  403  403  200  403
registry.show_merge_summary         pair        sign 403  403  403  200  403  403  200  403
registry.show_people                association sign 404  200  404  404  404  404  404  404
registry.show_hand_over             association sign 404  200  404  404  404  404  404  404
registry.show_invitation            token       200  200  200  200  200  200  200  200  200
registry.show_people_for_office     association sign 403  403  403  200  403  403  200  403
registry.show_claim_code            certified   sign 200  200  200  200  200  200  200  200
places.list_places                  -           200  200  200  200  200  200  200  200  200
places.show_place                   place       200  200  200  200  200  200  200  200  200
places.show_initiative              initiative  200  200  200  200  200  200  200  200  200
places.show_initiative              ini-draft   404  404  404  404  404  404  404  404  404
places.download_initiative_calendar initiative  200  200  200  200  200  200  200  200  200
places.download_initiative_calendar ini-draft   404  404  404  404  404  404  404  404  404
places.list_cared                   -           sign 403  403  403  200  200  200  200  403
places.list_run                     association sign 404  200  404  404  404  404  404  404
places.list_place_initiatives       place       sign 404  200  404  200  200  404  200  404
places.new_initiative               place       sign 404  200  404  200  200  404  200  404
places.show_initiative_desk         ini-draft   sign 404  200  404  200  200  404  200  404
places.edit_initiative              ini-draft   sign 404  200  404  200  200  404  200  404
places.edit_initiative_cancellation initiative  sign 404  200  404  200  200  404  200  404
volunteering.show_office_desk       -           sign 403  403  403  200  403  403  200  403
volunteering.list_ending_papers     -           sign 403  403  403  200  403  403  200  403
volunteering.list_interviews        -           sign 403  403  403  200  403  403  200  403
volunteering.new_slots              -           sign 403  403  403  200  403  403  200  403
volunteering.edit_outcome           talk        sign 403  403  403  200  403  403  200  403
volunteering.show_register          -           sign 403  403  403  200  403  403  200  403
volunteering.download_register      -           sign 403  403  403  200  403  403  200  403
volunteering.show_register_number   numbered    sign 403  403  403  200  403  403  200  403
volunteering.edit_register_number   numbered    sign 403  403  403  200  403  403  200  403
volunteering.show_insurance         -           sign 403  403  403  200  403  403  200  403
volunteering.download_insured       insured     sign 403  403  403  200  403  403  200  403
volunteering.show_volunteer_figures -           sign 403  403  403  200  403  403  200  403
volunteering.download_volunteer_figures -           sign 403  403  403  200  403  403  200  403
volunteering.download_register_extract -           sign 403  403  403  422  403  403  422  403
volunteering.choose_insured_day     -           sign 403  403  403  422  403  403  422  403
volunteering.show_interview         -           sign 200  200  200  200  200  200  200  200
volunteering.show_project_messages  managed     sign 404  404  404  200  404  404  200  200
volunteering.show_shift_messages    today       sign 404  404  404  200  404  404  200  200
volunteering.show_message           message     sign 404  404  404  200  404  404  200  200
volunteering.list_programmes        -           sign 403  403  403  200  403  403  200  403
volunteering.new_programme          -           sign 403  403  403  200  403  403  200  403
volunteering.edit_programme         programme   sign 403  403  403  200  403  403  200  403
volunteering.list_projects          -           sign 403  403  403  200  403  403  200  403
volunteering.new_project            -           sign 403  403  403  200  403  403  200  403
volunteering.show_project_desk      project-id  sign 403  403  403  200  403  403  200  403
volunteering.edit_project           project-id  sign 403  403  403  200  403  403  200  403
volunteering.edit_closing           project-id  sign 403  403  403  200  403  403  200  403
volunteering.list_project_shifts    project-id  sign 403  403  403  200  403  403  200  403
volunteering.new_shift              project-id  sign 403  403  403  200  403  403  200  403
volunteering.edit_shift             shift-id    sign 403  403  403  200  403  403  200  403
volunteering.edit_cancellation      shift-id    sign 403  403  403  200  403  403  200  403
volunteering.list_series            project-id  sign 403  403  403  200  403  403  200  403
volunteering.new_series             project-id  sign 403  403  403  200  403  403  200  403
volunteering.edit_series            series      sign 403  403  403  200  403  403  200  403
volunteering.list_proposed_projects association sign 404  200  404  404  404  404  404  404
volunteering.new_proposed_project   association sign 404  200  404  404  404  404  404  404
volunteering.show_proposed_project  proposed    sign 404  200  404  404  404  404  404  404
volunteering.edit_proposed_project  proposed    sign 404  200  404  404  404  404  404  404
volunteering.edit_application       flexible    sign 200  200  200  200  200  200  200  200
volunteering.list_applications      app-project sign 404  404  404  200  404  404  200  404
volunteering.list_my_hours          -           sign 200  200  200  200  200  200  200  200
volunteering.list_my_certificates   -           sign 200  200  200  200  200  200  200  200
volunteering.download_certificate   certificate sign 404  404  404  200  404  404  200  200
volunteering.check_certificates     -           200  200  200  200  200  200  200  200  200
volunteering.show_certificate_check coded       200  200  200  200  200  200  200  200  200
volunteering.list_certificates_for_office -           sign 403  403  403  200  403  403  200  403
volunteering.edit_group             shift       sign 404  404  404  404  404  404  404  404
volunteering.show_offer             token       404  404  404  404  404  404  404  404  404
volunteering.show_attendance        token       404  404  404  404  404  404  404  404  404
volunteering.show_calls             token       404  404  404  404  404  404  404  404  404
volunteering.list_shifts            -           200  200  200  200  200  200  200  200  200
volunteering.show_week              -           200  200  200  200  200  200  200  200  200
volunteering.download_shifts_csv    -           200  200  200  200  200  200  200  200  200
volunteering.download_shifts_json   -           200  200  200  200  200  200  200  200  200
volunteering.show_shift_calendar    -           200  200  200  200  200  200  200  200  200
volunteering.download_shift_calendar shift       200  200  200  200  200  200  200  200  200
volunteering.list_saved_searches    -           sign 200  200  200  200  200  200  200  200
volunteering.show_alert_stop        token       404  404  404  404  404  404  404  404  404
volunteering.show_alert_stop        stop-link   200  200  200  200  200  200  200  200  200
own_calendar.show_page              -           sign 200  200  200  200  200  200  200  200
own_calendar.show_calendar          calendar    200  200  200  200  200  200  200  200  200
volunteering.show_project           project     200  200  200  200  200  200  200  200  200
volunteering.show_shift             shift       200  200  200  200  200  200  200  200  200
volunteering.show_shift_again       shift       on   on   on   on   on   on   on   on   on
volunteering.show_tutor_desk        -           sign 404  404  404  200  404  404  200  200
volunteering.show_presence          today       sign 404  404  404  200  404  404  200  200
volunteering.edit_walk_in           arrival     sign 404  404  404  200  404  404  200  200
volunteering.show_shift_code        today       sign 404  404  404  200  404  404  200  200
volunteering.enter_code             -           sign 200  200  200  200  200  200  200  200
volunteering.show_check_in          code        sign 200  200  200  200  200  200  200  200
volunteering.show_own_code          today       sign 200  404  404  404  404  404  404  404
volunteering.show_person_code       token       sign 404  404  404  404  404  404  404  404
volunteering.list_hours_to_verify   -           sign 404  404  404  200  404  404  200  200
volunteering.edit_hours             hours       sign 404  404  404  200  404  404  200  200
volunteering.list_project_people    managed     sign 404  404  404  200  404  404  200  200
volunteering.show_enrolment         -           200  200  200  200  200  200  200  200  200
volunteering.list_expenses          -           sign 200  200  200  200  200  200  200  200
volunteering.show_expense_form      -           sign 200  200  200  200  200  200  200  200
volunteering.show_expense           expense     sign 404  404  404  404  404  404  404  200
volunteering.edit_expense           expense     sign 404  404  404  404  404  404  404  on
volunteering.download_receipt       expense     sign 404  404  404  200  404  404  200  200
volunteering.list_approved_expenses -           sign 403  403  403  200  403  403  200  403
volunteering.download_approved_expenses -           sign 403  403  403  200  403  403  200  403
volunteering.list_points            -           sign 403  403  403  200  403  403  200  403
volunteering.download_points        -           sign 403  403  403  200  403  403  200  403
volunteering.show_my_year           -           sign 200  200  200  200  200  200  200  200
volunteering.edit_thanks            -           sign 200  200  200  200  200  200  200  200
volunteering.show_thanks            thanks      200  200  200  200  200  200  200  200  200
volunteering.edit_counter_hours     served      sign 403  403  403  200  403  403  200  403
volunteering.edit_counter_certificate served      sign 403  403  403  200  403  403  200  403
volunteering.edit_counter_expense   served      sign 403  403  403  200  403  403  200  403
volunteering.list_to_phone          -           sign 403  403  403  200  403  403  200  403
volunteering.edit_enrolment_step    step        sign 200  200  200  200  200  200  200  200
volunteering.edit_contacts          -           sign on   on   on   on   on   on   on   on
volunteering.confirm_leaving        -           sign on   on   on   on   on   on   on   on
volunteering.show_authorisation     token       404  404  404  404  404  404  404  404  404
volunteering.show_papers            enrolled    sign 403  403  403  200  403  403  200  403
volunteering.show_counter           -           sign 403  403  403  200  403  403  200  403
volunteering.edit_new_person        -           sign 403  403  403  200  403  403  200  403
volunteering.show_counter_person    served      sign 403  403  403  200  403  403  200  403
volunteering.download_sign_up_receipt at-shift    sign 403  403  403  404  403  403  404  403
volunteering.download_enrolment_receipt served      sign 403  403  403  404  403  403  404  403
volunteering.edit_counter_step      served-step sign 403  403  403  on   403  403  on   403
volunteering.show_counter_summary   served      sign 403  403  403  on   403  403  on   403
volunteering.show_enrolment_summary -           sign on   on   on   on   on   on   on   on
laboratories.list_agreements        -           200  200  200  200  200  200  200  200  200
laboratories.show_any_check         -           200  200  200  200  200  200  200  200  200
laboratories.show_claim             -           sign 200  200  200  200  200  200  200  200
laboratories.show_agreement_desk    laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_agreement_form    laboratory  sign 403  403  403  200  200  403  200  403
laboratories.list_laboratories      -           200  200  200  200  200  200  200  200  200
laboratories.show_laboratory        laboratory  200  200  200  200  200  200  200  200  200
laboratories.list_proposals         laboratory  200  200  200  200  200  200  200  200  200
laboratories.show_proposal          draft       404  404  404  404  404  404  404  404  200
laboratories.show_proposal          submitted   404  404  404  404  200  200  404  200  200
laboratories.show_proposal          published   200  200  200  200  200  200  200  200  200
laboratories.show_proposal_form     laboratory  sign 200  200  200  200  200  200  200  200
laboratories.show_edit_form         draft       sign 404  404  404  404  404  404  404  200
laboratories.show_edit_form         submitted   sign 404  404  404  404  404  404  404  on
registry.list_imports               -           sign 403  403  403  200  403  403  200  403
registry.show_import                import      sign 403  403  403  200  403  403  200  403
registry.list_imported_rows         imported    sign 403  403  403  200  403  403  200  403
registry.download_rejected_rows     import      sign 403  403  403  200  403  403  200  403
laboratories.show_review            draft       sign 404  404  404  404  404  404  404  200
laboratories.show_laboratories_desk -           sign 403  403  403  200  200  200  200  403
laboratories.new_laboratory         -           sign 403  403  403  200  200  200  200  403
laboratories.show_laboratory_desk   laboratory  sign 403  403  403  200  200  403  200  403
laboratories.edit_laboratory        laboratory  sign 403  403  403  200  200  403  200  403
laboratories.edit_phases            laboratory  sign 403  403  403  200  200  403  200  403
laboratories.edit_news              laboratory  sign 403  403  403  200  200  403  200  403
laboratories.edit_documents         laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_own_part          laboratory  sign 200  200  200  200  200  200  200  200
laboratories.show_end_of_news       token       404  404  404  404  404  404  404  404  404
laboratories.show_news              lab-news    200  200  200  200  200  200  200  200  200
laboratories.show_documents         laboratory  200  200  200  200  200  200  200  200  200
laboratories.download_document      lab-paper   200  200  200  200  200  200  200  200  200
laboratories.list_owed_answers      laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_proposal_desk     published   sign 403  403  403  200  200  403  200  403
laboratories.show_proposal_desk     submitted   sign 403  403  403  404  404  403  404  403
laboratories.edit_opinion           review      sign 403  403  403  200  200  403  200  403
laboratories.edit_answer            published   sign 403  403  403  200  200  403  200  403
laboratories.show_ask_again         published   sign 404  404  404  404  404  404  404  on
laboratories.show_offices           -           sign 403  403  403  200  403  403  200  403
laboratories.edit_office            office      sign 403  403  403  200  403  403  200  403
territory.show_territory            -           sign 403  403  403  200  403  403  200  403
territory.new_district              -           sign 403  403  403  200  403  403  200  403
territory.show_district             district    sign 403  403  403  200  403  403  200  403
territory.show_neighbourhood        quarter     sign 403  403  403  200  403  403  200  403
laboratories.show_meeting           meeting     200  200  200  200  200  200  200  200  200
laboratories.show_meeting           meeting-on  200  200  200  200  200  200  200  200  200
laboratories.download_meeting       meeting     200  200  200  200  200  200  200  200  200
laboratories.show_meeting_feed      laboratory  200  200  200  200  200  200  200  200  200
laboratories.show_meeting_photo     meeting-pic 200  200  200  200  200  200  200  200  200
laboratories.show_meeting_again     meeting     on   on   on   on   on   on   on   on   on
laboratories.show_meeting_offer     token       404  404  404  404  404  404  404  404  404
laboratories.list_meetings_desk     laboratory  sign 403  403  403  200  200  403  200  403
laboratories.new_meeting            laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_meeting_desk      meeting     sign 403  403  403  200  200  403  200  403
laboratories.edit_meeting           meeting     sign 403  403  403  200  200  403  200  403
laboratories.edit_cancellation      meeting     sign 403  403  403  200  200  403  200  403
laboratories.edit_minutes           meeting-on  sign 403  403  403  200  200  403  200  403
laboratories.edit_materials         meeting-on  sign 403  403  403  200  200  403  200  403
laboratories.show_attendance_list   meeting-on  sign 403  403  403  200  200  403  200  403
laboratories.show_meeting_code      meeting-on  sign 403  403  403  200  200  403  200  403
laboratories.enter_meeting_code     -           sign 200  200  200  200  200  200  200  200
laboratories.show_meeting_check_in  meet-code   sign 200  200  200  200  200  200  200  200
laboratories.list_commitments       agreement   200  200  200  200  200  200  200  200  200
laboratories.download_commitments   agreement   200  200  200  200  200  200  200  200  200
laboratories.show_agreement         to-sign     200  200  200  200  200  200  200  200  200
laboratories.show_agreement_text    to-sign     200  200  200  200  200  200  200  200  200
laboratories.download_agreement     to-sign     200  200  200  200  200  200  200  200  200
laboratories.show_check             to-sign     200  200  200  200  200  200  200  200  200
laboratories.show_signing           to-sign     sign 200  200  200  200  200  200  200  200
laboratories.show_commitment_form   agr-draft   sign 403  403  403  200  200  403  200  403
laboratories.show_commitment_edit   promise     sign 403  403  403  200  200  403  200  403
laboratories.show_paper_form        agr-open    sign 403  403  403  200  200  403  200  403
laboratories.show_amendment         agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_amendment_form    agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_new_entry         agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_entry             agr-entry   sign 403  403  403  200  200  403  200  403
laboratories.show_amended           agr-promise sign 403  403  403  200  200  403  200  403
laboratories.show_evaluation        agr-signed  200  200  200  200  200  200  200  200  200
laboratories.show_final_account     agr-signed  200  200  200  200  200  200  200  200  200
laboratories.download_final_account agr-signed  200  200  200  200  200  200  200  200  200
laboratories.show_ending_desk       agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_account_form      agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_questions_form    agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_answers           agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_paper_answer      agr-change  sign 403  403  403  200  200  403  200  403
laboratories.show_carry_form        agr-draft   sign 403  403  403  200  200  403  200  403
laboratories.list_thanks            laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_thanks_form       kept        sign 403  403  403  200  200  403  200  403
laboratories.list_sheets            laboratory  200  200  200  200  200  200  200  200  200
laboratories.show_sheet             sheet       200  200  200  200  200  200  200  200  200
laboratories.list_sheet_versions    sheet-draft sign 404  404  404  200  200  404  200  200
laboratories.edit_sheet             sheet-draft sign 404  404  404  200  200  404  200  200
laboratories.show_new_line          sheet-draft sign 404  404  404  200  200  404  200  200
laboratories.show_line              sheet-line  sign 404  404  404  200  200  404  200  200
laboratories.list_sheets_desk       laboratory  sign 403  403  403  200  200  403  200  403
laboratories.new_sheet              laboratory  sign 403  403  403  200  200  403  200  403
chain.show_chain                    agreement   200  200  200  200  200  200  200  200  200
chain.list_openings                 opening     sign 403  403  403  200  200  403  200  403
chain.new_project                   opening     sign 403  403  403  200  200  403  200  403
chain.new_initiative                opening     sign 403  403  403  200  200  403  200  403
laboratories.show_commitment        commitment  200  200  200  200  200  200  200  200  200
laboratories.show_progress_photo    report      404  404  404  404  404  404  404  404  404
laboratories.show_progress_form     commitment  sign 403  403  403  200  200  403  200  200
laboratories.list_reports           laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_reported_photo    lab-report  sign 403  403  403  404  404  403  404  403
laboratories.draw_map               laboratory  200  200  200  200  200  200  200  200  200
laboratories.show_map               laboratory  200  200  200  200  200  200  200  200  200
laboratories.list_similar           laboratory  200  200  200  200  200  200  200  200  200
laboratories.list_projects          laboratory  200  200  200  200  200  200  200  200  200
laboratories.edit_projects          laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_attachments       draft       sign 404  404  404  404  404  404  404  200
laboratories.download_attachment    attached    404  404  404  404  404  404  404  404  200
laboratories.show_coauthors         draft       sign 404  404  404  404  404  404  404  200
laboratories.show_coauthor_invitation asked-link  200  200  200  200  200  200  200  200  200
laboratories.show_record_form       laboratory  sign 403  403  403  200  200  403  200  403
laboratories.show_recorded          recorded    sign 403  403  403  200  200  403  200  403
laboratories.download_receipt       recorded    sign 403  403  403  200  200  403  200  403
laboratories.show_mend_form         recorded    sign 403  403  403  on   on   403  on   403
laboratories.show_claim_form        -           sign 200  200  200  200  200  200  200  200
laboratories.show_comment           said        on   on   on   on   on   on   on   on   on
laboratories.show_comment_again     said        on   on   on   on   on   on   on   on   on
laboratories.show_proposal_again    published   on   on   on   on   on   on   on   on   on
laboratories.show_report_form       published   200  200  200  200  200  200  200  200  200
laboratories.show_hidden            hidden      sign 404  404  404  404  404  404  404  200
laboratories.show_section_comment   sheet-said  on   on   on   on   on   on   on   on   on
laboratories.show_section_comment_again sheet-said  on   on   on   on   on   on   on   on   on
laboratories.show_section_again     sheet       on   on   on   on   on   on   on   on   on
laboratories.show_section_report_form sheet-said  200  200  200  200  200  200  200  200  200
"""

BUTTONS = """
endpoint                            thing       visi citi repr othe staf arch else admi owne
accounts.sign_in_with_password      -           422  on   on   on   on   on   on   on   on
accounts.sign_in_with_code          -           sign on   on   on   on   on   on   on   on
accounts.send_code                  -           422  on   on   on   on   on   on   on   on
accounts.send_recovery              -           422  422  422  422  422  422  422  422  422
accounts.reset_password             token       422  422  422  422  422  422  422  422  422
accounts.register                   -           422  on   on   on   on   on   on   on   on
accounts.confirm                    token       422  422  422  422  422  422  422  422  422
accounts.sign_out                   -           on   on   on   on   on   on   on   on   on
accounts.update_my_data             -           sign 422  422  422  422  422  422  422  422
accounts.change_password            -           sign 422  422  422  422  422  422  422  422
accounts.erase_account              -           sign 422  422  422  422  422  422  422  422
accounts.grant_role                 person      sign 403  403  403  403  403  403  422  403
accounts.revoke_role                person      sign 403  403  403  403  403  403  422  403
moderation.take                     case        sign 403  403  403  422  422  404  422  403
moderation.release                  case        sign 403  403  403  422  422  404  422  403
moderation.decide                   case        sign 403  403  403  422  422  404  422  403
moderation.save_letter_text         -           sign 403  403  403  422  403  403  422  403
moderation.preview_letter_text      -           sign 403  403  403  200  403  403  200  403
moderation.reset_letter_text        -           sign 403  403  403  422  403  403  422  403
moderation.write_to_applicant       case        sign 403  403  403  422  422  404  422  403
moderation.add_note                 case        sign 403  403  403  422  422  404  422  403
moderation.assign                   case        sign 403  403  403  422  422  404  422  403
moderation.write_to_office          case        sign 404  404  404  404  404  404  404  422
moderation.supply                   case        sign 404  404  404  404  404  404  404  422
moderation.observe                  case        sign 404  404  404  404  404  404  404  422
moderation.save_terms               -           sign 403  403  403  403  403  403  422  403
registry.save_profile               association sign 404  422  404  404  404  404  404  404
registry.preview_profile            association sign 404  200  404  404  404  404  404  404
registry.confirm_profile            association sign 404  on   404  404  404  404  404  404
registry.return_to_registry         association sign 404  409  404  404  404  404  404  404
registry.withdraw_change            change      sign 404  404  404  404  404  404  404  404
registry.restore_change             change      sign 404  404  404  404  404  404  404  404
registry.save_logo                  association sign 404  422  404  404  404  404  404  404
registry.remove_logo                association sign 404  on   404  404  404  404  404  404
registry.confirm_by_link            confirming  409  409  409  409  409  409  409  409  409
registry.save_request_step          -           sign 422  422  422  422  422  422  422  422
registry.send_request               -           sign on   on   on   on   on   on   on   on
registry.discard_draft              -           sign 404  404  404  404  404  404  404  404
registry.remove_request_document    -           sign 404  404  404  404  404  404  404  409
registry.withdraw_request           request     sign 404  404  404  404  404  404  404  on
registry.send_claim                 unclaimed   sign 422  422  422  422  422  422  422  422
registry.resend_claim               claim       sign 404  404  404  404  404  404  404  on
registry.withdraw_claim             claim       sign 404  404  404  404  404  404  404  on
registry.change_entry               association sign 403  403  403  422  403  403  422  403
registry.merge                      pair        sign 403  403  403  422  403  403  422  403
registry.invite_person              association sign 404  422  404  404  404  404  404  404
registry.resend_invitation          invitation  sign 404  on   404  404  404  404  404  404
registry.withdraw_invitation        invitation  sign 404  on   404  404  404  404  404  404
registry.change_role                member      sign 404  409  404  404  404  404  404  404
registry.remove_person              member      sign 404  409  404  404  404  404  404  404
registry.hand_over                  association sign 404  422  404  404  404  404  404  404
registry.leave_association          association sign 404  409  404  404  404  404  404  404
registry.accept_invitation          token       sign 409  409  409  409  409  409  409  409
registry.decline_invitation         token       sign 409  409  409  409  409  409  409  409
registry.add_person_by_office       association sign 403  403  403  422  403  403  422  403
registry.intervene                  association sign 403  403  403  422  403  403  422  403
registry.send_claim_code            certified   sign on   on   on   on   on   on   on   on
registry.claim_with_code            certified   sign 422  422  422  422  422  422  422  422
volunteering.preview_slots          -           sign 403  403  403  422  403  403  422  403
volunteering.open_slots             -           sign 403  403  403  422  403  403  422  403
volunteering.record_interview       talk        sign 403  403  403  422  403  403  422  403
volunteering.correct_register       numbered    sign 403  403  403  422  403  403  422  403
volunteering.add_insurance_policy   -           sign 403  403  403  422  403  403  422  403
volunteering.cancel_slot            slot        sign 403  403  403  on   403  403  409  403
volunteering.book_interview         -           sign 422  422  422  422  422  422  422  422
volunteering.cancel_interview       -           sign 404  404  404  404  404  404  404  404
volunteering.write_to_project       managed     sign 404  404  404  422  404  404  422  422
volunteering.write_to_shift         today       sign 404  404  404  422  404  404  422  422
volunteering.create_programme       -           sign 403  403  403  422  403  403  422  403
volunteering.save_programme         programme   sign 403  403  403  422  403  403  422  403
volunteering.create_project         -           sign 403  403  403  422  403  403  422  403
volunteering.save_project           project-id  sign 403  403  403  422  403  403  422  403
volunteering.publish_project        project-id  sign 403  403  403  409  403  403  409  403
volunteering.close_project          project-id  sign 403  403  403  422  403  403  422  403
volunteering.add_tutor              project-id  sign 403  403  403  422  403  403  422  403
volunteering.remove_tutor           tutor       sign 403  403  403  on   403  403  on   403
volunteering.create_shift           project-id  sign 403  403  403  422  403  403  422  403
volunteering.save_shift             shift-id    sign 403  403  403  422  403  403  422  403
volunteering.cancel_shift           shift-id    sign 403  403  403  422  403  403  422  403
volunteering.preview_series         project-id  sign 403  403  403  422  403  403  422  403
volunteering.create_series          project-id  sign 403  403  403  422  403  403  422  403
volunteering.preview_series_change  series      sign 403  403  403  422  403  403  422  403
volunteering.save_series            series      sign 403  403  403  422  403  403  422  403
volunteering.undo_series            series      sign 403  403  403  409  403  403  409  403
volunteering.draft_project          association sign 404  422  404  404  404  404  404  404
volunteering.save_proposed_project  proposed    sign 404  422  404  404  404  404  404  404
volunteering.propose_project        proposed    sign 404  409  404  404  404  404  404  404
volunteering.apply_to_project       flexible    sign on   on   on   on   on   on   on   on
volunteering.leave_project          flexible    sign on   on   on   on   on   on   on   on
volunteering.answer_application     application sign 404  404  404  422  404  404  422  404
volunteering.declare_hours          -           sign 422  422  422  422  422  422  422  422
volunteering.withdraw_hours         declared    sign 404  404  404  404  404  404  404  on
volunteering.make_certificate       -           sign 422  422  422  422  422  422  422  422
volunteering.revoke_certificate     certificate sign 403  403  403  422  403  403  422  403
volunteering.sign_up_group          shift       sign 404  404  404  404  404  404  404  404
volunteering.answer_offer           token       404  404  404  404  404  404  404  404  404
volunteering.answer_attendance      token       404  404  404  404  404  404  404  404  404
volunteering.end_calls              token       422  422  422  422  422  422  422  422  422
volunteering.take_place             shift       sign on   on   on   on   on   on   on   on
volunteering.confirm_attendance     shift       sign 409  409  409  409  409  409  409  409
volunteering.leave_place            shift       sign on   on   on   on   on   on   on   on
volunteering.save_search            -           sign on   on   on   on   on   on   on   on
volunteering.remove_saved_search    search      sign 404  404  404  404  404  404  404  on
volunteering.stop_alerts            stop-link   422  422  422  422  422  422  422  422  422
own_calendar.renew_key              -           sign on   on   on   on   on   on   on   on
own_calendar.drop_key               -           sign on   on   on   on   on   on   on   on
volunteering.save_presence          today       sign 404  404  404  on   404  404  on   on
volunteering.send_presence          today       sign 404  404  404  200  404  404  200  200
volunteering.add_walk_in            today       sign 404  404  404  422  404  404  422  422
volunteering.identify_walk_in       arrival     sign 404  404  404  422  404  404  422  422
volunteering.remove_walk_in         arrival     sign 404  404  404  on   404  404  on   on
volunteering.check_in               code        sign on   409  409  409  409  409  409  409
volunteering.mark_person            token       sign 404  404  404  404  404  404  404  404
volunteering.verify_hours           -           sign 404  404  404  422  404  404  422  422
volunteering.correct_hours          hours       sign 404  404  404  422  404  404  422  422
volunteering.refuse_hours           hours       sign 404  404  404  422  404  404  422  422
volunteering.note_project_check     managed     sign 404  404  404  422  404  404  422  422
volunteering.claim_expense          -           sign 422  422  422  422  422  422  422  422
volunteering.resubmit_expense       expense     sign 404  404  404  404  404  404  404  on
volunteering.preview_thanks         -           sign 422  422  422  422  422  422  422  422
volunteering.share_thanks           -           sign 422  422  422  422  422  422  422  422
volunteering.end_thanks             -           sign on   on   on   on   on   on   on   on
volunteering.declare_counter_hours  served      sign 403  403  403  422  403  403  422  403
volunteering.make_counter_certificate served      sign 403  403  403  422  403  403  422  403
volunteering.claim_counter_expense  served      sign 403  403  403  422  403  403  422  403
volunteering.note_told              call        sign 403  403  403  on   403  403  on   403
volunteering.book_interview_at_counter served      sign 403  403  403  422  403  403  422  403
volunteering.cancel_interview_at_counter served      sign 403  403  403  on   403  403  on   403
volunteering.save_enrolment_step    step        sign 422  422  422  422  422  422  422  422
volunteering.submit_enrolment       -           sign on   on   on   on   on   on   on   on
volunteering.restart_enrolment      -           sign 404  404  404  404  404  404  404  404
volunteering.save_contacts          -           sign 422  422  422  422  422  422  422  422
volunteering.resend_guardian_link   -           sign 409  409  409  409  409  409  409  409
volunteering.leave_register         -           sign 404  404  404  404  404  404  404  404
volunteering.answer_authorisation   token       404  404  404  404  404  404  404  404  404
volunteering.note_permit            enrolled    sign 403  403  403  422  403  403  422  403
volunteering.note_fitness           enrolled    sign 403  403  403  422  403  403  422  403
volunteering.record_paper_authorisation enrolled    sign 403  403  403  422  403  403  422  403
volunteering.add_person             -           sign 403  403  403  422  403  403  422  403
volunteering.give_email             served      sign 403  403  403  422  403  403  422  403
volunteering.take_place_at_counter  at-shift    sign 403  403  403  on   403  403  on   403
volunteering.leave_place_at_counter at-shift    sign 403  403  403  on   403  403  on   403
volunteering.save_counter_step      served-step sign 403  403  403  422  403  403  422  403
volunteering.submit_counter_enrolment served      sign 403  403  403  on   403  403  on   403
volunteering.restart_counter_enrolment served      sign 403  403  403  409  403  403  409  403
volunteering.leave_register_at_counter served      sign 403  403  403  409  403  403  409  403
laboratories.create_proposal        laboratory  sign 422  422  422  422  422  422  422  422
laboratories.save_proposal          draft       sign 404  404  404  404  404  404  404  422
laboratories.save_proposal          submitted   sign 404  404  404  404  404  404  404  422
laboratories.save_proposal          published   sign 404  404  404  404  404  404  404  422
registry.upload_list                -           sign 403  403  403  422  403  403  422  403
registry.apply_import               import      sign 403  403  403  409  403  403  409  403
registry.discard_import             import      sign 403  403  403  409  403  403  409  403
laboratories.submit_proposal        draft       sign 404  404  404  404  404  404  404  409
laboratories.submit_proposal        submitted   sign 404  404  404  404  404  404  404  on
laboratories.withdraw_proposal      submitted   sign 404  404  404  404  404  404  404  on
laboratories.create_laboratory      -           sign 403  403  403  422  422  422  422  403
laboratories.save_laboratory        laboratory  sign 403  403  403  422  422  403  422  403
laboratories.check_agreement        to-sign     422  422  422  422  422  422  422  422  422
laboratories.check_any_agreement    -           422  422  422  422  422  422  422  422  422
laboratories.sign_agreement         to-sign     sign 422  422  422  422  422  422  422  422
laboratories.claim_signature        -           sign 422  422  422  422  422  422  422  422
laboratories.save_agreement         agr-draft   sign 403  403  403  422  422  403  422  403
laboratories.choose_sheets          agr-draft   sign 403  403  403  409  409  403  409  403
laboratories.order_sheet            agr-sheet   sign 403  403  403  on   on   403  on   403
laboratories.take_agreement_step    agr-draft   sign 403  403  403  on   409  403  409  403
laboratories.approve_agreement      agr-draft   sign 403  403  403  422  422  403  422  403
laboratories.take_back_agreement    agr-open    sign 403  403  403  422  422  403  422  403
laboratories.add_commitment         agr-draft   sign 403  403  403  422  422  403  422  403
laboratories.change_commitment      promise     sign 403  403  403  422  422  403  422  403
laboratories.remove_commitment      promise     sign 403  403  403  on   on   403  on   403
laboratories.record_paper_signature agr-open    sign 403  403  403  422  422  403  422  403
laboratories.save_amendment         agr-change  sign 403  403  403  422  422  403  422  403
laboratories.add_entry              agr-change  sign 403  403  403  422  422  403  422  403
laboratories.change_entry           agr-entry   sign 403  403  403  422  422  403  422  403
laboratories.amend_commitment       agr-promise sign 403  403  403  422  422  403  422  403
laboratories.remove_entry           agr-entry   sign 403  403  403  on   on   403  on   403
laboratories.open_amendment         agr-change  sign 403  403  403  409  409  403  409  403
laboratories.withdraw_amendment     agr-change  sign 403  403  403  422  422  403  422  403
laboratories.answer_evaluation      agr-signed  sign 409  409  409  409  409  409  409  409
laboratories.save_questions         agr-change  sign 403  403  403  422  422  403  422  403
laboratories.ask_participants       agr-change  sign 403  403  403  on   on   403  on   403
laboratories.record_paper_answer    agr-change  sign 403  403  403  409  409  403  409  403
laboratories.save_account           agr-change  sign 403  403  403  409  409  403  409  403
laboratories.publish_account        agr-change  sign 403  403  403  on   on   403  on   403
laboratories.close_agreement        agr-change  sign 403  403  403  409  409  403  409  403
laboratories.end_agreement_early    agr-change  sign 403  403  403  422  422  403  422  403
laboratories.carry_over_agreement   agr-draft   sign 403  403  403  409  409  403  409  403
laboratories.thank_party            kept        sign 403  403  403  422  422  403  422  403
laboratories.save_sheet             sheet-draft sign 404  404  404  422  422  404  422  422
laboratories.add_line               sheet-draft sign 404  404  404  422  422  404  422  422
laboratories.change_line            sheet-line  sign 404  404  404  422  422  404  422  422
laboratories.remove_line            sheet-line  sign 404  404  404  409  409  404  409  409
laboratories.link_sheet             sheet-draft sign 404  404  404  on   on   404  on   on
laboratories.start_sheet            laboratory  sign 403  403  403  422  422  403  422  403
laboratories.take_sheet_step        sheet-draft sign 403  403  403  on   on   403  on   403
laboratories.add_sheet_editor       sheet-draft sign 403  403  403  422  422  403  422  403
laboratories.remove_sheet_editor    sheet-pen   sign 403  403  403  on   on   403  on   403
chain.open_project                  opening     sign 403  403  403  422  422  403  422  403
chain.open_initiative               opening     sign 403  403  403  422  422  403  422  403
chain.tie_opening                   opening     sign 403  403  403  422  403  403  422  403
chain.untie_opening                 opened      sign 403  403  403  on   403  403  on   403
chain.untie_opening                 ini-opened  sign 403  403  403  on   403  403  on   403
places.create_initiative            place       sign 404  422  404  422  422  404  422  404
places.save_initiative              initiative  sign 404  422  404  422  422  404  422  404
places.publish_initiative           ini-draft   sign 404  409  404  409  409  404  409  404
places.cancel_initiative            initiative  sign 404  422  404  422  422  404  422  404
places.add_occurrences              initiative  sign 404  422  404  422  422  404  422  404
places.cancel_occurrence            ini-time    sign 404  on   404  on   on   404  on   404
places.count_attendance             ini-past    sign 404  422  404  422  422  404  422  404
laboratories.save_phases            laboratory  sign 403  403  403  409  409  403  409  403
laboratories.advance_phase          laboratory  sign 403  403  403  409  409  403  409  403
laboratories.go_back_a_phase        laboratory  sign 403  403  403  422  422  403  422  403
laboratories.publish_news           laboratory  sign 403  403  403  422  422  403  422  403
laboratories.add_document           laboratory  sign 403  403  403  422  422  403  422  403
laboratories.archive_laboratory     laboratory  sign 403  403  403  on   409  403  409  403
laboratories.remove_document        lab-paper   sign 403  403  403  on   404  403  404  403
laboratories.join_laboratory        laboratory  sign on   on   on   on   on   on   on   on
laboratories.end_news               token       422  422  422  422  422  422  422  422  422
laboratories.ask_office             published   sign 403  403  403  422  422  403  422  403
laboratories.give_opinion           review      sign 403  403  403  422  422  403  422  403
laboratories.drop_review            review      sign 403  403  403  on   404  403  404  403
laboratories.publish_answer         published   sign 403  403  403  422  422  403  422  403
laboratories.ask_again              published   sign 404  404  404  404  404  404  404  422
laboratories.add_office             -           sign 403  403  403  422  403  403  422  403
laboratories.save_office            office      sign 403  403  403  422  403  403  422  403
laboratories.end_office             office      sign 403  403  403  on   403  403  409  403
territory.create_district           -           sign 403  403  403  422  403  403  422  403
territory.rename_district           district    sign 403  403  403  422  403  403  422  403
territory.end_district              district    sign 403  403  403  422  403  403  422  403
territory.add_neighbourhood         district    sign 403  403  403  422  403  403  422  403
territory.move_neighbourhood        quarter     sign 403  403  403  422  403  403  422  403
territory.end_neighbourhood         quarter     sign 403  403  403  422  403  403  422  403
laboratories.register_for_meeting   meeting     sign on   on   on   on   on   409  409  409
laboratories.leave_meeting          meeting     sign on   on   on   on   on   on   on   on
laboratories.choose_meeting_name    meeting-on  sign 404  404  404  404  404  404  404  404
laboratories.answer_meeting_offer   token       404  404  404  404  404  404  404  404  404
laboratories.create_meeting         laboratory  sign 403  403  403  422  422  403  422  403
laboratories.save_meeting           meeting     sign 403  403  403  422  422  403  422  403
laboratories.cancel_meeting         meeting     sign 403  403  403  422  422  403  422  403
laboratories.register_person        meeting     sign 403  403  403  422  422  403  422  403
laboratories.unregister_person      at-meeting  sign 403  403  403  on   on   403  on   403
laboratories.save_minutes           meeting-on  sign 403  403  403  409  409  403  409  403
laboratories.add_photo              meeting-on  sign 403  403  403  422  422  403  422  403
laboratories.remove_photo           meeting-pic sign 403  403  403  on   404  403  404  403
laboratories.add_meeting_document   meeting-on  sign 403  403  403  422  422  403  422  403
laboratories.remove_meeting_file    meeting-doc sign 403  403  403  on   404  403  404  403
laboratories.save_attendance        meeting-on  sign 403  403  403  on   on   403  on   403
laboratories.add_attendee           meeting-on  sign 403  403  403  422  422  403  422  403
laboratories.count_without_name     meeting-on  sign 403  403  403  422  422  403  422  403
laboratories.remove_attendee        came        sign 403  403  403  on   404  403  404  403
laboratories.check_in_to_meeting    meet-code   sign on   on   on   on   on   on   on   on
laboratories.report_progress        commitment  sign 403  403  403  422  422  403  422  422
laboratories.explain_delay          commitment  sign 403  403  403  422  422  403  422  422
laboratories.drop_commitment        commitment  sign 403  403  403  422  422  403  422  403
laboratories.take_up_commitment     commitment  sign 403  403  403  422  422  403  422  403
laboratories.confirm_progress       lab-report  sign 403  403  403  on   on   403  on   403
laboratories.refuse_progress        lab-report  sign 403  403  403  422  422  403  422  403
laboratories.pick_spot              laboratory  sign 200  200  200  200  200  200  200  200
laboratories.pick_spot_again        draft       sign 404  404  404  404  404  404  404  200
laboratories.add_project            laboratory  sign 403  403  403  422  422  403  422  403
laboratories.withdraw_project       listed      sign 403  403  403  on   on   403  on   403
laboratories.add_attachment         draft       sign 404  404  404  404  404  404  404  422
laboratories.remove_attachment      attached    sign 404  404  404  404  404  404  404  on
laboratories.ask_person             draft       sign 404  404  404  404  404  404  404  422
laboratories.ask_association        draft       sign 404  404  404  404  404  404  404  422
laboratories.take_back_coauthor     asked       sign 404  404  404  404  404  404  404  on
laboratories.accept_coauthorship    asked-link  sign on   404  404  404  404  404  404  404
laboratories.decline_coauthorship   asked-link  sign on   404  404  404  404  404  404  404
laboratories.record_proposal        laboratory  sign 403  403  403  422  422  403  422  403
laboratories.pick_recorded_spot     laboratory  sign 403  403  403  200  200  403  200  403
laboratories.mend_recorded          recorded    sign 403  403  403  on   on   403  on   403
laboratories.claim_proposal         -           sign 422  422  422  422  422  422  422  422
laboratories.support_proposal       published   sign on   on   on   on   on   on   on   409
laboratories.withdraw_support       published   sign on   on   on   on   on   on   on   409
laboratories.write_comment          published   sign 422  422  422  422  422  422  422  422
laboratories.find_comment_useful    said        sign on   on   on   on   on   on   on   409
laboratories.withdraw_comment       said        sign 404  404  404  404  404  404  404  on
laboratories.comment_on_section     sheet       sign 422  422  422  422  422  422  422  422
laboratories.find_section_comment_useful sheet-said  sign on   on   on   on   on   on   on   409
laboratories.withdraw_section_comment sheet-said  sign 404  404  404  404  404  404  404  on
laboratories.report_section_comment sheet-said  422  422  422  422  422  422  422  422  422
laboratories.report_content         published   422  422  422  422  422  422  422  422  422
laboratories.answer_report          hidden      sign 404  404  404  404  404  404  404  422
laboratories.show_content_again     hidden      sign 403  403  403  on   409  403  409  403
"""

_LINES = ("show_new_line", "add_line", "show_line", "change_line", "remove_line")
FIXED_ARGUMENTS = {
    "registry.edit_request_step": {"step": "associazione"},
    "registry.save_request_step": {"step": "associazione"},
    "registry.show_request_document": {"kind": "deed"},
    "registry.remove_request_document": {"kind": "deed"},
    "moderation.edit_letter_template": {"address": "preavviso"},
    "moderation.download_letter_preview": {"address": "preavviso"},
    "moderation.save_letter_text": {"address": "preavviso"},
    "moderation.preview_letter_text": {"address": "preavviso"},
    "moderation.reset_letter_text": {"address": "preavviso"},
    "registry.change_role": {"role": "editor"},
    "moderation.show_case_again": {"_step": "decidi"},
    "moderation.edit_terms": {"kind": "claim"},
    "moderation.save_terms": {"kind": "claim"},
    "registry.edit_entry": {"step": "avviso"},
    "registry.change_entry": {"step": "avviso"},
    "volunteering.show_shift_again": {"_step": "lascio"},
    "laboratories.take_agreement_step": {"step": "togli-dalla-condivisione"},
    "laboratories.order_sheet": {"step": "su"},
    "laboratories.take_sheet_step": {"step": "condividi"},
    **{f"laboratories.{name}": {"part": "soldi"} for name in _LINES},
    "laboratories.show_proposal_again": {"_step": "commenta"},
    "laboratories.show_comment_again": {"_step": "utile"},
    "laboratories.show_section_comment_again": {"_step": "utile"},
    "laboratories.comment_on_section": {"part": "azioni"},
    "laboratories.show_section_again": {"part": "azioni"},
    "laboratories.show_meeting_again": {"_step": "partecipo"},
}


def rows_of(table: str) -> list[tuple[str, str, list[str]]]:
    """Return endpoint, thing and the outcome of each person in WHO."""
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return [(endpoint, thing.strip("-"), outcomes) for endpoint, thing, *outcomes in lines]


@pytest.fixture
def world(database: None) -> World:
    return put_back_world()


@pytest.fixture
def browsers(app, world) -> Iterator[dict[str, StrictClient]]:
    made = {who: app.test_client() for who in WHO}
    for who, person in world.people.items():
        made[who].sign_in(person)
    return made


def outcome_of(answer) -> str:
    if answer.status_code not in (301, 302, 303, 307, 308):
        return str(answer.status_code)
    return "sign" if answer.location.startswith("/accedi") else "on"


def address_of(world: World, endpoint: str, thing: str) -> str:
    return url_for(endpoint, **world.arguments[thing], **FIXED_ARGUMENTS.get(endpoint, {}))


def table_line(endpoint: str, thing: str, outcomes: list[str]) -> str:
    return f"{endpoint:<36}{thing or '-':<12}" + " ".join(f"{o:<4}" for o in outcomes)


def test_every_endpoint_has_its_row(app):
    listed = {endpoint for endpoint, _thing, _ in rows_of(PAGES) + rows_of(BUTTONS)}
    assert listed == {rule.endpoint for rule in app.url_map.iter_rules()}
    buttons = {endpoint for endpoint, _thing, _ in rows_of(BUTTONS)}
    pressed = {r.endpoint for r in app.url_map.iter_rules() if "POST" in (r.methods or ())}
    assert buttons == pressed


def test_every_page_opens_for_whom_it_should(world, browsers):
    """Reading changes nothing, so one world is enough for all pages."""
    wrong = []
    for endpoint, thing, expected in rows_of(PAGES):
        address = address_of(world, endpoint, thing)
        found = [outcome_of(browsers[who].get(address)) for who in WHO]
        if found != expected:
            wrong.append(table_line(endpoint, thing, found))
    assert wrong == [], "\n".join(["these rows are others now:", *wrong])


@pytest.mark.parametrize(("endpoint", "thing", "expected"), rows_of(BUTTONS))
def test_every_button_works_for_whom_it_should(world, browsers, endpoint, thing, expected):
    address = address_of(world, endpoint, thing)
    found = []
    for who in WHO:
        found.append(outcome_of(browsers[who].submit(address)))
        db.session.expire_all()
    assert found == expected, table_line(endpoint, thing, found)
