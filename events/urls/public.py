"""Under /veranstaltungen/. What letters link to has no namespace."""

from django.urls import URLPattern, path

from events.views import booking, feedback, handing_out, public

urlpatterns: list[URLPattern] = [
    path("", public.listing, name="events"),
    path("kalender.ics", public.calendar, name="events_calendar"),
    path("einladung/<str:token>/", booking.invitation, name="event_invitation"),
    path("einladung/<str:token>/unterlagen/<str:public_id>/", handing_out.of_invitation, name="invitation_material"),
    path("anmeldung/<str:token>/unterlagen/<str:public_id>/", handing_out.of_registration, name="event_material"),
    path("rueckmeldung/<str:token>/", feedback.answer, name="event_feedback"),
    path("anmeldung/<str:token>/", booking.manage, name="event_registration"),
    path("anmeldung/<str:token>/annehmen/", booking.accept, name="event_accept"),
    path("anmeldung/<str:token>/bestaetigen/", booking.confirm, name="event_confirm"),
    path("anmeldung/<str:token>/absagen/", booking.cancel, name="event_cancel"),
    path("anmeldung/<str:token>/termin.ics", booking.own_calendar, name="event_own_calendar"),
    path("anmeldung/<str:token>/bescheinigung.pdf", booking.proof, name="event_proof"),
    path("<str:public_id>/", public.event, name="event"),
    path("<str:public_id>/termin.ics", public.event_calendar, name="event_calendar"),
    path("<str:public_id>/anmelden/", booking.register, name="event_register"),
    path("<str:public_id>/eingegangen/", booking.received, name="event_received"),
]
