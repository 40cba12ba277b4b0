from django.urls import path

from certification.views import verification

urlpatterns = [
    path("", verification.ask, name="verification"),
    path("<str:public_id>/", verification.answer, name="verification_answer"),
]
